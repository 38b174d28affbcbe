"""Place a whole network: the columns of its trunk, with the shapes at both ends."""

from collections.abc import Sequence

from ..ops.shapes import shape_text
from .canvas import Canvas, Point
from .columns import in_columns
from .layout import series_of, sides_of
from .outputs import end_text
from .part_layout import PictureContext
from .pixels_and_cells import Metrics, shortened
from .series_layout import SeriesLayout
from .topology import Topology
from .tree import Frame, PartSeries, boxes

_MOST_OF_IT = 0.6  # of the boxes: a group with more is the network itself


def picture(
    topology: Topology, tree: PartSeries, metrics: Metrics, is_up: bool = False, has_columns: bool = True
) -> Canvas:
    """The picture of a tree, downwards, or upwards as in some papers; a long trunk is in columns."""
    is_paper = has_columns and not is_up
    tree = _without_whole(tree) if is_paper else tree
    context = PictureContext(topology, metrics, sides_of(tree), is_up)
    trunk = series_of(context, tree)
    gutter = 4 * metrics.between
    ranges = in_columns(trunk, gutter) if is_paper else []
    columns = _columns(context, trunk, ranges) if len(ranges) > 1 else [trunk]
    canvas = _Page(context, columns, gutter).placed(tree)
    return canvas.upwards(metrics.unit) if is_up else canvas


def _without_whole(tree: PartSeries) -> PartSeries:
    """The tree, without frames that hold most of the network."""
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


def _columns(
    context: PictureContext, trunk: SeriesLayout, ranges: Sequence[range]
) -> list[SeriesLayout]:
    """The trunk's layouts in columns. Each column connects its own lines at the side."""
    context.sides.clear()
    context.sides.update(want.source for layout in trunk.layouts for want in layout.wants)
    context.sides.update(want.source for head in trunk.heads for want in head.layout.wants)
    columns = []
    for part in ranges:
        is_last = part.stop == len(trunk.layouts)
        heads = [
            head._replace(gap=head.gap - part.start)
            for head in trunk.heads
            if head.gap in part or (is_last and head.gap == part.stop)
        ]
        entry = trunk.parts[part.start - 1].exit if part.start else trunk.entry
        parts, layouts = trunk.parts[part.start : part.stop], trunk.layouts[part.start : part.stop]
        columns.append(SeriesLayout(context, entry, parts, layouts, heads, is_column=True))
    return columns


class _Page:
    """The columns from left to right, each with the line that enters it from above.

    A named edge between columns leaves the first one at its left, passes above all columns, and comes
    down to the left of the other.
    """

    def __init__(self, context: PictureContext, columns: Sequence[SeriesLayout], gutter: int) -> None:
        self.context, self.metrics = context, context.metrics
        self.columns, self.gutter = columns, gutter
        self.canvas = Canvas()
        taps = {tap: number for number, column in enumerate(columns) for tap in column.taps}
        wanted = [want.source for column in columns for want in column.wants]
        self.over = {tap: number for number, tap in enumerate(taps) if tap in wanted}
        self.canvas.routes = self.over
        self.ups: dict[int, list[Point]] = {}  # the way of each from its column up
        self.roof = len(self.over) * self.metrics.track  # the height of the lines above all columns

    def placed(self, tree: PartSeries) -> Canvas:
        metrics, canvas, topology = self.metrics, self.canvas, self.context.topology
        start, end = shape_text(topology.shape(tree.entry)), end_text(topology, tree)
        ends = max(self.context.width(start, "end"), self.context.width(end, "end")) // 2 + 1
        top, x = self.roof + metrics.end + metrics.gap, 0
        way: list[Point] = []
        for number, column in enumerate(self.columns):
            lanes = self._lanes(column)
            turn = x - self.gutter // 2
            x += metrics.lanes(len(lanes)) + self._stubs_width(column)
            axis = x + max(column.left, ends)
            right = max(column.right, ends)
            if number:
                label = self._label(self.columns[number - 1])
                way += [(turn, way[-1][1]), (turn, self.roof), (axis, self.roof)]
                canvas.label(axis + metrics.label, top - (metrics.gap + 1) // 2, label, "label")
                right = max(right, metrics.label + self.context.width(label, "label"))
            else:
                way = [(axis, self.roof + metrics.end)]
                canvas.label(axis, self.roof + metrics.end // 2, start, "end", True)
            column.place(canvas, axis, top)
            self._place_sides(column, lanes, axis, top)
            if column.layouts:
                if column.reads_flow:
                    canvas.line([*way, (axis, top + column.top)], column.has_arrow)
                way = [(axis, top + column.bottom)]
            is_last = number == len(self.columns) - 1
            bottom = top + column.height + (metrics.gap if is_last else metrics.gap // 2)
            way.append((axis, bottom))
            x = axis + right + self.gutter
            canvas.height = max(canvas.height, bottom + metrics.end)
        canvas.line(way, True)
        canvas.label(way[-1][0], way[-1][1] + metrics.end // 2, end, "end", True)
        canvas.width = x - self.gutter
        return canvas

    def _label(self, column: SeriesLayout) -> str:
        """The label of the line from one column to the next."""
        last = column.parts[-1]
        return self.context.edge_text(last.entry, last.exit)

    # Lines at the side that leave a column.

    def _lanes(self, column: SeriesLayout) -> list[int]:
        """The outputs whose lines go up or down to the left of a column, the nearest first."""
        passing = dict.fromkeys([*column.taps, *(want.source for want in column.wants)])
        return [source for source in passing if source in self.over]

    def _place_sides(self, column: SeriesLayout, lanes: list[int], axis: int, top: int) -> None:
        edge, metrics = axis - column.left, self.metrics
        ends = [(*want, True) for want in column.wants]
        ends += [(source, dy, False, False) for source, dy in column.taps.items()]
        for source, dy, has_arrow, enters in ends:
            if source in self.over:
                x = edge - metrics.beside(lanes.index(source))
                over = self.over[source] * metrics.track
                way = [(x, over), (x, top + dy), (edge, top + dy)]
                if enters:
                    self.canvas.line([*self.ups[source], *way], has_arrow, source=source)
                    self.ups[source] = [(self.ups[source][-1][0], over)]  # where others branch off
                else:
                    self.ups[source] = way[::-1]
        arrows = {want.dy for want in column.wants if want.has_arrow}
        for dy, text in self._stubs(column).items():
            self._place_stub(text, edge - metrics.lanes(len(lanes)), (edge, top + dy), dy in arrows)

    def _stubs(self, column: SeriesLayout) -> dict[int, str]:
        """By their height, the names of what comes from outside of the part that is drawn."""
        found: dict[int, list[str]] = {}
        for want in column.wants:
            if want.source not in self.over:
                found.setdefault(want.dy, []).append(self.context.topology.name(want.source))
        return {dy: shortened(", ".join(names), self.metrics.longest) for dy, names in found.items()}

    def _stubs_width(self, column: SeriesLayout) -> int:
        widths = [self.context.width(text, "label") for text in self._stubs(column).values()]
        return max(widths) + 2 * self.metrics.label if widths else 0

    def _place_stub(self, text: str, left: int, end: Point, has_arrow: bool) -> None:
        """A name to the left of the lanes beside a column, and the line from it to the edge."""
        y = end[1]
        start = left - self.metrics.label
        self.canvas.label(start - self.context.width(text, "label"), y, text, "label")
        self.canvas.line([(start, y), end], has_arrow)
