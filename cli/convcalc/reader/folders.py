"""What folders, patterns and files on a command line stand for, the same in every command.

A folder stands for the YAML files in it and in the folders below it; a pattern stands for the files
and folders that match it. `**` matches any number of folders, or none. Hidden names are left out
unless the pattern itself has the dot. Links are followed, and no folder is looked through twice.
"""

import fnmatch
import glob
import os
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from ..text.problems import UsageError
from ..text.wording import quoted
from .file_trees import Disk, Tree
from .spec import SUFFIXES, split_spec

_HERE = os.path.join(os.curdir, "")
_ANY_FOLDERS = "**"


def each_spec(words: Iterable[str]) -> list[str]:
    """The SPECs that the words stand for, each once.

    Raises UsageError for a folder that has no YAML file or cannot be read, and for a pattern that no
    file matches.
    """
    tree = Disk()
    return list(dict.fromkeys(spec for word in words for spec in _specs(word, tree)))


def _specs(word: str, tree: Tree) -> list[str]:
    if not _is_several(word, tree):
        return [word]
    if found := specs_in(word, tree):
        return found
    raise UsageError(nothing_in(word, tree.is_folder(word)))


def _is_several(word: str, tree: Tree) -> bool:
    """Whether a word is a folder or a pattern; raises UsageError for one with values."""
    name, _, values = split_spec(word)
    if word and tree.is_folder(word):
        return True
    is_matched = is_pattern(word) and not os.path.exists(name)
    if values and (is_matched or tree.is_folder(name)):
        what = "values behind @ go with a single file, not with a folder or a pattern"
        raise UsageError(f"{quoted(word)}: {what}")
    return is_matched


def nothing_in(word: str, is_folder: bool) -> str:
    """The message for a folder or pattern that stands for nothing."""
    return (
        f"no YAML file in the folder {quoted(word)}" if is_folder else f"no file matches {quoted(word)}"
    )


def is_pattern(word: str) -> bool:
    """Whether a word is a pattern. One that is a file's own name is none."""
    return glob.has_magic(word)


def split_pattern(word: str) -> tuple[str, str]:
    """The folder from which a pattern starts, and the pattern in it."""
    parts = word.replace(os.sep, "/").split("/")
    plain = next((at for at, part in enumerate(parts) if is_pattern(part)), len(parts))
    return "/".join(parts[:plain]), "/".join(parts[plain:])


def specs_in(word: str, tree: Tree, suffixes: tuple[str, ...] = SUFFIXES) -> list[str]:
    """The files of a tree that a word stands for, each once; empty where there are none.

    A folder stands for those of its files that end in one of the suffixes.
    """
    if tree.is_folder(word):
        return [path for path in _files(tree, word) if path.lower().endswith(suffixes)]
    if tree.is_file(word):
        return [word]
    if not is_pattern(word):
        return []
    found = sorted(set(_matching(word, tree)))
    return list(dict.fromkeys(spec for path in found for spec in specs_in(path, tree, suffixes)))


def may_reach(word: str, folder: str) -> bool:
    """Whether a word stands for what is in a folder, which itself need not be there."""
    parts = word.split("/") if word else []
    if _ANY_FOLDERS in parts:
        parts = parts[: parts.index(_ANY_FOLDERS)]
    pairs = zip_longest(folder.split("/"), parts, fillvalue="")
    return all(part == name or _reaches(part, name) for name, part in pairs)


def _reaches(part: str, name: str) -> bool:
    """Whether a part of a word leads to a name; beyond the word, to all that is not hidden."""
    is_shown = not name.startswith(".") or part.startswith(".")
    return not name or (is_shown and (not part or fnmatch.fnmatchcase(name, part)))


def _files(tree: Tree, folder: str) -> Iterator[str]:
    for path, names in _folders(tree, folder):
        # Users type, and other programs show, net.yaml and not ./net.yaml.
        inner = (os.path.join(path, name).removeprefix(_HERE) for name in names)
        yield from (one for one in inner if tree.is_file(one))


def _folders(tree: Tree, start: str) -> Iterator[tuple[str, list[str]]]:
    """A folder and those below it, each with the names of its files; linked folders come last."""
    waiting, linked, seen = [start], deque[str](), set[str | None]()
    while waiting or linked:
        folder = waiting.pop() if waiting else linked.popleft()
        real = tree.real(folder)
        if real in seen:
            continue
        seen.add(real)
        names = [name for name in tree.names(folder) if not name.startswith(".")]
        inner = {name: os.path.join(folder, name) for name in names}
        inner = {name: path for name, path in inner.items() if tree.is_folder(path)}
        yield folder, [name for name in names if name not in inner]
        links = [path for path in inner.values() if tree.is_link(path)]
        linked.extend(links)
        waiting.extend(path for path in reversed(inner.values()) if path not in links)


def _matching(pattern: str, tree: Tree) -> Iterator[str]:
    start, rest = split_pattern(pattern)
    parts = [part for part in rest.split("/") if part]
    # A pattern without a folder in front starts here; one that starts with / starts at the root.
    start = "/" if pattern.startswith("/") and not start else start
    found = _match(tree, start, parts) if tree.is_folder(start) else ()
    yield from (path for path in found if not rest.endswith("/") or tree.is_folder(path))


def _match(tree: Tree, folder: str, parts: list[str]) -> Iterator[str]:
    """The paths in a folder that match part by part."""
    if not parts:
        yield folder
    elif set(parts) == {_ANY_FOLDERS}:
        yield from _files(tree, folder)
    elif parts[0] == _ANY_FOLDERS:
        rest = parts[next(at for at, part in enumerate(parts) if part != _ANY_FOLDERS) :]
        for inner, _ in _folders(tree, folder):
            yield from _match(tree, inner, rest)
    elif not is_pattern(parts[0]):
        path = os.path.join(folder, parts[0])
        if tree.is_folder(path) or (len(parts) == 1 and tree.is_file(path)):
            yield from _match(tree, path, parts[1:])
    elif tree.is_folder(folder):
        for name in fnmatch.filter(tree.names(folder), parts[0]):
            path = os.path.join(folder, name)
            is_shown = not name.startswith(".") or parts[0].startswith(".")
            if is_shown and (len(parts) == 1 or tree.is_folder(path)):
                yield from _match(tree, path, parts[1:])
