"""What each operation does to real arrays, one function each, with PyTorch's meaning.

Nothing here asks the analytic side for a shape or a count: shapes fall out of the arrays, and
each tensor is asked for in the shape that they need. An image is (channels, height, width), a
vector (features,), all float32; a convolution's weight is (kernel height, kernel width,
in_channels / groups, out_channels).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Protocol

from ..ops.base import Operation
from .sliding import Array


class Tensors(Protocol):
    """What a layer takes its tensors from."""

    border: float  # what a convolution's padding is filled with

    def ask(self, name: str, *shape: int, fan_in: int = 1) -> Array:
        """The tensor of that name, in the shape that the arrays need.

        `fan_in` is how many products of a weight an output adds up.
        """
        ...

    def products(self, sums: Array) -> None:
        """Take notice of sums of products, before a bias is added or anything is cropped."""
        ...


@singledispatch
def forward(operation: Operation, inputs: Sequence[Array], tensors: Tensors) -> Array:
    """The output of an operation for the arrays that enter it."""
    raise NotImplementedError(f"no execution of {operation.name}")


def by_channel(values: Array, x: Array) -> Array:
    """Values for each channel, shaped to go with an image or a vector."""
    return values.reshape(-1, *[1] * (x.ndim - 1))


def add_bias(y: Array, has_bias: bool, tensors: Tensors) -> Array:
    if has_bias:
        y += by_channel(tensors.ask("bias", y.shape[0]), y)
    return y
