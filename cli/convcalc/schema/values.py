"""Values: the texts, numbers, lists and booleans in which each kind of value may be written.

convcalc reads the text of a scalar, so that 3 and "3" are one value in a file. A schema sees what an
editor's YAML parser makes of it. How large a number may be is left to convcalc.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..ops.options import FLAG, NAME, Kind

Schema = dict[str, Any]

ANY_TEXT = {"type": ["string", "number", "boolean"]}  # a text of any kind, as an editor may see it

_WHOLE = r"[0-9]+(?:\.0+)?"
_SIZE = r"(?:[0-9]+|\$[\s\S]*)"
_SIZES = f"{_WHOLE}(?:x{_WHOLE})*"


def any_of(patterns: Iterable[str]) -> str:
    """A pattern that matches what one of several matches."""
    return f"(?:{'|'.join(patterns)})"


def ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def number_schema(pattern: str) -> Schema:
    """A number that an editor sees as one, or as a text of this pattern."""
    return {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": f"^{pattern}$"}]}


def values_definitions() -> dict[str, Schema]:
    """The definitions that the schemas of values refer to."""
    side = {"anyOf": [ref("whole"), ref("computed")]}
    return {
        "whole": number_schema(_WHOLE),
        "decimal": number_schema(r"[0-9]+(?:\.[0-9]+)?"),
        "sizes": number_schema(f"{_SIZES}(?:/{_SIZES})?"),  # a kernel with its stride too
        "sizes by axis": {"type": "array", "items": side, "description": "a number for each axis"},
        "shape": number_schema(rf"{_SIZE}(?:[x×]{_SIZE})*"),  # as language/written_shapes.py has it
        "computed": {"type": "string", "pattern": r"\$"},  # known only where the file is expanded
    }


def constant_schemas(kind: Kind) -> list[Schema]:
    """The forms of one value without a `$`."""
    if kind is FLAG:
        return [{"type": "boolean"}, {"enum": list(kind.words)}]
    if kind is NAME:
        return [ANY_TEXT]
    words: list[Schema] = [{"enum": list(kind.words)}] if kind.words else []
    if not kind.numbers:
        return words
    name = "sizes" if kind.per_axis else "whole" if kind.numbers.whole else "decimal"
    return [*words, ref(name)]


def value_schemas(kind: Kind) -> list[Schema]:
    """The forms of a value in a layer that is spelled out."""
    by_axis = [ref("sizes by axis")] if kind.per_axis else []
    return [*constant_schemas(kind), *by_axis, ref("computed")]


def size_schema(kind: Kind, description: str) -> Schema:
    """A whole number or what computes one."""
    return {"description": f"{description}; {kind.expects}", "anyOf": value_schemas(kind)}
