"""Explanations: a sheet with a row for each formula; for one layer, factors with their names above."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from math import prod
from typing import NamedTuple

from ..answers.explain import Explanation, Formula
from ..ops.cost import COUNTS
from ..ops.shapes import shape_text
from ..text.escape import visible
from ..text.wording import abridged
from .figures_as_text import FOOTER, count_text, share_text, times
from .formats.csv import Records
from .formats.json import Document, envelope
from .shape_effect import effect_lines
from .table_parts import GLUE, WIDE_GAP, Cell, Column, Note, Row, Sheet, count_cell, note
from .terminal import heading_lines, wrap


def product_text(formula: Formula) -> str:
    """`1×1×192×64 + 64`: the sizes of each tensor of its own."""
    return " + ".join(times(dims.values()) for dims in formula.tensors)


def sheet(explanation: Explanation) -> Sheet:
    """A row for each layer that has parameters; where that is too wide, a title has two lines."""
    title = _positions_title(explanation)
    narrow = partial(_sheet, explanation, title.replace(" ", "\n", 2).replace("\n", " ", 1))
    return _sheet(explanation, title)._replace(narrow=narrow)


def _sheet(explanation: Explanation, positions_title: str) -> Sheet:
    return Sheet(
        heading=_heading(explanation),
        source=explanation.network.origin,
        columns=[
            Column("layer", right=False),
            Column("operation", right=False, drop="operation"),
            Column("weights"),
            Column("params"),
            Column(positions_title, drop="extra"),
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
    """The title of the positions at which weights are multiplied."""
    names = [name for formula in explanation.formulas for name in formula.positions or ()]
    kinds = {name.partition(" ")[0] for name in names}
    axes = " × ".join(dict.fromkeys(name.partition(" ")[2] for name in names)) or "positions"
    return f"× {kinds.pop()} {axes}" if len(kinds) == 1 else f"× {axes}"


def _heading(explanation: Explanation) -> str:
    network, item = explanation.network, explanation.item
    title = f"{network.title} {item.path}" if item else network.title
    shapes = f"{shape_text(item.input)} → {shape_text(item.output)}" if item else network.shapes_text
    return f"{title}   {shapes}"


def _cells(formula: Formula) -> list[Cell]:
    layer = formula.layer
    return [
        Cell(layer.path),
        Cell(abridged(layer.written)),
        Cell(f"those of {formula.shares}" if formula.shares else product_text(formula)),
        count_cell(layer.params),
        Cell(_applied(formula)),
        count_cell(layer.macs),
    ]


def _applied(formula: Formula) -> str:
    """`12,288 × 28×28`: weights, and the positions at which they are multiplied."""
    if formula.positions is None:
        return ""
    weights = count_text(formula.weights)
    return f"{weights} × {times(formula.positions.values())}" if formula.positions else weights


def _notes(explanation: Explanation) -> Iterator[Note]:
    own = [formula for formula in explanation.formulas if formula.tensors]
    terms = [product_text(formula).replace(" ", GLUE) for formula in own]
    total = explanation.total
    terms_sum = f"{GLUE}+ ".join(terms)
    equation = f"{terms_sum} = {count_text(total.params)}" if terms else "0"
    yield note(equation, label="params")
    if positions := explanation.common_positions:
        where = times(positions.values())
        product = f"{count_text(explanation.weights)} × {where} = {count_text(total.macs)}"
        more = explanation.weights - total.weights
        again = f"{WIDE_GAP}{count_text(more)} of the weights are used again" if more else ""
        same = (
            WIDE_GAP + f"every layer's output is {where}".replace(" ", GLUE)
            if explanation.sizes == {tuple(positions.values())}
            else ""
        )
        yield note(product + same + again, label="multiply-adds")
    yield from _meanings(explanation)
    yield note(FOOTER)


def _meanings(explanation: Explanation) -> Iterator[Note]:
    """What the sizes mean: one line if it is the same for all formulas, else one for each operation."""
    meanings = {
        (formula.layer.op, " + ".join(" × ".join(dims) for dims in formula.tensors))
        for formula in explanation.formulas
        if formula.tensors
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
    columns = ("network", "path", "op", "formula", "params", "positions", "macs", "shares")
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
                "totals": {count: getattr(explanation.total, count) for count in COUNTS},
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
        "shares": formula.shares,
    }


_LABEL = "{:<13}  "  # in front of a formula
_LINE = 100  # columns of text where nobody says how wide the output is


class _FactorText(NamedTuple):
    name: str
    number: str
    sign: str = "×"  # what stands in front of it


class _Equation(NamedTuple):
    label: str
    factors: Sequence[_FactorText]  # none where there is only a result
    result: str


def single_text(explanation: Explanation, formula: Formula, width: int | None = None) -> str:
    """One layer, with each factor's name above its number."""
    layer, network = formula.layer, explanation.network
    shapes = f"{shape_text(layer.input)} → {shape_text(layer.output)}"
    place = f"{network.label}:{layer.line}" if layer.line else network.label
    heading = f"{network.title} {layer.path}   {abridged(layer.written)}   {shapes}   {place}"
    lines = [*heading_lines(heading, width), ""]
    equations = [
        _Equation("params", _params_factors(formula), count_text(layer.params)),
        _Equation("multiply-adds", _macs_factors(formula), count_text(layer.macs)),
    ]
    lines += _equation_lines(equations, width)
    lines += list(_output_lines(formula))
    if formula.shares:
        lines.append(_LABEL.format("shares") + f"the weights of {formula.shares}")
    if layer.params or layer.macs:
        lines += ["", _share_line(explanation, formula)]
    if explanation.effect:
        for label, text in effect_lines(explanation.effect):
            first, *rest = wrap(text, max((width or _LINE) - len(_LABEL.format("")) - 1, 30))
            lines += [_LABEL.format(label) + first, *(_LABEL.format("") + line for line in rest)]
    return "".join(f" {visible(line)}".rstrip() + "\n" for line in lines)


