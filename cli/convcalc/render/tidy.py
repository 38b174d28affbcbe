"""Records as CSV and TSV: one fact a row, bare integers, no totals."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from io import StringIO

from ..text import visible

Record = Mapping[str, object]

_FORMULA = ("=", "+", "-", "@")  # a spreadsheet would compute what starts with these


def to_csv(records: Iterable[Record]) -> str:
    return _write(records, "excel")


def to_tsv(records: Iterable[Record]) -> str:
    return _write(records, "excel-tab")


def _write(records: Iterable[Record], dialect: str) -> str:
    text = StringIO()
    writer = csv.writer(text, dialect, lineterminator="\n")
    header: list[str] = []
    for record in records:
        if not header:
            header = list(record)
            writer.writerow(header)
        writer.writerow([_cell(record[key]) for key in header])
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return str(value)
    text = visible(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
