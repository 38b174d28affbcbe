"""What can be wrong with a specification, and where."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .wording import closest

MAX_PROBLEMS = 1000  # of a file that are told
MOST_HINTS = 100  # in a file, which may have a hundred thousand slips


class Mark(NamedTuple):
    """A place in a text, counted from 1, and how many characters it spans."""

    line: int
    column: int
    length: int = 1

    def moved(self, start: "Mark", to: "Mark") -> "Mark":
        """The place that is as far from `to` as this one is from `start`."""
        return Mark(
            self.line - start.line + to.line, self.column - start.column + to.column, self.length
        )


TOP = Mark(1, 1)  # also the place of what stands in no file


class Related(NamedTuple):
    """A second place that explains a problem, such as the call of a block."""

    mark: Mark
    message: str


class Problem(NamedTuple):
    """Something wrong at a place: what it is, then what would be right."""

    mark: Mark
    message: str
    related: tuple[Related, ...] = ()


class ConvcalcError(Exception):
    """Anything that the user can mend; its text is for the user."""

    __module__ = "convcalc"  # where a program imports it from


class UsageError(ConvcalcError):
    """A word on the command line, or an argument of the library, that names nothing."""

    __module__ = "convcalc"


class FileError(ConvcalcError):
    """A file that cannot be used; its text names the file and is printed as it is.

    `faults` are what is wrong with it, each with its place where that is a line.
    """

    def __init__(self, text: str, faults: "Iterable[tuple[Mark | None, str]]" = ()) -> None:
        super().__init__(text)
        self.faults = tuple(faults) or ((None, text),)


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
            "\n".join(f"{place_text(file, p.mark)}: error: {p.message}" for p in self.problems)
        )


class Report:
    """What is wrong with one source. It is made once, all readers hold it, and it is told at once."""

    def __init__(self, file: str, lines: Sequence[str]) -> None:
        self.file = file
        self.lines = lines
        self.problems: dict[tuple[Mark, str], Problem] = {}  # each told once
        self.holes: frozenset[Mark] = (
            frozenset()
        )  # where a value could not be read; what follows is not told

    def __len__(self) -> int:
        return len(self.problems)

    def add(self, mark: Mark, message: str, related: Iterable[Related] = ()) -> None:
        if mark not in self.holes and (mark, message) not in self.problems:
            self.problems[mark, message] = Problem(mark, message, tuple(related))

    def closest(self, word: str, known: Iterable[str]) -> str | None:
        """What `word` was probably meant as. Only the first slips are looked up: all take too long."""
        return closest(word, known) if len(self) < MOST_HINTS else None

    def hint(self, word: str, known: Iterable[str], otherwise: str = "") -> str:
        """`; did you mean "conv"?`, or `otherwise` behind a semicolon."""
        if meant := self.closest(word, known):
            return f'; did you mean "{meant}"?'
        return f"; {otherwise}" if otherwise else ""

    def extended(self) -> "Report":
        """Another report that begins with the problems of this one."""
        other = Report(self.file, self.lines)
        other.problems |= self.problems
        other.holes = self.holes
        return other

    def error(self) -> SpecError:
        return SpecError(self.file, self.problems.values(), self.lines)

    def raise_any(self) -> None:
        """Raise SpecError if anything is wrong."""
        if self.problems:
            raise self.error()


def place_text(file: str, mark: Mark | None) -> str:
    """`file:line:column`, which terminals and editors turn into a link; without a mark the file."""
    return file if mark is None else f"{file}:{mark.line}:{mark.column}"
