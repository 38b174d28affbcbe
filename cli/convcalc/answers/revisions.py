"""The two versions of a specification that a diff compares."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..reader import git, git_trees
from ..reader.commit_and_work_tree import BothVersions, Kept, Versions, source
from ..reader.decode import decode
from ..reader.folders import is_pattern, nothing_in, split_pattern
from ..reader.shipped import shipped_names
from ..reader.source import Source, read_file
from ..reader.spec import split_spec
from ..reader.yaml_tree import outline
from ..specs.models_in_folders import MODELS, has_reader, passed_over_note
from ..specs.opening import recognized
from ..text.problems import UsageError
from ..text.wording import quoted, shell_word, suggestion
from .matching import pair_up
from .submodules import Unread, not_compared, not_read, removed

WORK_TREE = "work tree"
LAST_COMMIT = "HEAD"

# The keys that make a YAML file a specification; a repository has other YAML files too.
_BODIES = {"layers", "branches", "variants"}


class Since(NamedTuple):
    """What changed since a revision; `notes` are what a reader should know of it.

    `asked` are all files that the words stand for, whether they changed or not. `unread` changed too,
    but their files are not here.
    """

    files: list[Versions]
    notes: list[str]
    asked: list[str]
    unread: list[Unread]


def since_last_commit(path: str) -> Versions:
    """A file of the work tree and what the last commit has of it; UsageError where neither is."""
    if os.path.isdir(path):
        command = f"convcalc diff --since {LAST_COMMIT} {shell_word(path)}"
        raise UsageError(f"{quoted(path)} is a folder; what changed in it: {command}")
    top = git.top_folder()
    contents = git_trees.contents_of(git.commit_of(LAST_COMMIT), top)
    old = Kept(contents)
    inside = _inside(path, top)
    data = old.read([inside]).get(inside)
    if data is None and not os.path.lexists(path):
        _refuse_version(path)
        if absent := not_read(contents.absent, top, [inside]):
            raise UsageError(absent[0].message)
        hint = suggestion(path, (os.path.relpath(os.path.join(top, one)) for one in old.blobs))
        raise UsageError(f"no file {quoted(path)} here or in the last commit{hint}")
    before = source(path, f"{LAST_COMMIT}:{old.tree.real(inside)}", data, old.blob(inside))
    after = source(path, path, read_file(path) if os.path.lexists(path) else None)
    return _recognized(Versions(path, before, after, LAST_COMMIT))


def earlier_than_last(path: str) -> str:
    """The command for what changed in a file before the last commit; empty if that is the first."""
    before_it = f"{LAST_COMMIT}~1"
    if not git.is_commit(before_it):
        return ""
    return f"convcalc diff --since {before_it} {shell_word(path)}"


def refuse_revisions(words: Iterable[str]) -> None:
    """Raise UsageError for a word that names a revision, or two as `main..topic`, and no file."""
    for word in words:
        is_there = os.path.lexists(word) or word in shipped_names()
        revision = word.partition("..")[0]
        if revision and not is_there and ":" not in word and git.is_commit(revision):
            is_range = " with another" if revision != word else ""
            command = f"convcalc diff --since {shell_word(revision)}"
            what = f"{quoted(word)} is a revision{is_range} and no file"
            raise UsageError(f"{what}; what changed since {revision} up to here: {command}")


def since(revision: str, words: Sequence[str], has_input: bool = False) -> Since:
    """The specifications that words stand for and that changed since this branch left a revision.

    Words stand for the files of both versions; without any, for all. With `has_input`, a
    specification needs none of its own. Raises UsageError for an unknown revision, a word that
    stands for nothing, and unrelated histories.
    """
    base, note = base_of(revision)
    top = git.top_folder()
    both = BothVersions(base, top)
    inside = {word: _inside(word, top) for word in words}
    found = {place: both.specs(place) for place in inside.values() or [""]}
    _refuse_nothing({word: inside[word] for word in words if not found[inside[word]]}, both, revision)
    paths = dict.fromkeys(path for some in found.values() for path in some)
    named = set(inside.values()) & set(paths)
    files = []
    for path, read in both.read([p for p in paths if p in named or both.may_differ(p)], revision):
        versions = _recognized(read)
        if path in named or _is_specification(versions, has_input):
            if both.leads_out(path):
                what = "leads out of this work tree, where git knows no earlier version"
                raise UsageError(f"{quoted(versions.file)} {what}")
            files.append(versions)
    notes = filter(None, [note, _passed_over(both, found), *_notes_of_removed(both, found)])
    changed = sorted(with_renamed(files), key=lambda versions: versions.file)
    return Since(changed, list(notes), list(map(both.place, paths)), not_compared(both, found))


def _notes_of_removed(both: BothVersions, places: Collection[str]) -> Iterable[str]:
    """What to say of submodules that were removed."""
    for one in removed(both, places):
        yield f"{quoted(one)} is a submodule no more, and what it had is not here to be compared"


def _passed_over(both: BothVersions, found: Mapping[str, Sequence[str]]) -> str:
    """What to say of models that changed; `found` is what each word stands for."""
    places = {path for word in found for path in both.specs(word, MODELS) if both.may_differ(path)}
    read = {both.place(path) for paths in found.values() for path in paths}
    return passed_over_note(sorted(map(both.place, places)), read)


def _refuse_nothing(missing: Mapping[str, str], both: BothVersions, revision: str) -> None:
    """Raise UsageError for words that stand for no file; `missing` has the place of each.

    Submodules that changed are told in another way.
    """
    for word, place in missing.items():
        if not_compared(both, [place]) or removed(both, [place]):
            continue
        absent = not_read(both.absent, both.top, [place])
        raise UsageError(absent[0].message if absent else _nothing(word, os.path.isdir(word), revision))


def _nothing(word: str, is_folder: bool, revision: str) -> str:
    if is_folder or is_pattern(word):
        return f"{nothing_in(word, is_folder)} here or in {revision}"
    missing = f"no file or folder {quoted(word)} here or in {revision}"
    name = split_spec(word).name
    if name == word or not os.path.isfile(name):
        return missing
    tail = word.removeprefix(name)
    one = " ".join(map(shell_word, (f"{revision}:{_inside(name, git.top_folder())}{tail}", word)))
    return f'{missing}; --since takes whole files, without "{tail}"; for that alone: convcalc diff {one}'


def _refuse_version(word: str) -> None:
    """Raise UsageError for a `REVISION:PATH`, which cannot be compared alone."""
    revision, _, path = word.partition(":")
    if revision and path and git.has(revision, path):
        command = f"convcalc diff {shell_word(word)} {shell_word(path.removeprefix('./'))}"
        what = f"{quoted(word)} is an earlier version; what it is compared with is missing"
        raise UsageError(f"{what}, as in: {command}")


def base_of(revision: str) -> tuple[str, str]:
    """The commit to compare with, and what to say of it."""
    if base := git.merge_base(revision):
        return base, ""
    if git.is_shallow():
        note = (
            f"this shallow clone has no common commit with {revision}; compared with {revision} itself"
        )
        return git.commit_of(revision), note
    raise UsageError(f"{revision} and HEAD have no common commit")


def _inside(word: str, top: str) -> str:
    """As `place_of`; UsageError where it is outside."""
    if (place := place_of(word, top)) is None:
        raise UsageError(f"{quoted(word)} is not in this work tree")
    return place


def place_of(word: str, top: str) -> str | None:
    """A path or pattern from the top of the work tree, None where it is outside."""
    start, pattern = (word, "") if os.path.lexists(word) else split_pattern(word)
    path = os.path.abspath(start) if word else os.sep
    folder, name = os.path.split(path)
    # Links within the work tree stay: each version may have led them elsewhere.
    for place in (path, os.path.join(os.path.realpath(folder), name), os.path.realpath(path)):
        inside = os.path.relpath(place, os.path.realpath(top)).replace(os.sep, "/")
        if inside != os.pardir and not inside.startswith("../"):
            return "/".join(part for part in (inside, pattern) if part not in ("", os.curdir))
    return None


def _is_specification(versions: Versions, has_input: bool) -> bool:
    """Whether either version is meant as one; a version that is invalid is meant as one too."""
    return any(_is_one(one, has_input) for one in (versions.old, versions.new) if one)


def _is_one(version: Source, has_input: bool) -> bool:
    if version.model is not None:
        return has_reader(version.model)
    text, _ = decode(version.data, version.label)
    top, variants = outline(text)
    return bool(_BODIES & top) and (has_input or "input" in top | variants)


def with_renamed(files: Sequence[Versions]) -> list[Versions]:
    """A file that went and one like it that came are one file."""
    gone = [one for one in files if one.new is None]
    come = [one for one in files if one.old is None]
    found = pair_up([_words(one.old) for one in gone], [_words(one.new) for one in come])
    pairs = [(come[now], gone[was]) for now, was in found.items()]
    renamed = [now._replace(old=was.old, was=was.old.label) for now, was in pairs if was.old]
    paired = {one.file for pair in pairs for one in pair}
    return [*(one for one in files if one.file not in paired), *renamed]


def _recognized(versions: Versions) -> Versions:
    """Both versions, each told for a model file where it is one."""
    old, new = (one and recognized(one) for one in (versions.old, versions.new))
    return versions._replace(old=old, new=new)


def _words(version: Source | None) -> Counter[bytes]:
    return Counter(version.data.split() if version else ())
