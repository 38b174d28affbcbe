"""What a diff says of budgets: rules that it cannot judge, and limits that somebody changed."""

import json

import pytest

import convcalc
from convcalc.answers.check import FileProblem, budget_state
from convcalc.answers.diff import diff
from convcalc.render.change_words import Compared
from convcalc.render.pull_request import comment
from convcalc.text.problems import Mark

HEAD = "name: net\ninput: [3, 8, 8]\n"

# A 3x3 convolution of 3 channels has 27 weights for each filter, used at 64 positions with zeros
# around the map: 4 filters have 108 weights and 6,912 multiply-adds, and 8 have 13,824.
LACKING = """variants:
  naive: {layers: [a: conv 3x3 8]}
  small:
    layers: [b: conv 3x3 4]
    budget: {layers: {b: {macs: {max: 0.5, of: naive}}}}
"""
UNJUDGED = 'is not judged by budget.layers.b.macs: net#naive has no layer or group "b"'
FORMS = ("table", "markdown", "html", "json")


@pytest.fixture
def files(run, tmp_path, monkeypatch):
    """Runs diff on two texts, in whose SPECs a variant may be named."""
    monkeypatch.chdir(tmp_path)

    def compare(old, new, *options, variant=""):
        for name, text in (("old", old), ("new", new)):
            (tmp_path / f"{name}.yaml").write_text(HEAD + text)
        return run("diff", f"old.yaml{variant}", f"new.yaml{variant}", *options)

    return compare


def plain(text):
    return text.replace("`", "").replace("&quot;", '"')


@pytest.mark.parametrize("variant", ["", "#small"])
def test_a_share_of_a_layer_that_the_other_variant_lacks_is_not_judged(files, run, variant):
    new = LACKING.replace("3x3 4", "3x3 5")
    said = {form: files(LACKING, new, "--format", form, variant=variant) for form in FORMS}
    assert {one.code for one in said.values()} == {0}
    for form in ("table", "markdown"):
        assert f"? net#small {UNJUDGED}" in plain(said[form].out), form
    assert "? net#small" in said["html"].out
    assert "**no budget breaks, 1 rule is not judged**" in said["markdown"].out
    assert "✓" not in said["markdown"].out
    (small,) = (one for one in json.loads(said["json"].out)["diffs"] if one["variant"] == "small")
    assert small["budget"] == []
    assert small["unjudged"] == [
        {
            "rule": "budget.layers.b.macs",
            "why": 'net#naive has no layer or group "b"',
            "file": "new.yaml",
            "line": 7,
            "column": 23,
        }
    ]
    assert run("check", "new.yaml").code == 2


def test_the_budget_of_a_layer_that_was_renamed_is_not_judged(files):
    old = "layers: [b: conv 3x3 4]\nbudget: {params: 1k, layers: {b: {macs: 1}}}"
    out = files(old, old.replace("b: conv", "c: conv"), "--format", "markdown").out
    said = 'is not judged by budget.layers.b.macs: `net has no layer or group "b"`'
    assert out.splitlines()[1:3] == [
        "**no budget breaks, 1 rule is not judged**",
        f"* ? `net` {said} `new.yaml:4:31`",
    ]
    assert "| `? layers.b.macs` |" in out


def test_broken_budgets_and_rules_that_are_not_judged_stand_side_by_side(files):
    rules = "params: 107, layers: {b: {macs: 1}, d: {params: 1}}"
    old = f"layers: [c: conv 3x3 4]\nbudget: {{{rules}}}"
    out = files(old, old.replace("3x3 4", "3x3 5"), "--format", "markdown").out
    assert "**1 budget breaks (broken before), 2 rules are not judged**" in out
    assert "| ✗ params<br>`? layers.b.macs`<br>`? layers.d.params` |" in out


def test_many_rules_that_are_not_judged_leave_room_for_the_networks(files):
    layers = ", ".join(f"n{one}: {{macs: 1}}" for one in range(50))
    text = f"layers: conv 3x3 4\nbudget: {{layers: {{{layers}}}}}"
    out = files(text, text.replace("3x3 4", "3x3 5"), "--format", "markdown").out
    assert out.count("\n* ? ") == 20
    assert "30 unjudged rules more" in out


def test_a_share_is_judged_where_its_variant_is_not_compared(files):
    text = LACKING.replace(
        "{layers: {b: {macs: {max: 0.5, of: naive}}}}", "{macs: {max: 0.5, of: naive}}"
    )
    ran = files(text, text.replace("3x3 4", "3x3 6"), "--format", "markdown", variant="#small")
    # 6 filters have 10,368; half of 13,824 is 6,912.
    assert "**1 budget breaks**" in ran.out
    assert "has 10,368 multiply-adds, 3,456 over its budget of 6,912, 0.5 of naive" in ran.out


