"""What holds for every specification, tried on random ones.

The strategy draws specifications that are valid by construction: it keeps count of the channels, and
every kernel fits into every height and width because it has enough padding.
"""

import json
import random
import re

import jsonschema
from examples import fixed
from hypothesis import given
from hypothesis import strategies as st

import convcalc
from convcalc.answers.compare import compare
from convcalc.answers.diff import diff
from convcalc.answers.explain import explain
from convcalc.answers.summary import summarize
from convcalc.ops.cost import COUNTS
from convcalc.render.change_words import Compared
from convcalc.render.diff import document as diff_document
from convcalc.render.diff import records as diff_records
from convcalc.render.diff import sheets as diff_sheets
from convcalc.render.pull_request import comment
from convcalc.schema import document_schema

FIXED = fixed(100)
SCHEMA = jsonschema.Draft7Validator(document_schema())

flags = st.booleans()
truths = st.sampled_from(["true", "false"])


def load(spec):
    """A specification of lists, mappings and texts; JSON is YAML."""
    return convcalc.loads(json.dumps(spec))


def facts(network):
    """Everything about the layers but their names."""
    return [(layer.op, layer.input, layer.output, layer.cost, layer.aux) for layer in network.layers]


def counts(costs):
    costs = list(costs)
    return {name: sum(getattr(cost, name) for cost in costs) for name in COUNTS}


# ---- layers: an operation, its options, and the channels that leave it ------------------------------

pairs = {most: st.tuples(st.integers(1, most), st.integers(1, most)) for most in (3, 4)}

SLIDING = ["conv", "dwconv", "maxpool", "avgpool"]
KEEPING = [
    *(*SLIDING, "conv", "conv", "batchnorm", "layernorm", "scale", "prelu", "slice", "channel_shuffle"),
    *("lrn", "relu", "leaky_relu", "gelu", "softmax", "dropout", "identity"),
]
RESIZING = [*SLIDING, "conv_transpose", "upsample"]


def text_of(pair):
    return f"{pair[0]}x{pair[1]}"


@st.composite
def keeping_layers(draw, channels):
    """A layer that keeps height and width."""
    op, options = draw(st.sampled_from(KEEPING)), {}
    if op in SLIDING:
        options["kernel_size"] = text_of(draw(pairs[4]))
    if op in ("conv", "dwconv"):
        options["dilation"] = text_of(draw(pairs[3]))
        options["bias"] = draw(truths)
    if op == "conv":
        groups = draw(st.sampled_from([n for n in (1, 2, 3, channels) if channels % n == 0]))
        channels = groups * draw(st.integers(1, 6))
        options |= {"out_channels": channels, "groups": groups}
    if op == "dwconv":
        options["multiplier"] = draw(st.integers(1, 2))
        channels *= options["multiplier"]
    if op in ("batchnorm", "layernorm"):
        options |= {"scale": draw(truths), "center": draw(truths)}
    if op == "slice":
        start = draw(st.integers(0, channels - 1))
        stop = draw(st.integers(start + 1, channels))
        options, channels = {"start": start, "stop": stop}, stop - start
    if op == "channel_shuffle":
        options = {"groups": draw(st.sampled_from([n for n in (1, 2, channels) if channels % n == 0]))}
    return op, options, channels


