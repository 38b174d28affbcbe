"""A network whose shapes are known: an immutable list of groups and layers in execution order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..language.budget import Rule
from ..language.expect import Expected
from ..ops.base import Operation
from ..ops.cost import Cost, sum_of
from ..ops.merges import Concat
from ..ops.shapes import Shape, shape_text, shapes_text
from ..reader.source import spec_text
from ..text.escape import visible
from ..text.problems import Mark

NETWORK_INPUT = -1  # among a layer's sources


class Layer(NamedTuple):
    """An operation in its place. `written` is how the specification has it."""

    path: str
    depth: int  # the number of groups around it
    operation: Operation
    written: str
    input: Shape  # what enters it, or the whole set of branches that it merges
    output: Shape
    cost: Cost
    sources: tuple[int, ...]  # the layers whose outputs enter it, by place; the image is -1
    inputs: tuple[Shape, ...]  # the shapes of these outputs
    aux: bool
    mark: Mark
    driven: tuple[tuple[str, int], ...] = ()  # options that follow from `$in`, and how
    reads: tuple[int, ...] = ()  # those of its sources that are read by a name
    shares: int | None = None  # the layer that has its weights, by place
    like: int | None = None  # the layer whose size it has, by place; its values are not read

    @property
    def line(self) -> int | None:
        """The line of the file on which it is written; None where it is no text."""
        return self.mark.line or None

    @property
    def op(self) -> str:
        """The operation's name."""
        return self.operation.name

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def params(self) -> int:
        return self.cost.params

    @property
    def weights(self) -> int:
        return self.cost.weights

    @property
    def biases(self) -> int:
        return self.cost.biases

    @property
    def norm(self) -> int:
        return self.cost.norm

    @property
    def buffers(self) -> int:
        return self.cost.buffers

    @property
    def macs(self) -> int:
        return self.cost.macs

    @property
    def activations(self) -> int:
        return self.cost.activations

    @property
    def joins_branches(self) -> bool:
        """Whether it merges branches, and not what is named."""
        return self.operation.merges and self.written == self.op

    @property
    def is_silent(self) -> bool:
        """Branches' concat costs nothing and its shape is its group's, so tables leave it out."""
        return isinstance(self.operation, Concat) and self.joins_branches


class Group(NamedTuple):
    """Layers under a common name: the entries of the network from the next one up to `stop`."""

    path: str
    depth: int
    kind: str  # "layers", "aux", or how branches are merged
    written: str
    input: Shape
    output: Shape
    aux: bool
    line: int | None
    stop: int

    @property
    def is_silent(self) -> bool:
        return False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


Item = Layer | Group


def without_line(item: Item) -> Item:
    """The same where no text that a user knows has it."""
    return item._replace(line=None) if isinstance(item, Group) else item._replace(mark=Mark(0, 0, 0))


class Output(NamedTuple):
    """What leaves a network: the output of a layer, at the end of the entries from `start` to `stop`."""

    path: str | None  # None where it is the network's input
    shape: Shape
    layer: int
    by_name: bool
    start: int
    stop: int


def total(layers: Iterable[Layer]) -> Cost:
    """The sum of the layers' costs."""
    return sum_of([layer.cost for layer in layers])


@dataclass(frozen=True, repr=False)
class Network:
    """An architecture with exact shapes and costs. Shapes are (channels, height, width)."""

    name: str
    variant: str | None
    file: str  # as it was given
    label: str  # the file's name in messages
    source: str | None
    description: str | None
    parameters: Mapping[str, str]
    changes: Mapping[str, str]  # parameters, and `input`, that are not the file's own
    input_shape: Shape
    output_shape: Shape | None  # None where it has outputs instead of an end
    outputs: tuple[Output, ...]
    ends: tuple[int, ...]  # the layers whose outputs leave it, by place; the image is -1
    items: tuple[Item, ...]
    top_names: frozenset[str]  # the written ones, without those that were numbered
    expect: Mapping[str, Expected]
    budget: tuple[Rule, ...]
    model: str | None = None  # the model file that was described; None where a specification is its own
    called: str | None = None  # what tells it apart from another of the same name

    @property
    def merge(self) -> str | None:
        """How the whole network's branches are merged, None where it is not one set of branches."""
        last = self.items[-1] if self.items else None
        if isinstance(last, Layer) and last.depth == 0 and last.joins_branches:
            return last.op
        return None

    @property
    def title(self) -> str:
        """`name#variant@alpha=0.5`, or what tells it apart."""
        return self.called or spec_text(self.name, self.variant, self.changes)

    @property
    def spec(self) -> str:
        """The SPEC that names it, with the file as it was given."""
        return spec_text(self.file, self.variant, self.changes)

    @property
    def origin(self) -> str:
        """Where it is from; one with other values is not the one that is cited."""
        return f"after {self.source}" if self.source and self.changes else self.source or ""

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer in execution order, merges and side heads included."""
        return tuple(item for item in self.items if isinstance(item, Layer))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The index of each item by its path."""
        return {item.path: index for index, item in enumerate(self.items)}

    @cached_property
    def total(self) -> Cost:
        """The cost of the main path, without side heads."""
        return total(layer for layer in self.layers if not layer.aux)

    @cached_property
    def total_with_aux(self) -> Cost:
        """The cost of everything, side heads included."""
        return total(self.layers)

    def part(self, index: int, aux: bool) -> tuple[Layer, ...]:
        """The layers of the item at that index of `items`: itself or a group's.

        Side heads within a group that is none are left out unless `aux` is given.
        """
        item = self.items[index]
        if isinstance(item, Layer):
            return (item,)
        inside = (one for one in self.items[index + 1 : item.stop] if isinstance(one, Layer))
        return tuple(layer for layer in inside if aux or item.aux or not layer.aux)

    def path_of(self, layer: int) -> str | None:
        """The path of a layer by its place; None for the network's input."""
        return None if layer == NETWORK_INPUT else self.layers[layer].path

    @property
    def leaving(self) -> tuple[Shape, ...]:
        """The shapes that leave it: of its outputs in their order, or of its end."""
        return tuple(output.shape for output in self.outputs) or (self.output_shape or (),)

    @property
    def shapes_text(self) -> str:
        """`3×416×416 → 3 outputs`"""
        return f"{shape_text(self.input_shape)} → {shapes_text(self.leaving)}"

    def __repr__(self) -> str:
        shapes = self.shapes_text
        counts = f"{self.total.params:,} params, {self.total.macs:,} multiply-adds"
        return f"{visible(self.title)}: {shapes}, {counts}"
