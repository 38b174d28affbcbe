"""Pictures side by side as SVG. Text stays text; colours follow the reader's light or dark theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...draw.canvas import Label, Line, PlacedBox, PlacedFrame, Point
from ...draw.legend import LINE, LegendLine, legend
from ...draw.panels import Panel, Panels, described
from ...draw.part_layout import lines_of, times_text
from ...draw.pixels_and_cells import PIXELS, shortened
from ...text.escape import sound
from .colours import BORDER, CURVES, INK, KIND_COLOURS, LINES, PAPER, SOFT_INK

_MARGIN = 16
_BETWEEN = 48  # panels
_CAPTION = 56
_ABOVE_LEGEND = 14
_LEAST_LEGEND = 420  # the width at which a legend is not broken further
_ROUND = 8  # of corners
FONT = "Inter,Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif"


def draw(panels: Panels) -> Iterator[str]:
    """The lines of the file."""
    widths = [max(panel.canvas.width, _caption_width(panel)) for panel in panels.each]
    inner = sum(widths) + _BETWEEN * (len(widths) - 1)
    lines = legend(panels, max(inner, _LEAST_LEGEND))
    width = max(inner, *(line.width for line in lines), 0) + 2 * _MARGIN
    height = panels.height
    full = height + 2 * _MARGIN + _CAPTION + (_ABOVE_LEGEND + LINE * len(lines) if lines else 0)
    size = f'width="{width}" height="{full}" viewBox="0 0 {width} {full}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n'
    titles = ", ".join(panel.title for panel in panels.each)
    yield f"<title>{escaped(titles)}</title>\n<style>\n{_style(panels)}</style>\n"
    yield f'<rect class="page" width="{width}" height="{full}"/>\n'
    x = (width - inner) // 2
    for panel, one in zip(panels.each, widths, strict=True):
        left = x + (one - panel.canvas.width) // 2
        yield f'<g transform="translate({left} {_MARGIN + panels.top(panel)})">\n'
        yield from _panel(panels, panel)
        yield "</g>\n"
        middle, below = x + one // 2, _MARGIN + height
        yield _text(Label(middle, below + 26, panel.short_title, "title", True))
        yield _text(Label(middle, below + 44, panel.caption, "caption", True))
        x += one + _BETWEEN
    for number, line in enumerate(lines):
        yield from _legend_line(
            line, (width - line.width) // 2, full - _MARGIN - LINE * (len(lines) - number)
        )
    yield "</svg>\n"


def _caption_width(panel: Panel) -> int:
    return max(PIXELS.text(panel.short_title, "title"), PIXELS.text(panel.caption, "text"))


def _panel(panels: Panels, panel: Panel) -> Iterator[str]:
    canvas = panel.canvas
    yield from map(_frame, canvas.frames)
    for line in canvas.lines:
        yield _line(line, canvas.route(line))
    for placed in canvas.boxes:
        yield from _box(panels, panel, placed)
    yield from map(_text, canvas.labels)


def _frame(placed: PlacedFrame) -> str:
    frame, dashed = placed.frame, " dashed" if placed.frame.aux else ""
    title, times = shortened(frame.title, PIXELS.longest), times_text(frame)
    parts = [_rect(f"frame{dashed}", placed.x, placed.y, placed.width, placed.height, 6)]
    if title:
        parts.append(_text(Label(placed.x + 9, placed.y + 13, title, "name")))
    if times:
        x = placed.x + placed.width - 9
        parts.append(f'<text class="times" x="{x}" y="{placed.y + 18}">{times}</text>\n')
    return "".join(parts)


def _box(panels: Panels, panel: Panel, placed: PlacedBox) -> Iterator[str]:
    box, x, y = placed.box, placed.x, placed.y
    dashed = " dashed" if box.aux else ""
    radius = placed.height // 2 if box.is_sum else 5
    yield f"<g><title>{escaped(described(panel.topology, box))}</title>\n"
    yield _rect(f"{box.kind}{dashed}", x, y, placed.width, placed.height, radius)
    yield from map(_text, lines_of(placed))
    if length := panels.bar(panel, box):
        yield _rect(f"bar {box.kind}", x + 5, y + placed.height - 5, length, 3, 1)
    yield "</g>\n"


def _rect(classes: str, x: int, y: int, width: int, height: int, radius: int) -> str:
    place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
    return f'<rect class="{classes}" {place} rx="{radius}"/>\n'


def _line(line: Line, route: int | None) -> str:
    dashed = " dashed" if line.is_dashed else ""
    colour = "" if route is None else f" route{route % len(CURVES)}"
    path = f'<path class="line{colour}{dashed}" d="{_rounded(line)}"/>\n'
    return path + _arrow(line.points[-2], line.points[-1], colour) if line.has_arrow else path


def _rounded(line: Line) -> str:
    points = line.points
    parts = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_ROUND, _distance(before, corner) // 2, _distance(corner, after) // 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        parts.append(f"L{start[0]} {start[1]}Q{corner[0]} {corner[1]} {end[0]} {end[1]}")
    end = _towards(points[-1], points[-2], 5) if line.has_arrow else points[-1]
    return "".join([*parts, f"L{end[0]} {end[1]}"])


def _distance(one: Point, other: Point) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(point: Point, other: Point, distance: int) -> Point:
    """The point at some distance from `point` towards `other`, along one axis."""
    dx, dy = other[0] - point[0], other[1] - point[1]
    return (
        point[0] + (dx > 0) * distance - (dx < 0) * distance,
        point[1] + (dy > 0) * distance - (dy < 0) * distance,
    )


def _arrow(start: Point, tip: Point, colour: str) -> str:
    x, y = _towards(tip, start, 7)
    across = (4, 0) if x == tip[0] else (0, 4)
    first, second = (x - across[0], y - across[1]), (x + across[0], y + across[1])
    path = f"M{tip[0]} {tip[1]}L{first[0]} {first[1]}L{second[0]} {second[1]}z"
    return f'<path class="arrow{colour}" d="{path}"/>\n'


def _text(label: Label) -> str:
    """Text whose middle is at `y`. Its baseline is a third of its size below that."""
    centred = " centred" if label.is_centred else ""
    below = 5 if label.role in ("text", "end", "title") else 4
    content = escaped(label.text)
    return f'<text class="{label.role}{centred}" x="{label.x}" y="{label.y + below}">{content}</text>\n'


def _legend_line(line: LegendLine, x: int, y: int) -> Iterator[str]:
    middle = y + LINE // 2
    for entry in line.entries:
        if entry.kind:
            yield _rect(entry.kind, x + entry.x, middle - 5, 14, 10, 2)
        yield _text(Label(x + entry.text_x, middle, entry.text, "label"))


def _style(panels: Panels) -> str:
    kinds = panels.kinds
    light = [_kind_rule(kind, *KIND_COLOURS[kind][:2]) for kind in kinds]
    dark = [_kind_rule(kind, *KIND_COLOURS[kind][2:]) for kind in kinds]
    routes = max((len(panel.canvas.routes) for panel in panels.each), default=0)
    for number, (on_light, on_dark) in enumerate(CURVES[:routes]):
        light.append(_route_rule(number, on_light))
        dark.append(_route_rule(number, on_dark))
    return (
        f"svg text{{font-family:{FONT};fill:{INK[0]}}}\n"
        + rules((f"svg .{role}", rule) for role, rule in _ROLES.items())
        + "".join(light)
        + "@media (prefers-color-scheme:dark){\n"
        + rules(_DARK.items())
        + "".join(dark)
        + "}\n"
    )


def rules(styles: Iterable[tuple[str, str]]) -> str:
    """Rules of a style sheet, one a line, by what each is for."""
    return "".join(f"{selector}{{{rule}}}\n" for selector, rule in styles)


def _route_rule(number: int, colour: str) -> str:
    return f"svg .line.route{number}{{stroke:{colour}}}\nsvg .arrow.route{number}{{fill:{colour}}}\n"


def _kind_rule(kind: str, fill: str, edge: str) -> str:
    return f"svg .{kind}{{fill:{fill};stroke:{edge}}}\nsvg .bar.{kind}{{fill:{edge};stroke:none}}\n"


_ROLES = {
    "page": f"fill:{PAPER[0]}",
    "text": "font-size:13px",
    "end": "font-size:13px;font-weight:bold",
    "title": "font-size:15px;font-weight:bold",
    "times": "font-size:14px;font-weight:bold;text-anchor:end",
    "caption": f"font-size:12px;fill:{SOFT_INK[0]}",
    "name": "font-size:10.5px;font-weight:bold;fill:#4a5766",
    "small": f"font-size:10.5px;fill:{SOFT_INK[0]}",
    "label": f"font-size:10.5px;fill:{SOFT_INK[0]}",
    "centred": "text-anchor:middle",
    "frame": f"fill:#5b6b80;fill-opacity:.05;stroke:{BORDER[0]}",
    "line": f"fill:none;stroke:{LINES[0]};stroke-width:1.4",
    "arrow": f"fill:{LINES[0]}",
    "dashed": "stroke-dasharray:4 3",
}
_DARK = {
    "svg .page": f"fill:{PAPER[1]}",
    "svg text": f"fill:{INK[1]}",
    "svg .caption,svg .small,svg .label": f"fill:{SOFT_INK[1]}",
    "svg .name": "fill:#b6c2cf",
    "svg .frame": f"stroke:{BORDER[1]};fill:#9fb3cc;fill-opacity:.06",
    "svg .line": f"stroke:{LINES[1]}",
    "svg .arrow": f"fill:{LINES[1]}",
}


def escaped(text: str) -> str:
    """Text for XML. What XML does not allow as a character is written out."""
    safe = sound(text.replace("\n", "\0")).replace("\\x00", "\n")
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
