"""Measure a network by running it: shapes, tensors and multiply-adds, without a formula.

The network runs once on random values, layer after layer, and every shape falls out of the
arrays. Layers that multiply run a second time, with ones for their input, weights and padding. Each
product is then 1, so the outputs, before a bias is added and before anything is cropped, add up to
the number of multiply-adds.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from ..network.layer import Layer
from ..network.model import Network
from ..ops.shapes import Shape
from .kernels import forward
from .running import LayerTensors, execute, image, owner_of
from .sliding import Array

_STATE = ("running_mean", "running_var")  # tensors that follow the data and are not trained


class Measured(NamedTuple):
    """What running a layer showed: its output, and the shape in which each tensor was asked for."""

    output: Shape
    tensors: Mapping[str, tuple[int, ...]]
    macs: int
    is_shared: bool = False  # whether another layer has the tensors

    @property
    def params(self) -> int:
        """The elements of the trainable tensors; 0 where they are another layer's."""
        if self.is_shared:
            return 0
        return sum(prod(shape) for name, shape in self.tensors.items() if name not in _STATE)


class _Recorder(LayerTensors):
    """Gives random tensors, and remembers whether anything is multiplied."""

    def __init__(self, layer: Layer, seed: int) -> None:
        super().__init__(layer, {}, seed)
        self.multiplies = False

    def products(self, sums: Array) -> None:
        self.multiplies = True


class _Ones:
    """Gives tensors of ones, and adds up the products."""

    border = 1.0
    macs = 0

    def ask(self, name: str, *shape: int, fan_in: int = 1) -> Array:
        # A sum of ones is exact in float32 up to 2^24, and beyond that in float64.
        ones: Array = np.ones(shape, np.float32 if fan_in <= 1 << 24 else np.float64)
        return ones

    def products(self, sums: Array) -> None:
        self.macs += int(sums.sum(dtype=np.float64))


def measure(network: Network, seed: int = 0) -> Iterator[tuple[Layer, Measured]]:
    """Each layer with what running it showed, side heads included.

    Raises ValueError at a layer that cannot be run on what really enters it.
    """
    recorders: list[_Recorder] = []

    def tensors_of(layer: Layer) -> _Recorder:
        recorders.append(_Recorder(owner_of(network, layer), seed))
        return recorders[-1]

    everything = {layer.path for layer in network.layers}
    for step in execute(network, image(network, seed), tensors_of, everything):
        recorder = recorders.pop()
        macs = _count(step.layer, step.inputs) if recorder.multiplies else 0
        is_shared = step.layer.shares is not None
        yield step.layer, Measured(step.output.shape, recorder.asked, macs, is_shared)


def _count(layer: Layer, inputs: Sequence[Array]) -> int:
    ones = _Ones()
    forward(layer.operation, [np.ones(x.shape, np.float32) for x in inputs], ones)
    return ones.macs
