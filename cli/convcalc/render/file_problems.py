"""Problems of files that could not be read, in answers that have them beside results."""

from collections.abc import Iterable

from ..answers.check import FileProblem
from ..text.problems import TOP, place_text
from .formats.json import Document


def place_of(one: FileProblem) -> str:
    """`file:line:column`; only the file where the problem stands on no line."""
    return place_text(one.file, None if one.mark == TOP else one.mark)


def documents(problems: Iterable[FileProblem]) -> list[Document]:
    """Each problem as other programs read it."""
    return [
        {
            "file": one.file,
            "line": one.mark and one.mark.line,
            "column": one.mark and one.mark.column,
            "message": one.message,
        }
        for one in problems
    ]
