"""What git knows of a file's earlier versions, read without touching the work tree."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from ..text.problems import UsageError
from ..text.wording import quoted, suggestion

_ENVIRONMENT = {
    "GIT_LITERAL_PATHSPECS": "0",
    "LC_ALL": "C",
}
_FILE = "100"  # how the mode of a regular file starts; a symbolic link's starts with 120


class Changed(NamedTuple):
    """A file that differs; a version is None where there is none or it is no regular file.

    `new` is only known of what was committed or staged; a file of the work tree is newer.
    """

    path: str  # from the top of the work tree
    old: str | None
    new: str | None


class _GitError(UsageError):
    """git refused."""


def _git(*arguments: str, given: bytes | None = None) -> bytes:
    """What a git command prints; UsageError where there is no git or no repository."""
    environment = {**os.environ, **_ENVIRONMENT}
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
        why = " ".join(" ".join(said).removeprefix("fatal: ").split())
        raise UsageError(f"git refuses to read this repository: {why}")
    raise _GitError(f"git {arguments[0]} failed: {said[0] if said else done.returncode}")


def _line(*arguments: str) -> str:
    return os.fsdecode(_git(*arguments)).removesuffix("\n")


def top_folder() -> str:
    """The work tree's top; UsageError outside of one."""
    try:
        return _line("rev-parse", "--show-toplevel")
    except _GitError:
        what = "no work tree here; two revisions can be compared: HEAD~1:x.yaml HEAD:x.yaml"
        raise UsageError(what) from None


def commit_of(revision: str) -> str:
    """The commit that a revision names; UsageError where it names none."""
    if not revision.startswith("^"):  # which would mean every other commit
        with suppress(_GitError):
            return _line("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    if revision == "HEAD":
        raise UsageError("there is no commit yet, so no earlier version")
    if is_shallow():
        raise UsageError(f"no revision {quoted(revision)} in this shallow clone; git fetch can bring it")
    names = (name for name in _names() if not revision.startswith(name))
    raise UsageError(f"no revision {quoted(revision)}{suggestion(revision, names)}")


def _names() -> list[str]:
    """The branches and tags."""
    return _line("for-each-ref", "--format=%(refname:short)").splitlines()


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
        if revision and path in files_of(revision):
            raise UsageError(f"git cannot read {quoted(path)} of {revision}") from None
        return None


def files_of(revision: str) -> list[str]:
    """The paths of a revision's files, from the top of the work tree."""
    listed = _git("ls-tree", "-r", "-z", "--full-tree", "--name-only", commit_of(revision))
    return os.fsdecode(listed).split("\0")[:-1]


def has(revision: str, path: str) -> bool:
    """Whether a revision has a file or folder of that name; for the path see `read_version`."""
    try:
        _git("cat-file", "-e", f"{revision}:{path}")
    except _GitError:
        return False
    return True


def changed_since(commit: str, paths: Sequence[str]) -> list[Changed]:
    """The files under the paths that differ between a commit and the work tree, new ones included.

    A file that was renamed is one that went and one that came.
    """
    where = ["--", *map(_pathspec, paths)] if paths else ["--", ":/"]
    raw = _git("diff-index", "-z", "--raw", "--no-renames", "--full-index", commit, *where)
    others = _git("ls-files", "--others", "--exclude-standard", "--full-name", "-z", *where)
    untracked = os.fsdecode(others).split("\0")[:-1]
    # What was only taken out of the index is in both lists.
    return [*(Changed(path, None, None) for path in untracked), *_changes(os.fsdecode(raw).split("\0"))]


def is_pattern(path: str) -> bool:
    """Whether it stands for the files that match it."""
    return bool(set("*?[") & set(path)) and not os.path.lexists(path)


def _pathspec(path: str) -> str:
    return path if is_pattern(path) else f":(literal){path}"


def _changes(fields: list[str]) -> Iterator[Changed]:
    """From `:modes objects status` and the path, one after the other."""
    for head, path in zip(fields[::2], fields[1::2], strict=False):
        old_mode, new_mode, old, new, _ = head.lstrip(":").split(" ")
        yield Changed(path, _blob(old_mode, old), _blob(new_mode, new))


def _blob(mode: str, blob: str) -> str | None:
    return blob if mode.startswith(_FILE) and blob.strip("0") else None


def read_blobs(blobs: Sequence[str]) -> list[bytes]:
    """The contents of objects, in one run of git."""
    printed = _git("cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode())
    contents, start = [], 0
    for blob in blobs:
        end = printed.index(b"\n", start)
        size = printed[start:end].rsplit(b" ", 1)[1]
        if not size.isdigit():
            raise UsageError(f"git lacks the object {blob} of this repository")
        contents.append(printed[end + 1 : end + 1 + int(size)])
        start = end + 1 + int(size) + 1
    return contents
