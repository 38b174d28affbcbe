"""What a picture needs to know of a network. No other file of this room reads one."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from ..network.layer import NETWORK_INPUT, Group, Item, Layer
from ..network.model import Network
from ..ops.shapes import Shape


class Topology:
    """A network's layers, its tree of groups, and its edges, in which `identity` is no layer."""

    def __init__(self, items: Sequence[Item], input_shape: Shape) -> None:
        self.items = items
        self.input_shape = input_shape
        self.layers = [item for item in items if isinstance(item, Layer)]
        self.firsts: list[int] = []  # for each item, the first layer at or behind it
        count = 0
        for item in items:
            self.firsts.append(count)
            count += isinstance(item, Layer)
        self.firsts.append(count)
        self.sources: list[tuple[int, ...]] = []
        self.through: list[int] = []  # the output that a layer passes on: its own, but for `identity`
        for place, layer in enumerate(self.layers):
            sources = tuple(self.output(source) for source in layer.sources)
            self.sources.append(sources)
            self.through.append(sources[0] if self.is_line(place) else place)

    @classmethod
    def of(cls, network: Network) -> "Topology":
        return cls(network.items, network.input_shape)

    def output(self, layer: int) -> int:
        """The layer that really makes an output: `identity` only passes one on."""
        return layer if layer == NETWORK_INPUT else self.through[layer]

    def is_line(self, layer: int) -> bool:
        """Whether the layer is drawn as a line and not as a box."""
        return self.layers[layer].op == "identity"

    def shape(self, output: int) -> Shape:
        return self.input_shape if output == NETWORK_INPUT else self.layers[output].output

    @cached_property
    def readers(self) -> Counter[int]:
        """How many layers read each output."""
        return Counter(
            source
            for place, sources in enumerate(self.sources)
            if not self.is_line(place)
            for source in sources
        )

    @cached_property
    def last_readers(self) -> list[int]:
        """For each layer the last one that reads it; -1 if none does."""
        last = [-1] * len(self.layers)
        for place, sources in enumerate(self.sources):
            for source in sources:
                if source != NETWORK_INPUT and not self.is_line(place):
                    last[source] = place
        return last

    def unread(self, layers: Sequence[int]) -> list[int]:
        """The outputs of these layers that nothing reads; those in side heads only if no others."""
        found = [one for one in layers if not self.readers[one] and not self.is_line(one)]
        main = [one for one in found if not self.layers[one].aux]
        return main or found

    @cached_property
    def end(self) -> int:
        """The last layer of the main path, which is the last in no side head."""
        main = (place for place in reversed(range(len(self.layers))) if not self.layers[place].aux)
        return next(main, NETWORK_INPUT)

    def name(self, output: int) -> str:
        """The path of an output: of the outermost group that it leaves."""
        if output == NETWORK_INPUT:
            return "input"
        return self._groups_left.get(output, self.layers[output].path)

    @cached_property
    def _groups_left(self) -> dict[int, str]:
        """The path of the outermost group that an output leaves, by the layer that makes it."""
        found: dict[int, str] = {}
        for index, item in enumerate(self.items):
            for last in self.layers_of(index)[-1:] if isinstance(item, Group) else ():
                found.setdefault(last, item.path)
        return found

    def children(self, start: int, stop: int) -> list[int]:
        """The items directly within that range."""
        found = []
        while start < stop:
            found.append(start)
            start = self.stop(start)
        return found

    def stop(self, index: int) -> int:
        """Where the item at that index ends."""
        item = self.items[index]
        return item.stop if isinstance(item, Group) else index + 1

    def layers_of(self, index: int) -> range:
        """The layers of the item at that index."""
        return range(self.firsts[index], self.firsts[self.stop(index)])
