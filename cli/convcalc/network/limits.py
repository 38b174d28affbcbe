"""How far a specification may expand, and how many steps a body takes at least."""

from __future__ import annotations

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
from ..language.hints import read_count
from .tasks import run_task

MAX_STEPS = 1_000_000
MAX_CALLS = 64  # block calls within each other
MAX_PATH = 1024  # characters


class Steps:
    """The expansion steps that the networks of one file have taken together."""

    def __init__(self) -> None:
        self.taken = 0

    def allow(self, more: int) -> bool:
        return self.taken + more <= MAX_STEPS


class LeastSteps:
    """The least number of steps that a body takes, counted no further than the limit."""

    def __init__(self) -> None:
        self.known: dict[int, int] = {}

    def of(self, body: Body) -> int:
        if id(body) not in self.known:
            run_task(self._count(body))
        return self.known[id(body)]

    def _count(self, body: Body) -> Generator[Any, Any, int]:
        if id(body) not in self.known:
            self.known[id(body)] = 1  # a block that calls itself counts as one
            inner = 0
            for part, times in _parts(body):
                inner += times * (yield self._count(part))
            self.known[id(body)] = min(1 + inner, MAX_STEPS + 1)
        return self.known[id(body)]


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
