"""An explanation as LaTeX: `aligned`, which papers, notebooks and GitHub's $$ all take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ...answers.explain import Explanation, Formula
from ...text.escape import visible

_NEEDS = r"% \usepackage{amsmath}, with \[ before this and \] behind it"
_PER_LINE = 4  # products, but for a brace that has more by itself
_PER_BRACE = 6

_PLAIN = re.compile(r"[A-Za-z0-9.,:;+/()-]*")
# MathJax shows the backslash of \_ in \texttt, but not in \mathtt.
_SPECIAL = {
    "\\": r"\backslash ",
    "~": r"\sim ",
    "^": r"\wedge ",
    **{special: f"\\{special}" for special in "#$%&_{}"},
}


def name_text(name: str) -> str:
    """A name in typewriter letters, whatever is in it."""
    name = visible(name)
    if _PLAIN.fullmatch(name):
        return rf"\texttt{{{name}}}"
    letters = "".join(_SPECIAL.get(character, character) for character in name)
    return rf"\mathtt{{{letters}}}"


def number(count: int) -> str:
    """`163{,}328`, where the comma is no punctuation."""
    return f"{count:,}".replace(",", "{,}")


def draw(explanation: Explanation) -> str:
    """The sum of the parameters, each part with its name, and the multiply-adds if they factor."""
    total = explanation.total
    lines = list(_sum_lines([formula for formula in explanation.formulas if formula.tensors]))
    lines.append(
        f" &= {number(total.params)}" if lines else rf"\text{{params}} &= {number(total.params)}"
    )
    if positions := explanation.common_positions:
        sizes = r" \times ".join(number(size) for size in positions.values())
        product = rf"{number(explanation.weights)} \times {sizes} = {number(total.macs)}"
        lines.append(rf"\text{{multiply-adds}} &= {product}")
    elif total.macs:
        lines.append(rf"\text{{multiply-adds}} &= {number(total.macs)}")
    return f"{_NEEDS}\n\\begin{{aligned}}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n"


def _sum_lines(formulas: Sequence[Formula]) -> Iterator[str]:
    line: list[str] = []
    products = 0
    start = r"\text{params} &= "
    for text, count in _braces(formulas):
        if line and products + count > _PER_LINE:
            yield start + "\n  + ".join(line)
            line, products, start = [], 0, r" &\quad + "
        line.append(text)
        products += count
    if line:
        yield start + "\n  + ".join(line)


def _braces(formulas: Sequence[Formula]) -> Iterator[tuple[str, int]]:
    """The parts of the network, each under a brace, and how many products each has."""
    paths = [formula.layer.path.split("/") for formula in formulas]
    # Where everything is in one group, the parts within it tell more.
    top = 1 if len({path[0] for path in paths}) == 1 < min(map(len, paths), default=0) else 0
    return _parts(formulas, top, top)


def _parts(formulas: Iterable[Formula], top: int, level: int) -> Iterator[tuple[str, int]]:
    """The parts at that level; one with too many products for a brace has its own parts instead."""

    def part_of(formula: Formula) -> list[str]:
        return formula.layer.path.split("/")[top : level + 1]

    for part, found in groupby(formulas, key=part_of):
        inside = list(found)
        terms = Counter(map(_operation, inside))
        count = sum(len(operation) for operation in terms)
        if count > _PER_BRACE and len(inside) > 1:
            yield from _parts(inside, top, level + 1)
            continue
        text = " + ".join(_sum_text(operation, times) for operation, times in terms.items())
        yield rf"\underbrace{{{text}}}_{{{name_text('/'.join(part))}}}", count


def _operation(formula: Formula) -> tuple[tuple[str, int], ...]:
    """The products of an operation's tensors, and how often it has each: a norm has one twice."""
    products = Counter(r"\times".join(map(str, dims.values())) for dims in formula.tensors)
    return tuple(products.items())


def _sum_text(operation: Sequence[tuple[str, int]], times: int) -> str:
    """The sum of an operation's tensors, `times` of which there are."""
    if len(operation) == 1:
        ((product, count),) = operation
        return _times(count * times, product)
    return _times(times, " + ".join(_times(count, product) for product, count in operation))


def _times(count: int, text: str) -> str:
    if count == 1:
        return text
    return rf"{count}\cdot{text}" if text.isdecimal() else rf"{count}\cdot({text})"
