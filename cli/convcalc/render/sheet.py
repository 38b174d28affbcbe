"""A sheet: what a table for people says, before it is drawn as a table or as Markdown."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..ops.shapes import Shape, shape_text
from .notation import NO_RATIO, bar, count_text, ratio_text, share_text

# What a narrow terminal loses first. Names, params and multiply-adds are never lost.
DROP_ORDER = ("place", "bar", "share", "extra", "params ratio", "output", "operation", "macs ratio")


GLUE = "\x1f"  # a space at which a note is not broken; never in visible text
WIDE_GAP = GLUE * 8  # between a formula and what is said of it


class Column(NamedTuple):
    """`group` is a header over several columns; `drop` is a word of DROP_ORDER or empty.

    A title may have several lines. The texts of a column that wraps may have several too.
    """

    title: str
    group: str = ""
    right: bool = True
    drop: str = ""
    wraps: bool = False


class Cell(NamedTuple):
    """`plain` is what Markdown shows instead, where there are no tree lines.

    `markup` is Markdown of our own, which is not escaped.
    """

    text: str
    style: str = ""
    plain: str | None = None
    markup: str | None = None


class Row(NamedTuple):
    cells: Sequence[Cell]
    style: str = ""


class Data(NamedTuple):
    """Text in a note that is the user's, such as a network's name.

    `is_whole` keeps it on one line, such as a command to copy.
    """

    text: str
    is_whole: bool = False


class Note(NamedTuple):
    """A line below the table: our words and the user's; `label` stands in front of a formula.

    `is_answer` marks the sentence that answers the question.
    """

    parts: tuple[str | Data, ...]
    label: str = ""
    is_answer: bool = False


def note(*parts: str | Data, label: str = "") -> Note:
    return Note(parts, label)


def answer(*parts: str | Data) -> Note:
    return Note(parts, is_answer=True)


class Sheet(NamedTuple):
    """`heading` and `source` make the line above the table, `notes` the lines below.

    `narrow` makes another that says the same one thing under the other, where the width is too small.
    """

    heading: str
    source: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    totals: Sequence[Row]
    notes: Sequence[Note]
    narrow: "Callable[[], Sheet] | None" = None


EMPTY = Cell("")


def count_cell(number: int) -> Cell:
    return Cell(count_text(number), "" if number else "dim")


def figure_cell(figure: int | None) -> Cell:
    """What a tool prints, if that is known."""
    return Cell(NO_RATIO) if figure is None else count_cell(figure)


def ratio_cell(part: int, whole: int) -> Cell:
    return Cell(ratio_text(part, whole))


def share_cell(part: int, whole: int, style: str = "") -> Cell:
    """Nothing at all where there is no contribution."""
    return Cell(share_text(part, whole), style) if part else EMPTY


def bar_cell(part: int, whole: int, width: int) -> Cell:
    return Cell(bar(part, whole, width), "cyan")


def shape_cell(shape: Shape) -> Cell:
    return Cell(shape_text(shape))
