"""From the words of a command line to specifications: folders and patterns stand for their files."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator

from ..text.problems import UsageError
from ..text.wording import quoted
from .source import split_variant

SUFFIXES = (".yaml", ".yml")

_HERE = os.path.join(os.curdir, "")


def each_spec(words: Iterable[str]) -> list[str]:
    """The SPECs that the words stand for, each once.

    Raises UsageError for a folder without a YAML file and a pattern that no file has.
    """
    return list(dict.fromkeys(spec for word in words for spec in _specs(word)))


def _specs(word: str) -> Iterable[str]:
    if os.path.isdir(word):
        return _in_folder(word) or _nothing(f"no YAML file in the folder {quoted(word)}")
    if glob.has_magic(word) and not os.path.exists(split_variant(word)[0]):
        found = sorted(set(_matching(word)))
        return each_spec(found) if found else _nothing(f"no file matches {quoted(word)}")
    return [word]


def _matching(pattern: str) -> Iterator[str]:
    """What a pattern stands for; unlike glob's, `**` follows no links, whose loops would not end."""
    before, stars, after = f"{pattern}/".partition("**/")
    if not stars or before[-1:] not in ("", "/"):
        yield from glob.glob(pattern)
        return
    for start in glob.glob(before) if before else [""]:
        for folder, folders, _ in os.walk(start or os.curdir):
            folders[:] = [name for name in folders if not name.startswith(".")]
            inside = os.path.join(folder, "").removeprefix("" if start else _HERE)
            found = _matching(glob.escape(inside) + (after.removesuffix("/") or "*"))
            yield from (path for path in found if after or not os.path.isdir(path))


def _in_folder(folder: str) -> list[str]:
    return list(_walk(folder))


def _walk(folder: str) -> Iterator[str]:
    """Its YAML files, then those of its folders, in alphabetical order; hidden ones are left out."""
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if _is_specification(os.path.join(path, name)):
                # As it is typed, and as other programs know it: not ./net.yaml
                yield os.path.join(path, name).removeprefix(_HERE)


def _is_specification(path: str) -> bool:
    """A pipe or a socket in a folder would be waited for."""
    name = os.path.basename(path)
    is_special = os.path.exists(path) and not os.path.isfile(path)
    return name.lower().endswith(SUFFIXES) and not name.startswith(".") and not is_special


def _nothing(message: str) -> list[str]:
    raise UsageError(message)
