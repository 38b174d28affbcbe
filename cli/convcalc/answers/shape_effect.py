"""What a layer without a formula does to shapes, and to what reads it."""

from __future__ import annotations

from typing import NamedTuple

from ..network.layer import Layer
from ..network.model import Network
from ..ops.merges import Concat


class Reader(NamedTuple):
    """A layer that takes what another gives, and how many of its own channels that are."""

    layer: Layer
    channels: int

    @property
    def is_concat(self) -> bool:
        """Whether what it takes decides how wide its output is."""
        return isinstance(self.layer.operation, Concat)

    @property
    def has_formula(self) -> bool:
        return bool(self.layer.params or self.layer.macs)


class Effect(NamedTuple):
    """A layer that has no weights, and who reads it; nobody reads the network's output."""

    layer: Layer
    readers: tuple[Reader, ...]

    @property
    def keeps_channels(self) -> bool:
        return self.layer.output[0] == self.layer.inputs[0][0]

    @property
    def keeps_positions(self) -> bool:
        return self.layer.output[1:] == self.layer.inputs[0][1:]

    @property
    def gathers(self) -> bool:
        """Whether it pools: channel by channel, under a kernel or all of them."""
        operation = self.layer.operation
        return bool(operation.pools_all or operation.windows(*self.layer.inputs))


def effect_of(network: Network, layer: Layer) -> Effect | None:
    """None where it has weights, which its formula explains."""
    if layer.params or layer.macs:
        return None
    place = network.layers.index(layer)
    channels = layer.output[0]
    readers = (Reader(one, channels) for one in network.layers if place in one.sources)
    return Effect(layer, tuple(readers))
