"""Where a body stands in the network, what flows there, and what names and numbers it may use."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ..language.bodies import Block
from ..language.signature import Given
from ..language.template import Name, Template
from ..ops.base import Operation
from ..ops.cost import Cost, cost_of
from ..ops.options import MAX_SIZE
from ..ops.shapes import OperationError, Shape, shape_text
from ..text.problems import Mark, Related
from .limits import MAX_CALLS
from .names import Flow, Names


class UnknownWord(LookupError):
    """A name without a value, because of a problem that has been reported."""


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
    """What `$` and `in` stand for at a place.

    `entering` is `in`, or None where that is unknown, and `begun` is the expansion step at which it
    entered. `driven` has the words whose values follow from `$in`, each with a fingerprint of how.
    `homes` says where the names in a block's arguments are looked for; None means in the block.
    """

    words: Mapping[str, str]
    entering: Flow | None
    begun: int = 0
    trail: Trail | None = None
    driven: Mapping[str, int] = MappingProxyType({})
    homes: "Mapping[str, Home | None]" = MappingProxyType({})

    def value(self, name: str) -> str | int | None:
        return self.words.get(name) if name != "in" else channels_of(self.entering)

    def lookup(self, name: str) -> str:
        value = self.value(name)
        if value is None:
            raise UnknownWord
        return str(value)

    def fingerprint(self, template: Template) -> int | None:
        """A number for the way in which a text follows from `$in`; None where it does not."""
        if template.constant is not None:
            return None
        if not any(name == "in" or name in self.driven for name in template.names):
            return None
        return template.fingerprint(lambda name: self.driven.get(name) or self.words.get(name))


class Place(NamedTuple):
    """Where a body stands: the group that it adds to, and what is known there."""

    scope: Scope
    path: str  # of the group, with a "/" behind it; empty at the top
    depth: int
    names: Names
    repeated: bool = False
    aux: bool = False
    heads: tuple[int, ...] = ()  # the outputs and side heads around it


class Home(NamedTuple):
    """Where a name is looked for: from which group outwards, what `in` is there, and its own place."""

    names: Names
    scope: Scope
    mark: Mark


def home_of(given: Given, place: Place) -> Home | None:
    """Where a name is looked for: here, or where an argument in front was handed to a block.

    None for a parameter of the file, which is no layer's name.
    """
    here = Home(place.names, place.scope, given.mark)
    first = given.value.pieces[0] if given.value.pieces else ""
    if not isinstance(first, Name) or first.name == "in":
        return here
    homes = place.scope.homes
    return (homes[first.name] or here) if first.name in homes else None


def channels_of(x: Flow | None) -> int | None:
    return x.shape[0] if x else None


def call_objection(trail: Trail | None, block: Block) -> str | None:
    """Why a block cannot be called here; None where it can."""
    name = block.signature.name
    if trail and name in trail.blocks():
        return f'block "{name}" calls itself'
    if trail and trail.depth >= MAX_CALLS:
        return f"more than {MAX_CALLS} block calls within each other"
    return None


@lru_cache(maxsize=4096)
def applied(operation: Operation, *inputs: Shape) -> tuple[Operation, Shape, Cost]:
    """The operation for inputs of these shapes, the shape that leaves it, and its cost.

    The answers are kept, because most layers of a network are like others. Raises OperationError.
    """
    found = operation.on(*inputs)
    y = within_limits(found.output_shape(*inputs))
    return found, y, cost_of(found, y, *inputs)


def within_limits(y: Shape) -> Shape:
    if max(y) > MAX_SIZE:
        raise OperationError(f"the output would be {shape_text(y)}; a size is at most 10^12")
    return y
