"""A sheet as a Markdown table that no name can break."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...text.escape import visible
from ..table_parts import GLUE, WIDE_GAP, Cell, Column, Data, Note, Sheet

# Characters that never mean anything in GitHub's Markdown.
_HARMLESS = re.compile(r"[\w .,:×+\-−–%/()→=≤≥✓✗!Δ]*")
_UNDERSCORES = re.compile(r"(?<!\w)_|_(?!\w)")
# A link, an emoji's code, or what GitHub takes for one of its issues (GH-12).
_LINK = re.compile(r"www\.|://|:[\w+-]+:|\bgh-\d", re.IGNORECASE)


def escape(text: str, in_table: bool = True) -> str:
    """The text as it is if it is harmless, else in a code span."""
    text = visible(text)
    if _HARMLESS.fullmatch(text) and not _UNDERSCORES.search(text) and not _LINK.search(text):
        return text
    return code(text, in_table)


def code(text: str, in_table: bool = True) -> str:
    """The text in a code span."""
    text = visible(text)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    span = f"{fence}{space}{text}{space}{fence}"
    return span.replace("|", "\\|") if in_table else span


def draw(sheet: Sheet) -> str:
    """The sheet's table and its notes; pictures are left out."""
    kept = [index for index, column in enumerate(sheet.columns) if column.drop != "bar"]
    columns = [sheet.columns[index] for index in kept]
    titles = list(_titles(columns))
    header = [_line(titles), f"|{'|'.join(map(_alignment, columns, titles))}|"]
    lines = header if columns else []
    lines += [_line(_text(row.cells[index]) for index in kept) for row in sheet.rows]
    lines += [_line(_bold(row.cells[index]) for index in kept) for row in sheet.totals]
    heading = [_heading(sheet), ""] if sheet.heading else []
    notes = [line for note in sheet.notes for line in ("", _note(note))]
    return "\n".join([*heading, *lines, *notes]).lstrip("\n") + "\n"


def _titles(columns: list[Column]) -> Iterable[str]:
    """The titles; a group's name stands before that of its first column."""
    shown = ""
    for column in columns:
        group = column.group if column.group != shown else ""
        shown = column.group or shown
        title = " ".join(column.title.split("\n"))
        yield escape(f"{group} {title}".strip())


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _alignment(column: Column, title: str) -> str:
    dashes = "-" * (len(title) + 1)
    return f"{dashes}:" if column.right else f":{dashes}"


def _text(cell: Cell) -> str:
    if cell.markup is not None:
        return cell.markup
    return escape(cell.text if cell.plain is None else cell.plain)


def _bold(cell: Cell) -> str:
    text = _text(cell)
    return f"**{text}**" if text else ""


def _heading(sheet: Sheet) -> str:
    """The parts of the heading, with wider spaces between them, and the source."""
    first, *others = [*sheet.heading.split("   "), *filter(None, [sheet.source])]
    parts = [f"**{escape(first, in_table=False)}**", *(escape(one, in_table=False) for one in others)]
    return " · ".join(parts)


def _note(note: Note) -> str:
    parts = (escape(one.text, in_table=False) if isinstance(one, Data) else one for one in note.parts)
    text = " ".join("".join(parts).replace(WIDE_GAP, "; ").replace(GLUE, " ").split())
    return f"{note.label}: {text}" if note.label else text
