"""A network whose shapes are known: an immutable list of groups and layers in execution order."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ..language.budget import Rule
from ..language.expect import Expected
from ..ops.cost import Cost
from ..ops.shapes import Shape, shape_text, shapes_text
from ..reader.source import spec_text
from ..text.escape import visible
from .layer import NETWORK_INPUT, Item, Layer, Output, total


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
