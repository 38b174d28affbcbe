"""What changed, as sheets, records and a document."""

from __future__ import annotations

from collections.abc import Sequence

from ..answers.check import FileProblem
from ..answers.diff import FOLLOWS, Change, Diff, Grown
from ..text.wording import counted, listed
from . import fields, file_problems
from .broken_budgets import broken_budgets, budget_marks, unjudged_rules
from .budget_documents import budget_documents
from .change_words import (
    DIFF_LEGEND,
    DIFF_QUANTITIES,
    MARKS,
    Compared,
    Delta,
    FileCauses,
    cause_lines,
    changed_in_a_cell,
    deltas,
    deltas_of,
    follows_free,
    network_mark,
    nothing_changed,
    shape_changes,
    signed,
    what_changed,
)
from .fields import Field, record
from .figures_as_text import CONVENTION, change_text, count_text
from .formats.csv import Records
from .formats.json import Document, envelope
from .table_parts import EMPTY, Cell, Column, Data, Row, Sheet, answer, count_cell, note

_COLUMNS = [
    Column("  layer", right=False),
    Column("change", right=False, drop="operation"),
    Column("now", "params", drop="extra"),
    Column("Δ", "params"),
    Column("now", "multiply-adds", drop="extra"),
    Column("Δ", "multiply-adds"),
]


def sheets(
    compared: Sequence[Compared],
    files: int,
    causes: Sequence[FileCauses] = (),
    layers: bool | None = None,
) -> list[Sheet]:
    """The causes, a row for each network, then the layers; a single network has its layers at once.

    `layers` shows all layers. Where it is None, the layers of several networks are left out.
    """
    changed = [one for one in compared if one.diff.is_changed]
    if not changed:
        said = note(nothing_changed(compared, files))
        return [*_cause_sheets(causes), *_budget_sheets(compared), Sheet("", "", [], [], [], [said])]
    budgets = _budget_sheets(compared)
    if len(changed) == 1:
        # Its edited layers are below, so that only what they follow from is told before.
        leading = _cause_sheets(causes, only_keys=True)
        whole = _sheet(changed[0], bool(layers))
        return [*leading, whole, *budgets, _closing(DIFF_LEGEND, compared)]
    leading = [*_cause_sheets(causes), _overview(changed), *budgets]
    if not layers:
        more = "--layers shows what changed in each; a broken budget fails check, not diff"
        return [*leading, _closing(more, compared)]
    return [*leading, *(_sheet(one, True) for one in changed), _closing(DIFF_LEGEND, compared)]


def _closing(said: str, compared: Sequence[Compared]) -> Sheet:
    same = [one.diff.network.title for one in compared if not one.diff.is_changed]
    unchanged = note(f"{counted(len(same), 'network')} unchanged: ", Data(listed(same)))
    changed = f"{len(compared) - len(same):,} of {counted(len(compared), 'network')} changed"
    notes = [note(said), *([unchanged] if same else []), answer(f"{changed}; {CONVENTION}")]
    return Sheet("", "", [], [], [], notes)


def _cause_sheets(causes: Sequence[FileCauses], only_keys: bool = False) -> list[Sheet]:
    found = cause_lines(causes, only_keys)
    lines = [note(Data(f"{place}   {text}" if place else text)) for place, text in found]
    return [Sheet("", "", [], [], [], lines)] if lines else []


_OVERVIEW = [
    Column("  network", right=False),
    Column("now", "params", drop="extra"),
    Column("Δ", "params"),
    Column("now", "multiply-adds", drop="extra"),
    Column("Δ", "multiply-adds"),
]
_BUDGET = Column("budget", right=False)


def _budget_sheets(compared: Sequence[Compared]) -> list[Sheet]:
    broken = [one.text for one in broken_budgets(compared)]
    unjudged = [one.text for one in unjudged_rules(compared)]
    lines = [answer(Data(text)) for text in (*broken, *unjudged)]
    return [Sheet("", "", [], [], [], lines)] if lines else []


def _overview(changed: Sequence[Compared]) -> Sheet:
    """A row for each network that changed."""
    has_budget = any(one.has_budget for one in changed)
    rows = [Row(_overview_cells(one)[: len(_OVERVIEW) + has_budget]) for one in changed]
    return Sheet("", "", [*_OVERVIEW, *([_BUDGET] if has_budget else [])], rows, [], [])


def _overview_cells(one: Compared) -> list[Cell]:
    diff = one.diff
    cells = [Cell(f"{network_mark(diff)} {diff.network.title}")]
    for delta in deltas_of(diff):
        before = delta.now - delta.more
        change = change_text(delta.more, before) if before and delta.more else signed(delta.more)
        cells += [count_cell(delta.now), Cell(change, _colour(delta.more))]
    is_broken = any(result.failed for result in one.budget.results)
    return [*cells, Cell(", ".join(budget_marks(one)), "red" if is_broken else "")]


