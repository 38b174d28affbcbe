"""The operations that multiply and add: convolutions and the fully connected layer."""

from __future__ import annotations

from functools import cache, lru_cache
from math import prod
from typing import ClassVar

from .base import Countables, Dims, Operation, check_groups, feature_map
from .options import FLAG, KERNEL, PADDING, SIZE, STEPS, ZEROS, Padding, Sizes, option, side_by_side
from .shapes import OperationError, Shape, axis_names
from .window import OUTPUT_FORMULA, Window, windows


@lru_cache(maxsize=1024)  # most layers of a network have few sizes
def _by_axis(what: str, sizes: Sizes) -> Dims:
    """`kernel height`, `kernel width` and their sizes."""
    return dict(zip(_axis_labels(what, len(sizes)), sizes, strict=True))


@cache
def _axis_labels(what: str, count: int) -> tuple[str, ...]:
    return tuple(f"{what} {name}" for name in axis_names(count))


def _macs(operation: Operation, y: Shape, x: Shape) -> int:
    positions = operation.positions(y, x) or {}
    return prod(operation.weight_shapes(x)["weight"].values()) * prod(positions.values())


class KernelOperation(Operation):
    """A kernel that is applied once for each position of the output."""

    kernel_size: Sizes
    stride: Sizes
    padding: Padding
    dilation: Sizes
    bias: bool

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return windows(x[1:], self.kernel_size, self.stride, self.padding, self.dilation)

    def positions(self, y: Shape, x: Shape) -> Dims:
        return _by_axis("output", y[1:])

    def countables(self, y: Shape, x: Shape) -> Countables:
        bias = {"bias: conv": prod(y)} if self.bias else {}
        return {"multiply-adds: conv": _macs(self, y, x), **bias}


