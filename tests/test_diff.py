"""What changed between two networks: cause and effect, what is known again, and figures that add up.

The figures are counted by hand: the inputs are 8×16×16, so that `conv 3x3 8` has 9·8·8 = 576 weights
and 576·256 multiply-adds.
"""

import csv
import io
import json
import re
import sys

import pytest
from examples import first
from markdown_it import MarkdownIt

import convcalc
from convcalc.answers.baseline import read_growth
from convcalc.answers.check import FileProblem
from convcalc.answers.diff import diff, diff_all, grown
from convcalc.render.change_words import MARKS, Compared, deltas, what_changed
from convcalc.render.pull_request import MOST, comment
from convcalc.text.problems import Mark, UsageError

HEAD = "input: [8, 16, 16]\n"


def network(text):
    return convcalc.loads(HEAD + text)


def compared(old, new):
    return diff(network(old), network(new))


def lines(old, new):
    """Each changed layer as a reader sees it: mark, path, what changed."""
    return [line(change) for change in compared(old, new).changes]


def line(change):
    what = what_changed(change)
    return f"{MARKS[change.kind]} {change.layer.path}: {what}{' (aux)' if change.is_aux else ''}"


# --- Cause and effect


def test_an_edit_and_what_follows_from_it():
    found = compared(
        "layers: [{a: conv 3x3 8}, relu, {b: conv 1x1 4}]",
        "layers: [{a: conv 3x3 9}, relu, {b: conv 1x1 4}]",
    )
    assert [line(change) for change in found.changes] == [
        "~ a: out_channels 8 → 9",
        "↳ relu1: in_channels 8 → 9",
        "↳ b: in_channels 8 → 9",
    ]
    # 9·8·9 − 9·8·8 = 72; 9·4 − 8·4 = 4; each times 256 positions
    assert [[(one.now, one.more) for one in deltas(change)] for change in found.changes] == [
        [(648, 72), (165888, 18432)],
        [(0, 0), (0, 0)],
        [(36, 4), (9216, 1024)],
    ]
    assert (found.was.params, found.now.params) == (608, 684)
    assert found.unchanged.layers == 0


@pytest.mark.parametrize(
    ("shape", "layer", "noun"),
    [
        ("[5]", "linear", "in_features"),
        ("[5, 99]", "conv 3", "in_channels"),
        ("[5, 9, 9]", "conv 3x3", "in_channels"),
        ("[5, 4, 9, 9]", "conv 3x3x3", "in_channels"),
    ],
)
def test_only_a_vector_has_features(shape, layer, noun):
    old, new = (
        convcalc.loads(f"input: {shape}\nlayers: [{{a: {layer} {width}}}, {{b: {layer} 2}}]")
        for width in (4, 6)
    )
    assert line(diff(old, new).changes[1]) == f"↳ b: {noun} 4 → 6"


