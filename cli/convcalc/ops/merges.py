"""The operations that bring several inputs together: concat, add, mul."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from .base import Countables, Dims, Operation
from .shapes import OperationError, Shape, axes_list
from .window import Window


class Merge(Operation):
    """A layer of any number of inputs. It passes a single one on."""

    merges: ClassVar[bool] = True

    def on(self, *inputs: Shape) -> Operation:
        return self

    def output_shape(self, *inputs: Shape) -> Shape:
        raise NotImplementedError

    def weight_shapes(self, *inputs: Shape) -> dict[str, Dims]:
        return {}

    def positions(self, y: Shape, *inputs: Shape) -> Dims | None:
        return None

    def windows(self, *inputs: Shape) -> tuple[Window, ...] | None:
        return ()

    def countables(self, y: Shape, *inputs: Shape) -> Countables:
        """The values that are computed when one input after the other is merged."""
        steps = (self.output_shape(*inputs[:count]) for count in range(2, len(inputs) + 1))
        return {self.name: sum(prod(shape) for shape in steps)}


class Concat(Merge):
    """the inputs' channels, one input after the other"""

    name: ClassVar[str] = "concat"
    example: ClassVar[str] = "concat e3"
    formula: ClassVar[str] = "channels = those of the inputs, added up"

    def output_shape(self, *inputs: Shape) -> Shape:
        _, *axes = first = inputs[0]
        if any(x[1:] != first[1:] for x in inputs):
            raise OperationError(f"concat needs equal {axes_list(len(max(inputs, key=len)) - 1)}")
        return sum(x[0] for x in inputs), *axes

    def countables(self, y: Shape, *inputs: Shape) -> Countables:
        return {}


class Add(Merge):
    """the inputs' sum, value by value"""

    name: ClassVar[str] = "add"
    example: ClassVar[str] = "add in"

    def output_shape(self, *inputs: Shape) -> Shape:
        if any(x != inputs[0] for x in inputs):
            raise OperationError("add needs equal shapes")
        return inputs[0]


_MUL_RULE = "mul needs equal shapes, or gates that have 1 for the channels or along an axis"


class Mul(Merge):
    """the inputs' product; a gate may have one channel, or size 1 along an axis, and is spread out"""

    name: ClassVar[str] = "mul"
    example: ClassVar[str] = "mul in"
    spreads: ClassVar[bool] = True

    def output_shape(self, *inputs: Shape) -> Shape:
        largest = max(range(len(inputs)), key=lambda place: (prod(inputs[place]), len(inputs[place])))
        whole = inputs[largest]
        for place, x in enumerate(inputs):
            if not _is_gate(x, whole):
                raise OperationError(_MUL_RULE, standard=min(largest, place))
        return whole


def _is_gate(x: Shape, whole: Shape) -> bool:
    """Whether x has the whole shape, or its values can be spread over it."""
    if len(x) == 1:
        return x == whole[:1]
    return len(x) == len(whole) and all(size in (1, most) for size, most in zip(x, whole, strict=True))
