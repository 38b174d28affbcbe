"""Where a body stands in the network, and what flows there."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ..cost import Cost, cost_of
from ..language.bodies import Block, Body, Branches
from ..ops.base import Operation, OperationError, Shape, shape_text
from ..ops.kinds import MAX_SIZE
from .limits import MAX_CALLS
from .scope import Numbering, Scope, Trail


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
def applied(operation: Operation, x: Shape) -> tuple[Shape, Cost]:
    """What comes out of an operation for an input of shape `x`, and what that costs.

    Kept, because most layers of a network are like others. Raises OperationError.
    """
    y = within_limits(operation.output_shape(x))
    return y, cost_of(operation, x, y)


def within_limits(y: Shape) -> Shape:
    if max(y) > MAX_SIZE:
        raise OperationError(f"the output would be {shape_text(y)}; a size is at most 10^12")
    return y
