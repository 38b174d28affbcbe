"""A whole network in its place: columns of its trunk, with the shapes at both ends."""

from ..ops.shapes import shape_text
from .blocks import Layout, Want
from .canvas import Canvas, Point
from .columns import in_columns
from .facts import Facts
from .measuring import series_of, sides_of
from .metrics import Metrics, shortened
from .series import Head, SeriesBlock
from .tree import Frame, Series, boxes

_MOST_OF_IT = 0.6  # of the boxes: a group with more is the network itself


def picture(
    facts: Facts, tree: Series, metrics: Metrics, is_up: bool = False, has_columns: bool = True
) -> Canvas:
    """The picture of a tree, upwards as in some papers or downwards, its long trunk in columns."""
    tree = _without_whole(tree) if has_columns and not is_up else tree
    layout = Layout(facts, metrics, sides_of(tree), is_up)
    trunk = series_of(layout, tree)
    columns = [trunk]
    gutter = 4 * metrics.between
    if has_columns and not is_up:
        ranges = in_columns(trunk, gutter)
        if len(ranges) > 1:
            layout.sides.clear()  # no line at the side goes from one column to another
            columns = [_column(layout, trunk, part) for part in ranges]
    canvas = _placed(layout, tree, columns, gutter)
    return canvas.upwards(metrics.unit) if is_up else canvas


def _without_whole(tree: Series) -> Series:
    """The tree without frames around most of the network."""
    total = sum(1 for _ in boxes(tree))
    for place, part in enumerate(tree.parts):
        if not isinstance(part, Frame) or part.times > 1:
            continue
        if sum(1 for _ in boxes(part)) >= _MOST_OF_IT * total and len(part.body.parts) > 1:
            inner = part.body
            shift = len(inner.parts) - 1
            heads = [(gap, head) for gap, head in tree.heads if gap <= place]
            heads += [(gap + place, head) for gap, head in inner.heads]
            heads += [(gap + shift, head) for gap, head in tree.heads if gap > place]
            parts = (*tree.parts[:place], *inner.parts, *tree.parts[place + 1 :])
            return _without_whole(tree._replace(parts=parts, heads=tuple(heads)))
    return tree


def _column(layout: Layout, trunk: SeriesBlock, part: range) -> SeriesBlock:
    last = part.stop == len(trunk.blocks)
    heads = [
        Head(head.gap - part.start, head.block, head.is_dashed)
        for head in trunk.heads
        if head.gap in part or (last and head.gap == part.stop)
    ]
    entry = trunk.parts[part.start - 1].exit if part.start else trunk.entry
    parts = trunk.parts[part.start : part.stop]
    return SeriesBlock(layout, entry, parts, trunk.blocks[part.start : part.stop], heads)


def _placed(layout: Layout, tree: Series, columns: list[SeriesBlock], gutter: int) -> Canvas:
    """The columns from left to right, each with the line that enters it from above."""
    metrics, facts = layout.metrics, layout.facts
    canvas, x, top = Canvas(), 0, metrics.end + metrics.gap
    start = shape_text(facts.shape(tree.entry))
    end = shape_text(facts.shape(tree.exit))
    ends = max(layout.width(start, "end"), layout.width(end, "end")) // 2 + 1
    way: list[Point] = []
    for number, column in enumerate(columns):
        axis = x + max(column.left + _stubs_width(layout, column), ends)
        if number:
            before = columns[number - 1].parts[-1]
            label = layout.edge_text(before.entry, before.exit)
            way += [(x - gutter // 2, way[-1][1]), (x - gutter // 2, 0), (axis, 0)]
            canvas.label(axis + metrics.label, top - (metrics.gap + 1) // 2, label, "label")
        else:
            label = ""
            way = [(axis, metrics.end)]
            canvas.label(axis, metrics.end // 2, start, "end", True)
        column.place(canvas, axis, top)
        _place_stubs(layout, canvas, column, axis, top)
        if column.reads_flow and column.blocks:
            canvas.line([*way, (axis, top + column.top)], column.has_arrow)
            way = [(axis, top + column.bottom)]
        bottom = top + column.height + metrics.gap // (2 if number < len(columns) - 1 else 1)
        way.append((axis, bottom))
        x = axis + max(column.right, ends, metrics.label + layout.width(label, "label")) + gutter
        canvas.height = max(canvas.height, bottom + metrics.end)
    canvas.line(way, True)
    canvas.label(axis, way[-1][1] + metrics.end // 2, end, "end", True)
    canvas.width = x - gutter
    return canvas


def _stub_text(layout: Layout, want: Want) -> str:
    """The name of what comes from outside of the part that is drawn."""
    facts = layout.facts
    path = facts.layers[want.source].path if want.source in range(len(facts.layers)) else "input"
    return shortened(path, layout.metrics.longest)


def _stubs_width(layout: Layout, column: SeriesBlock) -> int:
    texts = [layout.width(_stub_text(layout, want), "label") for want in column.wants]
    return max(texts, default=0) + (layout.metrics.label if texts else 0)


def _place_stubs(layout: Layout, canvas: Canvas, column: SeriesBlock, axis: int, top: int) -> None:
    for want in column.wants:
        text = _stub_text(layout, want)
        edge = axis - column.left - layout.metrics.label
        canvas.label(edge - layout.width(text, "label"), top + want.dy, text, "label")
        canvas.line([(edge, top + want.dy), (axis - column.left, top + want.dy)])
