"""Why a part is cheaper: the products behind its figures, and up to which width a reduction pays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..network.layer import Group, total
from ..network.model import Network
from ..ops.base import Dims
from ..text.problems import UsageError
from .compare import Comparison
from .reduction import PartLayers, Reduction, Unlike, reduction

WHOLE = ""  # the name of what is no part: whole networks are compared
MOST_PRODUCTS = 4  # that are written out


class Side(NamedTuple):
    """A part in one network: the sizes of each of its tensors, and their sum."""

    products: tuple[Dims, ...]
    params: int
    macs: int
    reduction: Reduction | None = None  # of the same part in the baseline
    unlike: Unlike | None = None  # what keeps it from being one
    is_reduced: bool = False  # the same part in the baseline is a reduction of it


class Reason(NamedTuple):
    """A part by its name in each network; None where a network lacks it."""

    name: str
    sides: tuple[Side | None, ...]
    depth_inside: int | None = None  # at which its own parts are seen, where its formulas say too little


def reasons(comparison: Comparison, aux: bool = False) -> tuple[Reason, ...]:
    """The formulas of each part, or of networks without parts in common that are small or reductions.

    Raises UsageError for larger ones.
    """
    if comparison.parts:
        return tuple(_of_part(comparison, part.name, aux) for part in comparison.parts)
    chains = [
        PartLayers(tuple(layer for layer in one.layers if aux or not layer.aux), 0)
        for one in comparison.networks
    ]
    whole = Reason(WHOLE, _sides(comparison, chains))
    is_told = any(side and (side.reduction or side.unlike or side.is_reduced) for side in whole.sides)
    for network, side in zip(comparison.networks, whole.sides, strict=True):
        if side and len(side.products) > MOST_PRODUCTS and not is_told:
            raise UsageError(_too_many(network, len(side.products)))
    return (whole,)


def _too_many(network: Network, count: int) -> str:
    if network.file == "-e":
        what = f"--why writes out up to {MOST_PRODUCTS} products; this body has {count}"
        return f"{what}. Name the parts that are to be compared: -e '[a: ..., b: ...]'"
    return "--why compares part by part; no part is in all networks; --rows parts shows all the same"


def _of_part(comparison: Comparison, name: str, aux: bool) -> Reason:
    sides = _sides(comparison, [_chain(one, name, aux) for one in comparison.networks])
    is_told = any(side and (side.reduction or side.is_reduced) for side in sides)
    depths = (_depth_inside(one, name) for one in comparison.networks)
    return Reason(name, sides, None if is_told else next((one for one in depths if one), None))


def _depth_inside(network: Network, path: str) -> int | None:
    """The depth of what is in a group that has branches or many products; None of anything else."""
    place = network.places.get(path)
    if place is None or not isinstance(item := network.items[place], Group):
        return None
    layers = network.part(place, aux=True)
    has_branches = any(layer.operation.merges for layer in layers)
    has_many = sum(len(layer.trainable) for layer in layers) > MOST_PRODUCTS
    return item.depth + 2 if has_branches or has_many else None


def _sides(comparison: Comparison, chains: Sequence[PartLayers | None]) -> tuple[Side | None, ...]:
    base = chains[comparison.baseline]
    return tuple(chain and _side(chain, base) for chain in chains)


def _chain(network: Network, path: str, aux: bool) -> PartLayers | None:
    place = network.places.get(path)
    if place is None or not (layers := network.part(place, aux)):
        return None
    return PartLayers(layers, network.layers.index(layers[0]))


def _side(chain: PartLayers, base: PartLayers | None) -> Side:
    products = [dims for layer in chain.layers for dims in layer.trainable]
    cost = total(chain.layers)
    plain = Side(tuple(products), cost.params, cost.macs)
    if base is None:
        return plain
    found = reduction(base, chain)
    if isinstance(found, Reduction):
        return plain._replace(reduction=found)
    is_reduced = isinstance(reduction(chain, base), Reduction)
    return plain._replace(unlike=found, is_reduced=is_reduced)
