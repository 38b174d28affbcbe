"""Activation functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ops import activation, base
from .dispatch import Tensors, by_channel, forward
from .sliding import Array


def _plain(kind: type[base.Operation], function: Callable[[Array], Any]) -> None:
    """Register an operation that has no options and treats each value alone."""

    def run(op: base.Operation, inputs: Sequence[Array], tensors: Tensors) -> Array:
        return np.asarray(function(inputs[0]), np.float32)

    forward.register(kind, run)


def _sigmoid(x: Array) -> Any:
    # For each sign this is the exponential that does not overflow, so that small values keep digits.
    powers = np.exp(-np.abs(x))
    return np.where(x < 0, powers, 1) / (1 + powers)


def _softplus(x: Array) -> Any:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _elu(x: Array, alpha: float) -> Any:
    return np.where(x > 0, x, np.float32(alpha) * np.expm1(np.minimum(x, 0)))


def _hardsigmoid(x: Array) -> Any:
    return np.clip(x + 3, 0, 6) / 6


# Klambauer et al. 2017, equation 14.
_SELU_ALPHA, _SELU_SLOPE = 1.6732632423543772, 1.0507009873554805

_plain(activation.Relu, lambda x: np.maximum(x, 0))
_plain(activation.Relu6, lambda x: np.clip(x, 0, 6))
_plain(activation.Selu, lambda x: np.float32(_SELU_SLOPE) * _elu(x, _SELU_ALPHA))
_plain(activation.Sigmoid, _sigmoid)
_plain(activation.LogSigmoid, lambda x: -_softplus(-x))
_plain(activation.Tanh, np.tanh)
_plain(activation.Silu, lambda x: x * _sigmoid(x))
_plain(activation.Softplus, _softplus)
_plain(activation.Mish, lambda x: x * np.tanh(_softplus(x)))
_plain(activation.HardSwish, lambda x: x * _hardsigmoid(x))
_plain(activation.HardSigmoid, _hardsigmoid)


@forward.register
def _(op: activation.Elu, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return np.asarray(_elu(inputs[0], float(op.alpha)), np.float32)


@forward.register
def _(op: activation.Gelu, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    if op.approximate == "tanh":
        inner = np.float32(math.sqrt(2 / math.pi)) * (x + np.float32(0.044715) * x**3)
        return np.asarray(x * (1 + np.tanh(inner)) / 2, np.float32)
    erf = np.fromiter(map(math.erf, (x / math.sqrt(2)).flat), np.float32, x.size)
    return np.asarray(x * (1 + erf.reshape(x.shape)) / 2, np.float32)


@forward.register
def _(op: activation.LeakyRelu, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    return np.where(x > 0, x, np.float32(op.slope) * x)


@forward.register
def _(op: activation.Prelu, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    slopes = tensors.ask("slope", 1 if op.shared else x.shape[0])
    return np.where(x > 0, x, by_channel(slopes, x) * x)


@forward.register
def _(op: activation.Softmax, inputs: Sequence[Array], tensors: Tensors) -> Array:
    (x,) = inputs
    powers = np.exp(x - x.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0), np.float32)
