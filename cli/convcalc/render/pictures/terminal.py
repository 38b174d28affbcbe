"""A picture in the cells of a terminal, with the characters that boxes are drawn with."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from ...draw.blocks import texts_of, times_text
from ...draw.canvas import Line, PlacedBox, PlacedFrame
from ...draw.metrics import NARROWER, Metrics, columns, shortened
from ...draw.picture import picture
from ...draw.sheet import Panel, Sheet
from ...draw.subject import Look, Subject
from ...draw.tree import Series
from ...text.escape import visible

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
    """The rows of a picture, and what a narrow terminal has changed."""

    rows: list[str]
    notes: list[str]


def fitted(subject: Subject, look: Look, width: int | None) -> Fitted:
    """A picture within that width: first narrower, then with its deeper groups closed."""
    sheet, metrics, depth = _sheet(subject, look, width)
    rows = [*_heading(subject, width), "\n", *draw(sheet, metrics.longest), "\n"]
    rows += _wrapped(sheet.legend, width)
    if depth == look.depth:
        return Fitted(rows, [])
    return Fitted(rows, [f"{subject.title}: groups below depth {depth} are closed at {width} columns"])


def _sheet(subject: Subject, look: Look, width: int | None) -> tuple[Sheet, Metrics, int | None]:
    """The picture, the sizes with which and the depth at which it fits."""
    tree = subject.tree(look.depth)
    for metrics in NARROWER:
        sheet = _drawn(subject, look, tree, metrics)
        if width is None or _width(sheet) <= width:
            return sheet, metrics, look.depth
    assert width is not None
    narrow = NARROWER[-1]._replace(longest=min(NARROWER[-1].longest, width - 10))

    def fits(tree: Series) -> bool:
        return _width(_drawn(subject, look, tree, narrow)) <= width

    depth = subject.depth_that_fits(look.depth, fits) or 0
    return _drawn(subject, look, subject.uncounted(depth), narrow), narrow, depth


def _width(sheet: Sheet) -> int:
    return sheet.panels[0].canvas.width


def _drawn(subject: Subject, look: Look, tree: Series, metrics: Metrics) -> Sheet:
    canvas = picture(subject.facts, tree, metrics, look.is_up, has_columns=False)
    return Sheet([Panel(subject.facts, canvas, subject.title, "")], look.bars)


def _heading(subject: Subject, width: int | None) -> list[str]:
    title = subject.title if width is None else shortened(subject.title, width - 2)
    return _wrapped([title, subject.shapes, *subject.counts], width)


def _wrapped(pieces: Sequence[str], width: int | None) -> list[str]:
    """The pieces on as many lines as they need; one that is too long itself goes on in the next."""
    lines: list[str] = []
    for piece in map(visible, pieces):
        if lines and (width is None or columns(f"{lines[-1]}   {piece}") <= width):
            lines[-1] += f"   {piece}"
        elif width is None or columns(piece) < width:
            lines.append(f" {piece}")
        else:
            lines += wrap(piece, width, initial_indent=" ", subsequent_indent="   ")
    return [f"{line}\n" for line in lines]


def draw(sheet: Sheet, longest: int) -> Iterator[str]:
    """The rows of a picture, without white space at their ends."""
    (panel,) = sheet.panels
    canvas = panel.canvas
    grid = _Grid(canvas.width, canvas.height, longest)
    for frame in canvas.frames:
        grid.frame(frame)
    grid.lines(canvas.lines)
    for label in canvas.labels:
        text = visible(label.text)
        x = label.x - columns(text) // 2 if label.is_centred else label.x
        grid.text(x, label.y, text)
    for frame in canvas.frames:
        grid.title(frame)
    for box in canvas.boxes:
        grid.box(box, sheet.bar(panel, box.box, box.width - 2))
    for row in grid.rows:
        yield "".join(row).rstrip() + "\n"


class _Grid:
    def __init__(self, width: int, height: int, longest: int) -> None:
        self.longest = longest
        self.rows = [[" "] * (width + 1) for _ in range(height)]

    def text(self, x: int, y: int, text: str) -> None:
        """Text from a cell on; a wide character leaves the cell behind it empty."""
        row = self.rows[y]
        for character in text:
            wide = columns(character)
            if wide == 0:
                row[x - 1] += character
                continue
            row[x : x + wide] = [character, *[""] * (wide - 1)]
            x += wide

    def frame(self, placed: PlacedFrame) -> None:
        x, y, inner = placed.x, placed.y, placed.width - 2
        self.text(x, y, "┌" + "┄" * inner + "┐")
        for row in range(y + 1, y + placed.height - 1):
            self.text(x, row, "┆" + " " * inner + "┆")
        self.text(x, y + placed.height - 1, "└" + "┄" * inner + "┘")

    def title(self, placed: PlacedFrame) -> None:
        """A frame's title and how often it stands there, in its upper edge."""
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
        self.text(x, y, "╭" + across + name + across * (inner - 1 - columns(name)) + "╮")
        below = [text for text, role in texts if role != "name"]
        for row, text in enumerate(below, start=y + 1):
            self.text(x, row, down + _centred(text, inner) + down)
        self.text(x, y + placed.height - 1, "╰" + "━" * bar + across * (inner - bar) + "╯")


def _centred(text: str, width: int) -> str:
    free = width - columns(text)
    return " " * (free // 2) + text + " " * (free - free // 2)
