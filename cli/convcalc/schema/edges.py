"""Edges by name: the lines and mappings that read what has a name."""

from __future__ import annotations

from ..language.signature import INPUTS
from ..ops import MERGES
from ..text.docstrings import docstring_of
from .operations import EDGE, head_pattern
from .values import ANY_TEXT, Schema

_NAME = r"[^ \n\r=]+"

# The words that stand before names: what each does, and how many names it takes.
HEADS = {
    "from": ("The flow goes on from what leaves the layer or group of that name.", "NAME"),
    "again": ("The layer or group of that name once more, with the same weights.", "NAME"),
    **{
        name: (f"What flows here and what is named: {docstring_of(merge)}.", "NAME...")
        for name, merge in MERGES.items()
    },
}


def edges_schema() -> Schema:
    """Lines that read names."""
    return {
        "allOf": [
            {"if": {"pattern": head_pattern(word)}, "then": _line(word, *about)}
            for word, about in HEADS.items()
        ]
    }


def _line(word: str, doc: str, names: str) -> Schema:
    rest = rf"(?:[ \n\r]+{_NAME}){'+' if names.endswith('...') else ''}"
    return {
        "description": f"{doc}\n\n{word} {names}",
        "pattern": rf"{head_pattern(word)}{rest}{EDGE}$",
        "patternErrorMessage": f"write {word} {names}",
    }


def merges_schema() -> Schema:
    """Merges that are spelled out."""
    return {
        "allOf": [
            {"if": {"properties": {"op": {"const": name}}}, "then": _mapping(name)} for name in MERGES
        ]
    }


def _mapping(name: str) -> Schema:
    names = {"type": "array", "items": ANY_TEXT, "minItems": 1}
    return {
        "properties": {
            "op": {"description": HEADS[name][0]},
            INPUTS: {"description": "The names that are merged, in order.", "anyOf": [names, ANY_TEXT]},
        },
        "required": ["op", INPUTS],
        "additionalProperties": False,
    }
