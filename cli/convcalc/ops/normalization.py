"""Normalisation and scaling by channel."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import ClassVar

from .base import Countables, Dims, Operation, check_groups, feature_map
from .options import FLAG, NUMBER, SIZE, option
from .shapes import OperationError, Shape

_EPS = Fraction(1, 100_000)  # PyTorch's


class Norm(Operation):
    """Values get mean 0 and variance 1, and then each channel a factor γ and a summand β."""

    scale: bool = option(FLAG, default=True)
    center: bool = option(FLAG, default=True)
    eps: Fraction = option(NUMBER, default=_EPS)

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        kept = {"gamma": self.scale, "beta": self.center}
        return {tensor: {"channels": x[0]} for tensor, present in kept.items() if present}


class BatchNorm(Norm):
    """batch normalisation; `scale` is γ, `center` is β (Ioffe and Szegedy 2015)"""

    name: ClassVar[str] = "batchnorm"
    formula: ClassVar[str] = (
        "(x − mean) / sqrt(variance + eps) · γ + β; params = 2 · channels, buffers = 2 · channels"
    )

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        running = {tensor: {"channels": x[0]} for tensor in ("running_mean", "running_var")}
        return super().weight_shapes(x) | running

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {
            "batch norm: values": prod(x),
            "batch norm: values with γ": prod(x) * self.scale,
            "batch norm: parameters": x[0] * (self.scale + self.center),
            "batch norm: channels": x[0],
        }


class LayerNorm(Norm):
    """normalisation over the channels at each position (Ba et al. 2016)"""

    name: ClassVar[str] = "layernorm"
    formula: ClassVar[str] = "(x − mean) / sqrt(variance + eps) · γ + β; params = 2 · channels"

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {
            "layer norm: values": prod(x),
            "layer norm: values with γ": prod(x) * self.scale,
            "layer norm: values with β": prod(x) * self.center,
            "layer norm: positions": prod(x[1:]),
            "layer norm: parameters": x[0] * (self.scale + self.center),
        }


def _require_several(count: int, where: str) -> None:
    # PyTorch refuses it too: a single value always becomes 0.
    if count == 1:
        raise OperationError(f"there is one value {where}; a norm needs more")


class GroupNorm(Norm):
    """normalisation over all positions of each of `groups` groups of channels (Wu and He 2018)"""

    name: ClassVar[str] = "groupnorm"
    formula: ClassVar[str] = "(x − mean) / sqrt(variance + eps) · γ + β; params = 2 · channels"
    example: ClassVar[str] = "groupnorm 32"
    arguments: ClassVar[tuple[str, ...]] = ("groups",)

    groups: int = option(SIZE)

    def output_shape(self, x: Shape) -> Shape:
        check_groups(self.groups, x[0], "channels")
        _require_several(prod(x) // self.groups, "in each group")
        return x


class InstanceNorm(Norm):
    """normalisation over all positions of each channel (Ulyanov et al. 2016)"""

    name: ClassVar[str] = "instancenorm"
    formula: ClassVar[str] = (
        "(x − mean) / sqrt(variance + eps) · γ + β; params = 2 · channels with scale and center"
    )
    example: ClassVar[str] = "instancenorm scale center"

    scale: bool = option(FLAG, default=False)
    center: bool = option(FLAG, default=False)

    def output_shape(self, x: Shape) -> Shape:
        _require_several(prod(feature_map(self, x)[1:]), "in each channel")
        return x


class L2Norm(Operation):
    """the channels at each position divided by their length; `scale` is a factor for each channel"""

    name: ClassVar[str] = "l2norm"
    formula: ClassVar[str] = "x / max(sqrt(Σx²), eps) · γ; params = channels"

    scale: bool = option(FLAG, default=True)
    eps: Fraction = option(NUMBER, default=Fraction(1, 10**12))

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        return {"gamma": {"channels": x[0]}} if self.scale else {}


class Scale(Operation):
    """a factor for each channel, and with `bias` a summand"""

    name: ClassVar[str] = "scale"
    formula: ClassVar[str] = "x · γ + bias; params = channels, twice with bias"
    example: ClassVar[str] = "scale bias"

    bias: bool = option(FLAG, default=False)

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        tensors = ("gamma", "bias") if self.bias else ("gamma",)
        return {tensor: {"channels": x[0]} for tensor in tensors}

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {"scale: products": prod(x), "scale: sums": prod(x) * self.bias}


class Factor(Operation):
    """every value times one constant"""

    name: ClassVar[str] = "factor"
    formula: ClassVar[str] = "x · number"
    example: ClassVar[str] = "factor 0.1"
    arguments: ClassVar[tuple[str, ...]] = ("number",)

    number: Fraction = option(NUMBER)


class LocalResponseNorm(Operation):
    """local response normalisation over `size` channels (Krizhevsky et al. 2012)"""

    name: ClassVar[str] = "lrn"
    formula: ClassVar[str] = "x / (k + alpha / size · Σx² of size channels)^beta"
    example: ClassVar[str] = "lrn 5 alpha=0.0001 beta=0.75 k=2"
    arguments: ClassVar[tuple[str, ...]] = ("size",)

    size: int = option(SIZE, default=5)
    alpha: Fraction = option(NUMBER, default=Fraction(1, 10_000))
    beta: Fraction = option(NUMBER, default=Fraction(3, 4))
    k: Fraction = option(NUMBER, default=Fraction(1))

    def output_shape(self, x: Shape) -> Shape:
        return feature_map(self, x)

    def countables(self, y: Shape, x: Shape) -> Countables:
        # For the mean over `size` channels, zeros are added at both ends.
        padded = (x[0] + self.size - 1) * prod(x[1:])
        return {"lrn: values": prod(x), "lrn: padded values": padded}
