"""The two versions of a specification that a diff compares."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from . import git
from .errors import UsageError
from .nodes import quoted
from .paths import SUFFIXES
from .sources import Source, read_file
from .words import suggestion

WORK_TREE = "work tree"
LAST_COMMIT = "HEAD"

# A key that makes a YAML file a specification, at the top of a block or in braces.
_SPECIFICATION = re.compile(
    rb"""(?:^|[{,]\s*)["']?(?:layers|branches|variants)["']?\s*:""", re.MULTILINE
)


class Versions(NamedTuple):
    """A file's old and new version, None where there is none."""

    file: str
    old: Source | None
    new: Source | None


class Since(NamedTuple):
    """What changed since a revision; `note` is what a reader should know of it."""

    files: list[Versions]
    note: str


def since_last_commit(path: str) -> Versions:
    """A file of the work tree and what the last commit has of it; UsageError where neither is."""
    inside = os.path.relpath(os.path.realpath(path), os.path.realpath(git.top_folder()))
    if inside.startswith(".."):
        raise UsageError(f"{quoted(path)} is not in this work tree")
    data = git.read_version(LAST_COMMIT, inside.replace(os.sep, "/"))
    new = _source(path, path, read_file(path)) if os.path.exists(path) else None
    if new is None and data is None:
        hint = suggestion(
            path,
            [os.path.relpath(os.path.join(git.top_folder(), one)) for one in git.files_of(LAST_COMMIT)],
        )
        raise UsageError(f"no file {quoted(path)} here or in the last commit{hint}")
    old = None if data is None else _source(path, f"{LAST_COMMIT}:{inside}", data)
    return Versions(path, old, new)


def since(revision: str, paths: Sequence[str]) -> Since:
    """The specifications under the paths that changed since this branch left that revision.

    Raises UsageError for an unknown revision, a path that is nowhere, and unrelated histories.
    """
    base, note = _base(revision)
    top = git.top_folder()
    for path in paths:
        if not os.path.exists(path) and not git.has(base, path) and not set("*?[") & set(path):
            raise UsageError(f"no file or folder {quoted(path)} here or in {revision}")
    changed = [one for one in git.changed_since(base, paths) if _is_yaml(one.old) or _is_yaml(one.new)]
    blobs = iter(git.read_blobs([one.blob for one in changed if one.blob]))
    named = {os.path.normpath(path) for path in paths}
    files = []
    for one in changed:
        data = next(blobs) if one.blob else None
        versions = _versions(one, data, revision, top)
        if versions.file in named or _is_specification(versions):
            files.append(versions)
    return Since(sorted(files, key=lambda versions: versions.file), note)


def _base(revision: str) -> tuple[str, str]:
    """The commit to compare with, and what to say of it."""
    if base := git.merge_base(revision):
        return base, ""
    if git.is_shallow():
        note = (
            f"this shallow clone has no common commit with {revision}; compared with {revision} itself"
        )
        return git.commit_of(revision), note
    raise UsageError(f"{revision} and HEAD have no common commit")


def _versions(changed: git.Changed, data: bytes | None, revision: str, top: str) -> Versions:
    here = [os.path.relpath(os.path.join(top, path)) for path in (changed.new, changed.old) if path]
    new = _source(here[0], here[0], read_file(here[0])) if changed.new else None
    old = _source(here[-1], f"{revision}:{changed.old}", data) if data is not None else None
    return Versions(here[0], old, new)


def _source(given: str, label: str, data: bytes) -> Source:
    return Source(given, label, os.path.splitext(os.path.basename(given))[0], data)


def _is_yaml(path: str | None) -> bool:
    return path is not None and path.endswith(SUFFIXES)


def _is_specification(versions: Versions) -> bool:
    """Whether either version looks like one; a repository has other YAML files too."""
    sources: Iterable[Source | None] = (versions.old, versions.new)
    return any(source and _SPECIFICATION.search(source.data) for source in sources)
