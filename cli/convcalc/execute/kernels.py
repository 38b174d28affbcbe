"""What each operation does to real arrays, one function each, with PyTorch's meaning.

Nothing here asks the analytic side for a shape or a count: shapes fall out of the arrays, and
each tensor is asked for in the shape that they need. An image is (channels, height, width), a
vector (features,), all float32; a convolution's weight is (kernel height, kernel width,
in_channels / groups, out_channels).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce, singledispatch
from itertools import product
from typing import Any, Protocol

import numpy as np

from ..ops import base, convolution, elementwise, merges, normalization, pooling
from .sliding import Array, Slide, padded, windows

_EPSILON = 1e-5  # of normalisation, as in PyTorch
_MOST_COLUMNS = 1 << 21  # elements of a convolution's window matrix that are made at a time


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
def forward(operation: base.Operation, inputs: Sequence[Array], tensors: Tensors) -> Array:
    """The output of an operation for the arrays that enter it."""
    raise NotImplementedError(f"no execution of {operation.name}")


def _by_channel(values: Array, x: Array) -> Array:
    """Values for each channel, shaped to go with an image or a vector."""
    return values.reshape(-1, *[1] * (x.ndim - 1))


def _add_bias(y: Array, has_bias: bool, tensors: Tensors) -> Array:
    if has_bias:
        y += _by_channel(tensors.ask("bias", y.shape[0]), y)
    return y


@forward.register
def _(op: convolution.Conv, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    groups, (kh, kw) = op.groups, op.kernel_size
    entering = x.shape[0] // groups
    if entering * groups != x.shape[0]:
        raise ValueError(f"{x.shape[0]} channels cannot be split into {groups} groups")
    weight = tensors.ask("weight", kh, kw, entering, op.out_channels, fan_in=kh * kw * entering)
    slide = Slide(op.kernel_size, op.stride, op.padding, op.dilation)
    seen = windows(padded(x, slide, tensors.border), slide)
    _, height, width = seen.shape[:3]
    # (groups, out_channels / groups, kh·kw·entering) times (groups, kh·kw·entering, positions)
    by_group = weight.reshape(kh * kw * entering, groups, -1).transpose(1, 2, 0)
    y = np.empty((groups, by_group.shape[1], height * width), np.float32)
    # Whole rows of positions at a time, or parts of a row where one is too long.
    most = max(1, _MOST_COLUMNS // (x.shape[0] * kh * kw))
    rows, wide = max(1, most // width), min(most, width)
    for top, left in product(range(0, height, rows), range(0, width, wide)):
        part = seen[:, top : top + rows, left : left + wide]
        columns = part.reshape(groups, entering, *part.shape[1:]).transpose(0, 4, 5, 1, 2, 3)
        flat = columns.reshape(groups, kh * kw * entering, -1)
        first = top * width + left
        np.matmul(by_group, flat, out=y[:, :, first : first + flat.shape[2]])
    whole = y.reshape(op.out_channels, height, width)
    tensors.products(whole)
    return _add_bias(whole, op.bias, tensors)


@forward.register
def _(op: convolution.DepthwiseConv, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    channels, (kh, kw) = x.shape[0], op.kernel_size
    weight = tensors.ask("weight", kh, kw, channels, op.multiplier, fan_in=kh * kw)
    slide = Slide(op.kernel_size, op.stride, op.padding, op.dilation)
    seen = windows(padded(x, slide, tensors.border), slide)
    _, height, width = seen.shape[:3]
    y: Array = np.zeros((channels, op.multiplier, height, width), np.float32)
    for i in range(kh):
        for j in range(kw):
            y += seen[:, None, :, :, i, j] * weight[i, j][:, :, None, None]
    y = y.reshape(channels * op.multiplier, height, width)
    tensors.products(y)
    return _add_bias(y, op.bias, tensors)


@forward.register
def _(op: convolution.ConvTranspose, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    channels, height, width = x.shape
    (kh, kw), (sh, sw), (dh, dw) = op.kernel_size, op.stride, op.dilation
    entering, leaving = channels // op.groups, op.out_channels // op.groups
    # With a stride only a part of the kernel reaches an output; on average this one.
    fan_in = max(1, kh * kw * entering // (sh * sw))
    weight = tensors.ask("weight", kh, kw, channels, leaving, fan_in=fan_in)
    by_group = weight.reshape(kh, kw, op.groups, entering, leaving).swapaxes(3, 4)
    flat = x.reshape(op.groups, entering, height * width)
    tall = (height - 1) * sh + dh * (kh - 1) + 1 + op.output_padding[0]
    wide = (width - 1) * sw + dw * (kw - 1) + 1 + op.output_padding[1]
    full = np.zeros((op.out_channels, tall, wide), np.float32)
    for i in range(kh):
        for j in range(kw):
            part = (by_group[i, j] @ flat).reshape(op.out_channels, height, width)
            full[:, i * dh :: sh, j * dw :: sw][:, :height, :width] += part
    tensors.products(full)
    top, left = op.padding
    if tall <= 2 * top or wide <= 2 * left:
        raise ValueError(f"{tall}×{wide} without a border of {top}×{left} is nothing")
    return _add_bias(full[:, top : tall - top, left : wide - left], op.bias, tensors)


@forward.register
def _(op: convolution.Linear, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    flat = x.reshape(-1)
    y = flat @ tensors.ask("weight", flat.size, op.out_features, fan_in=flat.size)
    tensors.products(y)
    return _add_bias(y, op.bias, tensors)


def _pool_windows(op: pooling.Pool, x: Array, border: float) -> Array:
    slide = Slide(op.kernel_size, op.stride, op.padding, ceil_mode=op.ceil_mode)
    return windows(padded(x, slide, border), slide)


def _fold(seen: Array, combine: Any) -> Array:
    """Combine the elements of every window, row by row of the kernel."""
    y = seen[..., 0, 0].copy()
    for i in range(seen.shape[3]):
        for j in range(seen.shape[4]):
            if i or j:
                combine(y, seen[..., i, j], out=y)
    return y


@forward.register
def _(op: pooling.MaxPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return _fold(_pool_windows(op, inputs[0], -np.inf), np.maximum)


@forward.register
def _(op: pooling.AvgPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    sums = _fold(_pool_windows(op, x, 0.0), np.add)
    # Where a window is divided by what it covers: ones where an element counts, zeros elsewhere.
    counted = np.ones((1, *x.shape[1:]), np.float32)
    if op.count_include_pad and not isinstance(op.padding, str):
        # The border counts, but not what ceil_mode adds behind it.
        down, right = op.padding
        counted = np.pad(counted, ((0, 0), (down, down), (right, right)), constant_values=1)
        slide = Slide(op.kernel_size, op.stride, (0, 0), ceil_mode=op.ceil_mode)
        covered = _fold(windows(_grown(counted, slide, sums), slide), np.add)
    elif op.count_include_pad:
        covered = _fold(_pool_windows(op, counted, 1.0), np.add)
    else:
        covered = _fold(_pool_windows(op, counted, 0.0), np.add)
    return sums / covered


def _grown(counted: Array, slide: Slide, sums: Array) -> Array:
    """Zeros behind, as far as the last windows of `sums` reach."""
    reach = [
        (places - 1) * stride + kernel
        for places, stride, kernel in zip(sums.shape[1:], slide.stride, slide.kernel, strict=True)
    ]
    behind = [(0, max(0, need - have)) for need, have in zip(reach, counted.shape[1:], strict=True)]
    return np.pad(counted, ((0, 0), *behind))


@forward.register
def _(op: pooling.GlobalAvgPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return np.asarray(inputs[0].mean(axis=(1, 2), keepdims=True))


@forward.register
def _(op: pooling.GlobalMaxPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return np.asarray(inputs[0].max(axis=(1, 2), keepdims=True))


@forward.register
def _(op: normalization.BatchNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    channels = x.shape[0]
    mean, variance = (tensors.ask(name, channels) for name in ("running_mean", "running_var"))
    factor = 1 / np.sqrt(variance + np.float32(_EPSILON))
    if op.scale:
        factor = factor * tensors.ask("gamma", channels)
    summand = -mean * factor
    if op.center:
        summand = summand + tensors.ask("beta", channels)
    y = x * _by_channel(factor, x)
    y += _by_channel(summand, x)
    return y


@forward.register
def _(op: normalization.LayerNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    y: Array = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + np.float32(_EPSILON))
    if op.scale:
        y *= _by_channel(tensors.ask("gamma", x.shape[0]), x)
    if op.center:
        y += _by_channel(tensors.ask("beta", x.shape[0]), x)
    return y


@forward.register
def _(op: normalization.Scale, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    y = x * _by_channel(tensors.ask("gamma", x.shape[0]), x)
    return _add_bias(y, op.bias, tensors)


@forward.register
def _(op: normalization.LocalResponseNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    # As PyTorch has it: alpha is divided by size, and the channels beyond the border are zeros.
    before = op.size // 2
    squares = np.pad(x * x, ((before, op.size - 1 - before), (0, 0), (0, 0)))
    sums = sum(squares[offset : offset + x.shape[0]] for offset in range(op.size))
    scale = np.float32(op.k) + np.float32(op.alpha / op.size) * sums
    return x / scale ** np.float32(op.beta)


def _elementwise(kind: type[base.Operation], function: Callable[[Array], Any]) -> None:
    """Register an operation that has no options and treats each value alone."""

    def run(op: base.Operation, inputs: Sequence[Array], tensors: Tensors) -> Array:
        return np.asarray(function(inputs[0]), np.float32)

    forward.register(kind, run)


def _sigmoid(x: Array) -> Any:
    return 0.5 * (np.tanh(0.5 * x) + 1)  # does not overflow


def _hardsigmoid(x: Array) -> Any:
    return np.clip(x + 3, 0, 6) / 6


def _gelu(x: Array) -> Any:
    erf = np.fromiter(map(math.erf, (x / math.sqrt(2)).flat), np.float32, x.size)
    return x * (1 + erf.reshape(x.shape)) / 2


_elementwise(elementwise.Relu, lambda x: np.maximum(x, 0))
_elementwise(elementwise.Relu6, lambda x: np.clip(x, 0, 6))
_elementwise(elementwise.Elu, lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))))
_elementwise(elementwise.Sigmoid, _sigmoid)
_elementwise(elementwise.Tanh, np.tanh)
_elementwise(elementwise.Silu, lambda x: x * _sigmoid(x))
_elementwise(elementwise.HardSwish, lambda x: x * _hardsigmoid(x))
_elementwise(elementwise.HardSigmoid, _hardsigmoid)
_elementwise(elementwise.Gelu, _gelu)
_elementwise(elementwise.Dropout, lambda x: x)  # in inference nothing is dropped
_elementwise(elementwise.Identity, lambda x: x)
_elementwise(elementwise.Flatten, lambda x: x.reshape(-1))


@forward.register
def _(op: elementwise.LeakyRelu, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    return np.where(x > 0, x, np.float32(op.slope) * x)


@forward.register
def _(op: elementwise.Prelu, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    return np.where(x > 0, x, _by_channel(tensors.ask("slope", x.shape[0]), x) * x)


@forward.register
def _(op: elementwise.Softmax, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    powers = np.exp(x - x.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0), np.float32)


@forward.register
def _(op: elementwise.Upsample, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return inputs[0].repeat(op.scale, axis=1).repeat(op.scale, axis=2)


@forward.register
def _(op: elementwise.Slice, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    if op.stop > x.shape[0]:
        raise ValueError(f"no channel {op.stop - 1} among {x.shape[0]}")
    return x[op.start : op.stop]


@forward.register
def _(op: elementwise.ChannelShuffle, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    return x.reshape(op.groups, -1, *x.shape[1:]).swapaxes(0, 1).reshape(x.shape)


@forward.register
def _(op: merges.Concat, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return np.concatenate(inputs)


@forward.register
def _(op: merges.Add, inputs: Sequence[Array], tensors: Tensors) -> Array:
    y = inputs[0].copy()
    for x in inputs[1:]:
        if x.shape != y.shape:
            raise ValueError(f"{x.shape} cannot be added to {y.shape}")
        y += x
    return y


@forward.register
def _(op: merges.Mul, inputs: Sequence[Array], tensors: Tensors) -> Array:
    rank = max(x.ndim for x in inputs)
    spread = [x.reshape(*x.shape, *[1] * (rank - x.ndim)) for x in inputs]
    y = reduce(np.multiply, spread)
    gate = (y.shape[0], *[1] * (rank - 1))
    for x in spread:
        if x.shape not in (y.shape, gate):
            raise ValueError(f"{x.shape} is no gate for {y.shape}")
    return y
