"""Expand a specification's bodies into layers, with their names and exact shapes.

Each kind of body answers with what leaves it, or with a task: a generator that yields the answers
of the bodies in it and is sent what leaves them. None means that it is unknown what leaves: some
layer before has a problem, which has been reported and is not reported again.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ..language.bodies import (
    Again,
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
from ..language.specification import Specification
from ..ops.shapes import Shape
from ..text.problems import Report
from ..text.wording import quoted
from .calling import call
from .context import Place, Scope
from .edges import again, flow_from
from .expansion_state import Expander, TooLarge, Visitor
from .input_fault import InputFault
from .layer import NETWORK_INPUT
from .layout import Layout
from .limits import Steps
from .names import Flow, Names, names_in
from .recursion import run_task
from .structure import branches, broken, choice, head, named, repeat, series

_VISITORS: dict[type, Visitor] = {
    Call: call,
    Series: series,
    Branches: branches,
    Repeat: repeat,
    Choice: choice,
    Head: head,
    Named: named,
    From: flow_from,
    Again: again,
    Broken: broken,
}


class Expansion(NamedTuple):
    layout: Layout
    end: Flow | None  # where the main path ends; None where that is unknown
    top_names: frozenset[str]
    input_fault: InputFault | None


def expand(
    specification: Specification,
    parameters: Mapping[str, str],
    input_shape: Shape | None,
    report: Report,
    steps: Steps,
) -> Expansion:
    """Every layer of an architecture with these values; what is wrong is reported.

    Without an input shape everything but the shapes is checked.
    """
    body = specification.body
    expander = Expander(_VISITORS, specification, parameters, input_shape, report, steps)
    x = Flow(input_shape, NETWORK_INPUT) if input_shape else None
    scope, written = Scope(parameters, x, steps.taken), names_in(body)
    names = Names(written, expander.taken(body, scope), branches=isinstance(body, Branches))
    try:
        y = run_task(expander.whole(body, Place(scope, "", 0, names), x))
    except TooLarge:
        y = None
    layout = expander.layout
    if y and not layout.outputs:
        layout.read_aside.add(y.layer)
    if not report and not expander.input_fault:
        _tell_unread(layout, report)
    return Expansion(layout, y, frozenset(written), expander.input_fault)


def _tell_unread(layout: Layout, report: Report) -> None:
    for place, mark in layout.unread():
        layer, trail = layout.layers[place], layout.trails[place]
        what = (
            f"the output of {quoted(layer.path)} is not used; end it in {{out: ...}}, "
            "or leave it out; {aux: []} keeps it"
        )
        report.add(mark, what, trail.related() if trail else ())
