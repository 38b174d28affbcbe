"""Why a part is cheaper: the products behind its figures, and up to which width a reduction pays.

A reduction is a 1×1 convolution to fewer channels in front of a larger kernel (Lin et al. 2013,
"Network in Network", and Szegedy et al. 2014, section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from ..network.layer import Layer, total
from ..network.model import Network
from ..ops.base import TENSOR_KINDS, Dims
from ..ops.convolution import Conv
from ..text.problems import UsageError
from .compare import Comparison

WHOLE = ""  # the name of what is no part: whole networks are compared
MOST_PRODUCTS = 4  # that are written out


class Reduction(NamedTuple):
    """A k×l convolution C→D, replaced by 1×1 C→r and then k×l r→D. Each of the r channels costs both."""

    kernel: tuple[int, ...]
    in_channels: int
    out_channels: int
    width: int  # r, as it is written
    most_params: int  # the largest r with which it has fewer weights
    most_macs: int  # and the largest with which it has fewer multiply-adds


class Side(NamedTuple):
    """A part in one network: the sizes of each of its tensors, and their sum."""

    products: tuple[Dims, ...]
    params: int
    macs: int
    reduction: Reduction | None = None  # of the same part in the baseline


class Reason(NamedTuple):
    """A part by its name in each network; None where a network lacks it."""

    name: str
    sides: tuple[Side | None, ...]


def reasons(comparison: Comparison, aux: bool = False) -> tuple[Reason, ...]:
    """The formulas of each part, or of networks that have no parts in common and are small.

    Raises UsageError for larger ones.
    """
    if comparison.parts:
        names = (part.name for part in comparison.parts)
        return tuple(
            _reason(comparison, name, [_chain(one, name, aux) for one in comparison.networks])
            for name in names
        )
    whole = _reason(comparison, WHOLE, [_Chain(_counted(one, aux), 0) for one in comparison.networks])
    if any(side and len(side.products) > MOST_PRODUCTS for side in whole.sides):
        raise UsageError("--why compares part by part; the networks have no parts in common")
    return (whole,)


def _counted(network: Network, aux: bool) -> tuple[Layer, ...]:
    return tuple(layer for layer in network.layers if aux or not layer.aux)


def _reason(comparison: Comparison, name: str, chains: Sequence[_Chain | None]) -> Reason:
    base = chains[comparison.baseline]
    return Reason(name, tuple(chain and _side(chain, base) for chain in chains))


class _Chain(NamedTuple):
    """The layers of a part, and the place of the first among the network's."""

    layers: tuple[Layer, ...]
    start: int


def _chain(network: Network, path: str, aux: bool) -> _Chain | None:
    place = network.places.get(path)
    if place is None or not (layers := network.part(place, aux)):
        return None
    return _Chain(layers, network.layers.index(layers[0]))


def _side(chain: _Chain, base: _Chain | None) -> Side:
    products = [dims for layer in chain.layers for dims in trainable(layer)]
    cost = total(chain.layers)
    return Side(tuple(products), cost.params, cost.macs, base and _reduction(base, chain))


def trainable(layer: Layer) -> list[Dims]:
    """The named sizes of each trainable tensor of a layer that has its own."""
    if layer.shares is not None:
        return []
    shapes = layer.operation.weight_shapes(*layer.inputs)
    return [dims for tensor, dims in shapes.items() if TENSOR_KINDS[tensor] != "buffers"]


def _reduction(base: _Chain, chain: _Chain) -> Reduction | None:
    """The reduction that this chain is of `base`, if it is one."""
    whole, both = _convolutions(base), _convolutions(chain)
    if len(whole) != 1 or len(both) != 2:
        return None
    (plain,), (first, second) = whole, both
    if not (_is_larger(plain) and _is_pointwise(first) and _is_same_kernel(plain, second)):
        return None
    if plain.input != first.input:
        return None
    channels, out_channels, inner = plain.input[0], plain.output[0], first.output[0]
    kernel = vars(plain.operation)["kernel_size"]
    before, after = prod(first.output[1:]), prod(plain.output[1:])  # positions of each kernel
    behind = prod(kernel) * out_channels
    return Reduction(
        kernel,
        channels,
        out_channels,
        inner,
        most_params=_largest_below(behind * channels, channels + behind),
        most_macs=_largest_below(behind * channels * after, channels * before + behind * after),
    )


def _largest_below(numerator: int, denominator: int) -> int:
    """The largest integer that is smaller than the fraction."""
    return (numerator - 1) // denominator


def _convolutions(chain: _Chain) -> list[Layer]:
    """The convolutions of a chain; none where other layers in it mix positions or change the shape."""
    layers = chain.layers
    is_chain = all(layer.sources == (place,) for place, layer in enumerate(layers[1:], chain.start))
    found = [layer for layer in layers if isinstance(layer.operation, Conv)]
    rest = [layer for layer in layers if not isinstance(layer.operation, Conv)]
    return found if is_chain and all(map(_keeps_values_apart, rest)) else []


def _keeps_values_apart(layer: Layer) -> bool:
    """Whether it is a norm, an activation or dropout, where no position sees another."""
    operation = layer.operation
    return (
        layer.output == layer.input
        and operation.windows(*layer.inputs) == ()
        and operation.positions(layer.output, *layer.inputs) is None
    )


def _is_larger(layer: Layer) -> bool:
    options = vars(layer.operation)
    return prod(options["kernel_size"]) > 1 and bool(options["groups"] == 1)


def _is_pointwise(layer: Layer) -> bool:
    options = vars(layer.operation)
    is_plain = prod(options["kernel_size"]) == 1 and options["groups"] == 1
    return is_plain and layer.output[1:] == layer.input[1:]


def _is_same_kernel(one: Layer, other: Layer) -> bool:
    """Whether both have the same kernel, whatever enters them and whether or not they have a bias."""
    return vars(one.operation) | {"bias": None} == vars(other.operation) | {"bias": None}
