"""What a check found, as sheets, records and a document."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import groupby

from ..answers.check import Outcome, Result
from ..answers.lock import FIGURES
from ..text.wording import counted, listed
from . import fields, file_problems
from .fields import Field, picked
from .figures_as_text import change_text, count_text, delta_text, share_text
from .formats.csv import Records
from .formats.json import Document, envelope
from .table_parts import EMPTY, Cell, Column, Data, Note, Row, Sheet, answer, note
from .verdict import rule_place, value_text

_BESIDE_MARK = "  "  # a title stands above the names, not above their marks


def sheets(outcome: Outcome, verbose: bool, accept: str, has_notes: bool = False) -> list[Sheet]:
    """A sheet for each network; for several files only of what fails or warns, unless `verbose`.

    `accept` is the command that accepts what grew since the baseline. The notes of a terminal stand
    on standard error; with `has_notes` they are here.
    """
    networks = [list(one) for _, one in groupby(outcome.rules, lambda one: (one.file, one.title))]
    shown = [one for one in networks if verbose or outcome.files == 1 or not _all_passed(one)]
    figures = [one for one in outcome.figures if verbose or not one.passed]
    closing = [*_rules_notes(outcome), *_figures_notes(outcome, accept)]
    closing += [note("Note: ", Data(text)) for text in outcome.notes if has_notes]
    return [
        *map(_rules_sheet, shown),
        *([_figures_sheet(figures)] if figures else []),
        *([Sheet("", "", [], [], [], closing)] if closing else []),
    ]


def _all_passed(results: Iterable[Result]) -> bool:
    return all(result.passed for result in results)


def _rules_sheet(results: Sequence[Result]) -> Sheet:
    all_passed = _all_passed(results)
    has_remarks = any(map(_remark, results))
    columns = [
        Column(f"{_BESIDE_MARK}rule", right=False),
        Column("limit"),
        Column("actual"),
        Column("left" if all_passed else "over"),
        Column("", drop="share"),
        *([Column("note", right=False, drop="extra")] if has_remarks else []),
        *([] if all_passed else [Column("at", right=False, drop="place")]),
    ]
    rows = []
    for result in results:
        difference = _room(result) if all_passed else _excess(result)
        remark = [Cell(_remark(result))] if has_remarks else []
        place = [] if all_passed else [EMPTY if result.passed else Cell(rule_place(result))]
        limit = Cell(f"{result.relation} {value_text(result.limit)}")
        cells = [_marked(result, result.rule), limit, Cell(value_text(result.actual))]
        rows.append(Row([*cells, *difference, *remark, *place]))
    first = results[0]
    return Sheet(f"{first.title}   {first.file}", "", columns, rows, [], [])


def _marked(result: Result, name: str) -> Cell:
    if result.passed:
        return Cell(f"✓ {name}", "green")
    return Cell(f"✗ {name}", "red") if result.failed else Cell(f"! {name}", "yellow")


def _remark(result: Result) -> str:
    of = ", ".join(filter(None, [result.basis, result.dtype]))
    return ": ".join(filter(None, [of, result.message]))


def _room(result: Result) -> list[Cell]:
    """How much of a budget is left."""
    if result.excess is None or result.relation == "=":
        return [EMPTY, EMPTY]
    assert isinstance(result.limit, int)
    left = abs(result.excess)
    share = Cell(share_text(left, result.limit)) if result.relation == "≤" else EMPTY
    return [Cell(count_text(left)), share]


def _excess(result: Result) -> list[Cell]:
    """How far the figure is above its limit; below it with a minus."""
    if result.excess is None or result.relation == "=":
        return [EMPTY, EMPTY]
    assert isinstance(result.limit, int)
    return [Cell(delta_text(result.excess)), Cell(change_text(result.excess, result.limit))]


def _rules_notes(outcome: Outcome) -> list[Note]:
    rules = len(outcome.rules)
    if not rules:
        return []
    failed = sum(result.failed for result in outcome.rules)
    warned = sum(not result.passed for result in outcome.rules) - failed
    warning = f"{counted(warned, 'rule')} only warn{'s' if warned == 1 else ''}"
    if failed:
        said = f"{failed:,} of {counted(rules, 'rule')} failed" + (f", {warning}" if warned else "")
    elif warned:
        said = f"{rules - warned:,} of {counted(rules, 'rule')} hold, {warning}"
    else:
        said = f"{counted(rules, 'rule')} hold{'s' if rules == 1 else ''}"
    return [answer(said + _where(outcome))]


def _where(outcome: Outcome) -> str:
    """In how many of several files a rule is broken, and how many could not be read."""
    if outcome.files == 1:
        return ""
    broken = len({result.file for result in outcome.rules if not result.passed})
    of = f"{broken:,} of {outcome.files:,} files" if broken else counted(outcome.files, "file")
    unread = len({one.file for one in outcome.unreadable})
    return f" in {of}" + (f", {unread:,} of which could not be read" if unread else "")


def _figures_sheet(figures: Sequence[Result]) -> Sheet:
    columns = [
        Column(f"{_BESIDE_MARK}network", right=False),
        Column("figure", right=False),
        Column("was"),
        Column("now"),
        Column("Δ"),
        Column("", drop="share"),
        Column("at", right=False, drop="place"),
    ]
    return Sheet("", "", columns, [Row(_figure_cells(figure)) for figure in figures], [], [])


def _figure_cells(figure: Result) -> list[Cell]:
    assert isinstance(figure.actual, int)
    name, count, now = (
        _marked(figure, figure.title),
        Cell(figure.quantity),
        Cell(count_text(figure.actual)),
    )
    if figure.was is None:
        return [name, count, Cell("missing"), now, EMPTY, EMPTY, Cell(rule_place(figure))]
    grown = figure.actual - figure.was
    change = [Cell(delta_text(grown)), Cell(change_text(grown, figure.was))] if grown else [EMPTY] * 2
    return [name, count, Cell(count_text(figure.was)), now, *change, Cell(rule_place(figure))]


def _figures_notes(outcome: Outcome, accept: str) -> list[Note]:
    figures = outcome.figures
    if not figures:
        return []
    lock = Data(os.path.basename(outcome.baseline))
    grew = sum(not figure.passed and figure.was is not None for figure in figures)
    missing = list(dict.fromkeys(figure.title for figure in figures if figure.was is None))
    if not grew and not missing:
        return [answer(f"{counted(len(figures), 'figure')} within ", lock, _allowed(figures))]
    parts: list[str | Data] = []
    if grew:
        beyond = " too much" if any(figure.basis for figure in figures) else ""
        parts += [f"{grew:,} of {counted(len(figures), 'figure')} grew{beyond}{_allowed(figures)}"]
    if missing:
        parts += ["; " if grew else "", "not in ", lock, ": ", Data(listed(missing))]
    return [answer(*parts, "; if that is meant: ", Data(accept, is_whole=True))]


def _allowed(figures: Sequence[Result]) -> str:
    """Which figures were judged, and that others were not; empty where all were to stay."""
    named = {figure.quantity: figure.basis for figure in figures if figure.basis}
    said = [f"{count}: {allowed}" for count, allowed in named.items()]
    free = [count for count in FIGURES if count not in named]
    said += [f"{listed(free)} not judged"] if free else []
    return f" ({'; '.join(said)})" if named else ""


def records(outcome: Outcome) -> Records:
    """A row for each rule and figure."""
    return fields.records(_RECORD_FIELDS, outcome.results)


def document(outcome: Outcome) -> Document:
    """Every rule and figure, the files that could not be read, and the notes."""
    return envelope(
        passed=outcome.is_fine,
        files=outcome.files,
        results=[_result(result) for result in outcome.results],
        errors=file_problems.documents(outcome.unreadable),
        notes=list(outcome.notes),
    )


def _result(result: Result) -> Document:
    """A rule and its result. Only a figure of a baseline has its earlier value."""
    found = fields.document(RESULT_FIELDS, result)
    if not result.rule.startswith("baseline."):
        del found["was"]
    return found


_RELATIONS = {"=": "equal", "≤": "max", "≥": "min"}
RESULT_FIELDS: list[Field[Result]] = [
    Field("network", lambda result: result.title),
    Field("model", lambda result: result.model),
    Field("variant", lambda result: result.variant),
    Field("rule", lambda result: result.rule),
    Field("relation", lambda result: _RELATIONS[result.relation]),
    Field("limit", lambda result: result.limit),
    Field("actual", lambda result: result.actual),
    Field("excess", lambda result: result.excess),
    Field("was", lambda result: result.was),
    Field("passed", lambda result: result.passed),
    Field("level", lambda result: result.level),
    Field("dtype", lambda result: result.dtype),
    Field("message", lambda result: result.message or None),
    Field("file", lambda result: result.file),
    Field("line", lambda result: result.mark and result.mark.line),
    Field("column", lambda result: result.mark and result.mark.column),
]
_RECORD_FIELDS = picked(
    RESULT_FIELDS,
    *("network", "rule", "relation", "limit", "actual", "level", "passed", "file", "line", "dtype"),
)