def test_a_share_of_a_variant_that_is_invalid_is_not_judged(files):
    text = LACKING.replace("conv 3x3 8", "conv 11x11 8 valid")
    out = files(text, text.replace("3x3 4", "3x3 6"), variant="#small").out
    assert "? net#small is not judged by budget.layers.b.macs: naive is invalid: new.yaml:4:" in out


def test_what_could_not_be_read_qualifies_that_no_budget_breaks():
    network = convcalc.loads(f"{HEAD}layers: conv 3x3 4\nbudget: {{params: 108}}")
    state = budget_state(network, {}.__getitem__)
    one = Compared(diff(network, network), "a.yaml", "old", "new", state)
    bad = FileProblem("b.yaml", Mark(2, 1), "no layers")
    assert comment([one], 1, [], unreadable=[bad]).splitlines()[1:4] == [
        "✗ `b.yaml:2:1` no layers",
        "",
        "**no budget breaks in what could be read**",
    ]
    assert "**no budget breaks**" in comment([one], 1, [])


def test_a_budgets_message_mentions_no_issue():
    budget = "{params: {max: 1, message: see GH-12}}"
    network = convcalc.loads(f"{HEAD}layers: conv 3x3 4\nbudget: {budget}")
    state = budget_state(network, {}.__getitem__)
    one = Compared(diff(network, network), "a.yaml", "old", "new", state)
    assert ": `see GH-12` `" in comment([one], 1, [])


@pytest.mark.parametrize(
    ("old", "new", "said", "failed_before"),
    [
        ("{max: 107, level: warn}", "{max: 107}", "1 budget breaks", False),
        ("{max: 107}", "{max: 107}", "1 budget breaks (broken before)", True),
        (
            "{max: 107}",
            "{max: 107, level: warn}",
            "no budget breaks, 1 only warns (broken before)",
            True,
        ),
        (
            "{max: 107, level: warn}",
            "{max: 107, level: warn}",
            "no budget breaks, 1 only warns (warned before)",
            True,
        ),
    ],
)
def test_a_rule_that_only_warned_was_not_broken(files, old, new, said, failed_before):
    texts = [f"layers: conv 3x3 4\nbudget: {{params: {rule}}}" for rule in (old, new)]
    assert f"**{said}**" in files(*texts, "--format", "markdown").out
    (found,) = json.loads(files(*texts, "--format", "json").out)["diffs"]
    assert [one["failed_before"] for one in found["budget"]] == [failed_before]
    line = next(one for one in files(*texts).out.splitlines() if "over its budget of 107" in one)
    assert ("before)" in line) is failed_before


def test_some_that_failed_and_some_that_warned_are_counted_apart(files):
    old = "layers: conv 3x3 4\nbudget: {params: {max: 1, level: error}, macs: {max: 1, level: warn}}"
    new = old.replace("error", "warn").replace("}}", "}, weights: {max: 1, level: warn}}")
    out = files(old, new, "--format", "markdown").out
    assert "**no budget breaks, 3 only warn (1 broken, 1 warned before)**" in out


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_limits_that_were_changed_do_not_disappear_behind_edits(files, form):
    layers = "".join(f"  - c{one}: conv 3x3 4\n" for one in range(11))
    old = f"layers:\n{layers}variants:\n  a: {{}}\n  b: {{budget: {{params: 2000, macs: 150k}}}}\n"
    new = old.replace("3x3 4", "3x3 5").replace("2000, macs: 150k", "20M")
    out = plain(files(old, new, "--format", form).out)
    assert out.count("conv 3x3 4 → conv 3x3 5") == 10
    assert "budget.params 2000 → 20M" in out
    assert "− budget.macs 150k" in out
    assert "1 more cause\n" in out


def test_very_many_changed_limits_are_counted(files):
    names = [f"c{one}" for one in range(22)]
    layers = ", ".join(f"{name}: conv 1x1 4" for name in names)
    rules = ", ".join(f"{name}: {{params: 1k}}" for name in names)
    old = f"layers: [{layers}]\nbudget: {{layers: {{{rules}}}}}\n"
    out = files(old, old.replace("1k", "2k")).out
    assert out.count(" 1k → 2k") == 20
    assert "2 more changed rules\n" in out


def test_a_title_in_a_summary_mentions_nobody(files):
    name = "@octocat/team <b> #12 :smile: www.x.y"
    old = f"layers: conv 1x1 4\nvariants: {{a: {{}}, b: {{name: '{name}'}}}}"
    out = files(old, old.replace("1x1 4", "1x1 5"), "--format", "markdown").out
    summaries = [one for one in out.splitlines() if one.startswith("<details><summary>")]
    hostile = "@octocat/team &lt;b&gt; #12 :smile: www.x.y#b"
    assert summaries == [
        f"<details><summary>layers of <code>{title}</code></summary>" for title in ("net#a", hostile)
    ]
