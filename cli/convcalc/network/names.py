"""The names in a group: those that are written, those with numbers, and what each stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ..language.bodies import Body, Branches, Choice, Head, Repeat, Series, parts_of
from ..language.repeat_and_if import read_condition
from ..language.signature import Given
from ..ops.shapes import Shape
from ..text.problems import Mark


class Flow(NamedTuple):
    """What leaves a layer: its shape, and the place of the layer in the network.

    `by_name` means that it was read by a name; otherwise it just flows on.
    """

    shape: Shape
    layer: int
    by_name: bool = False


class Meaning(NamedTuple):
    """What a name stands for, once its layer or group has ended.

    `flow` leaves it; None where that is unknown because of a problem. `item` is the place of its
    layer or group, if it has one. `begun` and `ended` are expansion steps. `inside` has the names in
    a group, and `heads` the heads around it.
    """

    flow: Flow | None
    item: int | None
    begun: int
    ended: int
    inside: Names | None = None
    heads: tuple[int, ...] = ()


class Names:
    """The names and numbers of one group.

    `outer` is the group in which a name is looked for next; None at the edge of a block. The names
    of `branches` can be read from outside, by their paths, but not from one branch to another.
    """

    def __init__(
        self,
        written: Mapping[str, Mark],
        taken: Iterable[str],
        outer: Names | None = None,
        branches: bool = False,
    ) -> None:
        self.written = written
        self.outer = outer
        self.branches = branches
        self.known: dict[str, Meaning] = {}
        self.open: str | None = None  # the name of the group that has not ended yet
        self.repeated: Mapping[str, Mark] = {}  # the names of the repeat that is running
        self._names: dict[str, str] = {}  # of those that a repeat has numbered, by number
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def number(self, stem: str) -> str:
        """`conv1`, `conv2`, ..., skipping names already taken."""
        number = self._last.get(stem, 0) + 1
        while f"{stem}{number}" in self._taken:
            number += 1
        self._last[stem] = number
        name = f"{stem}{number}"
        self._taken.add(name)
        return name

    def number_repeated(self, name: str) -> str:
        """A name inside a repeat, with the number of the round."""
        own = self.number(name)
        self._names[own] = name
        return own

    def merge(self, name: str) -> str:
        """A merge's own name, numbered only if a branch has taken it."""
        return self.number(name) if name in self._taken else name

    def is_number(self, word: str) -> bool:
        """Whether a word is a number that was given to something without a name."""
        stem = word.rstrip("0123456789")
        return word not in self.written and word[len(stem) :].isdigit() and stem in self._last

    def begin(self, own: str) -> None:
        self.open = self._names.get(own, own)

    def end(self, own: str, known: Meaning) -> None:
        """Note what has ended under a name. A number is no name by which it could be read."""
        name = self._names.get(own, own)
        if name in self.written:
            self.known[name] = known
        if known.inside:
            # Nothing looks out of it any more. Without this circle memory is free at once, and a
            # sweep takes a fifth less time.
            known.inside.outer = None
        self.open = None


def names_in(body: Body) -> Mapping[str, Mark]:
    """The names written in the group that a body fills."""
    if isinstance(body, Branches):
        return body.own_names
    return body.names


def names_taken(body: Body, value: Callable[[Given], str | None]) -> set[str]:
    """The names of a group, without those on the side of an `if` that is not taken.

    `value` gives the text of a condition; None where it is not known yet.
    """
    found: set[str] = set()
    waiting = [body]
    while waiting:
        one = waiting.pop()
        match one:
            case Choice():
                side = read_condition(value(one.condition) or "")
                waiting += [one.then, one.otherwise] if side is None else [one.side(side)]
            case Series() | Repeat():
                waiting += parts_of(one)
            case Head():
                waiting += [] if one.aux else [one.body]
            case _:
                found.update(one.names)
    return found
