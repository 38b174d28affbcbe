"""convcalc check --baseline: growth to the last unit, and a lock file that is never wrong or torn.

A 1x1 convolution of one channel has as many parameters as filters, and on 8x8 pixels 64 multiply-adds
for each.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import convcalc.text.output

LOCK = "costs.lock.json"

posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


pytestmark = pytest.mark.usefixtures("folder")


def net(filters, name="net.yaml"):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"input: [1, 8, 8]\nlayers: conv 1x1 {filters}\n", encoding="utf-8")
    return name


def two(a, b, name="net.yaml"):
    """A file with two variants, or with the one that is given."""
    given = {"a": a, "b": b}
    lines = [f"  {key}: {{layers: conv 1x1 {count}}}\n" for key, count in given.items() if count]
    Path(name).write_text("input: [1, 8, 8]\nvariants:\n" + "".join(lines))
    return name


def lock(**networks):
    """A lock file with these parameters, and their multiply-adds."""
    return {
        "schema_version": 1,
        "networks": {
            key: {"params": count, "macs": 64 * count} for key, count in sorted(networks.items())
        },
    }


def locked(path=LOCK):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def accept(run, *words, path=LOCK):
    ran = run("check", *words, "--baseline", path, "--update")
    assert ran.code == 0
    return ran


def grown(run, *words, code):
    """The figures of a failing or passing check by network and count, and what is told."""
    ran = run("check", *words, "--baseline", LOCK, "--format", "json")
    assert ran.code == code
    return {
        (one["network"], one["rule"]): (one["was"], one["limit"], one["actual"], one["passed"])
        for one in json.loads(ran.out)["results"]
    }


# --- The lock file


def test_a_lock_file_is_sorted_and_has_a_line_a_figure(run):
    for name in ("b.yaml", "a.yaml", "sub/c.yaml"):
        net(5, name)
    two(7, 8, "b2.yaml")
    ran = accept(run, "sub", "b2.yaml", "b.yaml", "a.yaml")
    assert (ran.out, ran.err) == ("", "convcalc: costs.lock.json has what 5 networks cost now\n")
    text = Path(LOCK).read_bytes().decode()
    assert text.startswith(
        '{\n  "schema_version": 1,\n  "networks": {\n'
        '    "a.yaml": {\n      "params": 5,\n      "macs": 320\n    },\n    "b.yaml": {\n'
    )
    assert text.endswith('"macs": 320\n    }\n  }\n}\n')
    assert list(locked()["networks"]) == ["a.yaml", "b.yaml", "b2.yaml#a", "b2.yaml#b", "sub/c.yaml"]
    assert locked()["networks"]["b2.yaml#b"] == {"params": 8, "macs": 512}


def test_the_same_networks_give_the_same_bytes(run):
    for number in range(9):
        net(number + 1, f"n{number}.yaml")
    accept(run, ".")
    first = Path(LOCK).read_bytes()
    accept(run, *reversed([f"./n{number}.yaml" for number in range(9)]))
    assert Path(LOCK).read_bytes() == first


def test_a_key_is_the_path_as_seen_from_the_lock_file(run, folder, monkeypatch):
    net(5, "nets/deep/a.yaml")
    net(6, "top.yaml")
    Path("ci").mkdir()
    accept(run, "nets", "top.yaml", path="ci/costs.json")
    assert list(locked("ci/costs.json")["networks"]) == ["../nets/deep/a.yaml", "../top.yaml"]
    monkeypatch.chdir(folder / "nets")
    assert (
        run("check", "deep/a.yaml", str(folder / "top.yaml"), "--baseline", "../ci/costs.json")[0] == 0
    )


def test_a_shipped_network_is_kept_by_its_name(run):
    accept(run, "conv1x1", "inception3a#naive")
    assert locked()["networks"] == {
        "conv1x1": {"params": 12, "macs": 108},
        "inception3a#naive": {"params": 387072, "macs": 303464448},
    }
    net(5)
    ran = accept(run, "net.yaml")
    assert "no more" not in ran.err
    assert set(locked()["networks"]) == {"conv1x1", "inception3a#naive", "net.yaml"}


def test_a_side_head_is_not_in_the_lock_file(run):
    Path("net.yaml").write_text("input: [1, 8, 8]\nlayers: [conv 1x1 5, {aux: conv 1x1 9}]\n")
    accept(run, "net.yaml")
    assert locked() == lock(**{"net.yaml": 5})


@pytest.mark.parametrize(
    "name",
    [
        "a b.yaml",
        "50%.yaml",
        "%41.yaml",
        "a#b.yaml",
        "图🙂.yaml",
        "new\nline.yaml",
        'q"\\.yaml',
        "next\x85\u2028.yaml",
        "\ufeff.yaml",
        "\x7f.yaml",
        "-x.yaml",
        "a: b.yaml",
        "{$x}.yaml",
    ],
)
def test_any_file_name_is_kept_and_found_again(run, name):
    net(5, name)
    accept(run, ".")
    assert run("check", ".", "--baseline", LOCK).code == 0
    net(6, name)
    assert run("check", ".", "--baseline", LOCK).code == 1
    net(1, "other.yaml")
    assert "no more" not in accept(run, "other.yaml").err  # its file is still there
    assert len(locked()["networks"]) == 2
    Path(name).unlink()
    assert "1 network that is no more: " in run("check", "other.yaml", "--baseline", LOCK).err


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="needs file names of any bytes")
def test_a_file_name_of_any_bytes_is_kept_and_found_again():
    name = os.fsdecode(b"bad-\xff.yaml")
    net(5, name)
    assert spawn("check", ".", "--baseline", LOCK, "--update").returncode == 0
    assert locked()["networks"] == {"bad-%FF.yaml": {"params": 5, "macs": 320}}
    assert spawn("check", ".", "--baseline", LOCK).returncode == 0
    net(6, name)
    assert spawn("check", ".", "--baseline", LOCK).returncode == 1


# --- What a key tells apart


def test_a_key_has_the_values_that_are_not_the_files_own(run):
    Path("net.yaml").write_text(
        "input: [1, $s, $s]\nparameters: {s: 8, c: 5}\n"
        "variants: {a: {layers: conv 1x1 $c}, b: {layers: []}}\n"
    )
    net(5, "other.yaml")
    words = ["net.yaml", "other.yaml", "--set"]
    accept(run, *words, "s=4", "--set", "c=5.0")
    accept(run, "net.yaml#a", "--input", "1x8x8")  # which is its own
    accept(run, "net.yaml#a", "--input", "1x9x9", "--set", "c=6", "--set", "s=9.50")
    assert list(locked()["networks"]) == [
        *("net.yaml#a", "net.yaml#a@c=6,input=1x9x9,s=9.5", "net.yaml#a@s=4"),
        *("net.yaml#b@s=4", "other.yaml"),
    ]
    for more, code in ([("s=4",), 0], [("s=4", "--set", "c=4"), 1], [("s=2",), 1], [("s=8",), 1]):
        ran = run("check", *words, *more, "--baseline", LOCK)
        assert ran.code == code
        assert "no more" not in ran.err


def test_a_check_at_other_values_does_not_pass_against_the_own_ones(run):
    Path("net.yaml").write_text("input: [1, 8, 8]\nparameters: {c: 5}\nlayers: conv 1x1 $c\n")
    accept(run, "net.yaml")
    for more in (["--set", "c=4"], ["--input", "1x4x4"]):
        ran = run("check", "net.yaml", *more, "--baseline", LOCK, "--max-growth", "macs=9G")
        assert ran.code == 1
        assert "not in costs.lock.json: net" in ran.out


def scaled(width, **own):
    """Filters by a parameter, on an input of two sizes; 5 of them at the file's own values."""
    values = {"alpha": 1, "s": 8, **own}
    text = ", ".join(f"{name}: {value}" for name, value in values.items())
    Path("net.yaml").write_text(
        f"input: [1, $s, $s]\nparameters: {{{text}}}\nlayers: conv 1x1 $({width}*alpha)\n"
    )


