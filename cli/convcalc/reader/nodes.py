"""The tree that the reader makes of a YAML text: texts, sequences and mappings with their places."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..text.problems import Mark
from ..text.wording import quoted


@dataclass(slots=True, eq=False, repr=False)
class Text:
    """A scalar, untyped. `exact` means that its characters stand in the file just as they are."""

    value: str
    line: int
    column: int
    length: int
    exact: bool
    one_line: bool = True

    @property
    def mark(self) -> Mark:
        return Mark(self.line, self.column, self.length)

    def part(self, start: int, length: int) -> Mark:
        """The place of some of its characters, or of all where the file has them otherwise."""
        return Mark(self.line, self.column + start, length) if self.exact else self.mark


@dataclass(slots=True, eq=False, repr=False)
class Sequence:
    """A list."""

    mark: Mark
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Entry:
    """A key of a mapping with its value."""

    key: Text
    value: Node


@dataclass(slots=True, eq=False, repr=False)
class Mapping:
    """Keys with their values, in the order of the file."""

    mark: Mark
    entries: dict[str, Entry] = field(default_factory=dict)


Node = Text | Sequence | Mapping


def dash_hint(node: Node) -> str:
    """The hint for a list of named items where a mapping should stand."""
    is_named = isinstance(node, Sequence) and any(isinstance(item, Mapping) for item in node.items)
    return "; leave the dashes out" if is_named else ""


def describe(node: Node) -> str:
    """What a node is, for messages such as `must be a number, not a list`."""
    match node:
        case Text():
            return quoted(node.value)
        case Sequence():
            return "a list"
        case Mapping():
            return "a mapping"
