"""What all kinds of body need to be expanded: visits, groups, names, and places for layers."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any

from ..language.bodies import Body, Branches, Call
from ..language.signature import Given, with_source
from ..language.specification import Specification
from ..ops.merges import Merge
from ..ops.shapes import OperationError, Shape
from ..text.problems import Mark, Related, Report
from ..text.wording import quoted
from .context import Place, Scope, applied, home_of
from .evaluate import Evaluator
from .expansion_size import LeastSteps
from .input_fault import InputFault
from .layer import Group, Layer
from .layout import Ends, Layout
from .limits import MAX_PATH, MAX_STEPS, Steps
from .lookup import NameFault, UnknownNameFault, find
from .names import Flow, Meaning, Names, names_in, names_taken

Task = Generator[Any, Flow | None, Flow | None]
Expanded = Task | Flow | None
Visitor = Callable[["Expander", Any, Place, str | None, Flow | None], Expanded]


class TooLarge(Exception):
    """The expansion has passed its limit; the problem has been reported."""


class Expander:
    """Visits bodies, each by the function for its kind."""

    def __init__(
        self,
        visitors: Mapping[type, Visitor],
        specification: Specification,
        parameters: Mapping[str, str],
        input_shape: Shape | None,
        report: Report,
        steps: Steps,
    ) -> None:
        self.visitors = visitors
        self.evaluator = Evaluator(specification.calls, parameters, report, steps)
        self.tell = self.evaluator.tell
        self.report = report
        self.layout = Layout(input_shape)
        self.steps = steps
        self.least = LeastSteps(specification.body, specification.calls.least_steps)
        self.input_fault: InputFault | None = None

    def blame_input(self, layer: str, mark: Mark) -> None:
        """Keep the first layer that cannot take the network's input; one is enough to tell."""
        assert self.layout.input_shape is not None
        self.input_fault = self.input_fault or InputFault(self.layout.input_shape, layer, mark)

    def visit(self, body: Body, place: Place, name: str | None, x: Flow | None) -> Expanded:
        """The answer of a body that has this name, or none, in its group."""
        self.steps.taken += 1
        if self.steps.taken > MAX_STEPS:
            self.require_steps(0, body.mark, place)
        return self.visitors[type(body)](self, body, place, name, x)

    def whole(self, body: Body, place: Place, x: Flow | None) -> Expanded:
        """The answer of a body that is the whole of its group, so that its branches need no name."""
        if isinstance(body, Branches):
            return self.split(body, place, x)
        return self.visit(body, place, None, x)

    def require_steps(self, steps: int, mark: Mark, place: Place) -> None:
        if not self.steps.allow(steps):
            what = f"the file grows beyond {MAX_STEPS:,} expansion steps here"
            self.tell(mark, what, place.scope)
            raise TooLarge

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
        """Expand a body as a group. Inside a block's group the names around it are not seen."""
        path, begun = self.path(place, name, at.mark), self.steps.taken
        index, first = self.layout.open_group(), len(self.layout.layers)
        place.names.begin(name)
        outer = None if isinstance(at, Call) else place.names
        inner = Names(
            names_in(body), self.taken(body, place.scope), outer, branches=isinstance(body, Branches)
        )
        inside = Place(place.scope, path + "/", place.depth + 1, inner, False, place.aux, place.heads)
        y = yield self.whole(body, inside, x)
        if x is not None and y is not None:
            stop = len(self.layout.items)
            group = Group(path, place.depth, kind, written, x.shape, y.shape, place.aux, at.mark, stop)
            self.layout.close_group(index, group, Ends(x.layer, y.layer, first))
        self.ended(place, name, y, index, begun, inner)
        return y

    def ended(
        self,
        place: Place,
        own: str,
        flow: Flow | None,
        item: int | None,
        begun: int,
        inside: Names | None = None,
    ) -> None:
        """From now on the name stands for this in its group."""
        known = Meaning(flow, item, begun, self.steps.taken, inside, place.heads)
        place.names.end(own, known)

    def layer_ended(self, place: Place, name: str | None, flow: Flow) -> None:
        """From now on the name, if there is one, stands for the layer that was added last."""
        if name is not None:
            self.ended(place, name, flow, len(self.layout.items) - 1, self.steps.taken)

    def find(self, given: Given, place: Place, into_heads: bool = False) -> Meaning | None:
        """What a name stands for; None where it stands for nothing, which is reported."""
        text = self.evaluator.fill(given.value, given.mark, place.scope)
        if text is None:
            return None
        try:
            known = find(text, given, place, self.report, into_heads)
        except NameFault as error:
            self._tell_of_name(error, given, place)
            return None
        if not into_heads:
            self.layout.reads.append((self.steps.taken, known.begun, text))
        if known.flow is None or text == "in":
            return known
        return known._replace(flow=known.flow._replace(by_name=True))

    def _tell_of_name(self, error: NameFault, given: Given, place: Place) -> None:
        """Report a name that cannot be read, where it is written: also where it is handed to a block."""
        home = home_of(given, place)
        is_handed = len(given.value.pieces) == 1 or isinstance(error, UnknownNameFault)
        if home is None or home.mark == given.mark or not is_handed:
            self.tell(given.mark, str(error), place.scope)
            return
        around = home.scope.trail.related() if home.scope.trail else ()
        read = Related(given.mark, f"read here as {quoted(given.text)}")
        self.report.add(home.mark, str(error), [read, *around])

    def shown(self, given: Given, place: Place) -> str:
        """A name as messages show it: that of the layer, and as it is written where that differs."""
        text = self.evaluator.peek(given.value, place.scope) or given.text
        return with_source(quoted(text), given, text)

    def taken(self, body: Body, scope: Scope) -> Iterable[str]:
        """The names of a group, which no number may have. Those of a side not taken are free."""
        if not body.names or isinstance(body, Branches):
            return names_in(body)
        return names_taken(body, lambda given: self.evaluator.peek(given.value, scope))

    def path(self, place: Place, name: str, mark: Mark) -> str:
        path = place.path + name
        if len(path) > MAX_PATH:
            self.tell(mark, f"a path of more than {MAX_PATH:,} characters", place.scope)
            raise TooLarge
        return path

    def split(self, body: Branches, place: Place, x: Flow | None) -> Task:
        """The branches of a group and their merge."""
        self.steps.taken += 1
        layout, first = self.layout, len(self.layout.layers)
        scope = place.scope._replace(entering=x, begun=self.steps.taken)
        inside = place._replace(scope=scope, repeated=False)
        ends: dict[str, Flow] = {}
        for name, branch in body.branches.items():
            y = yield self.visit(branch.body, inside, name, x)
            if y is None:
                self.ended(inside, name, None, None, self.steps.taken)
            else:
                ends[name] = y
        if not ends:
            return None
        try:
            body.merge.output_shape(*(end.shape for end in ends.values()))
        except OperationError:
            from .merge_faults import join_faults  # only needed where something is wrong

            for mark, message in join_faults(body, ends, first, layout.layers):
                self.tell(mark, message, place.scope)
            return None
        if x is None or len(ends) < len(body.branches):
            return None
        merge = body.merge
        own = place.names.merge(merge.name)
        flow = self.merge(merge, merge.name, own, body.mark, place, x.shape, tuple(ends.values()))
        if flow is not None:
            layout.ends[len(layout.items) - 1] = Ends(x.layer, flow.layer, first)
        return flow

    def merge(
        self,
        operation: Merge,
        written: str,
        own: str,
        mark: Mark,
        place: Place,
        entering: Shape,
        flows: tuple[Flow, ...],
    ) -> Flow | None:
        """Add the layer that merges flows which fit each other; None where it would be too large."""
        path, shapes = self.path(place, own, mark), tuple(flow.shape for flow in flows)
        try:
            _, y, cost = applied(operation, *shapes)
        except OperationError as error:
            self.tell(mark, error.message, place.scope)
            return None
        layer = Layer(
            path,
            place.depth,
            operation,
            written,
            entering,
            y,
            cost,
            tuple(flow.layer for flow in flows),
            shapes,
            place.aux,
            mark,
            reads=tuple(flow.layer for flow in flows if flow.by_name),
        )
        return self.layout.add(layer, place.scope.trail)
