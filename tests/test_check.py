"""convcalc check: what it judges, where it points, and what every format makes of that.

The networks are small enough to count in the head: a 1x1 convolution of one channel has as many
parameters as filters, and on 8x8 pixels 64 multiply-adds for each.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from convcalc.ops.totals import TOTALS

SCHEMAS = Path(__file__).resolve().parent / "schemas"
SARIF = jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_bytes()))

HEAD = "input: [1, 8, 8]\nlayers: conv 1x1 100\n"  # 100 params, 6,400 multiply-adds


@cache
def junit_schema():
    import xmlschema  # not for the many tests that need none

    return xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))


pytestmark = pytest.mark.usefixtures("folder")


def write(text, name="net.yaml"):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return name


def results(run, *arguments, code):
    """The results of a check in JSON, which ends with that code."""
    ran = run("check", *arguments, "--format", "json")
    assert (ran.code, ran.err) == (code, "")
    document = json.loads(ran.out)
    assert document["passed"] == (code == 0)
    return document["results"]


def only(run, *arguments, code):
    (result,) = results(run, *arguments, code=code)
    return result


# --- Limits: at, just under, one over


@pytest.mark.parametrize(
    ("rule", "limit", "excess", "passed"),
    [
        ("params: 100", 100, 0, True),
        ("params: 101", 101, -1, True),
        ("params: 99", 99, 1, False),
        ("params: 0", 0, 100, False),
        ("params: 0.1k", 100, 0, True),
        ("macs: 6.4k", 6400, 0, True),
        ("macs: 6399", 6399, 1, False),
        ("flops: 12800", 12800, 0, True),
        ("flops: 12799", 12799, 1, False),
        ("activations: 6400", 6400, 0, True),
        ("activations: 6399", 6399, 1, False),
        ("params: {max: 100}", 100, 0, True),
        ("params: {max: 99}", 99, 1, False),
        ("params: {min: 100}", 100, 0, True),
        ("params: {min: 99}", 99, 1, True),
        ("params: {min: 101}", 101, -1, False),
        ("layers: {conv1: {params: 100}}", 100, 0, True),
        ("layers: {conv1: {params: 99}}", 99, 1, False),
        ("layers: {conv1: {macs: {min: 6401}}}", 6401, -1, False),
    ],
)
def test_a_budget_is_judged_to_the_last_unit(run, rule, limit, excess, passed):
    write(f"{HEAD}budget: {{{rule}}}\n")
    found = only(run, "net.yaml", code=0 if passed else 1)
    assert (found["limit"], found["excess"], found["passed"]) == (limit, excess, passed)


@pytest.mark.parametrize("passed", [True, False])
def test_figures_beyond_what_a_float_holds_are_judged_exactly(run, passed):
    # 1·10^9 weights, then 10^9·10^10
    write(
        "input: [1, 1, 1]\nlayers: [conv 1x1 1000000000, conv 1x1 10000000000]\n"
        f"budget: {{params: {10**18}}}\n"
    )
    found = only(run, "net.yaml", code=1)
    assert (found["actual"], found["excess"]) == (10**19 + 10**9, 9 * 10**18 + 10**9)
    limit = 10**17 + 10**8 - (0 if passed else 1)
    write(
        "input: [1, 1, 1]\nlayers: [conv 1x1 100000000, conv 1x1 1000000000]\n"
        f"budget: {{params: {limit}}}\n"
    )
    found = only(run, "net.yaml", code=0 if passed else 1)
    assert (found["actual"], found["excess"]) == (10**17 + 10**8, 0 if passed else 1)


@pytest.mark.parametrize(
    ("fact", "passed"),
    [
        ("params: 100", True),
        ("params: 99", False),
        ("params: 101", False),
        ("weights: 100", True),
        ("biases: 0", True),
        ("biases: 1", False),
        ("macs: 6400", True),
        ("activations: 6401", False),
        ("output: [100, 8, 8]", True),
        ("output: [100, 8, 9]", False),
        ("output: [6400]", False),
    ],
)
def test_an_expectation_is_exact(run, fact, passed):
    write(f"{HEAD}expect: {{{fact}}}\n")
    assert only(run, "net.yaml", code=0 if passed else 1)["passed"] == passed


@pytest.mark.parametrize(
    ("limit", "code"), [("params=100", 0), ("params=99", 1), ("macs=6.4k", 0), ("macs=6399", 1)]
)
def test_a_limit_may_come_from_the_command_line_alone(run, limit, code):
    write(HEAD)
    found = only(run, "net.yaml", "--max", limit, code=code)
    assert (found["rule"], found["line"], found["column"]) == (f"max.{limit.partition('=')[0]}", 1, 1)
    assert found["file"] == "net.yaml"


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("parms=1", '--max has no count "parms"; did you mean "params"?'),
        (
            "output=1",
            f'--max has no count "output"; there are {", ".join(TOTALS)}',
        ),
        (
            "params=1.5",
            '--max needs params=170000, or a limit such as 170k, 1.5M or 2G, not "params=1.5"',
        ),
        ("params", '--max needs params=170000, or a limit such as 170k, 1.5M or 2G, not "params"'),
        ("params=-1", '--max needs params=170000, or a limit such as 170k, 1.5M or 2G, not "params=-1"'),
        (
            "weight_bytes=2mb",
            (
                "--max needs weight_bytes=200000, or bytes such as 200k, 256Ki or 2MB, "
                'not "weight_bytes=2mb"; write weight_bytes=2M'
            ),
        ),
        ("300M", "--max needs the count too: write macs=300M"),
    ],
)
def test_a_limit_that_is_none_is_refused(run, limit, said):
    write(HEAD)
    assert run("check", "net.yaml", "--max", limit) == (2, "", f"error: {said}\n")


# --- Shares of another variant


def variants(rule, big, small):
    return (
        f"input: [1, 8, 8]\nbudget: {{params: {{{rule}, of: big}}}}\nvariants:\n"
        f"  big: {{layers: conv 1x1 {big}}}\n  small: {{layers: conv 1x1 {small}}}\n"
    )


@pytest.mark.parametrize(
    ("rule", "big", "small", "limit", "passed"),
    [
        ("max: 0.5", 8, 4, 4, True),
        ("max: 0.5", 8, 5, 4, False),
        ("max: 0.5", 7, 3, 3, True),  # 3.5
        ("max: 0.5", 7, 4, 3, False),
        ("min: 0.5", 7, 4, 4, True),
        ("min: 0.5", 7, 3, 4, False),
        ("max: 1", 7, 7, 7, True),
        ("max: 1.5", 7, 10, 10, True),  # 10.5
        ("max: 1.5", 7, 11, 10, False),
        ("max: 0.1", 30, 3, 3, True),  # 0.1 has no exact binary fraction
        ("max: 0.1", 30, 4, 3, False),
        ("min: 0.7", 10, 7, 7, True),
        ("max: 0", 7, 1, 0, False),
    ],
)
def test_a_share_is_judged_without_rounding_in_its_favour(run, rule, big, small, limit, passed):
    write(variants(rule, big, small))
    found = only(run, "net.yaml", code=0 if passed else 1)  # big itself is not judged
    assert (found["variant"], found["limit"], found["actual"]) == ("small", limit, small)


def test_a_share_of_a_variant_that_was_not_asked_for(run):
    write(variants("max: 0.5", 7, 4))
    assert only(run, "net.yaml#small", code=1)["limit"] == 3
    ran = run("check", "net.yaml#big")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("convcalc: no rule to check in 1 file; ")


@pytest.mark.skipif(not os.path.exists("/dev/stdin"), reason="needs /dev/stdin")
def test_a_stream_is_read_once_for_a_share_too():
    for word in ("-#small", "/dev/stdin#small"):
        done = subprocess.run(
            [sys.executable, "-m", "convcalc", "check", word, "--format", "json"],
            input=variants("max: 0.5", 7, 4).encode(),
            capture_output=True,
            timeout=30,
            check=False,
        )
        assert (done.returncode, done.stderr) == (1, b"")
        (result,) = json.loads(done.stdout)["results"]
        assert (result["variant"], result["limit"], result["actual"]) == ("small", 3, 4)


def test_a_share_of_a_layer_is_of_the_same_layer_there(run):
    write(
        "input: [1, 8, 8]\nbudget: {layers: {stem/conv1: {params: {max: 0.5, of: big}}}}\nvariants:\n"
        "  big: {layers: [stem: [conv 1x1 7, conv 1x1 100]]}\n"
        "  small: {layers: [stem: [conv 1x1 4, conv 1x1 9]]}\n"
    )
    found = only(run, "net.yaml", code=1)
    assert (found["limit"], found["actual"]) == (3, 4)
    assert found["rule"] == "budget.layers.stem/conv1.params"


# --- Layers, groups, side heads


GROUPS = """\
input: [1, 8, 8]
layers:
  - 3a: {branches: {1x1: conv 1x1 2, 3x3: [conv 1x1 3, conv 3x3 5]}}
  - aux: conv 1x1 1000
  - tail: conv 1x1 4
