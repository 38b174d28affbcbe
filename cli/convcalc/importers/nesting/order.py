"""Chains in an order in which nothing is read before it is there, with `from` where the flow jumps."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from ..graph import INPUT
from .chains import Chain
from .heads import Region
from .postponed_heads import Waits, keys_of
from .tree import FedHead, Fork, Jump, Leaf, Strand, TreeItem, nodes_of, references

_Entry = tuple[int, int, "_Rest"]


def ordered(chains: Iterable[Chain], region: Region, waits: Waits) -> Strand:
    """One series of all the chains of a region, in which heads come behind what they wait for."""
    order = _Order(chains, region, waits)
    order.run()
    if region.end is not None and order.flow != region.end:
        order.items.append(Jump(region.end))
    return tuple(order.items)


class _Rest:
    """What is left of a chain, and where it takes up the flow."""

    def __init__(self, chain: Chain, entry: int, waits: Waits) -> None:
        self.items = chain.items()
        self.waits = waits
        self.place = 0
        self.flow = entry if chain.source is None else chain.source
        self.is_taken = False
        self._needs: list[int] | None = None  # what has to be there before the next item

    @property
    def key(self) -> int:
        """The nodes' order is the source's."""
        return min(nodes_of((self.items[self.place],)), default=INPUT)

    @property
    def is_over(self) -> bool:
        return self.place == len(self.items)

    def missing(self, arrived: dict[int, bool]) -> int | None:
        """What the next item needs and is not there yet."""
        if not arrived[self.flow]:
            return self.flow
        if self._needs is None:
            self._needs = self._needed(self.items[self.place])
        while self._needs:
            if not arrived.get(self._needs[-1], True):  # what is not of this region is there
                return self._needs[-1]
            self._needs.pop()
        return None

    def _needed(self, item: TreeItem) -> list[int]:
        inside = set(nodes_of((item,)))
        needs = [one for one in references((item,)) if one not in inside]
        return [*needs, *self.waits.get(item.head, ())] if isinstance(item, FedHead) else needs

    def step(self) -> None:
        self.place += 1
        self._needs = None


class _Order:
    def __init__(self, chains: Iterable[Chain], region: Region, waits: Waits) -> None:
        self.items: list[TreeItem] = []
        self.flow = region.entry
        every = (_Rest(chain, region.entry, waits) for chain in chains)
        rests = [rest for rest in every if not rest.is_over]
        self.arrived = {key: False for rest in rests for key in keys_of(rest.items)}
        self.arrived[region.entry] = True
        self._count = 0  # keeps entries of one key in their order
        self.ready: list[_Entry] = []
        self.here: dict[int, list[_Entry]] = {}  # those that are ready, by their flow
        self.waiting: dict[int, list[_Rest]] = {}  # by what they need next
        for rest in rests:
            self._wait(rest)

    def run(self) -> None:
        while rest := self._next():
            if rest.flow != self.flow:
                self.items.append(Jump(rest.flow))
                self.flow = rest.flow
            while not rest.is_over and rest.missing(self.arrived) is None:
                self._emit(rest.items[rest.place])
                rest.flow = self.flow
                rest.step()
            if not rest.is_over:
                self._wait(rest)

    def _next(self) -> _Rest | None:
        """Rather one that goes on from here than the first in the source's order."""
        for heap in (self.here.get(self.flow, []), self.ready):
            while heap:
                _, _, rest = heappop(heap)
                if not rest.is_taken:
                    rest.is_taken = True
                    return rest
        return None

    def _emit(self, item: TreeItem) -> None:
        self.items.append(item)
        if isinstance(item, (Leaf, Fork)):
            self.flow = item.node
        elif isinstance(item, Jump):
            self.flow = item.source
        for key in keys_of((item,)):
            self.arrived[key] = True
            for rest in self.waiting.pop(key, ()):
                self._wait(rest)

    def _wait(self, rest: _Rest) -> None:
        """Put it aside until what it needs is there."""
        if (number := rest.missing(self.arrived)) is not None:
            self.waiting.setdefault(number, []).append(rest)
            return
        rest.is_taken = False
        self._count += 1
        entry = (rest.key, self._count, rest)
        heappush(self.ready, entry)
        heappush(self.here.setdefault(rest.flow, []), entry)
