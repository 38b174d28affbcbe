"""Random flat graphs as a reader might give them: any wiring, shared weights, heads, modules, names."""

from hypothesis import strategies as st

from convcalc.importers.graph import INPUT, GraphBuilder, GraphHead, Module

NAMES = ["", "", "a", "b", "stage 1", "skip1", "shared1", "conv", "in", "image"]
KINDS = ["conv", "conv", "relu", "add", "concat", "mul"]


class Growing:
    """A graph of maps of 4x4, to which a layer or a whole tower is added at a time."""

    def __init__(self, draw):
        self.draw = draw
        self.builder = GraphBuilder("net", (4, 4, 4))
        self.has_names = draw(st.booleans())
        self.owners = {}  # by what shares its weights: the convolution, and the channels that enter it

    def some(self):
        """A node that may be read, often the last."""
        last = len(self.builder.nodes) - 1
        return last if self.draw(st.booleans()) else self.draw(st.integers(INPUT, last))

    def add(self, op, *inputs, output, **more):
        scope = ()
        if self.has_names:
            names = self.draw(st.lists(st.sampled_from(NAMES[2:]), max_size=2))
            scope = tuple(Module(name, "GraphHead") for name in names)
            more["name"] = self.draw(st.sampled_from(NAMES))
        return self.builder.add(op, *inputs, output=output, scope=scope, **more)

    def conv(self, source, key=None):
        """A 1x1 convolution, with the weights of the first with that key if these fit."""
        channels = self.builder.shape(source)[0]
        owner, fits = self.owners.get(key, (None, 0))
        shares = owner if fits == channels else None
        counts = {"params": 0 if shares is not None else 4 * channels, "macs": 64 * channels}
        options = {"kernel_size": (1, 1), "out_channels": 4}
        number = self.add("conv", source, output=(4, 4, 4), shares=shares, **counts, **options)
        self.owners.setdefault(number if key is None else key, (number, channels))
        return number

    def layer(self, op, one, other, key=None):
        """The operation, or what comes nearest of what these two inputs allow."""
        shapes = [self.builder.shape(one), self.builder.shape(other)]
        if op == "conv":
            return self.conv(one, key)
        if op == "relu" or one == other:
            return self.add("relu", one, output=shapes[0])
        if op == "concat" or shapes[0] != shapes[1]:
            return self.add("concat", one, other, output=(shapes[0][0] + shapes[1][0], 4, 4))
        return self.add(op, one, other, output=shapes[0])

    def tower(self, source, number, layers):
        """Layers that have the same weights wherever they stand; each reads what is before it."""
        there = [source]
        for place, (op, *back) in enumerate(layers):
            inputs = [there[-1 - min(steps, len(there) - 1)] for steps in back]
            there.append(self.layer(op, *inputs, key=("tower", number, place)))

    def heads(self):
        """All that nothing reads, and some more, in any order; one at least counts."""
        read = {source for node in self.builder.nodes for source in node.inputs}
        numbers = range(len(self.builder.nodes))
        more = self.draw(st.lists(st.sampled_from(numbers), max_size=2))
        ends = list({*(set(numbers) - read), *more})
        ends = self.draw(st.permutations(ends))
        aux = [*(self.draw(st.booleans()) for _ in ends[1:]), False]
        return [GraphHead(end, "", is_aux) for end, is_aux in zip(ends, aux, strict=True)]


LAYERS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 1), st.integers(0, 3)), min_size=1, max_size=5
)


@st.composite
def graphs(draw):
    graph = Growing(draw)
    towers = draw(st.lists(LAYERS, max_size=2))
    for _ in range(draw(st.integers(1, 10))):
        kind = draw(st.sampled_from([*KINDS, *range(len(towers))]))
        if isinstance(kind, int):
            graph.tower(graph.some(), kind, towers[kind])
        else:
            keys = [None, *graph.owners]
            key = draw(st.sampled_from(keys)) if kind == "conv" else None
            graph.layer(kind, graph.some(), graph.some(), key)
    graph.builder.heads = graph.heads()
    return graph.builder.graph("test", "nodes", len(graph.builder.nodes))
