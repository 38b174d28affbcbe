"""The operations that gather a neighbourhood or a whole feature map into one value."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from .base import Countables, Operation, feature_map
from .options import FLAG, KERNEL, PADDING, STEPS, Padding, Sizes, option, side_by_side
from .shapes import OperationError, Shape
from .window import OUTPUT_FORMULA, Window, windows


class Pool(Operation):
    """An operation whose window slides over each channel by itself."""

    arguments: ClassVar[tuple[str, ...]] = ("kernel_size", "padding")

    kernel_size: Sizes = option(KERNEL)
    stride: Sizes = option(STEPS, default=1)
    padding: Padding = option(PADDING, default="same")
    ceil_mode: bool = option(FLAG, default=False)

    def check(self) -> None:
        # A window of nothing but padding has no value; like PyTorch, refuse more than half the kernel.
        if isinstance(self.padding, str):
            return
        for pad, kernel in side_by_side(self.padding, self.kernel_size):
            if pad > kernel // 2:
                raise OperationError(
                    f"padding {pad} is more than half the kernel's {kernel}; "
                    f"{self.name} allows at most {kernel // 2}",
                    "padding",
                )

    @property
    def steps(self) -> Sizes:
        """How far the elements under the kernel are apart."""
        return (1,) * len(self.kernel_size)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return windows(x[1:], self.kernel_size, self.stride, self.padding, self.steps, self.ceil_mode)

    def output_shape(self, x: Shape) -> Shape:
        return feature_map(self, x)[0], *(window.output for window in self.windows(x))


class MaxPool(Pool):
    """largest value under the kernel"""

    name: ClassVar[str] = "maxpool"
    formula: ClassVar[str] = f"{OUTPUT_FORMULA}; ceil_mode rounds up"
    example: ClassVar[str] = "maxpool 3x3/2"

    dilation: Sizes = option(STEPS, default=1)

    @property
    def steps(self) -> Sizes:
        return self.dilation

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {
            "max pool: inputs": prod(x),
            "max pool: inputs under windows": prod((*y, *self.kernel_size)),
        }


class AvgPool(Pool):
    """mean under the kernel; PyTorch's `count_include_pad` default is true"""

    name: ClassVar[str] = "avgpool"
    formula: ClassVar[str] = (
        "out = ⌈in / stride⌉ if same, else ⌊(in + 2·padding − kernel) / stride⌋ + 1; ceil_mode rounds up"
    )
    example: ClassVar[str] = "avgpool 2x2/2 valid"

    count_include_pad: bool = option(FLAG, default=False)

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {
            "average pool: inputs": prod(x),
            "average pool: outputs": prod(y),
            "average pool: inputs under windows": prod((*y, *self.kernel_size)),
        }


class GlobalPool(Operation):
    """An operation that makes one value of each channel."""

    formula: ClassVar[str] = "out = 1 along each axis"

    @property
    def pools_all(self) -> bool:
        return True

    def output_shape(self, x: Shape) -> Shape:
        channels, *axes = feature_map(self, x)
        return channels, *(1 for _ in axes)

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


class AdaptivePool(Operation):
    """An operation whose windows, as many as `size` says, divide the map among them."""

    formula: ClassVar[str] = (
        "out = size; the window i of n elements is from ⌊i·n / size⌋ up to ⌈(i + 1)·n / size⌉"
    )
    arguments: ClassVar[tuple[str, ...]] = ("size",)

    size: Sizes = option(STEPS)

    @property
    def pools_all(self) -> bool:
        return set(self.size) == {1}

    def output_shape(self, x: Shape) -> Shape:
        return feature_map(self, x)[0], *self.size

    def windows(self, x: Shape) -> None:
        return None


class AdaptiveAvgPool(AdaptivePool):
    """mean of each of `size` windows that divide the map among them, as in PyTorch"""

    name: ClassVar[str] = "adaptive_avgpool"
    example: ClassVar[str] = "adaptive_avgpool 6x6"

    def countables(self, y: Shape, x: Shape) -> Countables:
        """Nothing is known of what counters print where the windows overlap."""
        if any(size % out for size, out in zip(x[1:], y[1:], strict=True)):
            return super().countables(y, x)
        which = "global" if self.pools_all else "adaptive"
        return {f"average pool: {which} inputs": prod(x), f"average pool: {which} outputs": prod(y)}


class AdaptiveMaxPool(AdaptivePool):
    """largest value of each of `size` windows that divide the map among them, as in PyTorch"""

    name: ClassVar[str] = "adaptive_maxpool"
    example: ClassVar[str] = "adaptive_maxpool 6x6"


class ChannelPool(Operation):
    """An operation that makes one channel of all, at each position by itself."""

    formula: ClassVar[str] = "out = 1 channel"

    def output_shape(self, x: Shape) -> Shape:
        return 1, *x[1:]


class ChannelMean(ChannelPool):
    """mean over the channels at each position"""

    name: ClassVar[str] = "channel_mean"


class ChannelMax(ChannelPool):
    """largest value over the channels at each position"""

    name: ClassVar[str] = "channel_max"
