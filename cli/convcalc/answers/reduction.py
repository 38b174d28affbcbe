"""Up to which width a reduction pays: a 1×1 convolution to fewer channels in front of a larger kernel.

It is of Lin et al. 2013, "Network in Network", and Szegedy et al. 2014, section 4.
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from ..network.layer import Layer, total
from ..ops.convolution import Conv


class PartLayers(NamedTuple):
    """The layers of a part, and the place of the first among the network's."""

    layers: tuple[Layer, ...]
    start: int


class Reduction(NamedTuple):
    """A k×l convolution C→D, replaced by 1×1 C→r and then k×l r→D. Each of the r channels costs both."""

    kernel: tuple[int, ...]
    in_channels: int
    out_channels: int
    width: int  # r, as it is written
    between: int  # params of biases and norms that each of the r channels has too
    surplus: int  # params that the larger convolution has beside its kernel, and this has not
    most_params: int  # the largest r with which it has fewer params
    most_macs: int  # and the largest with which it has fewer multiply-adds
    more_params: int  # than the larger convolution; negative where it has fewer
    more_macs: int


class Unlike(NamedTuple):
    """What keeps a 1×1 and a larger convolution from being a reduction of one that is alike."""

    what: str  # "inputs", "outputs" or "kernels"
    base: Layer
    other: Layer


def reduction(base: PartLayers, chain: PartLayers) -> Reduction | Unlike | None:
    """The reduction that this chain is of `base`, or what differs; None where it has another form."""
    whole, both = _convolutions(base), _convolutions(chain)
    if len(whole) != 1 or len(both) != 2:
        return None
    (plain,), (first, second) = whole, both
    if not (_is_larger(plain) and _is_pointwise(first) and _is_larger(second)):
        return None
    if plain.input != first.input:
        return Unlike("inputs", plain, first)
    if not _is_same_kernel(plain, second):
        return Unlike("kernels", plain, second)
    if plain.output != second.output:
        return Unlike("outputs", plain, second)
    return _limits(base, chain, plain, first)


def _limits(base: PartLayers, chain: PartLayers, plain: Layer, first: Layer) -> Reduction:
    channels, width = plain.input[0], first.output[0]
    kernel = vars(plain.operation)["kernel_size"]
    behind = prod(kernel) * plain.output[0]
    between = _params_a_channel(chain, first)
    was, now = total(base.layers), total(chain.layers)
    each = channels + behind + between
    surplus = (was.params - behind * channels) - (now.params - width * each)
    before, after = prod(first.output[1:]), prod(plain.output[1:])  # positions of each kernel
    return Reduction(
        kernel,
        channels,
        plain.output[0],
        width,
        between,
        surplus,
        most_params=_largest_below(behind * channels + surplus, each),
        most_macs=_largest_below(behind * channels * after, channels * before + behind * after),
        more_params=now.params - was.params,
        more_macs=now.macs - was.macs,
    )


def _largest_below(numerator: int, denominator: int) -> int:
    """The largest natural number that is smaller than the fraction, else 0."""
    return max((numerator - 1) // denominator, 0)


def _params_a_channel(chain: PartLayers, first: Layer) -> int:
    """The params that each channel between the two convolutions has, beside the kernels'."""
    at = chain.layers.index(first)
    count = int(vars(first.operation)["bias"])
    for layer in chain.layers[at + 1 :]:
        if isinstance(layer.operation, Conv):
            break
        one, two = (_params(layer, channels) for channels in (1, 2))
        count += two - one
    return count


def _params(layer: Layer, channels: int) -> int:
    """The trainable elements that a layer would have if so many channels entered it."""
    narrow = layer._replace(inputs=((channels, *layer.input[1:]),))
    return sum(prod(dims.values()) for dims in narrow.trainable)


def _convolutions(chain: PartLayers) -> list[Layer]:
    """The convolutions of a chain; none where other layers in it mix positions or change the shape."""
    layers = chain.layers
    is_chain = all(layer.sources == (place,) for place, layer in enumerate(layers[1:], chain.start))
    has_own = all(layer.shares is None for layer in layers)
    found = [layer for layer in layers if isinstance(layer.operation, Conv)]
    rest = [layer for layer in layers if not isinstance(layer.operation, Conv)]
    return found if is_chain and has_own and all(map(_keeps_values_apart, rest)) else []


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
    """Whether both have the same kernel, whatever enters and leaves them, with or without a bias."""
    any_width = {"bias": None, "out_channels": None}
    return vars(one.operation) | any_width == vars(other.operation) | any_width
