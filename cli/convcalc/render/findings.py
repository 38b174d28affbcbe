"""What a check tells GitHub and other programs; paths are from the repository's top."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..answers.check import Outcome
from ..text.problems import TOP, ConvcalcError, Mark, place_text
from .file_problems import place_of
from .verdict import verdict

INVALID = "invalid-specification"  # the rule that a file can be read

_LEVELS = {"error": "error", "warn": "warning"}
_TAILS = "#@"  # what parts a file from its variant or values in a SPEC


class Finding(NamedTuple):
    """Something to tell. `path` is None if it is in no file; `about` stays the same for new figures."""

    rule: str
    level: str
    path: str | None
    mark: Mark | None  # None for a file as a whole
    message: str
    about: str


def findings(outcome: Outcome, words: Iterable[str]) -> Iterator[Finding]:
    """The errors of files, then what fails or warns, in order.

    `words` are those of the command line that may name files.
    """
    files = _Files(words)
    for one in outcome.unreadable:
        path = files.path(one.file)
        said = one.message if path else f"{place_of(one)}: {one.message}"
        yield Finding(INVALID, "error", path, one.mark, said, f"{one.file} {one.message}")
    for result in outcome.results:
        if not result.passed:
            path, said = files.path(result.file), verdict(result)
            if path is None and result.mark != TOP:  # which is the place of a rule that is in no file
                said = f"{place_text(result.file, result.mark)}: {said}"
            about = f"{result.file} {result.title}"
            yield Finding(result.rule, _LEVELS[result.level], path, result.mark, said, about)


class _Files:
    """The files that a command line names. Findings have a place only in these.

    The label of a shipped config looks like a file of the repository, and may even be one's name.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._named = {name for word in words for name in _names(word)}
        self._top = _top()

    def path(self, label: str) -> str | None:
        """The file's path with `/`, absolute outside of the repository; None if it is no file.

        Links are followed, because GitHub shows nothing at the place of a link.
        """
        name = next((one for one in _names(label) if one in self._named and os.path.isfile(one)), None)
        if name is None:
            return None
        if self._top is None:
            return os.path.normpath(name).replace(os.sep, "/")
        return os.path.realpath(name).removeprefix(self._top).replace(os.sep, "/")


def _names(word: str) -> list[str]:
    """The file names that a word may have: the whole word, then what stands before each # or @."""
    ends = [end for end, character in enumerate(word) if character in _TAILS]
    return [word, *(word[:end] for end in reversed(ends))]


def _top() -> str | None:
    """The repository's folder with a separator behind; None outside of a repository."""
    from ..reader.git import top_folder  # needs another process

    try:
        top = top_folder()
    except ConvcalcError:  # a job's container may lack git, or not trust the checkout
        top = os.environ.get("GITHUB_WORKSPACE", "")
    return os.path.join(os.path.realpath(top), "") if top else None
