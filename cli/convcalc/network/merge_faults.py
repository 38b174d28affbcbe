"""Messages for branches that do not fit where they meet, at the layers that are at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..language.bodies import Branches
from ..ops.shapes import OperationError, Shape, shape_text
from ..text.problems import Mark
from .layer import Layer
from .names import Flow

Aspect = Callable[[Shape], object]  # the part of a shape that does not fit


def join_faults(
    body: Branches, ends: Mapping[str, Flow], start: int, layers: Sequence[Layer]
) -> Iterator[tuple[Mark, str]]:
    """The place and the message for each branch that does not fit the one it is held against.

    `ends` are what leaves the branches, whose layers are those from the place `start` on.
    """
    try:
        body.merge.output_shape(*(end.shape for end in ends.values()))
        return
    except OperationError as error:
        standard = list(ends)[error.standard]
    for name, end in ends.items():
        try:
            body.merge.output_shape(ends[standard].shape, end.shape)
        except OperationError as error:
            what = (
                f'branch "{name}" ends at {shape_text(end.shape)} '
                f'but "{standard}" ends at {shape_text(ends[standard].shape)}; {error.message}'
            )
            aspect = _unfit_aspect(body, end.shape, ends[standard].shape)
            culprit = _last_that_changes(layers, end.layer, start, aspect)
            if culprit is None:
                yield body.branches[name].mark, what
            else:
                yield culprit.mark, what + (_resize_hint(culprit) if aspect is _size else "")


def _size(shape: Shape) -> Shape:
    return shape[1:]


def _channels(shape: Shape) -> int:
    return shape[0]


def _unfit_aspect(body: Branches, end: Shape, standard: Shape) -> Aspect:
    if len(end) != len(standard):
        return len
    is_gate = body.merge.spreads and set(end[1:]) == {1}
    return _channels if is_gate or end[1:] == standard[1:] else _size


def _last_that_changes(layers: Sequence[Layer], place: int, start: int, aspect: Aspect) -> Layer | None:
    """The last layer of a branch that changes the aspect, looking back from its end.

    Where none does, the branch's last layer; None where the end reads no layer of the branch.
    """
    last = layers[place] if place >= start else None
    while place >= start:
        layer = layers[place]
        alike = [i for i, shape in enumerate(layer.inputs) if aspect(shape) == aspect(layer.output)]
        if not alike:
            return layer
        place = layer.sources[alike[0]]
    return last


def _resize_hint(layer: Layer) -> str:
    """The hint at the option that gave the layer's output another size, if one did."""
    operation: Any = layer.operation
    before = layer.inputs[0]
    if before[1:] == layer.output[1:]:
        return ""
    sides = f"{_side(before)} to {_side(layer.output)}"
    if set(getattr(operation, "stride", ())) - {1}:
        return f". The stride takes {sides}"
    option = operation.options.get("padding")
    if option is None or option.default != "same" or operation.padding == "same":
        return ""
    written = "The padding" if any(operation.padding) else '"valid"'
    verb = "shrinks" if layer.output[1] < before[1] else "takes"
    return f'. {written} {verb} {sides}; leave it out for "same" padding'


def _side(shape: Shape) -> str:
    sides = shape[1:]
    return str(sides[0]) if len(set(sides)) == 1 else shape_text(sides)
