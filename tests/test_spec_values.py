"""A SPEC with values: `net.yaml#small@n=4,input=3x8x8` wherever a SPEC goes, and what it is called."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

import convcalc
from convcalc.reader.spec import split_spec
from convcalc.text.problems import UsageError

# 3·n weights, applied at res² places: at its own values 24 params and 24 · 8 · 8 = 1,536 multiply-adds.
NET = """\
source: Someone 2020
parameters: {n: 8, res: 8}
input: [3, $res, $res]
layers: conv 1x1 $n
"""
VARIANTS = """\
parameters: {n: 8}
input: [3, 8, 8]
layers: conv 1x1 $n
variants: {small: {parameters: {n: 2}}, large: {parameters: {n: 16}}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a network and one of two variants."""
    (tmp_path / "net.yaml").write_text(NET)
    (tmp_path / "two.yaml").write_text(VARIANTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


# --- what a word is


@pytest.mark.parametrize(
    ("word", "name", "variant", "values"),
    [
        ("net.yaml", "net.yaml", None, {}),
        ("net.yaml@n=4", "net.yaml", None, {"n": "4"}),
        ("net.yaml@n=4,input=3x5x5", "net.yaml", None, {"n": "4", "input": "3x5x5"}),
        ("two.yaml#small@n=4", "two.yaml", "small", {"n": "4"}),
        ("-@n=4", "-", None, {"n": "4"}),
        ("-#small@n=4", "-", "small", {"n": "4"}),
        ("a@b/net.yaml@n=4", "a@b/net.yaml", None, {"n": "4"}),
        ("two.yaml#at@home", "two.yaml", "at@home", {}),
        ("two.yaml#at@home@n=4", "two.yaml", "at@home", {"n": "4"}),
        # None of these is a list of values, so that they belong to the name.
        ("net.yaml@", "net.yaml@", None, {}),
        ("net.yaml@n", "net.yaml@n", None, {}),
        ("net.yaml@n=", "net.yaml@n=", None, {}),
        ("net.yaml@n=4,", "net.yaml@n=4,", None, {}),
        ("net.yaml@n=4=5", "net.yaml@n=4=5", None, {}),
        ("net.yaml@n=4#small", "net.yaml@n=4", "small", {}),
        ("main@{1}:net.yaml", "main@{1}:net.yaml", None, {}),
    ],
)
def test_the_parts_of_a_spec(word, name, variant, values):
    assert split_spec(word) == (name, variant, values)


def test_a_file_may_have_a_name_with_marks(folder):
    (folder / "alone@n=4").write_text(NET)
    assert split_spec("alone@n=4") == ("alone@n=4", None, {})
    assert split_spec("alone@n=4@n=5") == ("alone@n=4", None, {"n": "5"})
    (folder / "alone#small").write_text(NET)
    assert split_spec("alone#small@n=5") == ("alone#small", None, {"n": "5"})


@pytest.mark.parametrize("kind", ["file", "folder"])
@pytest.mark.parametrize("name", ["net.yaml@n=4", "two.yaml#small", "conv1x1#small"])
@pytest.mark.parametrize("more", ["", "@n=5"])
def test_a_file_does_not_take_the_place_of_a_variant(run, folder, kind, name, more):
    if kind == "file":
        (folder / name).write_text(NET)
    else:
        (folder / name).mkdir()
        (folder / name / "x.yaml").write_text(NET)
    own = name.partition("@")[0].partition("#")[0]
    what = f'"{name}" is a file, and could be a variant or values of "{own}", which is there too'
    for command in ("check", "summary"):
        ran = run(command, f"{name}{more}", *(["--max", "params=9k"] if command == "check" else []))
        assert (ran.code, ran.err) == (2, f"error: {what}; rename the file\n")


def test_a_value_that_is_given_twice():
    with pytest.raises(UsageError, match=r'^"net\.yaml@n=4,n=5" gives a value twice$'):
        split_spec("net.yaml@n=4,n=5")


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("net.yaml@n=4@m=5", "write @m=5,n=4"),
        ("net.yaml#small@n=4@m=5,k=6", "write @k=6,m=5,n=4"),
        ("net.yaml@n=4@n=5", "give n once"),
    ],
)
def test_values_behind_two_signs(run, word, remedy):
    said = f'error: "{word}" has values behind two "@"; {remedy}\n'
    assert run("summary", word) == (2, "", said)


@pytest.mark.parametrize("command", ["summary", "check", "sweep", "compare"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["net.yaml@n=4", "--set", "n=5"], "--set n=5 changes nothing: every SPEC has its own @n="),
        (["net.yaml@n=4", "net.yaml", "--set", "n=5"], ""),
        (
            ["net.yaml@input=3x9x9", "--input", "3x8x8"],
            "--input changes nothing: every SPEC has its own @input=",
        ),
        (["net.yaml@input=3x9x9", "net.yaml", "--input", "3x8x8"], ""),
    ],
)
def test_a_value_for_all_that_every_spec_hides(run, folder, command, words, told):
    (folder / "net.yaml").write_text(f"{NET}budget: {{params: 1M}}\n".replace("n: 8", "n: 8, k: 1"))
    ran = run(command, *words, *(["k=1,3"] if command == "sweep" else []))
    assert ran.code == 0
    notes = [line for line in ran.err.splitlines() if "nothing uses" not in line]
    assert notes == ([f"convcalc: {told}"] if told else [])


def test_a_version_of_git(run, folder):
    def git(*words: str) -> None:
        subprocess.run(["git", *words], check=True, capture_output=True)

    (folder / "net@n=1").write_text(NET.replace("n: 8", "n: 5"))
    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a")
    assert run("summary", "HEAD:net.yaml@n=4", "--field", "params").out == "12\n"
    # The version of the whole name wins as a file does.
    assert run("summary", "HEAD:net@n=1", "--field", "params").out == "15\n"
    (folder / "net.yaml").write_text(NET.replace("1x1", "3x3"))
    ran = run("diff", "net.yaml@n=2", "--format", "json")
    (diff,) = json.loads(ran.out)["diffs"]
    # 3·2 weights were, and 3·3·3·2 are.
    assert (ran.code, diff["totals"]["params"]) == (0, {"was": 6, "now": 54, "delta": 48})


# --- everywhere a SPEC goes


def test_a_comparison_of_a_file_with_itself(run):
    ran = run("compare", "net.yaml", "net.yaml@n=4,input=3x2x2", "net.yaml@res=16", "--format", "csv")
    assert ran.code == 0
    assert rows_of(ran.out)[1:] == [
        ["net", "3x8x8", "8x8x8", "24", "1536"],
        ["net@input=3x2x2,n=4", "3x2x2", "4x2x2", "12", "48"],
        ["net@res=16", "3x16x16", "8x16x16", "24", "6144"],
    ]


def test_the_table_of_a_comparison_of_a_file_with_itself(run):
    lines = run("compare", "net.yaml", "net.yaml@n=4", "--rows", "parts").out.splitlines()
    assert lines[0] == " net   input 3×8×8   after Someone 2020"
    assert lines[3].split() == ["layer", *("net", "@n=4", "ratio") * 2, "net", "@n=4"]
    assert lines[-3].startswith(" @n=4 has 0.50 of net's params (−12)")
    lines = run("compare", "net.yaml", "net.yaml@n=4", "--rows", "networks").out.splitlines()
    assert [line.split()[0] for line in lines[4:6]] == ["net", "net@n=4"]


def test_values_that_all_have_stand_in_the_heading(run):
    lines = run("compare", "two.yaml@n=4", "--rows", "parts").out.splitlines()
    assert lines[0] == " two@n=4   input 3×8×8"
    assert lines[3].split() == ["layer", *("small", "large", "ratio") * 2, "small", "large"]


@pytest.mark.parametrize("word", ["net@n=4", "net.yaml@n=4"])
def test_the_baseline_is_the_one_of_that_title(run, word):
    ran = run("compare", "net.yaml@n=4", "net.yaml", "net.yaml@n=2", "--baseline", "net@n=4")
    assert ran.out.splitlines()[-1].startswith(" ratio: to @n=4;")
    ran = run("compare", "net.yaml@n=4", "net.yaml", "net.yaml@n=2", "--baseline", "net")
    assert ran.out.splitlines()[-1].startswith(" ratio: to net;")


@pytest.mark.parametrize(
    ("words", "title", "origin"),
    [
        (["net.yaml"], "net", "Someone 2020"),
        (["net.yaml@n=4"], "net@n=4", "after Someone 2020"),
        (["net.yaml@n=8.0"], "net", "Someone 2020"),  # its own value
        (["net.yaml", "--set", "n=4"], "net@n=4", "after Someone 2020"),
        (["net.yaml", "--input", "3x9x9"], "net@input=3x9x9", "after Someone 2020"),
        (["net.yaml@n=4", "--set", "n=5", "--set", "res=9"], "net@n=4,res=9", "after Someone 2020"),
        (["net.yaml@input=3x5x5", "--input", "3x9x9"], "net@input=3x5x5", "after Someone 2020"),
    ],
)
def test_a_title_has_the_values_that_are_not_the_files_own(run, words, title, origin):
    first = run("summary", *words).out.splitlines()[0]
    assert first.split("   ")[0] == f" {title}"
    assert first.endswith(f"   {origin}")
    assert run("summary", *words, "--format", "csv").out.splitlines()[1].split(",conv1,")[0] in (
        title,
        f'"{title}"',
    )


def test_a_body_in_place_is_called_as_it_is_written(run):
    ran = run("compare", "--input", "3x8x8", "-e", "conv 1x1 4", "-e", "conv 3x3 4", "--format", "csv")
    assert [row[0] for row in rows_of(ran.out)[1:]] == ["conv 1x1 4", "conv 3x3 4"]


REDUCED, PLAIN = "reduced: [conv 1x1 2, conv 3x3 4]", "[plain: conv 3x3 4]"


def test_a_body_that_is_one_named_part_is_called_by_its_name(run):
    words = ["compare", "--input", "3x8x8", "-e", REDUCED, "-e", PLAIN]
    assert [row[0] for row in rows_of(run(*words, "--format", "csv").out)[1:]] == ["reduced", "plain"]
    # 3·2 + 9·2·4 = 78 params, and 9·3·4 = 108
    assert "reduced has 0.72 of plain's params (−30)" in run(*words, "--baseline", "plain").out
    assert "there are reduced, plain" in run(*words, "--baseline", "xyzzy").err
    assert run("summary", *words[1:], "--field", "params").out == "reduced\t78\nplain\t108\n"


def test_bodies_of_one_name_are_told_apart_by_their_texts(run):
    words = ["--input", "3x8x8", "-e", "a: conv 1x1 4", "-e", "a:  conv 3x3 4"]
    texts = ["a: conv 1x1 4", "a: conv 3x3 4"]
    rows = rows_of(run("compare", *words, "--rows", "networks", "--format", "csv").out)[1:]
    assert [row[0] for row in rows] == texts
    titles = run("compare", *words, "--format", "markdown").out
    assert all(text in titles for text in texts)
    checked = run("check", *words, "--max", "params=1", "--format", "csv").out
    assert [row[0] for row in rows_of(checked)[1:]] == texts


def test_a_body_of_several_parts_keeps_its_text(run):
    ran = run("compare", "--input", "3x8x8", "-e", "[a: conv 1x1 4, b: relu]", "-e", "relu")
    assert "a: conv 1x1 4, b: relu" in ran.out
    assert "the second has 0.00 of the first's params" in ran.out


def test_the_document_has_name_variant_and_parameters(run):
    ran = run("summary", "two.yaml#small@n=4", "--format", "json")
    (model,) = json.loads(ran.out)["models"]
    names = [model[key] for key in ("name", "variant", "file", "parameters")]
    assert names == ["two", "small", "two.yaml", {"n": 4}]


def test_a_field_of_several(run):
    ran = run("summary", "net.yaml", "net.yaml@n=4", "--field", "params")
    assert ran.out == "net.yaml\t24\nnet.yaml@n=4\t12\n"


def test_a_formula_has_the_values(run):
    out = run("explain", "net.yaml@n=4", "conv1").out
    assert out.startswith(" net@n=4 conv1 ")
    assert " 12 " in out


def test_all_variants_get_a_value(run):
    assert (
        run("summary", "two.yaml@n=4", "--field", "params").out
        == "two.yaml#small@n=4\t12\ntwo.yaml#large@n=4\t12\n"
    )


def test_a_diff_of_a_file_and_itself(run):
    ran = run("diff", "net.yaml", "net.yaml@n=4", "--format", "csv")
    header, row = rows_of(ran.out)
    found = dict(zip(header, row, strict=True))
    assert (ran.code, found["network"], found["params"]) == (0, "net@n=4", "12")


def test_a_check_judges_each_at_its_values(run, folder):
    (folder / "net.yaml").write_text(f"{NET}budget: {{params: 12}}\n")
    ran = run("check", "net.yaml", "net.yaml@n=4", "--format", "csv")
    assert ran.code == 1
    assert [(row[0], row[4], row[6]) for row in rows_of(ran.out)[1:]] == [
        ("net", "24", "false"),
        ("net@n=4", "12", "true"),
    ]
    junit = run("check", "net.yaml", "net.yaml@n=4", "--format", "junit").out
    assert 'name="net budget.params"' in junit
    assert 'name="net@n=4 budget.params"' in junit


def test_a_share_of_another_variant_is_of_that_at_the_same_values(run, folder):
    rule = (
        "variants: {small: {parameters: {n: 2}, budget: {params: {max: 0.5, of: large}}}, large: {}}\n"
    )
    (folder / "two.yaml").write_text(VARIANTS.partition("variants")[0] + rule)
    ran = run("check", "two.yaml#small@n=4", "--format", "json")
    # Both have 3·4 weights then, of which the half is 6.
    assert [(one["limit"], one["actual"]) for one in json.loads(ran.out)["results"]] == [(6, 12)]


def test_the_key_in_a_lock_file(run, folder):
    words = ["check", "net.yaml", "net.yaml@n=4,res=9", "--baseline", "lock.json"]
    assert run(*words, "--update").code == 0
    networks = json.loads((folder / "lock.json").read_text())["networks"]
    assert {key: one["params"] for key, one in networks.items()} == {
        "net.yaml": 24,
        "net.yaml@n=4,res=9": 12,
    }
    ran = run(*words)
    assert (ran.code, ran.err) == (0, "")
    # The same values in another way are the same network.
    ran = run("check", "net.yaml@n=4", "--set", "res=9", "--baseline", "lock.json")
    assert (ran.code, ran.err) == (0, "")


def test_verify_and_reconcile(run):
    ran = run("verify", "net.yaml@n=4", "--format", "json")
    assert (ran.code, json.loads(ran.out)["models"][0]["totals"]["params"]) == (0, 12)
    ran = run("reconcile", "net.yaml@n=4", "--format", "json")
    assert json.loads(ran.out)["models"][0]["totals"]["params"] == 12
    # 3·4 weights at 224² places, a usual size, are the claim.
    ran = run("reconcile", "net.yaml@n=4", "--claim", "602112")
    assert (ran.code, "3×224×224" in ran.out) == (0, True)


def test_standard_input(run, monkeypatch):
    for word in ("-@n=4", "-#small@n=4"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(VARIANTS.encode())))
        assert run("summary", word, "--field", "params").out.endswith("12\n")


def test_the_library():
    assert convcalc.load("net.yaml@n=4,input=3x2x2").total.macs == 48
    assert convcalc.load("net.yaml@n=4", res=16).total.macs == 12 * 16 * 16
    assert repr(convcalc.load("net.yaml", n=4)).startswith("net@n=4: 3×8×8 → 4×8×8, ")
    for arguments in ({"n": 5}, {"input_shape": (3, 2, 2)}):
        name = next(iter(arguments)).removesuffix("_shape")
        with pytest.raises(convcalc.UsageError, match=f"^{name} is given twice"):
            convcalc.load("net.yaml@n=4,input=3x9x9", **arguments)


# --- what is refused


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["summary", "net.yaml@m=4"], 'net.yaml has no parameter "m"; there are n, res'),
        (["summary", "net.yaml@rse=4"], 'net.yaml has no parameter "rse"; did you mean "res"?'),
        (["check", "net.yaml@m=4"], 'net.yaml has no parameter "m"; there are n, res'),
        (["diff", "net.yaml", "net.yaml@m=4"], 'net.yaml has no parameter "m"; there are n, res'),
        (["verify", "net.yaml@m=4"], 'net.yaml has no parameter "m"; there are n, res'),
        (["summary", "conv1x1@n=4"], 'conv1x1 has no parameter "n"; none is declared'),
        (["summary", "net.yaml@n=x"], 'must be a whole number from 1 to 10^12, not "x" ($n)'),
        (
            ["summary", "net.yaml@input=3x"],
            'input must be CxHxW such as 3x224x224, of one to four sizes, not "3x"',
        ),
        (["summary", "net.yaml@n"], "values behind a SPEC are written @NAME=VALUE,NAME=VALUE"),
        (["summary", "net.yaml@n="], "values behind a SPEC are written @NAME=VALUE,NAME=VALUE"),
        (["check", ".@n=4"], '".@n=4": values behind @ go with a single file'),
        (["check", "*.yaml@n=4"], '"*.yaml@n=4": values behind @ go with a single file'),
        (
            ["show", "mobilenet_v1@alpha=1"],
            "show prints a file as it is; try: convcalc show mobilenet_v1",
        ),
        (["summary", "net.yaml@n=4", "-o", "net.yaml"], '"net.yaml" is read as a SPEC'),
        (["summary", "two.yaml#small@n=4", "-o", "two.yaml"], '"two.yaml" is read as a SPEC'),
        (["net.yaml@n=4"], "there is a file of that name; try: convcalc summary net.yaml@n=4"),
    ],
)
def test_what_is_wrong_is_said(run, folder, words, said):
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert (folder / "net.yaml").read_text() == NET


def test_a_wrong_value_of_one_does_not_stop_the_check_of_another(run):
    ran = run("check", "net.yaml@m=4", "net.yaml", "--max", "params=24")
    assert ran.code == 2
    assert " ✓ max.params " in ran.out
