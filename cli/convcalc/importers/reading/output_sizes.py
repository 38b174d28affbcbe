"""Sizes as the frameworks compute them, apart from what our own operations say."""

from collections.abc import Sequence
from typing import NamedTuple


class Sides(NamedTuple):
    """Zeros before and after, for each axis."""

    before: tuple[int, ...]
    after: tuple[int, ...]


def same_sides(
    sizes: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> Sides:
    """The zeros of TensorFlow's SAME: as many as keep ceil(size / stride), the odd one behind."""
    before, after = [], []
    for size, k, s, d in zip(sizes, kernel, stride, dilation, strict=True):
        missing = max((-(-size // s) - 1) * s + d * (k - 1) + 1 - size, 0)
        before.append(missing // 2)
        after.append(missing - missing // 2)
    return Sides(tuple(before), tuple(after))


def slid(
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    sides: Sides,
    dilation: Sequence[int],
    ceil_mode: bool = False,
) -> tuple[int, ...]:
    """How many places a window has along each axis.

    Rounded up, a window that would start behind the last element, in the zeros, is dropped: so
    PyTorch, and ONNX since version 19.
    """
    places = []
    for size, k, s, p, q, d in zip(sizes, kernel, stride, *sides, dilation, strict=True):
        room = size + p + q - d * (k - 1) - 1
        count = (-(-room // s) if ceil_mode else room // s) + 1
        if ceil_mode and (count - 1) * s >= size + p:
            count -= 1
        places.append(count)
    return tuple(places)


def spread(
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    sides: Sides,
    dilation: Sequence[int],
    extra: Sequence[int],
) -> tuple[int, ...]:
    """The sizes that a transposed convolution gives."""
    every = zip(sizes, kernel, stride, *sides, dilation, extra, strict=True)
    return tuple((size - 1) * s + d * (k - 1) + 1 + e - p - q for size, k, s, p, q, d, e in every)
