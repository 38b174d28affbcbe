"""What terms have in common, and the values in which they differ."""

from collections.abc import Iterator
from typing import NamedTuple

from .foldable_terms import Slot, Term, items

Key = tuple[object, ...]


class PlacedSlot(NamedTuple):
    """A slot of a term, and how many channels `$in` is at its place, 0 where that changes."""

    term: Term
    place: int  # among the term's slots
    slot: Slot
    channels: int


class Skeleton(NamedTuple):
    key: Key
    values: list[PlacedSlot]


def skeleton(body: list[Term], channels: int, entry: int) -> Skeleton:
    """The skeleton of a body that this many channels enter."""
    walk = _Walk()
    walk.body(body, channels, entry)
    return Skeleton(tuple(walk.key), walk.values)


class _Walk:
    def __init__(self) -> None:
        self.key: list[object] = []
        self.values: list[PlacedSlot] = []
        self.places: dict[object, int] = {}  # of what has left a term so far, and of towers

    def body(self, body: list[Term], channels: int, entry: int) -> None:
        for term in items(body):
            self.key += (term.kind, term.label, term.fixed, len(term.bodies))
            for place, slot in enumerate(term.slots):
                self.slot(term, place, slot, channels, entry)
            for inner in term.bodies:
                is_new = term.kind in ("fork", "repeat")
                self.body(inner, *((term.channels, term.entry) if is_new else (channels, entry)))
                self.key.append("end")
            self.places[term.end] = len(self.places)
            if term.is_tower:
                self.places["tower", term.end] = len(self.places)

    def slot(self, term: Term, place: int, slot: Slot, channels: int, entry: int) -> None:
        """A size is a value; what is read is said by its place where that is in here."""
        self.key.append(slot.name)
        known: object = ("tower", slot.node) if slot.is_tower else slot.node
        if slot.node is not None and known == entry:
            self.key.append("in")
        elif known in self.places:
            self.key.append(self.places[known])
        else:
            self.values.append(PlacedSlot(term, place, slot, channels))


def equal(one: Term, other: Term) -> bool:
    """Whether two terms are written alike; what reads something by name is like nothing."""
    first, second = (skeleton([term], term.channels, term.entry) for term in (one, other))
    if first.key != second.key or any(value.slot.node is not None for value in first.values):
        return False
    return [value.slot for value in first.values] == [value.slot for value in second.values]


def collapse(body: list[Term]) -> None:
    """Equal neighbours as rounds, in all of a body; then groups that became no block are taken apart."""
    for term in body:
        for inner in term.bodies:
            collapse(inner)
    body[:] = items(list(_rounds(list(items(list(_rounds(body)))))))


def _rounds(body: list[Term]) -> Iterator[Term]:
    place = 0
    while place < len(body):
        stop = place + 1
        while stop < len(body) and _goes_on(body[stop - 1], body[stop]):
            stop += 1
        yield body[place] if stop - place == 1 else _repeated(body[place:stop])
        place = stop


def _goes_on(one: Term, behind: Term) -> bool:
    """Whether the next is another round; of rounds only the last can be read by name."""
    if any(term.is_tower or term.is_open for term in (one, behind)):
        return False
    return one.kind in _REPEATED and not one.is_read and equal(one, behind)


def _repeated(run: list[Term]) -> Term:
    first = run[0]
    first.name = ""
    widths = {term.channels for term in run}
    return Term(
        "repeat",
        "",
        (Slot("count", str(len(run))),),
        bodies=[[first]],
        entry=first.entry,
        channels=first.channels if len(widths) == 1 else 0,  # `$in` would be another in each round
        end=run[-1].end,
        height=first.height,
    )


_REPEATED = ("call", "fork", "group")
