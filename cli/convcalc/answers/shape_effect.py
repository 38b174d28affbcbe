"""What a layer without weights does to shapes, and to the layers that read it."""

from __future__ import annotations

from typing import NamedTuple

from ..network.layer import Layer
from ..network.model import Network
from ..ops.merges import Concat


class Reader(NamedTuple):
    """A layer that reads another one, and how many of its own channels come from it."""

    layer: Layer
    channels: int

    @property
    def is_concat(self) -> bool:
        """Whether its output has as many channels as its inputs together."""
        return isinstance(self.layer.operation, Concat)

    @property
    def has_formula(self) -> bool:
        return bool(self.layer.params or self.layer.macs)


class Effect(NamedTuple):
    """A layer without weights, and the layers that read it; none where it is the network's output."""

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
        """Whether it pools each channel, under a kernel or as a whole."""
        operation = self.layer.operation
        return bool(operation.pools_all or operation.windows(*self.layer.inputs))


def effect_of(network: Network, layer: Layer) -> Effect | None:
    """The effect of a layer; None where it has weights, because its formula explains these."""
    if layer.params or layer.macs:
        return None
    place = network.layers.index(layer)
    channels = layer.output[0]
    readers = (Reader(one, channels) for one in network.layers if place in one.sources)
    return Effect(layer, tuple(readers))
