"""Inputs of the wrong form: with a batch in front, without channels, or with channels last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..ops.shapes import OperationError, Shape, shape_text
from ..text.problems import Mark
from ..text.wording import quoted
from .layer import Layer

_USUAL = 2  # axes: height and width
_FEW = (1, 3, 4)  # channels of an image
_LEAST_SIDE = 16  # of an image


class InputFault(NamedTuple):
    """The layer that cannot take the network's input, and where it stands."""

    entering: Shape
    layer: str
    mark: Mark

    def message(self, what: str, place: str, as_list: bool) -> str:
        """The message; `what` is the input as the user knows it."""
        meant = channels_first(self.entering) or self._meant
        form = f"[{', '.join(map(str, meant))}]" if as_list else "x".join(map(str, meant))
        has, remedy = {
            1: ("is a vector", f"channels come first, such as {form}"),
            2: ("has one axis", f"channels come first, such as {form}"),
            4: ("has three axes", f"a batch is no part of it; write {form}"),
        }[len(self.entering)]
        return f"{what} {has}, but {quoted(self.layer)} at {place} needs height and width; {remedy}"

    @property
    def _meant(self) -> Shape:
        match self.entering:
            case (side,):
                return 3, max(side, _LEAST_SIDE), max(side, _LEAST_SIDE)
            case (first, side):
                return (first, side, side) if first in _FEW else (3, first, side)
            case (_, *rest):
                return channels_first(tuple(rest)) or tuple(rest)
        return self.entering


def is_of_input(
    error: OperationError, entering: Shape | None, x: Shape, before: Iterable[Layer]
) -> bool:
    """Whether a layer for images fails because the network's input does not have an image's form."""
    if entering is None or error.axes != _USUAL or len(entering) == 1 + _USUAL:
        return False
    if any("kernel_size" in layer.operation.options for layer in before):
        return False  # which takes the input as it is
    return x == entering if len(entering) == 1 else len(x) == len(entering)


def channels_first(shape: Shape) -> Shape | None:
    """The shape with its channels moved to the front, if they seem to stand last: 224×224×3."""
    match shape:
        case (height, width, channels) if height == width >= _LEAST_SIDE and channels in _FEW:
            return channels, height, width
    return None


def order_hint(error: OperationError, entering: Shape | None) -> str:
    """The hint for a kernel that does not fit, if the channels seem to stand last."""
    if error.option != "kernel_size" or entering is None or not (meant := channels_first(entering)):
        return ""
    return f"; channels come first: is the input {shape_text(meant)}?"
