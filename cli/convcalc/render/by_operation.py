"""A network's operations as a sheet, as records, and as an addition to the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..answers.by_operation import OperationRow, OperationSummary
from ..ops.cost import COUNTS
from .fields import Field, columns, document, record
from .figures_as_text import COUNT_TITLES, FOOTER
from .formats.csv import Records
from .formats.json import Document
from .table_parts import EMPTY, Cell, Column, Row, Sheet, bar_cell, count_cell, note, share_cell

_BAR = 18  # columns for the whole network

_NAME: Field[OperationRow] = Field(
    "operation",
    lambda row: row.name,
    Column("operation", right=False),
    lambda row: Cell(f"others ({row.layers:,})" if row.is_others else row.name),
)
_LAYERS: Field[OperationRow] = Field("layers", lambda row: row.layers, Column("layers"))


def _count_field(count: str) -> Field[OperationRow]:
    return Field(count, lambda row: getattr(row.cost, count), Column(COUNT_TITLES.get(count, count)))


_COUNTS = {count: _count_field(count) for count in COUNTS}
_FACTS = [_NAME, _LAYERS, *_COUNTS.values()]


def sheet(summary: OperationSummary) -> Sheet:
    """A row for each operation: params, multiply-adds and the count it is sorted by, with shares."""
    shown = list(dict.fromkeys(["params", "macs", summary.sort or "macs"]))
    shown_columns = [*columns([_NAME, _LAYERS])]
    for count in shown:
        shown_columns += [*columns([_COUNTS[count]]), Column("share", drop="share")]
    return Sheet(
        heading=f"{summary.network.title}   {summary.network.shapes_text}",
        source=summary.network.origin,
        columns=[*shown_columns, Column("", right=False, drop="bar")],
        rows=[_row(row, summary, shown) for row in summary.rows],
        totals=[_total_row(summary.total, shown)],
        notes=[note(FOOTER)],
    )


def _row(row: OperationRow, summary: OperationSummary, shown: Sequence[str]) -> Row:
    cells = [_NAME.cell(row), _LAYERS.cell(row)]
    for count in shown:
        part, whole = getattr(row.cost, count), getattr(summary.total.cost, count)
        cells += [_COUNTS[count].cell(row), share_cell(part, whole)]
    weighed = summary.sort or "macs"
    part, whole = getattr(row.cost, weighed), getattr(summary.total.cost, weighed)
    return Row([*cells, bar_cell(part, whole, _BAR)])


def _total_row(total: OperationRow, shown: Sequence[str]) -> Row:
    """The total, without shares: these are rounded one by one and need not add up to 100."""
    cells = [Cell("total"), count_cell(total.layers)]
    for count in shown:
        cells += [_COUNTS[count].cell(total), EMPTY]
    return Row([*cells, EMPTY], "bold")


def records(summaries: Iterable[OperationSummary]) -> Records:
    """A row for each operation of each network."""
    rows = (
        [summary.network.title, *record(_FACTS, row)] for summary in summaries for row in summary.rows
    )
    return Records(["network", *(field.key for field in _FACTS)], rows)


def operations_document(summary: OperationSummary) -> Document:
    """What is added to one model of the document."""
    return {"operations": [document(_FACTS, row) for row in summary.rows]}
