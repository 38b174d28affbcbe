"""The operations that gather a neighbourhood or a whole feature map into one value."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from .base import Countables, Operation, feature_map
from .options import FLAG, KERNEL, PADDING, STEPS, Padding, Pair, option
from .shapes import OperationError, Shape
from .window import Window, windows


class Pool(Operation):
    """A window that slides over each channel by itself."""

    arguments: ClassVar[tuple[str, ...]] = ("kernel_size", "padding")

    kernel_size: Pair = option(KERNEL)
    stride: Pair = option(STEPS, default=(1, 1))
    padding: Padding = option(PADDING, default="same")
    ceil_mode: bool = option(FLAG, default=False)

    def check(self) -> None:
        # A window of nothing but padding has no value; PyTorch draws the line at half the kernel.
        if isinstance(self.padding, tuple):
            for pad, kernel in zip(self.padding, self.kernel_size, strict=True):
                if pad > kernel // 2:
                    raise OperationError(
                        f"padding {pad} is more than half the kernel's {kernel}; "
                        f"{self.name} allows at most {kernel // 2}",
                        "padding",
                    )

    def windows(self, x: Shape) -> tuple[Window, Window]:
        stride, ceil_mode = self.stride, self.ceil_mode
        return windows(x, self.kernel_size, stride, self.padding, ceil_mode=ceil_mode)

    def output_shape(self, x: Shape) -> Shape:
        channels = feature_map(self, x)[0]
        height, width = self.windows(x)
        return channels, height.output, width.output


class MaxPool(Pool):
    """largest value under the kernel"""

    name: ClassVar[str] = "maxpool"

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {
            "max pool: inputs": prod(x),
            "max pool: inputs under windows": prod((*y, *self.kernel_size)),
        }


class AvgPool(Pool):
    """mean under the kernel; PyTorch's `count_include_pad` default is true"""

    name: ClassVar[str] = "avgpool"

    count_include_pad: bool = option(FLAG, default=False)

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {
            "average pool: inputs": prod(x),
            "average pool: outputs": prod(y),
            "average pool: inputs under windows": prod((*y, *self.kernel_size)),
        }


class GlobalPool(Operation):
    """One value for each channel."""

    pools_all: ClassVar[bool] = True

    def output_shape(self, x: Shape) -> Shape:
        return feature_map(self, x)[0], 1, 1

    def windows(self, x: Shape) -> None:
        return None


class GlobalAvgPool(GlobalPool):
    """mean of each channel: channels × 1 × 1"""

    name: ClassVar[str] = "global_avgpool"

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {"average pool: global inputs": prod(x), "average pool: global outputs": prod(y)}


class GlobalMaxPool(GlobalPool):
    """largest value of each channel: channels × 1 × 1"""

    name: ClassVar[str] = "global_maxpool"

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {"max pool: global inputs": prod(x)}
