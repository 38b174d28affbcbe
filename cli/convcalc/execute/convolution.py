"""Convolutions as matrix products on windows, and the fully connected layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from ..ops import convolution
from .dispatch import Tensors, add_bias, forward
from .sliding import Array, Slide, padded, windows

_MOST_COLUMNS = 1 << 21  # elements of a convolution's window matrix that are made at a time


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
    return add_bias(whole, op.bias, tensors)


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
    return add_bias(y, op.bias, tensors)


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
    return add_bias(full[:, top : tall - top, left : wide - left], op.bias, tensors)


@forward.register
def _(op: convolution.Linear, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    flat = x.reshape(-1)
    y = flat @ tensors.ask("weight", flat.size, op.out_features, fan_in=flat.size)
    tensors.products(y)
    return add_bias(y, op.bias, tensors)
