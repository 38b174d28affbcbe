"""Pictures of several networks side by side, with one scale of bars and a legend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from ..ops.shapes import shape_text
from ..text.wording import abridged
from .canvas import Canvas
from .labels import LEGEND_TEXTS
from .pixels_and_cells import shortened
from .topology import Topology
from .tree import Box

_LONGEST_TITLE = 60
BAR_QUANTITIES = {"macs": "multiply-adds", "params": "params"}


class Panel(NamedTuple):
    """One picture and the text below it."""

    topology: Topology
    canvas: Canvas
    title: str
    caption: str

    @property
    def short_title(self) -> str:
        return shortened(self.title, _LONGEST_TITLE)


@dataclass(frozen=True)
class Panels:
    each: Sequence[Panel]
    bars: str  # the quantity, or "none"
    margin: int  # the part of a box's width that its bar leaves free
    least: int  # the length of a bar that can be told from a speck
    is_up: bool = False

    def top(self, panel: Panel) -> int:
        """How far a panel stands below the top of the highest one, so that the inputs are level."""
        return self.height - panel.canvas.height if self.is_up else 0

    @cached_property
    def height(self) -> int:
        return max(panel.canvas.height for panel in self.each)

    @cached_property
    def largest(self) -> int:
        """The largest count of a box."""
        counts = [self.count(panel, placed.box) for panel in self.each for placed in panel.canvas.boxes]
        return max(counts, default=0)

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of box in the pictures, in the legend's order."""
        found = {placed.box.kind for panel in self.each for placed in panel.canvas.boxes}
        return [kind for kind in LEGEND_TEXTS if kind in found]

    @property
    def legend(self) -> list[str]:
        """What the bars, the numbers on lines and the dashes mean."""
        bars = list(self._about_bars()) if self.largest else []
        is_dashed = any(placed.box.aux for panel in self.each for placed in panel.canvas.boxes)
        dashed = ["dashed: a side head, not counted"] if is_dashed else []
        is_labelled = any(label.role == "label" for panel in self.each for label in panel.canvas.labels)
        lines = ["on lines: channels, or the shape where its size changes"] if is_labelled else []
        return [*bars, *lines, *dashed]

    def _about_bars(self) -> Iterator[str]:
        yield f"bar: {BAR_QUANTITIES[self.bars]}, the longest {self.largest:,}"
        boxes = [(panel, placed.box) for panel in self.each for placed in panel.canvas.boxes]
        if any(self.count(*one) and not self.bar(*one) for one in boxes):
            yield f"no bar: below 1/{int(self.scale * self.largest / self.least)} of that"

    @cached_property
    def scale(self) -> Fraction:
        """The length of a bar for one that is counted, with which every bar fits into its box."""
        return min(
            Fraction(placed.width - self.margin, count)
            for panel in self.each
            for placed in panel.canvas.boxes
            if (count := self.count(panel, placed.box))
        )

    def bar(self, panel: Panel, box: Box) -> int:
        """The length of a box's bar; 0 if it has nothing to count, or too little for a bar."""
        count = self.count(panel, box)
        length = int(self.scale * count) if count else 0
        return length if length >= self.least else 0

    def count(self, panel: Panel, box: Box) -> int:
        """The count that a box's bar shows, the sum of all boxes that it stands for."""
        if self.bars == "none":
            return 0
        return sum(
            getattr(panel.topology.layers[layer], self.bars) for layer in (*box.layers, *box.twins)
        )


def described(topology: Topology, box: Box) -> str:
    """The paths, shapes and exact counts of a box, for readers who point at it."""
    layers = [topology.layers[layer] for layer in box.layers]
    path = layers[0].path if len(layers) == 1 else f"{layers[0].path} – {layers[-1].path}"
    written = (
        ", ".join(abridged(layer.written) for layer in layers) if box.kind != "closed" else box.text
    )
    shapes = f"{shape_text(layers[0].input)} → {shape_text(topology.shape(box.exit))}"
    every = [topology.layers[layer] for layer in (*box.layers, *box.twins)]
    params, macs = sum(layer.params for layer in every), sum(layer.macs for layer in every)
    members = (len(box.layers) + len(box.twins)) // len(box.layers)
    times = f"all {members}: " if members > 1 else ""
    return f"{path}\n{written}\n{shapes}\n{times}{params:,} params, {macs:,} multiply-adds"
