"""A sweep as a sheet, as records and as a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..answers.sweep import Sweep, SweepRow
from ..ops.totals import BYTES_OF, TOTALS
from ..text.numbers import number_of
from ..text.wording import counted, listed
from . import fields
from .fields import Field, record
from .figures_as_text import FOOTER, NO_RATIO, count_text
from .formats.csv import Records
from .formats.json import Document, envelope
from .table_parts import (
    EMPTY,
    Cell,
    Column,
    Data,
    Note,
    Row,
    Sheet,
    bar_cell,
    count_cell,
    note,
    ratio_cell,
)
from .verdict import NOUNS

_BAR = 24  # columns of the widest bar
_MOST_REASONS = 5  # that are told below a table


def sheet(sweep: Sweep, rows: Iterable[SweepRow]) -> Sheet:
    """A row for each combination, with ratios to the file's own values."""
    rows = list(rows)
    own = {one.title: sweep.own_row(one) for one in sweep.networks}
    most = max((row.totals["macs"] for row in rows if row.totals), default=0)
    columns = [
        *_name_columns(sweep, list(sweep.values)),
        Column("params"),
        Column("ratio", drop="params ratio"),
        Column("multiply-adds"),
        Column("ratio", drop="macs ratio"),
        Column("", right=False, drop="bar"),
    ]
    names = list(sweep.values)
    return Sheet(
        heading=heading_of(sweep, rows),
        source=source_of(sweep),
        columns=columns,
        rows=[Row([*_name_cells(sweep, row, names), *_ratio_cells(row, own, most)]) for row in rows],
        totals=[],
        notes=[*reasons_of(sweep, rows), *_own_note(sweep, own), note(FOOTER)],
    )


def fit_sheet(sweep: Sweep, name: str, limits: Sequence[str], rows: Iterable[SweepRow]) -> Sheet:
    """A row for each combination of the others, with the largest value of `name` and what is left."""
    rows = list(rows)
    names = [*(other for other in sweep.values if other != name), name]
    source = source_of(sweep)
    columns = [*_name_columns(sweep, names), Column("params"), Column("multiply-adds")]
    columns += [Column("left" if len(limits) == 1 else f"{NOUNS[limit]} left") for limit in limits]
    cells = [[*_name_cells(sweep, row, names), *_left_cells(row, limits)] for row in rows]
    notes = [*reasons_of(sweep, rows), note(FOOTER)]
    whole = Sheet(
        heading=f"{_whose(sweep)}largest listed {name}: {_fitted_text(sweep)}",
        source=source and f"after {source}",
        columns=[*columns, Column(f"next {name}", right=False, drop="extra")],
        rows=[Row([*mine, _next_cell(row)]) for mine, row in zip(cells, rows, strict=True)],
        totals=[],
        notes=notes,
    )
    if len(rows) > 1:
        return whole
    # Where the row is too wide, what its next value breaks stands below it.
    following = [note(Data(f"next {name}: {_next_text(row)}")) for row in rows if row.next]
    below = whole._replace(columns=columns, rows=[*map(Row, cells)], notes=[*following, *notes])
    return whole._replace(narrow=lambda: below)


def _fitted_text(sweep: Sweep) -> str:
    """What the values fit: limits of the command line, else the budgets of the files."""
    own = [] if sweep.bounds.most else ["within the budget"]
    return " and ".join([*own, *filter(None, [_bounds_text(sweep)])])


def heading_of(sweep: Sweep, rows: Sequence[SweepRow]) -> str:
    """`mobilenet_v1   4 × 4 = 16 networks`"""
    return f"{_whose(sweep)}{_how_many(sweep, rows)}"


def _whose(sweep: Sweep) -> str:
    """The title of the network, or the name that all networks have."""
    titles = {one.title for one in sweep.networks}
    names = titles if len(titles) == 1 else {one.plan.name for one in sweep.networks}
    return f"{names.pop()}   " if len(names) == 1 else ""


def source_of(sweep: Sweep) -> str:
    sources = {one.plan.specification.source for one in sweep.networks}
    return sources.pop() or "" if len(sources) == 1 else ""


