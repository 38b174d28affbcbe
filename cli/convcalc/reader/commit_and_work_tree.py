"""Two versions of a repository's files: mostly those of a commit, and those of the work tree."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from . import git, git_trees
from .decode import MAX_BYTES
from .file_trees import Disk, Listing, Tree
from .folders import specs_in
from .source import Source, read_file
from .spec import SUFFIXES

WORK_TREE = "work tree"


class Versions(NamedTuple):
    """The old and the new version of a file, None where it has none, and what the two are called."""

    file: str
    old: Source | None
    new: Source | None
    was: str
    now: str = WORK_TREE


class Kept:
    """Files that git has, and those that links lead to."""

    def __init__(self, contents: git_trees.Contents) -> None:
        self.blobs = contents.files
        targets = map(os.fsdecode, git.read_blobs(list(contents.links.values())))
        self.tree = Listing(self.blobs, dict(zip(contents.links, targets, strict=True)))

    def read(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The contents of the paths that are files, by path."""
        blobs = {path: blob for path in paths if (blob := self.blob(path))}
        return dict(zip(blobs, git.read_blobs(list(blobs.values())), strict=True))

    def blob(self, path: str) -> git.Blob | None:
        """The object of a file; None where the path is no file."""
        real = self.tree.real(path) if self.tree.is_file(path) else None
        return None if real is None else self.blobs[real]


class TwoVersions(Protocol):
    """The files of two versions, both by their paths from the work tree's top.

    `absent` are the submodules that are not checked out, and `stray` the links of a commit that lead
    to nothing in it and were others before.
    """

    top: str
    old: Kept
    trees: tuple[Tree, ...]
    changed: git_trees.Changed
    absent: set[str]
    stray: set[str]

    def specs(self, word: str, suffixes: tuple[str, ...] = SUFFIXES) -> list[str]:
        """The files that a word stands for in one version or the other."""
        return list(
            dict.fromkeys(path for tree in self.trees for path in specs_in(word, tree, suffixes))
        )

    def place(self, path: str) -> str:
        """The path of a file of the work tree, as seen from here."""
        return os.path.relpath(os.path.join(self.top, path))

    def may_differ(self, path: str) -> bool:
        """Whether a file may differ between the two versions."""

    def leads_out(self, path: str) -> bool:
        """Whether it is a link to something outside of the repository."""

    def read(self, paths: Sequence[str], revision: str) -> Iterator[tuple[str, Versions]]:
        """Both versions of each file that may differ; raises UsageError for one that cannot be read."""


class BothVersions(TwoVersions):
    """The files of a commit and of the work tree."""

    def __init__(self, commit: str, top: str) -> None:
        self.top = top
        before = git_trees.contents_of(commit, top)
        self.old = Kept(before)
        self.new = Disk(top, git_trees.ignored())
        self.sparse = Kept(git_trees.left_out())  # of the work tree too, though not on the disk
        self.changed = git_trees.changed_since(commit, top)
        self.trees = (self.old.tree, self.new, self.sparse.tree)
        self.stray = set()
        self.absent = (before.absent - self.changed.removed) | self.changed.absent

    def may_differ(self, path: str) -> bool:
        was = self.old.tree.is_file(path)
        if not was or not self._is_there(path):
            return was or self._is_there(path)
        real = self.old.tree.real(path)
        return real != self.new.real(path) or real in self.changed.paths

    def leads_out(self, path: str) -> bool:
        return self._is_there(path) and self.new.real(path) is None

    def _is_there(self, path: str) -> bool:
        return os.path.isfile(self.new.place(path))

    def read(self, paths: Sequence[str], revision: str) -> Iterator[tuple[str, Versions]]:
        before, beside = self.old.read(paths), self.sparse.read(paths)
        for path in paths:
            file = self.place(path)
            is_here = os.path.lexists(file) and not os.path.isdir(file)
            old, new = before.get(path), read_file(file) if is_here else beside.get(path)
            if old != new and (min(map(_size, (old, new))) <= MAX_BYTES or self.may_differ(path)):
                label = f"{revision}:{self.old.tree.real(path)}"
                was = source(file, label, old, self.old.blob(path))
                now = source(file, file, new, None if is_here else self.sparse.blob(path))
                yield path, Versions(file, was, now, revision)


def _size(data: bytes | None) -> int:
    """The size of a version; more than MAX_BYTES where not all of it was read."""
    return len(data or b"")


def source(given: str, label: str, data: bytes | None, blob: git.Blob | None = None) -> Source | None:
    """A version, if there is one; `blob` is its object in git."""
    stem = os.path.splitext(os.path.basename(given))[0]
    return None if data is None else Source(given, label, stem, data, blob=blob)
