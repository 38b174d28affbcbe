"""An explanation as a sheet: one row a formula, then the sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from textwrap import wrap
from typing import NamedTuple

from ..explain import Explanation, Formula
from ..ops.base import Dims, shape_text
from .glyphs import count_text, share_text
from .sheet import Cell, Column, Row, Sheet, count_cell
from .tidy import Record

_WIDTH = 96  # columns at which a long sum goes on in the next line
_MOST_NAMED = 4  # kinds of formula that are spelled out below the table


def times(sizes: Iterable[int]) -> str:
    """`3×3×96×128`"""
    return "×".join(map(str, sizes))


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
            Column("× output height × width", drop="extra"),
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


def _heading(explanation: Explanation) -> str:
    network = explanation.network
    where = f"{network.title} {explanation.path}" if explanation.path else network.title
    shapes = f"{shape_text(network.input_shape)} → {shape_text(network.output_shape)}"
    return where if explanation.path else f"{where}   {shapes}"


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


def _notes(explanation: Explanation) -> Iterator[str]:
    terms = [product_text(formula) for formula in explanation.formulas]
    total = explanation.total
    yield from _labelled("params", f"{' + '.join(terms)} = {count_text(total.params)}" if terms else "0")
    if positions := explanation.common_positions:
        where = times(positions.values())
        equation = f"{count_text(total.weights)} × {where} = {count_text(total.macs)}"
        yield from _labelled("multiply-adds", f"{equation}        every layer's output is {where}")
    names = list(dict.fromkeys(" × ".join(dims) for f in explanation.formulas for dims in f.tensors[:1]))
    for index, name in enumerate(names[:_MOST_NAMED]):
        last = "" if total.biases or index + 1 < len(names[:_MOST_NAMED]) else "; no bias is written"
        yield from _labelled("weights" if index == 0 else "", name + last)


def _labelled(label: str, text: str) -> Iterator[str]:
    """The text behind its label, at ` + ` onto further lines where it is long."""
    first, *others = _wrapped(text)
    yield f"{label:<13}  {first}"
    yield from (f"{'':<13}  {other}" for other in others)


def _wrapped(text: str) -> list[str]:
    if len(text) <= _WIDTH:
        return [text]
    glued = text.replace(" + ", " +\0").replace(" ", "\1").replace("\0", " ")
    return [line.replace("\1", " ") for line in wrap(glued, _WIDTH, break_long_words=False)]


class _Factor(NamedTuple):
    name: str
    number: str
    sign: str = "×"  # what stands in front of it


def single_text(explanation: Explanation, formula: Formula) -> str:
    """One layer: each factor's name above its number."""
    layer, network = formula.layer, explanation.network
    shapes = f"{shape_text(layer.input)} → {shape_text(layer.output)}"
    place = f"{network.label}:{layer.line}"
    lines = [f"{network.title} {layer.path}   {layer.written}   {shapes}   {place}", ""]
    equations = [
        ("params", _params_factors(formula), layer.params),
        ("multiply-adds", _macs_factors(formula), layer.macs),
    ]
    lines += [line for equation in equations for line in _equation(*equation)]
    lines += list(_output_lines(formula))
    if layer.params or layer.macs:
        lines += ["", _share_line(explanation, formula)]
    return "".join(f" {line}".rstrip() + "\n" for line in lines)


def _params_factors(formula: Formula) -> list[_Factor]:
    factors = []
    for dims in formula.tensors:
        for index, (name, size) in enumerate(dims.items()):
            factors.append(_Factor(name, count_text(size), "×" if index else "+"))
    return factors


def _macs_factors(formula: Formula) -> list[_Factor]:
    if formula.positions is None:
        return []
    cost = formula.layer.cost
    name = "params" if cost.params == cost.weights else "weights"
    sizes = [_Factor(name, count_text(size)) for name, size in formula.positions.items()]
    return [_Factor(name, count_text(cost.weights)), *sizes]


def _equation(label: str, factors: Sequence[_Factor], result: int) -> list[str]:
    if not factors:
        return [f"{label:<13}  {count_text(result)}"]
    widths = [max(len(factor.name), len(factor.number)) for factor in factors]
    names, numbers = "", ""
    for index, (factor, width) in enumerate(zip(factors, widths, strict=True)):
        sign = f" {factor.sign} " if index else ""
        names += sign + factor.name.rjust(width)
        numbers += sign + factor.number.rjust(width)
    return [f"{label:<13}  {names}", f"{'':<13}  {numbers}  =  {count_text(result)}"]


def _output_lines(formula: Formula) -> Iterator[str]:
    if not formula.windows:
        return
    height, width = formula.windows
    yield f"{'output':<13}  {height.formula}"
    if width != height:
        yield f"{'':<13}  {width.formula}"


def _share_line(explanation: Explanation, formula: Formula) -> str:
    whole = explanation.network.total_with_aux if formula.layer.aux else explanation.network.total
    params = share_text(formula.layer.params, whole.params)
    macs = share_text(formula.layer.macs, whole.macs)
    if params == macs:
        return f"{params} of the network's params and of its multiply-adds"
    return f"{params} of the network's params, {macs} of its multiply-adds"


def records(explanations: Iterable[Explanation]) -> Iterator[Record]:
    """A row for each formula."""
    for explanation in explanations:
        for formula in explanation.formulas:
            yield {
                "network": explanation.network.title,
                "path": formula.layer.path,
                "op": formula.layer.op,
                "formula": product_text(formula).replace("×", "x"),
                "params": formula.layer.params,
                "positions": _position_count(formula.positions),
                "macs": formula.layer.macs,
            }


def _position_count(positions: Dims | None) -> int | None:
    return None if positions is None else prod(positions.values())
