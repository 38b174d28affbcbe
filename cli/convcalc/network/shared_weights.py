"""`again`: a layer or group once more, with the same weights, on another input."""

from __future__ import annotations

from bisect import bisect_left

from ..language.bodies import Again
from ..ops.base import Operation
from ..ops.cost import Cost, without_weights
from ..ops.shapes import OperationError, Shape, shape_text
from ..text.wording import quoted
from .context import Place, applied
from .layer import Group, Item, Layer, Output
from .layout import Copied, Ends, Layout
from .names import Flow, Meaning, Names


class AgainFault(Exception):
    """A layer or group that `again` cannot repeat; the text says why."""


def repeat_item(
    layout: Layout, known: Meaning, body: Again, place: Place, path: str, x: Flow, step: int
) -> tuple[Flow, Names | None]:
    """Make a copy at that step. The answer is what leaves it and its names; raises AgainFault."""
    text = body.source.text
    if known.item is None:
        raise AgainFault(f"{quoted(text)} is no layer and no group; what it stands for has no weights")
    if layout.items[known.item].aux and not place.aux:
        what = "is in a side head, whose weights do not count"
        raise AgainFault(f"{quoted(text)} {what}; again may name it only in one")
    items = layout.items[known.item : known.item + layout.size(known.item)]
    if not any(isinstance(item, Layer) for item in items):
        raise AgainFault(f"{quoted(text)} has no layer in it; what it stands for has no weights")
    _refuse_reads(layout, known, text)
    return _Copy(layout, known, body, place, path, x, step).make()


def _refuse_reads(layout: Layout, known: Meaning, text: str) -> None:
    """Raise AgainFault where something to be repeated reads names from outside of itself."""
    start = bisect_left(layout.reads, (known.begun,))
    for when, began, name in layout.reads[start:]:
        if when > known.ended:
            return
        if began < known.begun:
            what = f"{quoted(text)} reads {quoted(name)} from outside"
            raise AgainFault(f"{what}; what is there again has only its own flow")


