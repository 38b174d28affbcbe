"""A sweep as a sheet, as records and as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..answers.sweep import Sweep, SweepRow
from ..ops.totals import TOTALS
from ..text.numbers import number_of
from ..text.wording import listed
from . import fields
from .fields import Field, record
from .figures_as_text import FOOTER, NO_RATIO
from .formats.csv import Records
from .formats.json import Document, envelope
from .sweep_words import (
    buffers_note,
    fitted_text,
    heading_of,
    next_notes,
    next_text,
    own_note,
    reasons_of,
    source_of,
    whose,
)
from .table_parts import (
    EMPTY,
    Cell,
    Column,
    Row,
    Sheet,
    bar_cell,
    count_cell,
    note,
    ratio_cell,
)
from .verdict import NOUNS

_BAR = 24  # columns of the widest bar


def sheet(sweep: Sweep, rows: Iterable[SweepRow]) -> Sheet:
    """A row for each combination, with ratios to the file's own values."""
    rows = list(rows)
    own = {one.title: sweep.own_row(one) for one in sweep.networks}
    most = max((row.totals["macs"] for row in rows if row.totals), default=0)
    others = _shown_totals(sweep)[2:]
    columns = [
        *_name_columns(sweep, list(sweep.values)),
        Column("params"),
        Column("ratio", drop="params ratio"),
        Column("multiply-adds"),
        Column("ratio", drop="macs ratio"),
        *(Column(NOUNS[one]) for one in others),
        Column("", right=False, drop="bar"),
    ]
    names = list(sweep.values)
    cells = ([*_name_cells(sweep, row, names), *_ratio_cells(row, own, others, most)] for row in rows)
    return Sheet(
        heading=heading_of(sweep, rows),
        source=source_of(sweep),
        columns=columns,
        rows=[*map(Row, cells)],
        totals=[],
        notes=[
            *reasons_of(sweep, rows),
            *own_note(sweep, own),
            *buffers_note(rows, others),
            note(FOOTER),
        ],
    )


def fit_sheet(sweep: Sweep, name: str, limits: Sequence[str], rows: Iterable[SweepRow]) -> Sheet:
    """A row for each combination of the others, with the largest value of `name` and what is left."""
    rows = list(rows)
    names = [*(other for other in sweep.values if other != name), name]
    source = source_of(sweep)
    totals = [one for one in _shown_totals(sweep) if one not in limits]
    columns = [*_name_columns(sweep, names), *(Column(NOUNS[one], drop="extra") for one in totals)]
    columns += _limit_columns([_limit_title(limit, rows) for limit in limits])
    cells = [
        [*_name_cells(sweep, row, names), *_total_cells(row, totals), *_left_cells(row, limits)]
        for row in rows
    ]
    notes = [*reasons_of(sweep, rows), *buffers_note(rows, [*totals, *limits]), note(FOOTER)]
    whole = Sheet(
        heading=f"{whose(sweep)}largest listed {name}: {fitted_text(sweep)}",
        source=source and f"after {source}",
        columns=[*columns, Column(f"next {name}", right=False, drop="extra")],
        rows=[Row([*mine, _next_cell(row)]) for mine, row in zip(cells, rows, strict=True)],
        totals=[],
        notes=notes,
    )
    below = [*next_notes(sweep, rows, name), *notes]
    narrow = whole._replace(columns=columns, rows=[*map(Row, cells)], notes=below)
    return whole._replace(narrow=lambda: narrow)


def _limit_columns(limits: Sequence[str]) -> list[Column]:
    """What is used and left of each limit; of a single one without a line for its name."""
    if len(limits) == 1:
        return [Column(limits[0]), Column("left")]
    return [Column(title, limit) for limit in limits for title in ("used", "left")]


def _limit_title(limit: str, rows: Iterable[SweepRow]) -> str:
    """`bytes of weights (int8)`, with the types of elements that the limits are of."""
    types = dict.fromkeys(row.types[limit] for row in rows if limit in row.types)
    return f"{NOUNS[limit]} ({listed(types)})" if types else NOUNS[limit]


def _shown_totals(sweep: Sweep) -> list[str]:
    """Those of every sweep, those that are limited, and the bytes where their elements are named."""
    of_weights = ["weight_bytes"] if sweep.shows_bytes else []
    return list(dict.fromkeys(["params", "macs", *sweep.bounds.names, *of_weights]))


def _total_cells(row: SweepRow, totals: Iterable[str]) -> list[Cell]:
    return [count_cell(row.totals[total]) if row.totals else EMPTY for total in totals]


def _name_columns(sweep: Sweep, names: Iterable[str]) -> list[Column]:
    network = [Column("network", right=False)] if len(sweep.networks) > 1 else []
    return [*network, *(Column(name, right=sweep.values[name].word is None) for name in names)]


