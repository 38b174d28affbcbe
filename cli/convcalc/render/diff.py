"""What changed, as sheets, records and a document."""

from __future__ import annotations

from collections.abc import Sequence

from ..answers.diff import Change, Diff, Grown
from ..text.wording import counted
from . import fields
from .changes import (
    LEGEND,
    MARKS,
    QUANTITIES,
    Compared,
    Delta,
    deltas,
    deltas_of,
    nothing_changed,
    shape_changes,
    signed,
    what_changed,
)
from .fields import Field, record
from .formats.csv import Records
from .formats.json import Document, envelope
from .notation import CONVENTION, change_text, count_text
from .sheet import EMPTY, Cell, Column, Row, Sheet, answer, note

_COLUMNS = [
    Column("  layer", right=False),
    Column("change", right=False, drop="operation"),
    Column("now", "params", drop="extra"),
    Column("Δ", "params"),
    Column("now", "multiply-adds", drop="extra"),
    Column("Δ", "multiply-adds"),
]


def sheets(compared: Sequence[Compared], files: int) -> list[Sheet]:
    """A sheet for each network that changed."""
    changed = [one for one in compared if one.diff.is_changed]
    if not changed:
        return [Sheet("", "", [], [], [], [note(nothing_changed(len(compared), files))])]
    last = f"{len(changed):,} of {counted(len(compared), 'network')} changed; {CONVENTION}"
    closing = Sheet("", "", [], [], [], [note(LEGEND), answer(last)])
    return [*map(_sheet, changed), closing]


def _sheet(one: Compared) -> Sheet:
    diff = one.diff
    heading = "   ".join(filter(None, [diff.network.title, f"{one.old} → {one.new}", one.file]))
    notes = [note(change) for change in shape_changes(diff)]
    if diff.old is None or diff.new is None:
        return Sheet(heading, "", _COLUMNS, [_whole(diff)], _totals(diff), notes)
    main = [_row(change) for change in diff.changes if not change.is_aux]
    side = [_row(change) for change in diff.changes if change.is_aux]
    return Sheet(heading, "", _COLUMNS, [*main, _unchanged(diff)], [*_totals(diff), *side], notes)


def _row(change: Change) -> Row:
    style = "dim" if change.is_aux else ""
    name = f"{MARKS[change.kind]} {change.layer.path}"
    what = what_changed(change) + ("; not in the total" if change.is_aux else "")
    figures = [cell for delta in deltas(change) for cell in _figures(delta, change.new is not None)]
    return Row([Cell(name), Cell(what), *figures], style)


def _figures(delta: Delta, is_there: bool = True) -> list[Cell]:
    now = Cell(count_text(delta.now)) if is_there else EMPTY
    return [now, Cell(signed(delta.more), _colour(delta.more))]


def _colour(more: int) -> str:
    return "red" if more > 0 else "green" if more < 0 else "dim"


def _unchanged(diff: Diff) -> Row:
    layers = counted(diff.unchanged.layers, "layer")
    costs = [getattr(diff.unchanged.cost, quantity) for quantity in QUANTITIES]
    figures = [cell for cost in costs for cell in _figures(Delta(cost, 0))]
    return Row([Cell(f"  {layers}"), Cell("unchanged"), *figures], "dim")


def _whole(diff: Diff) -> Row:
    """A network that is new or gone, in one row."""
    main = [layer for layer in diff.network.layers if not layer.aux and not layer.is_silent]
    layers = counted(len(main), "layer")
    kind = "added" if diff.old is None else "removed"
    figures = [cell for delta in deltas_of(diff) for cell in _figures(delta, diff.new is not None)]
    return Row([Cell(f"{MARKS[kind]} {layers}"), Cell(kind), *figures])


def _totals(diff: Diff) -> list[Row]:
    now = [cell for delta in deltas_of(diff) for cell in _figures(delta)]
    total = Row([Cell("  total"), EMPTY, *now], "bold")
    if diff.old is None:
        return [total]
    was = []
    for quantity, delta in zip(QUANTITIES, deltas_of(diff), strict=True):
        before = getattr(diff.was, quantity)
        change = change_text(delta.more, before) if delta.more else "·"
        was += [Cell(count_text(before)), Cell(change, _colour(delta.more))]
    return [total, Row([Cell("  was"), EMPTY, *was])]


def records(compared: Sequence[Compared]) -> Records:
    """A row for each layer that changed."""
    figures = [name for quantity in QUANTITIES for name in (quantity, f"{quantity}_delta")]
    columns = ["network", "file", *(field.key for field in _FIELDS), *figures]
    rows = (_record(one, change) for one in compared for change in one.diff.changes)
    return Records(columns, rows)


def _record(one: Compared, change: Change) -> Sequence[object]:
    figures = [number for delta in deltas(change) for number in delta]
    return [one.diff.network.title, one.file, *record(_FIELDS, change), *figures]


def document(compared: Sequence[Compared], growth: Sequence[Grown]) -> Document:
    """Every network with its totals, and the layers that changed."""
    return envelope(
        changed=sum(one.diff.is_changed for one in compared),
        networks=len(compared),
        diffs=[_diff_document(one) for one in compared],
        growth=[
            {
                "network": one.title,
                "figure": one.quantity,
                "was": one.was,
                "now": one.now,
                "allowed": one.allowed,
            }
            for one in growth
        ],
    )


def _diff_document(one: Compared) -> Document:
    diff = one.diff
    return {
        "name": diff.network.name,
        "variant": diff.network.variant,
        "file": one.file,
        "old": one.old if diff.old else None,
        "new": one.new if diff.new else None,
        "changed": diff.is_changed,
        "input": [network and network.input_shape for network in (diff.old, diff.new)],
        "output": [network and network.output_shape for network in (diff.old, diff.new)],
        "totals": {
            quantity: _delta_document(now)
            for quantity, now in zip(QUANTITIES, deltas_of(diff), strict=True)
        },
        "unchanged": {
            "layers": diff.unchanged.layers,
            **{quantity: getattr(diff.unchanged.cost, quantity) for quantity in QUANTITIES},
        },
        "layers": [_change_document(change) for change in diff.changes],
    }


def _change_document(change: Change) -> Document:
    figures = zip(QUANTITIES, deltas(change), strict=True)
    return {
        **fields.document(_FIELDS, change),
        **{quantity: _delta_document(delta) for quantity, delta in figures},
    }


def _delta_document(delta: Delta) -> Document:
    return {"was": delta.now - delta.more, "now": delta.now, "delta": delta.more}


_FIELDS: list[Field[Change]] = [
    Field("change", lambda change: change.kind),
    Field("path", lambda change: change.new and change.new.path),
    Field("old_path", lambda change: change.old and change.old.path),
    Field("what", what_changed),
    Field("aux", lambda change: change.is_aux),
]