@pytest.mark.parametrize("gated", [["net.yaml@alpha=0.50"], ["net.yaml", "--set", "alpha=0.5"]])
def test_a_value_that_was_written_out_stays_the_same_network_when_it_becomes_the_files_own(run, gated):
    scaled(8)
    accept(run, "net.yaml")
    accept(run, *gated)
    assert locked() == lock(**{"net.yaml": 8, "net.yaml@alpha=0.5": 4})
    scaled(16, alpha=0.5)  # 8 filters as before, but twice as many at alpha 0.5
    assert grown(run, "net.yaml", code=0)["net", "baseline.params"] == (8, 8, 8, True)
    assert grown(run, *gated, code=1)["net@alpha=0.5", "baseline.params"] == (4, 4, 8, False)
    accept(run, *gated)
    assert locked() == lock(**{"net.yaml": 8, "net.yaml@alpha=0.5": 8})
    scaled(8)  # and back again
    assert grown(run, *gated, code=0)["net@alpha=0.5", "baseline.params"] == (8, 8, 4, True)


def test_an_input_that_was_written_out_stays_the_same_network_too(run):
    scaled(8)
    accept(run, "net.yaml")
    accept(run, "net.yaml", "--input", "1x4x4")  # 8 filters at 16 places
    scaled(8, s=4)
    assert run("check", "net.yaml", "net.yaml@input=1x4x4", "--baseline", LOCK).code == 0
    scaled(9, s=4)
    found = grown(run, "net.yaml", "--input", "1x4x4", code=1)
    assert found["net@input=1x4x4", "baseline.macs"] == (128, 128, 144, False)
    assert grown(run, "net.yaml", code=1)["net", "baseline.macs"] == (512, 512, 144, True)


def test_a_parameter_that_is_gone_from_the_file_still_tells_its_networks_apart(run):
    scaled(8)
    accept(run, "net.yaml")
    accept(run, "net.yaml", "--set", "alpha=0.5")
    net(8)
    Path("other.yaml").write_text("input: [1, 8, 8]\nparameters: {alpha: 1}\nlayers: []\n")
    found = grown(run, "net.yaml", "other.yaml", "--set", "alpha=0.5", code=1)
    assert found["net@alpha=0.5", "baseline.params"] == (4, 4, 8, False)


def test_of_several_values_the_key_with_the_most_of_them_is_meant(run):
    scaled(8)
    for word in ("net.yaml", "net.yaml@s=4", "net.yaml@alpha=0.5", "net.yaml@alpha=0.5,s=4"):
        accept(run, word)
    scaled(16, alpha=0.5, s=4)
    macs = {"s=4": 128, "alpha=0.5": 256, "alpha=0.5,s=4": 64}
    for values, was in macs.items():
        ran = run("check", f"net.yaml@{values}", "--baseline", LOCK, "--format", "json")
        assert [one["was"] for one in json.loads(ran.out)["results"]][1] == was


