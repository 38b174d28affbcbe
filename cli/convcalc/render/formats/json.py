"""The JSON documents that other programs read; a breaking change raises SCHEMA_VERSION."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ... import __version__
from ..notation import CONVENTION

SCHEMA_VERSION = 1

# A list of numbers. A line break is never inside a JSON string, so no text looks like one.
_SHAPE = re.compile(r"\[\n\s+(\d+(?:,\n\s+\d+)*)\n\s+\]")

# Escaped backslashes, whole surrogate pairs, and halves of them. Strict readers refuse halves, which
# file names that cannot be decoded have.
_HALVES = re.compile(r"\\\\|\\ud[89ab]\w\w\\ud[c-f]\w\w|(\\ud[89a-f]\w\w)")

Document = dict[str, Any]


def envelope(**content: Any) -> Document:
    """What every document starts with, and its content."""
    return {
        "schema_version": SCHEMA_VERSION,
        "convcalc": __version__,
        "convention": CONVENTION,
        **content,
    }


def to_json(document: Document) -> Iterator[str]:
    """One document, in pieces; shapes stay on one line.

    If the last value is an iterator, its items are written one by one and need not be kept.
    """
    last, items = list(document.items())[-1]
    if not isinstance(items, Iterator):
        yield _dump(document) + "\n"
        return
    head = _dump({**document, last: []})
    yield head.removesuffix("[]\n}") + "["
    separator = "\n"
    for item in items:
        yield separator + _indented(_dump(item))
        separator = ",\n"
    yield "\n  ]\n}\n"


def _dump(document: Document) -> str:
    import json  # not for tables

    text = json.dumps(document, indent=2, allow_nan=False)
    if r"\ud" in text:
        text = _HALVES.sub(lambda found: r"\ufffd" if found[1] else found[0], text)
    return _SHAPE.sub(lambda found: f"[{' '.join(found[1].split())}]", text)


def _indented(text: str) -> str:
    """The text, indented like an item of a list in the document."""
    return "\n".join(f"    {line}" for line in text.split("\n"))
