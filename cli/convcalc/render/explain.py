"""An explanation as a sheet: one row a formula, then the sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from ..answers.explain import Explanation, Formula
from ..network.totals import counts_of
from ..ops.shapes import shape_text
from .formats.csv import Records
from .formats.json import Document, envelope
from .notation import FOOTER, count_text, times
from .sheet import GLUE, WIDE_GAP, Cell, Column, Note, Row, Sheet, count_cell, note


def product_text(formula: Formula) -> str:
    """`1×1×192×64 + 64`: the sizes of each tensor."""
    return " + ".join(times(dims.values()) for dims in formula.tensors)


def sheet(explanation: Explanation) -> Sheet:
    """A row for each layer that has parameters."""
    return Sheet(
        heading=_heading(explanation),
        source=explanation.network.source or "",
        columns=[
            Column("layer", right=False),
            Column("operation", right=False, drop="operation"),
            Column("weights"),
            Column("params"),
            Column(_positions_title(explanation), drop="extra"),
            Column("multiply-adds"),
        ],
        rows=[Row(_cells(formula)) for formula in explanation.formulas],
        totals=[
            Row(
                [
                    Cell("total"),
                    Cell(""),
                    Cell(""),
                    count_cell(explanation.total.params),
                    Cell(""),
                    count_cell(explanation.total.macs),
                ],
                "bold",
            )
        ],
        notes=list(_notes(explanation)),
    )


def _positions_title(explanation: Explanation) -> str:
    """Which height and width it is that the weights are multiplied at."""
    kinds = {name.split()[0] for formula in explanation.formulas for name in formula.positions or ()}
    return f"× {kinds.pop()} height × width" if len(kinds) == 1 else "× height × width"


def _heading(explanation: Explanation) -> str:
    network, item = explanation.network, explanation.item
    title = f"{network.title} {item.path}" if item else network.title
    shapes = (item.input, item.output) if item else (network.input_shape, network.output_shape)
    return f"{title}   {' → '.join(map(shape_text, shapes))}"


def _cells(formula: Formula) -> list[Cell]:
    layer = formula.layer
    return [
        Cell(layer.path),
        Cell(layer.written),
        Cell(product_text(formula)),
        count_cell(layer.params),
        Cell(_applied(formula)),
        count_cell(layer.macs),
    ]


def _applied(formula: Formula) -> str:
    """`12,288 × 28×28`: weights, and the positions at which they are multiplied."""
    if formula.positions is None:
        return ""
    weights = count_text(formula.layer.cost.weights)
    return f"{weights} × {times(formula.positions.values())}" if formula.positions else weights


def _notes(explanation: Explanation) -> Iterator[Note]:
    terms = [product_text(formula).replace(" ", GLUE) for formula in explanation.formulas]
    total = explanation.total
    terms_sum = f"{GLUE}+ ".join(terms)
    equation = f"{terms_sum} = {count_text(total.params)}" if terms else "0"
    yield note(equation, label="params")
    if positions := explanation.common_positions:
        where = times(positions.values())
        product = f"{count_text(total.weights)} × {where} = {count_text(total.macs)}"
        same = (
            f"{WIDE_GAP}every layer's output is {where}"
            if explanation.sizes == {tuple(positions.values())}
            else ""
        )
        yield note(product + same, label="multiply-adds")
    yield from _meanings(explanation)
    yield note(FOOTER)


def _meanings(explanation: Explanation) -> Iterator[Note]:
    """What the sizes are: one line where all formulas have the same, else a line an operation."""
    meanings = {
        (formula.layer.op, " + ".join(" × ".join(dims) for dims in formula.tensors))
        for formula in explanation.formulas
    }
    total = explanation.total
    if len(meanings) == 1 and total.params == total.weights:
        ((_, meaning),) = meanings
        yield note(f"{meaning}; no bias is written", label="weights")
        return
    for op, meaning in sorted(meanings):
        yield note(meaning, label=op)


def records(explanations: Iterable[Explanation]) -> Records:
    """A row for each formula."""
    columns = ("network", "path", "op", "formula", "params", "positions", "macs")
    rows = (
        (explanation.network.title, *_facts(formula).values())
        for explanation in explanations
        for formula in explanation.formulas
    )
    return Records(columns, rows)


def document(explanations: Iterable[Explanation]) -> Document:
    """Each network's formulas and their sum."""
    return envelope(
        explanations=[
            {
                "name": explanation.network.name,
                "variant": explanation.network.variant,
                "file": explanation.network.file,
                "path": explanation.item.path if explanation.item else None,
                "totals": counts_of(explanation.total),
                "formulas": [_facts(formula) for formula in explanation.formulas],
            }
            for explanation in explanations
        ]
    )


def _facts(formula: Formula) -> dict[str, object]:
    layer, positions = formula.layer, formula.positions
    return {
        "path": layer.path,
        "op": layer.op,
        "formula": product_text(formula).replace("×", "x"),
        "params": layer.params,
        "positions": None if positions is None else prod(positions.values()),
        "macs": layer.macs,
    }
