"""Make layouts, which know their sizes, from the tree of a picture."""

from collections import Counter

from .canvas import Canvas
from .outputs import end_text
from .part_layout import BoxLayout, FrameLayout, PartLayout, PictureContext
from .series_layout import HeadBeside, SeriesLayout
from .split_layout import SplitLayout
from .tree import Box, Part, PartSeries, Split, inside


def sides_of(tree: PartSeries) -> Counter[int]:
    """The number of lines at the side that each output starts."""
    found: Counter[int] = Counter()
    waiting: list[Part | PartSeries] = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Box):
            found.update(part.sides)
        else:
            if isinstance(part, Split) and not part.reads_flow:
                found[part.entry] += 1
            waiting += inside(part)
    return found


def layout_of(context: PictureContext, part: Part) -> PartLayout:
    """The layout of a part, with everything in it."""
    if isinstance(part, Box):
        return BoxLayout(context, part)
    if isinstance(part, Split):
        return SplitLayout(context, part, [series_of(context, branch) for branch in part.branches])
    return FrameLayout(context, part, series_of(context, part.body))


def series_of(context: PictureContext, series: PartSeries) -> SeriesLayout:
    layouts = [layout_of(context, part) for part in series.parts]
    return SeriesLayout(context, series.entry, series.parts, layouts, heads_of(context, series))


def heads_of(context: PictureContext, series: PartSeries) -> list[HeadBeside]:
    return [
        HeadBeside(gap, EndedLayout(context, layout_of(context, head), head), head.aux)
        for gap, head in series.heads
    ]


class EndedLayout(PartLayout):
    """A head, with the shape that leaves it below it."""

    def __init__(self, context: PictureContext, layout: PartLayout, head: Part) -> None:
        self.layout, self.metrics = layout, context.metrics
        self.text = end_text(context.topology, head)
        width = context.width(self.text, "end")
        self.left = max(layout.left, width // 2 + 1)
        self.right = max(layout.right, width // 2 + 1)
        self.top, self.has_arrow = layout.top, layout.has_arrow
        self.reads_flow, self.taps = layout.reads_flow, {}
        self.wants = tuple(want.beyond(self.left - layout.left, want.dy) for want in layout.wants)
        self.bottom = self.height = layout.height + self.metrics.gap + self.metrics.end

    def place(self, canvas: Canvas, axis: int, y: int) -> None:
        self.layout.place(canvas, axis, y)
        for want in self.layout.wants:
            edges = axis - self.left, axis - self.layout.left
            canvas.line([(x, y + want.dy) for x in edges], want.has_arrow, source=want.source)
        end = y + self.layout.height + self.metrics.gap
        canvas.line([(axis, y + self.layout.bottom), (axis, end)], True)
        canvas.label(axis, end + self.metrics.end // 2, self.text, "end", True)