"""


@pytest.mark.parametrize(
    ("path", "params"),
    # 2; 3; 3·3·3·5; both; all of the group; 7·4
    [("3a/1x1", 2), ("3a/3x3/conv1", 3), ("3a/3x3", 138), ("3a", 140), ("tail", 28), ("aux1", 7000)],
)
def test_a_layer_or_group_has_its_own_budget(run, path, params):
    write(f"{GROUPS}budget: {{layers: {{{path}: {{params: {{max: {params}, min: {params}}}}}}}}}\n")
    assert [one["actual"] for one in results(run, "net.yaml", code=0)] == [params] * 2


def test_a_side_head_is_in_no_total(run):
    write(f"{GROUPS}expect: {{params: 168, macs: {168 * 64}}}\nbudget: {{params: 168}}\n")
    assert [one["passed"] for one in results(run, "net.yaml", "--max", "params=168", code=0)] == [
        True
    ] * 4


def test_a_side_head_within_a_group_is_not_in_the_group(run):
    write(
        "input: [1, 8, 8]\nlayers: [stem: [conv 1x1 2, {aux: conv 1x1 50}]]\n"
        "budget: {layers: {stem: {params: 2}}}\n"
    )
    assert only(run, "net.yaml", code=0)["actual"] == 2


def test_an_unknown_layer_is_an_error_with_its_place(run):
    write(f"{GROUPS}budget: {{layers: {{3a/3x2: {{params: 1, macs: 2}}, nowhere: {{params: 3}}}}}}\n")
    ran = run("check", "net.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        'net.yaml:6:19: error: net has no layer or group "3a/3x2"; did you mean "3a/3x3"?\n'
        "   6 | budget: {layers: {3a/3x2: {params: 1, macs: 2}, nowhere: {params: 3}}}\n"
        "     |                   ^~~~~~\n"
        'net.yaml:6:49: error: net has no layer or group "nowhere"\n'
        "   6 | budget: {layers: {3a/3x2: {params: 1, macs: 2}, nowhere: {params: 3}}}\n"
        "     |                                                 ^~~~~~~\n"
        "\n2 errors in net.yaml\n"
    )


def test_every_variant_without_the_layer_is_named(run):
    write(
        "input: [1, 8, 8]\nbudget: {layers: {stem: {params: {max: 1, of: a}}}}\nvariants:\n"
        "  a: {layers: [top: conv 1x1 2]}\n  b: {layers: [stem: conv 1x1 2]}\n"
        "  c: {layers: [stam: conv 1x1 2]}\n"
    )
    ran = run("check", "net.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert re.findall(r"error: (.*)", ran.err) == [
        'net#a has no layer or group "stem"',
        'net#c has no layer or group "stem"; did you mean "stam"?',
    ]
    assert set(re.findall(r"^net.yaml:(\S+): error", ran.err, re.M)) == {"2:19"}


# --- Variants: how a budget is laid over another


def test_a_variants_budget_is_laid_over_by_key_path_and_count(run):
    write(
        "input: [1, 8, 8]\n"
        "layers: [a: conv 1x1 2, b: conv 1x1 3]\n"
        "budget:\n"
        "  params: {max: 5, level: warn, message: old}\n"
        "  macs: 1G\n"
        "  layers: {a: {params: 20, macs: 21}, b: {params: 22}}\n"
        "variants:\n"
        "  v:\n"
        "    budget:\n"
        "      params: {min: 7}\n"
        "      layers: {a: {macs: 23}}\n"
    )
    found = {
        one["rule"]: (one["limit"], one["line"], one["level"], one["message"])
        for one in results(run, "net.yaml", code=1)
    }
    assert found == {
        "budget.params.min": (7, 10, "error", None),  # the whole rule is replaced
        "budget.macs": (10**9, 5, "error", None),
        "budget.layers.a.params": (20, 6, "error", None),
        "budget.layers.a.macs": (23, 11, "error", None),
        "budget.layers.b.params": (22, 6, "error", None),
    }


# --- Levels and messages


def test_a_rule_may_only_warn(run):
    write(f"{HEAD}budget: {{params: {{max: 99, level: warn}}, macs: 6400}}\n")
    ran = run("check", "net.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert " ! budget.params     ≤ 99     100    +1  +1.0 %  net.yaml:3:19\n" in ran.out
    assert ran.out.endswith(" 1 of 2 rules hold, 1 rule only warns\n")
    (warning,) = run("check", "net.yaml", "--format", "github").out.splitlines()
    assert warning.startswith("::warning ")


def test_a_message_stands_beside_its_rule(run):
    write(f'{HEAD}budget: {{params: {{max: 99, message: "fits the DSP"}}}}\n')
    assert "fits the DSP" in run("check", "net.yaml").out
    assert run("check", "net.yaml", "--format", "github").out.endswith("(+1.0 %25): fits the DSP\n")
    assert only(run, "net.yaml", code=1)["message"] == "fits the DSP"


# --- Places


PLACED = """\
input: [1, 8, 8]
layers: conv 1x1 100
expect:
  params: 1
  output: [1, 1, 1]
