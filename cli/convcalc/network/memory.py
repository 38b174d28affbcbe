"""The activation elements that are alive while layers run one by one, as written."""

from __future__ import annotations

from itertools import accumulate
from math import prod

from .layer import NETWORK_INPUT
from .model import Network

BYTES = {"float32": 4, "float16": 2, "int8": 1}  # an element


def peak_activations(network: Network, aux: bool = False) -> int:
    """The most elements that are alive at once."""
    return max(alive_activations(network, aux), default=prod(network.input_shape))


def alive_activations(network: Network, aux: bool = False) -> list[int]:
    """Elements: while a layer runs, its inputs, its output and what a later layer needs are alive.

    Nothing runs in place; identity, dropout, flatten and slice share their input; the output of a
    concat is new. Side heads run only with `aux`. What leaves the network is needed to the end.
    """
    layers = network.layers
    owners = {NETWORK_INPUT: NETWORK_INPUT}  # the layer whose memory a layer's output is in
    sizes = {NETWORK_INPUT: prod(network.input_shape)}
    last_use = {NETWORK_INPUT: 0}
    for place, layer in enumerate(layers):
        if layer.aux and not aux:
            continue
        for source in layer.sources:
            last_use[owners[source]] = place
        shares = layer.operation.shares_input
        owners[place] = owners[layer.sources[0]] if shares else place
        if not shares:
            sizes[place], last_use[place] = prod(layer.output), place
    for end in network.ends:
        last_use[owners[end]] = len(layers)
    changes = [0] * (len(layers) + 2)
    for owner, size in sizes.items():
        changes[max(owner, 0)] += size
        changes[last_use[owner] + 1] -= size
    return list(accumulate(changes))[: len(layers)]
