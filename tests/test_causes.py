"""Why networks differ: settings and lines; what a review shows first, and what counts as an edit."""

import json

import pytest

import convcalc
from convcalc.answers.diff import diff

HEAD = "name: net\ninput: [3, 8, 8]\n"


def networks(*texts):
    return [convcalc.loads(HEAD + text) for text in texts]


def changes(old, new):
    """The kind of each change, and the options that were edited."""
    found = diff(*networks(old, new))
    return [(change.kind, [tuple(edit) for edit in change.edits]) for change in found.changes]


@pytest.fixture
def pair(run, tmp_path):
    """What diff prints of two files."""

    def compare(old, new, *options):
        for name, text in (("old", old), ("new", new)):
            (tmp_path / f"{name}.yaml").write_text(HEAD + text)
        return run("diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"), *options)

    return compare


def causes(ran):
    found = json.loads(ran.out)["causes"]
    return [(one["line"], one["key"], one["old"], one["new"], one["layers"]) for one in found]


def test_a_setting_is_the_cause_of_what_its_lines_do(pair):
    text = "parameters: {w: 8}\nlayers: [conv 3x3 $w, conv 3x3 $(2 * w)]"
    found = causes(pair(text, text.replace("w: 8", "w: 9"), "--format", "json"))
    assert found == [(3, "parameters.w", "8", "9", 0)]


def test_defaults_and_the_input_are_settings_and_a_variant_has_its_own(pair):
    text = "defaults: {conv: {bias: true}}\nlayers: conv 3x3 4\n"
    text += "variants: {a: {defaults: {conv: {stride: 2}}}}"
    new = text.replace("bias: true", "bias: false").replace("stride: 2", "stride: 4")
    found = causes(pair(text, new, "--format", "json"))
    assert found == [
        (3, "defaults.conv.bias", "true", "false", 0),
        (5, "defaults.conv.stride", "2", "4", 0),
    ]


def test_lines_that_were_edited_are_causes_with_the_layers_they_made(pair):
    old = "define:\n  b(c): [conv 3x3 $c, relu]\nlayers:\n  - b 4\n  - b 5\n  - linear 2"
    new = (
        old.replace("conv 3x3", "conv 5x5")
        .replace("  - b 5\n", "  - b 6\n")
        .replace("linear 2", "linear 3")
    )
    found = causes(pair(old, new, "--format", "json"))
    assert found == [
        (4, None, "conv 3x3 4", "conv 5x5 4", 1),
        (7, None, "b 5", "b 6", 1),
        (8, None, "linear 2", "linear 3", 1),
    ]


def test_what_was_added_or_removed_is_told_by_its_outermost_group(pair):
    old = "layers:\n  - conv 3x3 4\n  - {a: [conv 3x3 4, relu]}"
    new = "layers:\n  - conv 3x3 4\n  - {b: {branches: {x: conv 5x5 2, y: conv 1x1 2}}}"
    found = causes(pair(old, new, "--format", "json"))
    assert found == [(5, None, None, "b", 2), (5, None, "a", None, 2)]


def test_options_that_give_the_same_windows_are_no_edit():
    assert changes("layers: conv 3x3 4", "layers: conv 3x3 4 1") == []
    assert changes("layers: conv 3x3 4", "layers: conv 3x3 4 valid")[0][0] == "edited"
    # "same" of stride 2 pads 8 to 9 at the end alone, padding 1 pads both sides
    assert changes("layers: conv 3x3/2 4", "layers: conv 3x3/2 4 1")[0][0] == "edited"


def test_rewiring_is_an_edit():
    old = "layers: [{a: conv 3x3 4}, {b: conv 3x3 4}, {c: conv 3x3 4}, add a]"
    new = old.replace("add a", "add b")
    assert changes(old, new) == [("edited", [("reads", "a", "b")])]
    renamed = old.replace("a:", "z:").replace("add a", "add z")
    assert all(kind == "moved" for kind, _ in changes(old, renamed))


def test_without_common_names_the_order_says_which_layer_is_which():
    old = "layers: [{a: conv 3x3 4}, {b: relu}, {c: conv 3x3 4}, {d: conv 3x3 4}]"
    new = "layers: [{k: conv 3x3 4}, {l: relu}, {m: maxpool 3x3}, {n: conv 3x3 4}, {o: conv 3x3 4}]"
    assert [kind for kind, _ in changes(old, new)] == ["moved", "moved", "added", "moved", "moved"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("layers: conv 3x3 4", "layers: conv 3x3 5", 1),
        ("layers: conv 3x3 4", "layers: [conv 3x3 4, relu]", 1),
        ("layers: [conv 3x3 4, relu]", "layers: conv 3x3 4", 1),
        ("layers: {a: conv 3x3 4}", "layers: {b: conv 3x3 4}", 0),
        ("layers: conv 3x3 4", "# moved\nlayers: conv 3x3 4", 0),
        ("layers: conv 3x3 4", "layers: conv 3x3 4", 0),
    ],
)
def test_the_exit_code_tells_of_edits_and_not_of_names(pair, old, new, code):
    assert pair(old, new, "--exit-code").code == code
    assert pair(old, new).code == 0


FILE = """
parameters: {w: 4}
layers: [conv 3x3 $w, batchnorm, relu, relu, conv 1x1 4]
budget: {params: 200}
variants: {a: {}, b: {budget: {params: 1k}}, c: {layers: relu}}
"""


def test_several_networks_are_a_row_each_with_the_state_of_their_budgets(pair):
    ran = pair(FILE, FILE.replace("w: 4", "w: 8"))
    # 27·8 + 16 + 32 = 264 against 27·4 + 8 + 16 = 132
    rows = [line.split() for line in ran.out.splitlines() if " net#" in line]
    assert rows == [
        ["~", "net#a", "264", "+100.0", "%", "15,872", "+100.0", "%", "✗", "params", "≤", "200"],
        ["~", "net#b", "264", "+100.0", "%", "15,872", "+100.0", "%", "✓"],
    ]
    assert "parameters.w 4 → 8" in ran.out
    assert "1 network unchanged" in ran.out
    assert "conv1" not in ran.out
    assert ran.code == 0


def test_layers_shows_what_is_folded(pair):
    new = FILE.replace("w: 4", "w: 8")
    assert pair(FILE, new, "--layers").out.count("↳ relu") == 4
    one = FILE.partition("variants")[0]
    folded = pair(one, one.replace("w: 4", "w: 8"))
    assert "↳ 2 layers" in folded.out
    assert "relu1" not in folded.out
    assert "relu1" in pair(one, one.replace("w: 4", "w: 8"), "--layers").out


def test_a_comment_leads_with_the_networks_and_folds_their_layers(pair):
    out = pair(FILE, FILE.replace("w: 4", "w: 8"), "--format", "markdown").out
    assert out.index("parameters.w") < out.index("| network |") < out.index("<details>")
    assert out.count("<details>") == 3  # two that changed, and the one that did not