def _how_many(sweep: Sweep, rows: Sequence[SweepRow]) -> str:
    """`4 × 4 = 16 networks`, or how many of them are within bounds."""
    if sweep.bounds:
        whole = counted(sweep.combinations, "network")
        return f"{len(rows):,} of {whole} with {_bounds_text(sweep)}"
    counts = [str(len(values)) for values in sweep.values.values()]
    is_product = len(counts) > 1 and len(sweep.networks) == 1
    product = f"{' × '.join(counts)} = " if is_product else ""
    return f"{product}{counted(sweep.combinations, 'network')}"


def _bounds_text(sweep: Sweep) -> str:
    """`at most 300,000,000 multiply-adds and 2,000,000 bytes of weights (int8)`"""
    return " and ".join(
        f"{how} {' and '.join(_bound_text(sweep, *one) for one in limits.items())}"
        for how, limits in (("at most", sweep.bounds.most), ("at least", sweep.bounds.least))
        if limits
    )


def _bound_text(sweep: Sweep, total: str, limit: int) -> str:
    elements = f" ({sweep.dtype})" if total in BYTES_OF else ""
    return f"{count_text(limit)} {NOUNS[total]}{elements}"


def _name_columns(sweep: Sweep, names: Iterable[str]) -> list[Column]:
    network = [Column("network", right=False)] if len(sweep.networks) > 1 else []
    return [*network, *(Column(name, right=sweep.values[name].word is None) for name in names)]


def _name_cells(sweep: Sweep, row: SweepRow, names: Iterable[str]) -> list[Cell]:
    network = [Cell(row.swept.title)] if len(sweep.networks) > 1 else []
    unfit = {row.unfit: NO_RATIO} if row.unfit else {}
    return [*network, *(Cell(row.values.get(name, unfit.get(name, ""))) for name in names)]


def _ratio_cells(row: SweepRow, own: Mapping[str, SweepRow | None], most: int) -> Iterator[Cell]:
    base = own[row.swept.title]
    for count in ("params", "macs"):
        yield count_cell(row.totals[count]) if row.totals else EMPTY
        if not row.totals:
            yield EMPTY
        else:
            yield ratio_cell(row.totals[count], base.totals[count]) if base else Cell(NO_RATIO)
    yield bar_cell(row.totals["macs"], most, _BAR) if row.totals else EMPTY


def _left_cells(row: SweepRow, limits: Iterable[str]) -> Iterator[Cell]:
    for count in ("params", "macs"):
        yield count_cell(row.totals[count]) if row.totals else EMPTY
    for limit in limits:
        yield count_cell(row.left[limit]) if limit in row.left else EMPTY


def _next_cell(row: SweepRow) -> Cell:
    return Cell(_next_text(row)) if row.next else EMPTY


def _next_text(row: SweepRow) -> str:
    """`0.85: 3,000,000 multiply-adds over`, of the next value that is listed."""
    assert row.next
    over = [f"{count_text(excess)} {NOUNS[count]} over" for count, excess in row.next.over.items()]
    return f"{row.next.value}: {listed(over) or 'does not fit'}"


def reasons_of(sweep: Sweep, rows: Iterable[SweepRow]) -> list[Note]:
    """Why there are rows without a network, each reason once."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.error:
            names = [row.swept.title] if len(sweep.networks) > 1 else []
            values = [f"{name}={value}" for name, value in row.values.items()]
            found[row.error].append(" ".join([*names, *values]))
    notes = [note(*_where(where), Data(why)) for why, where in found.items()]
    more = [note(f"{len(notes) - _MOST_REASONS:,} more reasons; --format csv has them all")]
    return [*notes[:_MOST_REASONS], *(more if len(notes) > _MOST_REASONS else [])]


def _where(rows: Sequence[str]) -> list[str | Data]:
    """`a=1 and 2 more: `; nothing for the only row of a sweep of one parameter."""
    more = f" and {len(rows) - 1:,} more" if rows[1:] else ""
    return [Data(rows[0] + more), ": "] if rows[0] else []


def _own_note(sweep: Sweep, own: Mapping[str, SweepRow | None]) -> list[Note]:
    """The note on what the ratios refer to."""
    if len(own) > 1:
        return [note("ratio: to each network's own values")]
    (row,) = own.values()
    if row is None:
        return []
    values = listed((f"{name}={value}" for name, value in row.values.items()), " ")
    whose = "" if sweep.networks[0].overrides.parameters else "the file's own values, "
    return [note(f"ratio: to {whose}{values}")]


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
