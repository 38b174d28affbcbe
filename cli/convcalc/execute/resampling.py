"""Feature maps made larger or smaller."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..ops import resampling
from .dispatch import Tensors, forward
from .sliding import Array, axes_of


@forward.register
def _(op: resampling.Upsample, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    sizes = [size * times for size, times in zip(x.shape[1:], op.scale, strict=True)]
    return _resampled(x, sizes, op)


@forward.register
def _(op: resampling.Resize, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return _resampled(inputs[0], op.size, op)


def _resampled(x: Array, sizes: Sequence[int], op: resampling.Resampling) -> Array:
    """One axis after the other, as PyTorch does it."""
    y = x
    for axis, size in zip(range(1, axes_of(x) + 1), sizes, strict=True):
        y = (
            _nearest(y, axis, size)
            if op.mode == "nearest"
            else _between(y, axis, size, op.align_corners)
        )
    return y


def _nearest(x: Array, axis: int, size: int) -> Array:
    # Computed in float32 like PyTorch's, which matters where a place lies between two.
    scale = np.float32(x.shape[axis]) / np.float32(size)
    places = np.floor(np.arange(size, dtype=np.float32) * scale).astype(int)
    y: Array = x.take(np.minimum(places, x.shape[axis] - 1), axis)
    return y


def _between(x: Array, axis: int, size: int, align_corners: bool) -> Array:
    """Each value from its two neighbours along an axis, weighted by how near they are."""
    count, out = x.shape[axis], np.arange(size, dtype=np.float32)
    if align_corners:
        at = out * np.float32((count - 1) / (size - 1) if size > 1 else 0)
    else:
        at = np.maximum((out + np.float32(0.5)) * np.float32(count / size) - np.float32(0.5), 0)
    before = np.minimum(at.astype(int), count - 1)
    after = np.minimum(before + 1, count - 1)
    share = (at - before).astype(np.float32).reshape(-1, *[1] * (x.ndim - 1 - axis))
    y: Array = x.take(before, axis) * (1 - share) + x.take(after, axis) * share
    return y