budget:
  params: 2
  macs:
    level: error
    max: 3
    min: 7k
  layers:
    conv1: {activations: 4}
"""
PLACES = {
    "expect.params": (4, 3),
    "expect.output": (5, 3),
    "budget.params": (7, 3),
    "budget.macs": (10, 5),
    "budget.macs.min": (11, 5),
    "budget.layers.conv1.activations": (13, 13),
    "max.flops": (1, 1),
}


def placed(run, format_name):
    write(PLACED.replace("min: 7k", "min: 2"))
    write(PLACED.replace("    max: 3\n", "    max: 8k\n"), "least.yaml")
    return run("check", "net.yaml", "least.yaml", "--max", "flops=5", "--format", format_name)


def test_json_has_the_place_of_every_rule(run):
    found = json.loads(placed(run, "json").out)["results"]
    assert {one["rule"]: (one["line"], one["column"]) for one in found} == PLACES
    assert {one["file"] for one in found} == {"net.yaml", "least.yaml"}


def test_a_table_ends_with_the_place_as_a_link(run):
    out = placed(run, "table").out
    broken = {name: place for name, place in PLACES.items() if name != "budget.macs.min"}
    for name, (line, column) in broken.items():
        assert re.search(rf"^ ✗ {re.escape(name)} .* net\.yaml:{line}:{column}$", out, re.M)
    assert re.search(r"^ ✗ budget.macs.min .* least\.yaml:11:5$", out, re.M)


def test_annotations_sarif_and_junit_have_the_place_of_what_is_broken(run):
    annotated = re.findall(
        r"^::error file=(.*?),line=(\d+),col=(\d+),title=(.*?)::", placed(run, "github").out, re.M
    )
    seen = {(file, title, int(line), int(column)) for file, line, column, title in annotated}
    sarif = set()
    for result in json.loads(placed(run, "sarif").out)["runs"][0]["results"]:
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        region = physical["region"]
        file = physical["artifactLocation"]["uri"]
        sarif.add((file, result["ruleId"], region["startLine"], region["startColumn"]))
    assert sarif == seen
    texts = [one.text for one in ET.fromstring(placed(run, "junit").out).iter("failure")]
    assert {text.split(": ")[0] for text in texts} == {f"{f}:{line}:{c}" for f, _, line, c in seen}
    assert {(title, line, column) for _, title, line, column in seen} == {
        (name, *place) for name, place in PLACES.items()
    }


def test_a_carriage_return_and_wide_characters_do_not_move_a_place(run):
    write('# 图 🙂\r\ninput: [1, 8, 8]\r\nlayers: conv 1x1 9\r\nname: "é🙂"\r\nbudget: {params: 8}\r\n')
    found = only(run, "net.yaml", code=1)
    assert (found["line"], found["column"], found["model"]) == (5, 10, "é🙂")


# --- Words, files and folders


def test_without_a_rule_a_check_is_fine_and_says_so(run):
    write(HEAD)
    said = "convcalc: no rule to check in 1 file; write expect or budget there, or give --max\n"
    assert run("check", "net.yaml") == (0, "", said)
    ran = run("check", "net.yaml", "--format", "json")
    assert (ran.code, ran.err, json.loads(ran.out)["results"]) == (0, said, [])


def test_without_a_file_a_check_is_wrong_usage(run):
    assert run("check") == (2, "", "error: check needs a SPEC; try: convcalc check configs/\n")


def test_one_file_prints_every_rule_and_the_room_left(run):
    write(f"{HEAD}expect: {{params: 100}}\nbudget: {{params: 110, macs: {{min: 6k}}}}\n")
    expected = (
        " net   net.yaml\n\n"
        "   rule               limit  actual  left\n"
        "────────────────────────────────────────────────\n"
        " ✓ expect.params      = 100     100\n"
        " ✓ budget.params      ≤ 110     100    10  9.1 %\n"
        " ✓ budget.macs.min  ≥ 6,000   6,400   400\n"
        "\n 3 rules hold\n"
    )
    assert run("check", "net.yaml") == (0, expected, "")


def test_of_several_files_only_what_is_broken_is_printed(run):
    write(f"{HEAD}budget: {{params: 99}}\n", "a/bad.yaml")
    write(f"{HEAD}budget: {{params: 100}}\n", "a/good.yaml")
    write(f"{HEAD}budget: {{params: {{max: 9, level: warn}}}}\n", "b/deep/warns.yml")
    write("not a spec", "b/.hidden.yaml")
    write("not a spec", "b/.git/config.yaml")
    write("not a spec", "b/notes.txt")
    ran = run("check", "a", "b")
    assert (ran.code, ran.err) == (1, "")
    assert re.findall(r"^ (\S+)   (\S+)$", ran.out, re.M) == [
        ("bad", "a/bad.yaml"),
        ("warns", "b/deep/warns.yml"),
    ]
    assert ran.out.endswith("\n 1 of 3 rules failed, 1 rule only warns in 2 of 3 files\n")
    assert "good.yaml" in run("check", "a", "b", "--verbose").out


def test_when_all_hold_of_several_files_only_the_count_is_printed(run):
    for name in "abc":
        write(f"{HEAD}budget: {{params: 100}}\n", f"{name}.yaml")
    assert run("check", ".") == (0, " 3 rules hold in 3 files\n", "")


def test_variants_of_one_file_are_one_file(run):
    write(variants("max: 0.5", 8, 4) + "  tiny: {layers: conv 1x1 1}\n")
    ran = run("check", "net.yaml#small", "net.yaml#tiny")
    assert ran.code == 0
    assert "net#tiny" in ran.out
    assert ran.out.endswith(" 2 rules hold\n")


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (["."], ["a.yaml", "sub/b.yml", "sub/c[1].yaml"]),
        (["sub", "a.yaml", "./sub"], ["sub/b.yml", "sub/c[1].yaml", "a.yaml"]),
        (["sub/*"], ["sub/b.yml", "sub/c[1].yaml"]),
        (["**/*.y*ml"], ["a.yaml", "sub/b.yml", "sub/c[1].yaml"]),
        (["**"], ["a.yaml", "sub/b.yml", "sub/c[1].yaml"]),
        (["./**/b.*"], ["./sub/b.yml"]),
        (["s*"], ["sub/b.yml", "sub/c[1].yaml"]),
        (["sub/c[1].yaml"], ["sub/c[1].yaml"]),
        (["sub/c[1].yaml#v"], ["sub/c[1].yaml"]),
        (["a.yaml", "a.yaml"], ["a.yaml"]),
    ],
)  # fmt: skip
def test_folders_and_patterns_stand_for_their_files(run, words, files):
    for name in ("a.yaml", "sub/b.yml"):
        write(f"{HEAD}budget: {{params: 99}}\n", name)
    write(f"{HEAD}budget: {{params: 99}}\nvariants: {{v: {{}}}}\n", "sub/c[1].yaml")
    assert [one["file"] for one in results(run, *words, code=1)] == files


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_linked_folders_are_looked_through_once(run, tmp_path_factory):
    far = tmp_path_factory.mktemp("far")
    for name in ("nets/z/a.yaml", far / "b.yaml"):
        write(f"{HEAD}budget: {{params: 99}}\n", name)
    for name, target in (("far", far), ("again", far), ("inner", "z"), ("round", ".")):
        Path("nets", name).symlink_to(target)
    files = [one["file"] for one in results(run, "nets", code=1)]
    assert files == ["nets/z/a.yaml", "nets/again/b.yaml"]
    assert [one["file"] for one in results(run, "nets/**/*.yaml", code=1)] == sorted(files)


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_a_pattern_ends_where_links_go_round_in_circles(run):
    write(f"{HEAD}budget: {{params: 99}}\n", "sub/deep/b.yml")
    for folder in (".", "sub", "sub/deep"):
        for name in ("one", "two"):
            Path(folder, name).symlink_to(Path.cwd())
    assert [one["file"] for one in results(run, "**/*.yml", code=1)] == ["sub/deep/b.yml"]
    assert [one["file"] for one in results(run, "su*/**", code=1)] == ["sub/deep/b.yml"]


def test_folders_are_read_in_alphabetical_order(run):
    names = [f"{folder}/{name}.yaml" for folder in "dbgacfeh" for name in "31245"]
    for name in names:
        write(f"{HEAD}budget: {{params: 99}}\n", name)
    assert [one["file"] for one in results(run, ".", code=1)] == sorted(names)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("empty", 'no YAML file in the folder "empty"'),
        ("*.yml", 'no file matches "*.yml"'),
        ("net.yaml#v", 'net.yaml has no variants, so no "v"'),
        ("nte.yaml", 'no file and no shipped config "nte.yaml"; did you mean "net.yaml"?'),
    ],
)
def test_a_word_that_names_nothing(run, word, said):
    write(HEAD)
    Path("empty").mkdir()
    assert run("check", word) == (2, "", f"error: {said}\n")


def test_shipped_networks_keep_what_they_say(run):
    ran = run("check", "inception3a", "googlenet", "mobilenet_v2")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r" \d+ rules hold in 3 files\n", ran.out)


def test_the_input_and_parameters_of_the_command_line_count(run):
    write("input: [1, 8, 8]\nparameters: {c: 4}\nlayers: conv 1x1 $c\nbudget: {params: 4, macs: 256}\n")
    assert [one["actual"] for one in results(run, "net.yaml", code=0)] == [4, 256]
    assert [one["actual"] for one in results(run, "net.yaml", "--set", "c=5", code=1)] == [5, 320]
    assert [one["actual"] for one in results(run, "net.yaml", "--input", "1x8x9", code=1)] == [4, 288]
    assert run("check", "net.yaml", "--set", "d=5").err == 'error: no parameter "d"; there are c\n'


def test_parameters_reach_the_variant_that_a_share_is_of(run):
    write(
        "input: [1, 8, 8]\nparameters: {c: 4}\nbudget: {params: {max: 0.5, of: big}}\n"
        "variants: {big: {layers: conv 1x1 $c}, small: {layers: conv 1x1 2}}\n"
    )
    assert only(run, "net.yaml#small", code=0)["limit"] == 2
    assert only(run, "net.yaml#small", "--set", "c=3", code=1)["limit"] == 1


def test_a_body_is_judged_by_limits_of_the_command_line(run):
    found = only(run, "--input", "1x8x8", "-e", "conv 1x1 7", "--max", "params=6", code=1)
    assert (found["model"], found["file"], found["actual"]) == ("conv 1x1 7", "-e", 7)


# --- Many files, and bad ones among them


BAD = "input: [1, 8, 8]\nlayers: cnov 1x1 4\n"


@pytest.fixture
def mixed():
    """A good file, a failing one, a wrong one and one that is missing."""
    write(f"{HEAD}budget: {{params: 100}}\n", "good.yaml")
    write(f"{HEAD}budget: {{params: 99}}\n", "over.yaml")
    write(BAD, "wrong.yaml")
    return ["wrong.yaml", "good.yaml", "missing.yaml", "over.yaml"]


def test_a_bad_file_does_not_stop_the_others(run, mixed):
    ran = run("check", *mixed)
    assert ran.code == 2
    assert " ✗ budget.params   ≤ 99     100    +1  +1.0 %  over.yaml:3:10\n" in ran.out
    assert ran.out.endswith(" 1 of 2 rules failed in 1 of 4 files, 2 of which could not be read\n")
    assert 'wrong.yaml:2:9: error: unknown operation "cnov"; did you mean "conv"?\n' in ran.err
    assert 'error: no file and no shipped config "missing.yaml"' in ran.err


def test_every_document_names_the_bad_files_too(run, mixed):
    document = json.loads(run("check", *mixed, "--format", "json").out)
    assert document["passed"] is False
    assert [(one["file"], one["line"], one["column"]) for one in document["errors"]] == [
        ("wrong.yaml", 2, 9),
        ("missing.yaml", 1, 1),
    ]
    lines = run("check", *mixed, "--format", "github").out.splitlines()
    assert [line.split("::")[1] for line in lines] == [
        "error file=wrong.yaml,line=2,col=9,title=invalid specification",
        "error title=invalid specification",  # what is no file has no place
        "error file=over.yaml,line=3,col=10,title=budget.params",
    ]
    (sarif,) = json.loads(run("check", *mixed, "--format", "sarif").out)["runs"]
    assert [one["ruleId"] for one in sarif["results"]] == ["invalid-specification"] * 2 + [
        "budget.params"
    ]
    suites = ET.fromstring(run("check", *mixed, "--format", "junit").out)
    assert [(one.get("name"), one.get("failures"), one.get("errors")) for one in suites] == [
        ("good.yaml", "0", "0"),
        ("over.yaml", "1", "0"),
        ("wrong.yaml", "0", "1"),
        ("missing.yaml", "0", "1"),
    ]


def test_a_document_has_not_passed_where_a_file_is_bad(run, mixed):
    ran = run("check", "good.yaml", "wrong.yaml", "--format", "json")
    document = json.loads(ran.out)
    assert (ran.code, document["passed"], document["results"][0]["passed"]) == (2, False, True)


def test_a_broken_rule_among_bad_files_is_exit_code_two(run, mixed):
    assert run("check", *mixed, "-q").code == 2
    assert run("check", "good.yaml", "over.yaml", "-q") == (1, "", "")


@pytest.mark.full
def test_one_thousand_files_in_one_process(run):
    for number in range(1000):
        budget = "" if number == 500 else f"budget: {{params: {99 if number == 700 else 100}}}\n"
        write(HEAD + budget if number != 600 else BAD, f"many/{number:04}.yaml")
    ran = run("check", "many")
    assert ran.code == 2
    assert re.findall(r"^ (\d+)   ", ran.out, re.M) == ["0700"]
    assert ran.out.endswith(" 1 of 998 rules failed in 1 of 1,000 files, 1 of which could not be read\n")
    assert ran.err.startswith("many/0600.yaml:2:9: error: ")
    assert len(results(run, "many/0[0-4]*", code=0)) == 500


def test_two_thirds_of_a_file_are_not_judged(run):
    """A file with an unknown layer in one variant gives no result at all, not some of them."""
    write(
        f"{HEAD}budget: {{params: 1}}\nvariants:\n  a: {{}}\n"
        "  b: {budget: {layers: {nowhere: {params: 1}}}}\n"
    )
    ran = run("check", "net.yaml", "--format", "csv")
    assert (ran.code, len(ran.out.splitlines())) == (2, 1)


# --- Formats


def test_csv_and_tsv_have_a_row_a_rule(run):
    write(
        f"{HEAD}expect: {{output: [100, 8, 8]}}\nbudget: {{params: 99, macs: {{min: 1, level: warn}}}}\n"
    )
    for name, separator in (("csv", ","), ("tsv", "\t")):
        out = run("check", "net.yaml", "--format", name).out
        assert list(csv.reader(io.StringIO(out), delimiter=separator)) == [
            [
                "network",
                "rule",
                "relation",
                "limit",
                "actual",
                "level",
                "passed",
                "file",
                "line",
                "dtype",
            ],
            [
                "net",
                "expect.output",
                "equal",
                "100x8x8",
                "100x8x8",
                "error",
                "true",
                "net.yaml",
                "3",
                "",
            ],
            ["net", "budget.params", "max", "99", "100", "error", "false", "net.yaml", "4", ""],
            ["net", "budget.macs.min", "min", "1", "6400", "warn", "true", "net.yaml", "4", ""],
        ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("budget: {params: 99}", "net has 100 params, 1 over its budget of 99 (+1.0 %)"),
        ("budget: {params: 0}", "net has 100 params, 100 over its budget of 0"),
        (
            "budget: {macs: {min: 10k}}",
            "net has 6,400 multiply-adds, 3,600 under its minimum of 10,000 (−36.0 %)",
        ),
        (
            "budget: {layers: {conv1: {flops: 12k}}}",
            "conv1 of net has 12,800 FLOPs, 800 over its budget of 12,000 (+6.7 %)",
        ),
        ("expect: {params: 101}", "net has 100 params, not the expected 101 (−1)"),
        ("expect: {biases: 2}", "net has 0 biases, not the expected 2 (−2)"),
        ("expect: {output: [10]}", "net ends at 100×8×8, not at the expected 10"),
    ],
)
def test_what_is_broken_is_said_in_a_sentence(run, rule, said):
    write(HEAD + rule + "\n")
    (result,) = json.loads(run("check", "net.yaml", "--format", "sarif").out)["runs"][0]["results"]
    assert result["message"]["text"] == said


def test_a_share_is_said_in_a_sentence(run):
    write(variants("max: 0.5", 7, 4))
    said = "net#small has 4 params, 1 over its budget of 3, 0.5 of big (+33.3 %25)\n"
    assert run("check", "net.yaml", "--format", "github").out.endswith(f"::{said}")


@pytest.mark.parametrize(
    ("environment", "arguments", "is_github"),
    [
        ("true", [], True),
        ("true", ["-o", "-"], True),
        ("true", ["--format", "table"], False),
        ("1", [], False),
        ("", [], False),
    ],
)
def test_github_actions_get_annotations_by_themselves(
    run, monkeypatch, environment, arguments, is_github
):
    write(f"{HEAD}budget: {{params: 99}}\n")
    monkeypatch.setenv("GITHUB_ACTIONS", environment)
    ran = run("check", "net.yaml", *arguments)
    assert ran.code == 1
    assert ran.out.startswith("::error ") == is_github


def test_a_file_written_in_github_actions_is_a_table(run, monkeypatch):
    write(f"{HEAD}budget: {{params: 99}}\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run("check", "net.yaml", "-o", "out.txt") == (1, "", "")
    assert Path("out.txt").read_text(encoding="utf-8").startswith(" net   net.yaml\n")


def test_quiet_is_quiet_on_standard_output_alone(run):
    write(f"{HEAD}budget: {{params: 99}}\n")
    assert run("check", "net.yaml", "-q") == (1, "", "")
    assert run("check", "net.yaml", "-q", "--format", "json") == (1, "", "")
    assert run("check", "net.yaml", "--quiet", "--format", "junit", "-o", "out.xml") == (1, "", "")
    assert junit_schema().is_valid("out.xml")
    write(BAD)
    ran = run("check", "net.yaml", "-q")
    assert (ran.code, ran.out) == (2, "")
    assert "unknown operation" in ran.err


# --- Names that are data

NASTY = [
    "[red]x[/]",
    ":boom:",
    "a::b,c=d%0Ae%",
    "]]>&amp;<b attr='\"'>",
    "tab\\tbell\\a nul-ish\\x01 del\\x7f",
    "two\\nlines\\r\\n::error::x",
    "next\\x85line\\u2028sep\\u2029par",
    "\\u202eright\\ufeffbom",
    "e\\u0301 \\U0001f642 图",
    "|`*_~#<!--",
    "=cmd|' /C calc'!A0",
]


def nasty_document(name):
    message = f"because {name}"
    return (
        f'name: "{name}"\ninput: [1, 8, 8]\nlayers: conv 1x1 100\n'
        f'budget: {{params: {{max: 1, message: "{message}"}}, macs: {{max: 2, level: warn}}}}\n'
        "expect: {params: 2}\n"
    ).replace("attr='\"'", "attr=''")


def unescaped(text, *, is_property):
    """What GitHub's runner makes of a command: the other way round than its toolkit escapes it."""
    if is_property:
        assert not re.search("[:,\r\n]", text)
        text = text.replace("%3A", ":").replace("%2C", ",")
    assert not re.search("%(?!25|0D|0A)", text)
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_data_in_every_format(run, name):
    write(nasty_document(name))
    model = only_name(run)
    for format_name in ("table", "markdown", "csv", "tsv", "json", "github", "junit", "sarif"):
        ran = run("check", "net.yaml", "--format", format_name)
        assert (ran.code, ran.err) == (1, "")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ufeff]", ran.out)
    lines = run("check", "net.yaml", "--format", "github").out.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::error", "::warning"]
    shown = visible_by_hand(model)
    for line in lines:
        properties, text = re.fullmatch(r"::\w+ (.*?)::(.*)", line).groups()
        assert unescaped(text, is_property=False).startswith(f"{shown} has ")
        pairs = dict(one.split("=", 1) for one in properties.split(","))
        assert set(pairs) == {"file", "line", "col", "title"}
        assert unescaped(pairs["file"], is_property=True) == "net.yaml"
    root = ET.fromstring(run("check", "net.yaml", "--format", "junit").out)
    assert [one.get("message").startswith(f"{shown} has ") for one in root.iter("failure")] == [True] * 2
    assert junit_schema().is_valid(run("check", "net.yaml", "--format", "junit").out)
    sarif = json.loads(run("check", "net.yaml", "--format", "sarif").out)
    SARIF.validate(sarif)
    texts = [one["message"]["text"] for one in sarif["runs"][0]["results"]]
    assert all(text.startswith(f"{shown} has ") for text in texts)


