"""Every kernel. Importing a file registers the operations in it."""

from __future__ import annotations

from . import activation, convolution, merges, normalization, pooling, resampling, reshaping
from .dispatch import Tensors, forward

__all__ = [
    "Tensors",
    "activation",
    "convolution",
    "forward",
    "merges",
    "normalization",
    "pooling",
    "resampling",
    "reshaping",
]
