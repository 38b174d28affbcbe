"""Two places that have files and answer the same questions: the disk, and a commit in git."""

import os
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from ..text.problems import UsageError
from ..text.wording import quoted

_MOST_LINKS = 40  # that lead to each other, as many as Linux follows


class Tree(Protocol):
    """Folders and files by their paths; the empty path is the top folder."""

    def names(self, folder: str) -> list[str]:
        """The names in a folder, in alphabetical order; raises UsageError where it cannot be read."""

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder or a link to one."""

    def is_file(self, path: str) -> bool:
        """Whether it is a file that can be read, or a link to one."""

    def is_link(self, path: str) -> bool: ...

    def real(self, path: str) -> str | None:
        """The path behind all links; None where it is outside of the tree."""


class Disk:
    """The files on disk under a folder, without those that are `left_out`."""

    def __init__(self, top: str = "", left_out: Collection[str] = ()) -> None:
        self.top = top
        self.left_out = left_out

    def place(self, path: str) -> str:
        """The system's path for a path of the tree."""
        return os.path.join(self.top, path) or os.curdir

    def names(self, folder: str) -> list[str]:
        try:
            names = sorted(os.listdir(self.place(folder)))
        except OSError as error:
            what = quoted(os.path.relpath(self.place(folder)))
            raise UsageError(f"cannot read the folder {what}: {error.strerror}") from None
        return [name for name in names if os.path.join(folder, name) not in self.left_out]

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(self.place(path))

    def is_file(self, path: str) -> bool:
        """A link that leads nowhere counts: reading it is an error. A pipe, which blocks, does not."""
        place = self.place(path)
        return os.path.isfile(place) or (os.path.islink(place) and not os.path.exists(place))

    def is_link(self, path: str) -> bool:
        return os.path.islink(self.place(path))

    def real(self, path: str) -> str | None:
        real = os.path.realpath(self.place(path))
        if not self.top:
            return real
        inside = os.path.relpath(real, os.path.realpath(self.top)).replace(os.sep, "/")
        if inside == os.pardir or inside.startswith("../"):
            return None
        return "" if inside == os.curdir else inside


class Listing:
    """The files of a commit, and its links with their targets."""

    def __init__(self, files: Iterable[str], links: Mapping[str, str]) -> None:
        self.files = set(files)
        self.links = links
        self.folders: dict[str, set[str]] = defaultdict(set, {"": set()})
        for path in (*self.files, *links):
            while path:
                folder, _, name = path.rpartition("/")
                if name in self.folders[folder]:
                    break
                self.folders[folder].add(name)
                path = folder

    def names(self, folder: str) -> list[str]:
        return sorted(self.folders.get(self.real(folder) or "", ()))

    def is_folder(self, path: str) -> bool:
        return self.real(path) in self.folders

    def is_file(self, path: str) -> bool:
        return self.real(path) in self.files

    def is_link(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        real = self.real(folder)
        return real is not None and "/".join(filter(None, [real, name])) in self.links

    def real(self, path: str) -> str | None:
        left, done, followed = deque(path.split("/")), list[str](), 0
        while left:
            name = left.popleft()
            if name == os.pardir and not done:
                return None
            if name == os.pardir:
                done.pop()
            elif name not in ("", os.curdir):
                done.append(name)
                target = self.links.get("/".join(done))
                if target is not None:
                    followed += 1
                    if followed > _MOST_LINKS or target.startswith("/"):
                        return None
                    done.pop()
                    left.extendleft(reversed(target.split("/")))
        return "/".join(done)
