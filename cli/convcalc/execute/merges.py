"""Merges of several arrays into one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from ..ops import merges
from .dispatch import Tensors, forward
from .sliding import Array


@forward.register
def _(op: merges.Concat, inputs: Sequence[Array], tensors: Tensors) -> Array:
    return np.concatenate(inputs)


@forward.register
def _(op: merges.Add, inputs: Sequence[Array], tensors: Tensors) -> Array:
    y = inputs[0].copy()
    for x in inputs[1:]:
        if x.shape != y.shape:
            raise ValueError(f"{x.shape} cannot be added to {y.shape}")
        y += x
    return y


@forward.register
def _(op: merges.Mul, inputs: Sequence[Array], tensors: Tensors) -> Array:
    rank = max(x.ndim for x in inputs)
    spread = [x.reshape(*x.shape, *[1] * (rank - x.ndim)) for x in inputs]
    y = reduce(np.multiply, spread)
    for x in inputs:
        if x.ndim == 1 and len(x) != len(y):
            raise ValueError(f"a vector of {len(x)} is no gate for {y.shape}")
        if x.ndim not in (1, rank):
            raise ValueError(f"{x.shape} is no gate for {y.shape}")
    if all(x.shape != y.shape for x in inputs):
        raise ValueError(f"none of {[x.shape for x in inputs]} has the whole shape {y.shape}")
    return y
