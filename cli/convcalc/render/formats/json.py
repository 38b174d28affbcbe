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

# Escaped backslashes, whole pairs, and halves of pairs, which a strict reader refuses: the bytes of
# an undecodable file name are such.
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
    """One document, in pieces; a shape stays on one line.

    A last value that is an iterator is written item by item, so that it need not be kept.
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
    """As deep as an item of a list in the document."""
    return "\n".join(f"    {line}" for line in text.split("\n"))
