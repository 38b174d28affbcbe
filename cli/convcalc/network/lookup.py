"""Find what a name stands for: above it, in its group and in those around."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..language.signature import Given
from ..text.problems import Mark
from ..text.wording import listed, quoted, suggestion
from .context import Place, home_of
from .names import Meaning, Names

_OUTSIDE = "a name is looked for above, in its group and in those around it"


class NameFault(Exception):
    """A name that cannot be read where it stands; its text says why."""


def find(text: str, given: Given, place: Place, into_heads: bool = False) -> Meaning:
    """What the name `text`, written as `given`, stands for; raises NameFault."""
    if (home := home_of(given.value, place)) is None:
        raise NameFault(f"{quoted(given.text)} is a parameter of the file, and no name of a layer")
    names, scope = home
    first, *rest = text.split("/")
    if first == "in":
        if rest or into_heads:
            raise NameFault('"in" is what enters, no layer and no group')
        return Meaning(scope.entering, None, scope.begun, scope.begun)
    known = _look_above(first, names, given.mark)
    path = first
    for segment in rest:
        known = _go_into(known, path, segment)
        path += f"/{segment}"
    if not into_heads and known.heads != place.heads[: len(known.heads)]:
        raise NameFault(f"{quoted(text)} is in a head; what is in one is seen inside it only")
    return known


def _look_above(name: str, names: Names | None, mark: Mark) -> Meaning:
    for group in _outwards(names):
        if group.branches or name not in group.written:
            continue
        if known := group.known.get(name):
            return known
        if name not in group.repeated:  # in its first round it is the one above the repeat
            raise NameFault(_not_there(name, group, mark))
    raise NameFault(_unknown(name, names))


def _outwards(names: Names | None) -> Iterator[Names]:
    while names is not None:
        yield names
        names = names.outer


def _not_there(name: str, group: Names, mark: Mark) -> str:
    """Why a name that is written in a group stands for nothing here yet."""
    if group.open == name:
        return f"{quoted(name)} has not ended here, so nothing leaves it yet"
    if group.written[name][:2] > mark[:2]:
        return f"{quoted(name)} is below; a name is looked for above"
    return f"{quoted(name)} is not there: its repeat has no rounds, or its side of an if is not taken"


def _unknown(name: str, names: Names | None) -> str:
    groups = list(_outwards(names))
    for group in groups:
        if group.branches and name in group.written:
            return f"{quoted(name)} is another branch, and branches do not see each other"
        if name in group.repeated:
            return (
                f"{quoted(name)} is not there in the first round; nothing above the repeat has that name"
            )
        if group.is_number(name):
            return f"{quoted(name)} is a number and no name; give it a name"
    known = dict.fromkeys(one for group in groups if not group.branches for one in group.known)
    if name.lstrip("-").isdigit():
        return f"no name {quoted(name)} above; a layer is read by its name, so give it one"
    there = f"there are {listed([*known, 'in'])}" if known else _OUTSIDE
    return f"no name {quoted(name)} above{suggestion(name, known, there)}"


def _go_into(known: Meaning, path: str, segment: str) -> Meaning:
    if known.inside is None:
        raise NameFault(f"{quoted(path)} has no {quoted(segment)} in it")
    if found := known.inside.known.get(segment):
        return found
    if known.inside.is_number(segment):
        raise NameFault(f"{quoted(segment)} in {quoted(path)} is a number and no name; give it a name")
    there: Iterable[str] = known.inside.known
    hint = suggestion(segment, there, f"it has {listed(there)}" if there else "nothing in it has a name")
    raise NameFault(f"{quoted(path)} has no {quoted(segment)} in it{hint}")
