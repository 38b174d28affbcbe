"""Draw equal neighbours once, in a frame ×N, and leave out frames of groups without a name."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .tree import Box, Frame, Part, PartSeries, Split, boxes, inside

_LONGEST_PERIOD = 6  # neighbours that are repeated together


def fold(tree: PartSeries) -> PartSeries:
    """The tree with each run of equal neighbours as one frame."""
    return _Folder(tree).series(tree)


class _Folder:
    def __init__(self, tree: PartSeries) -> None:
        self.numbers: dict[object, int] = {}  # for each kind of part, a number
        self.keys: dict[int, tuple[Part | PartSeries, int]] = {}
        self.taps = taps(tree)
        self.tapped = sorted(self.taps)

    def series(self, series: PartSeries) -> PartSeries:
        """Its parts folded, and where heads stand, each stretch between them by itself."""
        inner = [self.part(part) for part in series.parts]
        cuts = sorted({place for place, _ in series.heads} | {0, len(inner)})
        folded: list[Part] = []
        moved = {cuts[0]: 0}
        for start, stop in pairwise(cuts):
            folded += self.runs(inner[start:stop])
            moved[stop] = len(folded)
        heads = [(moved[place], self.part(head)) for place, head in series.heads]
        return self.dissolved(series._replace(parts=tuple(folded), heads=tuple(heads)))  # type: ignore[arg-type]

    def part(self, part: Part) -> Part:
        if isinstance(part, Frame):
            return _without_inner(part._replace(body=self.series(part.body)))
        if isinstance(part, Split):
            return part._replace(branches=tuple(map(self.series, part.branches)))
        return part

    def runs(self, parts: Sequence[Part]) -> list[Part]:
        alike = _stretches([self.key(part) for part in parts])
        found: list[Part] = []
        place = 0
        while place < len(parts):
            period, times = self.longest(alike, parts, place)
            if times > 1:
                stop = place + period * times
                found.append(_frame(parts[place:stop], period, times))
                place = stop
            else:
                found.append(parts[place])
                place += 1
        return found

    def longest(
        self, alike: Sequence[Sequence[int]], parts: Sequence[Part], start: int
    ) -> tuple[int, int]:
        """How many neighbours are repeated from there on, and how often."""
        best = (1, 1)
        for period, stretches in enumerate(alike, start=1):
            times = self.allowed(parts, start, period, 1 + stretches[start] // period)
            only_boxes = all(isinstance(part, Box) for part in parts[start : start + period])
            is_worth = times > (2 if only_boxes else 1)  # two rows of boxes are read as easily
            if is_worth and period * times > best[0] * best[1]:
                best = period, times
        return best

    def allowed(self, parts: Sequence[Part], start: int, period: int, times: int) -> int:
        """How many members may be drawn as one: a line at the side leaves only the end of the last."""
        if times == 1:
            return 1
        for count in range(times):
            member = parts[start + count * period : start + (count + 1) * period]
            leaving = list(self.leaving(*_span(PartSeries(tuple(member), (), 0, 0))))
            if leaving:
                return count + 1 if leaving == [member[-1].exit] else count
        return times

    def leaving(self, first: int, stop: int) -> Iterator[int]:
        """The outputs of those layers that a line at the side takes out of them."""
        place = bisect_left(self.tapped, first)
        while place < len(self.tapped) and self.tapped[place] < stop:
            if self.taps[self.tapped[place]] >= stop:
                yield self.tapped[place]
            place += 1

    def key(self, part: Part | PartSeries) -> int:
        """The same number for parts that look the same; channels on lines do not count."""
        if id(part) not in self.keys:
            what = self.content(part)
            self.keys[id(part)] = part, self.numbers.setdefault(what, len(self.numbers))
        return self.keys[id(part)][1]

    def content(self, part: Part | PartSeries) -> object:
        if isinstance(part, Box):
            sides = tuple(part.layers[0] - side for side in part.sides)
            closed = len(part.layers) if part.kind == "closed" else 0
            return part.text, part.small, part.kind, sides, part.reads_flow, part.aux, closed
        if isinstance(part, Split):
            return "split", *map(self.key, part.branches), self.key(part.merge)
        if isinstance(part, Frame):
            return "frame", part.times, part.written, self.key(part.body)
        heads = [(place, self.key(head)) for place, head in part.heads]
        return "series", *map(self.key, part.parts), *heads

    def dissolved(self, series: PartSeries) -> PartSeries:
        """The series with what is in groups that are only numbered."""
        parts: list[Part] = []
        heads: list[tuple[int, Frame | Box]] = []
        waiting = list(series.heads)
        for place, part in enumerate(series.parts):
            while waiting and waiting[0][0] <= place:
                heads.append((len(parts), waiting.pop(0)[1]))
            if isinstance(part, Frame) and not part.name and part.times == 1:
                heads += [(len(parts) + inner, head) for inner, head in part.body.heads]
                parts += part.body.parts
            else:
                parts.append(part)
        heads += [(len(parts), head) for _, head in waiting]
        return series._replace(parts=tuple(parts), heads=tuple(heads))


def _stretches(keys: Sequence[int]) -> list[list[int]]:
    """For each period and place, how many neighbours from there on are as those a period later."""
    found = []
    for period in range(1, _LONGEST_PERIOD + 1):
        stretches = [0] * len(keys)
        for place in reversed(range(len(keys) - period)):
            if keys[place] == keys[place + period]:
                stretches[place] = stretches[place + 1] + 1
        found.append(stretches)
    return found


def _without_inner(frame: Frame) -> Frame:
    """One frame where a named one has nothing in it but one ×N: `block1: dense 32`, ×6."""
    if frame.times > 1 or not frame.name or len(frame.body.parts) != 1 or frame.body.heads:
        return frame
    (inner,) = frame.body.parts
    if not isinstance(inner, Frame) or inner.times == 1 or not inner.title:
        return frame
    name = f"{frame.name}: {inner.title}"
    return frame._replace(name=name, times=inner.times, body=inner.body)


def taps(tree: PartSeries) -> dict[int, int]:
    """The outputs from which a line at the side starts, and the last layer that such a line enters.

    What enters a group around that layer needs no line from outside.
    """
    found: dict[int, int] = {}

    def add(output: int, reader: int) -> None:
        found[output] = max(reader, found.get(output, reader))

    waiting: list[tuple[Part | PartSeries, frozenset[int]]] = [(tree, frozenset())]
    while waiting:
        part, around = waiting.pop()
        if isinstance(part, Box):
            for side in part.sides:
                if side not in around:
                    add(side, part.exit)
            continue
        if isinstance(part, PartSeries):
            around = around | {part.entry}
        elif isinstance(part, Split) and not part.reads_flow and part.entry not in around:
            add(part.entry, part.exit)
        waiting += [(one, around) for one in inside(part)]
    return found


def _span(part: Part | PartSeries) -> tuple[int, int]:
    """The first layer of a part, and the one behind its last."""
    if isinstance(part, Frame):
        return part.layers
    if isinstance(part, Box):
        return part.layers[0], part.layers[-1] + 1
    spans = [_span(one) for one in inside(part) if not isinstance(one, PartSeries) or one.parts]
    return min(first for first, _ in spans), max(stop for _, stop in spans)


def _frame(parts: Sequence[Part], period: int, times: int) -> Frame:
    """A run as one frame: its first member, with the layers of all."""
    members = [parts[place : place + period] for place in range(0, len(parts), period)]
    model = members[0]
    layers = _span(parts[0])[0], _span(parts[-1])[1]
    entry, last = model[0].entry, parts[-1].exit
    if period == 1 and isinstance(only := model[0], Frame) and only.times == 1:
        names = [one.name for one in parts if isinstance(one, Frame)]
        body = PartSeries(only.body.parts, only.body.heads, only.body.entry, only.body.exit)
        name, written = _common(names), only.written
    else:
        names = [one.name for one in parts if isinstance(one, Box | Frame)] if period == 1 else []
        body = PartSeries(tuple(model), (), entry, model[-1].exit)
        name, written = _common(names), ""
    twins = [list(boxes(PartSeries(tuple(member), (), 0, 0))) for member in members]
    body = _with_twins(body, iter(list(zip(*twins, strict=True))))
    return Frame(name, written, times, body, layers, entry, last, model[0].reads_flow)


def _with_twins(series: PartSeries, twins: Iterator[Sequence[Box]]) -> PartSeries:
    """The series, each box knowing the layers of its twins, which come in the order of `boxes`."""

    def part(one: Part) -> Part:
        if isinstance(one, Frame):
            return one._replace(body=_with_twins(one.body, twins))
        if isinstance(one, Split):
            branches = tuple(_with_twins(branch, twins) for branch in one.branches)
            return one._replace(branches=branches, merge=part(one.merge))  # type: ignore[arg-type]
        first, *others = next(twins)
        more = tuple(layer for twin in others for layer in (*twin.layers, *twin.twins))
        return one._replace(twins=(*first.twins, *more))

    waiting = list(series.heads)
    parts: list[Part] = []
    heads: list[tuple[int, Frame | Box]] = []
    for place, one in enumerate(series.parts):
        while waiting and waiting[0][0] <= place:
            heads.append((waiting[0][0], part(waiting.pop(0)[1])))  # type: ignore[arg-type]
        parts.append(part(one))
    heads += [(place, part(head)) for place, head in waiting]  # type: ignore[misc]
    return series._replace(parts=tuple(parts), heads=tuple(heads))


def _common(names: Sequence[str]) -> str:
    """What to call a run: its members' name without their numbers, or the first and the last."""
    if not names or len(set(names)) == 1:
        return names[0] if names else ""
    stem = names[0].rstrip("0123456789")
    if stem and all(name == f"{stem}{number}" for number, name in enumerate(names, start=1)):
        return stem
    return f"{names[0]} – {names[-1]}"
