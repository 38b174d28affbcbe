"""What must hold of every picture: nothing overlaps, no line crosses a box, no layer is lost."""

import json
from collections import Counter
from itertools import combinations, pairwise

import pytest
from examples import fixed
from hypothesis import given
from hypothesis import strategies as st

from convcalc import load, loads
from convcalc.draw.part_layout import times_text
from convcalc.draw.picture import picture
from convcalc.draw.pixels_and_cells import CELLS, NARROWER, PIXELS, shortened
from convcalc.draw.repeats import fold
from convcalc.draw.topology import Topology
from convcalc.draw.tree import boxes
from convcalc.draw.tree_builder import build_item, build_tree
from convcalc.network.layer import Group, Layer

SHAPE = (8, 16, 16)


def drawn(topology, metrics=PIXELS, depth=None, is_up=False, has_columns=True, top_names=frozenset()):
    tree = fold(build_tree(topology, top_names, depth))
    return tree, picture(topology, tree, metrics, is_up, has_columns)


def inner(placed, unit=0):
    """The sides of a box, those of a cell's box being cells."""
    return placed.x, placed.y, placed.x + placed.width - unit, placed.y + placed.height - unit


def overlap(one, other):
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def is_within(one, outer):
    left, top, right, bottom = inner(one)
    outer_left, outer_top, outer_right, outer_bottom = inner(outer)
    return outer_left <= left and outer_top <= top and right <= outer_right and bottom <= outer_bottom


def crosses(line, placed, unit):
    """Whether a line goes through the inside of a box; its edge is not its inside."""
    left, top, right, bottom = inner(placed, unit)
    for (x, y), (to_x, to_y) in pairwise(line.points):
        low_x, high_x, low_y, high_y = min(x, to_x), max(x, to_x), min(y, to_y), max(y, to_y)
        if low_x < right and left < high_x and top < y < bottom and y == to_y:
            return True
        if low_y < bottom and top < high_y and left < x < right and x == to_x:
            return True
    return False


def check_geometry(canvas, unit=0):
    for one, other in combinations(canvas.boxes, 2):
        assert not overlap(one, other), (one, other)
    for one, other in combinations(canvas.frames, 2):
        assert not overlap(one, other) or is_within(one, other) or is_within(other, one)
    for placed in canvas.boxes:
        layer = placed.box.layers[0]
        for frame in canvas.frames:
            start, stop = frame.frame.layers
            if start <= layer < stop:
                assert is_within(placed, frame)
            else:
                assert not overlap(placed, frame)
        for line in canvas.lines:
            assert not crosses(line, placed, unit), (line, placed)
        assert placed.x >= 0
        assert placed.y >= 0
        assert placed.x + placed.width <= canvas.width
        assert placed.y + placed.height <= canvas.height
    check_arrows(canvas, unit)
    for line in canvas.lines:
        for (x, y), (to_x, to_y) in pairwise(line.points):
            assert (x == to_x) != (y == to_y), line
        assert all(0 <= x <= canvas.width and 0 <= y <= canvas.height for x, y in line.points), line


def check_arrows(canvas, unit):
    """A line that ends at a box, coming from outside, ends in an arrow; and one does at every box."""
    for placed in canvas.boxes:
        entering = [line for line in canvas.lines if enters(line, placed, unit)]
        assert entering, placed
        for line in entering:
            assert line.has_arrow, (line, placed)


def enters(line, placed, unit):
    left, top, right, bottom = inner(placed, unit)
    (from_x, from_y), (x, y) = line.points[-2:]
    if from_y == y and top <= y <= bottom:
        return from_x < x == left or from_x > x == right
    return left <= x <= right and (from_y < y == top or from_y > y == bottom)


