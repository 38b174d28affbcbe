"""Every kernel: importing a room registers the operations in it."""

from __future__ import annotations

from . import convolution, elementwise, merges, normalization, pooling
from .dispatch import Tensors, forward

__all__ = ["Tensors", "convolution", "elementwise", "forward", "merges", "normalization", "pooling"]
