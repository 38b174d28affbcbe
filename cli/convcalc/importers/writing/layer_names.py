"""The names that are written: of what is read by name, and of the network's parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ..graph import INPUT
from .fold import Folded
from .foldable_terms import Term, items
from .naming import TakenNames
from .references import NameRead, NamesRead, Readable, Way

_NAMED = ("conv", "dwconv", "conv_transpose", "linear", "maxpool", "avgpool", "global_avgpool")
_NAMELESS = ("from", "side")  # what flows on has a name already; a head has one only to be gone into


def give_names(folded: Folded) -> str | None:
    """Name the terms, and say in each slot what it reads; the name of the input, where it has one."""
    bodies = [NamesRead(folded.body, INPUT)]
    bodies += [NamesRead(block.body, block.entry) for block in folded.blocks]
    by_name = [found for body in bodies for found in body.by_name()]
    names = _Names(by_name)
    image = names.image(by_name)
    names.parts(folded.body)
    for body in bodies:
        names.inside(body)
    names.heads(folded.body)
    for reading, target in by_name:
        text = "/".join(_segments(reading.further(target), target)) if target else image or ""
        slots = list(reading.term.slots)
        slots[reading.place] = reading.slot._replace(text=text)
        reading.term.slots = tuple(slots)
    return image


def _segments(way: Way, target: Readable) -> Iterable[str]:
    """The names on the way to a target, and its own; lists and repeats without names have none."""
    for step in way:
        if step.into.is_named:
            yield step.into.name
        if step.into.kind == "fork":
            yield step.into.names[step.body]
    yield target.term.name


def _opened(way: Way) -> Iterator[Term]:
    """What has to have a name to be gone into: branches that are all of a group have the group's."""
    around: Term | None = None
    for step in way:
        is_whole = around is not None and around.kind == "group" and len(list(items(around.body))) == 1
        if step.into.kind != "repeat" and step.into.label != "out" and not is_whole:
            yield step.into
        around = step.into


def _is_part(term: Term) -> bool:
    return bool(term.name) and (term.kind in ("call", "group", "fork") or term.label in _NAMED)


class _Names:
    def __init__(self, by_name: list[tuple[NameRead, Readable | None]]) -> None:
        self.taken = TakenNames()
        self.needed: dict[int, Term] = {}  # what has to have a name, by its identity
        for reading, target in by_name:
            if target:
                opened = _opened(reading.further(target))
                self.needed |= {id(term): term for term in (target.term, *opened)}

    def image(self, by_name: list[tuple[NameRead, Readable | None]]) -> str | None:
        """A branch that reads the network's input can say it by a name only."""
        return self.taken.unique("image") if any(target is None for _, target in by_name) else None

    def parts(self, body: list[Term]) -> None:
        """The trunk's parts keep the source's names, where these tell them apart."""
        counts = Counter(term.name for term in items(body) if _is_part(term))
        for term in items(body):
            is_own = _is_part(term) and counts[term.name] == 1 and term.name != term.label
            if term.kind not in _NAMELESS and (id(term) in self.needed or is_own):
                self._name(term)

    def inside(self, body: NamesRead) -> None:
        for term in body.terms:
            if id(term) in self.needed and not term.is_named:
                self._name(term)

    def heads(self, body: list[Term]) -> None:
        for term in items(body):
            if term.kind == "side" and term.name and not term.is_named:
                self._name(term)

    def _name(self, term: Term) -> None:
        term.is_named = True
        stem = "shared" if term.is_tower else "skip"
        term.name = self.taken.unique(term.name) if term.name else self.taken.numbered(stem)