def texts_of(canvas, metrics, unit):
    """The sides of every text that stands outside of the boxes, whether a line may end in it, and it."""
    half = 0 if unit else 5
    for label in canvas.labels:
        width = metrics.text(label.text, label.role)
        x = label.x - width // 2 if label.is_centred else label.x
        yield (x, label.y - half, x + width, label.y + half + unit), label.role == "end", label.text
    for placed in canvas.frames:
        y = placed.y if unit else placed.y + 13
        right = placed.x + placed.width - (3 * unit or 9)
        for text, role, is_left in (
            (shortened(placed.frame.title, metrics.longest), "name", True),
            (times_text(placed.frame), "title", False),
        ):
            width = metrics.text(text, role)
            x = placed.x + (3 * unit or 9) if is_left else right - width
            if text:
                # In cells there is a space on either side.
                yield (x - unit, y - half, x + width + unit, y + half + unit), False, text


def check_texts(canvas, metrics, unit):
    """No text stands on another, on a box, or on a line that does not end in it."""
    texts = list(texts_of(canvas, metrics, unit))
    boxes = [(one.x, one.y, one.x + one.width, one.y + one.height) for one in canvas.boxes]
    for (one, _, text), (other, _, second) in combinations(texts, 2):
        # In cells there is a space between two, so that they are not read as one.
        beside = (one[0] - unit, one[1], one[2] + unit, one[3])
        assert not covers(beside, other), (text, second)
    for sides, may_end, text in texts:
        assert min(sides) >= 0
        assert sides[2] <= canvas.width
        assert sides[3] <= canvas.height
        assert not [box for box in boxes if covers(sides, box)], text
        for line in canvas.lines:
            ends = [point for point in (line.points[0], line.points[-1]) if covers(sides, cell(point))]
            for (x, y), (to_x, to_y) in pairwise(line.points):
                drawn = min(x, to_x), min(y, to_y), max(x, to_x) + 1, max(y, to_y) + 1
                assert (may_end and ends) or not covers(sides, drawn), (text, line)


def cell(point):
    return *point, point[0] + 1, point[1] + 1


def covers(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def check_layers(topology, tree):
    """Every layer stands in one box, as itself or as the twin of one; `identity` is a line."""
    shown = Counter(layer for box in boxes(tree) for layer in (*box.layers, *box.twins))
    assert set(shown.values()) <= {1}
    lines = {place for place, layer in enumerate(topology.layers) if layer.op == "identity"}
    assert set(shown) | lines == set(range(len(topology.layers)))


MEDIA = [
    (metrics, unit, is_up)
    for metrics, unit in ((PIXELS, 0), (CELLS, 1), (NARROWER[-1], 1))
    for is_up in (False, True)
]


def check_all(topology, medium, depth=None):
    metrics, unit, is_up = medium
    tree, canvas = drawn(topology, metrics, depth, is_up, has_columns=not unit)
    check_layers(topology, tree)
    check_geometry(canvas, unit)
    check_texts(canvas, metrics, unit)


# ---- random networks --------------------------------------------------------------------------------

LAYERS = st.sampled_from(
    ["conv 3x3 8", "conv 1x1 8", "maxpool 3x3", "batchnorm", "relu", "dwconv 3x3", "identity"]
)
NAMES = st.sampled_from(["a", "b", "stem", "left", "x" * 30])


def bodies(children):
    several = st.lists(children, min_size=0, max_size=4)
    branches = st.lists(several, min_size=1, max_size=4)
    return st.one_of(
        several,
        st.tuples(branches, st.sampled_from(["add", "concat8", "mul"])).map(split),
        st.tuples(NAMES, several).map(lambda pair: {pair[0]: list(pair[1])}),
        several.map(lambda body: {"aux": [*body, "conv 1x1 8"]}),
        st.tuples(st.integers(0, 3), several).map(lambda pair: {"repeat": pair[0], "layers": pair[1]}),
    )


def split(pair):
    branches, merge = pair
    named = {f"b{number}": list(body) for number, body in enumerate(branches)}
    if merge == "concat8":
        return [{"branches": named}, "conv 1x1 8"]
    return {"branches": named, "merge": merge}


NETWORKS = st.recursive(LAYERS, bodies, max_leaves=25).map(
    lambda body: {"input": list(SHAPE), "layers": unique([body])}
)


def unique(body):
    """The body with each name once in its group: names that are taken get a number."""
    taken = Counter()

    def named(one):
        if isinstance(one, list):
            return [named(inner) for inner in one]
        if isinstance(one, dict) and not {"branches", "aux", "repeat"} & set(one):
            ((name, inner),) = one.items()
            taken[name] += 1
            return {f"{name}.{taken[name]}": named(inner)}
        if isinstance(one, dict) and "branches" in one:
            return {**one, "branches": {name: named(inner) for name, inner in one["branches"].items()}}
        if isinstance(one, dict):
            return {name: named(inner) if name != "repeat" else inner for name, inner in one.items()}
        return one

    return named(body)


@fixed(200)
@given(NETWORKS, st.sampled_from(MEDIA))
def test_any_network_is_drawn_without_overlaps(document, medium):
    check_all(Topology.of(loads(json.dumps(document))), medium)


@fixed(200)
@given(NETWORKS, st.integers(1, 3))
def test_any_network_is_drawn_closed_at_a_depth(document, depth):
    topology = Topology.of(loads(json.dumps(document)))
    tree, canvas = drawn(topology, depth=depth)
    check_layers(topology, tree)
    check_geometry(canvas)


# ---- edges by name ----------------------------------------------------------------------------------


PAIRS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), min_size=1, max_size=6
)


