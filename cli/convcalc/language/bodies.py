"""The parts of a specification's bodies, before names and shapes are known."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import ClassVar

from ..ops.base import Operation
from ..ops.merges import Merge
from ..text.problems import Mark
from .shorthand import shorthand
from .signature import INPUTS, Given, Signature
from .template import Template

NameMarks = dict[str, Mark]  # names written in a group, and where


class Broken:
    """A body with a problem that has been reported. Its shape is unknown; no more is said about it."""

    __slots__ = ("mark",)
    names: ClassVar[NameMarks] = {}

    def __init__(self, mark: Mark) -> None:
        self.mark = mark


class Words:
    """The words of a call. Calls that are written alike share them, with the marks of the first.

    `mark` is the place of the whole call, `at` that of its head. `spelled_out` means a mapping with
    "op" instead of a line. `resolved` is what the words call, where the head has no `$`.
    """

    __slots__ = ("at", "given", "head", "mark", "names", "resolved", "spelled_out", "uses")

    def __init__(
        self,
        mark: Mark,
        at: Mark,
        spelled_out: bool,
        head: Template,
        given: tuple[Given, ...],
        uses: tuple[str, ...],
        names: Collection[str],
        resolved: Resolved | None = None,
    ) -> None:
        self.mark = mark
        self.at = at
        self.spelled_out = spelled_out
        self.head = head
        self.given = given
        self.uses = uses  # the names behind each `$`
        self.names = names  # all names that a `$` may use here
        self.resolved = resolved

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


class Call:
    """A call of an operation or a block. Lines that are written alike share their words."""

    __slots__ = ("mark", "words")
    names: ClassVar[NameMarks] = {}

    def __init__(self, mark: Mark, words: Words) -> None:
        self.mark = mark
        self.words = words


class Series:
    """A list: its bodies follow each other."""

    __slots__ = ("items", "mark", "names")

    def __init__(self, mark: Mark, items: list[Body], names: NameMarks) -> None:
        self.mark = mark
        self.items = items
        self.names = names


class Branches:
    """Bodies that share an input, and the merge of their outputs."""

    __slots__ = ("branches", "mark", "merge", "own_names")
    names: ClassVar[NameMarks] = {}

    def __init__(self, mark: Mark, branches: dict[str, Branch], merge: Merge) -> None:
        self.mark = mark
        self.branches = branches
        self.merge = merge
        self.own_names: NameMarks = {name: branch.mark for name, branch in branches.items()}


class Branch:
    """The body of one branch; `mark` is its name's."""

    __slots__ = ("body", "mark")

    def __init__(self, mark: Mark, body: Body) -> None:
        self.mark = mark
        self.body = body


class Repeat:
    """A body written `count` times."""

    __slots__ = ("body", "count", "mark", "names")

    def __init__(self, mark: Mark, count: Given, body: Body, names: NameMarks) -> None:
        self.mark = mark
        self.count = count
        self.body = body
        self.names = names


class Choice:
    """One of two bodies: the first where the condition is 1, the other where it is 0."""

    __slots__ = ("condition", "mark", "names", "otherwise", "then")

    def __init__(
        self, mark: Mark, condition: Given, then: Body, otherwise: Body, names: NameMarks
    ) -> None:
        self.mark = mark
        self.condition = condition
        self.then = then
        self.otherwise = otherwise
        self.names = names

    def side(self, condition: bool) -> Body:
        return self.then if condition else self.otherwise


class Head:
    """A head that this point feeds beside the flow: an output, or with `aux` a side head."""

    __slots__ = ("aux", "body", "mark")

    def __init__(self, mark: Mark, body: Body, aux: bool) -> None:
        self.mark = mark
        self.body = body
        self.aux = aux

    @property
    def names(self) -> NameMarks:
        return {} if self.aux else self.body.names


class From:
    """`from x`: the flow goes on from what has that name."""

    __slots__ = ("mark", "source")
    names: ClassVar[NameMarks] = {}

    def __init__(self, mark: Mark, source: Given) -> None:
        self.mark = mark
        self.source = source


class Again:
    """`again x`: what has that name stands here once more, with the same weights."""

    __slots__ = ("mark", "source")
    names: ClassVar[NameMarks] = {}

    def __init__(self, mark: Mark, source: Given) -> None:
        self.mark = mark
        self.source = source


class Named:
    """A body with a name of its own."""

    __slots__ = ("body", "mark", "name")

    def __init__(self, mark: Mark, name: str, body: Body) -> None:
        self.mark = mark
        self.name = name
        self.body = body

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


class Block:
    """A block of `define`: its arguments with their defaults, and the body that it stands for.

    A broken one has been reported already, so nothing is said of its calls.
    """

    __slots__ = ("body", "defaults", "is_broken", "mark", "signature")

    def __init__(
        self,
        signature: Signature,
        defaults: dict[str, Given],
        mark: Mark,
        body: Body,
        is_broken: bool = False,
    ) -> None:
        self.signature = signature
        self.defaults = defaults
        self.mark = mark
        self.body = body
        self.is_broken = is_broken


class Resolved:
    """What a call names and gives. The operation is there once every value is known."""

    __slots__ = ("arranged", "operation", "target", "written")

    def __init__(
        self,
        target: Signature | Block,
        arranged: dict[str, Given],
        operation: Operation | None = None,
        written: str = "",
    ) -> None:
        self.target = target
        self.arranged = arranged
        self.operation = operation
        self.written = written  # the call with its values put in

    @property
    def is_whole(self) -> bool:
        return self.operation is not None or isinstance(self.target, Block)
