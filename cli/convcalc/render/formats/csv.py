"""Records as CSV and TSV: one fact a row, bare integers, no totals."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ...text.escape import visible


class Records(NamedTuple):
    """A header and its rows, which may be made as they are written."""

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


# A spreadsheet would compute what starts with these, in some languages also with their wide forms.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class _LastLine:
    """A file for csv to write to; it keeps the last line, which is passed on at once."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def to_csv(records: Records) -> Iterator[str]:
    """Line by line."""
    return _lines(records, "excel")


def to_tsv(records: Records) -> Iterator[str]:
    """Line by line."""
    return _lines(records, "excel-tab")


def _lines(records: Records, dialect: str) -> Iterator[str]:
    import csv  # not for tables

    line = _LastLine()
    writer = csv.writer(line, dialect, lineterminator="\n")
    writer.writerow(records.columns)
    yield line.text
    for row in records.rows:
        writer.writerow([_cell(value) for value in row])
        yield line.text


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):  # a shape, or sizes by axis, or several shapes
        is_flat = not value or not isinstance(value[0], (tuple, list))
        return "x".join(map(str, value)) if is_flat else " ".join(map(_cell, value))
    if not isinstance(value, str):
        return str(value)
    text = visible(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