def test_a_key_at_values_that_were_not_checked_is_told(run):
    scaled(8)
    net(5, "other.yaml")
    accept(run, "net.yaml", "other.yaml")
    accept(run, "net.yaml@alpha=0.5")
    accept(run, "net.yaml@alpha=2")
    said = f"convcalc: {LOCK} has 2 networks at values that were not checked: net.yaml@alpha=0.5, "
    assert run("check", ".", "--baseline", LOCK) == (
        *(0, " 4 figures within costs.lock.json\n"),
        f"{said}net.yaml@alpha=2\n",
    )
    both = run("check", ".", "net.yaml@alpha=0.5", "net.yaml@alpha=2", "--baseline", LOCK)
    assert (both.code, both.err) == (0, "")
    assert run("check", "other.yaml", "--baseline", LOCK).err == ""  # whose file was not checked


def test_a_file_and_a_variant_of_another_are_two_networks(run):
    two(5, 6, "net.yaml")
    net(7, "net.yaml#b.yml")
    net(8, "at@c=1.yaml")
    accept(run, ".")
    keys = {"at%40c=1.yaml": 8, "net.yaml#a": 5, "net.yaml#b": 6, "net.yaml%23b.yml": 7}
    assert locked() == lock(**keys)
    assert run("check", ".", "--baseline", LOCK) == (0, " 8 figures within costs.lock.json\n", "")
    Path("net.yaml#b.yml").unlink()
    assert "no more: net.yaml%23b.yml\n" in run("check", ".", "--baseline", LOCK).err


@pytest.mark.parametrize("name", ["a#b.yaml", "a@b.yaml", "s@x/net.yaml", "50%.yaml"])
def test_a_key_of_an_earlier_version_is_found_and_written_anew(run, name):
    net(5, name)
    net(5, "other.yaml")
    old = {
        name.replace("%", "%25"): {"params": 5, "macs": 320},
        "other.yaml": {"params": 5, "macs": 320},
    }
    Path(LOCK).write_text(json.dumps({"schema_version": 1, "networks": old}))
    assert run("check", ".", "--baseline", LOCK) == (0, " 4 figures within costs.lock.json\n", "")
    assert run("check", "other.yaml", "--baseline", LOCK).err == ""
    net(6, name)
    assert run("check", ".", "--baseline", LOCK).code == 1
    accept(run, name)
    written = re.sub("[#@%]", lambda found: f"%{ord(found[0]):02X}", name)
    assert locked() == lock(**{written: 6, "other.yaml": 5})


def test_a_lock_file_that_is_reached_through_a_link_keeps_the_others(run, folder):
    for name in ("a.yaml", "nets/b.yaml"):
        net(5, name)
    Path("deep/ci").mkdir(parents=True)
    Path("link").symlink_to("deep/ci")
    Path("many").symlink_to("nets")
    accept(run, "a.yaml", "nets", path="deep/ci/costs.json")
    ran = accept(run, "a.yaml", path="link/costs.json")
    assert "no more" not in ran.err
    assert list(locked("link/costs.json")["networks"]) == ["../../a.yaml", "../../nets/b.yaml"]
    assert run("check", "a.yaml", "many", "--baseline", "link/costs.json").code == 0
    # As it was written through the link by an earlier version.
    old = {"../a.yaml": {"params": 5, "macs": 320}, "../many/b.yaml": {"params": 4, "macs": 320}}
    Path("link/costs.json").write_text(json.dumps({"schema_version": 1, "networks": old}))
    assert run("check", "a.yaml", "--baseline", "link/costs.json").code == 0
    assert run("check", "many", "--baseline", "link/costs.json", "--max-growth", "params=0").code == 1


def test_a_key_of_any_length_is_read_again(run):
    names = ["d" * 200] * 8
    net(5, "/".join([*names, "net.yaml"]))
    accept(run, ".")
    assert len(next(iter(locked()["networks"]))) > 1024
    assert run("check", ".", "--baseline", LOCK).code == 0


def test_a_lock_file_is_json_of_any_layout(run):
    net(5, "图🙂.yaml")
    net(7, "b.yaml")
    document = lock(**{"图🙂.yaml": 5, "b.yaml": 7})
    texts = [json.dumps(document), json.dumps(document, indent="\t", ensure_ascii=False)]
    texts += ["\ufeff" + texts[1].replace("\n", "\r\n"), f"\n\n {texts[0]}\t\n"]
    assert "\\ud83d\\ude42" in texts[0]
    for text in texts:
        Path(LOCK).write_bytes(text.encode())
        assert run("check", ".", "--baseline", LOCK) == (0, " 4 figures within costs.lock.json\n", "")


def test_a_figure_is_at_the_place_of_its_network(run):
    net(6)
    Path("two.yaml").write_text(
        "variants:\n  a: {layers: conv 1x1 5}\n  b:\n    layers: conv 1x1 7\ninput: [1, 8, 8]\n"
    )
    Path(LOCK).write_text(json.dumps(lock(**{"net.yaml": 5, "two.yaml#a": 4, "two.yaml#b": 6})))
    ran = run("check", "net.yaml", "two.yaml", "--baseline", LOCK, "--format", "github")
    places = [("net.yaml", "1", "1"), ("two.yaml", "2", "3"), ("two.yaml", "3", "3")]
    found = re.findall(r"file=([^,]*),line=(\d+),col=(\d+)", ran.out)
    assert found == [place for place in places for _ in ("params", "macs")]
    ran = run("check", "net.yaml", "two.yaml", "--baseline", LOCK, "--format", "csv")
    rows = [line.split(",")[7:9] for line in ran.out.splitlines()[1:]]
    assert rows == [list(place[:2]) for place in places for _ in ("params", "macs")]
    limited = run("check", "two.yaml", "--max", "params=1", "--format", "github").out
    assert re.findall(r"file=([^,]*),line=(\d+),col=(\d+)", limited) == places[1:]


