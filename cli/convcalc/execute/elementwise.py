"""Values treated alone or rearranged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ops import base, elementwise
from .dispatch import Tensors, by_channel, forward
from .sliding import Array


def _elementwise(kind: type[base.Operation], function: Callable[[Array], Any]) -> None:
    """Register an operation that has no options and treats each value alone."""

    def run(op: base.Operation, inputs: Sequence[Array], tensors: Tensors) -> Array:
        return np.asarray(function(inputs[0]), np.float32)

    forward.register(kind, run)


def _sigmoid(x: Array) -> Any:
    # Of both signs the exponential that does not overflow, so that small values keep their digits.
    powers = np.exp(-np.abs(x))
    return np.where(x < 0, powers, 1) / (1 + powers)


def _hardsigmoid(x: Array) -> Any:
    return np.clip(x + 3, 0, 6) / 6


def _gelu(x: Array) -> Any:
    erf = np.fromiter(map(math.erf, (x / math.sqrt(2)).flat), np.float32, x.size)
    return x * (1 + erf.reshape(x.shape)) / 2


_elementwise(elementwise.Relu, lambda x: np.maximum(x, 0))
_elementwise(elementwise.Relu6, lambda x: np.clip(x, 0, 6))
_elementwise(elementwise.Elu, lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))))
_elementwise(elementwise.Sigmoid, _sigmoid)
_elementwise(elementwise.Tanh, np.tanh)
_elementwise(elementwise.Silu, lambda x: x * _sigmoid(x))
_elementwise(elementwise.HardSwish, lambda x: x * _hardsigmoid(x))
_elementwise(elementwise.HardSigmoid, _hardsigmoid)
_elementwise(elementwise.Gelu, _gelu)
_elementwise(elementwise.Dropout, lambda x: x)  # in inference nothing is dropped
_elementwise(elementwise.Identity, lambda x: x)
_elementwise(elementwise.Flatten, lambda x: x.reshape(-1))


@forward.register
def _(op: elementwise.LeakyRelu, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    return np.where(x > 0, x, np.float32(op.slope) * x)


@forward.register
def _(op: elementwise.Prelu, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    return np.where(x > 0, x, by_channel(tensors.ask("slope", x.shape[0]), x) * x)


@forward.register
def _(op: elementwise.Softmax, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    powers = np.exp(x - x.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0), np.float32)


@forward.register
def _(op: elementwise.Upsample, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return inputs[0].repeat(op.scale, axis=1).repeat(op.scale, axis=2)


@forward.register
def _(op: elementwise.Slice, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    if op.stop > x.shape[0]:
        raise ValueError(f"no channel {op.stop - 1} among {x.shape[0]}")
    return x[op.start : op.stop]


@forward.register
def _(op: elementwise.ChannelShuffle, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    return x.reshape(op.groups, -1, *x.shape[1:]).swapaxes(0, 1).reshape(x.shape)
