"""Why networks differ: settings and lines; what a review shows first, and what counts as an edit."""

import html
import json
import re

import pytest
from markdown_it import MarkdownIt

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


ARGUMENT = """
parameters: {k: 8, unused: 1}
define:
  b(c=4): [conv 3x3 $c]
layers:
  - b $k
  - b
  - {op: conv, kernel_size: 3,
     out_channels: 8}
"""


@pytest.mark.parametrize(
    ("edit", "cause"),
    [
        (("b(c=4)", "b(c=5)"), (6, "define.b", "(c=4)", "(c=5)", 0)),
        (("conv 3x3 $c", "conv 5x5 $c"), (6, None, "conv 3x3 8", "conv 5x5 9", 1)),
        (("out_channels: 8", "out_channels: 9"), (10, None, "conv 3 8", "conv 3 9", 1)),
    ],
)
def test_a_setting_hides_no_edit(pair, edit, cause):
    for name, old, new in (("k", "k: 8", "k: 9"), ("unused", "unused: 1", "unused: 2")):
        found = causes(pair(ARGUMENT, ARGUMENT.replace(old, new).replace(*edit), "--format", "json"))
        assert found[0] == (4, f"parameters.{name}", old[-1], new[-1], 0)
        assert cause[:2] in [one[:2] for one in found]
        if name == "k":  # which the layers follow from, so that their widths are others too
            assert cause in found


def test_a_shortcut_that_is_gone_is_a_cause_beside_a_setting(pair):
    old = "parameters: {unused: 1}\nlayers: {branches: {s: [], r: [conv 1x1 3, relu]}, merge: add}"
    new = old.replace("unused: 1", "unused: 2").replace("s: [], ", "")
    found = causes(pair(old, new, "--format", "json"))
    reads = ("reads the input r/relu1", "reads r/relu1")
    assert found == [(3, "parameters.unused", "1", "2", 0), (4, None, *reads, 1)]


BUDGET = """
layers: conv 1x1 4
budget: {params: 300, macs: {max: 1k, message: why}}
expect: {params: 12, output: [4, 8, 8]}
"""


def test_a_rule_that_is_another_is_told_though_no_network_is(pair):
    new = BUDGET.replace("300", "300G").replace("1k", "2k").replace("params: 12, ", "")
    ran = pair(BUDGET, new, "--format", "json")
    assert [(key, old, new) for _, key, old, new, _ in causes(ran)] == [
        ("budget.params", "300", "300G"),
        ("budget.macs.max", "1k", "2k"),
        ("expect.params", "12", None),
    ]
    for form in ("table", "markdown"):
        said = pair(BUDGET, new, "--format", form).out
        assert "budget.params 300 → 300G" in said
        assert "no architecture changed" in said


def test_a_figure_that_is_expected_anew_and_the_rules_of_two_variants_are_no_causes(pair, run, tmp_path):
    new = BUDGET.replace("conv 1x1 4", "conv 1x1 5").replace("12", "15").replace("[4,", "[5,")
    assert [key for _, key, *_ in causes(pair(BUDGET, new, "--format", "json"))] == [None]
    (tmp_path / "v.yaml").write_text(HEAD + FILE)
    ran = run("diff", f"{tmp_path}/v.yaml#a", f"{tmp_path}/v.yaml#b", "--format", "json")
    assert causes(ran) == []


def test_what_was_broken_before_is_told_apart(pair):
    old = "layers: conv 1x1 4\nbudget: {params: 10, macs: 800}"  # 12 params, 768 multiply-adds
    ran = pair(old, old.replace("1x1 4", "1x1 5"))  # 15, 960
    said = [line.strip() for line in ran.out.splitlines() if " over its budget of " in line]
    assert [line.partition("   ")[0] for line in said] == [
        "✗ net has 960 multiply-adds, 160 over its budget of 800 (+20.0 %)",
        "✗ net has 15 params, 5 over its budget of 10 (+50.0 %) (broken before)",
    ]
    markdown = pair(old, old.replace("1x1 4", "1x1 5"), "--format", "markdown").out
    assert "**2 budgets break (1 broken before)**" in markdown
    assert "✗ `net` has 15 params, 5 over its budget of 10 (+50.0 %) (broken before) `" in markdown
    assert "| ✗ params<br>✗ macs |" in markdown
    document = json.loads(pair(old, old.replace("1x1 4", "1x1 5"), "--format", "json").out)
    assert [one["failed_before"] for one in document["diffs"][0]["budget"]] == [True, False]


def test_a_single_network_is_told_what_its_layers_follow_from(pair):
    text = "parameters: {w: 8}\nlayers: [conv 3x3 $w, conv 1x1 4]"
    ran = pair(text, text.replace("w: 8", "w: 9").replace("1x1 4", "1x1 5"))
    assert ran.out.splitlines()[0].endswith("new.yaml:3   parameters.w 8 → 9")
    assert "conv 1x1 4 → conv 1x1 5" not in ran.out  # its row has it


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
    rows = [line.split() for line in ran.out.splitlines() if line.startswith(" ~ net#")]
    assert rows == [
        ["~", "net#a", "264", "+100.0", "%", "15,872", "+100.0", "%", "✗", "params"],
        ["~", "net#b", "264", "+100.0", "%", "15,872", "+100.0", "%", "✓"],
    ]
    (broken,) = [line.strip() for line in ran.out.splitlines() if " over its budget of " in line]
    said, place = broken.split("   ")
    assert said == "✗ net#a has 264 params, 64 over its budget of 200 (+32.0 %)"
    assert place.endswith("new.yaml:6:10")
    assert "parameters.w 4 → 8" in ran.out
    assert "\n 1 network unchanged: net#c\n" in ran.out
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


