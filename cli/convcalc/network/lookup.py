"""Find what a name stands for: above it, in its group and in those around."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from ..language.signature import Given
from ..text.problems import MOST_HINTS, Mark, Report
from ..text.wording import MOST_LISTED, listed, quoted
from .context import Home, Place, home_of
from .names import Meaning, Names

_OUTSIDE = "a name is looked for above, in its group and in those around it"
_NOTHING = "nothing in it has a name"
_MOST_LOOKED_AT = 1_000  # names, for one that is written without its group


class NameFault(Exception):
    """A name that cannot be read where it stands; its text says why."""


class UnknownNameFault(NameFault):
    """A name, or the first segment of a path, that stands for nothing above it."""


def find(text: str, given: Given, place: Place, report: Report, into_heads: bool = False) -> Meaning:
    """What the name `text`, written as `given`, stands for; raises NameFault."""
    if (home := home_of(given, place)) is None:
        raise NameFault(f"{quoted(given.text)} is a parameter of the file, and no name of a layer")
    first, *rest = text.split("/")
    if first == "in":
        if rest or into_heads:
            raise NameFault('"in" is what enters, which is no layer or group; write the name of one')
        return Meaning(home.scope.entering, None, home.scope.begun, home.scope.begun)
    known = _look_above(first, home, place, report)
    path = first
    for segment in rest:
        known = _go_into(known, path, segment, report)
        path += f"/{segment}"
    if not into_heads and _is_in_another_head(known, place):
        what = "is in a head, and what is in one is seen inside it only"
        raise NameFault(
            f"{quoted(text)} {what}; put it in front of the head, as in [{first}: ..., out: []]"
        )
    return known


def _is_in_another_head(known: Meaning, place: Place) -> bool:
    return known.heads != place.heads[: len(known.heads)]


def _look_above(name: str, home: Home, place: Place, report: Report) -> Meaning:
    for group in _outwards(home.names):
        if group.branches or name not in group.written:
            continue
        if known := group.known.get(name):
            return known
        if name not in group.repeated:  # in its first round it is the one above the repeat
            raise UnknownNameFault(_not_there(name, group, home.mark))
    raise UnknownNameFault(_unknown(name, home.names, place, report))


def _outwards(names: Names | None) -> Iterator[Names]:
    while names is not None:
        yield names
        names = names.outer


def _not_there(name: str, group: Names, mark: Mark) -> str:
    """Why a name that is written in a group stands for nothing here yet."""
    if group.open == name:
        return f"{quoted(name)} is the group that this stands in, and nothing leaves it before its end"
    if group.written[name][:2] > mark[:2]:
        return f"{quoted(name)} is below; a name is looked for above"
    return f"{quoted(name)} is not there: its repeat has no rounds, or its side of an if is not taken"


def _unknown(name: str, names: Names | None, place: Place, report: Report) -> str:
    groups = list(_outwards(names))
    for group in groups:
        if group.branches and name in group.written:
            remedy = "in one list, the second layer can read the first"
            return f"{quoted(name)} is another branch, and branches do not see each other; {remedy}"
        if name in group.repeated:
            return (
                f"{quoted(name)} is not there in the first round; nothing above the repeat has that name"
            )
        if group.is_number(name):
            return _numbered(name, group.written)
    if name.lstrip("-").isdigit():
        return f"no name {quoted(name)} above; a layer is read by its name, so give it one"
    seen = [group.known for group in groups if not group.branches]
    parts = [part for part in re.split(r"[+,&]", name) if part]
    if parts != [name] and all(any(part in known for known in seen) for part in parts):
        written = f": {listed(parts, ' ')}" if parts else ""
        return f"no name {quoted(name)} above; only spaces stand between names{written}"
    if len(report) < MOST_HINTS and (path := _path_into(name, seen, place)):
        return f"no name {quoted(name)} above; it is in a group, so write {path}"
    there = _few(seen)
    what = f"there are {listed([*there, 'in'])}" if there else _OUTSIDE
    return f"no name {quoted(name)} above{report.hint(name, chain.from_iterable(seen), what)}"


def _numbered(name: str, written: Mapping[str, Mark]) -> str:
    """Why what has only a number cannot be read by it, and what to write."""
    stem = name.rstrip("0123456789")
    if stem in written:
        return f"{quoted(name)} is one round of {quoted(stem)}; write {stem}, which is the latest"
    what = f"{quoted(name)} is only the number of a layer or group without a name"
    return f"{what}; write a name in front of it, such as e1: {stem} ..., and read that"


def _few(tables: Iterable[Mapping[str, Meaning]]) -> list[str]:
    """The names in the tables where they are few enough to be listed."""
    names = list(islice(chain.from_iterable(tables), MOST_LISTED + 1))
    return list(dict.fromkeys(names)) if len(names) <= MOST_LISTED else []


def _path_into(name: str, tables: Iterable[Mapping[str, Meaning]], place: Place) -> str | None:
    """The path of what has that name in a group that has ended, where it can be read from here."""
    waiting = deque(("", table) for table in tables)
    left = _MOST_LOOKED_AT
    while waiting and left > 0:
        path, table = waiting.popleft()
        if path and name in table and not _is_in_another_head(table[name], place):
            return path + name
        for one, known in islice(table.items(), left):
            left -= 1
            if known.inside:
                waiting.append((f"{path}{one}/", known.inside.known))
    return None


def _go_into(known: Meaning, path: str, segment: str, report: Report) -> Meaning:
    if known.inside is None:
        raise NameFault(f"{quoted(path)} has no {quoted(segment)} in it")
    there = known.inside.known
    if found := there.get(segment):
        return found
    if known.inside.is_number(segment):
        raise NameFault(f"in {quoted(path)}, {_numbered(segment, known.inside.written)}")
    what = f"it has {listed(_few([there])) or f'{len(there):,} names'}" if there else _NOTHING
    raise NameFault(f"{quoted(path)} has no {quoted(segment)} in it{report.hint(segment, there, what)}")
