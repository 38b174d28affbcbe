"""Normalisation and scaling by channel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..ops import normalization
from .dispatch import Tensors, add_bias, by_channel, forward
from .sliding import Array

_EPSILON = 1e-5  # of normalisation, as in PyTorch


@forward.register
def _(op: normalization.BatchNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    channels = x.shape[0]
    mean, variance = (tensors.ask(name, channels) for name in ("running_mean", "running_var"))
    factor = 1 / np.sqrt(variance + np.float32(_EPSILON))
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
    y: Array = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + np.float32(_EPSILON))
    if op.scale:
        y *= by_channel(tensors.ask("gamma", x.shape[0]), x)
    if op.center:
        y += by_channel(tensors.ask("beta", x.shape[0]), x)
    return y


@forward.register
def _(op: normalization.Scale, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    y = x * by_channel(tensors.ask("gamma", x.shape[0]), x)
    return add_bias(y, op.bias, tensors)


@forward.register
def _(op: normalization.LocalResponseNorm, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    # As PyTorch has it: alpha is divided by size, and the channels beyond the border are zeros.
    # No window reaches further than the channels there are.
    before = min(op.size // 2, x.shape[0])
    after = min(op.size - 1 - op.size // 2, x.shape[0])
    squares = np.pad(x * x, ((before, after), (0, 0), (0, 0)))
    sums = sum(squares[offset : offset + x.shape[0]] for offset in range(before + after + 1))
    scale = np.float32(op.k) + np.float32(op.alpha / op.size) * sums
    return x / scale ** np.float32(op.beta)
