"""From the tree of a picture to blocks, each of which knows its size."""

from collections import Counter

from ..ops.shapes import shape_text
from .blocks import Block, BoxBlock, FrameBlock, Layout
from .canvas import Canvas
from .series import Head, SeriesBlock
from .split import SplitBlock
from .tree import Box, Part, Series, Split, inside


def sides_of(tree: Series) -> Counter[int]:
    """How many lines at the side there are, by the output that they bring."""
    found: Counter[int] = Counter()
    waiting: list[Part | Series] = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Box):
            found.update(part.sides)
        else:
            if isinstance(part, Split) and not part.reads_flow:
                found[part.entry] += 1
            waiting += inside(part)
    return found


def block_of(layout: Layout, part: Part) -> Block:
    """A part's block with all that is in it."""
    if isinstance(part, Box):
        return BoxBlock(layout, part)
    if isinstance(part, Split):
        return SplitBlock(layout, part, [series_of(layout, branch) for branch in part.branches])
    return FrameBlock(layout, part, series_of(layout, part.body))


def series_of(layout: Layout, series: Series) -> SeriesBlock:
    blocks = [block_of(layout, part) for part in series.parts]
    return SeriesBlock(layout, series.entry, series.parts, blocks, heads_of(layout, series))


def heads_of(layout: Layout, series: Series) -> list[Head]:
    return [
        Head(gap, EndedBlock(layout, block_of(layout, head), head.exit), head.aux)
        for gap, head in series.heads
    ]


class EndedBlock(Block):
    """A head with the shape that leaves it below."""

    def __init__(self, layout: Layout, block: Block, output: int) -> None:
        self.block, self.metrics = block, layout.metrics
        self.text = shape_text(layout.facts.shape(output))
        width = layout.width(self.text, "end")
        self.left = max(block.left, width // 2 + 1)
        self.right = max(block.right, width // 2 + 1)
        self.top, self.has_arrow = block.top, block.has_arrow
        self.reads_flow, self.wants, self.taps = block.reads_flow, block.wants, {}
        self.bottom = self.height = block.height + self.metrics.gap + self.metrics.end

    def place(self, canvas: Canvas, axis: int, y: int) -> None:
        self.block.place(canvas, axis, y)
        end = y + self.block.height + self.metrics.gap
        canvas.line([(axis, y + self.block.bottom), (axis, end)], True)
        canvas.label(axis, end + self.metrics.end // 2, self.text, "end", True)
