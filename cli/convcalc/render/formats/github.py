"""A check as the annotations of GitHub Actions: workflow commands, a line for each failed rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...text.escape import visible
from ..findings import INVALID, Finding

_TITLES = {INVALID: "invalid specification"}


def annotate(findings: Iterable[Finding], notes: Iterable[str] = ()) -> Iterator[str]:
    """A workflow command for each finding, with its place if it has one, and for each note."""
    for one in findings:
        place: dict[str, str] = {}
        if one.path is not None:
            place = {"file": one.path}
            if one.mark is not None:
                place |= {"line": str(one.mark.line), "col": str(one.mark.column)}
        properties = {**place, "title": _TITLES.get(one.rule, one.rule)}
        given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        yield f"::{one.level} {given}::{_data(one.message)}\n"
    yield from (f"::notice title=note::{_data(note)}\n" for note in notes)


def _data(text: str) -> str:
    """The text as the message of a command. Line breaks have been written out by `visible`."""
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
