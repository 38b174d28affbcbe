"""Which layer of one version of a network is which layer of another."""

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from ..network.layer import Layer
from ..network.model import Network
from .layer_identity import KnownLayer, Partners
from .ordering import by_order

Parts = Counter[Any]


Trait = Callable[[KnownLayer], Hashable]  # None where a layer has none to be known by


def partners(
    old: Network | None, new: Network | None, before: Sequence[KnownLayer], after: Sequence[KnownLayer]
) -> Partners:
    """Pair layers by their paths, and those that are left by what they do and where they stand.

    Where both networks have no top-level name in common, their order pairs them.
    """
    found = _same_ends(before, after)
    if old and new and not {_top(one.layer) for one in before} & {_top(one.layer) for one in after}:
        found |= by_order(old, new, before, after)
    for trait in _traits(before, after):
        _match(found, before, after, trait)
    moves = Counter((after[now].group, before[was].group) for now, was in found.items())
    renamed = {new: old for (new, old), _ in reversed(moves.most_common())}  # most of its layers
    in_old_groups = [one._replace(group=renamed.get(one.group, one.group)) for one in after]
    for trait in _IN_ITS_GROUP:
        _match(found, before, in_old_groups, trait)
    return found


def _same_ends(before: Sequence[KnownLayer], after: Sequence[KnownLayer]) -> Partners:
    """Pair the layers that are the same from the start and from the end; most edits are in one place."""
    old, new = [_sign(one) for one in before], [_sign(one) for one in after]
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    end = next((at for at in range(most - start) if old[~at] != new[~at]), most - start)
    pairs = {at: at for at in range(start)}
    return pairs | {len(new) - at: len(old) - at for at in range(1, end + 1)}


def _sign(one: KnownLayer) -> Hashable:
    return one.family, one.layer.operation, one.layer.input


def _traits(before: Sequence[KnownLayer], after: Sequence[KnownLayer]) -> tuple[Trait, ...]:
    """The traits by which layers are paired, from the surest to the weakest.

    Where there are more or fewer layers without a name than before, their numbers have shifted. They
    then say less than what the layers do: a new layer before `conv2` makes it `conv3`.
    """
    were, are = (Counter(one.family for one in layers) for layers in (before, after))

    def shifted(trait: Trait) -> Trait:
        return lambda one: None if were[one.family] == are[one.family] else trait(one)

    return (
        shifted(_sign),
        lambda one: (one.layer.path, one.layer.operation),
        shifted(lambda one: (one.family, one.layer.operation)),
        lambda one: one.layer.path,
        lambda one: (one.layer.name, one.layer.operation, one.layer.input),
        lambda one: (one.layer.operation, one.layer.input),
        lambda one: (_below_top(one.layer), one.layer.operation) if one.group else None,
        lambda one: (_top(one.layer), one.layer.operation),
    )


def _top(layer: Layer) -> str:
    return layer.path.partition("/")[0]


def _below_top(layer: Layer) -> str:
    return layer.path.partition("/")[2]


# These pair what is left once renamed groups are paired.
_IN_ITS_GROUP: tuple[Trait, ...] = (
    lambda one: (one.group, one.layer.name, one.layer.op),
    lambda one: (one.group, one.place, one.siblings),
)


def _match(
    found: Partners, before: Sequence[KnownLayer], after: Sequence[KnownLayer], trait: Trait
) -> None:
    """Pair layers that have a trait in common and no partner yet, the first with the first."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    taken = set(found.values())
    for place, one in enumerate(before):
        if place not in taken and (sign := trait(one)) is not None:
            waiting[sign].append(place)
    for place, one in enumerate(after):
        if place not in found and (same := waiting.get(trait(one))):
            found[place] = same.popleft()


def out_of_order(found: Partners) -> set[int]:
    """The places of the layers that moved; as few as explain the order."""
    return set(found) - set(_longest_rising(sorted(found), found))


def _longest_rising(places: Sequence[int], found: Partners) -> list[int]:
    """The longest part of `places` whose earlier places rise as well (patience sorting)."""
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


def pair_up(gone: Sequence[Parts], come: Sequence[Parts]) -> dict[int, int]:
    """What came, with what it was: the most alike first, where at least half is the same."""
    likely = [
        (likeness, now, was)
        for now, new in enumerate(come)
        for was, old in enumerate(gone)
        if (likeness := _likeness(old, new)) >= 0.5
    ]
    found: dict[int, int] = {}
    for _, now, was in sorted(likely, key=lambda one: -one[0]):
        if now not in found and was not in found.values():
            found[now] = was
    return found


def _likeness(old: Parts, new: Parts) -> float:
    """From 0 to 1; twice what they share among all that they have."""
    return 2 * (old & new).total() / max(old.total() + new.total(), 1)
