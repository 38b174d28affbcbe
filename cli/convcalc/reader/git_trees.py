"""What a commit, an index and a work tree have, and where they differ, in submodules too."""

import os
from typing import NamedTuple

from ..text.problems import UsageError
from ..text.wording import quoted, shell_word
from .git import Blob, GitError, fields

_EVERYWHERE = ("--", ":/")

_FILE, _LINK, _MODULE = "100", "120", "160"  # how modes start
_NOTHING = "000000"  # the mode of what a version does not have


class Contents(NamedTuple):
    """What a commit or an index has: its files, and its symbolic links, by their paths.

    `absent` are the submodules that are not checked out, of which git knows no file.
    """

    files: dict[str, Blob]
    links: dict[str, Blob]
    absent: set[str]


class Changed(NamedTuple):
    """The tracked paths that may differ between a commit and the work tree, or a later commit.

    Of the submodules among them that are not checked out, `absent` are those that the later version
    should have, and `removed` those that it has no more.
    """

    paths: set[str]
    absent: set[str]
    removed: set[str]


def contents_of(commit: str, top: str, folder: str | None = None) -> Contents:
    """The files of a commit, and those of the submodules that are checked out in the work tree.

    `folder` is where the repository is; None is the one that we are in.
    """
    contents = Contents({}, {}, set())
    for line in fields("ls-tree", "-r", "-z", "--full-tree", commit, folder=folder):
        head, _, path = line.partition("\t")
        mode, _, name = head.split(" ")
        if mode.startswith(_MODULE):
            inner = os.path.join(top, path)
            if _is_repository(inner):
                _add(contents, path, _inner_contents(name, inner))
            else:
                contents.absent.add(path)
        else:
            _add_blob(contents, mode, path, Blob(name, folder))
    return contents


def _inner_contents(commit: str, folder: str) -> Contents:
    """The files of a submodule; raises UsageError where it does not have the commit."""
    try:
        return contents_of(commit, folder, folder)
    except GitError:
        place = os.path.relpath(folder)
        bring = f"git -C {shell_word(place)} fetch origin {commit}"
        raise UsageError(
            f"the submodule {quoted(place)} lacks a commit to compare; try: {bring}"
        ) from None


def _add(contents: Contents, path: str, inner: Contents) -> None:
    contents.files.update({f"{path}/{name}": blob for name, blob in inner.files.items()})
    contents.links.update({f"{path}/{name}": blob for name, blob in inner.links.items()})
    contents.absent.update(f"{path}/{name}" for name in inner.absent)


def _add_blob(contents: Contents, mode: str, path: str, blob: Blob) -> None:
    if mode.startswith(_LINK):
        contents.links[path] = blob
    elif mode.startswith(_FILE):
        contents.files[path] = blob


def _is_repository(folder: str) -> bool:
    """Whether a submodule is checked out there. If not, git would take the repository around it."""
    return os.path.exists(os.path.join(folder, ".git"))


def left_out() -> Contents:
    """The files of the index that a sparse checkout leaves out of the work tree."""
    contents = Contents({}, {}, set())
    for line in fields("ls-files", "-t", "--stage", "--full-name", "-z", *_EVERYWHERE):
        head, _, path = line.partition("\t")
        tag, mode, name, _ = head.split(" ")
        if tag == "S":
            _add_blob(contents, mode, path, Blob(name))
    return contents


def ignored() -> set[str]:
    """The files and folders that git is told to ignore, from the top of the work tree."""
    which = ("--others", "--ignored", "--exclude-standard", "--directory")
    return {path.rstrip("/") for path in fields("ls-files", *which, "--full-name", "-z", *_EVERYWHERE)}


def changed_since(commit: str, top: str, folder: str | None = None, until: str | None = None) -> Changed:
    """What may differ between a commit and the work tree, or the commit `until`, in submodules too.

    For `folder` see `contents_of`.
    """
    words = ("-z", "--raw", "--no-renames", "--full-index", "--ignore-submodules=none")
    command = ("diff-tree", "-r", *words, commit, until) if until else ("diff-index", *words, commit)
    found = fields(*command, *_EVERYWHERE, folder=folder)
    changed = Changed(set(), set(), set())
    for head, path in zip(found[::2], found[1::2], strict=True):
        old_mode, new_mode, old, new, _ = head.lstrip(":").split(" ")
        changed.paths.add(path)
        inner = os.path.join(top, path)
        is_here = _is_repository(inner)
        is_module = old_mode.startswith(_MODULE) and (not until or new_mode.startswith(_MODULE))
        if is_module and is_here:
            inside = changed_since(old, inner, inner, until and new)
            for known, more in zip(changed, inside, strict=True):
                known.update(f"{path}/{name}" for name in more)
        elif _MODULE in (old_mode[:3], new_mode[:3]) and not is_here:
            is_kept = new_mode != _NOTHING if until else _is_tracked(path, folder)
            (changed.absent if is_kept else changed.removed).add(path)
    return changed


def _is_tracked(path: str, folder: str | None) -> bool:
    """Whether the index has something of exactly that path."""
    return path in fields("ls-files", "--full-name", "-z", "--", f":(top,literal){path}", folder=folder)
