"""A plot in the cells of a terminal, its lines in dots of braille."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from ...draw.canvas import Point
from ...draw.plot import Plot
from ...draw.plot_layout import DOT_PLOT, PlacedCurve, PlacedPlot, Tick, placed
from ...text.cells import columns_of
from .cell_grid import CellGrid

WIDEST = 100  # columns; a wider plot is no better to read
_ROWS = 22
_BRAILLE = 0x2800
# The bit of each dot of a character, from the top, left and right.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_SPOT = "●"
_NEAR = 3  # cells, within which points are not marked by themselves


# The lines' colours, one after the other, where there are several and colours at all.
_COLOURS = (34, 31, 32, 33, 35, 36)


def draw(plot: Plot, width: int, colour: bool = False) -> Iterator[str]:
    """The rows of a plot, without white space at their ends."""
    place = placed(plot, 2 * width, 4 * _ROWS, DOT_PLOT)
    grid = _Grid(width, _ROWS)
    grid.axes(place)
    for number, curve in enumerate(place.curves):
        grid.curve(curve, number)
    for number, curve in enumerate(place.curves):
        grid.spots(curve, number)
    for number, curve in enumerate(place.curves):
        grid.mark(*_cell(curve.name_at), curve.name, number)
    has_colours = colour and len(place.curves) > 1
    for row in range(_ROWS):
        yield grid.row(row, has_colours).rstrip() + "\n"


def _cell(point: Point) -> tuple[int, int]:
    """The column and the row of a dot."""
    return point[0] // 2, point[1] // 4


class _Grid(CellGrid):
    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.curves: dict[tuple[int, int], int] = {}  # the curve that a cell shows, by its number

    def mark(self, x: int, y: int, text: str, number: int) -> None:
        """Text that belongs to a curve."""
        self.text(x, y, text)
        self.curves |= dict.fromkeys(((x + right, y) for right in range(columns_of(text))), number)

    def row(self, y: int, has_colours: bool) -> str:
        if not has_colours:
            return "".join(self.rows[y])
        pieces = []
        for number, cells in groupby(range(len(self.rows[y])), key=lambda x: self.curves.get((x, y))):
            text = "".join(self.rows[y][x] for x in cells)
            code = None if number is None else _COLOURS[number % len(_COLOURS)]
            pieces.append(text if code is None else f"\x1b[{code}m{text}\x1b[0m")
        return "".join(pieces)

    def axes(self, place: PlacedPlot) -> None:
        left, bottom = place.left // 2 - 1, place.bottom // 4 + 1
        top, right = place.top // 4, place.right // 2
        self.text(left, 0, place.y_title)
        for row in range(top, bottom):
            self.text(left, row, "│")
        self.text(left, bottom, "└" + "─" * (right - left))
        for tick in place.y_ticks:
            self.y_tick(tick, left)
        for tick in place.x_ticks:
            self.x_tick(tick, bottom)
        title = place.x_title
        self.text(max(0, right + 1 - columns_of(title)), bottom + 2, title)

    def y_tick(self, tick: Tick, left: int) -> None:
        row = tick.at // 4
        self.text(left - columns_of(tick.text) - 1, row, tick.text)
        self.text(left, row, "┤")

    def x_tick(self, tick: Tick, bottom: int) -> None:
        column = tick.at // 2
        self.text(column, bottom, "┬")
        self.text(max(0, column - columns_of(tick.text) // 2), bottom + 1, tick.text)

    def curve(self, curve: PlacedCurve, number: int) -> None:
        if not curve.curve.has_line:
            return
        for start, end in pairwise(curve.places):
            if start and end:
                for point in _between(start, end):
                    self.dot(point)
                    self.curves[_cell(point)] = number

    def dot(self, point: Point) -> None:
        (column, row), (x, y) = _cell(point), point
        before = self.rows[row][column]
        bits = ord(before) - _BRAILLE if _BRAILLE <= ord(before) < _BRAILLE + 0x100 else 0
        self.rows[row][column] = chr(_BRAILLE + (bits | _DOTS[y % 4][x % 2]))

    def spots(self, curve: PlacedCurve, number: int) -> None:
        """A mark on each point, unless the points are so near that they are the line."""
        cells = [_cell(point) if point else None for point in curve.places]
        alone = not curve.curve.has_line or all(
            a is None or b is None or abs(a[0] - b[0]) >= _NEAR for a, b in pairwise(cells)
        )
        for place, cell in enumerate(cells):
            neighbours = cells[max(0, place - 1) : place] + cells[place + 1 : place + 2]
            if cell and (alone or not any(neighbours)):
                self.mark(*cell, _SPOT, number)


def _between(start: Point, end: Point) -> Iterator[Point]:
    """The dots of a straight line."""
    (x, y), (to_x, to_y) = start, end
    steps = max(abs(to_x - x), abs(to_y - y), 1)
    for step in range(steps + 1):
        yield (
            x + (2 * (to_x - x) * step + steps) // (2 * steps),
            y + (2 * (to_y - y) * step + steps) // (2 * steps),
        )
