"""How a flat graph becomes nested series and branches."""

from convcalc.importers.graph import INPUT, GraphBuilder, GraphHead
from convcalc.importers.nesting.concat_chains import continued
from convcalc.importers.nesting.nest import nest
from convcalc.importers.nesting.tree import FedHead, Fork, Jump, Leaf

SHAPE = (4, 8, 8)


class Drawn:
    """A graph that is drawn node by node; every map has four channels but what a concat gives."""

    def __init__(self):
        self.builder = GraphBuilder("net", SHAPE)

    def layer(self, source, op="relu", size=8):
        return self.builder.add(op, source, output=(4, size, size))

    def merge(self, op, *sources):
        channels = sum(self.builder.shape(source)[0] for source in sources) if op == "concat" else 4
        return self.builder.add(op, *sources, output=(channels, *self.builder.shape(sources[0])[1:]))

    def tree(self, *heads):
        self.builder.heads = list(heads)
        return nest(self.graph())

    def graph(self):
        return self.builder.graph("test", "nodes", len(self.builder.nodes))


def test_a_chain_is_a_series():
    drawn = Drawn()
    a = drawn.layer(INPUT)
    b = drawn.layer(a)
    assert drawn.tree(GraphHead(b))[1] == (Leaf(a), Leaf(b))


def test_a_merge_of_one_place_is_branches_in_the_order_of_its_inputs():
    drawn = Drawn()
    a = drawn.layer(INPUT)
    b, c = drawn.layer(a), drawn.layer(a)
    d = drawn.merge("concat", c, a, b)
    assert drawn.tree(GraphHead(d))[1] == (Leaf(a), Fork(d, ((Leaf(c),), (), (Leaf(b),))))


def test_branches_nest():
    drawn = Drawn()
    a = drawn.layer(INPUT)
    b, c = drawn.layer(a), drawn.layer(a)
    inner = drawn.merge("add", b, c)
    outer = drawn.merge("add", INPUT, inner)
    split = Fork(inner, ((Leaf(b),), (Leaf(c),)))
    assert drawn.tree(GraphHead(outer))[1] == (Fork(outer, ((), (Leaf(a), split))),)


def test_a_concat_that_continues_another_reads_it():
    drawn = Drawn()
    a = drawn.layer(INPUT)
    first = drawn.merge("concat", INPUT, a)
    b = drawn.layer(first)
    second = drawn.merge("concat", INPUT, a, b)
    c = drawn.layer(second)
    last = drawn.merge("concat", c, INPUT, a, b)
    nodes = continued(drawn.graph()).nodes
    assert nodes[second].inputs == (first, b)
    assert nodes[last].inputs == (c, second)


def test_inputs_that_part_later_are_merged_first():
    """As in Inception v4's last module (arXiv:1602.07261, Figure 6)."""
    drawn = Drawn()
    a, b = drawn.layer(INPUT), drawn.layer(INPUT)
    c, d = drawn.layer(b), drawn.layer(b)
    whole = drawn.merge("concat", a, c, d)
    graph, (split,) = drawn.tree(GraphHead(whole))
    inner = len(graph.nodes) - 1
    assert split == Fork(whole, ((Leaf(a),), (Leaf(b), Fork(inner, ((Leaf(c),), (Leaf(d),))))))
    assert graph.nodes[inner].inputs == (c, d)
    assert graph.nodes[inner].output == (8, 8, 8)
    assert graph.nodes[whole].inputs == (a, inner)


def test_what_crosses_is_read_by_name():
    drawn = Drawn()
    a, b = drawn.layer(INPUT), drawn.layer(INPUT)
    c = drawn.merge("add", a, b)
    d = drawn.layer(b)
    e = drawn.merge("add", c, d)
    _, series = drawn.tree(GraphHead(e))
    split = Fork(e, ((Leaf(c, (a,)),), (Leaf(d),)))
    assert series == (Leaf(a), Jump(INPUT), Leaf(b), split)


def test_a_skip_over_other_resolutions_has_a_name():
    drawn = Drawn()
    a = drawn.layer(INPUT)
    flow = a
    for size in (4, 4, 4, 4, 4, 4, 4, 4, 8):
        flow = drawn.layer(flow, size=size)
    last = drawn.merge("concat", flow, a)
    _, series = drawn.tree(GraphHead(last))
    assert series[-1] == Leaf(last, (a,))
    assert len(series) == 11


def test_what_only_a_head_needs_is_its_body():
    drawn = Drawn()
    a = drawn.layer(INPUT)
    b, c = drawn.layer(a), drawn.layer(a)
    d = drawn.layer(b)
    _, series = drawn.tree(GraphHead(d, "side", aux=True), GraphHead(c))
    assert series == (Leaf(a), FedHead(0, (Leaf(b), Leaf(d))), Leaf(c))


def test_the_last_of_several_outputs_is_cut_where_the_others_are():
    """As YOLOv3's: a detection, then a merge of what was before it with something earlier."""
    drawn = Drawn()
    a = drawn.layer(INPUT)
    b = drawn.layer(a)
    one = drawn.layer(b, "sigmoid")
    c = drawn.merge("add", b, a)
    d = drawn.layer(c)
    two = drawn.layer(d, "sigmoid")
    _, series = drawn.tree(GraphHead(one), GraphHead(two))
    body = (Leaf(b), FedHead(0, (Leaf(one),)))
    assert series == (Leaf(a), Fork(c, (body, ())), Leaf(d), FedHead(1, (Leaf(two),)))


def test_outputs_of_their_own_stand_where_they_begin():
    drawn = Drawn()
    a = drawn.layer(INPUT)
    b, c = drawn.layer(a), drawn.layer(a)
    assert drawn.tree(GraphHead(b), GraphHead(c))[1] == (
        Leaf(a),
        FedHead(0, (Leaf(b),)),
        FedHead(1, (Leaf(c),)),
    )


def test_nothing_is_read_before_it_is_there():
    """Two chains that read one another in turns."""
    drawn = Drawn()
    a, b = drawn.layer(INPUT), drawn.layer(INPUT)
    for _ in range(4):
        a, b = drawn.merge("add", a, drawn.layer(b)), drawn.merge("add", b, drawn.layer(a))
    end = drawn.merge("concat", a, b)
    _, series = drawn.tree(GraphHead(end))
    there, flow = {INPUT}, INPUT
    for item in series:
        needed = item.named if isinstance(item, Leaf) else (item.source,)
        assert {flow, *needed} <= there
        flow = item.node if isinstance(item, Leaf) else item.source
        there.add(flow)
    assert there == {INPUT, *range(end + 1)}


def test_400_nested_skips_and_20_000_layers_take_time_in_proportion():
    drawn = Drawn()
    flow, skips = INPUT, []
    for _ in range(400):
        flow = drawn.layer(flow)
        skips.append(flow)
        for _ in range(25):
            flow = drawn.layer(flow)
    for skip in reversed(skips):
        for _ in range(25):
            flow = drawn.layer(flow)
        flow = drawn.merge("add", flow, skip)
    _, series = drawn.tree(GraphHead(flow))
    assert len(series) > 20_000
