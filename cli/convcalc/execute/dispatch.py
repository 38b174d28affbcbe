"""What each operation does to real arrays, one function each, with PyTorch's meaning.

Nothing here asks ops/ for a shape or a count. Shapes fall out of the arrays, and each tensor is
asked for in the shape that the arrays need. An image is (channels, height, width), a vector is
(features,), and all are float32. The weight of a convolution is (kernel height, kernel width,
in_channels / groups, out_channels).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Protocol

from ..ops.base import Operation
from .sliding import Array


class Tensors(Protocol):
    """Where a layer gets its tensors."""

    border: float  # the value that fills a convolution's padding

    def ask(self, name: str, *shape: int, fan_in: int = 1) -> Array:
        """The tensor of that name, in the shape that the arrays need.

        `fan_in` is how many products of a weight an output adds up.
        """
        ...

    def products(self, sums: Array) -> None:
        """Note sums of products, before a bias is added and before anything is cropped."""
        ...


@singledispatch
def forward(operation: Operation, inputs: Sequence[Array], tensors: Tensors) -> Array:
    """The output of an operation for the arrays that enter it."""
    raise NotImplementedError(f"no execution of {operation.name}")


def by_channel(values: Array, x: Array) -> Array:
    """A value for each channel, in a shape that spreads over an image or a vector."""
    return values.reshape(-1, *[1] * (x.ndim - 1))


def add_bias(y: Array, has_bias: bool, tensors: Tensors) -> Array:
    if has_bias:
        y += by_channel(tensors.ask("bias", y.shape[0]), y)
    return y
