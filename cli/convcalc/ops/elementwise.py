"""The operations that treat each value alone, or only rearrange them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import ClassVar

from .base import Operation, Shape
from .kinds import SHARE, option


@dataclass(frozen=True)
class Relu(Operation):
    """max(x, 0)"""

    name: ClassVar[str] = "relu"


@dataclass(frozen=True)
class Sigmoid(Operation):
    """1 / (1 + exp(−x))"""

    name: ClassVar[str] = "sigmoid"


@dataclass(frozen=True)
class Softmax(Operation):
    """exponentials over channels that add to 1"""

    name: ClassVar[str] = "softmax"


@dataclass(frozen=True)
class Dropout(Operation):
    """drops a share `p` of the values in training; nothing in inference"""

    name: ClassVar[str] = "dropout"
    shares_input: ClassVar[bool] = True
    arguments: ClassVar[tuple[str, ...]] = ("p",)

    p: Fraction = option(SHARE, default=Fraction(1, 2))


@dataclass(frozen=True)
class Flatten(Operation):
    """a feature map as a vector, in channel, height, width order"""

    name: ClassVar[str] = "flatten"
    shares_input: ClassVar[bool] = True

    def output_shape(self, x: Shape) -> Shape:
        return (prod(x),)

    def windows(self, x: Shape) -> None:
        return None


@dataclass(frozen=True)
class Identity(Operation):
    """nothing; the shortcut of a residual"""

    name: ClassVar[str] = "identity"
    shares_input: ClassVar[bool] = True
