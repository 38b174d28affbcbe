"""Submodules that are not checked out, so that what is in them cannot be compared or checked."""

import os
from collections.abc import Collection, Iterable
from typing import NamedTuple

from ..reader.commit_and_work_tree import TwoVersions
from ..reader.folders import may_reach
from ..text.wording import quoted, shell_word


class Unread(NamedTuple):
    """A submodule that words stand for, by its path from here, and what to say of it."""

    file: str
    message: str


def not_compared(both: TwoVersions, places: Collection[str]) -> list[Unread]:
    """Those that changed; `places` are paths and patterns from the top of the work tree."""
    paths = _reached(both.changed.absent, places)
    return [_unread(both.top, path, "and it changed; to compare its files") for path in paths]


def not_read(absent: Iterable[str], top: str, places: Collection[str]) -> list[Unread]:
    """Those among the absent ones, whether they changed or not."""
    paths = _reached(absent, places)
    return [_unread(top, path, "so its files are not read; to have them") for path in paths]


def removed(both: TwoVersions, places: Collection[str]) -> list[str]:
    """Those that the work tree has no more, and whose files are nowhere here."""
    return list(map(both.place, _reached(both.changed.removed, places)))


def _unread(top: str, path: str, what: str) -> Unread:
    place = os.path.relpath(os.path.join(top, path))
    said = f"{quoted(place)} is a submodule that is not checked out, {what}"
    return Unread(place, f"{said}: git submodule update --init {shell_word(place)}")


def _reached(modules: Iterable[str], places: Collection[str]) -> list[str]:
    return sorted(one for one in modules if any(may_reach(place, one) for place in places))
