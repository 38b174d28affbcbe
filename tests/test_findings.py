"""What GitHub gets of a check: annotations and SARIF, each at its place from the repository's top."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import jsonschema
import pytest

TESTS = Path(__file__).resolve().parent
SCHEMA = TESTS / "schemas" / "sarif-2.1.0-rtm.5.json"
SARIF = jsonschema.Draft4Validator(json.loads(SCHEMA.read_bytes()))

# 5 filters of 1x1 see 3 channels: 15 params.
OVER = "input: [3, 8, 8]\nlayers: conv 1x1 5\nbudget: {params: 14}\n"
SAID = "has 15 params, 1 over its budget of 14 (+7.1 %)"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of several packages, seen from one of them."""
    vision = tmp_path / "repository" / "packages" / "vision"
    (vision / "configs").mkdir(parents=True)
    for file in (vision / "configs" / "a.yaml", vision.parent / "x.yaml", tmp_path / "outside.yaml"):
        file.write_text(OVER, "utf-8")
    subprocess.run(["git", "init", "-q", tmp_path / "repository"], check=True)
    monkeypatch.chdir(vision)
    return tmp_path / "repository"


def annotated(run, *words: str) -> list[dict[str, str]]:
    """The annotations' properties, and their message as `message`."""
    out = run("check", *words, "--format", "github").out
    found = re.findall(r"^::(\w+) (.*?)::(.*)$", out, re.M)
    assert len(found) == len(out.splitlines())
    return [
        {**dict(one.split("=", 1) for one in given.split(",")), "message": message}
        for _, given, message in found
    ]


def sarif(run, *words: str) -> list[dict[str, Any]]:
    """The results of a log that is valid, and that GitHub can show."""
    log = json.loads(run("check", *words, "--format", "sarif").out)
    SARIF.validate(log)
    assert list(missing_for_github(log)) == []
    results: list[dict[str, Any]] = log["runs"][0]["results"]
    return results


def uris(results: list[dict[str, Any]]) -> list[str | None]:
    """The file of each result, None where it has no location."""
    places = [one["locations"] for one in results]
    return [
        found[0]["physicalLocation"]["artifactLocation"]["uri"] if found else None for found in places
    ]


# What GitHub's page "SARIF support for code scanning" marks as required, by object
# (github/docs, content/code-security/reference/code-scanning/sarif-files/sarif-support.md, commit
# 4d15cab). No required text may be empty; the limit of 1,024 characters is stated of descriptions.
LOG = ("$schema", "version", "runs")
RUN = ("tool.driver", "results")
DRIVER = ("name", "rules")
RULE = {"id": 1024, "shortDescription.text": 1024, "fullDescription.text": 1024, "help.text": 1024}
RESULT = ("message.text", "locations", "partialFingerprints")
PHYSICAL = (
    "artifactLocation.uri",
    "region.startLine",
    "region.startColumn",
    "region.endLine",
    "region.endColumn",
)


def missing_for_github(log: dict[str, Any]) -> Iterator[str]:
    """What the page requires and the log has not, and what is longer than it allows."""
    yield from _lacking(log, LOG)
    for run in log.get("runs", []):
        yield from _lacking(run, RUN)
        driver = run["tool"]["driver"]
        yield from _lacking(driver, DRIVER)
        for rule in driver.get("rules", []):
            yield from _lacking(rule, RULE)
            yield from (
                f"long {name}" for name, most in RULE.items() if len(_dig(rule, name) or "") > most
            )
        known = {rule["id"] for rule in driver.get("rules", [])}
        for result in run.get("results", []):
            yield from _lacking(result, RESULT)
            yield from {result["ruleId"]} - known
            for location in result.get("locations", []):
                yield from _lacking(location["physicalLocation"], PHYSICAL)


def _lacking(thing: dict[str, Any], names: Iterable[str]) -> Iterator[str]:
    return (f"no {name}" for name in names if _dig(thing, name) in (None, "", {}))


def _dig(thing: Any, name: str) -> Any:
    for key in name.split("."):
        thing = thing.get(key) if isinstance(thing, dict) else None
    return thing


@pytest.mark.parametrize(
    "name",
    ["uri", "endLine", "endColumn", "help", "partialFingerprints", "locations", "rules", "results"],
)
def test_what_github_requires_is_missed_where_it_is_taken_away(run, repository, name):
    """Or the checker would find nothing in anything."""
    text = run("check", "configs/a.yaml", "--format", "sarif").out
    assert list(missing_for_github(json.loads(text.replace(f'"{name}"', '"other"'))))


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("configs/a.yaml", "packages/vision/configs/a.yaml"),
        ("./configs/a.yaml", "packages/vision/configs/a.yaml"),
        ("configs", "packages/vision/configs/a.yaml"),
        ("configs/*.yaml", "packages/vision/configs/a.yaml"),
        ("../x.yaml", "packages/x.yaml"),
        ("../../packages//x.yaml", "packages/x.yaml"),
    ],
)
def test_a_file_is_named_from_the_repository_s_top(run, repository, word, path):
    (annotation,) = annotated(run, word)
    assert annotation["file"] == path
    assert (annotation["line"], annotation["col"]) == ("3", "10")
    assert uris(sarif(run, word)) == [path]


