"""Padding and windows on real arrays. The number of windows falls out of the slicing."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ops.options import Padding, Sizes

Array = NDArray[np.float32]


class Slide(NamedTuple):
    """How a kernel moves over the axes behind the channels."""

    kernel: Sizes
    stride: Sizes
    padding: Padding
    dilation: Sizes
    ceil_mode: bool = False


def axes_of(x: Array) -> int:
    """How many axes a map has behind its channels."""
    if x.ndim == 1:
        raise ValueError("a vector has no positions")
    return x.ndim - 1


def padded(x: Array, slide: Slide, value: float) -> Array:
    """The map with its border."""
    borders = [_border(x.shape[axis + 1], axis, slide) for axis in range(axes_of(x))]
    if not any(map(any, borders)):
        return x
    framed = np.full(
        (x.shape[0], *(size + sum(border) for size, border in zip(x.shape[1:], borders, strict=True))),
        value,
        np.float32,
    )
    inside = (
        slice(before, before + size) for size, (before, _) in zip(x.shape[1:], borders, strict=True)
    )
    framed[(slice(None), *inside)] = x
    return framed


def places(framed: Array, slide: Slide) -> Sizes:
    """How many windows of a padded map there are along each axis."""
    return tuple(
        len(range(0, size - dilation * (kernel - 1), stride))
        for size, kernel, stride, dilation in zip(
            framed.shape[1:], slide.kernel, slide.stride, slide.dilation, strict=True
        )
    )


def taps(framed: Array, slide: Slide, axis: int) -> Iterator[Array]:
    """For each element of the kernel along an axis, what lies under it in every window."""
    kernel, stride, dilation = slide.kernel[axis], slide.stride[axis], slide.dilation[axis]
    count = len(range(0, framed.shape[axis + 1] - dilation * (kernel - 1), stride))
    if not count:
        raise ValueError(f"a kernel of {kernel} does not fit into {framed.shape[axis + 1]}")
    for first in range(0, kernel * dilation, dilation):
        under = slice(first, first + (count - 1) * stride + 1, stride)
        yield framed[(slice(None),) * (axis + 1) + (under,)]


def _border(size: int, axis: int, slide: Slide) -> tuple[int, int]:
    """Elements to add before and after along an axis."""
    kernel, stride, dilation = slide.kernel[axis], slide.stride[axis], slide.dilation[axis]
    span = dilation * (kernel - 1) + 1
    if isinstance(slide.padding, str):
        # TensorFlow's SAME: a window for every stride-th element; an odd element of padding is behind.
        starts = len(range(0, size, stride))
        missing = max((starts - 1) * stride + span - size, 0)
        return missing // 2, missing - missing // 2
    pad = slide.padding[axis]
    if not slide.ceil_mode:
        return pad, pad
    # PyTorch's ceil_mode: one more window if the last one did not reach the end, and if the new one
    # starts before the padding behind the image.
    whole = size + 2 * pad
    starts_at = [place for place in range(0, size + pad, stride) if place - stride + span < whole]
    reach = starts_at[-1] + span if starts_at else 0
    return pad, pad + max(0, reach - whole)