def _name_cells(sweep: Sweep, row: SweepRow, names: Iterable[str]) -> list[Cell]:
    network = [Cell(row.swept.title)] if len(sweep.networks) > 1 else []
    unfit = {row.unfit: NO_RATIO} if row.unfit else {}
    return [*network, *(Cell(row.values.get(name, unfit.get(name, ""))) for name in names)]


def _ratio_cells(
    row: SweepRow, own: Mapping[str, SweepRow | None], others: Iterable[str], most: int
) -> Iterator[Cell]:
    base = own[row.swept.title]
    for count in ("params", "macs"):
        yield count_cell(row.totals[count]) if row.totals else EMPTY
        if not row.totals:
            yield EMPTY
        else:
            yield ratio_cell(row.totals[count], base.totals[count]) if base else Cell(NO_RATIO)
    yield from _total_cells(row, others)
    yield bar_cell(row.totals["macs"], most, _BAR) if row.totals else EMPTY


def _left_cells(row: SweepRow, limits: Iterable[str]) -> Iterator[Cell]:
    for limit in limits:
        yield count_cell(row.totals[limit]) if row.totals else EMPTY
        yield count_cell(row.left[limit]) if limit in row.left else EMPTY


def _next_cell(row: SweepRow) -> Cell:
    return Cell(next_text(row)) if row.next else EMPTY


def records(sweep: Sweep, rows: Iterable[SweepRow], limits: Sequence[str] = ()) -> Records:
    """A row for each combination."""
    facts = [*_NAMES, *_FIELDS, *map(_left_field, limits), _ERROR]
    keys = {field.key for field in facts}
    # A parameter may have the name of a fact, and gets another.
    names = [f"${name}" if name in keys else name for name in _parameters(sweep)]
    header = [*(one.key for one in _NAMES), *names, *(one.key for one in facts[len(_NAMES) :])]
    return Records(header, (_record(sweep, row, facts) for row in rows))


def _record(sweep: Sweep, row: SweepRow, facts: Sequence[Field[SweepRow]]) -> list[object]:
    named, told = facts[: len(_NAMES)], facts[len(_NAMES) :]
    known = _all_values(sweep, row)
    return [*record(named, row), *map(known.get, _parameters(sweep)), *record(told, row)]


def _parameters(sweep: Sweep) -> list[str]:
    """The parameters that are swept and, for several networks, others that tell them apart."""
    names = dict.fromkeys(sweep.values)
    if len(sweep.networks) > 1:
        for one in sweep.networks:
            names |= dict.fromkeys(name for name in one.overrides.parameters if name in one.parameters)
    return list(names)


def _all_values(sweep: Sweep, row: SweepRow) -> dict[str, str]:
    """The parameters of a row; the fitted one has no value where none fits."""
    known = {**row.swept.parameters, **row.values}
    return {name: known[name] for name in _parameters(sweep) if name in known and name != row.unfit}


def document(sweep: Sweep, rows: Iterable[SweepRow], limits: Sequence[str] = ()) -> Document:
    """Every combination under `rows`, made as it is written."""
    told = [*_FIELDS, *map(_left_field, limits), _ERROR]
    return envelope(
        **_network_document(sweep),
        rows=(
            {
                **fields.document(_NAMES, row),
                "parameters": _numbers(_all_values(sweep, row)),
                **fields.document(told, row),
            }
            for row in rows
        ),
    )


def _network_document(sweep: Sweep) -> Document:
    """The network that is swept; if there are several, each row has its own."""
    if len(sweep.networks) > 1:
        return {"name": None, "variant": None, "file": None, "parameters": None}
    (one,) = sweep.networks
    return {
        "name": one.plan.name,
        "variant": one.plan.variant,
        "file": one.plan.source.given,
        "parameters": _numbers(one.parameters),
    }


def _numbers(values: Mapping[str, str]) -> dict[str, int | float | str]:
    return {name: number_of(value) for name, value in values.items()}


def _total_field(total: str) -> Field[SweepRow]:
    return Field(total, lambda row: row.totals.get(total))


def _left_field(total: str) -> Field[SweepRow]:
    return Field(f"{total}_left", lambda row: row.left.get(total))


_NAMES: list[Field[SweepRow]] = [
    Field("name", lambda row: row.swept.plan.name),
    Field("variant", lambda row: row.swept.plan.variant),
    Field("file", lambda row: row.swept.plan.source.given),
]
_FIELDS: list[Field[SweepRow]] = [
    Field("input", lambda row: row.network and row.network.input_shape),
    Field("output", lambda row: row.network and row.network.output_shape),
    *map(_total_field, TOTALS),
]
_ERROR: Field[SweepRow] = Field("error", lambda row: row.error)
