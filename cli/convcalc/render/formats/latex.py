"""An explanation as LaTeX: `aligned`, which papers, notebooks and GitHub's $$ all take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from ...answers.explain import Explanation, Formula
from ...text.escape import visible

_PER_LINE = 4  # products

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
    """`163{,}328`: a comma that is no punctuation."""
    return f"{count:,}".replace(",", "{,}")


def draw(explanation: Explanation) -> str:
    """The sum of the parameters, each part under its name, and the multiply-adds if they factor."""
    total = explanation.total
    lines = list(_sum_lines(explanation.formulas))
    lines.append(
        f" &= {number(total.params)}" if lines else rf"\text{{params}} &= {number(total.params)}"
    )
    if positions := explanation.common_positions:
        sizes = r" \times ".join(number(size) for size in positions.values())
        product = rf"{number(total.weights)} \times {sizes} = {number(total.macs)}"
        lines.append(rf"\text{{multiply-adds}} &= {product}")
    elif total.macs:
        lines.append(rf"\text{{multiply-adds}} &= {number(total.macs)}")
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n"


def _sum_lines(formulas: Iterable[Formula]) -> Iterator[str]:
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


def _braces(formulas: Iterable[Formula]) -> Iterator[tuple[str, int]]:
    """Each part of the network under a brace, and how many products it has."""
    formulas = list(formulas)
    paths = [formula.layer.path.split("/") for formula in formulas]
    # Where everything is in one group, the parts within it tell more.
    level = 1 if len({path[0] for path in paths}) == 1 < min(map(len, paths), default=0) else 0
    for part, inside in groupby(formulas, key=lambda formula: formula.layer.path.split("/")[level]):
        products = [_product(dims.values()) for formula in inside for dims in formula.tensors]
        for first in range(0, len(products), _PER_LINE):
            chunk = products[first : first + _PER_LINE]
            yield rf"\underbrace{{{' + '.join(chunk)}}}_{{{name_text(part)}}}", len(chunk)


def _product(sizes: Iterable[int]) -> str:
    return r"\times".join(map(str, sizes))
