"""Where everything stands: layers and groups in order, what enters and leaves them, the outputs."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from ..ops.shapes import Shape
from ..text.problems import Mark
from .context import Trail
from .layer import NETWORK_INPUT, NOWHERE, Group, Item, Layer, Output
from .names import Flow, Meaning

_OPEN = Group("", 0, "", "", (), (), False, NOWHERE, 0)  # in a group's place until its end is known


class Ends(NamedTuple):
    """The layers whose outputs enter and leave a group, and the place of its first layer.

    The merge of branches has ends too: what enters is what all branches take.
    """

    enters: int
    leaves: int
    first: int


class Copied(NamedTuple):
    """A layer that `again` has made; `original` is None for the one at the end."""

    mark: Mark
    original: int | None


class Layout:
    """The network so far. `ends` has those of groups and merges of branches, by the item's place."""

    def __init__(self, input_shape: Shape | None) -> None:
        self.input_shape = input_shape
        self.items: list[Item] = []
        self.layers: list[Layer] = []
        self.trails: list[Trail | None] = []  # the calls around each layer
        self.copied: dict[int, Copied] = {}  # by the layers' places
        self.ends: dict[int, Ends] = {}
        self.outputs: list[Output] = []
        self.output_steps: list[int] = []  # when the head of each began
        self.read_aside: set[int] = set()  # what a head or an end reads
        self.reads: list[tuple[int, int, str]] = []  # when a name was read, when what it means began
        self.has_dropped = False  # whether something may flow nowhere
        self.heads = 0

    def shape(self, layer: int) -> Shape:
        if layer == NETWORK_INPUT:
            return self.input_shape or ()
        return self.layers[layer].output

    def add(self, layer: Layer, trail: Trail | None) -> Flow:
        self.items.append(layer)
        self.layers.append(layer)
        self.trails.append(trail)
        return Flow(layer.output, len(self.layers) - 1)

    def open_group(self) -> int:
        """Keep a place for a group; the answer is the place."""
        self.items.append(_OPEN)
        return len(self.items) - 1

    def close_group(self, index: int, group: Group, ends: Ends) -> None:
        self.items[index] = group
        self.ends[index] = ends

    def size(self, item: int | None) -> int:
        """How many items a layer or group is."""
        return 0 if item is None else _stop(self.items[item], item) - item

    def first_layer(self, known: Meaning) -> int:
        """The place of the first layer that a name stands for."""
        assert known.item is not None
        assert known.flow is not None
        is_group = isinstance(self.items[known.item], Group)
        return self.ends[known.item].first if is_group else known.flow.layer

    def head(self) -> int:
        """A number for another head."""
        self.heads += 1
        return self.heads

    def add_output(self, y: Flow, start: int, stop: int, begun: int) -> None:
        """Make an output of the end of the items from `start` to `stop`; its head began at that step."""
        whole = stop > start and _stop(self.items[start], start) == stop
        path = self.items[start].path if whole else self.end_path(y.layer)
        self.outputs.append(Output(path, y.shape, y.layer, y.by_name, start, stop))
        self.output_steps.append(begun)
        self.read_aside.add(y.layer)
        self.has_dropped = True

    def outputs_of(self, known: Meaning) -> list[Output]:
        """Those whose heads began in what has a name."""
        first, last = (bisect_right(self.output_steps, step) for step in (known.begun, known.ended))
        return self.outputs[first:last]

    def end_path(self, layer: int) -> str | None:
        return None if layer == NETWORK_INPUT else self.layers[layer].path

    def unread(self) -> Iterator[tuple[int, Mark]]:
        """The layers whose outputs nothing reads, and where to say so: for a copy at its `again`."""
        if not self.has_dropped:
            return
        read = self.read_aside.union(*(layer.sources for layer in self.layers))
        for place, layer in enumerate(self.layers):
            copy = self.copied.get(place)
            is_told = copy is not None and copy.original is not None and copy.original not in read
            if place not in read and not is_told:
                yield place, copy.mark if copy else layer.mark


def _stop(item: Item, index: int) -> int:
    return item.stop if isinstance(item, Group) else index + 1
