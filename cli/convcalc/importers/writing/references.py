"""Which terms are read by a name, from where, and what has to be gone into for that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .foldable_terms import Slot, Term, items

ReadKey = tuple[str, int]  # "tower" or "flow", and the node at its end


class Step(NamedTuple):
    """Into a term that holds others, and which of its bodies."""

    into: Term
    body: int


Way = tuple[Step, ...]


class Readable(NamedTuple):
    """A term that may be read, and the way to it."""

    term: Term
    way: Way


class NameRead(NamedTuple):
    """A slot that reads something by its name, and the way to it; `entry` is what `in` means there."""

    term: Term
    place: int  # among the term's slots
    way: Way
    entry: int

    @property
    def slot(self) -> Slot:
        return self.term.slots[self.place]

    @property
    def key(self) -> ReadKey:
        assert self.slot.node is not None
        return "tower" if self.slot.is_tower else "flow", self.slot.node

    @property
    def is_of_entry(self) -> bool:
        return self.key == ("flow", self.entry)

    def further(self, target: Readable) -> Way:
        """Where the way to the target goes on alone."""
        shared = 0
        for ours, theirs in zip(self.way, target.way, strict=False):
            if ours.into is not theirs.into or ours.body != theirs.body:
                break
            shared += 1
        return target.way[shared:]


class NamesRead:
    """All that is read by name in one body of the language, whatever is known there by name."""

    def __init__(self, body: list[Term], entry: int, in_groups: bool = False) -> None:
        self.terms: list[Term] = []
        self.found: list[NameRead] = []
        self.targets: dict[ReadKey, Readable] = {}
        self._in_groups = in_groups  # whether groups count that have become nothing
        self._walk(body, entry, ())

    def _walk(self, body: list[Term], entry: int, way: Way) -> None:
        for term in body if self._in_groups else items(body):
            self.terms.append(term)
            if term.kind not in ("from", "side"):
                self.targets.setdefault(("flow", term.end), Readable(term, way))
            if term.is_tower:
                self.targets[("tower", term.end)] = Readable(term, way)
            for place, slot in enumerate(term.slots):
                if slot.node is not None:
                    self.found.append(NameRead(term, place, way, entry))
            for number, inner in enumerate(term.bodies):
                is_new = term.kind in ("fork", "repeat")
                self._walk(inner, term.entry if is_new else entry, (*way, Step(term, number)))

    def by_name(self) -> Iterator[tuple[NameRead, Readable | None]]:
        """What is read by another name than `in`, with its target unless that is the input."""
        for reading in self.found:
            if not reading.is_of_entry:
                yield reading, self.targets.get(reading.key)


def open_up(body: list[Term], entry: int) -> None:
    """Mark the terms in which something else than their end is read from outside."""
    for reading, target in NamesRead(body, entry, in_groups=True).by_name():
        for step in reading.further(target) if target else ():
            step.into.is_open = True
