"""Pooling: a value for each window or each whole map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ops import pooling
from .dispatch import Tensors, forward
from .sliding import Array, Slide, axes_of, padded, taps


def _slide(op: pooling.Pool) -> Slide:
    return Slide(op.kernel_size, op.stride, op.padding, op.steps, op.ceil_mode)


def _fold(framed: Array, slide: Slide, combine: Any) -> Array:
    """Combine the elements of every window, along one axis after the other."""
    y = framed
    for axis in range(framed.ndim - 2):
        first, *others = taps(y, slide, axis)
        y = first.copy()
        for tap in others:
            combine(y, tap, out=y)
    return _fold_rows(y, slide, combine)


def _fold_rows(x: Array, slide: Slide, combine: Any) -> Array:
    """Combine along the last axis, over all rows as one; windows that cross into the next row are cut.

    One by one, rows of 28 elements take three times as long.
    """
    kernel, stride, dilation = slide.kernel[-1], slide.stride[-1], slide.dilation[-1]
    count = len(range(0, x.shape[-1] - dilation * (kernel - 1), stride))
    if not count:
        raise ValueError(f"a kernel of {kernel} does not fit into {x.shape[-1]}")
    flat = x.reshape(-1)
    y = flat.copy()
    for shift in range(dilation, kernel * dilation, dilation):
        combine(y[:-shift], flat[shift:], out=y[:-shift])
    return y.reshape(x.shape)[..., : (count - 1) * stride + 1 : stride]


@forward.register
def _(op: pooling.MaxPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    slide = _slide(op)
    return _fold(padded(inputs[0], slide, -np.inf), slide, np.maximum)


@forward.register
def _(op: pooling.AvgPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    slide = _slide(op)
    sums = _fold(padded(x, slide, 0.0), slide, np.add)
    # A window is divided by the number of elements that count: ones mark these, zeros the others.
    counted = np.ones((1, *x.shape[1:]), np.float32)
    if op.count_include_pad and not isinstance(op.padding, str):
        # The border counts, but not what ceil_mode adds behind it.
        around = [(pad, pad) for pad in op.padding]
        counted = np.pad(counted, [(0, 0), *around], constant_values=1)
        inner = slide._replace(padding=(0,) * len(around))
        return sums / _fold(_grown(counted, inner, sums), inner, np.add)
    border = 1.0 if op.count_include_pad else 0.0
    return sums / _fold(padded(counted, slide, border), slide, np.add)


def _grown(counted: Array, slide: Slide, sums: Array) -> Array:
    """The array with zeros behind it, as far as the last windows of `sums` reach."""
    reach = [
        (places - 1) * stride + kernel
        for places, stride, kernel in zip(sums.shape[1:], slide.stride, slide.kernel, strict=True)
    ]
    behind = [(0, max(0, need - have)) for need, have in zip(reach, counted.shape[1:], strict=True)]
    return np.pad(counted, ((0, 0), *behind))


def _over_all(x: Array, combine: Callable[..., Any]) -> Array:
    axes = tuple(range(1, axes_of(x) + 1))
    return np.asarray(combine(x, axis=axes, keepdims=True), np.float32)


@forward.register
def _(op: pooling.GlobalAvgPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return _over_all(inputs[0], np.mean)


@forward.register
def _(op: pooling.GlobalMaxPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return _over_all(inputs[0], np.max)


def _adapted(x: Array, sizes: Sequence[int], combine: Callable[..., Any]) -> Array:
    """PyTorch's adaptive windows, which are boxes of different sizes, along one axis after the other."""
    y = x
    for axis, count in zip(range(1, axes_of(x) + 1), sizes, strict=True):
        size = x.shape[axis]
        parts = (slice(i * size // count, -(-(i + 1) * size // count)) for i in range(count))
        of_axis = (slice(None),) * axis
        y = np.stack([combine(y[(*of_axis, part)], axis=axis) for part in parts], axis)
    return np.asarray(y, np.float32)


@forward.register
def _(op: pooling.AdaptiveAvgPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return _adapted(inputs[0], op.size, np.mean)


@forward.register
def _(op: pooling.AdaptiveMaxPool, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return _adapted(inputs[0], op.size, np.max)


@forward.register
def _(op: pooling.ChannelMean, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return np.asarray(inputs[0].mean(axis=0, keepdims=True), np.float32)


@forward.register
def _(op: pooling.ChannelMax, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return np.asarray(inputs[0].max(axis=0, keepdims=True), np.float32)
