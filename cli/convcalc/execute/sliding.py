"""Padding and windows on real arrays; how many there are falls out of the slicing."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..ops.options import Padding, Pair

Array = NDArray[np.float32]


class Slide(NamedTuple):
    """How a kernel moves over height and width."""

    kernel: Pair
    stride: Pair
    padding: Padding
    dilation: Pair = (1, 1)
    ceil_mode: bool = False


def padded(x: Array, slide: Slide, value: float) -> Array:
    """The image with its border; (channels, height, width) in and out."""
    channels, height, width = x.shape
    (top, bottom), (left, right) = _border(height, 0, slide), _border(width, 1, slide)
    if not (top or bottom or left or right):
        return x
    framed = np.full((channels, top + height + bottom, left + width + right), value, np.float32)
    framed[:, top : top + height, left : left + width] = x
    return framed


def windows(framed: Array, slide: Slide) -> Array:
    """Every window of a padded image, without a copy: (channels, places down, places right, kh, kw)."""
    spans = tuple(d * (k - 1) + 1 for k, d in zip(slide.kernel, slide.dilation, strict=True))
    (down, right), (dh, dw) = slide.stride, slide.dilation
    return sliding_window_view(framed, spans, axis=(1, 2))[:, ::down, ::right, ::dh, ::dw]


def _border(size: int, axis: int, slide: Slide) -> Pair:
    """Elements to add before and after along an axis."""
    kernel, stride, dilation = slide.kernel[axis], slide.stride[axis], slide.dilation[axis]
    span = dilation * (kernel - 1) + 1
    if isinstance(slide.padding, str):
        # TensorFlow's SAME: a window for every stride-th element, the odd element behind.
        starts = len(range(0, size, stride))
        missing = max((starts - 1) * stride + span - size, 0)
        return missing // 2, missing - missing // 2
    pad = slide.padding[axis]
    if not slide.ceil_mode:
        return pad, pad
    # PyTorch's ceil_mode: the next window too where the one before did not reach the end, if it
    # starts before the padding behind the image.
    whole = size + 2 * pad
    places = [place for place in range(0, size + pad, stride) if place - stride + span < whole]
    reach = places[-1] + span if places else 0
    return pad, pad + max(0, reach - whole)
