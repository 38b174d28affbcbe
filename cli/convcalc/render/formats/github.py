"""A check as the annotations of GitHub Actions: workflow commands, a line for each failed rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...text.escape import visible
from ..findings import INVALID, Finding

_TITLES = {INVALID: "invalid specification"}


def annotate(findings: Iterable[Finding]) -> Iterator[str]:
    """A command for each, with a place where it has one."""
    for one in findings:
        place: dict[str, str] = {}
        if one.path is not None:
            place = {"file": one.path}
            if one.mark is not None:
                place |= {"line": str(one.mark.line), "col": str(one.mark.column)}
        properties = {**place, "title": _TITLES.get(one.rule, one.rule)}
        given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        yield f"::{one.level} {given}::{_data(one.message)}\n"


def _data(text: str) -> str:
    """As a command's message; `visible` has written line breaks out already."""
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
