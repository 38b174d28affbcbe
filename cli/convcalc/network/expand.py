"""Expand a specification's bodies into layers, with their names and exact shapes.

Each kind of body has a task, a generator that is sent the output shape of what it yields. A shape
of None is unknown: the layer before it has a problem, which has been reported, and no other
problem is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple

from ..cost import cost_of
from ..errors import Mark, Problem
from ..language.architecture import Architecture
from ..language.bodies import Aux, Block, Body, Branches, Broken, Call, Named, Names, Repeat, Series
from ..language.calls import Signature
from ..language.parse import count_fault, option_mark, read_count
from ..ops.base import Operation, OperationError, Shape, shape_text
from ..ops.kinds import MAX_SIZE
from .evaluate import Arranged, Evaluator
from .joints import join_fault
from .limits import MAX_CALLS, MAX_PATH, MAX_STEPS, LeastSteps, run
from .model import Group, Item, Layer
from .scope import Numbering, Scope, Trail

Task = Generator[Any, Shape | None, Shape | None]


class _TooLarge(Exception):
    """The expansion has passed its limit; the problem has been reported."""


class Place(NamedTuple):
    """Where a body stands: the group that it adds to, and what is known there."""

    scope: Scope
    path: str  # of the group, with a "/" behind it; empty at the top
    depth: int
    numbering: Numbering
    repeated: bool = False
    aux: bool = False


class Expansion(NamedTuple):
    output_shape: Shape | None
    items: list[Item]
    top_names: frozenset[str]


def expand(architecture: Architecture, problems: list[Problem]) -> Expansion:
    """Every layer of an architecture; what is wrong is added to `problems`."""
    return _Expander(architecture, problems).expand()


class _Expander:
    def __init__(self, architecture: Architecture, problems: list[Problem]) -> None:
        self.architecture = architecture
        self.evaluator = Evaluator(architecture, problems)
        self.report = self.evaluator.report
        self.items: list[Item] = []
        self.steps = 0
        self.least = LeastSteps()
        self.tasks: dict[type, Callable[[Any, Place, str | None, Shape | None], Task]] = {
            Call: self.call,
            Series: self.series,
            Branches: self.branches,
            Repeat: self.repeat,
            Aux: self.aux,
            Named: self.named,
            Broken: self.broken,
        }

    def expand(self) -> Expansion:
        body, x = self.architecture.body, self.architecture.input_shape
        scope, names = Scope(self.architecture.parameters, _channels(x)), frozenset(_names_in(body))
        try:
            y = run(self.whole(body, Place(scope, "", 0, Numbering(names)), x))
        except _TooLarge:
            y = None
        return Expansion(y, self.items, names)

    def visit(self, body: Body, place: Place, name: str | None, x: Shape | None) -> Task:
        """The task of a body that has this name, or none, in its group."""
        self.steps += 1
        self.require_steps(0, body.mark, place)
        return self.tasks[type(body)](body, place, name, x)

    def whole(self, body: Body, place: Place, x: Shape | None) -> Task:
        """A body that is all there is in its group: its branches need no name of their own."""
        if isinstance(body, Branches):
            return self.split(body, place, x)
        return self.visit(body, place, None, x)

    def require_steps(self, steps: int, mark: Mark, place: Place) -> None:
        if self.steps + steps > MAX_STEPS:
            what = f"the network grows beyond {MAX_STEPS:,} expansion steps here"
            self.report(mark, what, place.scope)
            raise _TooLarge

    # What each kind of body does.

    def broken(self, body: Broken, place: Place, name: str | None, x: Shape | None) -> Task:
        yield from ()
        return None

    def named(self, body: Named, place: Place, name: str | None, x: Shape | None) -> Task:
        if name is not None:
            return (yield self.group(body, body, "layers", "", place, name, x))
        own = place.numbering.number(body.name) if place.repeated else body.name
        return (yield self.visit(body.body, place, own, x))

    def series(self, body: Series, place: Place, name: str | None, x: Shape | None) -> Task:
        if name is not None:
            return (yield self.group(body, body, "layers", "", place, name, x))
        for item in body.items:
            x = yield self.visit(item, place, None, x)
        return x

    def repeat(self, body: Repeat, place: Place, name: str | None, x: Shape | None) -> Task:
        if name is not None:
            return (yield self.group(body, body, "layers", "", place, name, x))
        text = self.evaluator.fill(body.count.value, body.count.mark, place.scope)
        if text is None:
            return None
        count = read_count(text)
        if count is None:
            self.report(body.count.mark, count_fault(text), place.scope)
            return None
        self.require_steps(count * self.least.of(body.body), body.count.mark, place)
        repeated = place._replace(repeated=True)
        for _ in range(count):
            x = yield self.visit(body.body, repeated, None, x)
        return x

    def aux(self, body: Aux, place: Place, name: str | None, x: Shape | None) -> Task:
        own = name or place.numbering.number("aux")
        aside = place._replace(aux=True)
        # As a list of one: unlike a name's, an aux head's branches have a group of their own.
        head = Series(body.mark, [body.body], body.body.names)
        yield self.group(body, head, "aux", "", aside, own, x)
        return x

    def branches(self, body: Branches, place: Place, name: str | None, x: Shape | None) -> Task:
        own = name or place.numbering.number(body.merge.name)
        return (yield self.group(body, body, body.merge.name, "", place, own, x))

    def call(self, body: Call, place: Place, name: str | None, x: Shape | None) -> Task:
        found = self.evaluator.target(body, place.scope)
        if found is None:
            return None
        target, arranged = found
        if isinstance(target, Block):
            return (yield self.block(body, target, arranged, place, name, x))
        return self.layer(body, target, arranged, place, name, x)

    def block(
        self,
        call: Call,
        block: Block,
        arranged: Arranged,
        place: Place,
        name: str | None,
        x: Shape | None,
    ) -> Task:
        if objection := _call_objection(place.scope.trail, block):
            self.report(call.mark, objection, place.scope)
            return None
        self.require_steps(self.least.of(block.body), call.mark, place)
        outer = place.scope.trail
        inner = Trail(block.signature.name, call.mark, outer, outer.depth + 1 if outer else 1)
        scope = self.evaluator.bind(block, arranged, place.scope, _channels(x), inner)
        if scope is None:
            return None
        own = name or place.numbering.number(block.signature.name)
        written = self.evaluator.written(call, place.scope)
        kind = block.body.merge.name if isinstance(block.body, Branches) else "layers"
        inside = place._replace(scope=scope)
        return (yield self.group(call, block.body, kind, written, inside, own, x))

    def layer(
        self,
        call: Call,
        signature: Signature,
        arranged: Arranged,
        place: Place,
        name: str | None,
        x: Shape | None,
    ) -> Shape | None:
        operation = self.evaluator.operation(call, signature, arranged, place.scope)
        if operation is None or x is None:
            return None
        try:
            y = _within_limits(operation.output_shape(x))
        except OperationError as error:
            mark = option_mark(arranged, call.mark, error.option)
            self.report(mark, error.message, place.scope)
            return None
        written = self.evaluator.written(call, place.scope, operation)
        own = name or place.numbering.number(operation.name)
        return self.add(operation, written, call.mark, place, own, x, y)

    # Groups, and what is added to them.

    def group(
        self,
        at: Body,
        body: Body,
        kind: str,
        written: str,
        place: Place,
        name: str,
        x: Shape | None,
    ) -> Task:
        """A body in a group of its own."""
        path = self.path(place, name, at.mark)
        index = len(self.items)
        shape = x or ()
        opened = Group(
            path, place.depth, kind, written, shape, shape, place.aux, at.mark.line, index + 1
        )
        self.items.append(opened)
        numbering = Numbering(_names_in(body))
        inside = place._replace(
            path=path + "/", depth=place.depth + 1, numbering=numbering, repeated=False
        )
        y = yield self.whole(body, inside, x)
        self.items[index] = opened._replace(output=y or (), stop=len(self.items))
        return y

    def split(self, body: Branches, place: Place, x: Shape | None) -> Task:
        """Each branch from the same input, then their merge, the last layer of the group."""
        self.steps += 1
        inside = place._replace(scope=place.scope._replace(channels=_channels(x)), repeated=False)
        ends: dict[str, Shape] = {}
        spans: dict[str, slice] = {}
        for name, branch in body.branches.items():
            start = len(self.items)
            y = yield self.visit(branch.body, inside, name, x)
            if y is not None:
                ends[name] = y
                spans[name] = slice(start, len(self.items))
        if fault := join_fault(body, ends, spans, self.items):
            self.report(*fault, place.scope)
            return None
        if x is None or len(ends) < len(body.branches):
            return None
        y = body.merge.merged_shape(list(ends.values()))
        own = place.numbering.merge(body.merge.name)
        return self.add(body.merge, body.merge.name, body.mark, place, own, x, y)

    def add(
        self,
        operation: Operation,
        written: str,
        mark: Mark,
        place: Place,
        name: str,
        x: Shape,
        y: Shape,
    ) -> Shape:
        path = self.path(place, name, mark)
        cost = cost_of(operation, x, y)
        self.items.append(Layer(path, place.depth, operation, written, x, y, cost, place.aux, mark))
        return y

    def path(self, place: Place, name: str, mark: Mark) -> str:
        path = place.path + name
        if len(path) > MAX_PATH:
            self.report(mark, f"a path of more than {MAX_PATH:,} characters", place.scope)
            raise _TooLarge
        return path


def _channels(x: Shape | None) -> int | None:
    return x[0] if x else None


def _names_in(body: Body) -> Names | set[str]:
    """The names written in the group that a body fills."""
    return set(body.branches) if isinstance(body, Branches) else body.names


def _call_objection(trail: Trail | None, block: Block) -> str | None:
    """Why a block cannot be called here, if so."""
    name = block.signature.name
    if trail and name in trail.blocks():
        return f'block "{name}" calls itself'
    if trail and trail.depth >= MAX_CALLS:
        return f"more than {MAX_CALLS} block calls within each other"
    return None


def _within_limits(y: Shape) -> Shape:
    if max(y) > MAX_SIZE:
        raise OperationError(f"the output would be {shape_text(y)}; a size is at most 10^12")
    return y
