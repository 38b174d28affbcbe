"""Operations that pass values on as they are, in other places or only some of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..ops import reshaping
from .dispatch import Tensors, forward
from .sliding import Array, axes_of


@forward.register
def _(op: reshaping.Identity, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return inputs[0]


@forward.register
def _(op: reshaping.Dropout, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return inputs[0]  # in inference nothing is dropped


@forward.register
def _(op: reshaping.Flatten, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return inputs[0].reshape(-1)


@forward.register
def _(op: reshaping.Slice, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    if op.stop > x.shape[0]:
        raise ValueError(f"no channel {op.stop - 1} among {x.shape[0]}")
    return x[op.start : op.stop]


@forward.register
def _(op: reshaping.ChannelShuffle, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    return x.reshape(op.groups, -1, *x.shape[1:]).swapaxes(0, 1).reshape(x.shape)


@forward.register
def _(op: reshaping.PixelShuffle, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    axes, factor = axes_of(x), op.factor
    split = x.reshape(-1, *[factor] * axes, *x.shape[1:])
    # Each axis is followed by the factor that it grows by: (channels, height, factor, width, factor).
    order = [0, *(place for axis in range(1, axes + 1) for place in (axes + axis, axis))]
    return split.transpose(order).reshape(split.shape[0], *(size * factor for size in x.shape[1:]))


@forward.register
def _(op: reshaping.PixelUnshuffle, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    axes, factor = axes_of(x), op.factor
    sizes = [size // factor for size in x.shape[1:]]
    split = x.reshape(x.shape[0], *(part for size in sizes for part in (size, factor)))
    order = [0, *range(2, 2 * axes + 1, 2), *range(1, 2 * axes, 2)]
    return split.transpose(order).reshape(-1, *sizes)


@forward.register
def _(op: reshaping.Pad, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    axes_of(x)
    ends = zip(op.padding, op.before, op.after, strict=True)
    return np.pad(x, [(0, op.channels), *((both + a, both + b) for both, a, b in ends)])


@forward.register
def _(op: reshaping.Crop, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    axes_of(x)
    starts = [
        (size - part) // 2 if isinstance(op.offset, str) else op.offset[axis]
        for axis, (size, part) in enumerate(zip(x.shape[1:], op.size, strict=True))
    ]
    if min(starts) < 0:
        raise ValueError(f"{op.size} is larger than {x.shape[1:]}")
    parts = (slice(start, start + part) for start, part in zip(starts, op.size, strict=True))
    y = x[(slice(None), *parts)]
    if y.shape[1:] != op.size:
        raise ValueError(f"{op.size} from {starts} on is more than there is of {x.shape[1:]}")
    return y
