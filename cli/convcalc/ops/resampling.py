"""The operations that make a feature map larger or smaller by repeating or interpolating values."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from .base import Countables, Operation, feature_map
from .options import FLAG, INTERPOLATION, STEPS, Sizes, option
from .shapes import OperationError, Shape


class Resampling(Operation):
    """Values at other positions, between those that enter."""

    mode: str
    align_corners: bool

    def check(self) -> None:
        # PyTorch refuses it too, which takes the nearest value without asking where corners lie.
        if self.align_corners and self.mode == "nearest":
            raise OperationError("align_corners goes with mode=bilinear only", "align_corners")

    def windows(self, x: Shape) -> None:
        return None


class Upsample(Resampling):
    """each value `scale` times along each axis, or, with mode=bilinear, values between"""

    name: ClassVar[str] = "upsample"
    formula: ClassVar[str] = "out = in · scale"
    example: ClassVar[str] = "upsample 2 mode=bilinear"
    arguments: ClassVar[tuple[str, ...]] = ("scale",)

    scale: Sizes = option(STEPS)
    mode: str = option(INTERPOLATION, default="nearest")
    align_corners: bool = option(FLAG, default=False)

    def output_shape(self, x: Shape) -> Shape:
        channels, *axes = feature_map(self, x)
        return channels, *(size * times for size, times in zip(axes, self.scale, strict=True))

    def countables(self, y: Shape, x: Shape) -> Countables:
        if self.mode != "nearest":
            return {f"upsample ({self.mode})": prod(y)}
        return {
            "upsample: inputs": prod(x),
            "upsample: outputs": prod(y),
            "upsample: output positions": prod(y[1:]),
        }


class Resize(Resampling):
    """as upsample, to a size"""

    name: ClassVar[str] = "resize"
    formula: ClassVar[str] = "out = size"
    example: ClassVar[str] = "resize 65x65 mode=bilinear"
    arguments: ClassVar[tuple[str, ...]] = ("size",)

    size: Sizes = option(STEPS)
    mode: str = option(INTERPOLATION, default="nearest")
    align_corners: bool = option(FLAG, default=False)

    def output_shape(self, x: Shape) -> Shape:
        return feature_map(self, x)[0], *self.size
