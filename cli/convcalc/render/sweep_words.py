"""What a sweep says in words: its heading, why rows have no network, and what stands below the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..answers.sweep import Sweep, SweepRow
from ..ops.totals import BYTES_OF
from ..text.wording import counted, listed
from .figures_as_text import buffers_text, count_text
from .table_parts import Data, Note, note
from .verdict import NOUNS

_MOST_REASONS = 5  # that are told below a table


def heading_of(sweep: Sweep, rows: Sequence[SweepRow]) -> str:
    """`mobilenet_v1   4 × 4 = 16 networks`"""
    return f"{whose(sweep)}{_how_many(sweep, rows)}"


def source_of(sweep: Sweep) -> str:
    sources = {one.plan.specification.source for one in sweep.networks}
    return sources.pop() or "" if len(sources) == 1 else ""


def reasons_of(sweep: Sweep, rows: Iterable[SweepRow]) -> list[Note]:
    """Why there are rows without a network, each reason once."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.error:
            found[row.error].append(_where_text(sweep, row))
    notes = [note(*_where(where), Data(why)) for why, where in found.items()]
    more = [note(f"{len(notes) - _MOST_REASONS:,} more reasons; --format csv has them all")]
    return [*notes[:_MOST_REASONS], *(more if len(notes) > _MOST_REASONS else [])]


def next_notes(sweep: Sweep, rows: Iterable[SweepRow], name: str) -> list[Note]:
    """What the next value of each row breaks, for tables that have no room for it."""
    notes = []
    for row in (row for row in rows if row.next):
        where = _where_text(sweep, row, name)
        notes.append(note(Data(f"{where and f'{where}: '}next {name} is {next_text(row)}")))
    more = [note(f"{len(notes) - _MOST_REASONS:,} more in a wider terminal")]
    return [*notes[:_MOST_REASONS], *(more if len(notes) > _MOST_REASONS else [])]


def next_text(row: SweepRow) -> str:
    """`0.85: 3,000,000 multiply-adds over`, of the next value that is listed."""
    assert row.next
    over = [f"{count_text(excess)} {NOUNS[count]} over" for count, excess in row.next.over.items()]
    return f"{row.next.value}: {listed(over) or row.next.error or 'does not fit'}"


def own_note(sweep: Sweep, own: Mapping[str, SweepRow | None]) -> list[Note]:
    """The note on what the ratios refer to."""
    if len(own) > 1:
        return [note("ratio: to each network's own values")]
    (row,) = own.values()
    if row is None:
        return []
    values = listed((f"{name}={value}" for name, value in row.values.items()), " ")
    whose = "" if sweep.networks[0].overrides.parameters else "the file's own values, "
    return [note(f"ratio: to {whose}{values}")]


def buffers_note(rows: Iterable[SweepRow], shown: Iterable[str]) -> list[Note]:
    """What the bytes of weights leave out, where they are shown."""
    buffers = [row.totals["buffers"] for row in rows if row.totals]
    if not any(buffers) or "weight_bytes" not in shown:
        return []
    return [note(buffers_text(max(buffers), is_same=len(set(buffers)) == 1))]


def fitted_text(sweep: Sweep) -> str:
    """What the values fit: limits of the command line, else the budgets of the files."""
    own = [] if sweep.bounds.most else ["within the budget"]
    return " and ".join([*own, *filter(None, [_bounds_text(sweep)])])


def whose(sweep: Sweep) -> str:
    """The title of the network, or the name that all networks have."""
    titles = {one.title for one in sweep.networks}
    names = titles if len(titles) == 1 else {one.plan.name for one in sweep.networks}
    return f"{names.pop()}   " if len(names) == 1 else ""


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


def _where(rows: Sequence[str]) -> list[str | Data]:
    """`a=1 and 2 more: `; nothing for the only row of a sweep of one parameter."""
    more = f" and {len(rows) - 1:,} more" if rows[1:] else ""
    return [Data(rows[0] + more), ": "] if rows[0] else []


def _where_text(sweep: Sweep, row: SweepRow, fitted: str = "") -> str:
    """`net m=3 n=2`, what tells a row apart; of the parameter that was fitted nothing."""
    names = [row.swept.title] if len(sweep.networks) > 1 else []
    values = [f"{name}={value}" for name, value in row.values.items() if name != fitted]
    return " ".join([*names, *values])
