"""Problems as a user sees them: place, message, the line of the text with a caret under it."""

from __future__ import annotations

from collections.abc import Iterator

from ..text.escape import visible
from ..text.problems import Mark, SpecError, place_text
from ..text.wording import counted

_EXCERPT = 100  # characters of a line, around the caret


def report(error: SpecError) -> str:
    """The problems in the order of the text, and how many there are if several."""
    lines = [line for problem in _problem_lines(error) for line in problem]
    if error.count > 1:
        shown = len(error.problems)
        more = f"; the first {shown:,} are shown" if shown < error.count else ""
        lines += ["", f"{counted(error.count, 'error')} in {visible(error.file)}{more}"]
    return "\n".join(lines) + "\n"


def _problem_lines(error: SpecError) -> Iterator[list[str]]:
    for problem in error.problems:
        yield [
            visible(place_text(error.file, problem.mark, f"error: {problem.message}")),
            *_excerpt(error, problem.mark),
        ]
        for related in problem.related:
            yield [
                visible(place_text(error.file, related.mark, f"note: {related.message}")),
                *_excerpt(error, related.mark),
            ]


def _excerpt(error: SpecError, mark: Mark) -> list[str]:
    """The line, or the part of a long one that has the mark, and a caret with a tail."""
    line = error.lines[mark.line - 1] if mark.line <= len(error.lines) else ""
    start = max(0, mark.column - 1 - _EXCERPT // 2) if len(line) > _EXCERPT else 0
    shown = line[start : start + _EXCERPT]
    if not shown.strip():
        return []
    before = visible(shown[: mark.column - 1 - start])
    marked = shown[mark.column - 1 - start :][: mark.length]
    caret = "^" + "~" * (_columns(visible(marked)) - 1)
    return [f"{mark.line:4} | {visible(shown)}", f"     | {' ' * _columns(before)}{caret}"]


def _columns(text: str) -> int:
    """The columns of a terminal that a text takes."""
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1
        for character in text
    )
