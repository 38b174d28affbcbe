"""The operations that bring several inputs together: concat, add, mul."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from .base import Countables, Dims, Operation
from .shapes import OperationError, Shape
from .window import Window


class Merge(Operation):
    """A layer of any number of inputs; for one input it is that."""

    merges: ClassVar[bool] = True

    def output_shape(self, *inputs: Shape) -> Shape:
        raise NotImplementedError

    def weight_shapes(self, *inputs: Shape) -> dict[str, Dims]:
        return {}

    def positions(self, y: Shape, *inputs: Shape) -> Dims | None:
        return None

    def windows(self, *inputs: Shape) -> tuple[Window, ...] | None:
        return ()

    def countables(self, y: Shape, *inputs: Shape) -> Countables:
        """The values that come out as one input after the other is taken in."""
        steps = (self.output_shape(*inputs[:count]) for count in range(2, len(inputs) + 1))
        return {self.name: sum(prod(shape) for shape in steps)}


def _require_equal(keys: Sequence[object], rule: str) -> None:
    if any(key != keys[0] for key in keys):
        raise OperationError(rule)


class Concat(Merge):
    """the branches' channels behind each other"""

    name: ClassVar[str] = "concat"

    def output_shape(self, *inputs: Shape) -> Shape:
        _require_equal([x[1:] for x in inputs], "concat needs equal height and width")
        return sum(x[0] for x in inputs), *inputs[0][1:]

    def countables(self, y: Shape, *inputs: Shape) -> Countables:
        return {}


class Add(Merge):
    """the branches' sum, value by value"""

    name: ClassVar[str] = "add"

    def output_shape(self, *inputs: Shape) -> Shape:
        _require_equal(inputs, "add needs equal shapes")
        return inputs[0]


class Mul(Merge):
    """the branches' product; a gate of channels × 1 × 1 is spread over height and width"""

    name: ClassVar[str] = "mul"
    spreads: ClassVar[bool] = True

    def output_shape(self, *inputs: Shape) -> Shape:
        largest = max(range(len(inputs)), key=lambda place: (prod(inputs[place]), len(inputs[place])))
        whole = inputs[largest]
        for place, x in enumerate(inputs):
            if x not in (whole, whole[:1], (whole[0], 1, 1)):
                rule = "mul needs equal shapes, or gates with the same channels"
                raise OperationError(rule, standard=min(largest, place))
        return whole
