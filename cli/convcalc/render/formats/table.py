"""A sheet drawn by rich: a rule under the header, one above the totals, nothing else."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from io import StringIO
from typing import Literal, NamedTuple

from rich.box import Box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from ...text.escape import visible
from ..table_parts import DROP_ORDER, GLUE, Column, Data, Note, Row, Sheet
from ..terminal import heading_lines, wrap

_BOX = Box("    \n    \n ── \n    \n ── \n ── \n    \n    \n")
_NATURAL = 10**9  # columns; wider than any table's own width
_GAP = " "
_GROUP_GAP = _GAP + "  "
_FORMULA_WIDTH = 110
_LEAST_TEXT = 24  # columns of a text that is broken
_LEAST_LABEL = 13  # columns, for multiply-adds


class Drawing(NamedTuple):
    text: str
    left_out: list[str]


def draw(sheet: Sheet, width: int | None, colour: bool) -> Drawing:
    """Draw a sheet within `width` columns; None means as wide as it is.

    If it is too wide, texts are broken, then cells stacked, then columns left out. No digit is lost.
    """
    layout = _Widths(sheet, width)
    if sheet.narrow and not layout.fits(layout.whole):
        sheet = sheet.narrow()
        layout = _Widths(sheet, width)
    kept = layout.kept()
    table = _table(sheet, kept, layout.widths(kept))
    console = _console(max(width or 0, _width(table), 1), colour)
    _print_heading(console, sheet, width)
    if sheet.columns:
        console.print(table)
    if sheet.columns and sheet.notes:
        console.print()
    _print_notes(console, sheet.notes, width)
    return Drawing(_without_trailing_spaces(console), sorted(_lost_names(sheet.columns, kept)))


class _Widths:
    """How wide the columns of a sheet are within `width`, and which of them fit."""

    def __init__(self, sheet: Sheet, width: int | None) -> None:
        self.columns = sheet.columns
        self.width = width
        self.whole = list(range(len(sheet.columns)))
        rows = (*sheet.rows, *sheet.totals)
        texts = ((visible(row.cells[place].text) for row in rows) for place in self.whole)
        self.widest = [max(map(cell_len, column), default=0) for column in texts]

    def kept(self) -> list[int]:
        """The places of the columns that fit; those that are lost first come back last."""
        kept, lost = self.whole, []
        for places in self._losses():
            if self.fits(kept):
                break
            lost.append(places)
            kept = [place for place in kept if place not in places]
        for places in reversed(lost[:-1]):
            if self.fits(both := self._with_totals(sorted([*kept, *places]))):
                kept = both
        return kept

    def _losses(self) -> Iterator[list[int]]:
        """The places of the columns that are lost together, one loss after the other."""
        for drop in DROP_ORDER:
            yield [place for place, one in enumerate(self.columns) if one.drop == drop and not one.named]
        names = dict.fromkeys(one.named for one in self.columns if one.drop and one.named)
        for name in reversed(names):
            yield [place for place, one in enumerate(self.columns) if one.named == name]

    def _with_totals(self, places: list[int]) -> list[int]:
        """The places without the ratios of totals that are not there."""
        return [one for one in places if not self.columns[one].is_ratio or one - 1 in places]

    def fits(self, kept: list[int]) -> bool:
        return self.width is None or sum(self.widths(kept)) + len(kept) - 1 <= self.width

    def widths(self, kept: list[int]) -> list[int]:
        """The width of each column with the gap before it; one that wraps gets what is left."""
        columns = [self.columns[place] for place in kept]
        heads = zip(_titles(columns), _gaps(columns), strict=True)
        widths = [
            len(gap) + max(_title_width(title), self.widest[place])
            for place, (title, gap) in zip(kept, heads, strict=True)
        ]
        if self.width is None:
            return widths
        fixed = [one for one, column in zip(widths, columns, strict=True) if not column.wraps]
        room = max(self.width - sum(fixed) - len(kept) + 1, _LEAST_TEXT)
        return [
            min(one, room) if column.wraps else one for one, column in zip(widths, columns, strict=True)
        ]


def _title_width(title: str) -> int:
    return max(map(cell_len, title.split("\n")))


def _lost_names(columns: Sequence[Column], kept: Collection[int]) -> set[str]:
    """The names of the lost columns. A ratio goes with its total, or is named if that is still there."""
    groups = {columns[place].group for place in kept}
    has_ratios = any(columns[place].is_ratio for place in kept)
    names = set()
    for place, column in enumerate(columns):
        if place in kept:
            continue
        if not column.is_ratio:
            names.add(_lost_name(column, groups))
        elif place - 1 in kept:
            names.add(f"ratio of {_lost_name(columns[place - 1], ())}" if has_ratios else "ratio")
    return names


def _lost_name(column: Column, groups: Collection[str]) -> str:
    """The name of a group if all of its columns are lost, else that of the column."""
    group = "" if column.group in groups else column.group
    return group or _one_line(column.title) or column.drop


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


def _table(sheet: Sheet, kept: list[int], widths: list[int]) -> Table:
    table = Table(box=_BOX, show_edge=False, padding=0, header_style="")
    columns = [sheet.columns[index] for index in kept]
    gaps = list(_gaps(columns))
    body = [row for row in sheet.rows if any(row.cells[place].text for place in kept)]
    for column, title, gap, one in zip(columns, _titles(columns), gaps, widths, strict=True):
        header = "\n".join(gap + line for line in title.split("\n"))
        justify: Literal["left", "right"] = "right" if column.right else "left"
        # rich would measure a column twice if it had no width.
        table.add_column(header, justify=justify, no_wrap=True, width=one)
    for rows in (body, sheet.totals):
        for row in rows:
            table.add_row(*_cells(row, kept, gaps, widths), style=row.style or None)
        table.add_section()
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


class _CellLines:
    """A cell for rich. Its lines are known to fit, so rich need not measure them as in its Text."""

    def __init__(self, lines: list[str], style: str) -> None:
        self.lines = lines
        self.style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for text in self.lines:
            space = " " * (options.max_width - cell_len(text))
            line = space + text if options.justify == "right" else text + space
            yield Segment(line, console.get_style(self.style))
            yield Segment.line()


def _cells(row: Row, kept: list[int], gaps: list[str], widths: list[int]) -> list[_CellLines]:
    cells = [row.cells[index] for index in kept]
    return [
        _CellLines([gap + line for line in _broken(visible(cell.text), width - len(gap))], cell.style)
        for cell, gap, width in zip(cells, gaps, widths, strict=True)
    ]


def _broken(text: str, width: int) -> list[str]:
    """The text, broken between words if it does not fit."""
    if cell_len(text) <= width:
        return [text]
    indent = " " * (len(text) - len(text.lstrip()))
    return wrap(text, width, subsequent_indent=indent)


def _print_heading(console: Console, sheet: Sheet, width: int | None) -> None:
    if not sheet.heading:
        return
    *above, last = heading_lines(visible(sheet.heading), width)
    line = Text(" " + last, style="bold")
    source = f"   {visible(sheet.source)}" if sheet.source else ""
    if width is None or line.cell_len + len(source) <= width:
        line.append(source, style="not bold dim")
    for one in (*(Text(" " + one, style="bold") for one in above), line):
        console.print(one, no_wrap=True, crop=False, overflow="ignore")
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
    """The lines of a note; further lines of a formula stand under its first."""
    text = "".join(map(_part_text, note.parts))
    if not note.label:
        text = re.sub(" ([=×]) ", f"{GLUE}\\1{GLUE}", text)  # which are read as one
        lines = wrap(text, width - 1) if width else [text]
        return [line.replace(GLUE, " ") for line in lines]
    label = f"{note.label:<{label_width}}  "
    room = min(width - 1, _FORMULA_WIDTH) if width else _FORMULA_WIDTH
    lines = wrap(
        text,
        max(room, label_width + 20),
        initial_indent=label,
        subsequent_indent=" " * len(label),
    )
    return [re.sub(f"^( *){GLUE}+", r"\1", line).replace(GLUE, " ") for line in lines]
