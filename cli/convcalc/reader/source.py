"""The text that a word names: a file, a shipped config, standard input, or a file's version in git."""

import os
import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TextIO

from ..text.problems import UsageError
from ..text.wording import listed, suggestion
from .decode import MAX_BYTES
from .shipped import shipped_file, shipped_names

if TYPE_CHECKING:
    from .git import Blob

STDIN = "-"


class NoSourceError(UsageError):
    """A word that names no text."""


class StrayWordError(NoSourceError):
    """A word that is no SPEC but the rest of something else; several of them come of one slip."""


class Source(NamedTuple):
    """A text to be read. `given` is the word for it, `label` its name in messages."""

    given: str
    label: str
    stem: str
    data: bytes
    model: str | None = None  # the path of the model file that `data`, once it is read, describes
    blob: "Blob | None" = None  # where git keeps it, of an earlier version


def read_source(word: str) -> Source:
    """The text that the name in a SPEC stands for; raises UsageError where it stands for none."""
    if word == STDIN:
        return Source(word, "-", "stdin", _read_stream(sys.stdin))
    if os.path.lexists(word):  # true of a link that leads nowhere too, which is then an error
        stem = os.path.splitext(os.path.basename(word))[0]
        return Source(word, word, stem, read_file(word))
    if word in shipped_names():
        return Source(word, f"configs/{word}.yaml", word, shipped_data(word))
    if _may_be_version(word):
        return _version(word)
    missing = f'no file and no shipped config "{word}"'
    for form, hint in _STRAY.items():
        if re.fullmatch(form, word):
            raise StrayWordError(f"{missing}; {hint.format(word)}")
    raise NoSourceError(f"{missing}{_hint(word)}")


def _may_be_version(word: str) -> bool:
    """Whether it has the form `REVISION:PATH`; `C:\\net.yaml` is a path of Windows."""
    return ":" in word and not re.match(r"[A-Za-z]:[\\/]", word)


def is_version(word: str) -> bool:
    """Whether the word is a `REVISION:PATH`, and there is such a file."""
    revision, _, path = word.partition(":")
    if not _may_be_version(word):
        return False
    from . import git  # needs another process

    return git.has(revision, path)


def _version(word: str) -> Source:
    """`REVISION:PATH`, as git names a file's earlier version."""
    from . import git  # needs another process

    revision, _, path = word.partition(":")
    try:
        blob = git.blob_of(revision, path)
    except UsageError:
        if not (os.path.isfile(revision) or revision in shipped_names()):
            raise
        what = f'"{word}" is no file of a revision; a variant is written {revision}#{path}'
        raise UsageError(what) from None
    if blob is None:
        name = revision or "the index"
        hint = suggestion(path, git.files_of(revision or "HEAD"))
        raise UsageError(f'no file "{path}" in {name}{hint}')
    stem = os.path.splitext(os.path.basename(path))[0]
    return Source(word, word, stem, git.read_blobs([blob])[0], blob=blob)


# Words that are no SPEC but the rest of something else.
_STRAY = {
    r"[0-9][0-9.,]*[a-zA-Z]{0,2}|[kMGT]i?B?|[0-9]+x[0-9x/]+": (
        "a value has no spaces, and what has them stands in quotes: --input 3x224x224, -e 'conv 3x3 64'"
    ),
    r"[A-Za-z_]\w*=.*": "a parameter's value is written --set {}",
    r".*\.(svg|png|csv|tsv|html|tex|dot|mmd|sarif)": "a file to write to is named by -o {}",
}


def _hint(word: str) -> str:
    if "@" in word:
        return "; values behind a SPEC are written @NAME=VALUE,NAME=VALUE, and a variant #NAME"
    stem = os.path.splitext(os.path.basename(word))[0].casefold()
    if stem in shipped_names():
        return f'; did you mean the shipped config "{stem}"?'
    folder = os.path.dirname(word) or "."
    try:
        files = [os.path.join(os.path.dirname(word), name) for name in os.listdir(folder)]
    except OSError:
        files = []
    if named := next((one for one in (f"{word}.yaml", f"{word}.yml") if one in files), None):
        return f'; did you mean "{named}"?'
    if os.path.isfile(folder):
        return f"; a layer's path is a word of its own: {folder} {os.path.basename(word)}"
    known = [*files, *shipped_names()]
    is_path = os.path.dirname(word) or os.path.splitext(word)[1]
    return suggestion(word, known, "" if is_path else f"shipped are {listed(shipped_names())}")


@lru_cache(maxsize=1)
def _read_stream(stream: TextIO | None) -> bytes:
    """What a stream has. It can be read only once, but may be named several times."""
    if stream is None:
        raise UsageError("cannot read standard input: it is closed")
    return stream.buffer.read(MAX_BYTES + 1)


def read_file(path: str) -> bytes:
    """A file's bytes; of an endless one only one byte more than is allowed. Raises UsageError."""
    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f'cannot read "{path}": {error.strerror or error}') from None


def shipped_data(name: str) -> bytes:
    """The file of a shipped config, in UTF-8."""
    return read_file(shipped_file(name))
