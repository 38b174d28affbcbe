"""A sentence for each rule that is broken."""

from __future__ import annotations

from ..answers.check import Result
from ..language.expect import Shapes
from ..ops.shapes import Shape, shape_text
from ..text.problems import place_text
from .figures_as_text import change_text, count_text, delta_text

# The noun behind the number of a count.
NOUNS = {
    "params": "params",
    "weights": "weights",
    "biases": "biases",
    "macs": "multiply-adds",
    "norm": "params of norms",
    "buffers": "buffers",
    "flops": "FLOPs",
    "activations": "activations",
    "peak_activations": "activations at once",
    "weight_bytes": "bytes of weights",
    "peak_activation_bytes": "bytes of activations at once",
}
_BROKEN = {"≤": ("over", "budget"), "≥": ("under", "minimum")}


def verdict(result: Result) -> str:
    """`inception3a#reduced has 292,352 params, 122,352 over its budget of 170,000 (+72.0 %)`"""
    said = f"{subject(result)} {finding(result)}"
    return f"{said}: {result.message}" if result.message else said


def subject(result: Result) -> str:
    """The network that a rule judges, or `5x5/conv2 of net`."""
    return f"{result.part} of {result.title}" if result.part else result.title


def finding(result: Result) -> str:
    """`has 292,352 params, 122,352 over its budget of 170,000 (+72.0 %)`"""
    if not isinstance(result.actual, int) or not isinstance(result.limit, int | None):
        return f"ends at {value_text(result.actual)}, not at the expected {value_text(result.limit)}"
    elements = f" ({result.dtype})" if result.dtype else ""
    has = f"has {count_text(result.actual)} {NOUNS[result.quantity]}{elements}"
    if result.limit is None:
        return f"{has} and is not in the baseline"
    basis = f", {result.basis}" if result.basis else ""
    if result.was is not None:
        grown = difference_text(result.actual, result.was)
        return f"{has} where the baseline has {count_text(result.was)} ({grown}{basis})"
    excess = result.actual - result.limit
    if result.relation == "=":
        return f"{has}, not the expected {count_text(result.limit)} ({delta_text(excess)})"
    side, name = _BROKEN[result.relation]
    of = f"its {name} of {count_text(result.limit)}{basis}"
    change = f" ({change_text(excess, result.limit)})" if result.limit else ""
    return f"{has}, {count_text(abs(excess))} {side} {of}{change}"


def difference_text(actual: int, was: int) -> str:
    """`+18,432, +79.0 %`; there is no percentage of 0."""
    delta = actual - was
    return f"{delta_text(delta)}, {change_text(delta, was)}" if was else delta_text(delta)


def rule_place(result: Result) -> str:
    """`file:line:column`; for a model file only its name."""
    return place_text(result.file, result.mark)


def value_text(value: int | Shape | Shapes | None) -> str:
    """A count, a shape, or those of several outputs."""
    if value is None:
        return "nothing"
    if isinstance(value, int):
        return count_text(value)
    # Several outputs are a list of shapes.
    sizes = [size for size in value if isinstance(size, int)]
    shapes = [shape for shape in value if not isinstance(shape, int)]
    return ", ".join(map(shape_text, shapes)) if shapes else shape_text(tuple(sizes))
