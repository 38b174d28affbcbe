"""Values: the texts, numbers, lists and booleans in which each kind of value may be written.

The patterns are in the notation that Python and JavaScript share. In a file, 3, 3.0 and "3" are one
value, because convcalc reads a scalar's text; a schema sees what an editor's YAML parser makes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..language.names import WORD
from ..ops.options import FLAG, Kind, Numbers

Schema = dict[str, Any]

# A `$` begins a name or `$(...)`; what it stands for is known only where the file is expanded.
DOLLAR = rf"\$(?:{WORD}|\(\s*[^\s)])"
HAS_DOLLAR = {"type": "string", "pattern": DOLLAR}
ANY_TEXT = {"type": ["string", "number", "boolean"]}  # a text of any kind, as an editor may see it


def any_of(patterns: Iterable[str]) -> str:
    """A pattern for what one of several takes."""
    return f"(?:{'|'.join(patterns)})"


def number_pattern(numbers: Numbers) -> str:
    """A number's digits, with its bounds as far as they are bounds of its length."""
    zeros = str(numbers.most)[1:]  # the most is a 1 with zeros behind it
    digits = f"[0-9]{{1,{len(zeros)}}}" if zeros else "0"
    below, most = f"0?{digits}" if numbers.whole else f"0*{digits}", f"0*1{zeros}"
    if not numbers.whole:
        return any_of([rf"{below}(?:\.[0-9]+)?", rf"{most}(?:\.0+)?"])
    positive = "(?=0*[1-9])" if numbers.least else ""
    return rf"{positive}{any_of([below, most])}(?:\.0+)?"


def value_pattern(kind: Kind, by_place: bool) -> str:
    """The texts of a kind, where it is given by place or by name."""
    patterns = list(kind.words)
    if kind.numbers:
        number = number_pattern(kind.numbers)
        pair = f"{number}x{number}"
        if kind.is_pair and not (by_place and kind.read is not kind.read_named):
            pair = f"{number}(?:x{number})?"
        patterns.append(pair if kind.is_pair else number)
    return any_of(patterns)


def number_schema(numbers: Numbers) -> Schema:
    """A number that an editor sees as one."""
    type_name = "integer" if numbers.whole else "number"
    return {"type": type_name, "minimum": numbers.least, "maximum": numbers.most}


def constant_schemas(kind: Kind, pattern: str | None = None) -> list[Schema]:
    """The forms of one value without a `$`; `pattern` where its text may be more than the kind's."""
    if kind is FLAG:
        return [{"type": "boolean"}, {"enum": list(kind.words)}]
    words: list[Schema] = [{"enum": list(kind.words)}] if kind.words else []
    if not kind.numbers:
        return words
    text = {"type": "string", "pattern": f"^{pattern or value_pattern(kind, by_place=False)}$"}
    return [*words, number_schema(kind.numbers), text]


def value_schemas(kind: Kind, pattern: str | None = None) -> list[Schema]:
    """The forms of a value in a layer that is spelled out."""
    forms = [*constant_schemas(kind, pattern), HAS_DOLLAR]
    if kind.is_pair and kind.numbers:
        digits = {"type": "string", "pattern": r"^[0-9]+$"}
        side = {"anyOf": [number_schema(kind.numbers), digits, HAS_DOLLAR]}
        pair = {"type": "array", "items": side, "minItems": 2, "maxItems": 2}
        forms.append({**pair, "description": "height, width"})
    return forms


def size_schema(kind: Kind, description: str) -> Schema:
    """A whole number or what computes one."""
    return {"description": f"{description}; {kind.expects}", "anyOf": value_schemas(kind)}
