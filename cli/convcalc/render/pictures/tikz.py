"""Pictures side by side as TikZ, for papers. One unit is a pixel of the SVG."""

from __future__ import annotations

from collections.abc import Iterator

from ...draw.canvas import Canvas, Label, Line, PlacedBox, PlacedFrame
from ...draw.panels import Panel, Panels
from ...draw.part_layout import lines_of, times_text
from ...draw.pixels_and_cells import PIXELS, shortened
from ..formats.tex import escaped
from .colours import CURVES, KIND_COLOURS

_BETWEEN = 48
_START = """\
% \\usepackage{tikz}, and LuaLaTeX where names are not Latin
\\begin{tikzpicture}[x=.75pt, y=-.75pt, font=\\sffamily, line width=.6pt, text=black,
  edge/.style={draw=black!65, rounded corners=4pt}, arrow/.style={edge, -latex},
  frame/.style={draw=black!25, fill=black!3, rounded corners=4pt},
  small/.style={font=\\sffamily\\fontsize{7}{8}\\selectfont, text=black!65},
  name/.style={font=\\sffamily\\bfseries\\fontsize{7}{8}\\selectfont, text=black!75},
  text line/.style={font=\\sffamily\\fontsize{8.5}{10}\\selectfont},
  end/.style={font=\\sffamily\\bfseries\\fontsize{8.5}{10}\\selectfont},
  title/.style={font=\\sffamily\\bfseries\\fontsize{10}{12}\\selectfont}]
"""
_STYLES = {"text": "text line", "label": "small", "caption": "small"}


def draw(panels: Panels) -> Iterator[str]:
    """The lines of the picture."""
    yield _START
    for kind in panels.kinds:
        fill, edge = KIND_COLOURS[kind][:2]
        yield f"\\definecolor{{{kind}fill}}{{HTML}}{{{fill[1:].upper()}}}\n"
        yield f"\\definecolor{{{kind}edge}}{{HTML}}{{{edge[1:].upper()}}}\n"
    routes = max((len(panel.canvas.routes) for panel in panels.each), default=0)
    for number, (colour, _) in enumerate(CURVES[:routes]):
        yield f"\\definecolor{{route{number}}}{{HTML}}{{{colour[1:].upper()}}}\n"
    height = panels.height
    x = 0
    for panel in panels.each:
        yield f"\\begin{{scope}}[shift={{({x},{panels.top(panel)})}}]\n"
        yield from _panel(panels, panel)
        yield "\\end{scope}\n"
        middle = x + panel.canvas.width // 2
        yield _text(Label(middle, height + 26, panel.short_title, "title", True))
        yield _text(Label(middle, height + 44, panel.caption, "caption", True))
        x += max(panel.canvas.width, PIXELS.text(panel.caption, "text")) + _BETWEEN
    yield "\\end{tikzpicture}\n"


def _panel(panels: Panels, panel: Panel) -> Iterator[str]:
    canvas: Canvas = panel.canvas
    yield from map(_frame, canvas.frames)
    for line in canvas.lines:
        yield _line(line, canvas.route(line))
    for placed in canvas.boxes:
        yield from _box(panels, panel, placed)
    yield from map(_text, canvas.labels)


def _frame(placed: PlacedFrame) -> str:
    dashed = ", dashed" if placed.frame.aux else ""
    right, bottom = placed.x + placed.width, placed.y + placed.height
    text = f"\\draw[frame{dashed}] ({placed.x},{placed.y}) rectangle ({right},{bottom});\n"
    if placed.frame.title:
        title = shortened(placed.frame.title, PIXELS.longest)
        text += _text(Label(placed.x + 9, placed.y + 13, title, "name"))
    if times := times_text(placed.frame):
        text += f"\\node[title, anchor=east] at ({right - 4},{placed.y + 14}) {{{escaped(times)}}};\n"
    return text


def _box(panels: Panels, panel: Panel, placed: PlacedBox) -> Iterator[str]:
    box, x, y = placed.box, placed.x, placed.y
    right, bottom = x + placed.width, y + placed.height
    dashed = ", dashed" if box.aux else ""
    corners = placed.height * 3 // 8 if box.is_sum else 3
    style = f"draw={box.kind}edge, fill={box.kind}fill, rounded corners={corners}pt{dashed}"
    yield f"\\draw[{style}] ({x},{y}) rectangle ({right},{bottom});\n"
    for label in lines_of(placed):
        yield _text(label)
    if length := panels.bar(panel, box):
        ends = f"({x + 5},{bottom - 5}) rectangle ({x + 5 + length},{bottom - 2})"
        yield f"\\fill[{box.kind}edge] {ends};\n"


def _line(line: Line, route: int | None) -> str:
    style = ("arrow" if line.has_arrow else "edge") + (", dashed" if line.is_dashed else "")
    style += "" if route is None else f", draw=route{route % len(CURVES)}"
    return f"\\draw[{style}] {' -- '.join(f'({x},{y})' for x, y in line.points)};\n"


def _text(label: Label) -> str:
    anchor = "center" if label.is_centred else "west"
    style = _STYLES.get(label.role, label.role)
    shift = f"{style}, anchor={anchor}, inner sep=0pt"
    return f"\\node[{shift}] at ({label.x},{label.y}) {{{escaped(label.text)}}};\n"
