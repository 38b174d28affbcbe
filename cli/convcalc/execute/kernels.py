"""Every kernel. Importing a file registers the operations in it."""

from __future__ import annotations

from . import activation, arrangement, convolution, merges, normalization, pooling, resampling
from .dispatch import Tensors, forward

__all__ = [
    "Tensors",
    "activation",
    "arrangement",
    "convolution",
    "forward",
    "merges",
    "normalization",
    "pooling",
    "resampling",
]