def _sheet(one: Compared, layers: bool) -> Sheet:
    """The layers of a network. Those that follow at no cost share a row, unless all are asked for."""
    diff = one.diff
    heading = "   ".join(filter(None, [diff.network.title, f"{one.old} → {one.new}", one.file]))
    notes = [note(change) for change in shape_changes(diff)]
    if diff.old is None or diff.new is None:
        return Sheet(heading, "", _COLUMNS, [_whole(diff)], _totals(diff), notes)
    counted_in = [change for change in diff.changes if not change.is_aux]
    main = [_row(change) for change in counted_in if layers or not follows_free(change)]
    main += [] if layers else _folded([change for change in counted_in if follows_free(change)])
    side = [_row(change) for change in diff.changes if change.is_aux]
    whole = Sheet(heading, "", _COLUMNS, [*main, *_unchanged(diff)], [*_totals(diff), *side], notes)
    in_percent = [*_totals(diff, "  in percent"), *side]  # where a narrow terminal loses what it was
    return whole._replace(narrow=lambda: whole._replace(totals=in_percent, narrow=None))


def _row(change: Change) -> Row:
    style = "dim" if change.is_aux else ""
    name = f"{MARKS[change.kind]} {change.layer.path}"
    figures = [cell for delta in deltas(change) for cell in _figures(delta, change.new is not None)]
    return Row([Cell(name), Cell(changed_in_a_cell(change)), *figures], style)


def _folded(free: Sequence[Change]) -> list[Row]:
    """One row for the layers that follow at no cost; a single one has a row of its own."""
    if len(free) < 2:
        return [_row(change) for change in free]
    figures = [cell for _ in DIFF_QUANTITIES for cell in (EMPTY, Cell("·", "dim"))]
    name = f"{MARKS[FOLLOWS]} {counted(len(free), 'layer')}"
    return [Row([Cell(name), Cell("at no cost; --layers shows them"), *figures], "dim")]


def _figures(delta: Delta, is_there: bool = True) -> list[Cell]:
    now = Cell(count_text(delta.now)) if is_there else EMPTY
    return [now, Cell(signed(delta.more), _colour(delta.more))]


def _colour(more: int) -> str:
    return "red" if more > 0 else "green" if more < 0 else "dim"


def _unchanged(diff: Diff) -> list[Row]:
    if not diff.unchanged.layers:
        return []
    layers = counted(diff.unchanged.layers, "layer")
    costs = [getattr(diff.unchanged.cost, quantity) for quantity in DIFF_QUANTITIES]
    figures = [cell for cost in costs for cell in _figures(Delta(cost, 0))]
    return [Row([Cell(f"  {layers}"), Cell("unchanged"), *figures], "dim")]


def _whole(diff: Diff) -> Row:
    """A network that is new or gone, in one row."""
    main = [layer for layer in diff.network.layers if not layer.aux and not layer.is_silent]
    layers = counted(len(main), "layer")
    kind = "added" if diff.old is None else "removed"
    figures = [cell for delta in deltas_of(diff) for cell in _figures(delta, diff.new is not None)]
    return Row([Cell(f"{MARKS[kind]} {layers}"), Cell(kind), *figures])


def _totals(diff: Diff, second: str = "  was") -> list[Row]:
    now = [cell for delta in deltas_of(diff) for cell in _figures(delta)]
    total = Row([Cell("  total"), EMPTY, *now], "bold")
    if diff.old is None:
        return [total]
    was = []
    for quantity, delta in zip(DIFF_QUANTITIES, deltas_of(diff), strict=True):
        before = getattr(diff.was, quantity)
        change = change_text(delta.more, before) if delta.more else "·"
        was += [Cell(count_text(before)), Cell(change, _colour(delta.more))]
    return [total, Row([Cell(second), EMPTY, *was])]


def records(compared: Sequence[Compared]) -> Records:
    """A row for each layer that changed."""
    figures = [name for quantity in DIFF_QUANTITIES for name in (quantity, f"{quantity}_delta")]
    columns = ["network", "file", *(field.key for field in _FIELDS), *figures]
    rows = (_record(one, change) for one in compared for change in one.diff.changes)
    return Records(columns, rows)


def _record(one: Compared, change: Change) -> Sequence[object]:
    figures = [number for delta in deltas(change) for number in delta]
    return [one.diff.network.title, one.file, *record(_FIELDS, change), *figures]


def document(
    compared: Sequence[Compared],
    growth: Sequence[Grown],
    causes: Sequence[FileCauses] = (),
    unreadable: Sequence[FileProblem] = (),
    notes: Sequence[str] = (),
) -> Document:
    """Every network with its totals, and the layers that changed; what could not be read, and notes."""
    return envelope(
        changed=sum(one.diff.is_changed for one in compared),
        networks=len(compared),
        causes=[
            {
                "file": file.old if cause.is_gone else file.new,
                "line": cause.line,
                "key": cause.key or None,
                "old": cause.old,
                "new": cause.new,
                "layers": layers,
            }
            for file in causes
            for cause, layers in file.found
        ],
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
        errors=file_problems.documents(unreadable),
        notes=list(notes),
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
        "edited": diff.is_edited,
        **budget_documents(one),
        "input": [network and network.input_shape for network in (diff.old, diff.new)],
        "output": [network and network.output_shape for network in (diff.old, diff.new)],
        "totals": {
            quantity: _delta_document(now)
            for quantity, now in zip(DIFF_QUANTITIES, deltas_of(diff), strict=True)
        },
        "unchanged": {
            "layers": diff.unchanged.layers,
            **{quantity: getattr(diff.unchanged.cost, quantity) for quantity in DIFF_QUANTITIES},
        },
        "layers": [_change_document(change) for change in diff.changes],
    }


def _change_document(change: Change) -> Document:
    figures = zip(DIFF_QUANTITIES, deltas(change), strict=True)
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
