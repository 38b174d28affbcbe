"""Convolutions as matrix products on windows, and the fully connected layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

import numpy as np

from ..ops import convolution
from ..ops.options import Sizes
from .dispatch import Tensors, add_bias, forward
from .sliding import Array, Slide, padded, places

_MOST_COLUMNS = 1 << 21  # elements of a convolution's window matrix that are made at a time


@forward.register
def _(op: convolution.Conv, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    groups, kernel = op.groups, op.kernel_size
    entering = x.shape[0] // groups
    if entering * groups != x.shape[0]:
        raise ValueError(f"{x.shape[0]} channels cannot be split into {groups} groups")
    each = prod(kernel) * entering
    weight = tensors.ask("weight", *kernel, entering, op.out_channels, fan_in=each)
    # (groups, out_channels / groups, kernel · entering)
    by_group = weight.reshape(each, groups, -1).transpose(1, 2, 0)
    y = _convolved(x, by_group, _slide(op), tensors)
    return add_bias(y, op.bias, tensors)


@forward.register
def _(op: convolution.DepthwiseConv, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    channels, kernel = x.shape[0], op.kernel_size
    weight = tensors.ask("weight", *kernel, channels, op.multiplier, fan_in=prod(kernel))
    # A group for each channel: (channels, multiplier, kernel)
    by_channel = weight.reshape(-1, channels, op.multiplier).transpose(1, 2, 0)
    y = _convolved(x, by_channel, _slide(op), tensors)
    return add_bias(y, op.bias, tensors)


def _slide(op: convolution.KernelOperation) -> Slide:
    return Slide(op.kernel_size, op.stride, op.padding, op.dilation)


def _convolved(x: Array, weight: Array, slide: Slide, tensors: Tensors) -> Array:
    """The sums of products under every window; each group has a matrix of weights."""
    framed = padded(x, slide, tensors.border)
    sizes = places(framed, slide)
    if not all(sizes):
        raise ValueError(f"a kernel of {slide.kernel} does not fit into {framed.shape[1:]}")
    groups, leaving, _ = weight.shape
    y = np.empty((groups, leaving, prod(sizes)), np.float32)
    if prod(slide.kernel) == 1 and prod(slide.stride) == 1:
        np.matmul(weight, framed.reshape(groups, -1, prod(sizes)), out=y)
    else:
        done = 0
        for columns in _columns(framed, groups, slide, sizes):
            count = columns.shape[2]
            np.matmul(weight, columns, out=y[:, :, done : done + count])
            done += count
    tensors.products(whole := y.reshape(groups * leaving, *sizes))
    return whole


def _columns(framed: Array, groups: int, slide: Slide, sizes: Sizes) -> Iterator[Array]:
    """What lies under the kernel, (groups, kernel · channels, positions), block by block."""
    split = framed.reshape(groups, -1, *framed.shape[1:])
    height = prod(slide.kernel) * split.shape[1]
    most = max(1, _MOST_COLUMNS // (groups * height))
    block = _block(sizes, most)
    buffer = np.empty((groups * height * prod(block),), np.float32)
    offsets = list(product(*map(range, slide.kernel)))
    for start in product(*(range(0, size, step) for size, step in zip(sizes, block, strict=True))):
        counts = [min(step, size - at) for at, step, size in zip(start, block, sizes, strict=True)]
        part = buffer[: groups * height * prod(counts)]
        columns = part.reshape(groups, len(offsets), split.shape[1], *counts)
        for place, offset in enumerate(offsets):
            columns[:, place] = split[(slice(None), slice(None), *_under(start, offset, counts, slide))]
        yield part.reshape(groups, height, -1)


def _block(sizes: Sizes, most: int) -> Sizes:
    """How many positions along each axis are taken at a time; they follow each other in memory."""
    block: list[int] = []
    for size in reversed(sizes):
        block.insert(0, min(size, max(1, most)))
        most //= size
    return tuple(block)


def _under(
    start: Sequence[int], offset: Sequence[int], counts: Sequence[int], slide: Slide
) -> Iterator[slice]:
    """What lies under one element of the kernel, in windows that follow each other from `start` on."""
    each = zip(start, offset, counts, slide.stride, slide.dilation, strict=True)
    for at, tap, count, stride, dilation in each:
        first = at * stride + tap * dilation
        yield slice(first, first + (count - 1) * stride + 1, stride)


@forward.register
def _(op: convolution.ConvTranspose, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    channels, *sizes = x.shape
    kernel, (entering, leaving) = op.kernel_size, (channels // op.groups, op.out_channels // op.groups)
    # With a stride only a part of the kernel reaches an output; this is its average.
    fan_in = max(1, prod(kernel) * entering // prod(op.stride))
    weight = tensors.ask("weight", *kernel, channels, leaving, fan_in=fan_in)
    by_group = weight.reshape(*kernel, op.groups, entering, leaving).swapaxes(-1, -2)
    flat = x.reshape(op.groups, entering, -1)
    each = zip(sizes, kernel, op.stride, op.dilation, op.output_padding, strict=True)
    whole = [(n - 1) * step + apart * (k - 1) + 1 + more for n, k, step, apart, more in each]
    full = np.zeros((op.out_channels, *whole), np.float32)
    for offset in product(*map(range, kernel)):
        part = (by_group[offset] @ flat).reshape(op.out_channels, *sizes)
        spread = zip(offset, sizes, op.stride, op.dilation, strict=True)
        full[(slice(None), *(slice(o * d, o * d + (n - 1) * s + 1, s) for o, n, s, d in spread))] += part
    tensors.products(full)
    return add_bias(_cropped(full, op), op.bias, tensors)


def _cropped(full: Array, op: convolution.ConvTranspose) -> Array:
    """The output without its border; with "same", zeros are added where no kernel reached."""
    if not isinstance(op.padding, str):
        borders = [(pad, pad) for pad in op.padding]
    else:
        # TensorFlow's SAME: as many outputs as input positions times the stride.
        spans = [apart * (k - 1) + 1 for k, apart in zip(op.kernel_size, op.dilation, strict=True)]
        more = [span - step for span, step in zip(spans, op.stride, strict=True)]
        full = np.pad(full, [(0, 0), *((0, max(0, -one)) for one in more)])
        borders = [(max(0, one) // 2, max(0, one) - max(0, one) // 2) for one in more]
    kept = tuple(slice(a, n - b) for n, (a, b) in zip(full.shape[1:], borders, strict=True))
    if any(part.start >= part.stop for part in kept):
        raise ValueError(f"{full.shape[1:]} without a border of {borders} is nothing")
    return full[(slice(None), *kept)]


@forward.register
def _(op: convolution.Linear, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    flat = x.reshape(-1)
    y = flat @ tensors.ask("weight", flat.size, op.out_features, fan_in=flat.size)
    tensors.products(y)
    return add_bias(y, op.bias, tensors)
