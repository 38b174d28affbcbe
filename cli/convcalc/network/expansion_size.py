"""The least number of steps that a body takes, known before it is expanded."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Generator
from typing import Any

from ..language.bodies import (
    Again,
    Block,
    Body,
    Branches,
    Broken,
    Call,
    Choice,
    From,
    Head,
    Named,
    Repeat,
    Series,
)
from ..language.repeat_and_if import read_count
from .limits import MAX_STEPS
from .recursion import run_task

Above = ChainMap[str, int]  # the least steps of what has a name, in this group and in those around it


class LeastSteps:
    """The least steps of a specification's bodies, counted no further than the limit.

    What `again` names is looked for as it will be then: above, up to the edge of the block.
    """

    def __init__(self, root: Body, known: dict[int, int]) -> None:
        self.root = root
        self.known = known

    def of(self, body: Body) -> int:
        if id(body) not in self.known:
            for whole in (self.root, body):  # a block, or what only a value reaches, is a whole itself
                run_task(self._count(whole, Above()))
        return self.known[id(body)]

    def _count(self, body: Body, above: Above) -> Generator[Any, Any, int]:
        if id(body) in self.known:
            return self.known[id(body)]
        self.known[id(body)] = 1  # a block that calls itself counts as one
        if isinstance(body, Repeat | Choice):
            above.update(dict.fromkeys(body.names, 0))  # each time they may stand for something else
        steps = _own(body, above)
        inside = _inside(body, above)
        for part, times in _parts(body):
            steps += times * (_of_operation(part) or (yield self._count(part, inside)))
        if isinstance(body, Named):
            above[body.name] = _once_more(body.body, steps - 1)
        self.known[id(body)] = min(steps, MAX_STEPS + 1)
        return self.known[id(body)]


def _of_operation(body: Body) -> int:
    """The steps that a call of an operation takes; 0 for every other body."""
    if not isinstance(body, Call) or body.words.resolved is None:
        return 0
    target = body.words.resolved.target
    if isinstance(target, Block):
        return 0
    return 1 + (len(body.words.given) if target.takes_names else 0)


def _own(body: Body, above: Above) -> int:
    """The steps that a body takes beside those of its parts."""
    more = above.get(body.source.text, 0) if isinstance(body, Again) else 0
    return _of_operation(body) or 1 + more


def _once_more(body: Body, steps: int) -> int:
    """The least that `again` takes for what is named: a call itself is no step of what it gives."""
    match body:
        case Call():
            return max(steps - 1, 1)
        case Series() | Branches() | Repeat() | Named():
            return steps
        case _:
            return 1


def _inside(body: Body, above: Above) -> Above:
    """What is seen above by the parts of a body."""
    match body:
        case Call():
            return Above()
        case Named() | Branches() | Head(aux=True):
            return above.new_child()
        case _:
            return above


def _parts(body: Body) -> list[tuple[Body, int]]:
    """The bodies directly within a body, and how often each is expanded at least."""
    match body:
        case Series():
            return [(item, 1) for item in body.items]
        case Branches():
            return [(branch.body, 1) for branch in body.branches.values()]
        case Repeat():
            count = read_count(body.count.value.constant or "")
            return [(body.body, count or 0)]
        case Head() | Named():
            return [(body.body, 1)]
        case Choice():
            return _taken_for_certain(body)
        case Call():
            target = body.words.resolved.target if body.words.resolved else None
            return [(target.body, 1)] if isinstance(target, Block) else []
        case Broken() | From() | Again():
            return []


def _taken_for_certain(body: Choice) -> list[tuple[Body, int]]:
    taken = {"0": body.otherwise, "1": body.then}.get(body.condition.value.constant or "")
    return [(taken, 1)] if taken else []
