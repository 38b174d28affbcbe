"""Which layers read another layer than before, or share another's weights, once all are paired."""

from collections.abc import Hashable, Iterator, Mapping, Sequence

from ..network.layer import NETWORK_INPUT
from ..network.model import Network
from .layer_identity import KnownLayer

Renamed = tuple[str, str]  # the names that were, and that are


class Wiring:
    """The layers of two versions, and what identifies each: the same for both of a pair."""

    def __init__(
        self,
        old: Network,
        new: Network,
        before: Sequence[KnownLayer],
        after: Sequence[KnownLayer],
        found: Mapping[int, int],
    ) -> None:
        self.old, self.new = old, new
        was = {one.layer.path: ("old", place) for place, one in enumerate(before)}
        now = {
            one.layer.path: ("old", found[place]) if place in found else ("new", place)
            for place, one in enumerate(after)
        }
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
        """How a layer's edges differ; the layer is given by its places in both networks.

        What flows to it is not compared: where it reads no other name, that follows from other layers.
        """
        old, new = self.old.layers[was], self.new.layers[now]
        if self._are_others(old.sources, new.sources):
            yield from self._told("reads", old.reads, new.reads, "no name")
        yield from self._told("shares", _listed(old.shares), _listed(new.shares), "no weights")

    def _told(
        self, how: str, was: Sequence[int], now: Sequence[int], nothing: str
    ) -> Iterator[tuple[str, str, str]]:
        if self._are_others(was, now):
            before, after = _named(self.old, was, self.new, now)
            yield how, before or nothing, after or nothing

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


def _named(old: Network, was: Sequence[int], new: Network, now: Sequence[int]) -> Renamed:
    return _shortened(_names(old, was), _names(new, now))


def _names(network: Network, layers: Sequence[int]) -> list[str]:
    """The names of what a concat of branches merges, because it has no name that anyone wrote."""
    found: list[int] = []
    for one in layers:
        is_silent = one != NETWORK_INPUT and network.layers[one].is_silent
        found += network.layers[one].sources if is_silent else (one,)
    return [network.path_of(one) or "the input" for one in found]


def _shortened(was: Sequence[str], now: Sequence[str]) -> Renamed:
    """`e3` and `e2` for `e3/double1/relu2` and `e2/double1/relu2`: the ends that all share are cut."""
    paths = [name.split("/") for name in (*was, *now)]
    while paths and all(len(path) > 1 and path[-1] == paths[0][-1] for path in paths):
        paths = [path[:-1] for path in paths]
    names = ["/".join(path) for path in paths]
    old, new = names[: len(was)], names[len(was) :]
    return " ".join(old), " ".join(new)
