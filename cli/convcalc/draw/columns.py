"""A long trunk in columns, so that the picture is about four to three."""

from collections.abc import Sequence
from math import log

from .series import SeriesBlock

_ASPECT = 4 / 3
_MOST = 24  # columns
_LEAST_HEIGHT = 520  # below which a picture is not too long
_ENDS = 200  # the height of shapes, lines between columns, caption and legend

_UNEVEN = 0.3  # what a column of no height counts


def in_columns(whole: SeriesBlock, gutter: int) -> list[range]:
    """The parts of each column."""
    count = len(whole.blocks)
    best, best_score = [range(count)], _score(whole, [range(count)], gutter)
    for wanted in range(2, min(_MOST, count) + 1):
        if whole.height < wanted * _LEAST_HEIGHT:
            break
        columns = _filled(whole, _lowest(whole, wanted))
        score = _score(whole, columns, gutter)
        if score < best_score:
            best, best_score = columns, score
    return best


def _score(whole: SeriesBlock, columns: Sequence[range], gutter: int) -> float:
    """How far from four to three; a column that is much shorter than the others counts too."""
    width = sum(_width(whole, column) for column in columns) + gutter * (len(columns) - 1)
    heights = [_height(whole, column) for column in columns]
    unevenness = 1 - min(heights) / max(1, *heights)
    return abs(log(max(width, 1) / (max(heights) + _ENDS) / _ASPECT)) + _UNEVEN * unevenness


def _width(whole: SeriesBlock, column: range) -> int:
    left = max((whole.blocks[part].left for part in column), default=0)
    reaches = [whole.reach(part) for part in column]
    reaches += [
        axis + head.block.right
        for head, axis in zip(whole.heads, whole.axes, strict=True)
        if head.gap in column
    ]
    return left + max(reaches, default=0)


def _height(whole: SeriesBlock, column: range) -> int:
    if not column:
        return whole.height
    last = column[-1]
    ends = [
        top + head.block.height
        for head, top in zip(whole.heads, whole.head_ys, strict=True)
        if head.gap in column
    ]
    return max([whole.ys[last] + whole.blocks[last].height, *ends]) - whole.ys[column[0]]


def _lowest(whole: SeriesBlock, wanted: int) -> int:
    """The least height at which so many columns are enough."""
    low, high = 0, whole.height
    while low < high:
        middle = (low + high) // 2
        if len(_filled(whole, middle)) <= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def _filled(whole: SeriesBlock, height: int) -> list[range]:
    """Columns of at most that height, where one part is not higher itself."""
    columns, start = [], 0
    may_break = whole.breaks
    last_break = 0
    for part in range(1, len(whole.blocks) + 1):
        if _height(whole, range(start, part)) > height and last_break > start:
            columns.append(range(start, last_break))
            start = last_break
        if part in may_break:
            last_break = part
    return [*columns, range(start, len(whole.blocks))]
