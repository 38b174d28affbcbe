"""The operations that make a feature map larger or smaller by repeating or interpolating values."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from .base import Countables, Operation, feature_map
from .options import FLAG, INTERPOLATION, NAME, SIZES, STEPS, Sizes, option
from .shapes import OperationError, Shape, shape_text


class Resampling(Operation):
    """An operation whose values are read at positions between those of its input."""

    mode: str
    align_corners: bool

    def check(self) -> None:
        # PyTorch refuses it too: for the nearest value it does not matter where corners lie.
        if self.align_corners and self.mode == "nearest":
            raise OperationError("align_corners goes with mode=bilinear only", "align_corners")

    def windows(self, x: Shape) -> None:
        return None


class ToSize(Operation):
    """An operation whose output has a given size, or the size of a layer that is named."""

    size: Sizes
    like: str

    def check(self) -> None:
        if bool(self.size) == bool(self.like):
            what = "either, not both" if self.size else "one of them"
            raise OperationError(
                f"{self.name} takes size, such as 5x7, or like=NAME; give {what}", "size"
            )

    def sized(self, like: Shape) -> Operation:
        return type(self)(**vars(self) | {"size": like[1:], "like": ""})

    def sizes(self, x: Shape) -> Sizes:
        """The output's size along each axis."""
        if len(self.size) != len(x) - 1:
            raise OperationError(
                f"{self.name} takes the size of a map with as many axes as {shape_text(x)}"
            )
        return self.size


class Upsample(Resampling):
    """`scale` times as large along each axis; values are repeated, or interpolated by mode=bilinear"""

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


class Resize(ToSize, Resampling):
    """as upsample, to a given size or to the size of what `like` names"""

    name: ClassVar[str] = "resize"
    formula: ClassVar[str] = "out = size"
    example: ClassVar[str] = "resize 65x65 mode=bilinear"
    arguments: ClassVar[tuple[str, ...]] = ("size",)

    size: Sizes = option(SIZES, default="")
    like: str = option(NAME, default="")
    mode: str = option(INTERPOLATION, default="nearest")
    align_corners: bool = option(FLAG, default=False)

    def check(self) -> None:
        ToSize.check(self)
        Resampling.check(self)

    def output_shape(self, x: Shape) -> Shape:
        return feature_map(self, x)[0], *self.sizes(x)