@st.composite
def resizing_layers(draw, channels):
    """A layer that may change height and width, with enough padding to fit into a single element."""
    op, kernel = draw(st.sampled_from(RESIZING)), draw(pairs[4])
    if op == "upsample":
        return op, {"scale": draw(st.integers(1, 2))}, channels
    options = {"kernel_size": text_of(kernel), "stride": text_of(draw(pairs[3]))}
    if op == "conv_transpose":
        options["out_channels"] = draw(st.integers(1, 12))
        return op, options, options["out_channels"]
    if draw(flags):
        options["padding"] = text_of((kernel[0] // 2, kernel[1] // 2))
    if op == "conv":
        channels = options["out_channels"] = draw(st.integers(1, 12))
    if op == "dwconv":
        options["bias"] = draw(truths)
    if "pool" in op:
        options["ceil_mode"] = draw(truths)
    return op, options, channels


def shorthand(op, options):
    """`conv 3x3/2 8 bias=true`"""
    options, words = dict(options), [op]
    if "kernel_size" in options:
        stride = f"/{options.pop('stride')}" if "stride" in options else ""
        words.append(f"{options.pop('kernel_size')}{stride}")
    words += [str(options.pop(name)) for name in ("out_channels", "start", "stop") if name in options]
    return " ".join([*words, *(f"{name}={value}" for name, value in options.items())])


# ---- whole specifications ---------------------------------------------------------------------------

TRICKY_NAMES = ["conv1", "relu2", "concat1", "concat2", "add1", "add2", "aux1", "gate1", "unit2", "3x3"]
BLOCKS = {
    "unit(c, k=3x3, act=relu)": ["conv $k $c", "batchnorm", "$act"],
    "gate(r)": {
        "branches": {
            "whole": "identity",
            "part": ["global_avgpool", "conv 1x1 $(max(in//r, 1))", "conv 1x1 $in", "sigmoid"],
        },
        "merge": "mul",
    },
}
UNIT_CALLS = ["", " 1x1", " 1x3 sigmoid", " act=softmax", " k=5x5"]
HEAD_ENDS = [[], ["flatten"], ["global_avgpool", "linear 7 bias", "softmax"]]


class Draft:
    """A specification that is being drawn. Each kind of body answers the channels that leave it too.

    `level` is how deep structures may still nest, `keep` that height and width must stay.
    """

    def __init__(self, draw):
        self.draw = draw
        self.blocks = dict(BLOCKS)
        self.free_names = list(TRICKY_NAMES)
        self.named = 0

    def one_of(self, choices):
        return self.draw(st.sampled_from(choices))

    def name(self):
        """A name that nothing else has."""
        if self.free_names and self.draw(flags):
            return self.free_names.pop(self.draw(st.integers(0, len(self.free_names) - 1)))
        self.named += 1
        return f"n{self.named}"

    def body(self, channels, level, keep, top=False):
        kinds = [self.layer, self.layer, self.layer]
        if level > 0:
            kinds = [self.layer, self.series, self.concat, self.add, self.mul, self.repeat]
            kinds += [self.block, self.unit, self.gate, self.aux]
        return self.one_of(kinds)(channels, level, keep, top)

    def layer(self, channels, level, keep, top):
        resizes = not keep and self.draw(flags)
        op, options, channels = self.draw(
            resizing_layers(channels) if resizes else keeping_layers(channels)
        )
        return ({"op": op} | options if self.draw(flags) else shorthand(op, options)), channels

    def series(self, channels, level, keep, top, least=0, most=3):
        items = []
        for _ in range(self.draw(st.integers(least, most))):
            named = self.draw(flags)
            item, channels = self.body(channels, level - 1, keep, top and not named)
            items.append({self.name(): item} if named else item)
        return items, channels

    def concat(self, channels, level, keep, top):
        branches, leaving = {}, 0
        # with the same pool at their end branches still have one height and width
        end = [] if keep else self.one_of([[], ["maxpool 3x3/2"]])
        for _ in range(self.draw(st.integers(1, 3))):
            branch, out = self.body(channels, level - 1, keep=True)
            branches[self.name()] = [branch, *end] if end else branch
            leaving += out
        return {"branches": branches} | self.one_of([{}, {"merge": "concat"}]), leaving

    def equal_branches(self, channels, level):
        branches = {self.name(): "identity"}
        for _ in range(self.draw(st.integers(0, 2))):
            branch, _ = self.body(channels, level - 1, keep=True)
            branches[self.name()] = [branch, "conv 1x1 $in"]
        return branches

    def add(self, channels, level, keep, top):
        return {"branches": self.equal_branches(channels, level), "merge": "add"}, channels

    def mul(self, channels, level, keep, top):
        branches = self.equal_branches(channels, level)
        for _ in range(self.draw(st.integers(0, 2))):
            branches[self.name()] = self.one_of(["global_avgpool", "linear $in", ["linear $in"]])
        return {"merge": "mul", "branches": branches}, channels

    def repeat(self, channels, level, keep, top):
        body, _ = self.body(channels, level - 1, keep)
        times = self.one_of([0, 1, 2, "$m", "$(m+1)"])
        return {"repeat": times, "layers": [body, f"conv 1x1 {channels}"]}, channels

    def block(self, channels, level, keep, top):
        body, channels = self.body(channels, level - 1, keep)
        name = f"block{len(self.blocks)}"
        self.blocks[name] = body
        return self.one_of([name, {"op": name}]), channels

    def unit(self, channels, level, keep, top):
        leaving = self.draw(st.integers(1, 6))
        return f"unit {leaving}{self.one_of(UNIT_CALLS)}", leaving

    def gate(self, channels, level, keep, top):
        return f"gate {self.draw(st.integers(1, 6))}", channels

    def aux(self, channels, level, keep, top):
        head, _ = self.body(channels, level - 1, keep=False)
        return {"aux": [head, *self.one_of(HEAD_ENDS)]}, channels


@st.composite
def specifications(draw):
    draft = Draft(draw)
    channels, height, width = (draw(st.integers(1, most)) for most in (12, 20, 20))
    if draw(flags):
        body, _ = draft.series(channels, 3, keep=False, top=True, least=2, most=6)
        whole = {
            "layers": body + draw(st.sampled_from([[], ["global_avgpool"], ["flatten", "linear 10"]]))
        }
    else:
        whole, _ = draw(st.sampled_from([draft.concat, draft.add, draft.mul]))(channels, 3, False, False)
    head = {"input": [channels, height, width], "parameters": {"m": 2}, "define": draft.blocks}
    return head | whole


@FIXED
@given(specifications())
def test_every_question_about_a_valid_specification_has_an_answer(drawn):
    network = load(drawn)
    assert "multiply-adds" in repr(network)
    for aux in (False, True):
        assert len(explain(network, aux=aux).formulas) <= len(network.layers)
        for depth in range(4):
            assert len(summarize(network, depth=depth, aux=aux).rows) <= len(network.items)
            assert len(compare([network] * 2, depth=depth, aux=aux).totals) == 2
    for item in network.items:
        for formula in explain(network, item.path).formulas:
            assert f"{formula.layer.path}/".startswith(f"{item.path}/")


@FIXED
@given(specifications())
def test_a_valid_specification_is_valid_for_the_schema_too(drawn):
    assert load(drawn)
    SCHEMA.validate(json.loads(json.dumps(drawn)))


@FIXED
@given(specifications())
def test_totals_are_the_sums_of_the_layers(drawn):
    network = load(drawn)
    assert counts([network.total]) == counts(layer.cost for layer in network.layers if not layer.aux)
    assert counts([network.total_with_aux]) == counts(layer.cost for layer in network.layers)


@FIXED
@given(specifications(), st.integers(1, 3))
def test_totals_are_the_sums_of_the_parts(drawn, depth):
    network = load(drawn)

    def parts(aux):
        found = compare([network], rows="parts", depth=depth, aux=aux).parts
        return counts(share.cost for part in found for share in part.shares)

    assert parts(aux=True) == counts([network.total_with_aux])
    assert parts(aux=False) == counts([network.total])


@FIXED
@given(specifications())
def test_the_rows_of_the_first_level_add_up_to_the_total(drawn):
    network = load(drawn)
    rows = summarize(network, depth=1, aux=True).rows
    assert counts(row.cost for row in rows) == counts([network.total_with_aux])


@FIXED
@given(specifications())
def test_no_path_stands_twice(drawn):
    network = load(drawn)
    paths = [item.path for item in network.items]
    assert len(set(paths)) == len(paths)
    assert all(re.fullmatch(r"[^/#\s]+(/[^/#\s]+)*", path) for path in paths)


@FIXED
@given(specifications())
def test_a_layer_stands_under_the_groups_that_its_path_names(drawn):
    network = load(drawn)
    known = {item.path for item in network.items}
    for item in network.items:
        group, _, name = item.path.rpartition("/")
        assert item.name == name
        assert item.depth == item.path.count("/")
        assert not group or group in known


@FIXED
@given(specifications(), st.integers(0, 1000))
def test_the_order_of_branches_changes_no_total(drawn, seed):
    def shuffled(node):
        if isinstance(node, list):
            return [shuffled(item) for item in node]
        if not isinstance(node, dict):
            return node
        entries = [(key, shuffled(value)) for key, value in node.items()]
        return {
            key: dict(random.Random(seed).sample(list(value.items()), len(value)))
            if key == "branches"
            else value
            for key, value in entries
        }

    network, other = load(drawn), load(shuffled(drawn))
    assert network.total == other.total
    assert network.total_with_aux == other.total_with_aux
    assert network.output_shape == other.output_shape


@st.composite
def two_versions(draw):
    """A specification, and another one or the same with a part of its body gone, twice or elsewhere."""
    old = draw(specifications())
    new = draw(specifications())
    if "layers" in old and draw(flags):
        body = list(old["layers"])
        at, to = (draw(st.integers(0, len(body) - 1)) for _ in range(2))
        edits = [[], [body[at], "relu"], ["batchnorm", body[at]], [{"moved": body[at]}]]
        body[at : at + 1] = draw(st.sampled_from(edits))
        body.insert(to, draw(st.sampled_from(["relu", "identity", []])))
        new = old | {"layers": body}
    return (load(old), load(old if is_refused(new) else new))


def shown(network):
    """The layers of the main path that a diff counts."""
    return [layer for layer in network.layers if not layer.aux and layer.op != "concat"]


@FIXED
@given(two_versions())
def test_the_rows_of_a_diff_add_up_to_its_totals(versions):
    old, new = versions
    found = diff(old, new)
    one = Compared(found, "file", "old", "new")
    (document,) = diff_document([one], [])["diffs"]
    layers = [layer for layer in document["layers"] if not layer["aux"]]
    records = diff_records([one])
    names = list(records.columns)
    counted = [row for row in records.rows if not row[names.index("aux")]]
    for quantity in ("params", "macs"):
        was, now = (getattr(network.total, quantity) for network in (old, new))
        assert document["totals"][quantity] == {"was": was, "now": now, "delta": now - was}
        same = document["unchanged"][quantity]
        assert same + sum(layer[quantity]["now"] for layer in layers) == now
        assert same + sum(layer[quantity]["was"] for layer in layers) == was
        assert sum(row[names.index(f"{quantity}_delta")] for row in counted) == now - was
        assert sum(row[names.index(quantity)] for row in counted) + same == now
    # and every layer is in one row
    same = document["unchanged"]["layers"]
    main = [change for change in found.changes if not change.is_aux]
    for network, version in ((old, "old"), (new, "new")):
        versions = [getattr(change, version) for change in main]
        assert len(shown(network)) == same + sum(
            layer is not None and not layer.aux for layer in versions
        )
        paths = [getattr(change, version).path for change in found.changes if getattr(change, version)]
        assert len(set(paths)) == len(paths)


@FIXED
@given(two_versions())
def test_a_table_and_a_comment_show_what_adds_up(versions):
    one = Compared(diff(*versions), "file", "old", "new")
    if not one.diff.is_changed:
        return
    sheet, _ = diff_sheets([one], 1)
    cells = [[count(cell.text) for cell in row.cells[2:]] for row in sheet.rows]
    assert [sum(column) for column in zip(*cells, strict=True)] == [
        count(cell.text) for cell in sheet.totals[0].cells[2:]
    ]
    lines = [line for line in comment([one], 1, []).splitlines() if line.startswith("| ")]
    start = next(at for at, line in enumerate(lines) if "| layer |" in line)  # below the overview
    total, *rows = [
        [count(cell.strip(" *")) for cell in line.strip("|").split("|")[3:]]
        for line in lines[start + 1 :]
        if "; not in the total" not in line
    ]
    assert total == [sum(column) for column in zip(*rows, strict=True)]


def count(text):
    return 0 if text in ("", "·") else int(text.replace(",", "").replace("−", "-"))


@FIXED
@given(two_versions())
def test_a_diff_backwards_is_its_mirror(versions):
    old, new = versions
    there, back = diff(old, new), diff(new, old)
    assert (there.was, there.now) == (back.now, back.was)
    assert there.is_changed == back.is_changed
    assert (there.input, there.output) == tuple(one and one[::-1] for one in (back.input, back.output))
    assert sum(change.old is None for change in there.changes) - sum(
        change.new is None for change in there.changes
    ) == sum(change.new is None for change in back.changes) - sum(
        change.old is None for change in back.changes
    )


@FIXED
@given(specifications())
def test_nothing_differs_from_itself(drawn):
    found = diff(load(drawn), load(drawn))
    assert (found.changes, found.is_changed) == ((), False)
    assert found.unchanged.cost == load(drawn).total


def inlined(node, blocks):
    """A body with the calls of blocks that have no arguments replaced by what they stand for."""
    if isinstance(node, list):
        return [inlined(item, blocks) for item in node]
    if isinstance(node, dict):
        if node.get("op") in blocks:
            return inlined(blocks[node["op"]], blocks)
        return {key: inlined(value, blocks) for key, value in node.items()}
    return inlined(blocks[node], blocks) if node in blocks else node


@FIXED
@given(specifications())
def test_a_block_call_is_its_body_written_in_its_place(drawn):
    blocks = {name: body for name, body in drawn["define"].items() if "(" not in name}
    by_hand = {
        key: inlined(value, blocks) if key in ("layers", "branches") else value
        for key, value in drawn.items()
    }
    by_hand["define"] = {
        name: inlined(body, blocks) for name, body in drawn["define"].items() if "(" in name
    }
    assert facts(load(drawn)) == facts(load(by_hand))


@FIXED
@given(st.integers(1, 6), st.integers(1, 6), pairs[4], st.sampled_from(["relu", "sigmoid"]), flags)
def test_a_block_call_is_its_body_with_the_arguments_put_in(channels, out, kernel, act, by_name):
    kernel_text = text_of(kernel)
    call = f"blk act={act} k={kernel_text} c={out}" if by_name else f"blk {out} {kernel_text} {act}"
    head = {"input": [channels, 9, 8], "parameters": {"m": 3}}
    block = {
        "blk(c, k, act)": [f"conv $k/2 $(c*m) groups={channels}", "$act", "dwconv $(1+2)x$m $(c//c)"]
    }
    groups = out * 3 % channels == 0
    body = [f"conv {kernel_text}/2 {out * 3} groups={channels}", act, "dwconv 3x3 1"]
    called, written = (
        {**head, "define": block, "layers": ["relu", call]},
        {**head, "layers": ["relu", body]},
    )
    if groups:
        assert facts(load(called)) == facts(load(written))
    else:
        assert is_refused(called)
        assert is_refused(written)


def is_refused(spec):
    try:
        load(spec)
    except convcalc.SpecError:
        return True
    return False


@FIXED
@given(specifications())
def test_a_repeat_is_its_body_written_so_often(drawn):
    def unrolled(node):
        if isinstance(node, list):
            return [unrolled(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "repeat" in node:
            times = {"$m": 2, "$(m+1)": 3}.get(node["repeat"], node["repeat"])
            return [without_names(unrolled(node["layers"])) for _ in range(times)]
        return {key: unrolled(value) for key, value in node.items()}

    def without_names(node):
        """A list whose items have no names, which could stand in it only once."""
        if not isinstance(node, list):
            return node
        kept = [
            next(iter(item.values()))
            if isinstance(item, dict) and len(item) == 1 and not {"op", "branches", "aux"} & set(item)
            else item
            for item in node
        ]
        return [without_names(item) for item in kept]

    assert facts(load(drawn)) == facts(load(unrolled(drawn)))


# ---- one layer --------------------------------------------------------------------------------------


@st.composite
def any_options(draw):
    """An operation with options that may or may not suit its input."""
    op = draw(st.sampled_from([*SLIDING, "batchnorm", "dropout", "lrn", "linear", "relu"]))
    options = {}
    if op in SLIDING:
        options["kernel_size"] = text_of(draw(pairs[4]))
        optional = {
            "stride": st.sampled_from([1, 2, "2x1", "3x2"]),
            "padding": st.sampled_from(["same", "valid", 0, 1, "2x1"]),
        }
        if "pool" in op:
            optional["ceil_mode"] = truths
        else:
            optional |= {"dilation": st.sampled_from([1, 2, "1x3"]), "bias": truths}
        if op == "conv":
            options["out_channels"] = draw(st.integers(1, 12))
            optional["groups"] = st.integers(1, 4)
        if op == "dwconv":
            optional["multiplier"] = st.integers(1, 4)
    elif op == "linear":
        options["out_features"], optional = draw(st.integers(1, 99)), {"bias": truths}
    else:
        numbers = st.sampled_from(["0.25", "1", "0.000001"])
        optional = {
            "batchnorm": {"scale": truths, "center": truths},
            "dropout": {"p": numbers},
            "lrn": {"size": st.integers(1, 9), "alpha": numbers, "beta": numbers, "k": numbers},
            "relu": {},
        }[op]
    return op, options | {name: draw(value) for name, value in optional.items() if draw(flags)}


@FIXED
@given(any_options(), st.tuples(st.integers(1, 8), st.integers(1, 9), st.integers(1, 9)))
def test_shorthand_is_the_same_layer_spelled_out(layer, shape):
    op, options = layer
    head = {"input": list(shape)}
    short, long = head | {"layers": shorthand(op, options)}, head | {"layers": {"op": op} | options}
    if is_refused(short):
        assert is_refused(long)
        return
    (first,), (second,) = load(short).layers, load(long).layers
    SCHEMA.validate(short)
    SCHEMA.validate(long)
    assert first.operation == second.operation
    assert facts(load(short)) == facts(load(long))
    # and how it is written, in either form, is that layer again
    for written in (first.written, second.written):
        (again,) = load(head | {"layers": written}).layers
        assert again.operation == first.operation


sizes = st.integers(1, 30)
options = st.fixed_dictionaries(
    {"kernel_size": pairs[4].map(text_of), "stride": pairs[3].map(text_of)},
    optional={"dilation": pairs[3].map(text_of), "bias": truths},
)


def conv(channels, height, width, **given_options):
    spec = {"input": [channels, height, width], "layers": {"op": "conv"} | given_options}
    (layer,) = load(spec).layers
    return layer


@FIXED
@given(st.integers(1, 9), sizes, sizes, st.integers(1, 9), options)
def test_twice_the_out_channels_are_twice_the_weights_and_multiply_adds(
    c, height, width, out, given_options
):
    once = conv(c, height, width, out_channels=out, **given_options)
    twice = conv(c, height, width, out_channels=2 * out, **given_options)
    assert once.cost + once.cost == twice.cost
    assert once.macs > 0


@FIXED
@given(st.integers(1, 5), sizes, sizes, st.integers(1, 5), st.integers(1, 6), options)
def test_groups_divide_the_weights_and_multiply_adds(c, height, width, out, groups, given_options):
    shape = (c * groups, height, width)
    whole = conv(*shape, out_channels=out * groups, **given_options)
    split = conv(*shape, out_channels=out * groups, groups=groups, **given_options)
    assert split.macs * groups == whole.macs
    assert split.cost.weights * groups == whole.cost.weights
    assert split.cost.biases == whole.cost.biases
    assert split.output == whole.output


@FIXED
@given(st.integers(1, 6), sizes, sizes, pairs[4], pairs[3], st.sampled_from(SLIDING))
def test_same_padding_without_a_stride_keeps_height_and_width(c, height, width, kernel, dilation, op):
    layer = {"op": op, "kernel_size": text_of(kernel)}
    layer |= {"out_channels": 5} if op == "conv" else {}
    layer |= {"dilation": text_of(dilation)} if "conv" in op else {}
    assert load({"input": [c, height, width], "layers": layer}).output_shape[1:] == (height, width)


@FIXED
@given(sizes, st.integers(1, 6), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3))
def test_the_size_is_the_number_of_places_for_the_kernel(size, kernel, stride, padding, dilation):
    # every place from which all taps of the kernel, `dilation` apart, are within the padded row
    padded = range(size + 2 * padding)
    places = [
        start
        for start in padded[::stride]
        if all(start + tap * dilation in padded for tap in range(kernel))
    ]
    spec = {
        "input": [1, size, size],
        "layers": f"conv {kernel}x{kernel}/{stride} 1 {padding} dilation={dilation}",
    }
    if places:
        assert load(spec).output_shape == (1, len(places), len(places))
    else:
        assert is_refused(spec)


@FIXED
@given(sizes, st.integers(1, 6), st.integers(1, 6), st.integers(0, 3))
def test_ceil_mode_covers_every_element_with_windows_that_start_on_one(size, kernel, stride, padding):
    padding = min(padding, kernel // 2)
    row = range(-padding, size + padding)
    if len(row) < kernel:
        return
    starts = [row[0]]
    # another window while the last one does not reach the end; none that starts in the padding there
    while starts[-1] + kernel < row[-1] + 1:
        starts.append(starts[-1] + stride)
    starts = [start for start in starts if start < size]
    spec = {
        "input": [1, size, size],
        "layers": f"maxpool {kernel}x{kernel}/{stride} {padding} ceil_mode",
    }
    assert load(spec).output_shape == (1, len(starts), len(starts))


# ---- any text at all --------------------------------------------------------------------------------

GOOD = """\
input: {channels: $(4*2), height: 16, width: $r}
parameters: {r: 16, a: 0.5}
defaults: {conv: {bias: true}}
define:
  blk(c, k=3x3, act=relu): [conv $k/1 $c, $act, {branches: {s: identity, g: conv 1x1 $in}, merge: mul}]
  two: {repeat: $(1+1), layers: {x: blk $in}}
layers:
- blk 4
- a: two
- {op: conv, kernel_size: [3, 3], out_channels: $(round8(9*a)), padding: 1x0}
- aux: [flatten, linear 3]
- {branches: {a: [conv 1x1 4], b: [conv 1x1 4, relu]}, merge: concat}
- linear 5
expect: {params: 12}
budget: {macs: 1.5M}
"""
PIECES = [
    *("conv", "linear", "maxpool", "global_avgpool", "flatten", "identity", "blk", "two", "blk 4"),
    *("branches:", "merge:", "add", "mul", "repeat:", "layers:", "aux:", "op:", "define:", "input:"),
    *("$in", "$a", "$(", "$(in//2)", "$(0.3*a)", "$", "3x3", "3x3/2", "0", "-1", "1e3", "groups=3"),
    *("valid", "dilation=9", "999999999999", "1000000000001", "[", "]", "{", "}", ",", ": ", "- "),
    *("&x ", "*x", "!t ", "| ", "> ", "%", "@", '"', "'", "#", "<<: ", "? ", "~", "\n", "  ", "\t"),
    *("\r", "\x00", "é", "\u2028", "\x85", "\ufeff", "\u200b", "---\n", "...\n", "{}", "[]"),
]


@st.composite
def damaged(draw):
    """A good specification with some words replaced, left out or repeated."""
    words = re.findall(r"\w+|\s+|[^\w\s]", GOOD)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(words) - 1))
        stop = start + draw(st.sampled_from([0, 1, 1, 1, 2, 5]))
        source = draw(st.integers(0, len(words) - 1))
        words[start:stop] = draw(
            st.sampled_from([[draw(st.sampled_from(PIECES))], [], words[source : source + 4]])
        )
    return "".join(words) + "\n"


def require_problems_within(text):
    """Load a text; whatever is wrong with it must be said of a place in it."""
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    for problem in problems_of(text):
        for mark in (problem.mark, *(note.mark for note in problem.related)):
            assert 1 <= mark.line <= len(lines)
            assert 1 <= mark.column <= len(lines[mark.line - 1]) + 1
            assert mark.length >= 1


def problems_of(text):
    """What is wrong with a text, at least one thing if it cannot be loaded."""
    try:
        convcalc.loads(text)
    except convcalc.SpecError as error:
        return error.problems or [None]
    return []


def test_the_good_text_is_good():
    assert convcalc.loads(GOOD).output_shape == (5,)


@fixed(500)
@given(damaged())
def test_a_damaged_specification_has_problems_at_places_in_it(text):
    require_problems_within(text)


@fixed(200)
@given(st.text())
def test_any_text_has_problems_at_places_in_it(text):
    require_problems_within(text)


@fixed(200)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_any_words_of_the_language_have_problems_at_places_in_them(text):
    require_problems_within(text)
    require_problems_within(f"input: [8, 4, 4]\nlayers: {text}")
