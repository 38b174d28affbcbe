"""Normalisation and scaling by channel."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ..ops import normalization
from .dispatch import Tensors, add_bias, by_channel, forward
from .sliding import Array, axes_of


@forward.register
def _(op: normalization.BatchNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    channels = x.shape[0]
    mean, variance = (tensors.ask(name, channels) for name in ("running_mean", "running_var"))
    factor = 1 / np.sqrt(variance + np.float32(op.eps))
    if op.scale:
        factor = factor * tensors.ask("gamma", channels)
    summand = -mean * factor
    if op.center:
        summand = summand + tensors.ask("beta", channels)
    y = x * by_channel(factor, x)
    y += by_channel(summand, x)
    return y


@forward.register
def _(op: normalization.LayerNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    return _trained(_standardized(x, 0, op.eps), op, tensors)


@forward.register
def _(op: normalization.GroupNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    # The channels are split first, because the values may divide evenly where the channels do not.
    of_group = x.reshape(op.groups, len(x) // op.groups, *x.shape[1:]).reshape(op.groups, -1)
    if of_group.shape[1] == 1:
        raise ValueError("one value has no variance")
    return _trained(_standardized(of_group, 1, op.eps).reshape(x.shape), op, tensors)


@forward.register
def _(op: normalization.InstanceNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    if x[0].size == 1:
        raise ValueError("one value has no variance")
    return _trained(_standardized(x, tuple(range(1, x.ndim)), op.eps), op, tensors)


def _standardized(x: Array, axis: int | tuple[int, ...], eps: Fraction) -> Array:
    mean, variance = x.mean(axis, keepdims=True), x.var(axis, keepdims=True)
    y: Array = (x - mean) / np.sqrt(variance + np.float32(eps))
    return y


def _trained(y: Array, op: normalization.Norm, tensors: Tensors) -> Array:
    """Values with the factor and the summand of each channel applied."""
    if op.scale:
        y *= by_channel(tensors.ask("gamma", y.shape[0]), y)
    if op.center:
        y += by_channel(tensors.ask("beta", y.shape[0]), y)
    return y


@forward.register
def _(op: normalization.L2Norm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    y: Array = x / np.maximum(np.sqrt((x * x).sum(axis=0)), np.float32(op.eps))
    return y * by_channel(tensors.ask("gamma", x.shape[0]), x) if op.scale else y


@forward.register
def _(op: normalization.Factor, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return inputs[0] * np.float32(op.number)


@forward.register
def _(op: normalization.Scale, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    y = x * by_channel(tensors.ask("gamma", x.shape[0]), x)
    return add_bias(y, op.bias, tensors)


@forward.register
def _(op: normalization.LocalResponseNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    axes = axes_of(x)
    # As in PyTorch, alpha is divided by size, and channels beyond the border are zeros.
    # No window reaches further than the channels there are.
    before = min(op.size // 2, x.shape[0])
    after = min(op.size - 1 - op.size // 2, x.shape[0])
    squares = np.pad(x * x, [(before, after), *[(0, 0)] * axes])
    sums = sum(squares[offset : offset + x.shape[0]] for offset in range(before + after + 1))
    scale = np.float32(op.k) + np.float32(op.alpha / op.size) * sums
    return x / scale ** np.float32(op.beta)