def test_the_command_that_is_named_accepts_what_is_broken_and_no_more(run):
    net(5)
    net(5, "-it's.yaml")
    two(5, 5, "two.yaml")
    accept(run, ".")
    net(6)
    net(4, "-it's.yaml")
    two(5, 7, "two.yaml")
    net(9, "new.yaml")
    ran = run("check", ".", "--baseline", LOCK, "--max-growth", "params=0")
    command = f"convcalc check net.yaml new.yaml two.yaml#b --baseline {LOCK} --update"
    assert ran.out.endswith(f"; if that is meant: {command}\n")
    assert run(*shlex.split(command)[1:]).code == 0
    assert locked() == lock(
        **{"-it's.yaml": 5, "net.yaml": 6, "new.yaml": 9, "two.yaml#a": 5, "two.yaml#b": 7}
    )
    net(7, "-it's.yaml")
    ran = run("check", ".", "--baseline", LOCK, "--format", "csv")
    command = f"""convcalc check './-it'"'"'s.yaml' --baseline {LOCK} --update"""
    assert ran.err == f"convcalc: if the growth is meant: {command}\n"
    accept(run, *shlex.split(command)[2:3])
    assert locked()["networks"]["-it's.yaml"]["params"] == 7


def test_the_command_that_is_named_has_the_values_of_a_network(run):
    text = "input: [1, 8, 8]\nparameters: {{n: {}}}\nlayers: conv 1x1 $n\n"
    Path("net.yaml").write_text(text.format(5))
    net(5, "other.yaml")
    words = (".", "--set", "n=7", "--input", "1x4x4")
    accept(run, *words)
    before = locked()["networks"]
    key = "net.yaml@input=1x4x4,n=7"
    assert key in before
    changed = {**before, key: {"params": 6, "macs": 1}}
    Path(LOCK).write_text(json.dumps({"schema_version": 1, "networks": changed}))
    ran = run("check", *words, "--baseline", LOCK, "--format", "csv")
    command = f"convcalc check {key} --baseline {LOCK} --update"
    assert ran.err == f"convcalc: if the growth is meant: {command}\n"
    assert run(*shlex.split(command)[1:]).code == 0
    assert locked()["networks"] == before


def test_an_update_tells_each_value_that_changes(run):
    net(100)
    two(5, 6, "two.yaml")
    accept(run, ".")
    net(101)
    two(5, 3, "two.yaml")
    net(9, "new.yaml")
    ran = accept(run, ".")
    assert ran.err.splitlines() == [
        "convcalc: net.yaml: params 100 → 101 (+1, +1.0 %)",
        "convcalc: net.yaml: macs 6,400 → 6,464 (+64, +1.0 %)",
        "convcalc: two.yaml#b: params 6 → 3 (−3, −50.0 %)",
        "convcalc: two.yaml#b: macs 384 → 192 (−192, −50.0 %)",
        f"convcalc: {LOCK} has what 4 networks cost now",
    ]
    Path(LOCK).write_text('{"schema_version": 1, "networks": {"net.yaml": {"params": 0}}}')
    assert accept(run, "net.yaml").err.splitlines()[0] == "convcalc: net.yaml: params 0 → 101 (+101)"


def test_a_junit_report_has_one_suite_for_each_file(run):
    net(5, "a.yaml")
    net(5, "b.yaml")
    accept(run, ".")
    words = ("check", ".", "--baseline", LOCK, "--max", "params=4", "--format", "junit")
    suites = ElementTree.fromstring(run(*words).out)
    assert [(one.get("name"), one.get("tests"), one.get("failures")) for one in suites] == [
        ("a.yaml", "3", "1"),
        ("b.yaml", "3", "1"),
    ]


# --- Growth


def test_without_growth_a_check_is_fine(run):
    net(100)
    accept(run, "net.yaml")
    assert run("check", "net.yaml", "--baseline", LOCK) == (0, " 2 figures within costs.lock.json\n", "")
    net(99)
    assert run("check", "net.yaml", "--baseline", LOCK).code == 0


def test_any_growth_fails_and_the_lock_file_stays(run):
    net(100)
    accept(run, "net.yaml")
    before = Path(LOCK).read_bytes()
    net(101)
    ran = run("check", "net.yaml", "--baseline", LOCK)
    expected = (
        "   network  figure    was    now    Δ          at\n"
        "───────────────────────────────────────────────────────────\n"
        " ✗ net      params    100    101   +1  +1.0 %  net.yaml:1:1\n"
        " ✗ net      macs    6,400  6,464  +64  +1.0 %  net.yaml:1:1\n"
        "\n"
        " 2 of 2 figures grew; if that is meant:"
        " convcalc check net.yaml --baseline costs.lock.json --update\n"
    )
    assert ran == (1, expected, "")
    assert Path(LOCK).read_bytes() == before


@pytest.mark.parametrize(
    ("growth", "was", "most"),
    [
        ("0", 100, 100),
        ("5", 100, 105),
        ("0.1k", 100, 200),
        ("5%", 100, 105),
        ("5 %", 100, 105),
        ("2.5%", 200, 205),
        ("10%", 15, 16),  # 16.5
        ("0.1%", 999, 999),  # 999.999
        ("0.1%", 1000, 1001),
        ("33.3%", 3, 3),  # 3.999
        ("33.4%", 3, 4),
        ("7%", 100, 107),  # in binary fractions 100·1.07 is 107.00000000000001
        ("14%", 50, 57),  # and 50·1.14 is 56.99999999999999
        ("0%", 100, 100),
        ("200%", 1, 3),
    ],
)
def test_growth_is_judged_to_the_last_unit(run, growth, was, most):
    net(was)
    accept(run, "net.yaml")
    words = ["check", "net.yaml", "--baseline", LOCK, "--max-growth", f"params={growth}"]
    words += ["--max-growth", "macs=999G"]
    net(most)
    assert run(*words).code == 0
    net(most + 1)
    ran = run(*words, "--format", "csv")
    assert ran.code == 1
    assert f"net,baseline.params,max,{most},{most + 1},error,false,net.yaml,1,\n" in ran.out


