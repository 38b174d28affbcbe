"""Branches side by side: every branch straight from the bar at which the line is split to the merge."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .canvas import Canvas
from .part_layout import BoxLayout, PartLayout, PictureContext, Want
from .tree import Split, boxes


class _End(NamedTuple):
    """Where a line at the side of a branch enters or leaves it."""

    branch: int
    source: int
    there: int  # its height at the branch; -1 below it
    here: int  # its height at the edge of the whole
    has_arrow: bool = False


class SplitLayout(PartLayout):
    has_arrow = False  # a line ends in the bar

    def __init__(self, context: PictureContext, split: Split, branches: Sequence[PartLayout]) -> None:
        self.context = context
        self.split = split
        self.branches = branches
        self.reads_flow = split.reads_flow
        self._beside()
        self._below()
        own = () if split.reads_flow else (Want(split.entry, self.context.metrics.fork, False),)
        self.wants = own + tuple(self._wanted(end) for end in self.entering)
        self.taps = {end.source: end.here for end in self.leaving}

    def _beside(self) -> None:
        """The branches' axes, and the merge's extent; from the split's axis."""
        metrics, merge = self.context.metrics, self.split.merge
        if merge.is_sum:
            sizes = [sum(1 for _ in boxes(branch)) for branch in self.split.branches]
            self.main = sizes.index(max(sizes))
            self.merge = BoxLayout(self.context, merge)
            axes, right = self._axes(self.main, self.merge)
            axis = axes[self.main]
        else:
            axes, right = self._axes()
            axis = (axes[0] + axes[-1]) // 2
            self.merge = BoxLayout(self.context, merge, axes[-1] - axes[0] + 4 * metrics.pad)
        self.axes = [one - axis for one in axes]
        self.left = max(axis, self.merge.left)
        self.right = max(right - axis, self.merge.right)

    def _axes(self, main: int = -1, merge: BoxLayout | None = None) -> tuple[list[int], int]:
        """The branches' axes from the left edge of the first one on, and the right edge of the last.

        Beside the one of number `main`, which ends in the sum, there is room for the whole sum and for
        the lines that enter it from its sides.
        """
        metrics = self.context.metrics
        beside = {main: merge.left, main + 1: merge.right} if merge else {}
        axes: list[int] = []
        x = 0
        for place, (branch, label) in enumerate(zip(self.branches, self.labels(), strict=True)):
            lanes = len(branch.wants) + len(branch.taps) if place else 0
            axis = x + branch.left + lanes * metrics.lane
            if place and place in beside:
                axis = max(axis, axes[-1] + beside[place] + metrics.lane)
            axes.append(axis)
            width = metrics.label + self.context.width(label, "label") if label else 0
            right = axis + max(branch.right, width)
            x = right + metrics.between
        return axes, right

    def _below(self) -> None:
        """Heights: the bar, lines that cross, the branches, the merge."""
        metrics = self.context.metrics
        self.entering: list[_End] = []
        self.leaving: list[_End] = []
        crossing = sum(len(one.wants) + len(one.taps) for one in self.branches[1:])
        self.body = metrics.fork + metrics.drop + crossing * metrics.track
        height = max(branch.height for branch in self.branches)
        self.tops = [self.body + (height - branch.height) // 2 for branch in self.branches]
        track = metrics.fork + metrics.track
        for place, branch in enumerate(self.branches):
            ends = [(*want, self.entering) for want in branch.wants]
            ends += [(source, dy, False, self.leaving) for source, dy in branch.taps.items()]
            for source, dy, has_arrow, lines in ends:
                there = self.tops[place] + dy
                lines.append(_End(place, source, there, track if place else there, has_arrow))
                track += metrics.track if place else 0
        below = self.body + height
        for place, series in enumerate(self.split.branches):
            if self.context.sides[series.exit] and series.parts:
                self.leaving.append(_End(place, series.exit, -1, below + metrics.fork))
                below += metrics.track
        self.end = below + metrics.gap
        self.bottom = self.height = self.end + self.merge.height

    def _wanted(self, end: _End) -> Want:
        """The way to the first branch may be nothing; there is one to every other."""
        way = end.branch or self.left + self.axes[0] - self.branches[0].left
        return Want(end.source, end.there, end.has_arrow).beyond(way, end.here)

    def labels(self) -> list[str]:
        """What stands at the end of each branch; a sum's ends are all the same."""
        if self.split.merge.is_sum:
            return [""] * len(self.branches)
        texts = []
        for branch in self.split.branches:
            before = branch.parts[-1].entry if branch.parts else branch.entry
            texts.append(self.context.edge_text(before, branch.exit))
        return texts

    def place(self, canvas: Canvas, axis: int, y: int) -> None:
        bar = y + self.context.metrics.fork
        if self.split.reads_flow:
            canvas.line([(axis, y), (axis, bar)])
        else:
            canvas.line([(axis - self.left, bar), (axis, bar)], source=self.split.entry)
        for place, (branch, label) in enumerate(zip(self.branches, self.labels(), strict=True)):
            x, top = axis + self.axes[place], y + self.tops[place]
            start = [(axis, bar), (x, bar)]
            if branch.is_empty:
                canvas.line([*start, *self._ending(place, axis, y)], True)
            elif branch.reads_flow:
                canvas.line([*start, (x, top + branch.top)], branch.has_arrow)
            branch.place(canvas, x, top)
            if not branch.is_empty:
                canvas.line([(x, top + branch.bottom), *self._ending(place, axis, y)], True)
            if label:
                metrics = self.context.metrics
                label_y = y + self.end - (metrics.gap + 1) // 2
                canvas.label(x + metrics.label, label_y, label, "label")
        self.merge.place(canvas, axis, y + self.end)
        self._sides(canvas, axis, y)

    def _ending(self, place: int, axis: int, y: int) -> Iterator[tuple[int, int]]:
        """The last points of a branch's line: straight into a concat, from the side into a sum."""
        x, end, merge = axis + self.axes[place], y + self.end, self.merge
        if not self.split.merge.is_sum or place == self.main:
            yield x, end
            return
        middle = end + merge.height // 2
        yield x, middle
        yield (axis - merge.left if place < self.main else axis + merge.right), middle

    def _sides(self, canvas: Canvas, axis: int, y: int) -> None:
        """The lines at the side, between this layout's edge and the branches'."""
        lane, used = self.context.metrics.lane, [0] * len(self.branches)
        ends = [(end, True) for end in self.entering] + [(end, False) for end in self.leaving]
        for (place, source, there, here, has_arrow), enters in ends:
            x, edge = axis + self.axes[place], axis - self.left
            if there < 0:
                canvas.line([(x, y + here), (edge, y + here)], source=source)
                continue
            inner = x - self.branches[place].left
            turn = inner
            if place:
                used[place] += 1
                turn = inner - used[place] * lane + lane // 2
            points = [(edge, y + here), (turn, y + here), (turn, y + there), (inner, y + there)]
            canvas.line(points if enters else points[::-1], has_arrow, source=source)
