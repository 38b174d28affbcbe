"""What is folded: bodies of the language whose numbers are still those of one place.

Two terms of one skeleton differ only in their values. A group is a candidate for a block: what it
holds stands in its parent's list as long as it has become no call.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple


class Slot(NamedTuple):
    """A value of a term: an option's text, a count, or the node that a reference means."""

    name: str
    text: str
    node: int | None = None
    other: str = ""  # what would say the same here
    is_tower: bool = False  # whether the tower that ends with the node is meant, not what leaves it


@dataclass(slots=True, eq=False)
class Term:
    """`kind` is one of op, call, fork, side, group, repeat, from, merge, again.

    `label` is the word that it is written with.
    """

    kind: str
    label: str
    slots: tuple[Slot, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()  # options that are part of the skeleton
    bodies: "list[list[Term]]" = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of a fork's branches
    plain_names: list[str] = field(default_factory=list)  # the same by what the branches do
    work: tuple[str, ...] = ()  # its first layers with weights, each as `conv 3x3`
    name: str = ""  # by which it is written
    module: str = ""  # the class that the source has for it
    entry: int = -1  # the node whose output enters it
    channels: int = 0  # of what enters it
    end: int = -1  # the node whose output leaves it
    is_written: bool = False  # whether a group stays one where it is no block
    is_read: bool = False  # whether what leaves it is read by name
    is_tower: bool = False  # whether it stands elsewhere again
    is_open: bool = False  # whether something in it is read by name from outside
    is_row: bool = False  # whether a group is only what stands on a line
    is_named: bool = False  # whether its name is written
    height: int = 0  # of groups within groups

    @property
    def body(self) -> "list[Term]":
        return self.bodies[0]


def items(body: list[Term]) -> Iterator[Term]:
    """The terms of a list, with what stands in groups that are nothing by themselves."""
    for term in body:
        if term.kind == "group" and not term.is_written:
            yield from items(term.body)
        else:
            yield term


def copied(body: list[Term]) -> list[Term]:
    """The same terms, which can be changed without the others."""
    return [replace(term, bodies=[copied(inner) for inner in term.bodies]) for term in body]