def test_each_count_has_its_own_allowance(run):
    net(100)
    accept(run, "net.yaml")
    net(105)
    words = ["--max-growth", "macs=5%", "--max-growth", "params=4%"]
    ran = run("check", "net.yaml", "--baseline", LOCK, *words)
    assert (ran.code, ran.err) == (1, "")
    assert "params" in ran.out
    assert "6,720" not in ran.out
    assert " 1 of 2 figures grew too much (params: 4% allowed; macs: 5% allowed); if" in ran.out
    ran = run("check", "net.yaml", "--baseline", LOCK, "--max-growth", "params=4%", "--format", "github")
    said = "net has 105 params where the baseline has 100 (+5, +5.0 %25, 4%25 allowed)"
    assert ran.out.splitlines()[0].endswith(f"title=baseline.params::{said}")


def test_only_the_figures_that_are_named_are_limited(run):
    """As in diff; where none is named, none may grow."""
    net(100)
    accept(run, "net.yaml")
    Path("net.yaml").write_text("input: [1, 8, 8]\nlayers: conv 1x1/8 200\n")  # at one place, 200 each
    words = ["check", "net.yaml", "--baseline", LOCK]
    assert run(*words).code == 1
    assert run(*words, "--max-growth", "macs=0").code == 0
    assert run(*words, "--max-growth", "params=99").code == 1
    ran = run(*words, "--max-growth", "params=100")
    said = " 1 figure within costs.lock.json (params: 100 allowed; macs not judged)\n"
    assert ran == (0, said, "")
    out = run(*words, "--max-growth", "params=99").out
    assert "1 of 1 figure grew too much (params: 99 allowed; macs not judged)" in out
    out = run(*words, "--max-growth", "params=100", "--max-growth", "macs=0%").out
    assert out == " 2 figures within costs.lock.json (params: 100 allowed; macs: 0% allowed)\n"
    net(5, "new.yaml")
    assert run("check", "new.yaml", "--baseline", LOCK, "--max-growth", "macs=9G").code == 1


def test_growth_from_nothing(run):
    Path("net.yaml").write_text("input: [1, 8, 8]\nlayers: relu\n")
    accept(run, "net.yaml")
    net(3)
    out = run("check", "net.yaml", "--baseline", LOCK, "--max-growth", "params=900%").out
    assert re.search(r"✗ net +params +0 +3 +\+3 +– ", out)
    out = run("check", "net.yaml", "--baseline", LOCK, "--format", "github").out
    assert out.splitlines()[0].endswith("net has 3 params where the baseline has 0 (+3)")


@pytest.mark.parametrize(
    ("growth", "said"),
    [
        ("flops=5%", '--max-growth has no count "flops"; did you mean "macs"?'),
        ("parms=5%", '--max-growth has no count "parms"; did you mean "params"?'),
        ("5%", "--max-growth needs the count too: write macs=5%"),
        ("macs=5.%", '--max-growth needs macs=5% or macs=10000, not "macs=5.%"'),
        ("macs=-5%", '--max-growth needs macs=5% or macs=10000, not "macs=-5%"'),
        ("macs=0.5", '--max-growth needs macs=5% or macs=10000, not "macs=0.5"'),
        ("macs", '--max-growth needs macs=5% or macs=10000, not "macs"'),
    ],
)
def test_an_allowance_that_is_none_is_refused(run, growth, said):
    net(5)
    accept(run, "net.yaml")
    ran = run("check", "net.yaml", "--baseline", LOCK, "--max-growth", growth)
    assert ran == (2, "", f"error: {said}\n")


def test_the_options_of_a_baseline_need_one(run):
    net(5)
    said = "error: --max-growth needs --baseline FILE\n"
    assert run("check", "net.yaml", "--max-growth", "macs=5%") == (2, "", said)


def test_an_update_without_a_lock_file_may_mean_the_expectations(run):
    net(5)
    command = "convcalc summary SPEC --field params,macs"
    ran = run("check", "net.yaml", "--update")
    needs = "error: --update needs --baseline FILE, the lock file that it writes; "
    hint = f"expect is edited by hand, and its figures are those of: {command}\n"
    assert ran == (2, "", needs + hint)
    assert run(*command.replace("SPEC", "net.yaml").split()[1:]).out == "5\t320\n"


# --- What is missing, and what is no more


def test_what_the_lock_file_does_not_have_fails(run):
    net(5)
    accept(run, "net.yaml")
    net(6, "new.yaml")
    ran = run("check", "net.yaml", "new.yaml", "--baseline", LOCK)
    assert (ran.code, ran.err) == (1, "")
    assert re.search(r"^ ✗ new +params +missing +6 +new\.yaml:1:1$", ran.out, re.M)
    assert ran.out.endswith(
        " not in costs.lock.json: new; if that is meant:"
        " convcalc check new.yaml --baseline costs.lock.json --update\n"
    )
    found = grown(run, "net.yaml", "new.yaml", code=1)
    assert found["new", "baseline.params"] == (None, None, 6, False)
    assert found["net", "baseline.params"] == (5, 5, 5, True)
    # However much may grow.
    words = ["--max-growth", "params=9G", "--max-growth", "macs=9G", "--format", "github"]
    out = run("check", "new.yaml", "--baseline", LOCK, *words).out
    assert "::new has 6 params and is not in the baseline\n" in out
    assert "file=new.yaml,line=1,col=1," in out


