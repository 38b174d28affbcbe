"""Equal bodies as blocks with arguments, from the innermost groups outwards.

A block is kept where it saves more than it takes. Since one that is not kept changes what stands
around it, everything is folded again without it, until all that is left is worth its line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ..graph import INPUT
from .block_arguments import Param, arguments
from .block_names import block_names, is_unit, name_branches
from .bodies import Writer
from .common_form import Key, Skeleton, collapse, skeleton
from .foldable_terms import Slot, Term, copied, items
from .naming import TakenNames
from .references import open_up
from .yaml_text import WIDTH, flow

_MOST_PASSES = 8
_NAME = 8  # characters of a name, so that a long one is no reason against a block
_LINE = 8  # characters that a line of `define` takes besides its text


@dataclass(slots=True, eq=False)
class Definition:
    """A block of `define`: in its body, which `entry` enters in the first call, `$c` is what differs."""

    name: str
    key: Key
    params: list[Param]
    body: list[Term]
    entry: int

    @property
    def head(self) -> str:
        if not self.params:
            return self.name
        words = (one.name if one.default is None else f"{one.name}={one.default}" for one in self.params)
        return f"{self.name}({', '.join(words)})"


class Folded(NamedTuple):
    blocks: list[Definition]
    body: list[Term]


def fold(body: list[Term]) -> Folded:
    """The network's terms in terms of blocks."""
    useless: set[Key] = set()
    for _ in range(_MOST_PASSES):
        folded = _Folder(useless).fold(copied(body))
        found = _useless(folded)
        if not found:
            return folded
        useless |= found
    return _Folder(useless | {block.key for block in folded.blocks}).fold(copied(body))


class _Folder:
    def __init__(self, useless: set[Key]) -> None:
        self.useless = useless
        self.blocks: list[Definition] = []
        self.taken = TakenNames()

    def fold(self, body: list[Term]) -> Folded:
        open_up(body, INPUT)
        groups = sorted(_groups(body), key=lambda term: term.height)
        for _, level in groupby(groups, key=lambda term: term.height):
            self._level(list(level))
        for term in body:
            for inner in term.bodies:
                collapse(inner)
        collapse(body)
        return Folded(self.blocks, body)

    def _level(self, groups: list[Term]) -> None:
        """Make blocks of the groups of one height that have equal skeletons."""
        classes: dict[Key, list[tuple[Term, Skeleton]]] = {}
        for group in groups:
            collapse(group.body)
            if _is_single(group):
                continue
            found = skeleton(group.body, group.channels, group.entry)
            classes.setdefault(found.key, []).append((group, found))
        useful = {
            key: members
            for key, members in classes.items()
            if len(members) > 1 and key not in self.useless
        }
        groups_of = {key: [group for group, _ in members] for key, members in useful.items()}
        names = block_names(groups_of, self.taken)
        for key, members in useful.items():
            groups = groups_of[key]
            skeletons = [one for _, one in members]
            if groups[0].is_row and _sizes(arguments(groups[0].body, skeletons).params) > 1:
                continue
            self._block(key, self.taken.unique(names[key]), groups, skeletons)

    def _block(self, key: Key, name: str, groups: list[Term], skeletons: list[Skeleton]) -> None:
        body = groups[0].body
        name_branches(groups)
        params, written = arguments(body, skeletons)
        for value, text in zip(skeletons[0].values, written, strict=True):
            slots = list(value.term.slots)
            slots[value.place] = Slot(value.slot.name, "" if text is None else text)
            value.term.slots = tuple(slots)
        self.blocks.append(Definition(name, key, params, body, groups[0].entry))
        for number, group in enumerate(groups):
            group.kind, group.label, group.bodies = "call", name, []
            group.slots = tuple(one.slots[number]._replace(name=one.name) for one in params)


def _sizes(params: list[Param]) -> int:
    """How many of the arguments are no names."""
    return sum(1 for param in params if all(slot.node is None for slot in param.slots))


def _is_single(group: Term) -> bool:
    """Whether it is one layer, for which a block would be another name."""
    body = list(items(group.body))
    return len(body) == 1 and body[0].kind == "op"


def _groups(body: list[Term]) -> Iterator[Term]:
    for term in body:
        if term.kind == "group" and not term.is_open:
            yield term
        for inner in term.bodies:
            yield from _groups(inner)


def _useless(folded: Folded) -> set[Key]:
    """The blocks that take more than they save, and those that nothing calls."""
    uses: dict[str, list[Term]] = {block.name: [] for block in folded.blocks}
    within: dict[str, Definition] = {}  # of a block that is called in one place, the block around that
    for block in (None, *folded.blocks):
        for term in _calls(block.body if block else folded.body):
            uses[term.label].append(term)
            if block:
                within[term.label] = block
    writer = Writer({block.name: block.params for block in folded.blocks})
    lengths = {block.name: len(flow(writer.body(block.body, block.entry))) for block in folded.blocks}
    found = set()
    for block in folded.blocks:
        own, extra = lengths[block.name], len(block.name) - _NAME
        saved = sum(own - len(writer.call(term, term.entry)) + extra for term in uses[block.name])
        around = within.get(block.name)
        if len(uses[block.name]) == 1 and around and lengths[around.name] <= WIDTH < own:
            found.add(around.key)  # a row of blocks is no block, and these have their lines
        elif len(uses[block.name]) < _least_uses(block) or saved < own + len(block.head) - extra + _LINE:
            found.add(block.key)
    return found


def _least_uses(block: Definition) -> int:
    """A layer with its norm and activation is as well written twice."""
    return 3 if is_unit(list(items(block.body))) else 2


def _calls(body: list[Term]) -> Iterator[Term]:
    for term in items(body):
        if term.kind == "call":
            yield term
        for inner in term.bodies:
            yield from _calls(inner)
