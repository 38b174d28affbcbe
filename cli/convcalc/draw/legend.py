"""The legend below pictures: what colours, bars, numbers and dashes say."""

from collections.abc import Sequence
from typing import NamedTuple

from .labels import LEGEND_TEXTS
from .panels import Panels
from .pixels_and_cells import PIXELS

_SWATCH = 20  # before the text of a colour
_GAP = 14  # behind each text
LINE = 18


class LegendEntry(NamedTuple):
    kind: str  # of the boxes whose colour it explains, empty for a text alone
    text: str
    x: int  # of its left edge, from that of its line
    text_x: int


class LegendLine(NamedTuple):
    entries: Sequence[LegendEntry]
    width: int


def legend(panels: Panels, width: int) -> list[LegendLine]:
    """The lines of the legend within that width; one entry may be wider."""
    entries = [
        *((kind, LEGEND_TEXTS[kind]) for kind in panels.kinds),
        *(("", text) for text in panels.legend),
    ]
    lines: list[LegendLine] = []
    for kind, text in entries:
        own = (_SWATCH if kind else 0) + PIXELS.text(text, "label")
        x = lines[-1].width + _GAP if lines else 0
        if not lines or x + own > width:
            x = 0
            lines.append(LegendLine([], 0))
        entry = LegendEntry(kind, text, x, x + (_SWATCH if kind else 0))
        lines[-1] = LegendLine([*lines[-1].entries, entry], x + own)
    return lines