def may_read(topology, source, target):
    """Whether a layer may read another by name: it is no sibling branch's and in no other head."""
    groups = [index for index, item in enumerate(topology.items) if isinstance(item, Group)]
    for index in groups:
        layers = topology.layers_of(index)
        inside = list(topology.children(index + 1, topology.items[index].stop))
        if topology.items[index].aux and source in layers and target not in layers:
            return False
        if topology.items[index].kind in ("add", "concat", "mul"):
            ranges = [topology.layers_of(child) for child in inside[:-1]]
            places = [[n for n, one in enumerate(ranges) if layer in one] for layer in (source, target)]
            if all(places) and places[0] != places[1]:
                return False
    return True


def with_edges(network, pairs):
    """The network's items, the targets of the pairs reading their sources too, or these alone."""
    layers = list(network.layers)
    topology = Topology.of(network)
    wanted = {}
    alone = set()
    for source, target, is_alone in pairs:
        if layers and may_read(topology, source % len(layers), target % len(layers)):
            source, target = sorted((source % len(layers), target % len(layers)))
            is_merge = layers[target].op in ("add", "concat", "mul")
            if source != target and not is_merge and layers[target].op != "identity":
                wanted.setdefault(target, set()).add(source)
                alone |= {target} if is_alone else set()
    items, place = [], 0
    for item in network.items:
        if isinstance(item, Layer):
            own = () if place in alone else item.sources
            more = tuple(sorted(wanted.get(place, set()) - set(own)))
            item, place = item._replace(sources=(*own, *more)), place + 1
        items.append(item)
    return items


@fixed(240)
@given(NETWORKS, PAIRS, st.sampled_from(MEDIA))
def test_named_edges_are_lines_that_cross_no_box(document, pairs, medium):
    network = loads(json.dumps(document))
    topology = Topology(with_edges(network, pairs), network.input_shape)
    check_all(topology, medium)


def joined(canvas, start):
    """The ends of the lines that can be reached from a point: lines that touch are one."""
    pieces = [(line.points, one, other) for line in canvas.lines for one, other in pairwise(line.points)]

    def touching(point):
        return [points for points, one, other in pieces if is_on(point, one, other)]

    reached, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting += [end for points in touching(here) for end in points]
            waiting += [
                points[0]
                for points, _, _ in pieces
                for line in touching(here)
                for one, other in pairwise(line)
                if is_on(points[0], one, other)
            ]
    return reached


def is_on(point, one, other):
    (x, y), (left, right), (top, bottom) = point, sorted((one[0], other[0])), sorted((one[1], other[1]))
    return left <= x <= right and top <= y <= bottom


