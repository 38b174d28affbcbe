"""What names stand for, and how layers are numbered, at a place of the network."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..errors import Mark, Note
from ..language.template import Template


class UnknownWord(LookupError):
    """A name whose value follows from something that has been reported; no more is said of it."""


class Trail(NamedTuple):
    """The block calls around a place, the innermost first."""

    block: str
    mark: Mark
    outer: "Trail | None"
    depth: int

    def blocks(self) -> Iterable[str]:
        trail: Trail | None = self
        while trail:
            yield trail.block
            trail = trail.outer

    def notes(self) -> Iterable[Note]:
        trail: Trail | None = self
        while trail:
            yield Note(trail.mark, f'in this call of "{trail.block}"')
            trail = trail.outer


class Scope(NamedTuple):
    """The names known at a place; `channels` is `$in`, None where the shape is unknown.

    `driven` are the names whose values follow from `$in`, each with a fingerprint of how.
    """

    words: Mapping[str, str]
    channels: int | None
    trail: Trail | None = None
    driven: Mapping[str, int] = MappingProxyType({})

    def value(self, name: str) -> str | int | None:
        return self.words.get(name) if name != "in" else self.channels

    def lookup(self, name: str) -> str:
        value = self.value(name)
        if value is None:
            raise UnknownWord
        return str(value)

    def fingerprint(self, template: Template) -> int | None:
        """How a text follows from `$in`, whatever that is; None where it does not."""
        if template.constant is not None:
            return None
        if not any(name == "in" or name in self.driven for name in template.names):
            return None
        return template.fingerprint(lambda name: self.driven.get(name) or self.words.get(name))


class Numbering:
    """Gives numbers to what has no name of its own in a group, skipping names already taken."""

    def __init__(self, written: Iterable[str]) -> None:
        self.taken = set(written)
        self.last: dict[str, int] = {}

    def number(self, stem: str) -> str:
        """`conv1`, `conv2`, ..."""
        number = self.last.get(stem, 0) + 1
        while f"{stem}{number}" in self.taken:
            number += 1
        self.last[stem] = number
        name = f"{stem}{number}"
        self.taken.add(name)
        return name

    def merge(self, name: str) -> str:
        """A merge's own name, numbered only if a branch has taken it."""
        return self.number(name) if name in self.taken else name
