"""Boxes and frames with their sizes: each layout is measured first and placed when all are known.

A layout is measured from its axis, the vertical line on which it is entered and left. A line at the
side enters and leaves a layout at its left edge; from there on it is its surroundings' line.
"""

from collections import Counter
from typing import NamedTuple

from .canvas import Canvas, Label, PlacedBox, PlacedFrame
from .labels import edge_text
from .pixels_and_cells import PIXELS, Metrics, shortened
from .topology import Topology
from .tree import Box, Frame


class Want(NamedTuple):
    """An output that must be brought to the left edge of a layout, and how far below its top."""

    source: int
    dy: int
    has_arrow: bool  # whether the line to that edge ends in an arrow: it enters a box there

    def beyond(self, way: int, dy: int) -> "Want":
        """The same from further out; what is drawn on that way has the arrow, if it is not nothing."""
        return Want(self.source, dy, self.has_arrow and not way)


class PictureContext:
    """What all layouts of one picture share."""

    def __init__(
        self, topology: Topology, metrics: Metrics, sides: Counter[int], is_up: bool = False
    ) -> None:
        self.topology = topology
        self.metrics = metrics
        self.sides = sides  # the lines at the side that have no start yet, by the output they bring
        self.is_up = is_up

    def width(self, text: str, role: str) -> int:
        return self.metrics.text(text, role)

    def edge_text(self, before: int, after: int) -> str:
        """The channels of an output, or its whole shape where height or width has changed."""
        return edge_text(self.topology.shape(before), self.topology.shape(after))


class PartLayout:
    """The size of a part, measured from its axis and its top."""

    left: int
    right: int
    height: int
    top = 0  # where the line that enters ends
    bottom: int  # where the line that leaves starts
    has_arrow = True  # whether the line that enters ends in an arrow
    reads_flow = True
    is_empty = False  # nothing but a line
    wants: tuple[Want, ...] = ()
    taps: dict[int, int]  # outputs that are needed outside, and how far below the top they come out

    def place(self, canvas: Canvas, axis: int, y: int) -> None:
        raise NotImplementedError


class BoxLayout(PartLayout):
    def __init__(self, context: PictureContext, box: Box, width: int = 0) -> None:
        metrics = context.metrics
        inner = {
            role: context.width(shortened(text, metrics.longest), role) for text, role in texts_of(box)
        }
        if box.is_sum:
            self.width, self.height = max(metrics.sum, inner["text"] + metrics.pad), metrics.sum
        else:
            name = inner.pop("name") + 2 * metrics.name_pad if box.name else 0
            self.width = max(name, max(inner.values()) + 2 * metrics.pad)
            self.height = metrics.box + bool(box.name) * metrics.name + bool(box.small) * metrics.small
        self.width = max(self.width, width)
        self.box = box
        self.left = self.width // 2
        self.right = self.width - self.left
        self.bottom = self.height
        self.reads_flow = box.reads_flow
        self.wants = tuple(Want(side, self.height // 2, True) for side in box.sides)
        self.taps = {}

    def place(self, canvas: Canvas, axis: int, y: int) -> None:
        canvas.boxes.append(PlacedBox(axis - self.left, y, self.width, self.height, self.box))


def texts_of(box: Box) -> list[tuple[str, str]]:
    """The texts of a box from the top, each with its role."""
    if box.is_sum:
        return [(f"{box.name}: {box.text}" if box.name else box.text, "text")]
    lines = [(box.name, "name"), (box.text, "text"), (" · ".join(box.small), "small")]
    return [(text, role) for text, role in lines if text]


def lines_of(placed: PlacedBox) -> list[Label]:
    """The lines of a box in pixels, each around its place."""
    texts = texts_of(placed.box)
    heights = {"name": PIXELS.name, "text": PIXELS.box - 14, "small": PIXELS.small}
    x = placed.x + placed.width // 2
    y = placed.y + (placed.height - sum(heights[role] for _, role in texts)) // 2
    labels = []
    for text, role in texts:
        middle = y + heights[role] // 2
        labels.append(Label(x, middle, shortened(text, PIXELS.longest), role, True))
        y += heights[role]
    return labels


class FrameLayout(PartLayout):
    def __init__(self, context: PictureContext, frame: Frame, body: PartLayout) -> None:
        metrics = context.metrics
        self.frame = frame
        self.body = body
        has_title = bool(frame.title or frame.times > 1)
        above = metrics.head if has_title else metrics.foot
        above, below = (metrics.foot, above) if context.is_up else (above, metrics.foot)
        title, times = shortened(frame.title, metrics.longest), times_text(frame)
        beside = metrics.title_pad
        self.left = max(body.left + metrics.frame, context.width(title, "name") + beside if title else 0)
        beside += metrics.unit  # the axis is a cell itself
        self.right = max(
            body.right + metrics.frame, context.width(times, "title") + beside if times else 0
        )
        self.above = above
        self.height = above + body.height + below
        self.top = above + body.top
        self.bottom = above + body.bottom
        self.has_arrow = body.has_arrow
        self.reads_flow = body.reads_flow
        self.wants = tuple(want.beyond(self.left - body.left, want.dy + above) for want in body.wants)
        self.taps = {source: dy + above for source, dy in body.taps.items()}

    def place(self, canvas: Canvas, axis: int, y: int) -> None:
        width = self.left + self.right
        canvas.frames.append(PlacedFrame(axis - self.left, y, width, self.height, self.frame))
        edges = axis - self.left, axis - self.body.left
        for want in self.body.wants:
            canvas.line(
                [(x, y + self.above + want.dy) for x in edges], want.has_arrow, source=want.source
            )
        for source, dy in self.body.taps.items():
            canvas.line([(x, y + self.above + dy) for x in reversed(edges)], source=source)
        self.body.place(canvas, axis, y + self.above)


def times_text(frame: Frame) -> str:
    return f"×{frame.times}" if frame.times > 1 else ""
