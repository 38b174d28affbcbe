"""Earlier versions of files, read from git without touching the work tree."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from ..text.problems import UsageError
from ..text.wording import quoted, suggestion
from .decode import MAX_BYTES

_ENVIRONMENT = {
    "GIT_LITERAL_PATHSPECS": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}
# These variables name the repository, and would be wrong for its submodules.
_PLACES = {
    f"GIT_{name}"
    for name in ("DIR", "WORK_TREE", "INDEX_FILE", "COMMON_DIR", "OBJECT_DIRECTORY", "PREFIX")
}
# A repository may name any program here, which git would run to learn what changed.
_SETTINGS = ("-c", "core.fsmonitor=false")


class Blob(NamedTuple):
    """An object that is a file's content; a submodule's is in its own repository."""

    object: str
    folder: str | None = None


class GitError(UsageError):
    """git refused."""


def _git(
    *arguments: str,
    given: bytes | None = None,
    folder: str | None = None,
    into: BinaryIO | int = subprocess.PIPE,
) -> bytes:
    """What a git command prints; with `into` it prints into that file.

    Raises UsageError where there is no git or no repository.
    """
    environment = {**os.environ, **_ENVIRONMENT}
    if folder is not None:
        environment = {name: value for name, value in environment.items() if name not in _PLACES}
    command = ["git", *_SETTINGS, *(["-C", folder] if folder is not None else []), *arguments]
    try:
        done = subprocess.run(
            command, input=given, stdout=into, stderr=subprocess.PIPE, env=environment, check=False
        )
    except FileNotFoundError:
        raise UsageError("revisions need git, which is not installed") from None
    if done.returncode == 0:
        return done.stdout or b""
    said = os.fsdecode(done.stderr).strip().splitlines()
    if any("not a git repository" in line for line in said):
        raise UsageError("not in a git repository, so there are no revisions")
    if any("dubious ownership" in line for line in said):
        why = " ".join(" ".join(said).removeprefix("fatal: ").split())
        raise UsageError(f"git refuses to read this repository: {why}")
    raise GitError(f"git {arguments[0]} failed: {said[0] if said else done.returncode}")


def _line(*arguments: str) -> str:
    return os.fsdecode(_git(*arguments)).removesuffix("\n")


def fields(*arguments: str, folder: str | None = None) -> list[str]:
    """What a git command prints with a NUL behind each field; `folder` is where the repository is."""
    return os.fsdecode(_git(*arguments, folder=folder)).split("\0")[:-1]


def top_folder() -> str:
    """The top folder of the work tree; raises UsageError outside of one."""
    try:
        return _line("rev-parse", "--show-toplevel")
    except GitError:
        what = "no work tree here; two revisions can be compared: HEAD~1:x.yaml HEAD:x.yaml"
        raise UsageError(what) from None


def commit_of(revision: str) -> str:
    """The commit that a revision names; raises UsageError where it names none."""
    if not revision.startswith("^"):  # ^main would mean all commits but those of main
        with suppress(GitError):
            return _line("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    if revision == "HEAD":
        raise UsageError("there is no commit yet, so no earlier version")
    if is_shallow():
        raise UsageError(f"no revision {quoted(revision)} in this shallow clone; git fetch can bring it")
    names = (name for name in _names() if not revision.startswith(name))
    raise UsageError(f"no revision {quoted(revision)}{suggestion(revision, names)}")


def is_commit(revision: str) -> bool:
    """Whether a revision names a commit; without git or a repository, none does."""
    try:
        commit_of(revision)
    except UsageError:
        return False
    return True


def _names() -> list[str]:
    """The branches and tags."""
    return _line("for-each-ref", "--format=%(refname:short)").splitlines()


def ends_of(revision: str) -> tuple[str, str | None]:
    """The two revisions of `main..topic` or `main...topic`, HEAD where one is not written.

    Of any other word it is the word itself, and None.
    """
    old, dots, new = revision.partition("..")
    if not dots or is_commit(revision):  # HEAD^{/a..b} is one
        return revision, None
    return old or "HEAD", new.removeprefix(".") or "HEAD"


def merge_base(revision: str, other: str) -> str | None:
    """The last commit that two revisions share; None where no such commit is here."""
    try:
        return _line("merge-base", commit_of(revision), commit_of(other))
    except GitError:
        return None


def is_shallow() -> bool:
    """Whether the repository has only the last part of its history."""
    return _line("rev-parse", "--is-shallow-repository") == "true"


def blob_of(revision: str, path: str) -> Blob | None:
    """A file's content in a revision; None where the revision does not have the file.

    The path starts at the top of the work tree, or here if it begins with `./`. An empty revision is
    the index. Raises UsageError for an unknown revision.
    """
    if revision:
        commit_of(revision)
    try:
        name = _line("rev-parse", "--verify", "--quiet", f"{revision}:{path}")
    except GitError:
        return None
    ((kind, _),) = _kinds([name])
    return Blob(name) if kind == "blob" else None


def files_of(revision: str) -> list[str]:
    """The paths of a revision's files, from the top of the work tree."""
    return fields("ls-tree", "-r", "-z", "--full-tree", "--name-only", commit_of(revision))


def has(revision: str, path: str) -> bool:
    """Whether a revision has a file or folder of that name; for the path see `blob_of`."""
    try:
        _git("cat-file", "-e", f"{revision}:{path}")
    except GitError:
        return False
    return True


def read_blobs(blobs: Sequence[Blob]) -> list[bytes]:
    """The contents of objects; of one that is too large to be read, one byte more than is allowed."""
    folders = dict.fromkeys(blob.folder for blob in blobs)
    contents: dict[Blob, bytes] = {}
    for folder in folders:
        objects = list(dict.fromkeys(blob.object for blob in blobs if blob.folder == folder))
        kinds = zip(objects, _kinds(objects, folder), strict=True)
        small = [name for name, (_, size) in kinds if size <= MAX_BYTES]
        found = dict(zip(small, _batch(small, folder), strict=True))
        contents |= {Blob(name, folder): found.get(name, bytes(MAX_BYTES + 1)) for name in objects}
    return [contents[blob] for blob in blobs]


def save(blob: Blob, file: BinaryIO) -> None:
    """Write an object's content, of any size, into a file."""
    _git("cat-file", "blob", blob.object, folder=blob.folder, into=file)


def _kinds(objects: Sequence[str], folder: str | None = None) -> Iterator[tuple[str, int]]:
    """What each object is, and its size in bytes."""
    printed = _git("cat-file", "--batch-check", given=_lines(objects), folder=folder)
    for name, line in zip(objects, printed.decode().splitlines(), strict=True):
        _, *found = line.split(" ")
        if found == ["missing"]:
            raise UsageError(f"git lacks the object {name} of this repository")
        yield found[0], int(found[1])


def _batch(objects: Sequence[str], folder: str | None) -> Iterator[bytes]:
    """Each `name blob size` and each content, a line break behind both, from one run of git."""
    printed = _git("cat-file", "--batch", given=_lines(objects), folder=folder)
    start = 0
    for _ in objects:
        end = printed.index(b"\n", start)
        size = int(printed[start:end].rsplit(b" ", 1)[1])
        yield printed[end + 1 : end + 1 + size]
        start = end + 1 + size + 1


def _lines(objects: Sequence[str]) -> bytes:
    return "".join(f"{name}\n" for name in objects).encode()
