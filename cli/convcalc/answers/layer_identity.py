"""The layers of a network, each with what tells it from the others."""

from collections import Counter
from collections.abc import Container
from typing import NamedTuple

from ..network.layer import Item, Layer
from ..network.model import Network

Partners = dict[int, int]  # the places of layers now, and where they were before


class KnownLayer(NamedTuple):
    """A layer with what tells it from the others in its network."""

    layer: Layer
    family: str  # its path, without the numbers of what has no name
    group: str  # the path of the group around it
    place: int  # among the layers of its group
    siblings: int
    layer_place: int  # among the layers of its network


def joined_by_name(network: Network | None) -> set[str]:
    """The paths of branches' concats that read something by a name, which makes an edge."""
    layers = network.layers if network else ()
    return {layer.path for layer in layers if layer.is_silent and layer.reads}


def known_layers(network: Network | None, joins: Container[str] = ()) -> list[KnownLayer]:
    """The layers of a network. Branches' concats are left out, unless their paths are in `joins`."""
    if network is None:
        return []
    families = {"": ""}
    for item in network.items:
        group, _, name = item.path.rpartition("/")
        families[item.path] = f"{families[group]}/{_without_number(name, _kind(item))}"
    indices = [
        index for index, layer in enumerate(network.layers) if not layer.is_silent or layer.path in joins
    ]
    layers = [network.layers[index] for index in indices]
    groups = [layer.path.rpartition("/")[0] for layer in layers]
    siblings, places = Counter(groups), Counter[str]()
    known = []
    for index, layer, group in zip(indices, layers, groups, strict=True):
        places[group] += 1
        known.append(
            KnownLayer(layer, families[layer.path], group, places[group], siblings[group], index)
        )
    return known


def _kind(item: Item) -> str:
    """The word that is numbered where an item has no name."""
    return item.op if isinstance(item, Layer) else item.written.partition(" ")[0] or item.kind


def _without_number(name: str, kind: str) -> str:
    """`conv2` as `conv#`, which is no name, so that it is only equal to another number."""
    return f"{kind}#" if name.startswith(kind) and name[len(kind) :].isdigit() else name
