"""One layer explained: each factor's name above its number."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..answers.explain import Explanation, Formula
from ..ops.shapes import shape_text
from ..text.escape import visible
from .notation import count_text, share_text


class _Factor(NamedTuple):
    name: str
    number: str
    sign: str = "×"  # what stands in front of it


class _Equation(NamedTuple):
    label: str
    factors: Sequence[_Factor]  # none where there is only a result
    result: str


def single_text(explanation: Explanation, formula: Formula) -> str:
    """One layer: each factor's name above its number."""
    layer, network = formula.layer, explanation.network
    shapes = f"{shape_text(layer.input)} → {shape_text(layer.output)}"
    place = f"{network.label}:{layer.line}"
    lines = [f"{network.title} {layer.path}   {layer.written}   {shapes}   {place}", ""]
    equations = [
        _Equation("params", _params_factors(formula), count_text(layer.params)),
        _Equation("multiply-adds", _macs_factors(formula), count_text(layer.macs)),
    ]
    lines += _equation_lines(equations)
    lines += list(_output_lines(formula))
    if layer.params or layer.macs:
        lines += ["", _share_line(explanation, formula)]
    return "".join(f" {visible(line)}".rstrip() + "\n" for line in lines)


def _params_factors(formula: Formula) -> list[_Factor]:
    factors = []
    for dims in formula.tensors:
        for index, (name, size) in enumerate(dims.items()):
            factors.append(_Factor(name, count_text(size), "×" if index else "+"))
    return factors


def _macs_factors(formula: Formula) -> list[_Factor]:
    if not formula.positions:  # nothing is multiplied, or each weight once
        return []
    cost = formula.layer.cost
    name = "params" if cost.params == cost.weights else "weights"
    sizes = [_Factor(name, count_text(size)) for name, size in formula.positions.items()]
    return [_Factor(name, count_text(cost.weights)), *sizes]


def _equation_lines(equations: Sequence[_Equation]) -> list[str]:
    """Each factor's number under its name; the equals signs under each other."""
    rows = [(equation, *_aligned(equation.factors)) for equation in equations]
    width = max(len(numbers) for _, _, numbers in rows)
    results = max(len(equation.result) for equation in equations)
    lines = []
    for equation, names, numbers in rows:
        if names:
            result = equation.result.rjust(results)
            lines.append(f"{equation.label:<13}  {names}")
            lines.append(f"{'':<13}  {numbers:<{width}}  =  {result}")
        else:
            lines.append(f"{equation.label:<13}  {equation.result}")
    return lines


def _aligned(factors: Sequence[_Factor]) -> tuple[str, str]:
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
