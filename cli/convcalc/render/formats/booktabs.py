"""A sheet as a table for a paper, with the rules of the package booktabs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ...text.escape import visible
from ..table_parts import GLUE, WIDE_GAP, Cell, Column, Data, Note, Row, Sheet
from .tex import escaped


def draw(sheet: Sheet) -> str:
    """The table. Its heading and notes are comments, from which a caption can be made."""
    kept = [index for index, column in enumerate(sheet.columns) if column.drop != "bar"]
    columns = [sheet.columns[index] for index in kept]
    lines = [f"% {part}" for part in _comments([sheet.heading, sheet.source])]
    if columns:
        lines += [
            "% \\usepackage{booktabs}",
            f"\\begin{{tabular}}{{{_alignment(columns)}}}",
            "\\toprule",
        ]
        lines += [*_head(columns), "\\midrule"]
        lines += [_line(row, kept) for row in sheet.rows]
        if sheet.totals:
            lines += ["\\midrule", *(_line(row, kept) for row in sheet.totals)]
        lines += ["\\bottomrule", "\\end{tabular}"]
    lines += [f"% {part}" for part in _comments(map(_note, sheet.notes))]
    return "\n".join(lines) + "\n"


def _comments(texts: Iterable[str]) -> Iterator[str]:
    """Comment lines of the texts."""
    yield from (" ".join(visible(text).split()) for text in texts if text)


def _alignment(columns: Sequence[Column]) -> str:
    return "".join("r" if column.right else "l" for column in columns)


def _head(columns: Sequence[Column]) -> Iterator[str]:
    """The titles; one of several columns stands above a rule as wide as these."""
    if any(column.group for column in columns):
        cells, rules, start = [], [], 1
        for group, inside in groupby(columns, key=lambda column: column.group):
            width = len(list(inside))
            cells.append(f"\\multicolumn{{{width}}}{{c}}{{{_flat(group)}}}")
            if group:
                rules.append(f"\\cmidrule(lr){{{start}-{start + width - 1}}}")
            start += width
        yield f"{' & '.join(cells)} \\\\"
        yield " ".join(rules)
    yield f"{' & '.join(_flat(column.title) for column in columns)} \\\\"


def _line(row: Row, kept: Sequence[int]) -> str:
    return f"{' & '.join(_cell(row.cells[index]) for index in kept)} \\\\"


def _cell(cell: Cell) -> str:
    text = _flat(cell.text if cell.plain is None else cell.plain)
    # Behind \\ these would be read as its argument or its star.
    return f"{{{text}}}" if text.startswith(("[", "*")) else text


def _flat(text: str) -> str:
    return escaped(" ".join(text.split("\n")))


def _note(note: Note) -> str:
    parts = (one.text if isinstance(one, Data) else one for one in note.parts)
    text = "".join(parts).replace(WIDE_GAP, "; ").replace(GLUE, " ")
    return f"{note.label}: {text}" if note.label else text
