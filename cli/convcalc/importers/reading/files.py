"""Text files of models: read within a limit, and refused with the place of what is wrong."""

from __future__ import annotations

from typing import NoReturn

from ...reader.decode import split_lines
from ...text.escape import visible
from ...text.problems import Mark, Problem, SpecError
from ..graph import ModelFile, ModelFileError

MAX_TEXT = 8 * 1024 * 1024
MAX_NODES = 100_000


def read_text(given: ModelFile) -> str:
    """The text of a file; what is not UTF-8 in it can only be a comment or a name."""
    try:
        with open(given.path, "rb") as file:
            data = file.read(MAX_TEXT + 1)
    except OSError as error:
        raise ModelFileError(given.label, error.strerror or str(error)) from None
    if len(data) > MAX_TEXT:
        limit = f"{MAX_TEXT // 1024**2} MiB"
        raise ModelFileError(given.label, f"the file is larger than {limit}, the most that is read")
    return data.decode("utf-8", "replace")


class Faults:
    """What is wrong with a text file, each at its line."""

    def __init__(self, given: ModelFile, text: str) -> None:
        self.label = given.label
        self.lines = split_lines(text)
        self.problems: list[Problem] = []

    def add(self, line: int, message: str) -> None:
        self.problems.append(Problem(Mark(line, 1, 1), visible(message)))

    def stop(self, line: int, message: str, word: str = "") -> NoReturn:
        """Where reading on makes no sense. The place is that of the word in its line."""
        column = max(self.lines[line - 1].find(word), 0) + 1 if line <= len(self.lines) else 1
        self.problems.append(Problem(Mark(line, column, max(len(word), 1)), visible(message)))
        raise self.error()

    def error(self) -> SpecError:
        return SpecError(self.label, self.problems, self.lines)

    def raise_if_any(self) -> None:
        if self.problems:
            raise self.error()
