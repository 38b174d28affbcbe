"""Two versions of a repository's files of which neither is that of the work tree."""

from collections.abc import Iterator, Sequence

from . import git_trees
from .commit_and_work_tree import Kept, TwoVersions, Versions, source


class TwoCommits(TwoVersions):
    """The files of two commits; `name` is what the later one is called."""

    def __init__(self, old: str, new: str, top: str, name: str) -> None:
        before, after = (git_trees.contents_of(commit, top) for commit in (old, new))
        self.top, self.name = top, name
        self.old, self.new = Kept(before), Kept(after)
        self.trees = (self.old.tree, self.new.tree)
        self.changed = git_trees.changed_since(old, top, until=new)
        self.absent = after.absent
        tree = self.new.tree
        stray = {path for path in after.links if not tree.is_file(path) and not tree.is_folder(path)}
        self.stray = stray & self.changed.paths

    def may_differ(self, path: str) -> bool:
        return self.old.blob(path) != self.new.blob(path)

    def leads_out(self, path: str) -> bool:
        return path in self.stray

    def read(self, paths: Sequence[str], revision: str) -> Iterator[tuple[str, Versions]]:
        before, after = self.old.read(paths), self.new.read(paths)
        for path in filter(self.may_differ, paths):
            file = self.place(path)
            was, now = (
                source(file, f"{name}:{kept.tree.real(path)}", data.get(path), kept.blob(path))
                for name, kept, data in (
                    (revision, self.old, before),
                    (self.name, self.new, after),
                )
            )
            yield path, Versions(file, was, now, revision, self.name)
