"""How large things are: in pixels for files, in cells for a terminal."""

from collections.abc import Callable
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from ..text.cells import columns_of

# The widths of the characters from the space to the tilde, in thousandths of the size: the wider of
# Helvetica's (Adobe's font metrics) with a margin and DejaVu Sans', which stands in for it on Linux.
_WIDTHS = (
    289, 364, 418, 762, 578, 889, 709, 250, 361, 361, 455, 762, 300, 333, 300, 306,
    578, 578, 578, 578, 578, 578, 578, 578, 578, 578, 316, 316, 762, 762, 762, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 294, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 623, 361, 306, 361, 762, 556,
    455, 557, 577, 500, 577, 559, 344, 577, 576, 271, 271, 526, 271, 886, 576, 556,
    577, 577, 390, 500, 378, 576, 538, 744, 538, 538, 500, 578, 306, 578, 762,
)  # fmt: skip
_OTHER, _WIDE = 780, 1000  # of other characters, and of those that take two columns
_MARGIN = 1.1
_BOLD = 1.15


class Metrics(NamedTuple):
    """The sizes of one medium. `text` gives the width of a text as name, text, small, label or title."""

    text: Callable[[str, str], int]
    longest: int  # characters of a text that are shown
    pad: int  # beside the text in a box
    name_pad: int  # beside a box's name
    title_pad: int  # from a frame's edge to its title and from there to the axis, together
    box: int  # the height of a box with one line
    name: int  # what a name adds to it
    small: int  # what a small line adds
    sum: int  # the height of a sum
    gap: int  # between boxes one above the other
    fork: int  # from where a line is split to its bar
    drop: int  # from that bar to the branches
    track: int  # for a line that crosses a gap sideways
    lane: int  # for a line at the side
    aside: int  # from a part to the first of them
    between: int  # branches
    frame: int  # beside what a frame has in it
    foot: int  # below it
    head: int  # above it
    label: int  # from a line to its label
    end: int  # the height of the shape at an end
    unit: int  # the height of a line: a cell, or nothing

    def beside(self, number: int) -> int:
        """How far from a part the line of that number stands, from the nearest on."""
        return self.aside + number * self.lane

    def lanes(self, lines: int) -> int:
        """The room for so many lines at a side."""
        return self.beside(lines - 1) + self.lane // 2 if lines else 0


def shortened(text: str, longest: int) -> str:
    """The text; if it is too long, without its middle."""
    if columns_of(text) <= longest:
        return text
    half = (longest - 1) // 2
    start, end = text[:half], text[-half:]
    while columns_of(start) + columns_of(end) + 1 > longest:
        start, end = start[:-1], end[1:]
    return f"{start}…{end}"


_SIZES = {"name": 10.5, "text": 13, "small": 10.5, "label": 10.5, "title": 15, "end": 13}
_BOLDS = {"name", "title", "end"}


def _pixels(text: str, role: str) -> int:
    thousandths = sum(map(_thousandths, text))
    width = thousandths * _SIZES[role] * _MARGIN / 1000
    return round(width * _BOLD if role in _BOLDS else width)


def _thousandths(character: str) -> int:
    code = ord(character)
    if 32 <= code < 127:
        return _WIDTHS[code - 32]
    if combining(character):
        return 0
    return _WIDE if east_asian_width(character) in "WF" else _OTHER


def _cells(text: str, role: str) -> int:
    return columns_of(text)


PIXELS = Metrics(
    text=_pixels,
    longest=36,
    pad=11,
    name_pad=11,
    title_pad=18,
    box=30,
    name=13,
    small=14,
    sum=26,
    gap=28,
    fork=12,
    drop=24,
    track=12,
    lane=12,
    aside=14,
    between=14,
    frame=12,
    foot=12,
    head=26,
    label=6,
    end=18,
    unit=0,
)
CELLS = Metrics(
    text=_cells,
    longest=32,
    pad=2,
    name_pad=3,  # a corner, a line, a space
    title_pad=4,
    box=3,
    name=0,  # it stands in the upper edge
    small=1,
    sum=1,
    gap=1,
    fork=0,
    drop=1,
    track=1,
    lane=2,
    aside=2,
    between=2,
    frame=2,
    foot=1,
    head=1,
    label=2,
    end=1,
    unit=1,
)
# Tried one after the other for a picture that is too wide; the last is the narrowest.
NARROWER = (
    CELLS,
    CELLS._replace(between=1, frame=1, lane=1, aside=1),
    CELLS._replace(between=1, frame=1, lane=1, aside=1, pad=1),
    CELLS._replace(between=1, frame=1, lane=1, aside=1, pad=1, longest=20),
)
