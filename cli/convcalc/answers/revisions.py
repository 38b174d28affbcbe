"""The two versions of a specification that a diff compares."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..reader import git
from ..reader.decode import decode
from ..reader.folders import SUFFIXES
from ..reader.source import Source, read_file
from ..text.problems import UsageError
from ..text.wording import quoted, shell_word, suggestion
from .matching import pair_up

WORK_TREE = "work tree"
LAST_COMMIT = "HEAD"

# The keys that make a YAML file a specification; a repository has other YAML files too.
_BODY = r"""["']?(?:layers|branches|variants)["']?\s*:"""
_BLOCK = re.compile(rf"^{_BODY}", re.MULTILINE)
_BRACES = re.compile(rf"\A(?:\s|#[^\n]*\n|---)*\{{(?s:.*?)[\s{{,]{_BODY}")
_INPUT = re.compile(r"""(?:^|[\s{,])["']?input["']?\s*:""")


class Versions(NamedTuple):
    """A file's old and new version, None where there is none, and the words for the old one."""

    file: str
    old: Source | None
    new: Source | None
    was: str


class Since(NamedTuple):
    """What changed since a revision; `note` is what a reader should know of it."""

    files: list[Versions]
    note: str


def since_last_commit(path: str) -> Versions:
    """A file of the work tree and what the last commit has of it; UsageError where neither is."""
    if os.path.isdir(path):
        command = f"convcalc diff --since {LAST_COMMIT} {shell_word(path)}"
        raise UsageError(f"{quoted(path)} is a folder; what changed in it: {command}")
    top = git.top_folder()
    inside = _inside(os.path.realpath(path), path, top)
    data = git.read_version(LAST_COMMIT, inside)
    new = _source(path, path, read_file(path)) if os.path.exists(path) else None
    if new is None and data is None:
        known = (os.path.relpath(os.path.join(top, one)) for one in git.files_of(LAST_COMMIT))
        hint = suggestion(path, known)
        raise UsageError(f"no file {quoted(path)} here or in the last commit{hint}")
    old = None if data is None else _source(path, f"{LAST_COMMIT}:{inside}", data)
    return Versions(path, old, new, LAST_COMMIT)


def since(revision: str, paths: Sequence[str]) -> Since:
    """The specifications under the paths that changed since this branch left that revision.

    Raises UsageError for an unknown revision, a path that is nowhere, and unrelated histories.
    """
    base, note = _base(revision)
    top = git.top_folder()
    inside_paths = {path: _inside(os.path.abspath(path), path, top) for path in paths}
    for path, inside in inside_paths.items():
        if not (os.path.lexists(path) or git.has(base, inside) or git.is_pattern(path)):
            raise UsageError(f"no file or folder {quoted(path)} here or in {revision}")
    changed = [
        one
        for one in git.changed_since(base, paths)
        if one.path.lower().endswith(SUFFIXES) or one.path in inside_paths.values()
    ]
    named = {os.path.relpath(os.path.abspath(path)) for path in paths}
    files = [
        versions
        for versions in _read(changed, revision, top)
        if versions.file in named or _is_specification(versions)
    ]
    return Since(sorted(_with_renamed(files), key=lambda versions: versions.file), note)


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


def _inside(place: str, path: str, top: str) -> str:
    """A place as git names it, from the top of the work tree; UsageError where it is outside."""
    folder, name = os.path.split(place)
    inside = os.path.relpath(os.path.join(os.path.realpath(folder), name), os.path.realpath(top))
    if inside == os.pardir or inside.startswith(os.pardir + os.sep):
        raise UsageError(f"{quoted(path)} is not in this work tree")
    return inside.replace(os.sep, "/")


def _read(changed: Iterable[git.Changed], revision: str, top: str) -> Iterable[Versions]:
    """Both versions of each file; none of one that was only touched."""
    changed = list({one.path: one for one in changed}.values())
    blobs = list(dict.fromkeys(blob for one in changed for blob in (one.old, one.new) if blob))
    data_of = dict(zip(blobs, git.read_blobs(blobs), strict=True))
    for one in changed:
        file = os.path.relpath(os.path.join(top, one.path))
        before = data_of.get(one.old or "")
        after = _work_tree_data(file, data_of.get(one.new or ""))
        if before != after:
            old = None if before is None else _source(file, f"{revision}:{one.path}", before)
            new = None if after is None else _source(file, file, after)
            yield Versions(file, old, new, revision)


def _work_tree_data(file: str, committed: bytes | None) -> bytes | None:
    """The file's data, as it was committed where a sparse checkout leaves the file out."""
    if os.path.isfile(file) and not os.path.islink(file):
        return read_file(file)
    return committed


def _source(given: str, label: str, data: bytes) -> Source:
    return Source(given, label, os.path.splitext(os.path.basename(given))[0], data)


def _is_specification(versions: Versions) -> bool:
    """Whether either version looks like one."""
    return any(map(_looks_like_one, filter(None, (versions.old, versions.new))))


def _looks_like_one(source: Source) -> bool:
    text, _ = decode(source.data)
    return bool((_BLOCK.search(text) or _BRACES.match(text)) and _INPUT.search(text))


def _with_renamed(files: Sequence[Versions]) -> list[Versions]:
    """A file that went and one like it that came are one file."""
    gone = [one for one in files if one.new is None]
    come = [one for one in files if one.old is None]
    found = pair_up([_words(one.old) for one in gone], [_words(one.new) for one in come])
    pairs = [(come[now], gone[was]) for now, was in found.items()]
    renamed = [now._replace(old=was.old, was=was.old.label) for now, was in pairs if was.old]
    paired = {one.file for pair in pairs for one in pair}
    return [*(one for one in files if one.file not in paired), *renamed]


def _words(source: Source | None) -> Counter[bytes]:
    return Counter(source.data.split() if source else ())
