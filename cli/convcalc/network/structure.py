"""Expand lists, names, repeats, choices, branches and heads."""

from __future__ import annotations

from collections.abc import Iterable

from ..language.bodies import Body, Branches, Broken, Choice, Head, Named, Repeat, Series
from ..language.repeat_and_if import condition_fault, count_fault, read_condition, read_count
from .context import Place
from .expansion_state import Expanded, Expander, Task
from .names import Flow


def broken(expander: Expander, body: Broken, place: Place, name: str | None, x: Flow | None) -> Expanded:
    return None


def named(expander: Expander, body: Named, place: Place, name: str | None, x: Flow | None) -> Expanded:
    if name is not None:
        return expander.group(body, body, "layers", "", place, name, x)
    own = place.names.number_repeated(body.name) if place.repeated else body.name
    answer = expander.visit(body.body, place, own, x)
    if answer is None:
        expander.ended(place, own, None, None, expander.steps.taken)
    return answer


def series(expander: Expander, body: Series, place: Place, name: str | None, x: Flow | None) -> Task:
    if name is not None:
        return expander.group(body, body, "layers", "", place, name, x)
    return _one_by_one(expander, body.items, place, x)


def _one_by_one(expander: Expander, items: Iterable[Body], place: Place, x: Flow | None) -> Task:
    for item in items:
        answer = expander.visit(item, place, None, x)
        x = answer if answer is None or isinstance(answer, Flow) else (yield answer)
    return x


def repeat(expander: Expander, body: Repeat, place: Place, name: str | None, x: Flow | None) -> Expanded:
    if name is not None:
        return expander.group(body, body, "layers", "", place, name, x)
    text = expander.evaluator.fill(body.count.value, body.count.mark, place.scope)
    if text is None:
        return None
    count = read_count(text)
    if count is None:
        expander.tell(
            body.count.mark, count_fault(text, body.count, expander.evaluator.parameters), place.scope
        )
        return None
    expander.require_steps(count * expander.least.of(body.body), body.count.mark, place)
    return _rounds(expander, body, count, place, x)


def _rounds(expander: Expander, body: Repeat, count: int, place: Place, x: Flow | None) -> Task:
    names, before = place.names, place.names.repeated
    names.repeated = before or body.names
    for _ in range(count):
        scope = place.scope._replace(entering=x, begun=expander.steps.taken)
        inside = place._replace(scope=scope, repeated=True)
        answer = expander.visit(body.body, inside, None, x)
        x = answer if answer is None or isinstance(answer, Flow) else (yield answer)
    names.repeated = before
    return x


def choice(expander: Expander, body: Choice, place: Place, name: str | None, x: Flow | None) -> Expanded:
    text = expander.evaluator.fill(body.condition.value, body.condition.mark, place.scope)
    if text is None:
        return None
    is_true = read_condition(text)
    if is_true is None:
        fault = condition_fault(text, body.condition, expander.evaluator.parameters)
        expander.tell(body.condition.mark, fault, place.scope)
        return None
    return expander.visit(body.side(is_true), place, name, x)


def head(expander: Expander, body: Head, place: Place, name: str | None, x: Flow | None) -> Task:
    aside = place._replace(heads=(*place.heads, expander.layout.head()), aux=place.aux or body.aux)
    start, begun = len(expander.layout.items), expander.steps.taken
    if body.aux:
        own = name or place.names.number("aux")
        # It is expanded as a list of one, because branches in an aux head have a group of their own.
        inside = Series(body.mark, [body.body], body.body.names)
        y = yield expander.group(body, inside, "aux", "", aside, own, x)
    else:
        if place.heads:
            expander.tell(
                body.mark,
                "an out inside another head; write it behind that head, as a layer of its own",
                place.scope,
            )
        y = yield expander.visit(body.body, aside, name, x)
    if y is not None and body.aux:
        expander.layout.read_aside.add(y.layer)
    elif y is not None:
        expander.layout.add_output(y, start, len(expander.layout.items), begun)
    return x


def branches(
    expander: Expander, body: Branches, place: Place, name: str | None, x: Flow | None
) -> Expanded:
    own = name or place.names.number(body.merge.name)
    return expander.group(body, body, body.merge.name, "", place, own, x)
