"""Each layer's formula with its numbers, and the sum."""

from collections.abc import Sequence
from typing import NamedTuple

from ..network.layer import Group, Item, Layer, total
from ..network.model import Network
from ..ops.base import Dims
from ..ops.cost import Cost
from ..ops.shapes import Shape
from ..ops.window import Window
from ..text.problems import UsageError
from ..text.wording import listed, suggestion
from .shape_effect import Effect, effect_of


class Formula(NamedTuple):
    """How a layer's parameters and multiply-adds come about."""

    layer: Layer
    tensors: Sequence[Dims]  # the named sizes of each trainable tensor of its own
    positions: Dims | None  # None where nothing is multiplied
    windows: tuple[Window, ...]  # along each axis, where a kernel slides
    weights: int  # that are multiplied: its own, or those of the layer that it shares them with
    shares: str | None  # the path of that layer


class Explanation(NamedTuple):
    """`item` is the layer or group that is explained; None for the whole network."""

    network: Network
    item: Item | None
    formulas: tuple[Formula, ...]
    total: Cost
    sizes: frozenset[Shape]  # the sizes of all outputs, without channels
    effect: Effect | None = None  # of a single layer without weights

    @property
    def single(self) -> Formula | None:
        """The formula of the layer, where one layer is explained."""
        return self.formulas[0] if isinstance(self.item, Layer) else None

    @property
    def weights(self) -> int:
        """The weights that are multiplied, as often as a layer has them."""
        return sum(formula.weights for formula in self.formulas)

    @property
    def common_positions(self) -> Dims | None:
        """The positions, where all layers multiply their weights at the same ones."""
        found = [formula.positions for formula in self.formulas if formula.positions is not None]
        return found[0] if found and all(one and one == found[0] for one in found) else None


def explain(network: Network, path: str | None = None, aux: bool = False) -> Explanation:
    """The formulas of a network, or of one layer or group of it; raises UsageError for no such path."""
    item = None
    layers: Sequence[Layer] = [layer for layer in network.layers if aux or not layer.aux]
    if path is not None:
        index = item_index(network, path)
        item, layers = network.items[index], network.part(index, aux)
    formulas = [_formula(network, layer) for layer in layers]
    if not isinstance(item, Layer):
        formulas = [formula for formula in formulas if formula.tensors or formula.shares]
    sizes = frozenset(layer.output[1:] for layer in layers)
    effect = effect_of(network, item) if isinstance(item, Layer) else None
    return Explanation(network, item, tuple(formulas), total(layers), sizes, effect)


def item_index(network: Network, path: str) -> int:
    """The index of the item with that path; raises UsageError."""
    for index, item in enumerate(network.items):
        if item.path == path:
            return index
    raise UsageError(f'{network.title} has no layer "{path}"{_known_paths(network, path)}')


def _known_paths(network: Network, path: str) -> str:
    """The hint for an unknown path: what the deepest group that exists has, or a suggestion."""
    groups = [item.path for item in network.items if isinstance(item, Group)]
    inside = [group for group in groups if path.startswith(f"{group}/")]
    if inside:
        group = max(inside, key=len)
        depth = group.count("/") + 1
        under = [
            item.path
            for item in network.items
            if item.path.startswith(f"{group}/") and item.depth == depth
        ]
        return f'; under "{group}": {listed(under)}'
    top = [item.path for item in network.items if item.depth == 0]
    return suggestion(path, [item.path for item in network.items], f"it has {listed(top)}")


def _formula(network: Network, layer: Layer) -> Formula:
    operation = layer.operation
    owner = layer if layer.shares is None else network.layers[layer.shares]
    return Formula(
        layer,
        layer.trainable,
        operation.positions(layer.output, *layer.inputs),
        operation.windows(*layer.inputs) or (),
        owner.weights,
        None if owner is layer else owner.path,
    )