def only_name(run):
    (name,) = {one["model"] for one in results(run, "net.yaml", code=1)}
    return name


def visible_by_hand(text):
    """Control characters as a Python literal has them."""
    control = "\t\a\x01\x7f\n\r\x85\u2028\u2029\u202e\ufeff"
    return "".join(c.encode("unicode_escape").decode() if c in control else c for c in text)


FILE_NAMES = [
    "a b.yaml",
    "50%.yaml",
    "a:b,c.yaml",
    "#?&.yaml",
    "图.yaml",
    "[red].yaml",
    "new\nline.yaml",
    "<&\"'>.yaml",
    "-dash.yaml",
    "{x}.yaml",
]


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_file_name_is_data_in_every_format(run, name):
    write(f"{HEAD}budget: {{params: 1}}\n", name)
    (line,) = run("check", ".", "--format", "github").out.splitlines()
    properties = re.fullmatch(r"::error (.*?)::.*", line)[1]
    pairs = dict(one.split("=", 1) for one in properties.split(","))
    shown = name.replace("\n", "\\n")
    assert unescaped(pairs["file"], is_property=True) == shown
    sarif = json.loads(run("check", ".", "--format", "sarif").out)
    SARIF.validate(sarif)
    (result,) = sarif["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", uri, re.ASCII)
    assert unquote(uri) == name
    out = run("check", ".", "--format", "junit").out
    assert junit_schema().is_valid(out)
    assert ET.fromstring(out)[0].get("name") == shown


