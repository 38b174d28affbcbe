"""A check as the annotations of GitHub Actions: workflow commands, a line for each failed rule."""

from __future__ import annotations

from collections.abc import Iterator

from ...answers.check import Outcome
from ...text.escape import visible
from ...text.problems import Mark
from ..verdict import verdict


def annotate(outcome: Outcome) -> Iterator[str]:
    """Errors of files first, then what failed or warns, in order."""
    for one in outcome.unreadable:
        yield _command("error", one.file, one.mark, "invalid specification", one.message)
    for result in outcome.results:
        if not result.passed:
            command = "error" if result.failed else "warning"
            yield _command(command, result.file, result.mark, result.rule, verdict(result))


def _command(command: str, file: str, mark: Mark, title: str, message: str) -> str:
    properties = {"file": file, "line": str(mark.line), "col": str(mark.column), "title": title}
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {given}::{_data(message)}\n"


def _data(text: str) -> str:
    """As a command's message; `visible` has written line breaks out already."""
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