def test_an_absolute_path_is_named_from_the_top_too(run, repository):
    word = str(repository / "packages" / "x.yaml")
    assert annotated(run, word)[0]["file"] == "packages/x.yaml"
    assert uris(sarif(run, word)) == ["packages/x.yaml"]


def test_a_file_outside_of_the_repository_has_its_whole_path(run, repository):
    word, path = "../../../outside.yaml", repository.parent / "outside.yaml"
    assert annotated(run, word)[0]["file"] == str(path)
    assert uris(sarif(run, word)) == [path.as_uri()]


def test_a_link_is_named_as_the_file_that_it_leads_to(run, repository):
    """GitHub shows nothing at the place of a link."""
    Path("linked.yaml").symlink_to("configs/a.yaml")
    Path("folder").symlink_to("configs", target_is_directory=True)
    for word in ("linked.yaml", "folder/a.yaml"):
        assert uris(sarif(run, word)) == ["packages/vision/configs/a.yaml"]


def test_where_git_is_no_help_github_s_own_variable_is(run, repository, monkeypatch):
    """As in a job's container without git."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert uris(sarif(run, "configs/a.yaml")) == ["configs/a.yaml"]
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
    assert uris(sarif(run, "configs/a.yaml")) == ["packages/vision/configs/a.yaml"]
    assert annotated(run, "configs/a.yaml")[0]["file"] == "packages/vision/configs/a.yaml"


def test_a_variant_is_at_the_place_of_its_file(run, repository):
    Path("v.yaml").write_text(f"{OVER}variants: {{small: {{}}}}\n", "utf-8")
    for word in ("v.yaml#small", "v.yaml#none"):
        assert uris(sarif(run, word)) == ["packages/vision/v.yaml"]


def test_a_figure_that_grew_is_at_the_place_of_its_network(run, repository):
    run("check", "configs/a.yaml", "--baseline", "lock.json", "--update")
    Path("configs/a.yaml").write_text(OVER.replace("1x1", "3x3"), "utf-8")
    found = uris(sarif(run, "configs/a.yaml", "--baseline", "lock.json"))
    assert found == ["packages/vision/configs/a.yaml"] * 3


def test_what_is_no_file_has_no_place(run, repository, monkeypatch):
    """Nor where a file of the repository is called as the label of a shipped config."""
    Path("configs/alexnet.yaml").write_text(OVER, "utf-8")
    body = ["-e", "conv 1x1 5", "--input", "3x8x8"]
    for words, label in (
        (["alexnet", "--max", "params=1"], "alexnet has 61,100,840 params"),
        ([*body, "--max", "params=1"], "conv 1x1 5 has 15 params"),
        (["none.yaml"], 'none.yaml: no file and no shipped config "none.yaml"'),
    ):
        (result,) = sarif(run, *words)
        assert result["locations"] == []
        assert result["message"]["text"].startswith(label)
        (annotation,) = annotated(run, *words)
        assert set(annotation) == {"title", "message"}
        assert annotation["message"].startswith(label)


@pytest.mark.parametrize("text", [OVER, OVER.replace("conv", "cnov")])
def test_standard_input_says_its_place_in_words(run, repository, monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text.encode())))
    (result,) = sarif(run, "-")
    assert result["locations"] == []
    assert result["message"]["text"].startswith(
        f"-:3:10: stdin {SAID}" if text == OVER else "-:2:9: unk"
    )


def test_a_region_is_what_the_caret_spans(run, repository):
    (result,) = sarif(run, "configs/a.yaml")
    region = result["locations"][0]["physicalLocation"]["region"]
    # `params` are the columns 10 to 15 of line 3; the end is the column behind it.
    assert region == {"startLine": 3, "startColumn": 10, "endLine": 3, "endColumn": 16}


def test_every_region_lies_in_its_line(run, monkeypatch):
    """Of all the broken files at once."""
    monkeypatch.chdir(TESTS / "bad")
    regions = 0
    for result in sarif(run, "."):
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        path = TESTS.parent / physical["artifactLocation"]["uri"]
        region = physical["region"]
        assert region["endLine"] == region["startLine"]
        assert region["endColumn"] > region["startColumn"]
        lines = re.split("\r\n|[\r\n\x85\u2028\u2029]", path.read_bytes().decode("utf-8-sig", "replace"))
        if region["endColumn"] > region["startColumn"] + 1:
            assert region["endColumn"] <= len(lines[region["startLine"] - 1]) + 1, path
            regions += 1
    assert regions > 300


def test_a_result_is_the_same_one_as_long_as_it_is_about_the_same(run, repository):
    def prints(word: str) -> set[str]:
        return {one["partialFingerprints"]["convcalc/v1"] for one in sarif(run, word)}

    first = prints("configs/a.yaml")
    Path("configs/a.yaml").write_text("# moved\n" + OVER.replace("1x1", "3x3"), "utf-8")
    assert prints("configs/a.yaml") == first
    assert prints("../x.yaml").isdisjoint(first)


def test_each_kind_of_rule_is_described(run, repository):
    Path("all.yaml").write_text(
        OVER + "expect: {params: 16}\nvariants: {a: {}, b: {layers: conv 1x1 6}}\n", "utf-8"
    )
    Path("bad.yaml").write_text("layers: cnov\n", "utf-8")
    Path("lock.json").write_text('{"schema_version": 1, "networks": {}}', "utf-8")
    words = ["all.yaml", "bad.yaml", "--max", "macs=1", "--baseline", "lock.json"]
    log = json.loads(run("check", *words, "--format", "sarif").out)
    rules = {rule["id"]: rule for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert set(rules) == {
        "expect.params",
        "budget.params",
        "max.macs",
        "baseline.params",
        "baseline.macs",
        "invalid-specification",
    }
    assert len({rule["fullDescription"]["text"] for rule in rules.values()}) == 5
    assert os.fspath(repository) not in json.dumps(log)


# --- Names are text in what programs read


LINKS = {
    "[a](b)": r"[a\](b)",
    r"[a\](1)": r"[a\\\](1)",
    "[[a]](https://x.org)": r"[[a]\](https://x.org)",
    "[3, 8] (8)": "[3, 8] (8)",
    "{0} {}": "{{0}} {{}}",
    "{{1}}": "{{{{1}}}}",
}


@pytest.mark.parametrize("name", LINKS)
def test_a_message_of_sarif_has_no_link_and_no_placeholder(run, repository, name):
    Path("n.yaml").write_text(f"name: {json.dumps(name)}\n{OVER}", "utf-8")
    (found,) = sarif(run, "n.yaml")
    assert found["message"] == {"text": f"{LINKS[name]} {SAID}"}


def test_a_note_of_sarif_has_no_link_and_no_placeholder(run, repository):
    Path("lock.json").write_text(
        '{"schema_version": 1, "networks": {"{0}[a](b).yaml": {"params": 1}}}', "utf-8"
    )
    out = run("check", "configs/a.yaml", "--baseline", "lock.json", "--format", "sarif").out
    (invocation,) = json.loads(out)["runs"][0]["invocations"]
    (note,) = invocation["toolExecutionNotifications"]
    assert note["message"]["text"] == r"lock.json has 1 network that is no more: {{0}}[a\](b).yaml"


HOSTILE = ("::error::x", "::add-mask::x", "a##[error]x")
WITHOUT = (r"\x3a:error::x", r"\x3a:add-mask::x", r"a#\x23[error]x")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "--format", "table"),
        ("summary",),
        ("explain",),
        ("draw",),
        ("sweep", "n=1,2"),
    ],
)
def test_no_name_is_a_command_of_a_log(run, repository, monkeypatch, name, words):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Path("n.yaml").write_text(
        f"name: {json.dumps(name)}\ninput: [3, 8, 8]\nparameters: {{n: 5}}\nlayers: conv 1x1 $n\n"
        "budget: {params: 14}\n",
        "utf-8",
    )
    ran = run(words[0], "n.yaml", *words[1:])
    assert name[-2:] in ran.out
    assert not [line for line in ran.out.splitlines() if is_command(line) and " file=" not in line]


def is_command(line: str) -> bool:
    """As GitHub's runner knows them."""
    return line.lstrip().startswith("::") or "##[" in line


@pytest.mark.parametrize(("name", "shown"), list(zip(HOSTILE, WITHOUT, strict=True)))
def test_no_message_is_a_command_of_a_log(run, repository, monkeypatch, name, shown):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Path(f"{name}.yaml").write_text("input: [3, 8, 8]\nlayers: convv 1x1 5\n", "utf-8")
    for command in ("check", "summary"):
        first, *others = run(command, f"{name}.yaml").err.splitlines()
        assert first.startswith(f"{shown}.yaml:2:9: error: ")
        assert not any(map(is_command, others))
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert run("summary", f"{name}.yaml").err.startswith(f"{name}.yaml:2:9: error: ")


def test_a_file_and_data_keep_every_name(run, repository, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Path("n.yaml").write_text(f"name: '::error::x'\n{OVER}", "utf-8")
    assert '"::error::x"' in run("summary", "n.yaml", "--format", "json").out
    run("summary", "n.yaml", "-o", "n.txt")
    assert Path("n.txt").read_text("utf-8").startswith(" ::error::x ")
