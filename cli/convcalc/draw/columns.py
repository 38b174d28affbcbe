"""Split a long trunk into columns, so that the picture is about four to three."""

from collections.abc import Iterator, Sequence
from math import log
from typing import NamedTuple

from .series_layout import SeriesLayout

_ASPECT = 4 / 3
_MOST = 24  # columns
_LEAST_HEIGHT = 520  # a picture of less height is not too long
_ENDS = 200  # the height of shapes, lines between columns, caption and legend
_OTHER_SIDE = 0.3  # what the side that is not too long counts
_CROSSING = 0.01  # what a named edge from one column to another counts


class _Row(NamedTuple):
    """A part of the trunk, with the heads beside it."""

    top: int
    bottom: int
    left: int
    right: int
    crossing: int  # the lines at the side that pass above it


def in_columns(trunk: SeriesLayout, gutter: int) -> list[range]:
    """The parts of the trunk, column by column."""
    rows = list(_rows(trunk))
    best = [range(len(rows))]
    best_score = _score(rows, best, gutter) if rows else 0
    for wanted in range(2, min(_MOST, len(rows)) + 1):
        if trunk.height < wanted * _LEAST_HEIGHT:
            break
        columns = _filled(rows, _lowest(rows, wanted))
        score = _score(rows, columns, gutter)
        if score < best_score:
            best, best_score = columns, score
    return best


def _rows(trunk: SeriesLayout) -> Iterator[_Row]:
    beside: dict[int, list[tuple[int, int]]] = {}
    for head, axis, top in zip(trunk.heads, trunk.axes, trunk.head_ys, strict=True):
        part = min(head.gap, len(trunk.layouts) - 1)
        beside.setdefault(part, []).append((top + head.layout.height, axis + head.layout.right))
    for part, (layout, y, crossing) in enumerate(
        zip(trunk.layouts, trunk.ys, trunk.crossings(), strict=True)
    ):
        heads = beside.get(part, [])
        bottom = max([y + layout.height, *(bottom for bottom, _ in heads)])
        right = max([trunk.reach(part), *(right for _, right in heads)])
        yield _Row(y, bottom, layout.left, right, crossing)


def _score(rows: Sequence[_Row], columns: Sequence[range], gutter: int) -> float:
    """How small all becomes on a page of four to three, and how much of its own rectangle is empty."""
    width, height, crossing = gutter * (len(columns) - 1), 0, 0
    for column in columns:
        inside = rows[column.start : column.stop]
        width += max(row.left for row in inside) + max(row.right for row in inside)
        height = max(height, max(row.bottom for row in inside) - inside[0].top)
        crossing += inside[0].crossing
    sides = max(width, 1) / _ASPECT, height + _ENDS
    return log(max(sides)) + _OTHER_SIDE * log(min(sides)) + _CROSSING * crossing


def _lowest(rows: Sequence[_Row], wanted: int) -> int:
    """The least height with which so many columns are enough."""
    low, high = 0, max(row.bottom for row in rows)
    while low < high:
        middle = (low + high) // 2
        if len(_filled(rows, middle)) <= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def _filled(rows: Sequence[_Row], height: int) -> list[range]:
    """Columns of at most that height, except where a single part is higher."""
    columns, start = [], 0
    bottom = rows[0].bottom
    for part, row in enumerate(rows):
        bottom = max(bottom, row.bottom)
        if part > start and bottom - rows[start].top > height:
            columns.append(range(start, part))
            start, bottom = part, row.bottom
    return [*columns, range(start, len(rows))]
