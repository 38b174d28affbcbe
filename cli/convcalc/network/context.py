"""Where a body stands in the network, what flows there, and what names and numbers it may use."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ..language.bodies import Block, Body, Branches
from ..language.template import Template
from ..ops.base import Operation
from ..ops.cost import Cost, cost_of
from ..ops.options import MAX_SIZE
from ..ops.shapes import OperationError, Shape, shape_text
from ..text.problems import Mark, Related
from .limits import MAX_CALLS


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

    def related(self) -> Iterable[Related]:
        trail: Trail | None = self
        while trail:
            yield Related(trail.mark, f'in this call of "{trail.block}"')
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


class Flow(NamedTuple):
    """What leaves a layer: its shape, and the layer by its place in the network's layers."""

    shape: Shape
    layer: int


class Place(NamedTuple):
    """Where a body stands: the group that it adds to, and what is known there."""

    scope: Scope
    path: str  # of the group, with a "/" behind it; empty at the top
    depth: int
    numbering: Numbering
    repeated: bool = False
    aux: bool = False


def channels_of(x: Flow | None) -> int | None:
    return x.shape[0] if x else None


def names_in(body: Body) -> Iterable[str]:
    """The names written in the group that a body fills."""
    return body.branches if isinstance(body, Branches) else body.names


def call_objection(trail: Trail | None, block: Block) -> str | None:
    """Why a block cannot be called here, if so."""
    name = block.signature.name
    if trail and name in trail.blocks():
        return f'block "{name}" calls itself'
    if trail and trail.depth >= MAX_CALLS:
        return f"more than {MAX_CALLS} block calls within each other"
    return None


@lru_cache(maxsize=4096)
def applied(operation: Operation, *inputs: Shape) -> tuple[Operation, Shape, Cost]:
    """The operation set on inputs of these shapes, what comes out of it, and what that costs.

    Kept, because most layers of a network are like others. Raises OperationError.
    """
    found = operation.on(*inputs)
    y = within_limits(found.output_shape(*inputs))
    return found, y, cost_of(found, y, *inputs)


def within_limits(y: Shape) -> Shape:
    if max(y) > MAX_SIZE:
        raise OperationError(f"the output would be {shape_text(y)}; a size is at most 10^12")
    return y