EDITS = {
    "several options": (
        "{a: conv 3x3 8}",
        "{a: conv 5x5 8 valid bias}",
        ["~ a: kernel_size 3x3 → 5x5, padding same → valid, bias false → true"],
    ),
    "another operation": (
        "{a: maxpool 3x3}",
        "{a: avgpool 3x3}",
        ["~ a: maxpool 3x3 → avgpool 3x3"],
    ),
    "another operation without a name": ("relu", "silu", ["~ silu1: was relu1, relu → silu"]),
    "spelled out otherwise": ("{a: conv 3x3 8}", "{a: {op: conv, kernel_size: 3, out_channels: 8}}", []),
    "a default that is written": ("{a: conv 3x3 8}", "{a: conv 3x3/1 8 same bias=false}", []),
    "an edit below a size that changed": (
        "{a: conv 3x3 8}, {b: conv 3x3 8}",
        "{a: conv 3x3/2 8}, {b: conv 3x3 9}",
        ["~ a: stride 1 → 2", "~ b: out_channels 8 → 9, input 8×16×16 → 8×8×8"],
    ),
    "a vector": (
        "{a: flatten}, {b: linear 4}",
        "{a: global_avgpool}, {b: linear 4}",
        ["~ a: flatten → global_avgpool", "↳ b: input 2048 → 8×1×1"],
    ),
    "features of a vector": (
        "{a: linear 4}, {b: linear 4}",
        "{a: linear 5}, {b: linear 4}",
        ["~ a: out_features 4 → 5", "↳ b: in_features 4 → 5"],
    ),
    "a merge": (
        "{m: {branches: {a: relu, b: conv 1x1 8}, merge: add}}",
        "{m: {branches: {a: relu, b: conv 1x1 8}, merge: mul}}",
        ["~ m/mul: was m/add, add → mul"],
    ),
    "a concat that becomes a sum": (
        "{m: {branches: {a: relu, b: conv 1x1 8}}}, {c: conv 1x1 4}",
        "{m: {branches: {a: relu, b: conv 1x1 8}, merge: add}}, {c: conv 1x1 4}",
        ["+ m/add: add", "↳ c: in_channels 16 → 8"],
    ),
    "a repeat": (
        "{repeat: 3, layers: [conv 3x3 8, relu]}, {c: conv 1x1 4}",
        "{repeat: 4, layers: [conv 3x3 8, relu]}, {c: conv 1x1 4}",
        ["+ conv4: conv 3x3 8", "+ relu4: relu"],
    ),
    "a repeat with a name": (
        "{repeat: 3, layers: {x: [conv 3x3 8, relu]}}",
        "{repeat: 2, layers: {x: [conv 3x3 8, relu]}}",
        ["− x3/conv1: conv 3x3 8", "− x3/relu1: relu"],
    ),
    "a side head": (
        "{a: relu}, {h: {aux: [linear 8]}}",
        "{a: relu}, {h: {aux: [linear 9]}}",
        ["~ h/linear1: out_features 8 → 9 (aux)"],
    ),
    "into a side head": (
        "{a: relu}, {h: [conv 1x1 8]}",
        "{a: relu}, {h: {aux: [conv 1x1 8]}}",
        ["~ h/conv1: in the main path → a side head"],
    ),
    "out of a side head": (
        "{a: relu}, {h: {aux: [conv 1x1 8]}}",
        "{a: relu}, {h: [conv 1x1 8]}",
        ["~ h/conv1: in a side head → the main path"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), EDITS.values(), ids=EDITS)
def test_what_is_said_of_an_edit(old, new, expected):
    assert lines(f"layers: [{old}]", f"layers: [{new}]") == expected


WHOLE = {
    "a block's argument": (
        "define: {'b(c, r)': [conv 1x1 $r, conv 3x3 $c]}\nlayers: [{x: b 8 4}, {y: b 9 4}]",
        "define: {'b(c, r)': [conv 1x1 $r, conv 3x3 $c]}\nlayers: [{x: b 8 4}, {y: b 9 6}]",
        ["~ y/conv1: out_channels 4 → 6", "↳ y/conv2: in_channels 4 → 6"],
    ),
    "a parameter": (
        "parameters: {k: 2}\nlayers: [conv 1x1 $(8*k), conv 1x1 4]",
        "parameters: {k: 3}\nlayers: [conv 1x1 $(8*k), conv 1x1 4]",
        ["~ conv1: out_channels 16 → 24", "↳ conv2: in_channels 16 → 24"],
    ),
    "defaults": (
        "layers: [conv 1x1 8, relu]",
        "defaults: {conv: {bias: true}}\nlayers: [conv 1x1 8, relu]",
        ["~ conv1: bias false → true"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), WHOLE.values(), ids=WHOLE)
def test_what_is_said_of_an_edit_elsewhere_in_the_file(old, new, expected):
    assert lines(old, new) == expected


GATE = """\
define:
  gate(r, e=$in):
    branches: {x: identity, g: [global_avgpool, conv 1x1 $(in//r), conv 1x1 $e]}
    merge: mul
layers: [{a: conv 1x1 16}, {b: gate 4}]
"""


def test_options_that_the_input_decides_follow_from_it():
    assert lines(GATE, GATE.replace("1x1 16", "1x1 32")) == [
        "~ a: out_channels 16 → 32",
        "↳ b/x: in_channels 16 → 32",
        "↳ b/g/global_avgpool1: in_channels 16 → 32",
        "↳ b/g/conv1: out_channels 4 → 8, in_channels 16 → 32",
        "↳ b/g/conv2: out_channels 16 → 32, in_channels 4 → 8",
        "↳ b/mul: in_channels 16 → 32",
    ]


@pytest.mark.parametrize(("was", "now"), [("gate 4", "gate 8"), ("in//r", "in//r//2"), ("in//r", "2")])
def test_how_the_input_decides_an_option_can_be_edited(was, now):
    edited = "~ b/g/conv1: out_channels 4 → 2"
    assert edited in lines(GATE, GATE.replace(was, now))
    # and is an edit even where the input differs too
    wider = GATE.replace("1x1 16", "1x1 48")
    (change,) = [one for one in lines(GATE, wider.replace(was, now)) if " b/g/conv1:" in one]
    assert change.startswith("~ ")


def test_an_edit_beside_what_the_input_decides():
    wider = GATE.replace("1x1 16", "1x1 32").replace("conv 1x1 $e", "conv 3x3 $e")
    edited = "~ b/g/conv2: kernel_size 1x1 → 3x3, out_channels 16 → 32, in_channels 4 → 8"
    assert edited in lines(GATE, wider)


# --- What is known again

KNOWN = {
    "a layer before numbered ones": (
        "conv 3x3 8, conv 3x3 16, conv 3x3 32",
        "conv 1x1 4, conv 3x3 8, conv 3x3 16, conv 3x3 32",
        ["+ conv1: conv 1x1 4", "↳ conv2: was conv1, in_channels 8 → 4"],
    ),
    "a layer between numbered ones": (
        "conv 3x3 8, relu, conv 3x3 16, relu",
        "conv 3x3 8, relu, conv 3x3 12, relu, conv 3x3 16, relu",
        ["+ conv2: conv 3x3 12", "+ relu2: relu", "↳ conv3: was conv2, in_channels 8 → 12"],
    ),
    "the first of numbered ones": (
        "conv 3x3 8, conv 3x3 16",
        "conv 3x3 16",
        ["− conv1: conv 3x3 8"],
    ),
    "one among equals": (
        "conv 3x3 8, batchnorm, relu, conv 3x3 8, batchnorm, relu",
        "conv 3x3 8, relu, conv 3x3 8, batchnorm, relu",
        ["− batchnorm1: batchnorm"],
    ),
    "every width": (  # as many as before, so that the numbers are the same layers
        "conv 3x3 8, conv 3x3 16, conv 3x3 32",
        "conv 3x3 16, conv 3x3 32, conv 3x3 64",
        [
            "~ conv1: out_channels 8 → 16",
            "~ conv2: out_channels 16 → 32, in_channels 8 → 16",
            "~ conv3: out_channels 32 → 64, in_channels 16 → 32",
        ],
    ),
    "a reduction put before a layer": (
        "{b: {branches: {3x3: conv 3x3 128}}}",
        "{b: {branches: {3x3: [conv 1x1 96, conv 3x3 128]}}}",
        ["+ b/3x3/conv1: conv 1x1 96", "> b/3x3/conv2: was b/3x3, in_channels 8 → 96"],
    ),
    "a group with another name": (
        "{a: [conv 3x3 8, relu]}, {c: relu}",
        "{b: [conv 3x3 8, relu]}, {c: relu}",
        ["> b/conv1: was a/conv1", "> b/relu1: was a/relu1"],
    ),
    "a group with another name and an edit": (
        "{a: [{x: relu}, {y: conv 3x3 8}]}, {c: relu}",
        "{b: [{x: relu}, {y: conv 3x3 9}]}, {c: relu}",
        ["> b/x: was a/x", "~ b/y: was a/y, out_channels 8 → 9", "↳ c: in_channels 8 → 9"],
    ),
    "a group with another name below an edit": (
        "{s: conv 1x1 4}, {a: [conv 3x3 8, relu]}",
        "{s: conv 1x1 5}, {b: [conv 3x3 8, relu]}",
        [
            "~ s: out_channels 4 → 5",
            "> b/conv1: was a/conv1, in_channels 4 → 5",
            "> b/relu1: was a/relu1",
        ],
    ),
    "a layer with another name": ("{a: conv 3x3 8}", "{b: conv 3x3 8}", ["> b: was a"]),
    "layers in a new group": (
        "conv 3x3 8, conv 3x3 16, conv 1x1 4",
        "{s: [conv 3x3 8, conv 3x3 16]}, conv 1x1 4",
        ["> s/conv1: was conv1", "> s/conv2: was conv2"],
    ),
    "layers in another order": (
        "{a: conv 3x3 8}, {b: conv 1x1 8}, {c: relu}",
        "{b: conv 1x1 8}, {a: conv 3x3 8}, {c: relu}",
        ["~ b: moved, reads a → the input"],
    ),
    "branches in another order": (
        "{m: {branches: {a: conv 3x3 8, b: conv 1x1 8}}}",
        "{m: {branches: {b: conv 1x1 8, a: conv 3x3 8}}}",
        ["> m/b: moved"],
    ),
    "a layer in another group": (
        "{a: [{x: conv 3x3 8}, {y: conv 1x1 8}]}, {b: [{z: conv 5x5 8}]}",
        "{a: [{y: conv 1x1 8}]}, {b: [{x: conv 3x3 8}, {z: conv 5x5 8}]}",
        ["~ a/y: moved, reads a/x → the input", "> b/x: was a/x"],
    ),
    "a layer from another group beside one that was replaced": (
        "{a: [{x: conv 3x3 8}, {w: relu}]}, {b: [{y: conv 1x1 8}, {v: tanh}, {z: conv 5x5 8}]}",
        "{a: [{w: relu}]}, {b: [{y: conv 1x1 8}, {u: gelu}, {x: conv 3x3 8}]}",
        [
            "~ b/u: was b/v, tanh → gelu",
            "~ b/x: was a/x, reads the input → b/u",
            "− b/z: conv 5x5 8",
        ],
    ),
    "a name that only looks like a number": (
        "{stem1: conv 3x3 8}, relu",
        "{stem2: conv 3x3 8}, relu",
        ["> stem2: was stem1"],
    ),
    "no name in common, so that the order tells": (
        "{a: conv 3x3 8}, {b: relu}, {c: conv 3x3 8}, {d: tanh}",
        "{v: conv 3x3 8}, {w: gelu}, {x: relu}, {y: conv 3x3 8}, {z: tanh}",
        ["> v: was a", "+ w: gelu", "> x: was b", "> y: was c", "> z: was d"],
    ),
    "no name in common, so that the order and what is read tell": (
        "{a: conv 3x3 8}, {b: conv 3x3 8}, {c: relu}, {d: add a}, {e: tanh}, {f: add b}",
        "{v: conv 3x3 8}, {w: conv 3x3 8}, {x: relu}, {y: add w}",
        ["> v: was a", "> w: was b", "> x: was c", "− d: add a", "− e: tanh", "> y: was f"],
    ),
    "no name in common, and merged branches are read": (
        "{a: {branches: {p: relu, q: tanh}}}, {b: conv 1x1 16}, {d: relu}, {e: add a}, {g: add b}",
        "{t: {branches: {p: relu, q: tanh}}}, {u: conv 1x1 16}, {w: relu}, {x: add u}",
        [
            *("> t/p: was a/p", "> t/q: was a/q", "> u: was b"),
            *("> w: was d", "− e: add a", "> x: was g"),
        ],
    ),
    "a layer with the number of another": (
        "{3: conv 3x3 8}, {4: relu}",
        "{2: relu}, {3: conv 3x3 8}, {4: relu}",
        ["+ 2: relu"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), KNOWN.values(), ids=KNOWN)
def test_layers_are_known_again(old, new, expected):
    assert lines(f"layers: [{old}]", f"layers: [{new}]") == expected


def test_numbered_block_calls_are_known_again():
    text = "define: {'b(c)': [conv 1x1 $c, batchnorm, conv 3x3 $c]}\nlayers: [b 8, b 16, b 32]"
    assert lines(text, text.replace("[b 8", "[b 4, b 8")) == [
        "+ b1/conv1: conv 1x1 4",
        "+ b1/batchnorm1: batchnorm",
        "+ b1/conv2: conv 3x3 4",
        "↳ b2/conv1: was b1/conv1, in_channels 8 → 4",
    ]
    assert lines(text.replace("[b 8", "[b 4, b 8"), text) == [
        "− b1/conv1: conv 1x1 4",
        "− b1/batchnorm1: batchnorm",
        "− b1/conv2: conv 3x3 4",
        "↳ b1/conv1: was b2/conv1, in_channels 4 → 8",
    ]


def test_what_was_removed_stands_where_it_was():
    old = "layers: [{a: relu}, {b: tanh}, {c: gelu}, {d: elu}]"
    assert lines(old, "layers: [{a: relu}, {c: gelu}]") == ["− b: tanh", "− d: elu"]
    assert lines(old, "layers: [{b: tanh}, {d: relu6}]") == [
        "− a: relu",
        "− c: gelu",
        "~ d: elu → relu6",
    ]


# --- Networks


def test_nothing_changed():
    found = diff(*[convcalc.load("inception3a#reduced")] * 2)
    assert (found.changes, found.is_changed) == ((), False)
    assert (found.unchanged.layers, found.unchanged.cost.macs) == (7, 128049152)


def test_another_input_is_said_of_the_network(run, tmp_path):
    files = [tmp_path / name for name in ("a.yaml", "b.yaml")]
    for file, size in zip(files, ("32, 32", "64, 32"), strict=True):
        file.write_text(f"input: [3, {size}]\nlayers: [conv 3x3 8]\n")
    out = run("diff", *map(str, files)).out
    assert "\n the network's input 3×32×32 → 3×64×32\n" in out
    assert "\n the network's output 8×32×32 → 8×64×32\n" in out
    out = run("diff", *map(str, files), "--format", "markdown").out
    assert "; the network's input 3×32×32 → 3×64×32; the network's output 8×32×32 → 8×64×32\n" in out


def test_a_branch_that_costs_nothing_is_a_change():
    found = compared("branches: {a: relu}", "branches: {a: relu, b: []}")
    assert found.changes == ()
    assert found.is_changed
    assert found.output == (((8, 16, 16),), ((16, 16, 16),))


def all_of(text):
    from convcalc.network.overrides import Overrides
    from convcalc.reader.source import Source
    from convcalc.specs.opening import load_source

    return load_source(Source("x", "x", "x", (HEAD + text).encode()), None, Overrides())


def titles(old, new):
    return [(one.old and one.old.variant, one.new and one.new.variant) for one in diff_all(old, new)]


def test_variants_are_known_by_their_names_and_then_by_their_layers():
    text = """\
variants:
  small: {layers: [{a: conv 1x1 4}, {b: conv 1x1 4}]}
  large: {layers: [{a: conv 3x3 4}, {b: conv 5x5 4}]}
"""
    old = all_of(text)
    assert titles(old, old) == [("small", "small"), ("large", "large")]
    assert titles(old, all_of(text.replace("large", "huge"))) == [("small", "small"), ("large", "huge")]
    edited = text.replace("large", "huge").replace("5x5", "7x7")  # one of two layers is the same
    assert titles(old, all_of(edited)) == [("small", "small"), ("large", "huge")]
    other = edited.replace("3x3", "9x9")
    assert titles(old, all_of(other)) == [("small", "small"), (None, "huge"), ("large", None)]
    assert titles(old, old[:1]) == [("small", "small"), ("large", None)]
    assert titles(old[:1], old[1:]) == [("small", "large")]  # one with one


# --- Growth


def limits(old, new, *allowed):
    return [one.allowed for text in allowed for one in grown([compared(old, new)], read_growth([text]))]


def test_growth_at_under_and_over_its_limit():
    # 576 weights and then 648: 72 more, exactly 12.5 %
    change = "layers: conv 3x3 8", "layers: conv 3x3 9"
    assert limits(*change, "params=72", "params=12.5%", "params=13%", "macs=18432", "macs=18.432k") == []
    assert limits(*change, "params=71", "params=12.4999%", "params=0", "macs=18431") == [
        *("71", "12.4999%", "0", "18431")
    ]
    assert limits(*change[::-1], "params=0", "macs=0%") == []


def test_a_percentage_that_leaves_a_fraction_allows_whole_ones():
    # 8·3 = 24 weights and then 8·4 = 32, which is 33.333... % more
    change = "layers: conv 1x1 3", "layers: conv 1x1 4"
    assert limits(*change, "params=33.3333333%", "params=10%") == ["33.3333333%", "10%"]
    assert limits(*change, "params=33.3333334%") == []


def test_growth_from_nothing():
    assert limits("layers: relu", "layers: conv 1x1 1", "params=1000%", "params=7") == ["1000%", "7"]
    assert limits("layers: relu", "layers: conv 1x1 1", "params=8") == []


def test_what_is_new_or_gone_has_not_grown():
    one = network("layers: conv 1x1 1")
    assert grown([diff(None, one), diff(one, None)], read_growth(["params=0"])) == []


def test_what_is_in_a_side_head_is_not_unchanged_on_the_main_path():
    text = "layers: [relu, {h: {aux: [conv 1x1 8, linear 3]}}]"
    found = compared(text, text.replace("relu", "silu"))
    assert (found.unchanged.layers, found.unchanged.cost.params) == (0, 0)


def test_a_side_head_does_not_grow_the_network():
    assert limits("layers: [relu]", "layers: [relu, aux: linear 9]", "params=0") == []


@pytest.mark.parametrize(
    "text", ["params", "params=", "params=x", "params=-1", "params=5%%", "params=%"]
)
def test_growth_that_is_no_number(text):
    with pytest.raises(UsageError, match=r"needs params=5% or params=10000, not"):
        read_growth([text])


@pytest.mark.parametrize("growth", ["2%", "10k"])
def test_growth_without_its_count(growth):
    with pytest.raises(UsageError, match=f"^--max-growth needs the count too: write macs={growth}$"):
        read_growth([growth])


def test_growth_of_what_is_not_counted(run):
    assert run("diff", "inception3a", "inception3a", "--max-growth", "parms=1").err == (
        'error: --max-growth has no count "parms"; did you mean "params"?\n'
    )


@pytest.mark.parametrize(
    "command", ["diff inception3a inception3a --max-growth", "check inception3a --max"]
)
def test_a_limit_does_not_hide_another(run, command):
    *words, option = command.split()
    ran = run(*words, option, "macs=5", option, "params=5", option, "macs=1G")
    assert ran == (2, "", f"error: {option} is given twice for macs\n")


# --- As it is printed

TRICKY = [
    *("[bold]x", "<b>x", "a|b", "`x`", "``", "**x**", "_x_", "@team", ":100:", "=1+1", "-x"),
    *("<!--", "-->", "\\", "&amp;", "~x~", "www.x.y", "<details>", "é😀", "[x](y)", "$x$"),
]
LIVE = {"html_inline", "link_open", "em_open", "strong_open", "s_open", "image"}


@pytest.fixture
def tricky(tmp_path):
    """Two files in which every name is markup in some format, and each of its layers differs."""
    files = []
    for width in (1, 2):
        layers = [{name: f"conv 1x1 {width}"} for name in TRICKY]
        file = tmp_path / f"{width}.yaml"
        text = {"name": "<i>*x*|", "input": [1, 2, 2], "layers": layers}
        file.write_text(json.dumps(text, ensure_ascii=False), encoding="utf-8")
        files.append(str(file))
    return files


def spans(markdown):
    """The parts of the inline text of Markdown as GitHub has it."""
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(markdown)
    return tokens, [child for token in tokens for child in token.children or ()]


def test_names_are_harmless_in_a_comment(run, tricky):
    out = run("diff", *tricky, "--format", "markdown").out
    tokens, inline = spans(out)
    assert [token.content for token in inline if token.type == "code_inline"][-len(TRICKY) :] == TRICKY
    assert not LIVE - {"strong_open", "html_inline"} & {token.type for token in inline}
    html = [token.content for token in inline if token.type == "html_inline"]
    assert html == ["<br>", "<br>", "<sub>", "</sub>"]
    assert [token.content for token in tokens if token.type == "html_block"] == [
        "<!-- convcalc:diff -->\n"
    ]
    assert sum(token.type == "table_open" for token in tokens) == 2  # the networks, the layers


def test_names_are_harmless_in_other_formats(run, tricky):
    table = run("diff", *tricky).out
    assert all(f"\n ~ {name} " in table for name in TRICKY)
    for format_name, dialect in (("csv", "excel"), ("tsv", "excel-tab")):
        out = run("diff", *tricky, "--format", format_name).out
        rows = list(csv.DictReader(io.StringIO(out), dialect=dialect))
        assert [row["path"].removeprefix("'") for row in rows] == TRICKY
        assert not any(cell.startswith(tuple("=+-@")) for row in rows for cell in row.values())
    (found,) = json.loads(run("diff", *tricky, "--format", "json").out)["diffs"]
    assert [layer["path"] for layer in found["layers"]] == TRICKY


def test_a_comment_has_one_table_of_networks_and_one_for_each_that_changed(run):
    out = run("diff", "inception3a#naive", "inception3a#reduced", "--format", "markdown").out
    tokens, _ = spans(out)
    assert [token.type for token in tokens if token.type == "table_open"] == ["table_open"] * 2
    rows = [line.strip("| ").split(" | ") for line in out.splitlines() if line.startswith("| ")]
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in out.splitlines() if line[:1] == "|"}
    assert bars == {6, 8}
    assert [rows[0][0], rows[1][1], rows[2][0]] == ["network", "`inception3a#reduced`", "layer"]
    assert rows[3][0] == "**total**"


def number(text):
    return int(text.strip("*").replace(",", "").replace("−", "-").replace("+", ""))


@pytest.mark.parametrize(
    ("old", "new"), [("naive", "reduced"), ("reduced", "naive")], ids=["forth", "back"]
)
def test_the_rows_of_a_comment_add_up(run, old, new):
    out = run("diff", f"inception3a#{old}", f"inception3a#{new}", "--format", "markdown").out
    layers = out.partition("|   | layer | ")[2]
    cells = [line.strip("|").split("|")[3:] for line in layers.splitlines() if line.startswith("| ")]
    total, *rows = [[number(cell.strip()) for cell in row] for row in cells]
    assert total == [sum(column) for column in zip(*rows, strict=True)]


@pytest.mark.full
def test_a_comment_is_never_too_long():
    few, many = (
        network(f"layers: {{repeat: {n}, layers: [conv 3x3 {c}]}}") for n, c in [(2, 8), (1500, 9)]
    )
    long_name = network(f"name: {'x' * 70_000}\nlayers: relu")
    other = network("layers: tanh")
    cases = [
        [diff(few, many)],
        [diff(many, few)],
        [diff(few, few), *[diff(few, network(f"name: n{n}\nlayers: relu")) for n in range(400)]],
        [diff(few, many), *[diff(one, one) for one in [few] * 1500]],
        [diff(few, other), *[diff(one, one) for one in [few] * 1500]],
        [diff(other, long_name)],
    ]
    for case in cases:
        growth = grown(case, read_growth(["params=0", "macs=0"]))
        text = comment([Compared(one, "f", "a", "b") for one in case], 1, growth)
        assert len(text) <= MOST == 60_000
        assert text.startswith("<!-- convcalc:diff -->\n")
        assert text.endswith("</sub>\n")
        assert "Too long for a comment: " in text
        assert text.count("<details>") == text.count("</details>")
        tokens, _ = spans(text)
        headers = text.count("|   | layer | ")
        assert sum(token.type == "table_open" for token in tokens) == headers + 1
        assert text.count("| **total** | ") == headers


def test_what_a_comment_leaves_out_is_counted():
    found = compared("layers: relu", "layers: [relu, {repeat: 2000, layers: [conv 3x3 8]}]")
    text = comment([Compared(found, "f", "a", "b")], 1, [])
    (left_out,) = re.findall(r"Too long for a comment: ([\d,]+) changed layers more", text)
    assert number(left_out) + text.count("| + |") == 2000


def test_growth_that_a_comment_leaves_out_is_counted():
    change = compared("layers: conv 1x1 1", "layers: conv 1x1 2")
    growth = grown([change], read_growth(["macs=0"])) * 5
    growth = [one._replace(title="x" * 20_000) for one in growth]
    text = comment([Compared(change, "f", "a", "b")], 1, growth)
    assert text.count("✗ ") == 2
    assert "Too long for a comment: 3 grown figures more" in text


def test_the_errors_of_a_comment_leave_room_for_its_networks():
    change = compared("layers: conv 1x1 1", "layers: conv 1x1 2")
    errors = [FileProblem("bad.yaml", Mark(line, 1), "x" * 90) for line in range(2, 1002)]
    text = comment([Compared(change, "f", "a", "b")], 1, [], unreadable=errors)
    assert text.count("✗ `bad.yaml:") == 20
    assert "Too long for a comment: 980 errors more; " in text
    assert "| **total** |" in text


def test_a_narrow_terminal_keeps_the_digits(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    ran = run("diff", "inception3a#naive", "inception3a#reduced")
    assert "−175,415,296" in ran.out
    assert ran.err == "convcalc: left out at 60 columns: change, now\n"


def test_in_ascii(run, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert run("diff", "inception3a#naive", "inception3a#reduced") == (0, "", "")
    out = stream.buffer.getvalue().decode("ascii")
    assert "\n > 3x3/conv2      was 3x3, in_channels 192 > 96    110,592  -110,592  " in out
    assert "\n ~ edited   \\ follows from an edit   + added   - removed   > renamed or moved\n" in out
    assert "?" not in out


@pytest.mark.parametrize("depth", first([2_000, 20_000]))
def test_a_very_deep_network_is_compared_quickly(depth):
    old = network(f"layers: {{repeat: {depth}, layers: [conv 1x1 8]}}")
    twos = f"{{repeat: {depth // 2}, layers: [conv 1x1 8, conv 1x1 8]}}"
    found = diff(old, network(f"layers: [relu, {twos}, {{x: conv 1x1 9}}]"))
    assert [line(change) for change in found.changes] == ["+ relu1: relu", "+ x: conv 1x1 9"]
    assert found.unchanged.layers == depth
    fours = "[conv 3x3 8, conv 1x1 9, relu, conv 1x1 8]"
    mixed = network(f"layers: {{repeat: {depth // 4}, layers: {fours}}}")
    assert len(diff(old, mixed).changes) > depth // 2