def test_a_skip_over_a_frame_is_a_line_at_the_side():
    # a reads the input, the block is three layers, and d reads what leaves a beside them.
    network = loads(
        "input: [8, 16, 16]\nlayers: [a: conv 3x3 8, block: [conv 3x3 9, conv 3x3 8], d: conv 5x5 8]"
    )
    items = list(network.items)
    assert items[-1].path == "d"
    items[-1] = items[-1]._replace(sources=(2, 0))
    topology = Topology(items, network.input_shape)
    _, canvas = drawn(topology)
    check_geometry(canvas)
    (frame,) = canvas.frames
    target = canvas.boxes[-1]
    middle = target.y + target.height // 2
    (side,) = [line for line in canvas.lines if line.points[-1] == (target.x, middle)]
    assert side.has_arrow
    assert min(x for x, _ in side.points) < frame.x  # it goes round the block
    source = canvas.boxes[0]
    assert source.y + source.height < side.points[0][1] < frame.y  # from the gap below a


def test_a_line_into_a_block_ends_at_the_layer_that_reads_it():
    network = loads(
        "input: [8, 16, 16]\nlayers: [a: conv 3x3 8, b: conv 3x3 9, block: [conv 3x3 9, conv 3x3 8]]"
    )
    items = list(network.items)
    items[-1] = items[-1]._replace(sources=(2, 0))
    _, canvas = drawn(Topology(items, network.input_shape))
    check_geometry(canvas)
    target = canvas.boxes[-1]
    end = (target.x, target.y + target.height // 2)
    first = canvas.boxes[0]
    trunk = (first.x + first.width // 2, first.y + first.height)
    assert end in joined(canvas, trunk)


@pytest.mark.parametrize(
    "reader",
    [
        "conv 3x3 8, concat a",
        "{g: [from a, conv 5x5 8]}",
        "{g: {h: [from a, conv 5x5 8, relu, conv 3x3 8]}}",
        "{branches: {x: [from a, conv 5x5 8], y: conv 1x1 8}}",
        "{aux: [from a, conv 5x5 8]}, conv 3x3 8",
        "{o: {out: [from a, global_avgpool]}}, conv 3x3 8",
    ],
)
@pytest.mark.parametrize("medium", MEDIA)
def test_a_named_edge_ends_in_an_arrow_whatever_holds_its_reader(reader, medium):
    layers = f"a: conv 3x3 8, conv 3x3 9, out: conv 1x1 4, {reader}, out: conv 1x1 4"
    check_all(Topology.of(loads(f"input: [8, 16, 16]\nlayers: [{layers}]")), medium)


def test_what_enters_a_block_is_fetched_inside_it():
    # As `add in` has it: the sum reads the layer before it and what entered the block.
    network = loads("input: [8, 16, 16]\nlayers: [a: conv 3x3 8, block: [conv 3x3 8, conv 5x5 8]]")
    items = list(network.items)
    items[-1] = items[-1]._replace(sources=(1, 0))
    _, canvas = drawn(Topology(items, network.input_shape), has_columns=False)
    check_geometry(canvas)
    (frame,) = canvas.frames
    (side,) = [line for line in canvas.lines if len(line.points) > 3]
    assert all(frame.x < x and frame.y < y for x, y in side.points)


def test_what_an_unread_layer_ends_in_is_a_head():
    # b is read by nobody and the network goes on from a: b stands beside the trunk.
    network = loads("input: [8, 16, 16]\nlayers: [a: conv 3x3 8, b: conv 1x1 255, c: conv 5x5 8]")
    items = list(network.items)
    items[2] = items[2]._replace(sources=(0,))
    _, canvas = drawn(Topology(items, network.input_shape))
    a, c, b = sorted(canvas.boxes, key=lambda placed: placed.x + placed.width // 2)
    assert [one.box.name for one in (b, a, c)] == ["b", "a", "c"]
    assert a.x + a.width // 2 == c.x + c.width // 2 < b.x
    assert "255×16×16" in [label.text for label in canvas.labels]


@fixed(16)
@given(st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59), st.booleans()), max_size=8))
def test_named_edges_pass_from_column_to_column(pairs):
    layers = ", ".join(f"conv 3x3 {8 + number}" for number in range(60))
    network = loads(f"input: [3, 16, 16]\nlayers: [{layers}]")
    topology = Topology(with_edges(network, pairs), network.input_shape)
    tree, canvas = drawn(topology)
    check_layers(topology, tree)
    check_geometry(canvas)
    assert canvas.height < 2 * canvas.width < 6 * canvas.height  # about four to three
    places = {placed.box.layers[0]: placed for placed in canvas.boxes}
    for source, target in (sorted(pair[:2]) for pair in pairs):
        if target - source > 1:
            start, end = places[source], places[target]
            out = start.x + start.width // 2, start.y + start.height
            # At the side, or from above where the layers between are heads that nothing reads.
            side, above = (end.x, end.y + end.height // 2), (end.x + end.width // 2, end.y)
            assert {side, above} & joined(canvas, out)


@pytest.mark.parametrize("start", range(4, 12))
def test_a_column_may_begin_with_what_reads_an_earlier_output(start):
    # Every second layer goes on from the one before the last, which ends in a head of its own.
    layers = ", ".join(f"conv 3x3 {8 + number}" for number in range(60))
    network = loads(f"input: [3, 16, 16]\nlayers: [{layers}]")
    pairs = [(target - 2, target, True) for target in range(start, 60, 2)]
    topology = Topology(with_edges(network, pairs), network.input_shape)
    tree, canvas = drawn(topology)
    check_layers(topology, tree)
    check_geometry(canvas)


# ---- the shipped networks ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spec",
    [
        "conv1x1",
        "inception3a#reduced",
        pytest.param("googlenet#paper", marks=pytest.mark.full),
        pytest.param("inception_v3", marks=pytest.mark.full),
        pytest.param("inception_v4", marks=pytest.mark.full),
        pytest.param("resnet50#v1", marks=pytest.mark.full),
        "mobilenet_v1",
        "mobilenet_v2",
        "squeezenet#v1.1",
        "resnet18",
        "yolov3",
        "retinanet_r50_fpn",
    ],
)
def test_shipped_networks_are_drawn_without_overlaps(spec):
    name, _, variant = spec.partition("#")
    topology = Topology.of(load(name, variant or None))
    for medium in MEDIA:
        check_all(topology, medium)
        check_all(topology, medium, depth=1)


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("after", ["relu", "relu, relu, relu", "leaky_relu, dropout 0.25, hardswish"])
def test_a_wide_sum_has_room_for_the_lines_that_enter_it(after, medium):
    # Two empty branches stand closer to each other than half the width of "+ relu relu relu".
    empty = "{branches: {b0: [], b1: []}, merge: add}"
    text = f"input: [8, 16, 16]\nlayers: [{{repeat: 1, layers: [{empty}, {after}]}}]"
    topology = Topology.of(loads(text))
    check_all(topology, medium)
    _, canvas = drawn(topology, medium[0])
    (placed,) = canvas.boxes
    side = next(line for line in canvas.lines if line.has_arrow and len(line.points) > 2)
    assert side.points[-1][0] == placed.x + placed.width


