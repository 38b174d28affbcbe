"""Where branches meet and do not fit: which layer is at fault, and what to say of it."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Mark
from ..language.bodies import Branches
from ..ops.base import Shape, shape_text
from ..ops.merges import MergeError
from .model import Item, Layer


def join_fault(
    body: Branches, ends: dict[str, Shape], spans: dict[str, slice], items: Sequence[Item]
) -> tuple[Mark, str] | None:
    """The place and the message where the branches that are known cannot be merged.

    `ends` are the branches' output shapes, `spans` where their items stand in `items`.
    """
    if not ends:
        return None
    try:
        body.merge.merged_shape(list(ends.values()))
        return None
    except MergeError as error:
        names = list(ends)
        first, second = names[error.first], names[error.second]
        what = (
            f'branch "{second}" ends at {shape_text(ends[second])} '
            f'but "{first}" ends at {shape_text(ends[first])}; {error.rule}'
        )
        culprit = _last_that_resizes(items[spans[second]])
        if culprit is None:
            return body.branches[second].mark, what
        return culprit.mark, what + _resize_hint(culprit)


def _last_that_resizes(items: Sequence[Item]) -> Layer | None:
    """The branch's last layer that changes height or width, else its last layer."""
    layers = [item for item in items if isinstance(item, Layer)]
    resizing = [layer for layer in layers if layer.output[1:] != layer.input[1:]]
    found = resizing or layers
    return found[-1] if found else None


def _resize_hint(layer: Layer) -> str:
    """What made the layer's output another size, where an option did."""
    operation, sides = layer.operation, f"{_side(layer.input)} to {_side(layer.output)}"
    if getattr(operation, "stride", (1, 1)) != (1, 1):
        return f". The stride takes {sides}"
    padding = getattr(operation, "padding", "same")
    if padding == "same" or layer.input[1:] == layer.output[1:]:
        return ""
    written = '"valid"' if padding == (0, 0) else "its padding"
    verb = "shrinks" if layer.output[1] < layer.input[1] else "takes"
    return f'. {written} {verb} {sides}; leave it out for "same" padding'


def _side(shape: Shape) -> str:
    height, width = shape[1:]
    return str(height) if height == width else f"{height}×{width}"
