"""Text files of models: read within a limit, and refused with the place of what is wrong."""

from __future__ import annotations

from typing import NoReturn

from ...reader.decode import split_lines
from ...text.escape import visible
from ...text.problems import Mark, Report
from ...text.wording import quoted
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


def report_of(given: ModelFile, text: str) -> Report:
    """The report of a file of text, to which every place that is wrong is added."""
    return Report(given.label, split_lines(text))


def stop(report: Report, mark: Mark, message: str) -> NoReturn:
    """Raise SpecError with all that is wrong, where reading on makes no sense."""
    report.add(mark, message)
    raise report.error()


def shown(text: str) -> str:
    """A word of the file for a message: quoted, shortened, and without control characters."""
    return quoted(visible(text))