def _params_factors(formula: Formula) -> list[_FactorText]:
    factors = []
    for dims in formula.tensors:
        for index, (name, size) in enumerate(dims.items()):
            factors.append(_FactorText(name, count_text(size), "×" if index else "+"))
    return factors


def _macs_factors(formula: Formula) -> list[_FactorText]:
    if not formula.positions:  # nothing is multiplied, or each weight once
        return []
    name = "params" if formula.layer.params == formula.weights else "weights"
    sizes = [_FactorText(name, count_text(size)) for name, size in formula.positions.items()]
    return [_FactorText(name, count_text(formula.weights)), *sizes]


def _equation_lines(equations: Sequence[_Equation], width: int | None) -> list[str]:
    """The lines of equations: numbers under names, and equals signs under each other."""
    rows = [(equation, *_aligned(equation.factors)) for equation in equations]
    longest = max(len(numbers) for _, _, numbers in rows)
    results = max(len(equation.result) for equation in equations)
    is_narrow = width is not None and len(_LABEL.format("")) + longest + results + 6 > width
    lines = []
    for equation, names, numbers in rows:
        if not names:
            lines.append(_LABEL.format(equation.label) + equation.result)
            continue
        lines.append(_LABEL.format(equation.label) + names)
        result = f"=  {equation.result.rjust(results)}"
        if is_narrow:
            lines += [_LABEL.format("") + numbers, _LABEL.format("") + result]
        else:
            lines.append(f"{_LABEL.format('')}{numbers:<{longest}}  {result}")
    return lines


def _aligned(factors: Sequence[_FactorText]) -> tuple[str, str]:
    names = numbers = ""
    for index, factor in enumerate(factors):
        width = max(len(factor.name), len(factor.number))
        sign = f" {factor.sign} " if index else ""
        names += sign + factor.name.rjust(width)
        numbers += sign + factor.number.rjust(width)
    return names, numbers


def _output_lines(formula: Formula) -> Iterator[str]:
    if not formula.windows:
        return
    different = dict.fromkeys(window.formula for window in formula.windows)
    for label, line in zip(chain(["output"], repeat("")), different, strict=False):
        yield _LABEL.format(label) + line


def _share_line(explanation: Explanation, formula: Formula) -> str:
    whole = explanation.network.total_with_aux if formula.layer.aux else explanation.network.total
    params = share_text(formula.layer.params, whole.params)
    macs = share_text(formula.layer.macs, whole.macs)
    if params == macs:
        return f"{params} of the network's params and of its multiply-adds"
    return f"{params} of the network's params, {macs} of its multiply-adds"