def test_an_absolute_path_is_a_file_uri(run, folder):
    write(f"{HEAD}budget: {{params: 1}}\n", "a b.yaml")
    sarif = json.loads(run("check", str(folder / "a b.yaml"), "--format", "sarif").out)
    SARIF.validate(sarif)
    location = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == (folder / "a b.yaml").as_uri()


def test_a_half_of_a_character_leaves_documents_well_formed(run):
    """Only on a command line can one stand: a body, or a missing file, in bytes that are no UTF-8."""
    word = "conv 1x1 7 # \udcff\ufffe"
    body = ["--input", "1x8x8", "-e", word, "--max", "params=6"]
    for arguments in (body, ["no-such-\udcff.yaml"]):
        ran = run("check", *arguments, "--format", "junit")
        assert ran.code in (1, 2)
        assert junit_schema().is_valid(ran.out)
        text = run("check", *arguments, "--format", "sarif").out
        SARIF.validate(json.loads(text))
        assert not re.search(r"\\ud[89a-f]|\\ufffe", text)


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names of any bytes")
def test_an_undecodable_file_name_in_every_format(run, monkeypatch):
    Path(os.fsdecode(b"bad-\xff.yaml")).write_text(f"{HEAD}budget: {{params: 1}}\n")
    for format_name in ("table", "markdown", "csv", "tsv", "json", "github", "junit", "sarif"):
        stream = io.TextIOWrapper(io.BytesIO(), "utf-8")
        monkeypatch.setattr(sys, "stdout", stream)
        assert run("check", ".", "--format", format_name) == (1, "", "")
        out = stream.buffer.getvalue()
        if format_name == "junit":
            assert junit_schema().is_valid(out.decode())
        elif format_name == "sarif":
            SARIF.validate(json.loads(out))
            assert b'"uri": "bad-%FF.yaml"' in out
        else:
            assert (rb"bad-\ufffd.yaml" if format_name == "json" else b"bad-\xff.yaml") in out


