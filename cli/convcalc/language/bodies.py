"""What a specification's bodies are made of, before names and shapes are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..errors import Mark
from ..ops.base import Operation
from ..ops.merges import Merge
from .calls import Given, Signature
from .template import Template

Names = dict[str, Mark]  # names written in a group, and where


@dataclass(slots=True, eq=False, repr=False)
class Broken:
    """A body that has been reported; its shape is unknown and nothing more is said about it."""

    mark: Mark
    names: ClassVar[Names] = {}


@dataclass(slots=True, eq=False, repr=False)
class Call:
    """A call of an operation or a block.

    `target` is what the head names, None where the head has a `$`. `ready` is the operation where
    there is nothing to fill in, `written` its text where that is a line. `spelled_out` is a mapping
    with "op" rather than a line. `read_at` is where the call stood when its words were read.
    """

    mark: Mark
    spelled_out: bool
    head: Template
    target: Signature | Block | None
    given: tuple[Given, ...]
    arranged: dict[str, Given]
    read_at: Mark
    uses: tuple[str, ...] = ()  # the names behind each `$`
    ready: Operation | None = None
    written: str | None = None
    names: ClassVar[Names] = {}

    def moved(self, mark: Mark) -> Call:
        """The same line at another place, where its words need not be read again."""
        return Call(
            mark,
            self.spelled_out,
            self.head,
            self.target,
            self.given,
            self.arranged,
            self.read_at,
            self.uses,
            self.ready,
            self.written,
        )


@dataclass(slots=True, eq=False, repr=False)
class Series:
    """A list: its bodies one after the other."""

    mark: Mark
    items: list[Body]
    names: Names


@dataclass(slots=True, eq=False, repr=False)
class Branches:
    """Bodies that share an input, and the merge of their outputs."""

    mark: Mark
    branches: dict[str, Branch]
    merge: Merge
    names: ClassVar[Names] = {}


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
    names: Names


@dataclass(slots=True, eq=False, repr=False)
class Aux:
    """A side head: fed by this point, not part of the main path."""

    mark: Mark
    body: Body
    names: ClassVar[Names] = {}


@dataclass(slots=True, eq=False, repr=False)
class Named:
    """A body with a name of its own."""

    mark: Mark
    name: str
    body: Body
    names: Names


Body = Broken | Call | Series | Branches | Repeat | Aux | Named


@dataclass(slots=True, eq=False, repr=False)
class Block:
    """A block of `define`: its arguments with their defaults, and what it stands for.

    A broken one has been reported; nothing is said of its calls.
    """

    signature: Signature
    defaults: dict[str, Given]
    mark: Mark
    body: Body
    is_broken: bool = False
