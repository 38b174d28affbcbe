"""Shapes, and what is said of one that does not fit."""

from __future__ import annotations

Shape = tuple[int, ...]  # (channels, height, width) of a feature map, (features,) of a vector


class OperationError(Exception):
    """An operation cannot take its input or its options; `option` names the one at fault."""

    def __init__(self, message: str, option: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.option = option


def shape_text(shape: Shape) -> str:
    """`256×28×28`: channels, height, width."""
    return "×".join(map(str, shape))
