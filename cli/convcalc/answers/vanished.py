"""What a revision has of the words of a command line, and the work tree has no more."""

import os
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ..network.loading import plans_in
from ..reader import git
from ..reader.commit_and_work_tree import BothVersions, Versions
from ..reader.file_trees import Disk
from ..reader.folders import specs_in
from ..reader.source import Source
from ..reader.spec import SUFFIXES, spec_text
from ..text.problems import ConvcalcError
from .revisions import LAST_COMMIT, base_of, place_of, with_renamed
from .submodules import not_read, removed


class Vanished(NamedTuple):
    """Words that stand for nothing any more, and the files and variants that others have lost.

    `unread` is what to say of submodules that are not checked out.
    """

    words: list[str]
    names: list[str]
    unread: list[str]


def vanished_since(revision: str, words: Iterable[str]) -> Vanished:
    """What was deleted since this branch left a revision; what was renamed is still there."""
    base, _ = base_of(revision, LAST_COMMIT)
    top = git.top_folder()
    both, here = BothVersions(base, top), Disk(top)
    inside = {word: place for word in words if (place := place_of(word, top)) is not None}
    before = {word: specs_in(place, both.old.tree) for word, place in inside.items()}
    had = [word for word, paths in before.items() if paths or removed(both, [inside[word]])]
    gone = [word for word in had if not specs_in(word, Disk())]
    left = [word for word in inside if word not in gone]
    known = {path for word in gone for path in before[word]}
    after = {path for word in left for path in specs_in(inside[word], here)}
    paths = dict.fromkeys(path for word in left for path in (*before[word], *sorted(after)))
    changed = [path for path in paths if path not in known and _can_be_read(both, path)]
    versions = (found for _, found in both.read(changed, revision))
    names = [name for one in with_renamed(list(versions)) for name in _lost(one)]
    names += removed(both, [inside[word] for word in left])
    unread = [one.message for one in not_read(both.absent, top, list(inside.values()))]
    return Vanished(gone, sorted(names), unread)


def _can_be_read(both: BothVersions, path: str) -> bool:
    """Whether a file may differ and reading it is no error, which the check itself tells."""
    place = both.new.place(path)
    is_missing = not os.path.lexists(place)
    return both.may_differ(path) and (is_missing or os.access(place, os.R_OK))


def _lost(versions: Versions) -> Iterator[str]:
    """The file if it is gone, and otherwise its variants that are."""
    old, new = versions.old, versions.new
    if old is None:
        return
    if new is None:
        yield old.given
        return
    now = _variants(new)
    if now is not None:
        missing: Collection[str | None] = (_variants(old) or set()) - now - {None}
        yield from (spec_text(old.given, one, {}) for one in missing)


def _variants(source: Source) -> set[str | None] | None:
    """The variants of a specification; None where it cannot be read."""
    if not source.given.lower().endswith(SUFFIXES):
        return None
    try:
        return {plan.variant for plan in plans_in(source, None)}
    except ConvcalcError:
        return None
