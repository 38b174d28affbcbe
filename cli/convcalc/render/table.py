"""A sheet drawn by rich: a rule under the header, one above the totals, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO
from textwrap import wrap
from typing import NamedTuple

from rich.box import Box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..text import visible
from .sheet import DROP_ORDER, Cell, Column, Row, Sheet

_BOX = Box("    \n    \n ── \n    \n ── \n ── \n    \n    \n")
_NATURAL = 100_000  # columns; wide enough for a table's own width
_GROUP_GAP = "  "
_NOTE_WIDTH = 100


class Drawing(NamedTuple):
    text: str
    left_out: list[str]


def draw(sheet: Sheet, width: int | None, colour: bool) -> Drawing:
    """Draw a sheet within `width` columns, or as wide as it is where that is None.

    A narrow one loses columns, never digits.
    """
    left_out: list[str] = []
    kept = list(range(len(sheet.columns)))
    table = _table(sheet, kept)
    for drop in DROP_ORDER:
        if width is None or _width(table) <= width:
            break
        lost = [index for index in kept if sheet.columns[index].drop == drop]
        kept = [index for index in kept if index not in lost]
        left_out += [_lost_name(sheet.columns[index]) for index in lost]
        table = _table(sheet, kept)
    console = _console(max(width or 0, _width(table)), colour)
    _print_heading(console, sheet, width)
    console.print(table)
    _print_notes(console, sheet.notes, width)
    return Drawing(_without_trailing_spaces(console), sorted(set(left_out)))


def _lost_name(column: Column) -> str:
    """`ratio` for a ratio of either count, else what the column is."""
    return column.title if column.drop == "extra" else column.drop.split()[-1]


def _console(width: int, colour: bool) -> Console:
    return Console(
        file=StringIO(),
        width=width,
        height=100,
        force_terminal=colour,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def _without_trailing_spaces(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())


def _width(table: Table) -> int:
    return _console(_NATURAL, colour=False).measure(table).maximum


def _table(sheet: Sheet, kept: list[int]) -> Table:
    table = Table(box=_BOX, show_edge=False, padding=(0, 0, 0, 1), header_style="", pad_edge=True)
    columns = [sheet.columns[index] for index in kept]
    gaps = list(_gaps(columns))
    for column, title, gap in zip(columns, _titles(columns), gaps, strict=True):
        header = "\n".join(gap + line for line in title.split("\n"))
        table.add_column(header, justify="right" if column.right else "left", no_wrap=True)
    for row in sheet.rows:
        _add(table, row, kept, gaps)
    table.add_section()
    for row in sheet.totals:
        _add(table, row, kept, gaps)
    return table


def _titles(columns: list[Column]) -> Iterable[str]:
    """A group's name above the first of its columns, on a line of its own."""
    two_lines = any(column.group for column in columns)
    shown = ""
    for column in columns:
        group = column.group if column.group != shown else ""
        shown = column.group or shown
        title = visible(column.title)
        yield f"{group}\n{title}" if two_lines else title


def _gaps(columns: list[Column]) -> Iterable[str]:
    """The wider space before a column that opens a group."""
    shown = ""
    for place, column in enumerate(columns):
        opens = place > 0 and column.group not in ("", shown)
        shown = column.group or shown
        yield _GROUP_GAP if opens and place > 1 else ""


def _add(table: Table, row: Row, kept: list[int], gaps: list[str]) -> None:
    cells = [row.cells[index] for index in kept]
    table.add_row(
        *(_text(cell, gap) for cell, gap in zip(cells, gaps, strict=True)), style=row.style or None
    )


def _text(cell: Cell, gap: str) -> Text:
    return Text(gap + visible(cell.text), style=cell.style)


def _print_heading(console: Console, sheet: Sheet, width: int | None) -> None:
    if not sheet.heading:
        return
    line = Text(" " + visible(sheet.heading), style="bold")
    source = f"   {visible(sheet.source)}" if sheet.source else ""
    if width is None or line.cell_len + len(source) <= width:
        line.append(source, style="not bold dim")
    console.print(line, no_wrap=True, crop=False, overflow="ignore")
    console.print()


def _print_notes(console: Console, notes: Iterable[str], width: int | None) -> None:
    console.print()
    for note in notes:
        for line in wrap(visible(note), (width or _NOTE_WIDTH) - 1) if width else [visible(note)]:
            console.print(Text(" " + line, style="dim"), no_wrap=True, crop=False, overflow="ignore")
