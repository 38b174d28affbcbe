"""Shapes, and what is said of one that does not fit."""

from __future__ import annotations

Shape = tuple[int, ...]  # (channels, height, width) of a feature map, (features,) of a vector


class OperationError(Exception):
    """An operation cannot take its inputs or its options; `option` names the one at fault.

    `standard` is the place of the input that others do not fit, where there are several.
    """

    def __init__(self, message: str, option: str | None = None, standard: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.option = option
        self.standard = standard


def shape_text(shape: Shape) -> str:
    """`256×28×28`: channels, height, width."""
    return "×".join(map(str, shape))
