"""Windows and whole maps gathered into one value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ops import pooling
from .dispatch import Tensors, forward
from .sliding import Array, Slide, padded, windows


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
