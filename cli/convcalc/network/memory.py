"""How many activation elements are alive while the layers run one by one, in written order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import prod

from ..ops.shapes import Shape
from .layer import NETWORK_INPUT, Layer


def alive_activations(
    layers: Sequence[Layer], input_shape: Shape, ends: Iterable[int], aux: bool
) -> tuple[int, ...]:
    """Elements, layer by layer.

    While a layer runs, its inputs, its output and whatever a later layer needs are alive. Nothing
    runs in place; identity, dropout, flatten and slice share their input; the output of a concat is
    new. Side heads run only with `aux`. What leaves the network is needed to the end.
    """
    owners = {NETWORK_INPUT: NETWORK_INPUT}  # the layer whose memory a layer's output is in
    sizes = {NETWORK_INPUT: prod(input_shape)}
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
    for end in ends:
        last_use[owners[end]] = len(layers)
    changes = [0] * (len(layers) + 2)
    for owner, size in sizes.items():
        changes[max(owner, 0)] += size
        changes[last_use[owner] + 1] -= size
    return tuple(accumulate(changes))[: len(layers)]
