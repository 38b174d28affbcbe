"""Chains: what follows one another without a fork or a merge by branches in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..graph import SourceNode
from .heads import Region
from .tree import FedHead, Fork, Leaf, Strand, TreeItem, nodes_of


class Chain:
    """Items in order. `source` is where it takes up the flow, None where its region begins."""

    def __init__(self, source: int | None, end: int) -> None:
        self.source = source
        self.end = end
        self.size = 0  # layers
        self.depth = 0  # of branches within branches
        self.pins: list[int] = []  # merges by name that read something in it
        self.weights: set[int] = set()  # those in it that several layers have
        self.parent: Chain | None = None  # the chain of which it has become a part
        self._low = self._high = 0  # of the longest axis, where there is more than a point
        self._parts: list[Any] = []  # items, and lists of such: joining takes the same time always

    def items(self) -> Strand:
        found: list[TreeItem] = []
        stack: list[Any] = [self._parts]
        while stack:
            part = stack.pop()
            if isinstance(part, list):
                stack += reversed(part)
            else:
                found.append(part)
        return tuple(found)

    def add(self, item: Leaf | Fork, node: SourceNode, heads: Iterable[FedHead]) -> None:
        self._parts += [item, *heads]
        self.end = item.node
        self.size += 1
        if (size := max(node.output[1:], default=1)) > 1:
            self._reach(size, size)

    def absorb(self, branch: Chain) -> None:
        """Take in a branch of the split that has been added."""
        self.depth = max(self.depth, branch.depth + 1)
        self._merge(branch)

    def join(self, rest: Chain) -> None:
        """Go on with what takes up the flow at the end."""
        self._parts.append(rest._parts)
        self.end = rest.end
        self.depth = max(self.depth, rest.depth)
        self._merge(rest)

    def root(self) -> Chain:
        """The chain of which it is a part by now."""
        chain = self
        while chain.parent:
            if chain.parent.parent:
                chain.parent = chain.parent.parent
            chain = chain.parent
        return chain

    def is_closed(self, home: dict[int, Chain]) -> bool:
        """Whether only what is in it reads, by name, what is in it."""
        while self.pins:
            if home[self.pins[-1]].root() is not self:
                return False
            self.pins.pop()
        return True

    def leaves_resolution(self, *around: tuple[int, ...]) -> bool:
        """Whether it goes to half the size of what is around it, or to twice that."""
        sizes = [max(axes) for axes in around if axes]
        if not sizes or not self._low:
            return False
        return 2 * self._low <= min(sizes) or self._high >= 2 * max(sizes)

    def _merge(self, other: Chain) -> None:
        other.parent = self
        self.size += other.size
        self._reach(other._low, other._high)
        few, many = sorted((self.pins, other.pins), key=len)
        many += few
        self.pins = many
        fewer, more = sorted((self.weights, other.weights), key=len)
        more |= fewer
        self.weights = more

    def _reach(self, low: int, high: int) -> None:
        if low:
            self._low = min(low, self._low or low)
            self._high = max(high, self._high)


class Chains:
    """The chains of a region while it is read. A node that several read, or none, ends its chain."""

    def __init__(
        self,
        region: Region,
        nodes: list[SourceNode],
        sharers: Mapping[int, int],
        heads: Iterable[FedHead],
        late: Iterable[tuple[int, FedHead]] = (),
    ) -> None:
        self.nodes = nodes
        self.sharers = sharers
        self.readers = dict.fromkeys((region.entry, *region.nodes), 0)  # edges not named so far
        for number in region.nodes:
            for source in nodes[number].inputs:
                self.readers[source] += 1
        self.home: dict[int, Chain] = {}  # where each merge by name stands
        first = Chain(None, region.entry)
        first._parts += heads
        self._first = first
        self._by_end = {region.entry: first}
        self._from: dict[int, dict[int, Chain]] = {}  # by where they take up the flow
        for source, side in late:
            self.readers[source] += 1
            self._start(source)._parts.append(side)

    def all(self) -> list[Chain]:
        """Those that are no part of another."""
        return [self._first, *(chain for group in self._from.values() for chain in group.values())]

    def fork(self, source: int) -> int | None:
        """Where a merge's input would part from others: at itself if others read it too."""
        return source if self.readers[source] > 1 else self._by_end[source].source

    def branch(self, source: int, fork: int) -> Chain | None:
        """The chain from the fork to a merge's input; None where that is the fork."""
        return None if source == fork else self._by_end[source]

    def follow(
        self,
        source: int,
        item: Leaf | Fork,
        heads: Iterable[FedHead] = (),
        within: Iterable[Chain] = (),
        before: Iterable[TreeItem] = (),
    ) -> None:
        """Put an item behind what it reads, with what makes its other inputs before it."""
        if before and source in self._by_end:
            self._by_end[source].pins.append(item.node)
        is_last = self.readers[source] == 1
        chain = self._by_end.pop(source) if is_last else self._start(source)
        heads = tuple(heads)
        chain._parts += before
        chain.add(item, self.nodes[item.node], heads)
        inside = (item.node, *(number for side in heads for number in nodes_of(side.body)))
        chain.weights.update(self.sharers[one] for one in inside if one in self.sharers)
        self._by_end[item.node] = chain
        if isinstance(item, Leaf) and item.named:
            self.home[item.node] = chain
        for branch in within:
            assert branch.source is not None
            del self._from[branch.source][id(branch)]
            chain.absorb(branch)

    def _start(self, source: int) -> Chain:
        chain = Chain(source, source)
        self._from.setdefault(source, {})[id(chain)] = chain
        return chain

    def name(self, source: int, merge: int) -> None:
        """A merge reads this by name, so that it is no fork any more if one reader is left."""
        chain = self._by_end[source]
        chain.pins.append(merge)
        self.readers[source] -= 1
        started = self._from.get(source, {})
        if self.readers[source] == 1 and started:
            (rest,) = started.values()
            del self._from[source]
            chain.join(rest)
            del self._by_end[source]
            self._by_end[rest.end] = chain
