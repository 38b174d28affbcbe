"""A sweep as a sheet, as records and as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..answers.sweep import Sweep, SweepRow
from ..network.totals import TOTALS
from ..text.numbers import number_of
from ..text.wording import counted
from . import fields
from .fields import Field, record
from .formats.csv import Records
from .formats.json import Document, envelope
from .notation import FOOTER, NO_RATIO
from .sheet import Cell, Column, Note, Row, Sheet, bar_cell, count_cell, note, ratio_cell

_BAR = 24  # columns of the widest bar


def sheet(sweep: Sweep, rows: Iterable[SweepRow]) -> Sheet:
    """A row for each combination, with ratios to the file's own values."""
    own = sweep.own_row()
    rows = list(rows)
    most = max((row.totals["macs"] for row in rows), default=0)
    columns = [
        *(Column(name) for name in sweep.values),
        Column("params"),
        Column("ratio", drop="params ratio"),
        Column("multiply-adds"),
        Column("ratio", drop="macs ratio"),
        Column("", right=False, drop="bar"),
    ]
    plan = sweep.plan
    counts = [str(len(values)) for values in sweep.values.values()]
    product = f"{' × '.join(counts)} = " if len(counts) > 1 else ""
    title = plan.title
    return Sheet(
        heading=f"{title}   {product}{counted(sweep.combinations, 'network')}",
        source=plan.specification.source or "",
        columns=columns,
        rows=[Row(list(_cells(row, own, most))) for row in rows],
        totals=[],
        notes=[*_own_note(sweep, own), note(FOOTER)],
    )


def _own_note(sweep: Sweep, own: SweepRow | None) -> list[Note]:
    """What the ratios are to."""
    if own is None:
        return []
    values = " ".join(f"{name}={value}" for name, value in own.values.items())
    whose = "" if sweep.overrides.parameters else "the file's own values, "
    return [note(f"ratio: to {whose}{values}")]


def _cells(row: SweepRow, own: SweepRow | None, most: int) -> Iterator[Cell]:
    yield from (Cell(value) for value in row.values.values())
    for count in ("params", "macs"):
        yield count_cell(row.totals[count])
        yield ratio_cell(row.totals[count], own.totals[count]) if own else Cell(NO_RATIO)
    yield bar_cell(row.totals["macs"], most, _BAR)


def records(sweep: Sweep, rows: Iterable[SweepRow]) -> Records:
    """A row for each combination."""
    facts = [field.key for field in _FIELDS]
    # A parameter that has the name of a fact is told apart from it.
    names = [f"${name}" if name in facts else name for name in sweep.values]
    return Records([*names, *facts], ([*row.values.values(), *record(_FIELDS, row)] for row in rows))


def document(sweep: Sweep, rows: Iterable[SweepRow]) -> Document:
    """Every combination under `rows`, made as it is written."""
    plan = sweep.plan
    return envelope(
        name=plan.name,
        variant=plan.variant,
        file=plan.source.given,
        parameters=_numbers({**plan.specification.parameters, **sweep.overrides.parameters}),
        rows=({"parameters": _numbers(row.values), **fields.document(_FIELDS, row)} for row in rows),
    )


def _numbers(values: Mapping[str, str]) -> dict[str, int | float]:
    return {name: number_of(value) for name, value in values.items()}


def _total_field(total: str) -> Field[SweepRow]:
    return Field(total, lambda row: row.totals[total])


_FIELDS: list[Field[SweepRow]] = [
    Field("input", lambda row: row.input),
    Field("output", lambda row: row.output),
    *map(_total_field, TOTALS),
]
