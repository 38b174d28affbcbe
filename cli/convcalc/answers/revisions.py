"""The two versions of a specification that a diff compares."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..reader import git, git_trees
from ..reader.commit_and_work_tree import BothVersions, Kept, TwoVersions, Versions, source
from ..reader.decode import decode
from ..reader.folders import is_pattern, may_reach, nothing_in, split_pattern
from ..reader.shipped import shipped_names
from ..reader.source import Source, read_file
from ..reader.spec import SUFFIXES, split_spec
from ..reader.two_commits import TwoCommits
from ..reader.yaml_tree import outline
from ..specs.models_in_folders import MODELS, has_reader, passed_over_note
from ..specs.opening import recognized
from ..text.problems import UsageError
from ..text.wording import quoted, shell_word, suggestion
from .matching import pair_up
from .submodules import Unread, not_compared, not_read, removed

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
    """Raise UsageError for words that name revisions, also two as `main..topic`, and no file."""
    found = [word for word in words if _is_revision(word)]
    if not found:
        return
    old, new = git.ends_of("..".join(found[:2]))
    span = found[0]
    what = f"{quoted(span)} is a revision{' with another' if new else ''} and no file"
    if len(found) > 1:
        span = f"{old}..{new}"
        what = f"{quoted(found[0])} and {quoted(found[1])} are revisions and no files"
    when = f"since {new} left {old}" if new else f"since {old} up to here"
    raise UsageError(f"{what}; what changed {when}: convcalc diff --since {shell_word(span)}")


def _is_revision(word: str) -> bool:
    if not word or ":" in word or os.path.lexists(word) or word in shipped_names():
        return False
    return all(map(git.is_commit, filter(None, git.ends_of(word))))


def since(revision: str, words: Sequence[str], has_input: bool = False) -> Since:
    """The specifications that words stand for and that changed since this branch left a revision.

    Words stand for the files of both versions; without any, for all. With `has_input`, a
    specification needs none of its own. Raises UsageError for an unknown revision, a word that
    stands for nothing, and unrelated histories.
    """
    old, new = git.ends_of(revision)
    base, note = base_of(old, new or LAST_COMMIT)
    top = git.top_folder()
    both = TwoCommits(base, git.commit_of(new), top, new) if new else BothVersions(base, top)
    inside = {word: _inside(word, top) for word in words}
    found = {place: both.specs(place) for place in inside.values() or [""]}
    _refuse_nothing({word: inside[word] for word in words if not found[inside[word]]}, both, old, new)
    paths = dict.fromkeys(path for some in found.values() for path in some)
    named = set(inside.values()) & set(paths)
    files = []
    for path, read in both.read([p for p in paths if p in named or both.may_differ(p)], old):
        versions = _recognized(read)
        if path in named or _is_specification(versions, has_input):
            if both.leads_out(path):
                what = "leads out of this work tree, where git knows no earlier version"
                raise UsageError(f"{quoted(versions.file)} {what}")
            files.append(versions)
    others = (*_notes_of_removed(both, found), *_notes_of_stray(both, found))
    notes = filter(None, [note, _passed_over(both, found), *others])
    changed = sorted(with_renamed(files), key=lambda versions: versions.file)
    return Since(changed, list(notes), list(map(both.place, paths)), not_compared(both, found))


def _notes_of_removed(both: TwoVersions, places: Collection[str]) -> Iterable[str]:
    """What to say of submodules that were removed."""
    for one in removed(both, places):
        yield f"{quoted(one)} is a submodule no more, and what it had is not here to be compared"


def _notes_of_stray(both: TwoVersions, places: Collection[str]) -> Iterable[str]:
    """What to say of links that lead to nothing which a commit has."""
    for path in sorted(both.stray):
        if path.lower().endswith(SUFFIXES) and any(may_reach(place, path) for place in places):
            what = "is a link to what that commit does not have, and is not compared"
            yield f"{quoted(both.place(path))} {what}"


def _passed_over(both: TwoVersions, found: Mapping[str, Sequence[str]]) -> str:
    """What to say of models that changed; `found` is what each word stands for."""
    places = {path for word in found for path in both.specs(word, MODELS) if both.may_differ(path)}
    read = {both.place(path) for paths in found.values() for path in paths}
    return passed_over_note(sorted(map(both.place, places)), read)


def _refuse_nothing(missing: Mapping[str, str], both: TwoVersions, old: str, new: str | None) -> None:
    """Raise UsageError for words that stand for no file; `missing` has the place of each.

    `new` is None for the work tree. Submodules that changed are told in another way.
    """
    for word, place in missing.items():
        if not_compared(both, [place]) or removed(both, [place]):
            continue
        absent = not_read(both.absent, both.top, [place])
        raise UsageError(absent[0].message if absent else _nothing(word, os.path.isdir(word), old, new))


def _nothing(word: str, is_folder: bool, old: str, new: str | None) -> str:
    where = f"in {old} or {new}" if new else f"here or in {old}"
    if is_folder or is_pattern(word):
        return f"{nothing_in(word, is_folder)} {where}"
    missing = f"no file or folder {quoted(word)} {where}"
    name = split_spec(word).name
    if name == word or not os.path.isfile(name):
        return missing
    tail = word.removeprefix(name)
    path = f"{_inside(name, git.top_folder())}{tail}"
    one = " ".join(map(shell_word, (f"{old}:{path}", f"{new}:{path}" if new else word)))
    return f'{missing}; --since takes whole files, without "{tail}"; for that alone: convcalc diff {one}'


def _refuse_version(word: str) -> None:
    """Raise UsageError for a `REVISION:PATH`, which cannot be compared alone."""
    revision, _, path = word.partition(":")
    if revision and path and git.has(revision, path):
        command = f"convcalc diff {shell_word(word)} {shell_word(path.removeprefix('./'))}"
        what = f"{quoted(word)} is an earlier version; what it is compared with is missing"
        raise UsageError(f"{what}, as in: {command}")


def base_of(revision: str, other: str) -> tuple[str, str]:
    """The commit with which `other` is compared, and what to say of it."""
    if base := git.merge_base(revision, other):
        return base, ""
    if git.is_shallow():
        note = (
            f"this shallow clone has no common commit with {revision}; compared with {revision} itself"
        )
        return git.commit_of(revision), note
    raise UsageError(f"{revision} and {other} have no common commit")


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
