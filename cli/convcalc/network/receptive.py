"""How much of the image each position sees: receptive field and effective stride, per axis."""

from collections.abc import Iterable, Sequence
from itertools import starmap
from typing import NamedTuple

from ..ops.shapes import Shape
from ..ops.window import Window
from .layer import NETWORK_INPUT, Layer

MAX_FIELD = 10**18  # elements; strides multiply, so that a long network's have millions of digits


class Sight(NamedTuple):
    """Which elements of the image the first position sees along an axis, and the step to the next.

    `first` is negative where it sees padding.
    """

    first: int = 0
    size: int = 1
    stride: int = 1

    def through(self, window: Window) -> "Sight":
        """What a window over positions with this sight sees (Araujo et al. 2019, equations 2 and 4)."""
        return Sight(
            self.first - window.pads[0] * self.stride,
            self.size + (window.span - 1) * self.stride,
            self.stride * window.stride,
        )


class ReceptiveField(NamedTuple):
    """The part of the image that a position sees, along each axis."""

    axes: tuple[Sight, ...]

    @property
    def size(self) -> tuple[int, ...]:
        return tuple(axis.size for axis in self.axes)

    @property
    def stride(self) -> tuple[int, ...]:
        """How many elements of the image lie between what two neighbouring positions see."""
        return tuple(axis.stride for axis in self.axes)


class _Seen(NamedTuple):
    """The receptive field of a layer's output, and whether each channel has become one value."""

    field: ReceptiveField | None
    is_pooled: bool = False


def receptive_fields(layers: Iterable[Layer], input_shape: Shape) -> tuple[ReceptiveField | None, ...]:
    """The field at each layer's output; None where a position is no window of the image, or too large.

    Where branches meet, it is all that any of them sees. Of a product, a branch that has been pooled
    to one value a channel is left out: it sees everything and weighs what the others see.
    Statistics that a norm takes over all positions are left out too.
    """
    axes = len(input_shape) - 1
    image = _Seen(ReceptiveField((Sight(),) * axes) if axes else None)
    found: list[_Seen] = []
    for layer in layers:
        ends = [image if source == NETWORK_INPUT else found[source] for source in layer.sources]
        found.append(_seen(layer, ends))
    return tuple(seen.field for seen in found)


def _seen(layer: Layer, ends: Sequence[_Seen]) -> _Seen:
    operation = layer.operation
    gated = [end for end in ends if not (operation.spreads and end.is_pooled)]
    is_pooled = all(end.is_pooled for end in ends) or operation.pools_all
    return _Seen(_through(layer, _union([end.field for end in gated])), is_pooled)


def _union(fields: Sequence[ReceptiveField | None]) -> ReceptiveField | None:
    known = [field for field in fields if field is not None]
    if len(known) < len(fields) or not known:
        return None
    if len({field.stride for field in known}) > 1:
        return None
    return ReceptiveField(tuple(starmap(_hull, zip(*(field.axes for field in known), strict=True))))


def _hull(*sights: Sight) -> Sight:
    first = min(sight.first for sight in sights)
    behind = max(sight.first + sight.size for sight in sights)
    return Sight(first, behind - first, sights[0].stride)


def _through(layer: Layer, field: ReceptiveField | None) -> ReceptiveField | None:
    windows = layer.operation.windows(*layer.inputs)
    if field is None or windows is None:
        return None
    if not windows:
        return field
    return _within_limits(map(Sight.through, field.axes, windows))


def _within_limits(axes: Iterable[Sight]) -> ReceptiveField | None:
    field = ReceptiveField(tuple(axes))
    return field if max(*field.size, *field.stride) <= MAX_FIELD else None
