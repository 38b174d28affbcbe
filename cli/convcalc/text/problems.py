"""What can be wrong with a specification, and where."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

MAX_PROBLEMS = 1000  # of a file that are told


class Mark(NamedTuple):
    """A place in a text, counted from 1, and how many characters it spans."""

    line: int
    column: int
    length: int = 1

    def moved(self, start: "Mark", to: "Mark") -> "Mark":
        """The place as far from `to` as this one is from `start`."""
        return Mark(
            self.line - start.line + to.line, self.column - start.column + to.column, self.length
        )


class Note(NamedTuple):
    """A second place that explains a problem, such as the call of a block."""

    mark: Mark
    message: str


class Problem(NamedTuple):
    """Something wrong at a place: what it is, then what would be right."""

    mark: Mark
    message: str
    notes: tuple[Note, ...] = ()


class ConvcalcError(Exception):
    """Anything that the user can mend; its text is for the user."""

    __module__ = "convcalc"  # where a program imports it from


class UsageError(ConvcalcError):
    """A word on the command line, or an argument of the library, that names nothing."""

    __module__ = "convcalc"


class FileError(ConvcalcError):
    """A file that cannot be used; its text names the file and is printed as it is."""


class SpecError(ConvcalcError):
    """A specification with problems.

    `file` is its name as the user knows it, `problems` are the first of `count` in the order of
    the text, `lines` is the text. Its own text has one line a problem:
    `file:line:column: error: message`.
    """

    __module__ = "convcalc"

    def __init__(self, file: str, problems: Iterable[Problem], lines: Sequence[str] = ()) -> None:
        self.file = file
        first = {(problem.mark, problem.message): problem for problem in reversed(list(problems))}
        self.problems = sorted(first.values())[:MAX_PROBLEMS]
        self.count = len(first)
        self.lines = lines
        super().__init__(
            "\n".join(place_text(file, p.mark, f"error: {p.message}") for p in self.problems)
        )


def place_text(file: str, mark: Mark, message: str) -> str:
    """`file:line:column: message`, which terminals and editors make a link."""
    return f"{file}:{mark.line}:{mark.column}: {message}"