@pytest.mark.parametrize("format_name", ["table", "markdown", "csv", "json", "junit", "sarif", "github"])
def test_another_name_does_not_hide_growth_in_any_format(run, format_name):
    net(5, "a.yaml")
    two(5, 5, "two.yaml")
    accept(run, ".")
    Path("a.yaml").unlink()
    net(50, "moved.yaml")
    Path("two.yaml").write_text(Path("two.yaml").read_text().replace("b:", "c:"))
    words = ["--baseline", LOCK, "--max-growth", "params=9G", "--format", format_name]
    ran = run("check", ".", *words)
    note = f"{LOCK} has 2 networks that are no more: a.yaml, two.yaml#b"
    assert ran.code == 1
    assert ran.err.endswith(f"convcalc: {note}\n")
    assert format_name in ("table", "csv") or note in ran.out
    assert all(name in ran.out for name in ("moved", "two#c"))
    assert "two#a" not in ran.out or format_name in ("csv", "json", "junit")  # which have all rows


def test_a_figure_that_the_lock_file_does_not_have_fails(run):
    net(5)
    Path(LOCK).write_text('{"schema_version": 1, "networks": {"net.yaml": {"params": 5}}}')
    assert grown(run, "net.yaml", code=1)["net", "baseline.macs"] == (None, None, 320, False)


def test_without_a_lock_file_the_command_that_writes_it_is_named(run):
    net(5)
    ran = run("check", "net.yaml", "--baseline", LOCK)
    command = f"convcalc check net.yaml --baseline {LOCK} --update"
    assert ran == (2, "", f'error: no baseline "{LOCK}"; to write it: {command}\n')


def test_a_file_or_variant_that_is_no_more_is_reported_and_then_left_out(run):
    net(5, "gone.yaml")
    two(6, 7)
    net(8, "there.yaml")
    accept(run, ".")
    Path("gone.yaml").unlink()
    two(6, None)
    said = "networks that are no more: gone.yaml, net.yaml#b\n"
    ran = run("check", "net.yaml", "--baseline", LOCK)
    assert (ran.code, ran.err) == (0, f"convcalc: {LOCK} has 2 {said}")
    assert len(locked()["networks"]) == 4
    ran = accept(run, "net.yaml")
    others = "; the other 1 in it stay as they were"
    assert (
        ran.err == f"convcalc: {LOCK} had 2 {said}convcalc: {LOCK} has what 1 network cost now{others}\n"
    )
    assert locked() == lock(**{"net.yaml#a": 6, "there.yaml": 8})


def test_entries_of_what_was_not_checked_stay(run):
    two(6, 7)
    net(8, "other.yaml")
    accept(run, ".")
    two(60, 70)
    net(80, "other.yaml")
    assert run("check", "net.yaml#a", "--baseline", LOCK).err == ""
    ran = accept(run, "net.yaml#a")
    assert "no more" not in ran.err
    assert locked() == lock(**{"net.yaml#a": 60, "net.yaml#b": 7, "other.yaml": 8})


def test_a_file_that_gets_or_loses_its_variants(run):
    net(5)
    accept(run, "net.yaml")
    two(5, 6)
    assert "no more: net.yaml\n" in run("check", "net.yaml", "--baseline", LOCK).err
    accept(run, "net.yaml")
    assert set(locked()["networks"]) == {"net.yaml#a", "net.yaml#b"}
    net(5)
    assert "no more: net.yaml#a, net.yaml#b\n" in run("check", "net.yaml", "--baseline", LOCK).err


def test_what_is_in_no_file_has_no_baseline(run):
    for words, name in ((["--input", "1x8x8", "-e", "relu"], "-e"), (["-"], "-"), (["-#a"], "-#a")):
        ran = run("check", *words, "--baseline", LOCK, "--update")
        said = f'error: a baseline keeps what files cost, and "{name}" is no file\n'
        assert ran == (2, "", said)
    assert not Path(LOCK).exists()


# --- The command that accepts


def shell_accepts(command, shell="sh"):
    """Runs a printed command through a shell in which convcalc is this program."""
    function = f'convcalc() {{ "{sys.executable}" -m convcalc "$@"; }}; {command}'
    return subprocess.run([shell, "-c", function], capture_output=True, timeout=30, check=False)


@posix
@pytest.mark.parametrize(
    ("format_name", "columns"),
    [
        *((name, "") for name in ("table", "github")),
        *(
            pytest.param(name, "", marks=pytest.mark.full)
            for name in ("markdown", "csv", "json", "junit", "sarif")
        ),
        ("table", "40"),  # the only format that has a width
    ],
)
def test_the_printed_command_accepts_what_grew(run, monkeypatch, format_name, columns):
    monkeypatch.setenv("COLUMNS", columns)
    words = ["it's [a] file.yaml", "sub dir", "./-dash.yaml", "many*.yaml"]
    for name in (
        "it's [a] file.yaml",
        "sub dir/$HOME`x`.yaml",
        "-dash.yaml",
        "many1.yaml",
        "many2.yaml",
    ):
        net(5, name)
    path = "the lock's.json"
    accept(run, *words, path=path)
    net(6, "many2.yaml")
    net(7, "many3.yaml")
    ran = run("check", *words, "--baseline", path, "--format", format_name)
    assert ran.code == 1
    printed = ran.out if format_name in ("table", "markdown") else ran.err
    (command,) = re.findall(r"convcalc check .* --update", printed)
    assert printed.rstrip("`\n").endswith("--update")
    done = shell_accepts(command)
    assert (done.returncode, done.stdout) == (0, b"")
    assert run("check", *words, "--baseline", path).code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names of any bytes")
