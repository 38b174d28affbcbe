"""Shapes, how they are written, and the error of one that does not fit."""

from __future__ import annotations

from collections.abc import Sequence

Shape = tuple[int, ...]  # channels, then the size along each axis; (features,) of a vector

_AXES = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
MOST_AXES = max(_AXES)


class OperationError(Exception):
    """An operation cannot take its inputs or its options; `option` names the one at fault.

    Of several inputs that do not fit each other, `standard` is the place of the one that the others
    are held against. Where the number of axes is wrong, `axes` is the number that would be right.
    """

    def __init__(
        self, message: str, option: str | None = None, standard: int = 0, axes: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.option = option
        self.standard = standard
        self.axes = axes


def axis_names(count: int) -> tuple[str, ...]:
    """The names of so many axes."""
    return _AXES[count]


def axes_text(count: int) -> str:
    """`height × width`"""
    return " × ".join(axis_names(count))


def axes_list(count: int) -> str:
    """`depth, height and width`"""
    *others, last = axis_names(count)
    return f"{', '.join(others)} and {last}" if others else last


def channels_noun(shape: Shape) -> str:
    """What the first size counts: channels where axes are behind it, else the features of a vector."""
    return "channels" if len(shape) > 1 else "features"


def shape_text(shape: Shape) -> str:
    """`256×28×28`: channels, height, width."""
    return "×".join(map(str, shape))


def shapes_text(shapes: Sequence[Shape]) -> str:
    """One shape, or how many outputs there are."""
    return shape_text(shapes[0]) if len(shapes) == 1 else f"{len(shapes):,} outputs"
