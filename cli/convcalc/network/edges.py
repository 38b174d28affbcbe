"""Expand what reads names: `from x`, `add x`, `again x`."""

from __future__ import annotations

from collections import Counter

from ..language.bodies import Again, Call, From, Resolved
from ..language.signature import Given
from ..ops.merges import Merge
from ..ops.shapes import OperationError, shape_text
from .context import Place
from .expansion_state import Expander
from .names import Flow


def flow_from(
    expander: Expander, body: From, place: Place, name: str | None, x: Flow | None
) -> Flow | None:
    """The flow goes on from what has the name; what flowed here goes no further."""
    known = expander.find(body.source, place)
    y = known.flow if known else None
    expander.layout.has_dropped = True
    if name is not None:
        expander.ended(place, name, y, None, expander.steps.taken)
    return y


def join(
    expander: Expander,
    body: Call,
    found: Resolved,
    place: Place,
    name: str | None,
    x: Flow | None,
) -> Flow | None:
    """One layer merges what flows here with what is named."""
    operation, given = found.operation, body.words.given
    expander.require_steps(len(given), body.mark, place)
    expander.steps.taken += len(given)
    known = [expander.find(one, place) for one in given]
    named = [one.flow for one in known if one is not None and one.flow is not None]
    if not isinstance(operation, Merge) or x is None or len(named) < len(given):
        return None
    if not _fits(expander, operation, given, named, place, x):
        return None
    own = name or place.names.number(operation.name)
    flow = expander.merge(operation, found.written, own, body.mark, place, x.shape, (x, *named))
    if flow is not None:
        expander.layer_ended(place, name, flow)
    return flow


def _fits(
    expander: Expander,
    operation: Merge,
    given: tuple[Given, ...],
    named: list[Flow],
    place: Place,
    x: Flow,
) -> bool:
    """Whether each named input comes once and fits what flows here. One that does not is reported."""
    times = Counter([x.layer])
    fits = True
    for one, flow in zip(given, named, strict=True):
        times[flow.layer] += 1
        if times[flow.layer] > 2:
            continue  # the second has been told
        if fault := _fault(operation, expander.shown(one, place), flow, x, times[flow.layer] == 2):
            expander.tell(one.mark, fault, place.scope)
            fits = False
    return fits


def _fault(operation: Merge, shown: str, flow: Flow, x: Flow, is_second: bool) -> str | None:
    word = operation.name
    if is_second:
        twice = "; for twice a tensor write factor 2" if word == "add" else ""
        return f"{word} takes {shown} twice; a merge by name takes each tensor once{twice}"
    try:
        operation.output_shape(x.shape, flow.shape)
    except OperationError as error:
        shapes = f"{shown} is {shape_text(flow.shape)}, what flows here {shape_text(x.shape)}"
        return f"{shapes}; {error.message}"
    return None


def again(
    expander: Expander, body: Again, place: Place, name: str | None, x: Flow | None
) -> Flow | None:
    """What has the name stands here once more, with the same weights."""
    from .shared_weights import AgainFault, repeat_item  # which few networks have

    known = expander.find(body.source, place, into_heads=True)
    if known is None or known.flow is None or x is None:
        return None
    layout, begun = expander.layout, expander.steps.taken
    start = len(layout.items)
    text = expander.evaluator.fill(body.source.value, body.source.mark, place.scope) or ""
    body = Again(body.mark, body.source._replace(text=text))  # as it is called, with its values put in
    own = name or place.names.number("again")
    path = expander.path(place, own, body.mark)
    try:
        steps = max(layout.size(known.item), known.ended - known.begun)
        expander.require_steps(steps, body.mark, place)
        y, inside = repeat_item(layout, known, body, place, path, x, begun)
    except AgainFault as error:
        expander.tell(body.mark, str(error), place.scope)
        return None
    expander.steps.taken += steps
    expander.ended(place, own, y, start, begun, inside)
    return y