def test_a_line_from_a_closed_group_leaves_its_box_whatever_it_reads_inside():
    # g has two outputs, a and b; closed it is one box, and both are read from that.
    network = loads(
        "input: [8, 16, 16]\nlayers: [g: [a: conv 3x3 8, b: conv 1x1 8], c: conv 3x3 8, concat g/a g/b]"
    )
    tree, canvas = drawn(Topology.of(network), depth=1)
    check_geometry(canvas)
    assert [label.text for label in canvas.labels if "/" in label.text] == []
    assert [box.sides for box in boxes(tree)] == [(), (), (1,)]


def test_a_closed_head_says_all_that_leaves_it():
    network = loads(
        "input: [8, 16, 16]\n"
        "layers: [h: [{out: conv 1x1 9}, {out: conv 1x1 4}], conv 3x3 2, last: {out: conv 1x1 5}]"
    )
    _, canvas = drawn(Topology.of(network), depth=1)
    ends = [label.text for label in canvas.labels if label.role == "end"]
    assert sorted(ends) == ["5×16×16", "8×16×16", "9×16×16, 4×16×16"]


def frames_of(network):
    _, canvas = drawn(Topology.of(network), top_names=network.top_names)
    return [(one.frame.title, one.frame.times) for one in canvas.frames]


