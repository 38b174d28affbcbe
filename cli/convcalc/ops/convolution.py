"""The operations that multiply and add: convolutions and the fully connected layer."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from .base import Countables, Dims, Operation, check_groups, feature_map
from .options import FLAG, KERNEL, PADDING, SIZE, STEPS, ZEROS, Padding, Pair, option
from .shapes import OperationError, Shape
from .window import Window, windows


def _kernel_dims(kernel: Pair) -> Dims:
    return {"kernel height": kernel[0], "kernel width": kernel[1]}


def _macs(operation: Operation, y: Shape, x: Shape) -> int:
    positions = operation.positions(y, x) or {}
    return prod(operation.weight_shapes(x)["weight"].values()) * prod(positions.values())


def _everywhere(y: Shape) -> Dims:
    """A convolution's kernel is applied once for each position of its output."""
    return {"output height": y[1], "output width": y[2]}


class Conv(Operation):
    """convolution, of groups that do not see each other"""

    name: ClassVar[str] = "conv"
    arguments: ClassVar[tuple[str, ...]] = ("kernel_size", "out_channels", "padding")

    kernel_size: Pair = option(KERNEL)
    out_channels: int = option(SIZE)
    stride: Pair = option(STEPS, default=(1, 1))
    padding: Padding = option(PADDING, default="same")
    dilation: Pair = option(STEPS, default=(1, 1))
    groups: int = option(SIZE, default=1)
    bias: bool = option(FLAG, default=False)

    def windows(self, x: Shape) -> tuple[Window, Window]:
        return windows(x, self.kernel_size, self.stride, self.padding, self.dilation)

    def output_shape(self, x: Shape) -> Shape:
        check_groups(self.groups, feature_map(self, x)[0], "in_channels")
        check_groups(self.groups, self.out_channels, "out_channels")
        height, width = self.windows(x)
        return self.out_channels, height.output, width.output

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        entering = "in_channels" if self.groups == 1 else "in_channels / groups"
        kernel = _kernel_dims(self.kernel_size)
        weight = {**kernel, entering: x[0] // self.groups, "out_channels": self.out_channels}
        return {"weight": weight} | ({"bias": {"out_channels": self.out_channels}} if self.bias else {})

    def positions(self, y: Shape, x: Shape) -> Dims:
        return _everywhere(y)

    def countables(self, y: Shape, x: Shape) -> Countables:
        bias = {"bias: conv": prod(y)} if self.bias else {}
        return {"multiply-adds: conv": _macs(self, y, x), **bias}


class DepthwiseConv(Operation):
    """depthwise convolution: each channel alone gives `multiplier` channels"""

    name: ClassVar[str] = "dwconv"
    arguments: ClassVar[tuple[str, ...]] = ("kernel_size", "padding")

    kernel_size: Pair = option(KERNEL)
    multiplier: int = option(SIZE, default=1)
    stride: Pair = option(STEPS, default=(1, 1))
    padding: Padding = option(PADDING, default="same")
    dilation: Pair = option(STEPS, default=(1, 1))
    bias: bool = option(FLAG, default=False)

    def windows(self, x: Shape) -> tuple[Window, Window]:
        return windows(x, self.kernel_size, self.stride, self.padding, self.dilation)

    def output_shape(self, x: Shape) -> Shape:
        channels = feature_map(self, x)[0]
        height, width = self.windows(x)
        return channels * self.multiplier, height.output, width.output

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        kernel = _kernel_dims(self.kernel_size)
        weight = {**kernel, "in_channels": x[0], "multiplier": self.multiplier}
        return {"weight": weight} | (
            {"bias": {"out_channels": x[0] * self.multiplier}} if self.bias else {}
        )

    def positions(self, y: Shape, x: Shape) -> Dims:
        return _everywhere(y)

    def countables(self, y: Shape, x: Shape) -> Countables:
        bias = {"bias: conv": prod(y)} if self.bias else {}
        return {"multiply-adds: conv": _macs(self, y, x), **bias}


class ConvTranspose(Operation):
    """transposed convolution: each input position adds a kernel to the output"""

    name: ClassVar[str] = "conv_transpose"
    arguments: ClassVar[tuple[str, ...]] = ("kernel_size", "out_channels", "padding")

    kernel_size: Pair = option(KERNEL)
    out_channels: int = option(SIZE)
    stride: Pair = option(STEPS, default=(1, 1))
    padding: Pair = option(ZEROS, default=(0, 0))
    output_padding: Pair = option(ZEROS, default=(0, 0))
    dilation: Pair = option(STEPS, default=(1, 1))
    groups: int = option(SIZE, default=1)
    bias: bool = option(FLAG, default=False)

    def check(self) -> None:
        # Beyond this the last rows would never be written to; PyTorch refuses it too.
        for extra, stride, dilation in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if extra and extra >= max(stride, dilation):
                raise OperationError(
                    f"output_padding {extra} must be smaller than the stride or the dilation",
                    "output_padding",
                )

    def output_shape(self, x: Shape) -> Shape:
        channels, *sizes = feature_map(self, x)
        check_groups(self.groups, channels, "in_channels")
        check_groups(self.groups, self.out_channels, "out_channels")
        height, width = (self._size(size, axis) for axis, size in enumerate(sizes))
        if min(height, width) < 1:
            raise OperationError(
                f"padding {self.padding[0]}x{self.padding[1]} leaves nothing of the output", "padding"
            )
        return self.out_channels, height, width

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        leaving = "out_channels" if self.groups == 1 else "out_channels / groups"
        kernel = _kernel_dims(self.kernel_size)
        weight = {**kernel, "in_channels": x[0], leaving: self.out_channels // self.groups}
        return {"weight": weight} | ({"bias": {"out_channels": self.out_channels}} if self.bias else {})

    def positions(self, y: Shape, x: Shape) -> Dims:
        return {"input height": x[1], "input width": x[2]}

    def countables(self, y: Shape, x: Shape) -> Countables:
        kernel, (entering, leaving) = prod(self.kernel_size), (x[0], self.out_channels // self.groups)
        counts = {
            "multiply-adds: transposed conv": _macs(self, y, x),
            # At each output position, as if the kernel were moved over the output.
            "multiply-adds: transposed conv at outputs": kernel * entering * leaving * prod(y[1:]),
            "multiply-adds: transposed conv at outputs, by out_channels": kernel * leaving * prod(y),
            "multiply-adds: transposed conv, groups divided by twice": (
                kernel * (leaving // self.groups) * prod(x)
            ),
        }
        if self.bias:
            counts["bias: transposed conv"] = prod(y)
            counts["bias: transposed conv, as if of a conv"] = leaving * self._outputs_as_conv(x)
        return counts

    def windows(self, x: Shape) -> None:
        return None

    def elements(self, y: Shape, *inputs: Shape) -> int:
        # Its padding is cropped from its output.
        sides = [side + 2 * pad for side, pad in zip(y[1:], self.padding, strict=True)]
        return sum(map(prod, inputs)) + y[0] * prod(sides)

    def _size(self, size: int, axis: int) -> int:
        padding, extra = self.padding[axis], self.output_padding[axis]
        return (size - 1) * self.stride[axis] - 2 * padding + self._span(axis) + extra

    def _span(self, axis: int) -> int:
        return self.dilation[axis] * (self.kernel_size[axis] - 1) + 1

    def _outputs_as_conv(self, x: Shape) -> int:
        """The positions that a convolution of the same options would have; below 0 it has none."""
        rooms = (x[axis + 1] + 2 * self.padding[axis] - self._span(axis) for axis in range(2))
        return prod(room // stride + 1 for room, stride in zip(rooms, self.stride, strict=True))


class Linear(Operation):
    """fully connected layer; flattens a feature map itself"""

    name: ClassVar[str] = "linear"
    arguments: ClassVar[tuple[str, ...]] = ("out_features",)

    out_features: int = option(SIZE)
    bias: bool = option(FLAG, default=False)

    def output_shape(self, x: Shape) -> Shape:
        return (self.out_features,)

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        weight = {"in_features": prod(x), "out_features": self.out_features}
        return {"weight": weight} | ({"bias": {"out_features": self.out_features}} if self.bias else {})

    def positions(self, y: Shape, x: Shape) -> Dims:
        return {}

    def countables(self, y: Shape, x: Shape) -> Countables:
        bias = {"bias: linear": prod(y)} if self.bias else {}
        return {"multiply-adds: linear": _macs(self, y, x), **bias}

    def windows(self, x: Shape) -> None:
        return None
