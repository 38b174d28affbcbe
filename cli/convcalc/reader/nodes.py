"""The tree that the reader makes of a YAML text: texts, sequences and mappings with their places.

These are no dataclasses, and the bodies neither. To generate the code of all of them would take
another 2 ms of each command, a fortieth of `summary googlenet`.
"""

from __future__ import annotations

from ..text.problems import Mark
from ..text.wording import quoted


class Text:
    """A scalar, untyped. `exact` means that its characters stand in the file just as they are."""

    __slots__ = ("column", "exact", "length", "line", "one_line", "value")

    def __init__(
        self, value: str, line: int, column: int, length: int, exact: bool, one_line: bool = True
    ) -> None:
        self.value = value
        self.line = line
        self.column = column
        self.length = length
        self.exact = exact
        self.one_line = one_line

    @property
    def mark(self) -> Mark:
        return Mark(self.line, self.column, self.length)

    def part(self, start: int, length: int) -> Mark:
        """The place of some of its characters, or of all where the file has them otherwise."""
        return Mark(self.line, self.column + start, length) if self.exact else self.mark


class Sequence:
    """A list."""

    __slots__ = ("items", "mark")

    def __init__(self, mark: Mark, items: list[Node] | None = None) -> None:
        self.mark = mark
        self.items = items or []


class Entry:
    """A key of a mapping with its value."""

    __slots__ = ("key", "value")

    def __init__(self, key: Text, value: Node) -> None:
        self.key = key
        self.value = value


class Mapping:
    """Keys with their values, in the order of the file."""

    __slots__ = ("entries", "mark")

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        self.entries: dict[str, Entry] = {}


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
