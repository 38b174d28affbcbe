"""Where everything in a picture is placed. The origin is at the top left. Formats read only this."""

from collections.abc import Iterable
from typing import NamedTuple

from .tree import Box, Frame

Point = tuple[int, int]


class PlacedBox(NamedTuple):
    x: int
    y: int
    width: int
    height: int
    box: Box


class PlacedFrame(NamedTuple):
    x: int
    y: int
    width: int
    height: int
    frame: Frame


class Line(NamedTuple):
    """A line with corners, from the thing it leaves to the thing it enters."""

    points: tuple[Point, ...]
    has_arrow: bool
    is_dashed: bool = False
    source: int | None = None  # the output that a line at the side brings


class Label(NamedTuple):
    """A text at the height `y`. It starts at `x`, or has its middle there if it is centred."""

    x: int
    y: int
    text: str
    role: str
    is_centred: bool = False


class Canvas:
    """Everything that has been placed so far."""

    def __init__(self, width: int = 0, height: int = 0) -> None:
        self.width = width
        self.height = height
        self.boxes: list[PlacedBox] = []
        self.frames: list[PlacedFrame] = []
        self.lines: list[Line] = []
        self.labels: list[Label] = []
        self.routes: dict[int, int] = {}  # the outputs that are brought to other columns, numbered

    def line(
        self,
        points: Iterable[Point],
        has_arrow: bool = False,
        is_dashed: bool = False,
        source: int | None = None,
    ) -> None:
        """Add a line through these points. Points at which it does not turn are left out."""
        kept: list[Point] = []
        for point in points:
            if kept and kept[-1] == point:
                continue
            while len(kept) > 1 and _is_straight(kept[-2], kept[-1], point):
                kept.pop()
            kept.append(point)
        if len(kept) > 1:
            self.lines.append(Line(tuple(kept), has_arrow, is_dashed, source))

    def route(self, line: Line) -> int | None:
        """The number by which a line between columns is told from others; None for the other lines."""
        return None if line.source is None else self.routes.get(line.source)

    def label(self, x: int, y: int, text: str, role: str, is_centred: bool = False) -> None:
        self.labels.append(Label(x, y, text, role, is_centred))

    def upwards(self, unit: int) -> "Canvas":
        """The canvas upside down; a cell is one `unit` high, a point in pixels none."""
        turned = Canvas(self.width, self.height)
        height, edge = self.height, self.height - unit
        turned.boxes = [one._replace(y=height - one.y - one.height) for one in self.boxes]
        turned.frames = [one._replace(y=height - one.y - one.height) for one in self.frames]
        turned.labels = [one._replace(y=edge - one.y) for one in self.labels]
        turned.lines = [
            one._replace(points=tuple((x, edge - y) for x, y in one.points)) for one in self.lines
        ]
        return turned


def _is_straight(first: Point, second: Point, third: Point) -> bool:
    same = first[0] == second[0] == third[0] or first[1] == second[1] == third[1]
    return same and not (first > second) ^ (second > third)