TEXTS = ("text", "code_inline")

# 12 weights at 64 positions are 768 multiply-adds; with 5 filters 15 and 960.
RULES = """
variants:
  a:
    layers: conv 1x1 4
    budget: {params: {max: 14, message: "|*it*| <b>, the DSP"}, macs: {max: 500, level: warn}}
  '<i>|':
    layers: relu
    budget: {layers: {relu1: {activations: {min: 200, message: as before}}}}
  b:
    layers: conv 1x1 3
    budget: {weight_bytes: {max: 0.5, of: '<i>|', dtype: int8, message: of another}, params: 10}
"""
# 3 filters have 9 params and as many bytes; half of no bytes is 0. A relu is no activation.
BROKEN = [
    ("✗ net#a", "has 15 params, 1 over its budget of 14 (+7.1 %)", "|*it*| <b>, the DSP", "7:23"),
    (
        "✗ relu1 of net#<i>|",
        "has 0 activations, 200 under its minimum of 200 (−100.0 %) (broken before)",
        "as before",
        "10:45",
    ),
    (
        "✗ net#b",
        "has 9 bytes of weights (int8), 9 over its budget of 0, 0.5 of <i>| (broken before)",
        "of another",
        "13:29",
    ),
    (
        "! net#a",
        "has 960 multiply-adds, 460 over its budget of 500 (+92.0 %) (warned before)",
        "",
        "7:72",
    ),
]


def test_every_budget_that_breaks_is_told_whole_and_with_its_message(pair):
    new = RULES.replace("1x1 4", "1x1 5")
    assert pair(RULES, new, "--layers").out.count("the DSP") == 1
    for form in ("table", "markdown", "html"):
        out = plain(pair(RULES, new, "--format", form).out, form)
        places = [out.index(f"{who} {what}") for who, what, *_ in BROKEN]
        assert places == sorted(places)
        for who, what, message, place in BROKEN:
            said = out[out.index(f"{who} {what}") :].partition("\n")[0]
            assert said.startswith(f"{who} {what}{f': {message}' if message else ''} "), form
            assert said.endswith(f"new.yaml:{place}"), form
    rules = [
        rule
        for one in json.loads(pair(RULES, new, "--format", "json").out)["diffs"]
        for rule in one["budget"]
        if not rule["passed"]
    ]
    keys = ("message", "level", "relation", "excess", "line", "column", "failed_before")
    assert [tuple(rule[key] for key in keys) for rule in rules] == [
        ("|*it*| <b>, the DSP", "error", "max", 1, 7, 23, False),
        (None, "warn", "max", 460, 7, 72, True),
        ("as before", "error", "min", -200, 10, 45, True),
        ("of another", "error", "max", 9, 13, 29, True),
    ]


def plain(out, form):
    """What a reader sees, a line for each paragraph or item; HTML of a name would be lost."""
    if form == "table":
        return out
    if form == "html":
        return html.unescape(re.sub("<[^>]*>", "", out))
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(out)
    shown = ([part for part in token.children or () if part.type in TEXTS] for token in tokens)
    return "\n".join("".join(part.content for part in parts) for parts in shown)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("params: 11", "params: 12", "no budget breaks"),
        ("params: 11", "params: 11", "1 budget breaks (broken before)"),
        ("params: 12, macs: 768", "params: 11, macs: 767", "2 budgets break"),
        ("params: 11", "params: 11, macs: 767, activations: 255", "3 budgets break (1 broken before)"),
        ("params: 99", "macs: {max: 767, level: warn}", "no budget breaks, 1 only warns"),
        (
            "params: {max: 11, level: warn}",
            "weights: 11, params: {max: 11, level: warn}, macs: {max: 767, level: warn}",
            "1 budget breaks, 2 only warn (1 warned before)",
        ),
        ("", "", None),
    ],
)
def test_a_comment_leads_with_how_many_budgets_break(pair, old, new, said):
    texts = [f"layers: conv 1x1 4\nbudget: {{{rules}}}" for rules in (old, new)]
    for after in (
        texts[1],
        texts[1].replace("conv 1x1 4", "{a: conv 1x1 4}"),
    ):  # also of what is no change
        first = pair(texts[0], after, "--format", "markdown").out.splitlines()[1]
        assert first == f"**{said}**" if said else not first.startswith("**")


def test_many_budgets_that_break_leave_room_for_the_networks(pair):
    rules = "\n".join(f"  n{one}: {{budget: {{params: 1}}}}" for one in range(60))
    text = f"layers: conv 1x1 4\nvariants:\n{rules}"
    out = pair(text, text.replace("1x1 4", "1x1 5"), "--format", "markdown").out
    assert out.splitlines()[1] == "**60 budgets break (broken before)**"
    assert out.count("\n* ✗ ") == 20
    assert out.count("| ✗ params | 15<br>") == 60
    assert "40 broken budgets more" in out


def test_a_comment_leads_with_the_networks_and_folds_their_layers(pair):
    out = pair(FILE, FILE.replace("w: 4", "w: 8"), "--format", "markdown").out
    assert out.index("parameters.w") < out.index("| network |") < out.index("<details>")
    assert out.count("<details>") == 3  # two that changed, and the one that did not
