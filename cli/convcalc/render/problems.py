"""Problems as users see them: place, message, and the line of the text with a caret under it."""

from __future__ import annotations

from collections.abc import Iterator

from ..text.cells import columns_of
from ..text.escape import visible
from ..text.problems import Mark, SpecError, place_text
from ..text.wording import counted
from .terminal import painted

_EXCERPT = 100  # characters of a line, around the caret


def report(error: SpecError, colour: bool = False) -> str:
    """The problems in the order of the text, and how many there are if several."""
    lines = [line for problem in _problem_lines(error, colour) for line in problem]
    if error.count > 1:
        shown = len(error.problems)
        more = f"; the first {shown:,} are shown" if shown < error.count else ""
        lines += ["", f"{counted(error.count, 'error')} in {visible(error.file)}{more}"]
    return "\n".join(lines) + "\n"


def _problem_lines(error: SpecError, colour: bool) -> Iterator[list[str]]:
    for problem in error.problems:
        yield _lines(error, problem.mark, painted("error:", "red", colour), problem.message, colour)
        for related in problem.related:
            yield _lines(error, related.mark, "note:", related.message, colour)


def _lines(error: SpecError, mark: Mark, kind: str, message: str, colour: bool) -> list[str]:
    """A message with its place, and the line of the text."""
    place = painted(visible(f"{place_text(error.file, mark)}:"), "bold", colour)
    return [f"{place} {kind} {visible(message)}", *_excerpt(error, mark, colour)]


def _excerpt(error: SpecError, mark: Mark, colour: bool) -> list[str]:
    """The line, or the marked part of a long one, and a caret with a tail."""
    line = error.lines[mark.line - 1] if mark.line <= len(error.lines) else ""
    start = max(0, mark.column - 1 - _EXCERPT // 2) if len(line) > _EXCERPT else 0
    shown = line[start : start + _EXCERPT]
    if not shown.strip():
        return []
    before = visible(shown[: mark.column - 1 - start])
    marked = shown[mark.column - 1 - start :][: mark.length]
    caret = painted("^" + "~" * (columns_of(visible(marked)) - 1), "red", colour)
    return [f"{mark.line:4} | {visible(shown)}", f"     | {' ' * columns_of(before)}{caret}"]
