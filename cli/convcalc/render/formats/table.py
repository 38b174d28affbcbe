"""A sheet drawn by rich: a rule under the header, one above the totals, nothing else."""

from collections.abc import Iterable, Sequence
from io import StringIO
from textwrap import wrap
from typing import Literal, NamedTuple

from rich.box import Box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from ...text.escape import visible
from ..sheet import DROP_ORDER, GLUE, Column, Data, Note, Row, Sheet

_BOX = Box("    \n    \n ── \n    \n ── \n ── \n    \n    \n")
_NATURAL = 10**9  # columns; wider than any table's own width
_RATIOS = {"params ratio": "ratio of params", "macs ratio": "ratio of multiply-adds"}
_GAP = " "
_GROUP_GAP = _GAP + "  "
_FORMULA_WIDTH = 110
_LEAST_LABEL = 13  # columns, for multiply-adds


class Drawing(NamedTuple):
    text: str
    left_out: list[str]


def draw(sheet: Sheet, width: int | None, colour: bool) -> Drawing:
    """Draw a sheet within `width` columns, or as wide as it is where that is None.

    A narrow one loses columns, never digits.
    """
    kept = _kept(sheet, width)
    left_out = [column for place, column in enumerate(sheet.columns) if place not in kept]
    table = _table(sheet, kept)
    console = _console(max(width or 0, _width(table), 1), colour)
    _print_heading(console, sheet, width)
    if sheet.columns:
        console.print(table)
    if sheet.columns and sheet.notes:
        console.print()
    _print_notes(console, sheet.notes, width)
    return Drawing(_without_trailing_spaces(console), sorted(_lost_names(left_out)))


def _kept(sheet: Sheet, width: int | None) -> list[int]:
    """The places of the columns that fit: what is lost first comes back last."""
    kept = list(range(len(sheet.columns)))
    if width is None:
        return kept
    rows = (*sheet.rows, *sheet.totals)
    widest = [max((cell_len(visible(row.cells[at].text)) for row in rows), default=0) for at in kept]

    def fits(places: list[int]) -> bool:
        columns = [sheet.columns[place] for place in places]
        heads = map(_title_width, _titles(columns))
        inside = [max(head, widest[place]) for head, place in zip(heads, places, strict=True)]
        return sum(inside) + sum(map(len, _gaps(columns))) + len(places) - 1 <= width

    lost: list[list[int]] = []
    for drop in DROP_ORDER:
        if fits(kept):
            break
        lost.append([place for place in kept if sheet.columns[place].drop == drop])
        kept = [place for place in kept if place not in lost[-1]]
    for places in reversed(lost[:-1]):
        if places and fits(both := sorted([*kept, *places])):
            kept = both
    return kept


def _title_width(title: str) -> int:
    return max(map(cell_len, title.split("\n")))


def _lost_names(columns: Iterable[Column]) -> set[str]:
    """What the columns are; which of two ratios only where one is still there."""
    names = {
        column.drop if column.drop in _RATIOS else column.group or _one_line(column.title) or column.drop
        for column in columns
    }
    if names >= _RATIOS.keys():
        names = names - _RATIOS.keys() | {"ratio"}
    return {_RATIOS.get(name, name) for name in names}


def _one_line(title: str) -> str:
    return " ".join(title.split("\n"))


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
    table = Table(box=_BOX, show_edge=False, padding=0, header_style="")
    columns = [sheet.columns[index] for index in kept]
    gaps = list(_gaps(columns))
    rows = [_lines(row, kept, gaps) for row in (*sheet.rows, *sheet.totals)]
    for place, (column, title, gap) in enumerate(zip(columns, _titles(columns), gaps, strict=True)):
        header = [gap + line for line in title.split("\n")]
        # With a width of its own rich need not measure a column, which it would do twice.
        width = max(map(cell_len, (*header, *(row[place].text for row in rows))))
        justify: Literal["left", "right"] = "right" if column.right else "left"
        table.add_column("\n".join(header), justify=justify, no_wrap=True, width=width)
    for row, lines in zip(sheet.rows, rows, strict=False):
        table.add_row(*lines, style=row.style or None)
    table.add_section()
    for row, lines in zip(sheet.totals, rows[len(sheet.rows) :], strict=True):
        table.add_row(*lines, style=row.style or None)
    return table


def _titles(columns: list[Column]) -> Iterable[str]:
    """A group's name above the first of its columns, on a line of its own."""
    has_groups = any(column.group for column in columns)
    tallest = max((column.title.count("\n") for column in columns), default=0)
    shown = ""
    for column in columns:
        group = column.group if column.group != shown else ""
        shown = column.group or shown
        lines = [visible(line) for line in column.title.split("\n")]
        above = [""] * (tallest + 1 - len(lines))
        yield "\n".join([*([group] if has_groups else []), *above, *lines])


def _gaps(columns: list[Column]) -> Iterable[str]:
    """The wider space before a column that opens a group."""
    shown = ""
    for place, column in enumerate(columns):
        opens = place > 0 and column.group not in ("", shown)
        shown = column.group or shown
        yield _GROUP_GAP if opens and place > 1 else _GAP


class _Line:
    """A cell for rich. Its text is one line that fits, which rich's own Text would first find out."""

    def __init__(self, text: str, style: str) -> None:
        self.text = text
        self.style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        space = " " * (options.max_width - cell_len(self.text))
        text = space + self.text if options.justify == "right" else self.text + space
        yield Segment(text, console.get_style(self.style))


def _lines(row: Row, kept: list[int], gaps: list[str]) -> list[_Line]:
    cells = [row.cells[index] for index in kept]
    return [_Line(gap + visible(cell.text), cell.style) for cell, gap in zip(cells, gaps, strict=True)]


def _print_heading(console: Console, sheet: Sheet, width: int | None) -> None:
    if not sheet.heading:
        return
    line = Text(" " + visible(sheet.heading), style="bold")
    source = f"   {visible(sheet.source)}" if sheet.source else ""
    if width is None or line.cell_len + len(source) <= width:
        line.append(source, style="not bold dim")
    console.print(line, no_wrap=True, crop=False, overflow="ignore")
    console.print()


def _print_notes(console: Console, notes: Sequence[Note], width: int | None) -> None:
    label_width = max([_LEAST_LABEL, *(len(note.label) for note in notes)])
    for note in notes:
        style = "bold" if note.is_answer else "dim"
        for line in _note_lines(note, label_width, width):
            console.print(Text(" " + line, style=style), no_wrap=True, crop=False, overflow="ignore")


def _part_text(part: str | Data) -> str:
    if isinstance(part, str):
        return part
    text = visible(part.text)
    return text.replace(" ", GLUE) if part.is_whole else text


def _note_lines(note: Note, label_width: int, width: int | None) -> list[str]:
    """The note within the width; a formula's further lines stand under its first."""
    text = "".join(map(_part_text, note.parts))
    if not note.label:
        lines = (
            wrap(text, width - 1, break_on_hyphens=False, break_long_words=False) if width else [text]
        )
        return [line.replace(GLUE, " ") for line in lines]
    label = f"{note.label:<{label_width}}  "
    room = min(width - 1, _FORMULA_WIDTH) if width else _FORMULA_WIDTH
    lines = wrap(
        text,
        max(room, label_width + 20),
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [line.replace(GLUE, " ") for line in lines]
