"""From a flat graph to nested series and branches, in one pass over its nodes.

Chains grow in the order of execution. Where a merge's inputs all come from one place, and nobody
else reads them on the way, they become branches and the merge the next link of the chain that
they left: so series-parallel networks nest from the inside out. What does not nest becomes a merge
by name; the edges that are named count no more, which lets the rest go on. In the end the chains
are put in an order in which nothing is read before it is there.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..graph import INPUT, Graph, Node, Shape
from .chains import Chain, Chains
from .heads import Region, cut_heads
from .order import ordered
from .tree import Leaf, Series, Side, Split

_DEEPEST = 4  # branches within branches that a reader still follows
_LONG = 8  # layers that a skip to another resolution and back may jump over


def nest(graph: Graph) -> tuple[Graph, Series]:
    """The graph, with merges within merges written out, and its tree."""
    nodes = list(graph.nodes)
    trunk, heads = cut_heads(graph)
    attached: dict[int, list[Side]] = {}  # by the node that feeds them
    for number, region in heads:
        # What feeds a head is never within another one.
        body = _Nest(graph.input, nodes, {}, region).series()
        attached.setdefault(region.entry, []).append(Side(number, body))
    series = _Nest(graph.input, nodes, attached, trunk).series()
    return graph._replace(nodes=tuple(nodes)), series


class _Nest:
    def __init__(
        self, shape: Shape, nodes: list[Node], attached: dict[int, list[Side]], region: Region
    ) -> None:
        self.nodes = nodes
        self.input = shape
        self.attached = attached
        self.region = region
        self.chains = Chains(region, self.nodes, self._heads(region.entry))

    def series(self) -> Series:
        for number in self.region.nodes:
            node = self.nodes[number]
            if len(node.inputs) == 1:
                self._follow(node.inputs[0], Leaf(number))
            elif not self._split(number, node):
                self._merge_by_name(number, node)
        return ordered(self.chains.all(), self.region)

    def _heads(self, number: int) -> Iterable[Side]:
        return self.attached.pop(number, ())

    def _follow(self, source: int, item: Leaf | Split, within: Iterable[Chain] = ()) -> None:
        self.chains.follow(source, item, self._heads(item.node), within)

    # Branches.

    def _split(self, number: int, node: Node) -> bool:
        """Make branches of what enters a merge, if that leaves nothing unread."""
        inputs = list(node.inputs)
        if node.op in ("concat", "add"):
            self._merge_within(node, inputs)
        # The merges within stay right where the outer one does not become branches.
        self.nodes[number] = node._replace(inputs=tuple(inputs))
        forks = {self.chains.fork(source) for source in inputs}
        fork = forks.pop()
        return not forks and fork is not None and self._join(number, inputs, fork)

    def _merge_within(self, node: Node, inputs: list[int]) -> None:
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
            inner = Node(node.op, tuple(parts), (channels, *shapes[0][1:]), place=node.place)
            self.nodes.append(inner)
            self.chains.readers[number] = 1
            if not self._join(number, parts, fork):
                self.nodes.pop()
                return
            inputs[start:stop] = [number]

    def _group(self, node: Node, inputs: list[int]) -> tuple[int, int, int] | None:
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
        if any(branch and not self._may_nest(branch, fork, number) for branch in branches):
            return False
        bodies = tuple(branch.items() if branch else () for branch in branches)
        self.chains.readers[fork] -= len(inputs) - 1  # the branches are now one reader
        self._follow(fork, Split(number, bodies), [branch for branch in branches if branch])
        return True

    def _may_nest(self, branch: Chain, fork: int, number: int) -> bool:
        if branch.depth >= _DEEPEST or not branch.is_closed(self.chains.home):
            return False
        return branch.size <= _LONG or not branch.leaves_resolution(self._axes(fork), self._axes(number))

    def _axes(self, number: int) -> tuple[int, ...]:
        return self.input[1:] if number == INPUT else self.nodes[number].output[1:]

    # Names.

    def _merge_by_name(self, number: int, node: Node) -> None:
        """What flows, then the others by name: a concat keeps its order, a sum goes on last."""
        inputs = list(self.nodes[number].inputs)
        flow = inputs[0] if node.op == "concat" else max(inputs)
        named = tuple(source for source in inputs if source != flow)
        leaf = Leaf(number, named)
        self._follow(flow, leaf)
        for source in named:
            self.chains.name(source, number)
