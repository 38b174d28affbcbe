"""Parts one above the other on one axis, heads to their right, named edges as lines to their left."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from .canvas import Canvas, Point
from .lanes import lanes
from .part_layout import PartLayout, PictureContext, Want
from .tree import Part


class HeadBeside(NamedTuple):
    """A layout beside the trunk, fed by the gap before the part of that number."""

    gap: int
    layout: PartLayout
    is_dashed: bool


class _Side(NamedTuple):
    """The way to what wants an output, from the left edge on; all from the axis and the top."""

    at: int  # the part that wants it, or the gap of the head that does
    want: Want
    way: tuple[Point, ...]  # the first one has the height at which it leaves the edge


class SeriesLayout(PartLayout):
    def __init__(
        self,
        context: PictureContext,
        entry: int,
        parts: Sequence[Part],
        layouts: Sequence[PartLayout],
        heads: Sequence[HeadBeside],
        is_column: bool = False,
    ) -> None:
        self.context = context
        self.is_column = is_column  # one of several, of which later ones may want what flows here
        self.entry = entry
        self.parts, self.layouts, self.heads = parts, layouts, heads
        self.is_empty = not layouts and not heads
        self._resolve()
        self._stack()
        self._stand()
        self._connect()
        self.bottom = self._end(len(layouts) - 1) if layouts else 0
        reads = bool(layouts) and layouts[0].reads_flow
        self.has_arrow = reads and layouts[0].has_arrow
        self.reads_flow = reads or not layouts or 0 in self.tracks
        # What does not enter the first part ends at the lines that leave it above.
        self.top = self.ys[0] + layouts[0].top if reads else self.tracks.get(0, 0)

    # What is wanted, and where it comes from.

    def _resolve(self) -> None:
        """Which outputs start a line here: in a gap, or at the edge of a part that has it inside."""
        flows = [self.entry, *(part.exit for part in self.parts)]  # before each part, and at the end
        self.gaps: dict[int, int] = {}  # the first gap in which an output flows
        for gap, flow in enumerate(flows):
            self.gaps.setdefault(flow, gap)
        self.inner = {tap: part for part, layout in enumerate(self.layouts) for tap in layout.taps}
        asked = [(part, want) for part, layout in enumerate(self.layouts) for want in layout.wants]
        asked += [(head.gap, want) for head in self.heads for want in head.layout.wants]
        met = [want.source for at, want in asked if self._is_met(want, at)]
        self.context.sides.subtract(met)
        first = 0 if self.is_column else 1
        between = [flow for flow, gap in self.gaps.items() if first <= gap < len(self.layouts)]
        self.exported = [tap for tap in (*between, *self.inner) if self.context.sides[tap] > 0]
        self.tapped = {self.gaps[tap] for tap in (*met, *self.exported) if tap in self.gaps}

    def _is_met(self, want: Want, at: int) -> bool:
        return self.gaps.get(want.source, at + 1) <= at or self.inner.get(want.source, at) < at

    def crossings(self) -> list[int]:
        """How many outputs are brought past the gap before each part, by a line at the side."""
        opened = [0] * (len(self.layouts) + 2)
        for source, sides in self.sides.items():
            opened[self.gaps.get(source, self.inner.get(source, 0)) + 1] += 1
            opened[max(side.at for side in sides) + 1] -= 1
        return list(accumulate(opened))[: len(self.layouts)]

    # Heights.

    def _stack(self) -> None:
        """The top of each part and head, and the height at which lines cross each gap."""
        metrics = self.context.metrics
        self.ys: list[int] = []
        self.head_ys: list[int] = []
        self.tracks: dict[int, int] = {}
        heads = list(self.heads)
        y = floor = 0
        for gap in range(len(self.layouts) + 1):
            here: list[HeadBeside] = []
            while heads and heads[0].gap == gap:
                here.append(heads.pop(0))
            y = max(y, floor) if here else y  # a line to a head would cross the heads above
            if here or gap in self.tapped:
                self.tracks[gap] = y + metrics.fork
                y += metrics.track * (1 + sum(len(head.layout.wants) for head in here))
            for head in here:
                self.head_ys.append(y - metrics.track + metrics.fork + metrics.drop)
                floor = max(floor, self.head_ys[-1] + head.layout.height)
            if gap < len(self.layouts):
                y += metrics.gap if gap or gap in self.tracks else 0
                self.ys.append(y)
                y += self.layouts[gap].height
        self.height = max(y, floor)

    def _end(self, part: int) -> int:
        """Where the line out of a part starts."""
        return self.ys[part] + self.layouts[part].bottom

    # Widths.

    def _stand(self) -> None:
        """The axes of the heads, beside all that stands at their height."""
        metrics = self.context.metrics
        alone = (metrics.lane + 1) // 2  # a line by itself
        self.left = max([layout.left for layout in self.layouts], default=alone)
        self.right = max([self.reach(part) for part in range(len(self.layouts))], default=alone)
        self.axes: list[int] = []
        used: dict[int, int] = {}
        for head, top in zip(self.heads, self.head_ys, strict=True):
            x, part = used.get(head.gap, alone), head.gap
            # A label stands in the gap above its part.
            while part < len(self.layouts) and self.ys[part] - metrics.gap < top + head.layout.height:
                x = max(x, self.reach(part))
                part += 1
            x += metrics.between + metrics.lanes(len(head.layout.wants)) + head.layout.left
            self.axes.append(x)
            used[head.gap] = x + head.layout.right
            self.right = max(self.right, used[head.gap])

    def reach(self, part: int) -> int:
        """How far a part and the label before it reach to the right."""
        label = self._label(part)
        width = self.context.metrics.label + self.context.width(label, "label") if label else 0
        return max(self.layouts[part].right, width)

    def _label(self, part: int) -> str:
        """What stands beside the line into a part; the first has its label outside."""
        if not part or not self.layouts[part].reads_flow:
            return ""
        before = self.parts[part - 1]
        return self.context.edge_text(before.entry, before.exit)

    # The lines at the side.

    def _connect(self) -> None:
        """A lane for each output that is wanted here; what is not met goes on to the edge."""
        self.sides: dict[int, list[_Side]] = {}
        self.passing: list[_Side] = []
        for side in [*self._ways_into_parts(), *self._ways_into_heads()]:
            if self._is_met(side.want, side.at):
                self.sides.setdefault(side.want.source, []).append(side)
            else:
                self.passing.append(side)
        self.taps = {tap: self._start(tap)[1] for tap in self.exported}
        spans = {
            source: (self._start(source)[1], max(side.way[0][1] for side in sides))
            for source, sides in self.sides.items()
        }
        self.lanes = lanes(spans)
        self.inside = self.left
        self.left += self.context.metrics.lanes(max(self.lanes.values(), default=-1) + 1)
        starts = [(side.want, *side.way[0]) for side in self.passing]
        self.wants = tuple(want.beyond(x + self.left, y) for want, x, y in starts)

    def _start(self, source: int) -> Point:
        """Where a line from an output starts: in its gap, or at the edge of the part it is in."""
        if source in self.gaps:
            return 0, self.tracks[self.gaps[source]]
        part = self.inner[source]
        return -self.layouts[part].left, self.ys[part] + self.layouts[part].taps[source]

    def _ways_into_parts(self) -> Iterator[_Side]:
        for part, layout in enumerate(self.layouts):
            for want in layout.wants:
                yield _Side(part, want, ((-layout.left, self.ys[part] + want.dy),))

    def _ways_into_heads(self) -> Iterator[_Side]:
        """Over the trunk, and down beside the head."""
        metrics = self.context.metrics
        used: dict[int, int] = {}
        for head, axis, top in zip(self.heads, self.axes, self.head_ys, strict=True):
            edge = axis - head.layout.left
            for number, want in enumerate(head.layout.wants):
                used[head.gap] = used.get(head.gap, 0) + 1
                over = self.tracks[head.gap] + used[head.gap] * metrics.track
                lane, y = edge - metrics.beside(number), top + want.dy
                yield _Side(head.gap, want, ((lane, over), (lane, y), (edge, y)))

    # Placing.

    def place(self, canvas: Canvas, axis: int, y: int) -> None:
        for part, layout in enumerate(self.layouts):
            if part:
                self._place_trunk(canvas, axis, y, part)
            layout.place(canvas, axis, y + self.ys[part])
        self._place_heads(canvas, axis, y)
        self._place_sides(canvas, axis, y)

    def _place_trunk(self, canvas: Canvas, axis: int, y: int, part: int) -> None:
        """The line into a part, with its label; to the line that leaves the gap where it ends there."""
        layout, metrics, start = self.layouts[part], self.context.metrics, y + self._end(part - 1)
        if layout.reads_flow:
            canvas.line([(axis, start), (axis, y + self.ys[part] + layout.top)], layout.has_arrow)
            label_y = y + self.ys[part] - (metrics.gap + 1) // 2
            canvas.label(axis + metrics.label, label_y, self._label(part), "label")

    def _place_heads(self, canvas: Canvas, axis: int, y: int) -> None:
        for head, x, top in zip(self.heads, self.axes, self.head_ys, strict=True):
            if head.layout.reads_flow:
                start = self._turn(head.gap, axis, y)
                way = [(axis + x, start[-1][1]), (axis + x, y + top + head.layout.top)]
                canvas.line([*start, *way], head.layout.has_arrow, head.is_dashed)
            head.layout.place(canvas, axis + x, y + top)

    def _place_sides(self, canvas: Canvas, axis: int, y: int) -> None:
        edge = axis - self.left
        for source, sides in self.sides.items():
            start = self._way_out(source, axis, y)
            x = axis - self.inside - self.context.metrics.beside(self.lanes[source])
            for side in sides:
                turns = [(x, start[-1][1]), (x, y + side.way[0][1])]
                way = [(axis + to_x, y + to_y) for to_x, to_y in side.way]
                canvas.line([*start, *turns, *way], side.want.has_arrow, source=source)
        for side in self.passing:
            way = [(axis + to_x, y + to_y) for to_x, to_y in side.way]
            canvas.line([(edge, way[0][1]), *way], side.want.has_arrow, source=side.want.source)
        for tap in self.exported:
            start = self._way_out(tap, axis, y)
            canvas.line([*start, (edge, start[-1][1])], source=tap)

    def _way_out(self, source: int, axis: int, y: int) -> list[Point]:
        """Where the line of an output starts, in its place."""
        if source in self.gaps:
            return self._turn(self.gaps[source], axis, y)
        dx, dy = self._start(source)
        return [(axis + dx, y + dy)]

    def _turn(self, gap: int, axis: int, y: int) -> list[Point]:
        """Where lines leave a gap sideways: from the trunk, or round a corner where that ends there."""
        bar = (axis, y + self.tracks[gap])
        if not gap or gap == len(self.layouts) or self.layouts[gap].reads_flow:
            return [bar]
        # From the last cell of the part, so that in a terminal there is a corner below it.
        return [(axis, y + self._end(gap - 1) - self.context.metrics.unit), bar]
