"""The two versions of files that a repository has: a commit's, and the work tree's."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from . import git
from .folders import specs_in
from .source import Source, read_file
from .trees import Disk, Listing


class Versions(NamedTuple):
    """A file's old and new version, None where there is none, and the words for the old one."""

    file: str
    old: Source | None
    new: Source | None
    was: str


class Kept:
    """Files that git keeps, with those behind links."""

    def __init__(self, contents: git.Contents) -> None:
        self.blobs = contents.files
        targets = map(os.fsdecode, git.read_blobs(list(contents.links.values())))
        self.tree = Listing(self.blobs, dict(zip(contents.links, targets, strict=True)))

    def read(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The contents of those of the paths that are files, by path."""
        blobs = {path: self.blobs[real] for path in paths if (real := self._real(path))}
        return dict(zip(blobs, git.read_blobs(list(blobs.values())), strict=True))

    def _real(self, path: str) -> str | None:
        return self.tree.real(path) if self.tree.is_file(path) else None


class BothVersions:
    """What a commit has and what the work tree has, by the same paths from the work tree's top."""

    def __init__(self, commit: str, top: str) -> None:
        self.top = top
        self.old = Kept(git.contents_of(commit, top))
        self.new = Disk(top, git.ignored())
        self.sparse = Kept(git.left_out())  # of the work tree too, though not on the disk
        self.changed = git.changed_since(commit, top)

    def specs(self, word: str) -> list[str]:
        """The files that a word stands for in either version."""
        trees = (self.old.tree, self.new, self.sparse.tree)
        return list(dict.fromkeys(path for tree in trees for path in specs_in(word, tree)))

    def may_differ(self, path: str) -> bool:
        """Whether a file is not the same for sure in both versions."""
        was = self.old.tree.is_file(path)
        if not was or not self._is_there(path):
            return was or self._is_there(path)
        real = self.old.tree.real(path)
        return real != self.new.real(path) or real in self.changed

    def leads_out(self, path: str) -> bool:
        """Whether it is a link to what git knows nothing of."""
        return self._is_there(path) and self.new.real(path) is None

    def _is_there(self, path: str) -> bool:
        return os.path.isfile(self.new.place(path))

    def read(self, paths: Sequence[str], revision: str) -> Iterator[tuple[str, Versions]]:
        """Both versions of each file that is not the same; raises UsageError for an unreadable one."""
        before, beside = self.old.read(paths), self.sparse.read(paths)
        for path in paths:
            file = os.path.relpath(self.new.place(path))
            is_here = os.path.lexists(file) and not os.path.isdir(file)
            old, new = before.get(path), read_file(file) if is_here else beside.get(path)
            if old != new:
                label = f"{revision}:{self.old.tree.real(path)}"
                yield path, Versions(file, source(file, label, old), source(file, file, new), revision)


def source(given: str, label: str, data: bytes | None) -> Source | None:
    """The text of a version, if there is one."""
    stem = os.path.splitext(os.path.basename(given))[0]
    return None if data is None else Source(given, label, stem, data)
