"""What git knows of a file's earlier versions, read without touching the work tree."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .errors import UsageError
from .nodes import quoted
from .words import suggestion


class Changed(NamedTuple):
    """A file that changed: its paths from the top of the work tree, None where it is not there."""

    old: str | None
    new: str | None
    blob: str | None  # the old version's object


class _GitError(Exception):
    """git refused."""


def _git(*arguments: str, given: bytes | None = None) -> bytes:
    """What a git command prints; UsageError where there is no git or no repository."""
    # Without optional locks git does not even write its index anew.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *arguments], input=given, capture_output=True, env=environment, check=False
        )
    except FileNotFoundError:
        raise UsageError("revisions need git, which is not installed") from None
    if done.returncode == 0:
        return done.stdout
    said = os.fsdecode(done.stderr).strip().splitlines()
    if any("not a git repository" in line for line in said):
        raise UsageError("not in a git repository, so there are no revisions")
    if any("dubious ownership" in line for line in said):
        raise UsageError(f"git refuses to read this repository: {' '.join(said)}")
    raise _GitError(said[0] if said else f"git {arguments[0]}")


def _line(*arguments: str) -> str:
    return os.fsdecode(_git(*arguments)).removesuffix("\n")


def top_folder() -> str:
    """The work tree's top; UsageError outside of one."""
    try:
        return _line("rev-parse", "--show-toplevel")
    except _GitError as error:
        raise UsageError(f"no work tree here: {error}") from None


def commit_of(revision: str) -> str:
    """The commit that a revision names; UsageError where it names none."""
    try:
        return _line("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    except _GitError:
        raise UsageError(f"no revision {quoted(revision)}{suggestion(revision, _names())}") from None


def _names() -> list[str]:
    """The branches and tags, and HEAD."""
    return ["HEAD", *_line("for-each-ref", "--format=%(refname:short)").split("\n")]


def merge_base(revision: str) -> str | None:
    """The last commit that a revision and HEAD share; None where no such commit is here."""
    try:
        return _line("merge-base", commit_of(revision), commit_of("HEAD"))
    except _GitError:
        return None


def is_shallow() -> bool:
    """Whether the repository has only the last part of its history."""
    return _line("rev-parse", "--is-shallow-repository") == "true"


def read_version(revision: str, path: str) -> bytes | None:
    """A file as a revision has it, None where it has none.

    The path is from the top of the work tree, or from here where it starts with `./`. An empty
    revision is the index. Raises UsageError for an unknown revision.
    """
    if revision:
        commit_of(revision)
    try:
        return _git("cat-file", "blob", f"{revision}:{path}")
    except _GitError:
        return None


def files_of(revision: str) -> list[str]:
    """The paths of a revision's files, from the top of the work tree."""
    listed = _git("ls-tree", "-r", "-z", "--full-tree", "--name-only", commit_of(revision))
    return os.fsdecode(listed).split("\0")[:-1]


def has(revision: str, path: str) -> bool:
    """Whether a revision has a file or folder of that name, as seen from here."""
    try:
        _git("cat-file", "-e", f"{revision}:./{path.rstrip('/')}")
    except _GitError:
        return False
    return True


def changed_since(commit: str, paths: Sequence[str]) -> list[Changed]:
    """The files under the paths that differ between a commit and the work tree, new ones included."""
    where = paths or [":/"]
    raw = _git("diff-index", "-z", "-M", "--raw", "--full-index", commit, "--", *where)
    others = _git("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", *where)
    untracked = os.fsdecode(others).split("\0")[:-1]
    return [*_changes(os.fsdecode(raw).split("\0")), *(Changed(None, path, None) for path in untracked)]


def _changes(fields: list[str]) -> Iterator[Changed]:
    """From `:modes objects status`, path, and a second path where a file was renamed."""
    rest = iter(fields)
    for head in rest:
        if not head:
            return
        _, _, blob, _, status = head.split(" ")
        old = next(rest)
        new = next(rest) if status[0] in "RC" else old
        yield Changed(
            old=None if status[0] == "A" else old,
            new=None if status[0] == "D" else new,
            blob=None if status[0] == "A" else blob,
        )


def read_blobs(blobs: Sequence[str]) -> list[bytes]:
    """The contents of objects, in one run of git."""
    printed = _git("cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode())
    contents, start = [], 0
    for _ in blobs:
        end = printed.index(b"\n", start)
        size = int(printed[start:end].rsplit(b" ", 1)[1])
        contents.append(printed[end + 1 : end + 1 + size])
        start = end + 1 + size + 1
    return contents
