"""A picture in the cells of a terminal, with box-drawing characters."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...draw.canvas import Line, PlacedBox, PlacedFrame
from ...draw.panels import Panel, Panels
from ...draw.part_layout import texts_of, times_text
from ...draw.picture import picture
from ...draw.pixels_and_cells import NARROWER, Metrics, shortened
from ...draw.tree import PartSeries
from ...draw.what_is_drawn import DrawOptions, Target
from ...text.cells import columns_of
from ...text.escape import visible
from ..terminal import wrap
from .cell_grid import CellGrid

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_LINES = {
    _UP | _DOWN: "│",
    _LEFT | _RIGHT: "─",
    _DOWN | _RIGHT: "╭",
    _DOWN | _LEFT: "╮",
    _UP | _RIGHT: "╰",
    _UP | _LEFT: "╯",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT: "┤",
    _LEFT | _RIGHT | _DOWN: "┬",
    _LEFT | _RIGHT | _UP: "┴",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
    # An end, where the line goes on into a box
    _UP: "│",
    _DOWN: "│",
    _LEFT: "─",
    _RIGHT: "─",
}


class Fitted(NamedTuple):
    """The rows of a picture, and notes on what a narrow terminal has changed."""

    rows: list[str]
    notes: list[str]


def fitted(target: Target, options: DrawOptions, width: int | None) -> Fitted:
    """A picture within that width. It is made narrower first; then deeper groups are closed."""
    panels, metrics, depth = _panels(target, options, width)
    rows = [*_heading(target, width), "\n", *draw(panels, metrics.longest), "\n"]
    rows += _wrapped(panels.legend, width)
    if depth == options.depth:
        return Fitted(rows, [])
    return Fitted(rows, [f"{target.title}: groups below depth {depth} are closed at {width} columns"])


def _panels(
    target: Target, options: DrawOptions, width: int | None
) -> tuple[Panels, Metrics, int | None]:
    """The picture, and the sizes and the depth with which it fits."""
    tree = target.tree(options.depth)
    for metrics in NARROWER:
        panels = _drawn(target, options, tree, metrics)
        if width is None or _width(panels) <= width:
            return panels, metrics, options.depth
    assert width is not None
    narrow = NARROWER[-1]._replace(longest=min(NARROWER[-1].longest, width - 10))

    def fits(tree: PartSeries) -> bool:
        return _width(_drawn(target, options, tree, narrow)) <= width

    depth = target.depth_that_fits(options.depth, fits) or 0
    return _drawn(target, options, target.uncounted(depth), narrow), narrow, depth


def _width(panels: Panels) -> int:
    return panels.each[0].canvas.width


def _drawn(target: Target, options: DrawOptions, tree: PartSeries, metrics: Metrics) -> Panels:
    canvas = picture(target.topology, tree, metrics, options.is_up, has_columns=False)
    return Panels([Panel(target.topology, canvas, target.title, "")], options.bars, margin=2, least=1)


def _heading(target: Target, width: int | None) -> list[str]:
    title = target.title if width is None else shortened(target.title, width - 2)
    return _wrapped([title, target.shapes, *target.counts], width)


def _wrapped(pieces: Sequence[str], width: int | None) -> list[str]:
    """The pieces on as many lines as they need. A piece that is too long goes on in the next line."""
    lines: list[str] = []
    for piece in map(visible, pieces):
        if lines and (width is None or columns_of(f"{lines[-1]}   {piece}") <= width):
            lines[-1] += f"   {piece}"
        elif width is None or columns_of(piece) < width:
            lines.append(f" {piece}")
        else:
            lines += wrap(piece, width, initial_indent=" ", subsequent_indent="   ")
    return [f"{line}\n" for line in lines]


def draw(panels: Panels, longest: int) -> Iterator[str]:
    """The rows of a picture, without white space at their ends."""
    (panel,) = panels.each
    canvas = panel.canvas
    grid = _Grid(canvas.width, canvas.height, longest)
    for frame in canvas.frames:
        grid.frame(frame)
    grid.lines(canvas.lines)
    for label in canvas.labels:
        text = visible(label.text)
        x = label.x - columns_of(text) // 2 if label.is_centred else label.x
        grid.text(x, label.y, text)
    for frame in canvas.frames:
        grid.title(frame)
    for box in canvas.boxes:
        grid.box(box, panels.bar(panel, box.box))
    for row in grid.rows:
        yield "".join(row).rstrip() + "\n"


class _Grid(CellGrid):
    def __init__(self, width: int, height: int, longest: int) -> None:
        super().__init__(width + 1, height)
        self.longest = longest

    def frame(self, placed: PlacedFrame) -> None:
        x, y, inner = placed.x, placed.y, placed.width - 2
        self.text(x, y, "┌" + "┄" * inner + "┐")
        for row in range(y + 1, y + placed.height - 1):
            self.text(x, row, "┆" + " " * inner + "┆")
        self.text(x, y + placed.height - 1, "└" + "┄" * inner + "┘")

    def title(self, placed: PlacedFrame) -> None:
        """Write a frame's title, and how often it repeats, into its upper edge."""
        title = visible(shortened(placed.frame.title, self.longest))
        times = times_text(placed.frame)
        if title:
            self.text(placed.x + 2, placed.y, f" {title} ")
        if times:
            self.text(placed.x + placed.width - len(times) - 4, placed.y, f" {times} ")

    def lines(self, lines: list[Line]) -> None:
        cells: dict[tuple[int, int], int] = {}

        def mark(x: int, y: int, direction: int) -> None:
            cells[x, y] = cells.get((x, y), 0) | direction

        for line in lines:
            for (x, y), (to_x, to_y) in zip(line.points, line.points[1:], strict=False):
                for row in range(min(y, to_y), max(y, to_y)):
                    mark(x, row, _DOWN)
                    mark(x, row + 1, _UP)
                for column in range(min(x, to_x), max(x, to_x)):
                    mark(column, y, _RIGHT)
                    mark(column + 1, y, _LEFT)
        for (x, y), directions in cells.items():
            self.rows[y][x] = _LINES[directions]

    def box(self, placed: PlacedBox, bar: int) -> None:
        x, y, box, inner = placed.x, placed.y, placed.box, placed.width - 2
        if box.is_sum:
            ((text, _),) = texts_of(box)
            self.text(x, y, f"({_centred(visible(shortened(text, self.longest)), inner)})")
            return
        across, down = ("╌", "╎") if box.aux else ("─", "│")
        texts = [(visible(shortened(text, self.longest)), role) for text, role in texts_of(box)]
        name = next((f" {text} " for text, role in texts if role == "name"), "")
        self.text(x, y, "╭" + across + name + across * (inner - 1 - columns_of(name)) + "╮")
        below = [text for text, role in texts if role != "name"]
        for row, text in enumerate(below, start=y + 1):
            self.text(x, row, down + _centred(text, inner) + down)
        self.text(x, y + placed.height - 1, "╰" + "━" * bar + across * (inner - bar) + "╯")


def _centred(text: str, width: int) -> str:
    free = width - columns_of(text)
    return " " * (free // 2) + text + " " * (free - free // 2)