# --- The published schemas


DOCUMENTS = {
    "broken": [f"{HEAD}budget: {{params: 1, macs: {{max: 1, level: warn}}}}\nexpect: {{output: [7]}}\n"],
    "fine": [f"{HEAD}budget: {{params: 100}}\n"],
    "no rule": [HEAD],
    "invalid": [BAD],
    "all": [f"{HEAD}budget: {{params: 1}}\n", BAD, HEAD, f"{HEAD}budget: {{params: 100}}\n"],
}


@pytest.mark.parametrize("texts", DOCUMENTS.values(), ids=DOCUMENTS)
def test_sarif_and_junit_are_valid(run, texts):
    for number, text in enumerate(texts):
        write(text, f"{number}.yaml")
    SARIF.validate(json.loads(run("check", ".", "--format", "sarif").out))
    out = run("check", ".", "--format", "junit").out
    junit_schema().validate(out)
    assert out.isascii()  # whatever the encoding of the stream
    for suite in ET.fromstring(out):
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))


def test_the_schemas_refuse_what_is_wrong(run):
    """The tests above can fail."""
    write(DOCUMENTS["broken"][0])
    out = run("check", "net.yaml", "--format", "junit").out
    assert not junit_schema().is_valid(out.replace(' failures="2"', ""))
    assert not junit_schema().is_valid(out.replace("failure", "fault"))
    sarif = run("check", "net.yaml", "--format", "sarif").out
    for wrong in (sarif.replace('"text"', '"texts"'), sarif.replace('"startLine": 3', '"startLine": 0')):
        assert wrong != sarif
        assert not SARIF.is_valid(json.loads(wrong))


