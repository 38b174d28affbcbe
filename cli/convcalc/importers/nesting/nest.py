"""From a flat graph to nested series and branches, in one pass over its nodes.

Chains grow in the order of execution. Where a merge's inputs all come from one place, and nobody
else reads them on the way, they become branches and the merge the next link of the chain that
they left: so series-parallel networks nest from the inside out. What does not nest becomes a merge
by name; the edges that are named count no more, which lets the rest go on. In the end the chains
are put in an order in which nothing is read before it is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...ops.shapes import Shape
from ..graph import INPUT, Graph, SourceNode
from .chains import Chain, Chains
from .heads import Region, Regions, cut_heads
from .order import ordered
from .postponed_heads import Waits, early_heads, waits_of
from .sharing import sharers
from .tree import FedHead, Fork, Jump, Leaf, Strand, TreeItem

_MOST_PASSES = 3  # before every head is a late one
_DEEPEST = 4  # branches within branches that a reader still follows
_LONG = 5  # layers that a skip to another resolution and back may jump over


def nest(graph: Graph) -> tuple[Graph, Strand]:
    """The graph, with merges within merges written out, and its tree."""
    regions = cut_heads(graph)
    late: set[int] = set()
    for _ in range(_MOST_PASSES):
        nested, series = _nested(graph, regions, late)
        early = early_heads(nested, series) - late
        if not early:
            return nested, series
        late |= early
    return _nested(graph, regions, set(range(len(graph.heads))))


def _nested(graph: Graph, regions: Regions, late: set[int]) -> tuple[Graph, Strand]:
    """The same where these heads are written when what they wait for is there."""
    nodes, shared = list(graph.nodes), sharers(graph.nodes)
    trunk, heads = regions
    attached: dict[int, list[FedHead]] = {}  # by the node that feeds them
    waiting: list[tuple[int, FedHead]] = []
    for number, region in heads:
        # What feeds a head is never within another one.
        side = FedHead(number, _Nest(graph.input, nodes, shared, region).series())
        if number in late:
            waiting.append((region.entry, side))
        else:
            attached.setdefault(region.entry, []).append(side)
    waits = waits_of(graph, heads, late)
    series = _Nest(graph.input, nodes, shared, trunk, attached, waiting).series(waits)
    return graph._replace(nodes=tuple(nodes)), series


class _Nest:
    def __init__(
        self,
        shape: Shape,
        nodes: list[SourceNode],
        sharers: Mapping[int, int],
        region: Region,
        attached: dict[int, list[FedHead]] | None = None,
        late: Iterable[tuple[int, FedHead]] = (),
    ) -> None:
        self.nodes = nodes
        self.input = shape
        self.attached = attached or {}
        self.region = region
        self.chains = Chains(region, self.nodes, sharers, self._heads(region.entry), late)

    def series(self, waits: Waits | None = None) -> Strand:
        for number in self.region.nodes:
            node = self.nodes[number]
            if len(node.inputs) == 1:
                self._follow(node.inputs[0], Leaf(number))
            elif not self._split(number, node):
                self._merge_by_name(number, node)
        return ordered(self.chains.all(), self.region, waits or {})

    def _heads(self, number: int) -> Iterable[FedHead]:
        return self.attached.pop(number, ())

    def _follow(self, source: int, item: Leaf | Fork, within: Iterable[Chain] = ()) -> None:
        self.chains.follow(source, item, self._heads(item.node), within)

    # Branches.

    def _split(self, number: int, node: SourceNode) -> bool:
        """Make branches of what enters a merge, if that leaves nothing unread."""
        inputs = list(node.inputs)
        if node.op in ("concat", "add"):
            self._merge_within(node, inputs)
        # The merges within stay right where the outer one does not become branches.
        self.nodes[number] = node._replace(inputs=tuple(inputs))
        forks = {self.chains.fork(source) for source in inputs}
        fork = forks.pop()
        return not forks and fork is not None and self._join(number, inputs, fork)

    def _merge_within(self, node: SourceNode, inputs: list[int]) -> None:
        """Inputs that part below the others' branching point are a merge of their own.

        In Inception v4 (arXiv:1602.07261, Figure 6) a branch ends in 1x3 beside 3x1, and one concat
        takes both with the other branches.
        """
        while group := self._group(node, inputs):
            start, stop, fork = group
            parts = inputs[start:stop]
            shapes = [self.nodes[part].output for part in parts]
            channels = sum(shape[0] for shape in shapes) if node.op == "concat" else shapes[0][0]
            number = len(self.nodes)
            inner = SourceNode(node.op, tuple(parts), (channels, *shapes[0][1:]), place=node.place)
            self.nodes.append(inner)
            self.chains.readers[number] = 1
            if not self._join(number, parts, fork):
                self.nodes.pop()
                return
            inputs[start:stop] = [number]

    def _group(self, node: SourceNode, inputs: list[int]) -> tuple[int, int, int] | None:
        """A run of inputs that are all the readers of a fork, but not all the inputs."""
        forks = [self.chains.fork(source) for source in inputs]
        start = 0
        while start < len(inputs):
            stop = start + 1
            while stop < len(inputs) and forks[stop] == forks[start]:
                stop += 1
            fork = forks[start]
            is_part = 1 < stop - start < len(inputs)
            if is_part and fork is not None and self.chains.readers[fork] == stop - start:
                return start, stop, fork
            start = stop
        return None

    def _join(self, number: int, inputs: list[int], fork: int) -> bool:
        branches = [self.chains.branch(source, fork) for source in inputs]
        filled = [branch for branch in branches if branch]
        if not all(self._may_nest(branch, fork, number) for branch in filled):
            return False
        self.chains.readers[fork] -= len(inputs) - 1  # the branches are now one reader
        bodies = tuple(branch.items() if branch else () for branch in branches)
        if _have_common_weights(filled):
            self._line_up(number, inputs, bodies, fork, filled)
        else:
            self._follow(fork, Fork(number, bodies), filled)
        return True

    def _line_up(
        self, number: int, inputs: list[int], bodies: Sequence[Strand], fork: int, within: list[Chain]
    ) -> None:
        """Branches one behind the other, each from the fork, and a merge that reads them by name.

        Of a sum the branches with layers come last; a concat goes on with its first input.
        """
        is_sum = self.nodes[number].op != "concat"
        pairs = list(zip(inputs, bodies, strict=True))
        pairs = sorted(pairs, key=lambda pair: bool(pair[1])) if is_sum else [*pairs[1:], pairs[0]]
        items: list[TreeItem] = []
        for source, body in pairs:
            if items and (body or source == pairs[-1][0]):
                items.append(Jump(fork))
            items += body
        leaf = Leaf(number, tuple(source for source, _ in pairs[:-1]))
        self.chains.follow(fork, leaf, self._heads(number), within, items)

    def _may_nest(self, branch: Chain, fork: int, number: int) -> bool:
        if branch.depth >= _DEEPEST or not branch.is_closed(self.chains.home):
            return False
        return branch.size <= _LONG or not branch.leaves_resolution(self._axes(fork), self._axes(number))

    def _axes(self, number: int) -> tuple[int, ...]:
        return self.input[1:] if number == INPUT else self.nodes[number].output[1:]

    # Names.

    def _merge_by_name(self, number: int, node: SourceNode) -> None:
        """What flows, then the others by name: a concat keeps its order, a sum goes on last."""
        inputs = list(self.nodes[number].inputs)
        flow = inputs[0] if node.op == "concat" else max(inputs)
        named = tuple(source for source in inputs if source != flow)
        leaf = Leaf(number, named)
        self._follow(flow, leaf)
        for source in named:
            self.chains.name(source, number)


def _have_common_weights(branches: Iterable[Chain]) -> bool:
    """Whether two branches have a layer in common.

    Branches do not see each other, so that neither could say that the layer is the other's.
    """
    seen: set[int] = set()
    for branch in branches:
        if not seen.isdisjoint(branch.weights):
            return True
        seen |= branch.weights
    return False
