"""Runs of layers that stand again with the same weights: `again head` instead of its layers.

Items are alike that have the same operations, the same weights and, of branches, the same ones in
them. Where an item with weights has been met before, it and those behind it are a run of copies as
long as the originals go on alike. Copies may be of different lengths, so that an original row is
cut where any of them begins or ends: each piece is a tower, and a copy is one tower or several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..graph import Graph, GraphHead, SourceNode
from ..operation_kinds import ACTIVATIONS, NORMS
from .sharing import sharers
from .tree import Copy, FedHead, Fork, Leaf, Strand, Tower, TreeItem, references

_Key = tuple[object, ...]
_LIGHT = frozenset((*NORMS, *ACTIVATIONS))  # these belong to the layer before them


def with_towers(graph: Graph, series: Strand) -> Strand:
    """The tree with towers and what is made of them."""
    shared = sharers(graph.nodes)
    if not shared:
        return series
    alike = _Alike(graph.nodes, shared)
    rows = _Examination(alike, frozenset(references(series)), graph.heads)
    return rows.row(series).rebuilt()


class _Alike:
    """A key for each item, equal for those that are alike."""

    def __init__(self, nodes: Sequence[SourceNode], shared: Mapping[int, int]) -> None:
        self.nodes = nodes
        self.shared = shared
        self._numbers: dict[_Key, int] = {}

    def key(self, item: TreeItem) -> int | None:
        """None for what is like nothing: it has weights of its own, or reads something by name."""
        found = self._of(item)
        return None if found is None else self._numbers.setdefault(found, len(self._numbers))

    def _of(self, item: TreeItem) -> _Key | None:
        if isinstance(item, Leaf):
            node, root = self.nodes[item.node], self.shared.get(item.node)
            is_own = root is None and node.params > 0
            return None if item.named or is_own else (node.op, node.options, node.zeros, root)
        if not isinstance(item, Fork):
            return None
        branches = [tuple(map(self.key, branch)) for branch in item.branches]
        if any(key is None for branch in branches for key in branch):
            return None
        return (self.nodes[item.node].op, *branches)

    def has_weights(self, item: TreeItem) -> bool:
        if isinstance(item, Leaf):
            return item.node in self.shared
        inside = item.branches if isinstance(item, Fork) else ()
        return any(self.has_weights(one) for branch in inside for one in branch)


class _CopiedRun(NamedTuple):
    """So many items of a row from here on are those of another from there on."""

    length: int
    row: _Examined
    start: int


class _Examined:
    """The items of one series, and what is found out about them."""

    def __init__(self, alike: _Alike, series: Strand, is_aux: bool) -> None:
        self.alike = alike
        self.items = series
        self.is_aux = is_aux
        self.keys = [alike.key(item) for item in series]
        self.inner: dict[int, tuple[_Examined, ...]] = {}
        self.copies: dict[int, _CopiedRun] = {}
        self.is_copy = [False] * len(series)
        self.cuts: set[int] = set()  # where copies of a run in it begin or end
        self.is_copied: set[int] = set()

    def rebuilt(self) -> Strand:
        found: list[TreeItem] = []
        place = 0
        while place < len(self.items):
            if copy := self.copies.get(place):
                found += self._copied(place, copy)
                place += copy.length
                continue
            stop = self._piece(place, len(self.items))
            found += self._original(place, stop)
            place = stop
        return tuple(found)

    def _piece(self, start: int, end: int) -> int:
        """Where the piece that begins here stops."""
        stop = start + 1
        while (
            start in self.is_copied and stop < end and stop in self.is_copied and stop not in self.cuts
        ):
            stop += 1
        return stop

    def _original(self, start: int, stop: int) -> Iterator[TreeItem]:
        items = tuple(self._item(place) for place in range(start, stop))
        if start in self.is_copied and self._has_weights(start, stop):
            yield Tower(items)
        else:
            yield from items

    def _has_weights(self, start: int, stop: int) -> bool:
        return any(self.alike.has_weights(item) for item in self.items[start:stop])

    def _item(self, place: int) -> TreeItem:
        item = self.items[place]
        bodies = tuple(row.rebuilt() for row in self.inner.get(place, ()))
        if isinstance(item, Fork):
            return item._replace(branches=bodies)
        return item._replace(body=bodies[0]) if isinstance(item, FedHead) else item

    def _copied(self, place: int, copy: _CopiedRun) -> Iterator[TreeItem]:
        end = copy.start + copy.length
        start = copy.start
        while start < end:
            stop = copy.row._piece(start, end)
            body = self.items[place : place + stop - start]
            place += stop - start
            if copy.row._has_weights(start, stop):
                tower = copy.row.items[stop - 1]
                assert isinstance(tower, (Leaf, Fork))
                yield Copy(tower.node, body)
            else:
                yield from body
            start = stop


class _Examination:
    """Finds the copies in all rows, in written order."""

    def __init__(self, alike: _Alike, read: frozenset[int], heads: Sequence[GraphHead]) -> None:
        self.alike = alike
        self.heads = heads
        self.read = read  # nodes that are read by name
        # Where items of a key stand first, in all that counts and in side heads.
        self.known: dict[bool, dict[int, tuple[_Examined, int]]] = {False: {}, True: {}}

    def row(self, series: Strand, is_aux: bool = False) -> _Examined:
        row = _Examined(self.alike, series, is_aux)
        place = 0
        while place < len(series):
            if copy := self._copy(row, place):
                row.copies[place] = copy
                row.is_copy[place : place + copy.length] = [True] * copy.length
                copy.row.cuts |= {copy.start, copy.start + copy.length}
                copy.row.is_copied.update(range(copy.start, copy.start + copy.length))
                place += copy.length
            else:
                self._enter(row, place)
                place += 1
        return row

    def _enter(self, row: _Examined, place: int) -> None:
        """Look into an original, and know it from then on."""
        item, key = row.items[place], row.keys[place]
        if isinstance(item, Fork):
            row.inner[place] = tuple(self.row(branch, row.is_aux) for branch in item.branches)
        elif isinstance(item, FedHead):
            row.inner[place] = (self.row(item.body, self.heads[item.head].aux),)
        if key is not None and self.alike.has_weights(item):
            self.known[row.is_aux].setdefault(key, (row, place))

    def _copy(self, row: _Examined, place: int) -> _CopiedRun | None:
        key = row.keys[place]
        if key is None or (known := self._known(key, row.is_aux)) is None:
            return None
        original, start = known
        length, last = 1, 1  # of these, as far as there are weights
        while self._goes_on(row, place, original, start, length):
            item = row.items[place + length]
            length += 1
            if self.alike.has_weights(item) or (length == last + 1 and self._is_light(item)):
                last = length
        return _CopiedRun(last, original, start)

    def _known(self, key: int, is_aux: bool) -> tuple[_Examined, int] | None:
        """What counts has nothing of a side head."""
        return self.known[False].get(key) or (self.known[True].get(key) if is_aux else None)

    def _goes_on(self, row: _Examined, place: int, original: _Examined, start: int, length: int) -> bool:
        ours, theirs = place + length, start + length
        if ours >= len(row.items) or theirs >= len(original.items):
            return False
        if original.is_copy[theirs] or (original is row and theirs >= place):
            return False
        if self._is_read(row.items[ours - 1]) or self._is_read(original.items[theirs - 1]):
            return False
        key = row.keys[ours]
        return key is not None and key == original.keys[theirs]

    def _is_read(self, item: TreeItem) -> bool:
        return isinstance(item, (Leaf, Fork)) and item.node in self.read

    def _is_light(self, item: TreeItem) -> bool:
        return isinstance(item, Leaf) and self.alike.nodes[item.node].op in _LIGHT
