"""Where branches meet and do not fit: which layers are at fault, and what to say of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..language.bodies import Branches
from ..ops.shapes import OperationError, Shape, shape_text
from ..text.problems import Mark
from .model import Item, Layer


def join_faults(
    body: Branches, ends: dict[str, Shape], spans: dict[str, slice], items: Sequence[Item]
) -> Iterator[tuple[Mark, str]]:
    """The place and the message for each branch that does not fit the one it is held against.

    `ends` are the branches' output shapes, `spans` where their items stand in `items`.
    """
    try:
        body.merge.output_shape(*ends.values())
        return
    except OperationError as error:
        model = list(ends)[error.standard]
    for name, end in ends.items():
        try:
            body.merge.output_shape(ends[model], end)
        except OperationError as error:
            layers = [item for item in items[spans[name]] if isinstance(item, Layer)]
            yield _fault(body, (name, end), (model, ends[model]), layers, error.message)


def _fault(
    body: Branches,
    found: tuple[str, Shape],
    model: tuple[str, Shape],
    layers: Sequence[Layer],
    rule: str,
) -> tuple[Mark, str]:
    name, end = found
    what = (
        f'branch "{name}" ends at {shape_text(end)} '
        f'but "{model[0]}" ends at {shape_text(model[1])}; {rule}'
    )
    is_gate = body.merge.spreads and end[1:] == (1, 1)
    is_resized = len(end) == len(model[1]) == 3 and end[1:] != model[1][1:] and not is_gate
    culprit = _last_that_changes(layers, slice(1, None) if is_resized else slice(0, 1))
    if culprit is None:
        return body.branches[name].mark, what
    return culprit.mark, what + (_resize_hint(culprit) if is_resized else "")


def _last_that_changes(layers: Sequence[Layer], axes: slice) -> Layer | None:
    """The last layer that changes channels, or height and width; else the last layer."""
    changing = [layer for layer in layers if layer.output[axes] != layer.input[axes]]
    found = changing or layers
    return found[-1] if found else None


def _resize_hint(layer: Layer) -> str:
    """What made the layer's output another size, where an option did."""
    operation = layer.operation
    if layer.input[1:] == layer.output[1:]:
        return ""
    sides = f"{_side(layer.input)} to {_side(layer.output)}"
    if getattr(operation, "stride", (1, 1)) != (1, 1):
        return f". The stride takes {sides}"
    padding = getattr(operation, "padding", "same")
    if padding == "same":
        return ""
    written = '"valid"' if padding == (0, 0) else "The padding"
    verb = "shrinks" if layer.output[1] < layer.input[1] else "takes"
    return f'. {written} {verb} {sides}; leave it out for "same" padding'


def _side(shape: Shape) -> str:
    height, width = shape[1:]
    return str(height) if height == width else f"{height}×{width}"