def test_sarif_lists_every_rule_that_a_result_has(run):
    write(DOCUMENTS["broken"][0])
    (found,) = json.loads(run("check", "net.yaml", "--format", "sarif").out)["runs"]
    rules = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    assert rules == ["budget.macs", "budget.params", "expect.output"]
    assert {one["ruleId"]: one["level"] for one in found["results"]} == {
        "budget.macs": "warning",
        "budget.params": "error",
        "expect.output": "error",
    }


# --- Narrow terminals, other encodings, output that cannot be written


def test_a_narrow_screen_loses_places_first_and_digits_never(run, monkeypatch):
    write(
        "input: [192, 28, 28]\nlayers: conv 5x5 512\nname: network-with-a-name\n"
        'budget: {macs: {max: 1.5G, message: "fits the DSP"}, params: 170k}\n'
    )
    lost = []
    for columns in range(120, 19, -1):
        monkeypatch.setenv("COLUMNS", str(columns))
        ran = run("check", "net.yaml")
        # 5·5·192·512 and on 28·28 pixels
        for number in ("2,457,600", "1,926,758,400", "1,500,000,000", "+426,758,400", "+2,287,600"):
            assert number in ran.out
        found = re.fullmatch(rf"convcalc: left out at {columns} columns: (.*)\n", ran.err)
        names = set(found[1].split(", ")) if found else set()
        if not lost or lost[-1] != names:
            lost.append(names)
    assert lost == [set(), {"at"}, {"at", "share"}, {"at", "note"}, {"at", "note", "share"}]


