"""The parts of a specification's bodies, before names and shapes are known."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import ClassVar

from ..ops.base import Operation
from ..ops.merges import Merge
from ..text.problems import Mark
from .shorthand import shorthand
from .signature import INPUTS, Given, Signature
from .template import Template

NameMarks = dict[str, Mark]  # names written in a group, and where


@dataclass(slots=True, eq=False, repr=False)
class Broken:
    """A body with a problem that has been reported. Its shape is unknown; no more is said about it."""

    mark: Mark
    names: ClassVar[NameMarks] = {}


@dataclass(slots=True, eq=False, repr=False)
class Words:
    """The words of a call. Calls that are written alike share them, with the marks of the first.

    `mark` is the place of the whole call, `at` that of its head. `spelled_out` means a mapping with
    "op" instead of a line. `resolved` is what the words call, where the head has no `$`.
    """

    mark: Mark
    at: Mark
    spelled_out: bool
    head: Template
    given: tuple[Given, ...]
    uses: tuple[str, ...]  # the names behind each `$`
    names: Collection[str]  # all names that a `$` may use here
    resolved: Resolved | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the operation is known already, without values or other layers."""
        operation = self.resolved.operation if self.resolved else None
        return operation is not None and not operation.merges

    def written(self, fill: Callable[[Template], str], operation: Operation | None = None) -> str:
        """The call as its author wrote it, with its values put in."""
        if self.spelled_out and operation is not None and not operation.merges:
            return shorthand(operation)
        words = [fill(self.head)]
        for one in self.given:
            value = fill(one.value)
            words.append(value if one.option in (None, INPUTS) else f"{one.option}={value}")
        return " ".join(words)


@dataclass(slots=True, eq=False, repr=False)
class Call:
    """A call of an operation or a block. Lines that are written alike share their words."""

    mark: Mark
    words: Words
    names: ClassVar[NameMarks] = {}


@dataclass(slots=True, eq=False, repr=False)
class Series:
    """A list: its bodies follow each other."""

    mark: Mark
    items: list[Body]
    names: NameMarks


@dataclass(slots=True, eq=False, repr=False)
class Branches:
    """Bodies that share an input, and the merge of their outputs."""

    mark: Mark
    branches: dict[str, Branch]
    merge: Merge
    names: ClassVar[NameMarks] = {}


@dataclass(slots=True, eq=False, repr=False)
class Branch:
    """The body of one branch; `mark` is its name's."""

    mark: Mark
    body: Body


@dataclass(slots=True, eq=False, repr=False)
class Repeat:
    """A body written `count` times."""

    mark: Mark
    count: Given
    body: Body
    names: NameMarks


@dataclass(slots=True, eq=False, repr=False)
class Choice:
    """One of two bodies: the first where the condition is 1, the other where it is 0."""

    mark: Mark
    condition: Given
    then: Body
    otherwise: Body
    names: NameMarks

    def side(self, condition: bool) -> Body:
        return self.then if condition else self.otherwise


@dataclass(slots=True, eq=False, repr=False)
class Head:
    """A head that this point feeds beside the flow: an output, or with `aux` a side head."""

    mark: Mark
    body: Body
    aux: bool

    @property
    def names(self) -> NameMarks:
        return {} if self.aux else self.body.names


@dataclass(slots=True, eq=False, repr=False)
class From:
    """`from x`: the flow goes on from what has that name."""

    mark: Mark
    source: Given
    names: ClassVar[NameMarks] = {}


@dataclass(slots=True, eq=False, repr=False)
class Again:
    """`again x`: what has that name stands here once more, with the same weights."""

    mark: Mark
    source: Given
    names: ClassVar[NameMarks] = {}


@dataclass(slots=True, eq=False, repr=False)
class Named:
    """A body with a name of its own."""

    mark: Mark
    name: str
    body: Body

    @property
    def names(self) -> NameMarks:
        return {self.name: self.mark}


Body = Broken | Call | Series | Branches | Repeat | Choice | Head | From | Again | Named


def parts_of(body: Body) -> list[Body]:
    """The bodies that are written directly within a body."""
    match body:
        case Series():
            return body.items
        case Branches():
            return [branch.body for branch in body.branches.values()]
        case Choice():
            return [body.then, body.otherwise]
        case Repeat() | Head() | Named():
            return [body.body]
        case Call() | From() | Again() | Broken():
            return []


def reads_of(repeat: Repeat) -> frozenset[str]:
    """The names that a repeat may read, also by way of the blocks to which it hands them."""
    found: set[str] = set()
    waiting = [repeat.body]
    while waiting:
        body = waiting.pop()
        waiting += parts_of(body)
        if isinstance(body, From | Again):
            found.add(first_segment(body.source.text))
        elif isinstance(body, Call):
            found.update(first_segment(one.text) for one in body.words.given)
    return frozenset(found)


def first_segment(name: str) -> str:
    """`a` of `a/b`"""
    return name.partition("/")[0]


@dataclass(slots=True, eq=False, repr=False)
class Block:
    """A block of `define`: its arguments with their defaults, and the body that it stands for.

    A broken one has been reported already, so nothing is said of its calls.
    """

    signature: Signature
    defaults: dict[str, Given]
    mark: Mark
    body: Body
    is_broken: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Resolved:
    """What a call names and gives. The operation is there once every value is known."""

    target: Signature | Block
    arranged: dict[str, Given]
    operation: Operation | None = None
    written: str = ""  # the call with its values put in

    @property
    def is_whole(self) -> bool:
        return self.operation is not None or isinstance(self.target, Block)
