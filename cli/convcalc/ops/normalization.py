"""Normalisation and scaling by channel."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import ClassVar

from .base import Countables, Dims, Operation, feature_map
from .options import FLAG, NUMBER, SIZE, option
from .shapes import Shape


class BatchNorm(Operation):
    """batch normalisation; `scale` is γ, `center` is β (Ioffe and Szegedy 2015)"""

    name: ClassVar[str] = "batchnorm"

    scale: bool = option(FLAG, default=True)
    center: bool = option(FLAG, default=True)

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        kept = {"gamma": self.scale, "beta": self.center, "running_mean": True, "running_var": True}
        return {tensor: {"channels": x[0]} for tensor, present in kept.items() if present}

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {
            "batch norm: values": prod(x),
            "batch norm: values with γ": prod(x) * self.scale,
            "batch norm: parameters": x[0] * (self.scale + self.center),
            "batch norm: channels": x[0],
        }


class LayerNorm(Operation):
    """normalisation over the channels at each position (Ba et al. 2016)"""

    name: ClassVar[str] = "layernorm"

    scale: bool = option(FLAG, default=True)
    center: bool = option(FLAG, default=True)

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        kept = {"gamma": self.scale, "beta": self.center}
        return {tensor: {"channels": x[0]} for tensor, present in kept.items() if present}

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {
            "layer norm: values": prod(x),
            "layer norm: values with γ": prod(x) * self.scale,
            "layer norm: values with β": prod(x) * self.center,
            "layer norm: positions": prod(x[1:]),
            "layer norm: parameters": x[0] * (self.scale + self.center),
        }


class Scale(Operation):
    """a factor for each channel, and with `bias` a summand"""

    name: ClassVar[str] = "scale"

    bias: bool = option(FLAG, default=False)

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        tensors = ("gamma", "bias") if self.bias else ("gamma",)
        return {tensor: {"channels": x[0]} for tensor in tensors}

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {"scale: products": prod(x), "scale: sums": prod(x) * self.bias}


class LocalResponseNorm(Operation):
    """local response normalisation over `size` channels (Krizhevsky et al. 2012)"""

    name: ClassVar[str] = "lrn"
    arguments: ClassVar[tuple[str, ...]] = ("size",)

    size: int = option(SIZE, default=5)
    alpha: Fraction = option(NUMBER, default=Fraction(1, 10_000))
    beta: Fraction = option(NUMBER, default=Fraction(3, 4))
    k: Fraction = option(NUMBER, default=Fraction(1))

    def output_shape(self, x: Shape) -> Shape:
        return feature_map(self, x)

    def countables(self, y: Shape, x: Shape) -> Countables:
        # The mean over `size` channels is taken of channels with zeros at both ends.
        padded = (x[0] + self.size - 1) * prod(x[1:])
        return {"lrn: values": prod(x), "lrn: padded values": padded}
