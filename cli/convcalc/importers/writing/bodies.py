"""Terms as the language writes them: texts, lists and mappings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...language.shorthand import line_of
from ...ops import OPS
from ..operation_kinds import LIGHT
from .block_arguments import Param
from .foldable_terms import Slot, Term, items
from .yaml_text import Unit

YamlValue = Any  # a text, a list of such, or a mapping to such

Defaults = Mapping[tuple[str, str], str]  # of an operation's option in this file


_NOTHING = -2  # no node's number


class Writer:
    """Writes terms; knows the arguments of blocks."""

    def __init__(self, params: Mapping[str, list[Param]], defaults: Defaults | None = None) -> None:
        self.params = params
        self.defaults = defaults or {}

    def body(self, body: list[Term], entry: int) -> YamlValue:
        """A list, or the only thing in it."""
        written = self.list(body, entry)
        return written[0] if len(written) == 1 else _in_units(written)

    def list(self, body: list[Term], entry: int) -> list[YamlValue]:
        """The things in a body that this node enters."""
        found: list[YamlValue] = []
        for place, term in enumerate(items(body)):
            if place == 0 and (inner := _kept(term)) is not None and term.entry == entry:
                found += self.list(inner, entry)
                found.append(self.named(term, f"{term.label} in"))
            else:
                found.append(self.term(term, entry))
        return found

    def term(self, term: Term, entry: int) -> YamlValue:
        return self.named(term, _KINDS[term.kind](self, term, entry))

    def named(self, term: Term, written: YamlValue) -> YamlValue:
        """With the name by which what leaves it is known."""
        return {term.name: written} if term.is_named else written

    def operation(self, term: Term, entry: int) -> YamlValue:
        """`conv 3x3/2 64 1 groups=2 bias`"""
        operation = OPS[term.label]
        given = {}
        for option, text in (*((slot.name, slot.text) for slot in term.slots), *term.fixed):
            default = self.defaults.get((term.label, option), operation.options[option].default_text)
            if text not in ("", default):
                given[option] = text
        return line_of(term.label, given)

    def call(self, term: Term, entry: int) -> YamlValue:
        """`inception 64 96 128 16 32 32`; what has its default is left out."""
        words, is_behind = [term.label], False
        for param, slot in zip(self.params[term.label], term.slots, strict=True):
            text = slot.text if slot.node is None else self.read(slot, entry)
            if text == param.default:
                is_behind = True
            else:
                words.append(f"{param.name}={text}" if is_behind else text)
        return " ".join(words)

    def read(self, slot: Slot, entry: int) -> str:
        """How what a slot means is called here."""
        if slot.node is None:
            return slot.text
        is_entry = slot.node == entry and not slot.is_tower
        return "in" if is_entry else slot.text or "name1"  # as long as it has no name yet

    def reading(self, term: Term, entry: int) -> YamlValue:
        """`from x`, `concat x y`, `again x`"""
        return " ".join([term.label, *(self.read(slot, entry) for slot in term.slots)])

    def fork(self, term: Term, entry: int) -> YamlValue:
        pairs = zip(term.names, term.bodies, strict=True)
        branches = {name: self.body(body, term.entry) or "identity" for name, body in pairs}
        return {"branches": branches} | ({} if term.label == "concat" else {"merge": term.label})

    def side(self, term: Term, entry: int) -> YamlValue:
        return {term.label: self.body(term.body, entry)}

    def repeat(self, term: Term, entry: int) -> YamlValue:
        return {"repeat": term.slots[0].text, "layers": self.body(term.body, term.entry)}

    def group(self, term: Term, entry: int) -> YamlValue:
        """What stands elsewhere again may not read what enters here by a name."""
        return self.body(term.body, _NOTHING if term.is_tower else entry)


def _in_units(written: list[YamlValue]) -> list[YamlValue]:
    """A layer and what only norms, activates or drops its values are one."""
    found: list[YamlValue] = []
    for one in written:
        is_light = isinstance(one, str) and one.split()[0] in LIGHT
        if is_light and found and isinstance(found[-1], Unit):
            found[-1].append(one)
        elif is_light and found and isinstance(found[-1], str):
            found.append(Unit([found.pop(), one]))
        else:
            found.append(one)
    return found


def _kept(term: Term) -> list[Term] | None:
    """The branch of two of which the other is what enters, where the order of the two is nothing."""
    if term.kind != "fork" or len(term.bodies) != 2 or term.is_open or term.is_tower:
        return None
    filled = [body for body in term.bodies if body]
    is_last_kept = not term.bodies[1]
    return filled[0] if len(filled) == 1 and (term.label != "concat" or is_last_kept) else None


_KINDS: dict[str, Callable[[Writer, Term, int], YamlValue]] = {
    "op": Writer.operation,
    "call": Writer.call,
    "merge": Writer.reading,
    "from": Writer.reading,
    "again": Writer.reading,
    "fork": Writer.fork,
    "side": Writer.side,
    "repeat": Writer.repeat,
    "group": Writer.group,
}
