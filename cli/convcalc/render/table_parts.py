"""Sheets: what tables for people say, before they are drawn in a format."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from ..ops.shapes import Shape, shape_text
from .figures_as_text import NO_RATIO, bar, count_text, ratio_text, share_text

# What a narrow terminal loses first. Names, params and multiply-adds are never lost. Columns that
# `--columns` names are lost after all of these, one by one, the last first.
DROP_ORDER = (
    *("place", "bar", "share", "extra", "other ratio"),
    *("params ratio", "output", "operation", "made of", "macs ratio"),
)


GLUE = "\x1f"  # a space at which a note is not broken; never in visible text
WIDE_GAP = " " + GLUE * 7  # between a formula and the words behind it; a line may end in front of it


class Column(NamedTuple):
    """A column. `group` is a title over several; `drop` is a word of DROP_ORDER, or empty.

    `named` is what `--columns` names it; columns of one such name are lost together. A title may have
    several lines, and so may the texts of a column that wraps.
    """

    title: str
    group: str = ""
    right: bool = True
    drop: str = ""
    wraps: bool = False
    named: str = ""

    @property
    def is_ratio(self) -> bool:
        """Whether it shows ratios of the column in front of it."""
        return self.drop.endswith(" ratio")

    def lost_last_if(self, name: str, named: Collection[str]) -> "Column":
        """The column called `name`, which is lost last if it is among those that are named."""
        return self._replace(named=name) if name in named else self


class Cell(NamedTuple):
    """A cell. `plain` is shown in Markdown instead, which has no tree lines.

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
    """A text in a note that is the user's, such as a network's name.

    `is_whole` keeps it on one line, as a command that is copied must be.
    """

    text: str
    is_whole: bool = False


class Note(NamedTuple):
    """A line below the table, of our words and the user's; `label` stands before a formula.

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
    """A table, with `heading` and `source` in the line above it and `notes` in the lines below.

    `narrow` makes a sheet that says the same with things under each other, for small widths.
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
    """The cell of a tool's figure, which may not be known."""
    return Cell(NO_RATIO) if figure is None else count_cell(figure)


def ratio_cell(part: int, whole: int) -> Cell:
    return Cell(ratio_text(part, whole))


def share_cell(part: int, whole: int, style: str = "") -> Cell:
    """The cell of a share; empty where there is nothing to share."""
    return Cell(share_text(part, whole), style) if part else EMPTY


def bar_cell(part: int, whole: int, width: int) -> Cell:
    return Cell(bar(part, whole, width), "cyan")


def shape_cell(shape: Shape) -> Cell:
    return Cell(shape_text(shape))