def test_a_name_like_a_block_s_number_is_kept_and_a_repeat_alone_in_it_needs_no_second_frame():
    # Huang et al. 2016, Table 1: blocks of 6, 12, 24 and 16 dense layers; a norm follows the last.
    assert frames_of(load("densenet121")) == [
        ("block1: dense 32", 6),
        ("transition1", 1),
        ("block2: dense 32", 12),
        ("transition2", 1),
        ("block3: dense 32", 24),
        ("transition3", 1),
        ("block4", 1),
        ("dense 32", 16),
    ]


def test_a_named_edge_between_columns_is_one_line_round_its_corners():
    # One for each level, as in Figure 1 of the U-Net paper: out, up, over, down and in.
    _, canvas = drawn(Topology.of(load("unet")))
    ways = [line.points for line in canvas.lines if len(line.points) == 6]
    assert sum(points[-1][1] == points[-2][1] for points in ways) == 4


# The levels of the U-Net; of RetinaNet c3 for m3, m5 for p5 and m4 for p4; of YOLOv3 c3 and c4.
@pytest.mark.parametrize(("spec", "routes"), [("unet", 4), ("retinanet_r50_fpn", 3), ("yolov3", 2)])
def test_an_edge_between_columns_is_told_from_others_along_its_whole_way(spec, routes):
    topology = Topology.of(load(spec))
    _, canvas = drawn(topology)
    assert sorted(canvas.routes.values()) == list(range(routes))
    for source, route in canvas.routes.items():
        lines = [line for line in canvas.lines if canvas.route(line) == route]
        (last,) = [line for line in lines if line.has_arrow]  # each enters one box
        entered = [placed.box for placed in canvas.boxes if enters(last, placed, 0)]
        assert len(entered) == 1
        assert source in topology.sources[entered[0].layers[0]]
        starts = {line.points[0] for line in lines}
        ends = {line.points[-1] for line in lines}
        assert len(starts - ends) == 1  # each but the first goes on where another ends
        assert ends - starts == {last.points[-1]}
    flow = [line for line in canvas.lines if line.source is None]
    assert flow
    assert not [line for line in flow if canvas.route(line) is not None]


def test_without_columns_no_edge_is_told_from_others():
    _, canvas = drawn(Topology.of(load("unet")), has_columns=False)
    assert not [line for line in canvas.lines if canvas.route(line) is not None]


def test_what_comes_from_outside_is_named_once_at_each_height():
    network = load("hrnet_w18")
    topology = Topology.of(network)
    index = next(place for place, item in enumerate(network.items) if item.path == "m1/u")
    canvas = picture(topology, fold(build_item(topology, index)), PIXELS)
    check_geometry(canvas)
    check_texts(canvas, PIXELS, 0)
    names = [label.text for label in canvas.labels if label.text.startswith("m1/")]
    assert sorted(names) == ["m1/x", "m1/z"]


def test_columns_do_not_fill_a_page_with_nothing():
    _, canvas = drawn(Topology.of(load("hrnet_w18")))
    # Each of its seven modules is a column by itself; what stands between them needs none.
    columns = {placed.x + placed.width // 2 for placed in canvas.boxes if not placed.box.sides}
    assert canvas.width < canvas.height
    assert len(columns) < 40
