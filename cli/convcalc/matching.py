"""Which layer of one version of a network is which layer of another."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence

from .network.model import Layer

Partners = dict[int, int]  # the places of layers now, and where they were before

Trait = Callable[[Layer], Hashable]  # None where a layer has none to be known by


def partners(before: Sequence[Layer], after: Sequence[Layer]) -> Partners:
    """Layers are known by their paths; what is left over, by what it does.

    A number that was given to a layer without a name is a weaker sign than what the layer does:
    a layer put in before `conv2` makes a `conv3` of it.
    """
    found: Partners = {}
    for trait in _TRAITS:
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        taken = set(found.values())
        for place, layer in enumerate(before):
            if place not in taken and (sign := trait(layer)) is not None:
                waiting[sign].append(place)
        for place, layer in enumerate(after):
            if place not in found and (same := waiting.get(trait(layer))):
                found[place] = same.popleft()
    return found


def out_of_order(before: Sequence[Layer], after: Sequence[Layer], found: Partners) -> set[int]:
    """The places of layers now that kept their paths but not their order: the fewest that moved."""
    kept = [now for now in sorted(found) if before[found[now]].path == after[now].path]
    return set(kept) - set(_longest_rising(kept, found))


def _longest_rising(places: Sequence[int], found: Partners) -> list[int]:
    """The longest part of `places` whose earlier places rise too (patience sorting)."""
    ends: list[int] = []  # the smallest earlier place at which a part of each length ends
    last: list[int] = []  # and the place that it is of
    behind: dict[int, int | None] = {}
    for now in places:
        length = bisect_left(ends, found[now])
        behind[now] = last[length - 1] if length else None
        ends[length : length + 1] = [found[now]]
        last[length : length + 1] = [now]
    rising: list[int] = []
    place = last[-1] if last else None
    while place is not None:
        rising.append(place)
        place = behind[place]
    return rising


def _is_numbered(layer: Layer) -> bool:
    return layer.name.removeprefix(layer.op).isdigit()


def _group(layer: Layer) -> str:
    return layer.path.rpartition("/")[0]


def _top(layer: Layer) -> str:
    return layer.path.partition("/")[0]


def _below_top(layer: Layer) -> str:
    return layer.path.partition("/")[2]


# From the surest sign to the weakest.
_TRAITS: tuple[Trait, ...] = (
    lambda layer: (layer.path, layer.operation),
    lambda layer: (_group(layer), layer.operation, layer.input) if _is_numbered(layer) else None,
    lambda layer: layer.path,
    lambda layer: (layer.name, layer.operation, layer.input),
    lambda layer: (layer.operation, layer.input),
    lambda layer: (_below_top(layer), layer.operation) if _below_top(layer) else None,
    lambda layer: (_top(layer), layer.operation),
)
