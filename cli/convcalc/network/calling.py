"""What a call gives: the layer of an operation, or the layers of a block."""

from __future__ import annotations

from ..language.bodies import Block, Branches, Call, Resolved
from ..language.signature import Given, option_mark
from ..ops.shapes import OperationError, shape_text
from .context import Place, Trail, applied, call_objection
from .edges import join
from .expansion_state import Expanded, Expander
from .input_fault import is_of_input, order_hint
from .layer import Layer
from .names import Flow


def call(expander: Expander, body: Call, place: Place, name: str | None, x: Flow | None) -> Expanded:
    """A block, a merge by name, or another operation."""
    found = expander.evaluator.resolve(body, place.scope)
    if found is None:
        return None
    if isinstance(found.target, Block):
        return _block(expander, body, found.target, found, place, name, x)
    if found.target.takes_names:
        return join(expander, body, found, place, name, x)
    return _layer(expander, body, found, place, name, x)


def _block(
    expander: Expander,
    body: Call,
    block: Block,
    found: Resolved,
    place: Place,
    name: str | None,
    x: Flow | None,
) -> Expanded:
    outer = place.scope.trail
    if objection := call_objection(outer, block):
        expander.tell(body.mark, objection, place.scope)
        return None
    expander.require_steps(expander.least.of(block.body), body.mark, place)
    inner = Trail(block.signature.name, body.mark, outer, outer.depth + 1 if outer else 1)
    scope = expander.evaluator.bind(block, found.arranged, place, x, inner)
    if scope is None:
        return None
    own = name or place.names.number(block.signature.name)
    written = body.words.written(lambda template: template.fill(place.scope.lookup))
    kind = block.body.merge.name if isinstance(block.body, Branches) else "layers"
    return expander.group(body, block.body, kind, written, place._replace(scope=scope), own, x)


def _pattern(expander: Expander, like: Given, place: Place, x: Flow | None) -> Flow | None:
    """What `like` names, whose size is taken; None where it cannot be used, which is reported."""
    known = expander.find(like, place)
    if known is None or known.flow is None or x is None:
        return None
    if len(known.flow.shape) != len(x.shape):
        there, here = shape_text(known.flow.shape), shape_text(x.shape)
        what = (
            f"{expander.shown(like, place)} is {there}, what flows here {here}; like needs as many axes"
        )
        expander.tell(like.mark, what, place.scope)
        return None
    return known.flow


def _layer(
    expander: Expander,
    body: Call,
    found: Resolved,
    place: Place,
    name: str | None,
    x: Flow | None,
) -> Flow | None:
    operation, like = found.operation, found.arranged.get("like")
    pattern = _pattern(expander, like, place, x) if like else None
    if operation is None or x is None or (like and pattern is None):
        return None
    try:
        sized = operation.sized(pattern.shape) if pattern else operation
        operation, y, cost = applied(sized, x.shape)
    except OperationError as error:
        _tell_misfit(expander, body, found, place, x, error)
        return None
    own = name or place.names.number(operation.name)
    layer = Layer(
        expander.path(place, own, body.mark),
        place.depth,
        operation,
        found.written,
        x.shape,
        y,
        cost,
        (x.layer,),
        (x.shape,),
        place.aux,
        body.mark,
        expander.evaluator.driven(body, found.arranged, place.scope),
        (x.layer,) if x.by_name else (),
        like=pattern.layer if pattern else None,
    )
    flow = expander.layout.add(layer, place.scope.trail)
    expander.layer_ended(place, name, flow)
    return flow


def _tell_misfit(
    expander: Expander, body: Call, found: Resolved, place: Place, x: Flow, error: OperationError
) -> None:
    """Report why a layer cannot take its input, at the option to blame or at the network's input."""
    layout = expander.layout
    if is_of_input(error, layout.input_shape, x.shape, layout.layers):
        expander.blame_input(found.written, body.mark)
        return
    read_at = body.words.mark
    mark = option_mark(found.arranged, read_at, error.option)
    where = "; this layer is in a side head" if place.aux else ""
    hint = order_hint(error, layout.input_shape)
    like = found.arranged.get("like")
    whose = f"; like is {expander.shown(like, place)}" if like else ""
    expander.tell(mark.moved(read_at, body.mark), error.message + whose + hint + where, place.scope)
