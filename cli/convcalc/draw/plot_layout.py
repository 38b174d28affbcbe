"""A plot in its place: the area of the curves, ticks around it, each curve's name at its end."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..text.cells import columns_of
from .canvas import Point
from .pixels_and_cells import PIXELS, shortened
from .plot import Curve, Plot, Spot
from .scale import AxisScale, scale_of


class Medium(NamedTuple):
    """The sizes of text where a plot is drawn."""

    text: Callable[[str], int]
    line: int  # the height of a line
    gap: int  # between a text and what it belongs to
    mark: int  # from the middle of a point's mark to its edge


PIXEL_PLOT = Medium(lambda text: PIXELS.text(text, "name"), 16, 8, 4)
# In a terminal a place is a dot of a braille character, which has two beside and four above each other.
DOT_PLOT = Medium(lambda text: 2 * columns_of(text), 4, 2, 2)


class Tick(NamedTuple):
    """A place on an axis; without a text where there is no room for one."""

    at: int
    text: str


class PlacedCurve(NamedTuple):
    curve: Curve
    places: tuple[Point | None, ...]  # of its spots
    name: str  # empty where there is no room for it
    name_at: Point  # the middle of its left edge


class PlacedPlot(NamedTuple):
    """Everything is from the top left; the area's edges are the first and the last place in it."""

    width: int
    height: int
    left: int
    top: int
    right: int
    bottom: int
    x_title: str
    y_title: str
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    curves: Sequence[PlacedCurve]


def placed(plot: Plot, width: int, height: int, medium: Medium) -> PlacedPlot:
    """The plot within that width and height; it has at least one point."""
    spots = plot.spots
    x, y = scale_of(plot.x, [one.x for one in spots]), scale_of(plot.y, [one.y for one in spots])
    longest = max(8, width // 3 // medium.text("n"))
    names = [shortened(curve.name, longest) for curve in plot.curves]
    left = max(medium.text(text) for _, text in y.ticks) + 2 * medium.gap
    right = width - 1 - max(medium.text(name) for name in names) - medium.mark - medium.gap
    top, bottom = medium.line + medium.gap, height - 3 * medium.line - 1
    area = (left, top, right, bottom)
    curves = [_placed_curve(curve, x, y, area) for curve in plot.curves]
    return PlacedPlot(
        width,
        height,
        *area,
        _title(plot.x.title, x),
        _title(plot.y.title, y),
        _x_ticks(x, left, right, width, medium),
        [Tick(bottom - y.place(value, bottom - top + 1), text) for value, text in y.ticks],
        _with_names(curves, names, area, medium),
    )


def _title(title: str, scale: AxisScale) -> str:
    return f"{title} (log)" if scale.is_log else title


def _placed_curve(
    curve: Curve, x: AxisScale, y: AxisScale, area: tuple[int, int, int, int]
) -> PlacedCurve:
    left, top, right, bottom = area

    def place(spot: Spot) -> Point:
        return left + x.place(spot.x, right - left + 1), bottom - y.place(spot.y, bottom - top + 1)

    return PlacedCurve(curve, tuple(spot and place(spot) for spot in curve.spots), "", (0, 0))


def _x_ticks(x: AxisScale, left: int, right: int, width: int, medium: Medium) -> list[Tick]:
    """The ticks from the left, those without their text that would run into the one before."""
    ticks: list[Tick] = []
    free = 0
    for value, text in sorted(x.ticks):
        at, half = left + x.place(value, right - left + 1), -(-medium.text(text) // 2)
        has_room = at - half >= free and at + half < width
        free = at + half + medium.gap if has_room else free
        ticks.append(Tick(at, text if has_room else ""))
    return ticks


def _with_names(
    curves: Sequence[PlacedCurve], names: Sequence[str], area: tuple[int, int, int, int], medium: Medium
) -> list[PlacedCurve]:
    """Each curve with its name behind its last point to the right, names not on each other.

    Of more curves than there are lines only some have a name.
    """
    _, top, _, bottom = area
    ends = {
        number: max(filter(None, curve.places))
        for number, curve in enumerate(curves)
        if any(curve.places)
    }
    order = sorted(ends, key=lambda number: ends[number][1])
    lines = (bottom - top) // medium.line + 1
    named = order[:: -(-len(order) // lines)]
    heights = _apart([ends[number][1] for number in named], medium.line, top, bottom)
    placed = list(curves)
    for number, y in zip(named, heights, strict=True):
        place = (ends[number][0] + medium.mark + medium.gap, y)
        placed[number] = curves[number]._replace(name=names[number], name_at=place)
    return placed


def _apart(heights: Sequence[int], line: int, top: int, bottom: int) -> list[int]:
    """Heights, from the top, moved as little as makes each a line below the one before."""
    found: list[int] = []
    for y in heights:
        found.append(max(y, found[-1] + line if found else top))
    limit = bottom
    for place in reversed(range(len(found))):
        found[place] = min(found[place], limit)
        limit = found[place] - line
    return found
