"""Which layers are fed by another layer than before, or share another's weights or size."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..network.layer import NETWORK_INPUT
from ..network.model import Network
from ..text.wording import MOST_LISTED
from .layer_identity import KnownLayer

Renamed = tuple[str, str]  # the names that were, and that are
_MOST_SOURCES = 100  # of one layer that are looked at


class _Source(NamedTuple):
    """A layer that feeds another: what identifies it in both versions, and its place in one."""

    identity: Hashable
    layer: int


class Wiring:
    """The layers of two versions, and what identifies each: the same for both of a pair.

    `moved` are the places in `after` of layers that stand elsewhere in the order than before.
    """

    def __init__(
        self,
        old: Network,
        new: Network,
        before: Sequence[KnownLayer],
        after: Sequence[KnownLayer],
        found: Mapping[int, int],
        moved: Iterable[int] = (),
    ) -> None:
        self.old, self.new = old, new
        was = {one.layer.path: ("old", place) for place, one in enumerate(before)}
        now = {
            one.layer.path: ("old", found[place]) if place in found else ("new", place)
            for place, one in enumerate(after)
        }
        removed = set(range(len(before))) - set(found.values())
        added = set(range(len(after))) - set(found)
        # What came and what went tell of themselves, and so of what they feed.
        self._unpaired = {("old", place) for place in removed} | {("new", place) for place in added}
        self._moved = {("old", found[place]) for place in moved}
        self._merged: dict[Hashable, Hashable] = {}  # what is merged, by number
        self._was, self._now = self._identities(old, was), self._identities(new, now)

    def _identities(self, network: Network, known: Mapping[str, Hashable]) -> list[Hashable]:
        """What identifies each layer; a merge of branches is identified by what it merges."""
        found: list[Hashable] = []
        for layer in network.layers:
            if layer.path in known:
                found.append(known[layer.path])
                continue
            merged = tuple(found[one] if one >= 0 else NETWORK_INPUT for one in layer.sources)
            found.append(self._merged.setdefault(merged, ("merged", len(self._merged))))
        return found

    def read_before(self, place: int) -> Hashable:
        """What a layer read by name."""
        return _of(self._was, self.old.layers[place].reads)

    def read_after(self, place: int) -> Hashable:
        """What a layer reads by name now; equal to what it read before where the layers are the same."""
        return _of(self._now, self.new.layers[place].reads)

    def changed(self, was: int, now: int) -> Iterator[tuple[str, str, str]]:
        """How a layer's edges differ; the layer is given by its places in both networks."""
        old, new = self.old.layers[was], self.new.layers[now]
        if self._are_others(old.sources, new.sources):
            yield from self._fed_by_others(old.sources, new.sources, self._was[was] in self._moved)
        for how, one, other, nothing in (
            ("shares", old.shares, new.shares, "no weights"),
            ("like", old.like, new.like, "no layer"),
        ):
            before, after = _listed(one), _listed(other)
            if self._are_others(before, after):
                names = _named(self.old, before, self.new, after)
                yield how, names[0] or nothing, names[1] or nothing

    def _fed_by_others(
        self, were: Sequence[int], are: Sequence[int], is_moved: bool
    ) -> Iterator[tuple[str, str, str]]:
        """The sources that differ, where no layer that was added, removed or moved tells of it.

        A layer that has moved itself is fed by others; what it stood between follows from that.
        """
        old, new = _sources(self.old, self._was, were), _sources(self.new, self._now, are)
        gone, come = _less(old, new), _less(new, old)
        if not (gone or come):  # the same in another order
            gone, come = old, new
        told = self._unpaired if is_moved else self._unpaired | self._moved
        if told.isdisjoint(one.identity for one in (*gone, *come)):
            if not (gone and come):
                gone, come = old, new
            names = [one.layer for one in gone], [one.layer for one in come]
            yield "reads", *_named(self.old, names[0], self.new, names[1])

    def ends(self) -> Renamed | None:
        """The outputs of both networks by name, where other layers feed them than before."""
        if not self._are_others(self.old.ends, self.new.ends):
            return None
        return _named(self.old, self.old.ends, self.new, self.new.ends)

    def _are_others(self, was: Sequence[int], now: Sequence[int]) -> bool:
        return _of(self._was, was) != _of(self._now, now)


def _listed(layer: int | None) -> tuple[int, ...]:
    return () if layer is None else (layer,)


def _of(identities: Sequence[Hashable], layers: Sequence[int]) -> Hashable:
    return tuple(NETWORK_INPUT if one == NETWORK_INPUT else identities[one] for one in layers)


def _sources(network: Network, identities: Sequence[Hashable], layers: Sequence[int]) -> list[_Source]:
    return [
        _Source(NETWORK_INPUT if one == NETWORK_INPUT else identities[one], one)
        for one in _opened(network, layers)
    ]


def _opened(network: Network, layers: Sequence[int]) -> list[int]:
    """The layers themselves; for a concat of branches, which has no name, what it merges.

    Each concat is opened once, because concats of concats can stand for more layers than fit a machine.
    """
    found: list[int] = []
    opened: set[int] = set()
    waiting = list(reversed(layers))
    while waiting and len(found) < _MOST_SOURCES:
        one = waiting.pop()
        if one == NETWORK_INPUT or not network.layers[one].is_silent:
            found.append(one)
        elif one not in opened:
            opened.add(one)
            waiting += reversed(network.layers[one].sources)
    return found


def _less(some: Sequence[_Source], others: Sequence[_Source]) -> list[_Source]:
    """Those of the sources that the others lack, in their order."""
    left = Counter(one.identity for one in others)
    found = []
    for one in some:
        if left[one.identity]:
            left[one.identity] -= 1
        else:
            found.append(one)
    return found


def _named(old: Network, was: Sequence[int], new: Network, now: Sequence[int]) -> Renamed:
    return _shortened(_names(old, was), _names(new, now))


def _names(network: Network, layers: Sequence[int]) -> list[str]:
    return [network.path_of(one) or "the input" for one in _opened(network, layers)]


def _shortened(was: Sequence[str], now: Sequence[str]) -> Renamed:
    """`e3` and `e2` for `e3/double1/relu2` and `e2/double1/relu2`: the ends that all share are cut."""
    paths = [name.split("/") for name in (*was, *now)]
    while paths and all(len(path) > 1 and path[-1] == paths[0][-1] for path in paths):
        paths = [path[:-1] for path in paths]
    names = ["/".join(path) for path in paths]
    old, new = names[: len(was)], names[len(was) :]
    return _joined(old), _joined(new)


def _joined(names: Sequence[str]) -> str:
    return " ".join(names[:MOST_LISTED]) + (" and more" if len(names) > MOST_LISTED else "")
