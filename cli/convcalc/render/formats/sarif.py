"""A check in the Static Analysis Results Interchange Format (SARIF 2.1.0, OASIS)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import quote

from ... import __version__
from ...answers.check import Outcome
from ...text.escape import sound
from ...text.problems import Mark
from ..verdict import verdict
from .json import Document, to_json

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warn": "warning"}
_INVALID = "invalid-specification"


def log(outcome: Outcome) -> Iterator[str]:
    """One run with what failed or warns, and the problems of files."""
    results = [_result(_INVALID, "error", one.message, one.file, one.mark) for one in outcome.unreadable]
    results += [
        _result(one.rule, _LEVELS[one.level], verdict(one), one.file, one.mark)
        for one in outcome.results
        if not one.passed
    ]
    rules = [{"id": rule} for rule in sorted({result["ruleId"] for result in results})]
    driver = {"name": "convcalc", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    yield from to_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _result(rule: str, level: str, message: str, file: str, mark: Mark) -> Document:
    region = {"startLine": mark.line, "startColumn": mark.column}
    location = {"artifactLocation": {"uri": _uri(file)}, "region": region}
    return {
        "ruleId": sound(rule),
        "level": level,
        "message": {"text": sound(message)},
        "locations": [{"physicalLocation": location}],
    }


def _uri(file: str) -> str:
    """The path as a reference, relative where the path is, and byte by byte what is not ASCII."""
    path = quote(os.fsencode(file.replace(os.sep, "/")))
    return f"file://{path}" if path.startswith("/") else path