@pytest.mark.skipif(not shutil.which("bash"), reason="needs a shell that reads $'...'")
@pytest.mark.parametrize("format_name", ["table", "markdown"])
def test_the_printed_command_has_names_that_no_terminal_shows(run, format_name):
    names = [
        "new\nline.yaml",
        "it's a\ttab\\.yaml",
        "\x1b[31m1.yaml",
        "byte\udcff0.yaml",
        "\u202eturn.yaml",
    ]
    for name in names:
        net(5, name)
    accept(run, *names)
    for name in names:
        net(6, name)
    ran = run("check", *names, "--baseline", LOCK, "--format", format_name)
    assert ran.code == 1
    (command,) = re.findall(r"convcalc check .* --update", ran.out)
    assert (
        "$'new\\nline.yaml' $'it\\'s a\\ttab\\\\.yaml' $'\\033[31m1.yaml' $'byte\\3770.yaml'" in command
    )
    assert shell_accepts(command, "bash").returncode == 0
    assert run("check", *names, "--baseline", LOCK).code == 0


@posix
def test_the_printed_command_has_the_input_and_parameters(run):
    Path("net.yaml").write_text("input: [1, 8, 8]\nparameters: {c: 5}\nlayers: conv 1x1 $c\n")
    Path("-x.yaml").write_text("input: [1, 8, 8]\nlayers: conv 1x1 5\n")
    words = ["net.yaml", "--set", "c=7", "--input", "1x9x9", "--baseline", LOCK]
    accept(run, "net.yaml")
    out = run("check", *words, "--", "-x.yaml").out
    (command,) = re.findall(r"convcalc check .*", out)
    assert shlex.split(command)[2:4] == ["net.yaml", "./-x.yaml"]
    assert shell_accepts(command).returncode == 0
    assert locked()["networks"]["net.yaml@c=7,input=1x9x9"] == {"params": 7, "macs": 7 * 81}
    assert run("check", *words, "--", "-x.yaml").code == 0


def test_nothing_that_grew_has_no_command(run):
    net(5)
    accept(run, "net.yaml")
    for format_name in ("table", "github", "json"):
        ran = run("check", "net.yaml", "--baseline", LOCK, "--format", format_name)
        assert "--update" not in ran.out + ran.err


# --- Writing


def test_with_an_invalid_file_nothing_is_written(run):
    net(5)
    accept(run, "net.yaml")
    before = Path(LOCK).read_bytes()
    net(6)
    Path("wrong.yaml").write_text("layers: cnov\n")
    for bad in ("wrong.yaml", "missing.yaml"):
        ran = run("check", "net.yaml", bad, "--baseline", LOCK, "--update")
        assert ran.code == 2
        assert "cost now" not in ran.err
        assert Path(LOCK).read_bytes() == before


def test_updating_does_not_forgive_a_broken_rule(run):
    net(5)
    ran = run("check", "net.yaml", "--baseline", LOCK, "--update", "--max", "params=4")
    assert ran.code == 1
    assert locked() == lock(**{"net.yaml": 5})


def test_a_write_that_fails_leaves_the_old_file(run, monkeypatch, folder):
    net(5)
    accept(run, "net.yaml")
    before = Path(LOCK).read_bytes()
    net(6)

    def full(file, pieces):
        file.write(b"{")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(convcalc.text.output, "_fill", full)
    ran = run("check", "net.yaml", "--baseline", LOCK, "--update")
    assert (ran.code, ran.err) == (2, f'error: cannot write "{LOCK}": No space left on device\n')
    assert Path(LOCK).read_bytes() == before
    assert sorted(os.listdir(folder)) == [LOCK, "net.yaml"]


def test_a_lock_file_in_a_folder_that_is_not_there(run):
    net(5)
    ran = run("check", "net.yaml", "--baseline", "no/lock.json", "--update")
    assert (ran.code, ran.err) == (2, 'error: cannot write "no/lock.json": No such file or directory\n')


def test_a_folder_is_no_lock_file(run):
    net(5)
    Path("dir").mkdir()
    for update in ([], ["--update"]):
        ran = run("check", "net.yaml", "--baseline", "dir", *update)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == 'error: cannot read "dir": Is a directory\n'


@posix
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read and write all"
)
def test_a_lock_file_that_may_not_be_read_or_written(run, folder):
    net(5)
    accept(run, "net.yaml")
    Path(LOCK).chmod(0)
    ran = run("check", "net.yaml", "--baseline", LOCK)
    assert (ran.code, ran.err) == (2, f'error: cannot read "{LOCK}": Permission denied\n')
    Path(LOCK).chmod(0o444)
    folder.chmod(0o555)
    try:
        net_before = Path(LOCK).read_bytes()
        ran = run("check", "net.yaml", "--baseline", LOCK, "--update")
        assert (ran.code, ran.err[-34:]) == (2, f'"{LOCK}": Permission denied\n'[-34:])
        assert Path(LOCK).read_bytes() == net_before
    finally:
        folder.chmod(0o755)


@posix
def test_a_lock_file_keeps_its_mode_and_stays_a_link(run):
    net(5)
    accept(run, "net.yaml", path="real.json")
    Path("real.json").chmod(0o640)
    Path(LOCK).symlink_to("real.json")
    net(6)
    accept(run, "net.yaml")
    assert Path(LOCK).is_symlink()
    assert stat.S_IMODE(Path("real.json").stat().st_mode) == 0o640
    assert locked("real.json") == lock(**{"net.yaml": 6})


