"""Arithmetic that lacks its `$( )`, or has other brackets, and how to write it."""

from __future__ import annotations

import re
from collections.abc import Collection

from .arithmetic import ExpressionError, read_expression

OPERATORS = ("*", "+", "-", "/", "//", "%", "**")
_BRACKETS = str.maketrans("", "", "${}\"'")  # ${alpha}, {{alpha}}, "alpha"
_IN = ("in_channels", "in_features", "inplanes", "in_planes", "c_in", "cin")
_FUNCTIONS = {"int(": "floor(", "math.": "", "np.": ""}


def arithmetic_hint(text: str, names: Collection[str] | None = None) -> str:
    """What to write for a name or arithmetic; empty where the text is none.

    `names` are those that may be used; None means any.
    """
    if re.fullmatch(r"\$\(.*\)|\$\w+", text, re.DOTALL):
        return ""  # it is written so already
    inside = text.translate(_BRACKETS).strip("%@[]").strip()
    if names is None and re.fullmatch(r"[A-Za-z_]\w*", inside, re.ASCII):
        return f"; write ${inside}"
    if names is not None and inside in names:
        return f"; write ${inside}"
    if names is not None and "in" in names and inside in _IN:
        return "; write $in"
    for theirs, ours in _FUNCTIONS.items():
        inside = inside.replace(theirs, ours)
    try:
        expression = read_expression(inside)
    except ExpressionError:
        return ""
    is_known = names is None or expression.names <= set(names)
    is_plain = re.fullmatch(r"[\w.]+", inside) is not None
    return f"; write $({inside})" if is_known and not is_plain else ""


def closed(text: str) -> str | None:
    """The text with the parentheses that it lacks, if it is arithmetic then; None if not."""
    depth = text.count("(") - text.count(")")
    whole = text + ")" * depth
    try:
        read_expression(whole.removeprefix("$(").removesuffix(")"))
    except ExpressionError:
        return None
    return whole
