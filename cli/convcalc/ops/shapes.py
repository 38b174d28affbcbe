"""Shapes, and what is said of one that does not fit."""

from __future__ import annotations

from collections.abc import Sequence

Shape = tuple[int, ...]  # channels, then the size along each axis; (features,) of a vector

_AXES = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
MOST_AXES = max(_AXES)


class OperationError(Exception):
    """An operation cannot take its inputs or its options; `option` names the one at fault.

    `standard` is the place of the input that others do not fit, where there are several, and `axes`
    how many axes the operation would take, where it is that.
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
    """What so many axes are called."""
    return _AXES[count]


def axes_text(count: int) -> str:
    """`height × width`"""
    return " × ".join(axis_names(count))


def axes_list(count: int) -> str:
    """`depth, height and width`"""
    *others, last = axis_names(count)
    return f"{', '.join(others)} and {last}" if others else last


def shape_text(shape: Shape) -> str:
    """`256×28×28`: channels, height, width."""
    return "×".join(map(str, shape))


def shapes_text(shapes: Sequence[Shape]) -> str:
    """One shape, or how many outputs there are."""
    return shape_text(shapes[0]) if len(shapes) == 1 else f"{len(shapes):,} outputs"
