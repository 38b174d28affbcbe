"""Sheets and pictures as one page that needs nothing else: no network, no font, no other script.

The page's policy lets nothing run or be fetched but its own script and styles, told by their hashes.
There is no data in the script: sorting and filtering read the table.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from itertools import groupby

from ...text.escape import sound
from ..table_parts import GLUE, WIDE_GAP, Cell, Column, Data, Note, Row, Sheet
from .page_assets import SCRIPT, STYLE

_BAR = {character: eighths for eighths, character in enumerate("▏▎▍▌▋▊▉█", start=1)}
_FILTERED = 12  # rows from which on a table can be filtered
_STYLES = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def draw(sheets: Sequence[Sheet], pictures: Sequence[str]) -> Iterator[str]:
    """The pieces of the page; `pictures` are SVGs."""
    styles = [STYLE, *(style for picture in pictures for style in _STYLES.findall(picture))]
    policy = (
        f"default-src 'none'; style-src {' '.join(dict.fromkeys(map(_hash, styles)))}; "
        f"script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"
    )
    title = ", ".join(dict.fromkeys(sheet.heading.split("   ")[0] for sheet in sheets)) or "convcalc"
    yield (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n<main>\n"
    )
    for number, sheet in enumerate(sheets):
        yield from _section(sheet, number)
        if not number:
            yield from (f'<div class="picture">{picture}</div>\n' for picture in pictures)
    yield f"</main>\n<script>{SCRIPT}</script>\n</html>\n"


def escaped(text: str) -> str:
    """Text as HTML has it, between tags and in quotes."""
    for character, entity in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"), ("'", "#39")):
        text = text.replace(character, f"&{entity};")
    return sound(text)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{b64encode(digest).decode('ascii')}'"


def _section(sheet: Sheet, number: int) -> Iterator[str]:
    first, *others = sheet.heading.split("   ")
    details = " · ".join(filter(None, [*others, sheet.source]))
    yield "<section>\n"
    if first:
        level = "h2" if number else "h1"
        yield f"<{level}>{escaped(first)}</{level}>\n"
    if details:
        yield f'<p class="details">{escaped(details)}</p>\n'
    if len(sheet.rows) >= _FILTERED:
        yield '<p><input type="search" placeholder="filter rows" aria-label="filter rows"></p>\n'
    if sheet.columns:
        yield '<div class="scroll"><table>\n'
        yield from _head(sheet.columns)
        yield f"<tbody>\n{''.join(_row(row, sheet.columns) for row in sheet.rows)}</tbody>\n"
        if sheet.totals:
            yield f"<tfoot>\n{''.join(_row(row, sheet.columns) for row in sheet.totals)}</tfoot>\n"
        yield "</table></div>\n"
    yield from map(_note, sheet.notes)
    yield "</section>\n"


def _head(columns: Sequence[Column]) -> Iterator[str]:
    yield "<thead>\n"
    if any(column.group for column in columns):
        groups = [
            (group, len(list(inside))) for group, inside in groupby(column.group for column in columns)
        ]
        cells = [
            f'<th colspan="{width}" scope="colgroup">{escaped(_flat(group))}</th>'
            for group, width in groups
        ]
        yield f"<tr>{''.join(cells)}</tr>\n"
    yield f"<tr>{''.join(map(_title, columns))}</tr>\n</thead>\n"


def _title(column: Column) -> str:
    side = ' class="number"' if column.right else ""
    title = escaped(_flat(column.title))
    if not title:
        return f"<td{side}></td>"
    return f'<th{side} scope="col" aria-sort="none"><button type="button">{title}</button></th>'


def _row(row: Row, columns: Sequence[Column]) -> str:
    cells = zip(row.cells, columns, strict=True)
    return f"<tr>{''.join(_cell(cell, column, row.style) for cell, column in cells)}</tr>\n"


def _cell(cell: Cell, column: Column, style: str) -> str:
    text = cell.text if cell.plain is None else cell.plain
    if column.drop == "bar":
        return f"<td>{_bar(text)}</td>"
    classes = ["number" if column.right else "text"]
    classes += [word for word in ("bold", "dim") if word in f"{cell.style} {style}".split()]
    content = escaped(_flat(text)).replace("/", "/<wbr>")  # where a path may be broken
    return f'<td class="{" ".join(classes)}">{content}</td>'


def _bar(text: str) -> str:
    """A bar of block characters as one with a pixel for each eighth of a block."""
    length = sum(_BAR.get(character, 0) for character in text)
    size = f'width="{length}" height="9"'
    return f'<svg class="bar" {size} aria-hidden="true"><rect {size} rx="2"/></svg>' if length else ""


def _note(note: Note) -> str:
    parts = (escaped(one.text if isinstance(one, Data) else one) for one in note.parts)
    text = " ".join("".join(parts).replace(WIDE_GAP, "; ").replace(GLUE, " ").split())
    label = f"{escaped(note.label)}: " if note.label else ""
    kind = "answer" if note.is_answer else "note"
    return f'<p class="{kind}">{label}{text}</p>\n'


def _flat(text: str) -> str:
    return " ".join(text.split("\n"))
