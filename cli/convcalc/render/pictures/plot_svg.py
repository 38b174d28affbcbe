"""Plots beside each other as SVG, in the light or dark of its reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...draw.pixels_and_cells import shortened
from ...draw.plot import Plot
from ...draw.plot_layout import PIXEL_PLOT, PlacedCurve, PlacedPlot, placed
from .colours import CURVES, INK, PAPER, SOFT_INK
from .svg import FONT, escaped, rules

_WIDTH, _HEIGHT = 720, 440
_BESIDE = 560  # the width of each of several
_MARGIN = 16
_BETWEEN = 24
_HEAD = 52
_NOTE = 17
_MOST_MARKED = 40  # points of a line; of more only the line is drawn
_LONGEST = 72  # characters of a title in a picture of that width; of smaller text half as many more


def draw(title: str, caption: str, plots: Sequence[Plot], notes: Sequence[str]) -> Iterator[str]:
    """The lines of the file."""
    each = _WIDTH if len(plots) < 2 else _BESIDE
    width = 2 * _MARGIN + each * max(1, len(plots)) + _BETWEEN * (len(plots) - 1)
    height = 2 * _MARGIN + _HEAD + (_HEIGHT if plots else 0) + _NOTE * len(notes)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n'
    yield f"<title>{escaped(title)}</title>\n<style>\n{_style()}</style>\n"
    yield f'<rect class="page" width="{width}" height="{height}"/>\n'
    longest = _LONGEST * width // _WIDTH
    yield _text("title", _MARGIN + 8, _MARGIN + 18, shortened(title, longest))
    yield _text("caption", _MARGIN + 8, _MARGIN + 36, shortened(caption, longest * 3 // 2))
    x = _MARGIN
    for plot in plots:
        yield f'<g transform="translate({x} {_MARGIN + _HEAD})">\n'
        yield from _plot(placed(plot, each, _HEIGHT, PIXEL_PLOT))
        yield "</g>\n"
        x += each + _BETWEEN
    for number, note in enumerate(reversed(notes)):
        y = height - _MARGIN - 4 - number * _NOTE
        yield _text("note", _MARGIN + 8, y, shortened(note, longest * 3 // 2))
    yield "</svg>\n"


def _plot(place: PlacedPlot) -> Iterator[str]:
    for tick in place.y_ticks:
        yield _grid(f"M{place.left} {tick.at}H{place.right}")
        yield _text("tick right", place.left - 8, tick.at + 4, tick.text)
    for tick in place.x_ticks:
        yield _grid(f"M{tick.at} {place.top}V{place.bottom}")
        yield _text("tick middle", tick.at, place.bottom + 17, tick.text)
    yield f'<path class="axis" d="M{place.left} {place.top}V{place.bottom}H{place.right}"/>\n'
    yield _text("axis-title", 8, place.top - 12, place.y_title)
    middle = (place.left + place.right) // 2
    yield _text("axis-title middle", middle, place.bottom + 36, place.x_title)
    for number, curve in enumerate(place.curves):
        yield from _curve(curve, number % len(CURVES))


def _curve(curve: PlacedCurve, colour: int) -> Iterator[str]:
    if curve.curve.has_line:
        yield f'<path class="curve c{colour}" d="{_way(curve)}"/>\n'
    places, spots = curve.places, curve.curve.spots
    is_dense = curve.curve.has_line and len(places) > _MOST_MARKED
    for place, spot in zip(places, spots, strict=True):
        if place and spot and (not is_dense or spot.is_own):
            own = " own" if spot.is_own else ""
            circle = f'<circle class="c{colour}{own}" cx="{place[0]}" cy="{place[1]}" r="4">'
            yield f"{circle}<title>{escaped(spot.text)}</title></circle>\n"
    if curve.name:
        x, y = curve.name_at
        yield _text(f"name c{colour}", x, y + 4, curve.name)


def _way(curve: PlacedCurve) -> str:
    """The line, with a new start behind each gap."""
    parts, command = [], "M"
    for place in curve.places:
        parts += [f"{command}{place[0]} {place[1]}"] if place else []
        command = "L" if place else "M"
    return "".join(parts)


def _grid(way: str) -> str:
    return f'<path class="grid" d="{way}"/>\n'


def _text(classes: str, x: int, y: int, text: str) -> str:
    return f'<text class="{classes}" x="{x}" y="{y}">{escaped(text)}</text>\n' if text else ""


def _style() -> str:
    light, dark = (
        "".join(_colour_rules(number, pair[shade]) for number, pair in enumerate(CURVES))
        for shade in (0, 1)
    )
    return (
        f"svg text{{font-family:{FONT};fill:{INK[0]}}}\n"
        f"{rules(_LIGHT)}{light}@media (prefers-color-scheme:dark){{\n{rules(_DARK)}{dark}}}\n"
    )


def _colour_rules(number: int, colour: str) -> str:
    return (
        f"svg .curve.c{number},svg circle.c{number}{{stroke:{colour}}}\n"
        f"svg .name.c{number},svg .own.c{number}{{fill:{colour}}}\n"
    )


_LIGHT = (
    ("svg .page", f"fill:{PAPER[0]}"),
    ("svg .title", "font-size:16px;font-weight:bold"),
    ("svg .caption,svg .note", f"font-size:12px;fill:{SOFT_INK[0]}"),
    ("svg .tick", f"font-size:11px;fill:{SOFT_INK[0]}"),
    ("svg .axis-title", "font-size:12px"),
    ("svg .name", "font-size:11px;font-weight:bold"),
    ("svg .name", f"stroke:{PAPER[0]};stroke-width:4;stroke-linejoin:round;paint-order:stroke"),
    ("svg .right", "text-anchor:end"),
    ("svg .middle", "text-anchor:middle"),
    ("svg .grid", "fill:none;stroke:#e3e7eb"),
    ("svg .axis", "fill:none;stroke:#85909c"),
    ("svg .curve", "fill:none;stroke-width:2;stroke-linejoin:round"),
    ("svg circle", f"fill:{PAPER[0]};stroke-width:2"),
)
_DARK = (
    ("svg .page", f"fill:{PAPER[1]}"),
    ("svg text", f"fill:{INK[1]}"),
    ("svg .caption,svg .note,svg .tick", f"fill:{SOFT_INK[1]}"),
    ("svg .name", f"stroke:{PAPER[1]}"),
    ("svg .grid", "stroke:#252c35"),
    ("svg .axis", "stroke:#6b7783"),
    ("svg circle", f"fill:{PAPER[1]}"),
)