def spawn(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "convcalc", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=30,
        check=False,
    )


@pytest.mark.full
def test_processes_that_update_at_once_never_tear_the_file(folder):
    """Whoever comes last wins; whoever reads meanwhile sees one whole file."""
    names = [net(5, f"n{number:03}.yaml") for number in range(100)]
    words = ["-m", "convcalc", "check", ".", "--baseline", LOCK, "--update"]
    assert subprocess.run([sys.executable, *words], capture_output=True, check=False).returncode == 0
    writers = [subprocess.Popen([sys.executable, *words], stderr=subprocess.DEVNULL) for _ in range(4)]
    seen = 0
    while any(writer.poll() is None for writer in writers):
        assert list(locked()["networks"]) == names
        seen += 1
    assert seen
    assert {writer.returncode for writer in writers} == {0}
    assert sorted(os.listdir(folder)) == [LOCK, *names]


# --- Reading


def test_a_merge_conflict_is_shown_at_its_line(run):
    net(5)
    accept(run, "net.yaml")
    lines = Path(LOCK).read_text().splitlines(keepends=True)
    lines[4:5] = ["<<<<<<< ours\n", lines[4], "=======\n", lines[4], ">>>>>>> theirs\n"]
    Path(LOCK).write_text("".join(lines))
    before = Path(LOCK).read_bytes()
    for update in ([], ["--update"]):
        ran = run("check", "net.yaml", "--baseline", LOCK, *update)
        assert (ran.code, ran.out) == (2, "")
        remedy = "keep one side, or delete the file and write it again with --update"
        assert ran.err.startswith(
            f"{LOCK}:5:1: error: a merge conflict; {remedy}\n   5 | <<<<<<< ours\n"
        )
        assert Path(LOCK).read_bytes() == before


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "1:1", "not valid JSON: expecting value"),
        ("not json", "1:1", "not valid JSON: expecting value"),
        ("schema_version: 1\nnetworks: {}", "1:1", "not valid JSON: expecting value"),
        ('{"schema_version": 1 "x"}', "1:22", "not valid JSON: "),
        ("[" * 100_000, "1:65", "nested more than 64 deep"),
        ("[]", "1:1", 'not a lock file, which has "schema_version" and "networks"'),
        ("{}", "1:1", 'not a lock file, which has "schema_version" and "networks"'),
        ('{"networks": {}}', "1:1", 'not a lock file, which has "schema_version" and "networks"'),
        (
            '{"schema_version": 2,\n "networks": {}}',
            "1:20",
            '"schema_version" is "2"; this convcalc reads 1',
        ),
        ('{"schema_version": 1,\n "networks": []}', "2:14", '"networks" must be a mapping, not a list'),
        (
            '{"schema_version": 1,\n "networks": {"a": 5}}',
            "2:20",
            '"a" must be a mapping, not "5"',
        ),
        (
            '{"schema_version": 1,\n "networks": {"a": {"params": 1.5}}}',
            "2:31",
            'params must be a whole number, not "1.5"',
        ),
        (
            '{"schema_version": 1,\n "networks": {"a": {"params": -1}}}',
            "2:31",
            'params must be a whole number, not "-1"',
        ),
        (
            '{"schema_version": 1,\n "networks": {"a": {"params": [1]}}}',
            "2:31",
            "params must be a whole number, not a list",
        ),
        (
            '{"schema_version": 1, "networks": {\n"a": {"params": 1},\n"a": {"params": 2}}}',
            "3:1",
            'duplicate key "a"; first used on line 2',
        ),
        ('{"schema_version": 1,\n "networks": {"a": {"params": 1}', "2:33", "not valid JSON: "),
        ('{"schema_version": 1,\n "networks": {"\xff": {}}}', "2:16", "byte 0xff is not UTF-8"),
    ],
)
def test_a_file_that_is_no_lock_file_is_refused_with_the_place(run, text, place, said):
    net(5)
    Path(LOCK).write_bytes(text.encode("latin-1"))
    ran = run("check", "net.yaml", "--baseline", LOCK)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{LOCK}:{place}: error: {said}")
    assert Path(LOCK).read_bytes() == text.encode("latin-1")


def test_every_fault_of_a_lock_file_is_reported(run):
    net(5)
    Path(LOCK).write_text(
        '{"schema_version": 1, "networks": {"a": {"params": null, "macs": "y"}, "b": 7}}'
    )
    assert run("check", "net.yaml", "--baseline", LOCK).err.count(": error: ") == 3


def test_figures_as_large_as_they_get_are_read_again(run):
    Path("net.yaml").write_text(
        "input: [1, 1, 1]\nlayers: [conv 1x1 999999999999, conv 1x1 999999999999]\n"
    )
    accept(run, "net.yaml")
    # 999,999,999,999² and as many again for the first
    assert locked()["networks"]["net.yaml"]["params"] == 999999999998000000000001 + 999999999999
    assert run("check", "net.yaml", "--baseline", LOCK).code == 0


def test_the_output_never_takes_the_place_of_the_lock_file(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("check", "conv1x1", "--baseline", "lock.json", "--update").code == 0
    before = (tmp_path / "lock.json").read_bytes()
    ran = run("check", "conv1x1", "--baseline", "lock.json", "-o", "./lock.json")
    assert ran == (2, "", 'error: "./lock.json" is the baseline; write to another file\n')
    assert (tmp_path / "lock.json").read_bytes() == before
