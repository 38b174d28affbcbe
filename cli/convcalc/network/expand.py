"""Expand a specification's bodies into layers, with their names and exact shapes.

Each kind of body answers with what leaves it, or with a task: a generator that yields the answers
of the bodies in it and is sent what leaves them. What leaves is None where it is unknown: the layer
before it has a problem, which has been reported, and no other problem is made of it.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from itertools import repeat
from typing import Any, NamedTuple

from ..language.bodies import Aux, Block, Body, Branches, Broken, Call, Named, Repeat, Resolved, Series
from ..language.hints import count_fault, read_count
from ..language.signature import option_mark
from ..language.specification import Specification
from ..ops.shapes import OperationError, Shape
from ..text.problems import Mark, Report
from .context import (
    Flow,
    Numbering,
    Place,
    Scope,
    Trail,
    applied,
    call_objection,
    channels_of,
    names_in,
)
from .evaluate import Arranged, Evaluator
from .limits import MAX_PATH, MAX_STEPS, LeastSteps, Steps, run
from .merge_faults import join_faults
from .model import NETWORK_INPUT, Group, Item, Layer

Task = Generator[Any, Flow | None, Flow | None]
Answer = Task | Flow | None


_OPEN = Group("", 0, "", "", (), (), False, 0, 0)  # in a group's place until its end is known


class _TooLarge(Exception):
    """The expansion has passed its limit; the problem has been reported."""


class Expansion(NamedTuple):
    output_shape: Shape | None
    items: list[Item]
    top_names: frozenset[str]


def expand(
    specification: Specification,
    parameters: Mapping[str, str],
    input_shape: Shape | None,
    report: Report,
    steps: Steps,
) -> Expansion:
    """Every layer of an architecture with these values; what is wrong is reported.

    Without an input shape no shapes are checked, but everything else is.
    """
    return _Expander(specification, parameters, report, steps).expand(input_shape)


class _Expander:
    def __init__(
        self,
        specification: Specification,
        parameters: Mapping[str, str],
        report: Report,
        steps: Steps,
    ) -> None:
        self.body = specification.body
        self.evaluator = Evaluator(specification.calls, parameters, report)
        self.tell = self.evaluator.tell
        self.items: list[Item] = []
        self.layers = 0
        self.steps = steps
        self.least = LeastSteps()

    def expand(self, shape: Shape | None) -> Expansion:
        x = Flow(shape, NETWORK_INPUT) if shape else None
        scope, names = Scope(self.evaluator.parameters, channels_of(x)), frozenset(names_in(self.body))
        try:
            y = run(self.whole(self.body, Place(scope, "", 0, Numbering(names)), x))
        except _TooLarge:
            y = None
        return Expansion(y.shape if y else None, self.items, names)

    def visit(self, body: Body, place: Place, name: str | None, x: Flow | None) -> Answer:
        """The answer of a body that has this name, or none, in its group."""
        self.steps.taken += 1
        if self.steps.taken > MAX_STEPS:
            self.require_steps(0, body.mark, place)
        return _TASKS[type(body)](self, body, place, name, x)

    def whole(self, body: Body, place: Place, x: Flow | None) -> Answer:
        """A body that is all there is in its group: its branches need no name of their own."""
        if isinstance(body, Branches):
            return self.split(body, place, x)
        return self.visit(body, place, None, x)

    def require_steps(self, steps: int, mark: Mark, place: Place) -> None:
        if not self.steps.allow(steps):
            what = f"the file grows beyond {MAX_STEPS:,} expansion steps here"
            self.tell(mark, what, place.scope)
            raise _TooLarge

    # What each kind of body does.

    def broken(self, body: Broken, place: Place, name: str | None, x: Flow | None) -> Answer:
        return None

    def named(self, body: Named, place: Place, name: str | None, x: Flow | None) -> Answer:
        if name is not None:
            return self.group(body, body, "layers", "", place, name, x)
        own = place.numbering.number(body.name) if place.repeated else body.name
        return self.visit(body.body, place, own, x)

    def series(self, body: Series, place: Place, name: str | None, x: Flow | None) -> Task:
        if name is not None:
            return self.group(body, body, "layers", "", place, name, x)
        return self.one_by_one(body.items, place, x)

    def one_by_one(self, items: Iterable[Body], place: Place, x: Flow | None) -> Task:
        for item in items:
            answer = self.visit(item, place, None, x)
            x = answer if answer is None or isinstance(answer, Flow) else (yield answer)
        return x

    def repeat(self, body: Repeat, place: Place, name: str | None, x: Flow | None) -> Answer:
        if name is not None:
            return self.group(body, body, "layers", "", place, name, x)
        text = self.evaluator.fill(body.count.value, body.count.mark, place.scope)
        if text is None:
            return None
        count = read_count(text)
        if count is None:
            self.tell(body.count.mark, count_fault(text), place.scope)
            return None
        self.require_steps(count * self.least.of(body.body), body.count.mark, place)
        return self.one_by_one(repeat(body.body, count), place._replace(repeated=True), x)

    def aux(self, body: Aux, place: Place, name: str | None, x: Flow | None) -> Task:
        own = name or place.numbering.number("aux")
        aside = place._replace(aux=True)
        # As a list of one: unlike a name's, an aux head's branches have a group of their own.
        head = Series(body.mark, [body.body], body.body.names)
        yield self.group(body, head, "aux", "", aside, own, x)
        return x

    def branches(self, body: Branches, place: Place, name: str | None, x: Flow | None) -> Answer:
        own = name or place.numbering.number(body.merge.name)
        return self.group(body, body, body.merge.name, "", place, own, x)

    def call(self, body: Call, place: Place, name: str | None, x: Flow | None) -> Answer:
        found = self.evaluator.resolve(body, place.scope)
        if found is None:
            return None
        if isinstance(found.target, Block):
            return self.block(body, found.target, found.arranged, place, name, x)
        return self.layer(body, found, place, name, x)

    def block(
        self,
        call: Call,
        block: Block,
        arranged: Arranged,
        place: Place,
        name: str | None,
        x: Flow | None,
    ) -> Answer:
        if objection := call_objection(place.scope.trail, block):
            self.tell(call.mark, objection, place.scope)
            return None
        self.require_steps(self.least.of(block.body), call.mark, place)
        outer = place.scope.trail
        inner = Trail(block.signature.name, call.mark, outer, outer.depth + 1 if outer else 1)
        scope = self.evaluator.bind(block, arranged, place.scope, channels_of(x), inner)
        if scope is None:
            return None
        own = name or place.numbering.number(block.signature.name)
        written = call.words.written(lambda template: template.fill(place.scope.lookup))
        kind = block.body.merge.name if isinstance(block.body, Branches) else "layers"
        inside = place._replace(scope=scope)
        return self.group(call, block.body, kind, written, inside, own, x)

    def layer(
        self,
        call: Call,
        resolved: Resolved,
        place: Place,
        name: str | None,
        x: Flow | None,
    ) -> Flow | None:
        operation, arranged = resolved.operation, resolved.arranged
        if operation is None or x is None:
            return None
        try:
            operation, y, cost = applied(operation, x.shape)
        except OperationError as error:
            read_at = call.words.mark
            mark = option_mark(arranged, read_at, error.option)
            where = "; this layer is in a side head" if place.aux else ""
            self.tell(mark.moved(read_at, call.mark), error.message + where, place.scope)
            return None
        path = self.path(place, name or place.numbering.number(operation.name), call.mark)
        return self.add(
            Layer(
                path,
                place.depth,
                operation,
                resolved.written,
                x.shape,
                y,
                cost,
                (x.layer,),
                (x.shape,),
                place.aux,
                call.mark,
                self.evaluator.driven(call, arranged, place.scope),
            )
        )

    # Groups, and what is added to them.

    def group(
        self,
        at: Body,
        body: Body,
        kind: str,
        written: str,
        place: Place,
        name: str,
        x: Flow | None,
    ) -> Task:
        """A body in a group of its own."""
        path = self.path(place, name, at.mark)
        index = len(self.items)
        self.items.append(_OPEN)
        inner = Numbering(names_in(body))
        inside = Place(place.scope, path + "/", place.depth + 1, inner, False, place.aux)
        y = yield self.whole(body, inside, x)
        shapes = x.shape if x else (), y.shape if y else ()
        line, stop = at.mark.line, len(self.items)
        self.items[index] = Group(path, place.depth, kind, written, *shapes, place.aux, line, stop)
        return y

    def split(self, body: Branches, place: Place, x: Flow | None) -> Task:
        """Each branch from the same input, then their merge, the last layer of the group."""
        self.steps.taken += 1
        scope = place.scope._replace(channels=channels_of(x))
        inside = Place(scope, place.path, place.depth, place.numbering, False, place.aux)
        ends: dict[str, Flow] = {}
        start = self.layers
        for name, branch in body.branches.items():
            y = yield self.visit(branch.body, inside, name, x)
            if y is not None:
                ends[name] = y
        if not ends:
            return None
        try:
            body.merge.output_shape(*(end.shape for end in ends.values()))
        except OperationError:
            layers = [item for item in self.items if isinstance(item, Layer)]
            for mark, message in join_faults(body, ends, start, layers):
                self.tell(mark, message, place.scope)
            return None
        if x is None or len(ends) < len(body.branches):
            return None
        return self.merged(body, place, x, tuple(ends.values()))

    def merged(self, body: Branches, place: Place, x: Flow, ends: tuple[Flow, ...]) -> Flow | None:
        """The layer that brings branches together which fit each other."""
        merge, shapes = body.merge, tuple(end.shape for end in ends)
        try:
            _, output, cost = applied(merge, *shapes)
        except OperationError as error:
            self.tell(body.mark, error.message, place.scope)
            return None
        return self.add(
            Layer(
                self.path(place, place.numbering.merge(merge.name), body.mark),
                place.depth,
                merge,
                merge.name,
                x.shape,
                output,
                cost,
                tuple(end.layer for end in ends),
                shapes,
                place.aux,
                body.mark,
            )
        )

    def add(self, layer: Layer) -> Flow:
        self.items.append(layer)
        self.layers += 1
        return Flow(layer.output, self.layers - 1)

    def path(self, place: Place, name: str, mark: Mark) -> str:
        path = place.path + name
        if len(path) > MAX_PATH:
            self.tell(mark, f"a path of more than {MAX_PATH:,} characters", place.scope)
            raise _TooLarge
        return path


_TASKS: dict[type, Callable[[_Expander, Any, Place, str | None, Flow | None], Answer]] = {
    Call: _Expander.call,
    Series: _Expander.series,
    Branches: _Expander.branches,
    Repeat: _Expander.repeat,
    Aux: _Expander.aux,
    Named: _Expander.named,
    Broken: _Expander.broken,
}
