"""How branches come together: concat, add, mul."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from .base import Countables, Operation
from .shapes import Shape


class MergeError(Exception):
    """Branches do not fit together; `first` is the place of the one that all are held against."""

    def __init__(self, first: int, rule: str) -> None:
        super().__init__(rule)
        self.first = first
        self.rule = rule


class Merge(Operation):
    """A layer with the outputs of several branches as its input."""

    spreads_gates: ClassVar[bool] = False  # over height and width

    def merged_shape(self, ends: Sequence[Shape]) -> Shape:
        """The shape of the merged branches, one or more; raises MergeError."""
        raise NotImplementedError

    def merged_countables(self, ends: Sequence[Shape]) -> Countables:
        """As `countables`, which cannot tell what it merges."""
        return {}


def _steps(merge: Merge, ends: Sequence[Shape]) -> Countables:
    """The values that come out as one branch after the other is taken in."""
    steps = (merge.merged_shape(ends[:count]) for count in range(2, len(ends) + 1))
    return {merge.name: sum(prod(shape) for shape in steps)}


def _require_equal(keys: Sequence[object], rule: str) -> None:
    if any(key != keys[0] for key in keys):
        raise MergeError(0, rule)


class Concat(Merge):
    """the branches' channels behind each other"""

    name: ClassVar[str] = "concat"

    def merged_shape(self, ends: Sequence[Shape]) -> Shape:
        _require_equal([end[1:] for end in ends], "concat needs equal height and width")
        return sum(end[0] for end in ends), *ends[0][1:]


class Add(Merge):
    """the branches' sum, value by value"""

    name: ClassVar[str] = "add"

    def merged_shape(self, ends: Sequence[Shape]) -> Shape:
        _require_equal(ends, "add needs equal shapes")
        return ends[0]

    def merged_countables(self, ends: Sequence[Shape]) -> Countables:
        return _steps(self, ends)


class Mul(Merge):
    """the branches' product; a gate of channels × 1 × 1 is spread over height and width"""

    name: ClassVar[str] = "mul"
    spreads_gates: ClassVar[bool] = True

    def merged_shape(self, ends: Sequence[Shape]) -> Shape:
        largest = max(range(len(ends)), key=lambda place: (prod(ends[place]), len(ends[place])))
        whole = ends[largest]
        for place, end in enumerate(ends):
            if end not in (whole, whole[:1], (whole[0], 1, 1)):
                rule = "mul needs equal shapes, or gates with the same channels"
                raise MergeError(min(largest, place), rule)
        return whole

    def merged_countables(self, ends: Sequence[Shape]) -> Countables:
        return _steps(self, ends)


MERGES: dict[str, Merge] = {merge.name: merge for merge in (Concat(), Add(), Mul())}
