"""Comparisons with reasons: the products behind each part's parameters."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Any

from ..answers.compare import Comparison
from ..answers.reduction import Reduction
from ..answers.why import MOST_PRODUCTS, Reason, Side
from . import compare
from .figures_as_text import count_text, side_text, times
from .formats.csv import Records
from .formats.json import Document
from .table_parts import EMPTY, Cell, Column, Row, Sheet, count_cell
from .why_notes import reason_notes

_LIMIT = "cheaper up to"  # the title of the widths


def sheet(comparison: Comparison, reasons: Sequence[Reason]) -> Sheet:
    """A row for each part with a formula for each network; if too wide, a row for each formula."""
    plain = compare.sheet(comparison)
    labels = compare.labels_of(comparison.networks)
    limited = _limited(reasons)
    columns = [plain.columns[0] if comparison.parts else Column("", right=False)]
    for index, label in enumerate(labels):
        columns.append(Column(label, right=False))
        if index != comparison.baseline:
            columns.append(Column("ratio", drop="params ratio"))
        if index in limited:
            columns.append(Column(_LIMIT))
    whole = plain._replace(
        columns=columns,
        rows=[Row([Cell(one.name or "weights"), *_cells(comparison, one, limited)]) for one in reasons],
        totals=[Row([Cell("params"), *_total_cells(comparison, limited)], "bold")],
        notes=[*reason_notes(comparison, reasons), *plain.notes],
    )
    return whole._replace(narrow=lambda: _narrow(comparison, reasons, whole))


def _limited(reasons: Sequence[Reason]) -> set[int]:
    """The places of the networks that have reductions of the baseline's parts."""
    return {at for one in reasons for at, side in enumerate(one.sides) if side and side.reduction}


def _cells(comparison: Comparison, reason: Reason, limited: Container[int]) -> Iterator[Cell]:
    base = reason.sides[comparison.baseline]
    for index, side in enumerate(reason.sides):
        yield Cell(formula_text(side)) if side else EMPTY
        if index != comparison.baseline:
            yield Cell(side_text(side.params, base.params)) if side and base else EMPTY
        if index in limited:
            yield _limit_cell(side)


def _limit_cell(side: Side | None) -> Cell:
    return Cell(limit_text(side.reduction)) if side and side.reduction else EMPTY


def _total_cells(comparison: Comparison, limited: Container[int]) -> Iterator[Cell]:
    for index, share in enumerate(comparison.totals):
        yield count_cell(share.cost.params)
        if index != comparison.baseline:
            yield Cell(side_text(share.cost.params, comparison.base.cost.params))
        if index in limited:
            yield EMPTY


def _narrow(comparison: Comparison, reasons: Sequence[Reason], whole: Sheet) -> Sheet:
    """The networks' formulas under each other."""
    labels = compare.labels_of(comparison.networks)
    has_limits = bool(_limited(reasons))
    rows = []
    for reason in reasons:
        base = reason.sides[comparison.baseline]
        name = reason.name or "weights"
        for index, (label, side) in enumerate(zip(labels, reason.sides, strict=True)):
            if side is None:
                continue
            is_base = index == comparison.baseline
            ratio = side_text(side.params, base.params) if base and not is_base else ""
            texts = (name, label, formula_text(side), ratio)
            limit = [_limit_cell(side)] if has_limits else []
            rows.append(Row([*map(Cell, texts), *limit]))
            name = ""
    columns = [
        whole.columns[0],
        Column("network", right=False),
        Column("weights", right=False, wraps=True),
        Column("ratio", drop="params ratio"),
        *([Column(_LIMIT)] if has_limits else []),
    ]
    return whole._replace(columns=columns, rows=rows, totals=[], narrow=None)


def formula_text(side: Side) -> str:
    """`1×1×192×96 + 3×3×96×128`; for many products only their sum."""
    if not side.products:
        return "0"
    if len(side.products) > MOST_PRODUCTS:
        return f"{count_text(side.params)}, {len(side.products)} products"
    return " + ".join(times(dims.values()) for dims in side.products)


def limit_text(reduction: Reduction) -> str:
    """`164 channels`, and the limit of the multiply-adds if it is another."""
    params, macs = reduction.most_params, reduction.most_macs
    if params == macs:
        return f"{params:,} channels" if params else "never"
    return f"{params:,} channels, {macs:,} for multiply-adds"


def records(comparison: Comparison, reasons: Sequence[Reason]) -> Records:
    """A row for each part of each network."""
    names = ("network", "layer", "formula", "params", "macs", "most_params", "most_macs")
    rows = (
        (network.title, reason.name, *_facts(side).values())
        for index, network in enumerate(comparison.networks)
        for reason in reasons
        if (side := reason.sides[index])
    )
    return Records(names, rows)


def document(comparison: Comparison, reasons: Sequence[Reason]) -> Document:
    """What is added to the document of a comparison."""
    titles = [network.title for network in comparison.networks]
    return {
        "baseline": titles[comparison.baseline],
        "why": [
            {
                "path": reason.name or None,
                "networks": [
                    {"network": title} | _facts(side)
                    for title, side in zip(titles, reason.sides, strict=True)
                    if side
                ],
            }
            for reason in reasons
        ],
    }


def _facts(side: Side) -> dict[str, Any]:
    """`most_params` is the largest width of the reduction with which it has fewer parameters."""
    products = [times(dims.values()).replace("×", "x") for dims in side.products]
    reduction = side.reduction
    return {
        "formula": " + ".join(products) or "0",
        "params": side.params,
        "macs": side.macs,
        "most_params": reduction.most_params if reduction else None,
        "most_macs": reduction.most_macs if reduction else None,
    }
