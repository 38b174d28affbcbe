"""The JSON documents that other programs read; a breaking change raises SCHEMA_VERSION."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ... import __version__
from ..figures_as_text import CONVENTION

SCHEMA_VERSION = 1

# Escaped backslashes, whole surrogate pairs, and halves of them. Strict readers refuse halves, which
# file names that cannot be decoded have.
_HALVES = r"\\\\|\\ud[89ab]\w\w\\ud[c-f]\w\w|(\\ud[89a-f]\w\w)"

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
        yield _text(document) + "\n"
        return
    head = _text({**document, last: []})
    yield head.removesuffix("[]\n}") + "["
    separator = "\n    "
    for item in items:
        yield separator + _text(item, "    ")
        separator = ",\n    "
    yield "\n  ]\n}\n"


def _text(value: Any, margin: str = "") -> str:
    """A value as JSON. What is in it stands on lines of its own behind a wider margin."""
    if not value or not isinstance(value, (dict, list, tuple)):
        return _plain(value)
    inner = f"{margin}  "
    if isinstance(value, dict):
        lines = [f"{inner}{_plain(key)}: {_text(one, inner)}" for key, one in value.items()]
        return "\n".join(["{", ",\n".join(lines), f"{margin}}}"])
    if all(type(one) is int for one in value):
        return f"[{', '.join(map(str, value))}]"
    lines = [f"{inner}{_text(one, inner)}" for one in value]
    return "\n".join(["[", ",\n".join(lines), f"{margin}]"])


def _plain(value: Any) -> str:
    """A number, a text, a truth value or nothing, of which there are many."""
    if type(value) is int:
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    import json  # not for tables

    if not isinstance(value, str):
        return json.dumps(value, allow_nan=False)
    text = json.dumps(value)
    if r"\ud" in text:
        return re.sub(_HALVES, lambda found: r"\ufffd" if found[1] else found[0], text)
    return text