def test_ascii_streams_get_ascii_tables(run, monkeypatch):
    write(f"{HEAD}budget: {{params: 99, macs: {{min: 1}}, flops: {{max: 1, level: warn}}}}\n")
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert run("check", "net.yaml") == (1, "", "")
    out = stream.buffer.getvalue().decode("ascii")
    assert "?" not in out
    rows = [line.split()[:5] for line in out.splitlines()[4:7]]
    assert rows == [
        ["x", "budget.params", "<", "99", "100"],
        ["+", "budget.macs.min", ">", "1", "6,400"],
        ["!", "budget.flops", "<", "1", "12,800"],
    ]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("format_name", ["junit", "sarif", "json"])
def test_documents_survive_any_encoding(run, monkeypatch, format_name, encoding):
    write(f'name: "é图"\n{HEAD}budget: {{params: 99}}\nexpect: {{output: [1]}}\n')
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    assert run("check", "net.yaml", "--format", format_name).code == 1
    document = stream.buffer.getvalue()
    if format_name == "junit":
        (first, _) = ET.fromstring(document).iter("failure")
        assert first.get("message").startswith(("é图 ends at 100×8×8", "é图 has 100 params"))
    else:
        assert "é图" in json.dumps(json.loads(document), ensure_ascii=False)


@pytest.mark.parametrize("format_name", ["table", "json", "github", "junit", "sarif"])
def test_output_that_cannot_be_written(run, format_name):
    write(f"{HEAD}budget: {{params: 99}}\n")
    ran = run("check", "net.yaml", "--format", format_name, "-o", "no/such/file")
    assert ran == (2, "", 'error: cannot write "no/such/file": No such file or directory\n')


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
def test_a_closed_output_keeps_the_exit_code():
    write(f"{HEAD}budget: {{params: 99}}\n")
    line = f'"{sys.executable}" -m convcalc check net.yaml >&-'
    closed = subprocess.run(["sh", "-c", line], capture_output=True, timeout=30, check=False)
    assert (closed.returncode, closed.stdout, closed.stderr) == (1, b"", b"")


# --- Two networks of one name


@pytest.fixture
def namesakes():
    for name, count in (("x/model.yaml", 5), ("y/model.yaml", 6), ("y/other.yaml", 7)):
        write(f"input: [1, 8, 8]\nlayers: conv 1x1 {count}\nvariants: {{a: {{}}}}\n", name)


FORMATS = ["table", "markdown", "csv", "tsv", "json", "github", "junit", "sarif"]


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("words", [["--max", "params=1"], ["--baseline", "lock.json"]])
def test_networks_of_one_name_are_told_apart(run, namesakes, words, format_name):
    if words[0] == "--baseline":
        run("check", ".", *words, "--update")
        for path in Path().rglob("*.yaml"):
            path.write_text(path.read_text().replace("1x1", "2x2"))
    out = run("check", ".", *words, "--format", format_name).out
    assert out.count("x/model.yaml#a") >= 1
    assert out.count("x/model.yaml#a") == out.count("y/model.yaml#a")
    assert re.search(r"\bother#a", out)
    assert "y/other.yaml#a" not in out


@pytest.mark.parametrize("format_name", ["table", "markdown", "csv"])
@pytest.mark.parametrize("command", ["summary", "compare", "reconcile"])
def test_networks_of_one_name_are_told_apart_everywhere(run, namesakes, command, format_name):
    words = ["x/model.yaml", "y/model.yaml", "y/other.yaml", "inception3a#naive"]
    out = run(command, *words, "--format", format_name).out
    for name in ("x/model.yaml#a", "y/model.yaml#a", "other#a"):
        assert name in out
    assert "y/other.yaml#a" not in out


def test_fields_of_networks_of_one_name(run, namesakes):
    out = run("summary", "x/model.yaml", "y/model.yaml", "y/other.yaml", "--field", "params").out
    assert out == "x/model.yaml#a\t5\ny/model.yaml#a\t6\ny/other.yaml#a\t7\n"


def test_csv_has_each_of_several_outputs(run, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(
        "input: [3, 8, 8]\nlayers: [{out: relu}, {out: conv 1x1 2}]\n"
        "expect: {output: [[3, 8, 8], [2, 8, 9]]}\n"
    )
    row = run("check", str(path), "--format", "csv").out.splitlines()[1]
    assert row.split(",")[1:5] == ["expect.output", "equal", "3x8x8 2x8x9", "3x8x8 2x8x8"]
