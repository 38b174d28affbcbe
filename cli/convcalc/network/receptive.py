"""How much of the image each position sees: receptive field and effective stride, per axis."""

from collections.abc import Iterable
from typing import NamedTuple

from ..ops.options import Pair
from ..ops.shapes import Shape
from .model import NETWORK_INPUT, Layer, Network

MAX_FIELD = 10**18  # elements; strides multiply, so that a long network's have millions of digits


class Field(NamedTuple):
    """Along height and width: the image's elements that a position sees, and the step between two."""

    size: Pair
    stride: Pair


def receptive_fields(network: Network) -> tuple[Field | None, ...]:
    """The field at each layer's output; None where a position is no window of the image, or too large.

    Over branches the largest counts; a gate, which is spread over all positions, is left out.
    Sizes follow r + (span − 1) · s with the stride s so far (Araujo et al. 2019, equation 2).
    """
    image = Field((1, 1), (1, 1)) if len(network.input_shape) == 3 else None
    fields: list[Field | None] = []
    for layer in network.layers:
        entering = [
            image if source == NETWORK_INPUT else fields[source]
            for source in layer.sources
            if not _is_gate(_shape(network, source), layer)
        ]
        fields.append(_through(layer, _largest(entering)))
    return tuple(fields)


def _shape(network: Network, source: int) -> Shape:
    return network.input_shape if source == NETWORK_INPUT else network.layers[source].output


def _is_gate(shape: Shape, layer: Layer) -> bool:
    """Whether a merge spreads this input over height and width."""
    return layer.operation.spreads and shape != layer.output


def _largest(fields: Iterable[Field | None]) -> Field | None:
    known = [field for field in fields if field is not None]
    if len(known) < len(list(fields)) or not known:
        return None
    sizes, strides = zip(*known, strict=True)
    return Field(_axiswise(sizes), _axiswise(strides))


def _axiswise(pairs: Iterable[Pair]) -> Pair:
    heights, widths = zip(*pairs, strict=True)
    return max(heights), max(widths)


def _through(layer: Layer, field: Field | None) -> Field | None:
    windows = layer.operation.windows(*layer.inputs)
    if field is None or windows is None:
        return None
    if not windows:
        return field
    (height, width), (step_down, step_right) = field
    down, right = windows
    size = height + (down.span - 1) * step_down, width + (right.span - 1) * step_right
    stride = step_down * down.stride, step_right * right.stride
    return Field(size, stride) if max(*size, *stride) <= MAX_FIELD else None