class _Copy:
    """Copies a named item to the layout's end."""

    def __init__(
        self, layout: Layout, known: Meaning, body: Again, place: Place, path: str, x: Flow, step: int
    ) -> None:
        assert known.item is not None
        assert known.flow is not None
        self.layout = layout
        self.known = known
        self.start = known.item
        self.root = layout.items[known.item]
        self.stop = known.item + layout.size(known.item)
        self.mark = body.mark
        self.written = f"again {body.source.text}"
        self.place = place
        self.path = path
        self.x = x
        self.first = layout.first_layer(known)
        self.by = len(layout.layers) - self.first  # so many layers lie between a layer and its copy
        self.items_by = len(layout.items) - self.start
        self.leaves = self.source(known.flow.layer)
        self.step = step

    def make(self) -> tuple[Flow, Names | None]:
        layout, known = self.layout, self.known
        outputs = layout.outputs_of(known)
        for index in range(self.start, self.stop):
            item = layout.items[index]
            if isinstance(item, Layer):
                self.layer(index, item)
            else:
                layout.open_group()
        for index in range(self.start, self.stop):
            if isinstance(item := layout.items[index], Group):
                self.group(index, item)
        for output in outputs:
            self.output(output)
        assert known.flow is not None
        return self.flow(known.flow), self.names(known.inside)

    def source(self, layer: int) -> int:
        """The copy of a source; for what entered the original it is what enters now."""
        return layer + self.by if layer >= self.first else self.x.layer

    def flow(self, flow: Flow) -> Flow:
        layer = self.source(flow.layer)
        by_name = flow.by_name if flow.layer >= self.first else self.x.by_name
        return Flow(self.layout.shape(layer), layer, by_name)

    def new_path(self, item: Item) -> str:
        return self.path + item.path[len(self.root.path) :]

    def depth(self, item: Item) -> int:
        return item.depth - self.root.depth + self.place.depth

    def layer(self, index: int, old: Layer) -> None:
        place = len(self.layout.layers) - self.by  # the old layer's
        sources = tuple(map(self.source, old.sources))
        shapes = tuple(map(self.layout.shape, sources))
        like = None if old.like is None else self.source(old.like)
        operation, y, cost = self.applied(old, shapes, like)
        ends = self.layout.ends.get(index)
        has_weights = old.shares is not None or old.params or old.buffers
        layer = old._replace(
            path=self.new_path(old),
            depth=self.depth(old),
            operation=operation,
            written=self.written if index == self.start else old.written,
            mark=self.mark if index == self.start else old.mark,
            input=self.layout.shape(self.source(ends.enters)) if ends else shapes[0],
            output=y,
            cost=without_weights(cost),
            sources=sources,
            inputs=shapes,
            aux=old.aux or self.place.aux,
            reads=self.reads(old),
            shares=(place if old.shares is None else old.shares) if has_weights else None,
            like=like,
        )
        copy = self.layout.add(layer, self.place.scope.trail).layer
        self.layout.copied[copy] = Copied(self.mark, None if copy == self.leaves else place)
        if ends:
            self.layout.ends[len(self.layout.items) - 1] = self.ends(ends)

    def reads(self, old: Layer) -> tuple[int, ...]:
        """The sources that the copy reads by name."""
        inside = (layer + self.by for layer in old.reads if layer >= self.first)
        flow = (self.x.layer,) if self.x.by_name and min(old.sources) < self.first else ()
        return (*inside, *flow)

    def applied(
        self, old: Layer, shapes: tuple[Shape, ...], like: int | None
    ) -> tuple[Operation, Shape, Cost]:
        if shapes == old.inputs and like is None:
            return old.operation, old.output, old.cost
        at = "" if old.path == self.root.path else f' at "{old.path}"'
        try:
            sized = old.operation if like is None else old.operation.sized(self.layout.shape(like))
            operation, y, cost = applied(sized, *shapes)
            now = operation.weight_shapes(*shapes)
        except OperationError as error:
            raise AgainFault(f"{self.written} does not fit here{at}: {error.message}") from None
        for tensor, was in old.operation.weight_shapes(*old.inputs).items():
            if was != now[tensor]:
                sizes = (
                    f"{shape_text(tuple(was.values()))}, here {shape_text(tuple(now[tensor].values()))}"
                )
                what = f"its {tensor}{at} is {sizes}; the same weights need the same shape"
                raise AgainFault(f"{self.written} does not fit here: {what}")
        return operation, y, cost

    def ends(self, old: Ends) -> Ends:
        return Ends(self.source(old.enters), self.source(old.leaves), old.first + self.by)

    def group(self, index: int, old: Group) -> None:
        if index not in self.layout.ends:
            return  # it has a problem, which has been reported
        ends = self.ends(self.layout.ends[index])
        is_root = index == self.start
        group = old._replace(
            path=self.new_path(old),
            depth=self.depth(old),
            kind="layers" if is_root and old.kind == "aux" else old.kind,
            written=self.written if is_root else old.written,
            mark=self.mark if is_root else old.mark,
            input=self.layout.shape(ends.enters),
            output=self.layout.shape(ends.leaves),
            aux=old.aux or self.place.aux,
            stop=old.stop + self.items_by,
        )
        self.layout.close_group(index + self.items_by, group, ends)

    def output(self, old: Output) -> None:
        if self.place.heads:
            raise AgainFault(f"{self.written} has outputs, which cannot stand in a head")
        y = self.flow(Flow(old.shape, old.layer, old.by_name))
        self.layout.add_output(y, old.start + self.items_by, old.stop + self.items_by, self.step)

    def heads(self, known: Meaning) -> tuple[int, ...]:
        return (*self.place.heads, *known.heads[len(self.known.heads) :])

    def names(self, old: Names | None) -> Names | None:
        """The names in a copied group, which stand for the copies."""
        if old is None:
            return None
        copy = Names(old.written, (), branches=old.branches)
        for name, known in old.known.items():
            flow = self.flow(known.flow) if known.flow else None
            item = None if known.item is None else known.item + self.items_by
            copy.known[name] = known._replace(
                flow=flow, item=item, inside=self.names(known.inside), heads=self.heads(known)
            )
        return copy