class Conv(KernelOperation):
    """convolution; `groups` split the channels into parts that are convolved one by one"""

    name: ClassVar[str] = "conv"
    formula: ClassVar[str] = (
        f"{OUTPUT_FORMULA}; weights = kernel · in_channels / groups · out_channels; "
        "multiply-adds = weights · output positions"
    )
    example: ClassVar[str] = "conv 3x3/2 64 bias"
    arguments: ClassVar[tuple[str, ...]] = ("kernel_size", "out_channels", "padding")

    kernel_size: Sizes = option(KERNEL)
    out_channels: int = option(SIZE)
    stride: Sizes = option(STEPS, default=1)
    padding: Padding = option(PADDING, default="same")
    dilation: Sizes = option(STEPS, default=1)
    groups: int = option(SIZE, default=1)
    bias: bool = option(FLAG, default=False)

    def output_shape(self, x: Shape) -> Shape:
        check_groups(self.groups, feature_map(self, x)[0], "in_channels")
        check_groups(self.groups, self.out_channels, "out_channels")
        return self.out_channels, *(window.output for window in self.windows(x))

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        entering = "in_channels" if self.groups == 1 else "in_channels / groups"
        kernel = _by_axis("kernel", self.kernel_size)
        weight = {**kernel, entering: x[0] // self.groups, "out_channels": self.out_channels}
        return {"weight": weight} | ({"bias": {"out_channels": self.out_channels}} if self.bias else {})


class DepthwiseConv(KernelOperation):
    """depthwise convolution: each channel alone gives `multiplier` channels"""

    name: ClassVar[str] = "dwconv"
    formula: ClassVar[str] = (
        f"{OUTPUT_FORMULA}; weights = kernel · in_channels · multiplier; "
        "multiply-adds = weights · output positions"
    )
    example: ClassVar[str] = "dwconv 3x3/2"
    arguments: ClassVar[tuple[str, ...]] = ("kernel_size", "padding")

    kernel_size: Sizes = option(KERNEL)
    multiplier: int = option(SIZE, default=1)
    stride: Sizes = option(STEPS, default=1)
    padding: Padding = option(PADDING, default="same")
    dilation: Sizes = option(STEPS, default=1)
    bias: bool = option(FLAG, default=False)

    def output_shape(self, x: Shape) -> Shape:
        channels = feature_map(self, x)[0]
        return channels * self.multiplier, *(window.output for window in self.windows(x))

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        kernel = _by_axis("kernel", self.kernel_size)
        weight = {**kernel, "in_channels": x[0], "multiplier": self.multiplier}
        return {"weight": weight} | (
            {"bias": {"out_channels": x[0] * self.multiplier}} if self.bias else {}
        )


class ConvTranspose(Operation):
    """transposed convolution: each input position adds a kernel to the output"""

    name: ClassVar[str] = "conv_transpose"
    formula: ClassVar[str] = (
        "out = in · stride if same, "
        "else (in − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1; "
        "weights = kernel · in_channels · out_channels / groups; "
        "multiply-adds = weights · input positions"
    )
    example: ClassVar[str] = "conv_transpose 2x2/2 64"
    arguments: ClassVar[tuple[str, ...]] = ("kernel_size", "out_channels", "padding")

    kernel_size: Sizes = option(KERNEL)
    out_channels: int = option(SIZE)
    stride: Sizes = option(STEPS, default=1)
    padding: Padding = option(PADDING, default=0)
    output_padding: Sizes = option(ZEROS, default=0)
    dilation: Sizes = option(STEPS, default=1)
    groups: int = option(SIZE, default=1)
    bias: bool = option(FLAG, default=False)

    def check(self) -> None:
        # Beyond this the last rows would never be written to; PyTorch refuses it too.
        for extra, stride, dilation in side_by_side(self.output_padding, self.stride, self.dilation):
            if extra and extra >= max(stride, dilation):
                raise OperationError(
                    f"output_padding {extra} must be smaller than the stride or the dilation",
                    "output_padding",
                )
        if self.padding == "same" and any(extra for (extra,) in side_by_side(self.output_padding)):
            raise OperationError(
                'output_padding does not go with "same", whose output is input × stride',
                "output_padding",
            )

    def output_shape(self, x: Shape) -> Shape:
        check_groups(self.groups, feature_map(self, x)[0], "in_channels")
        check_groups(self.groups, self.out_channels, "out_channels")
        cut = zip(self._whole(x), self.crops, strict=True)
        sizes = tuple(whole - sum(crop) for whole, crop in cut)
        if min(sizes) < 1:
            written = "x".join(str(before) for before, _ in self.crops)
            raise OperationError(f"padding {written} leaves nothing of the output", "padding")
        return self.out_channels, *sizes

    @property
    def crops(self) -> tuple[tuple[int, int], ...]:
        """How much is cut off before and behind. "same" is TensorFlow's; below 0 so much is added."""
        if isinstance(self.padding, str):
            surplus = (span - step for span, step in zip(self._spans, self.stride, strict=True))
            return tuple((max(more, 0) // 2, more - max(more, 0) // 2) for more in surplus)
        return tuple((pad, pad) for pad in self.padding)

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        leaving = "out_channels" if self.groups == 1 else "out_channels / groups"
        kernel = _by_axis("kernel", self.kernel_size)
        weight = {**kernel, "in_channels": x[0], leaving: self.out_channels // self.groups}
        return {"weight": weight} | ({"bias": {"out_channels": self.out_channels}} if self.bias else {})

    def positions(self, y: Shape, x: Shape) -> Dims:
        return _by_axis("input", x[1:])

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
        sides = [size + max(sum(crop), 0) for size, crop in zip(y[1:], self.crops, strict=True)]
        return sum(map(prod, inputs)) + y[0] * prod(sides)

    @property
    def _spans(self) -> Sizes:
        each = zip(self.kernel_size, self.dilation, strict=True)
        return tuple(dilation * (kernel - 1) + 1 for kernel, dilation in each)

    def _whole(self, x: Shape) -> Sizes:
        """The output's sizes before anything is cut off."""
        each = zip(x[1:], self.stride, self._spans, self.output_padding, strict=True)
        return tuple((size - 1) * stride + span + extra for size, stride, span, extra in each)

    def _outputs_as_conv(self, x: Shape) -> int:
        """How many positions a convolution with these options has; none fits below 1."""
        each = zip(x[1:], self.crops, self._spans, self.stride, strict=True)
        return prod((size + sum(crop) - span) // stride + 1 for size, crop, span, stride in each)


class Linear(Operation):
    """fully connected layer; flattens a feature map itself"""

    name: ClassVar[str] = "linear"
    formula: ClassVar[str] = "weights = in_features · out_features; multiply-adds = weights"
    example: ClassVar[str] = "linear 1000 bias"
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
