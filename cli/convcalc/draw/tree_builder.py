"""From a network to the tree of its picture."""

from collections.abc import Sequence

from ..network.layer import NETWORK_INPUT, Group, Item, Layer
from ..ops import MERGES
from ..text.wording import counted
from .labels import again_of, joins, kind_of, text_of
from .topology import Topology
from .tree import Box, Frame, Part, PartSeries, Split

DEEPEST = 60  # levels; groups further down are shown closed
_MOST_JOINED = 4  # layers in a box beside the first


def build_tree(
    topology: Topology, top_names: frozenset[str], depth: int | None = None, aux: bool = False
) -> PartSeries:
    """The whole network, its groups shown closed at `depth`; with `aux` side heads are counted."""
    builder = _Builder(topology, top_names, min(depth or DEEPEST, DEEPEST), aux)
    return builder.body(0, len(topology.items), NETWORK_INPUT)


def build_item(
    topology: Topology, index: int, depth: int | None = None, aux: bool = False
) -> PartSeries:
    """The item at that index, its groups shown closed at `depth` below it."""
    item, layers = topology.items[index], topology.layers_of(index)
    if not layers:
        return PartSeries((), (), NETWORK_INPUT, NETWORK_INPUT)
    builder = _Builder(topology, frozenset(), item.depth + 1 + min(depth or DEEPEST, DEEPEST), aux)
    builder.ends.add(layers[-1])
    entry = topology.sources[layers[0]][0]
    if isinstance(item, Layer):
        box = builder.box(index, entry, "")
        return PartSeries((box,), (), entry, box.exit)
    return builder.body(index + 1, item.stop, entry)


def closed_whole(topology: Topology, title: str, index: int | None) -> PartSeries:
    """A network or a part of it as one box."""
    layers = range(len(topology.layers)) if index is None else topology.layers_of(index)
    if not layers:
        return PartSeries((), (), NETWORK_INPUT, NETWORK_INPUT)
    entry = NETWORK_INPUT if index is None else topology.sources[layers[0]][0]
    end = topology.end if index is None else layers[-1]
    small = (counted(len(layers), "layer"),)
    box = Box("", title, small, "closed", tuple(layers), entry, topology.output(end))
    return PartSeries((box,), (), entry, box.exit)


class _Builder:
    def __init__(self, topology: Topology, top_names: frozenset[str], depth: int, aux: bool) -> None:
        self.topology = topology
        self.top_names = top_names
        self.depth = depth
        self.has_aux = not aux  # whether side heads are told from what is counted
        self.ends = {topology.end}  # where what is read now, the trunk or a head, ends
        self.closed_exits: dict[int, int] = {}  # for each layer in a closed group, what leaves that

    def sources(self, place: int) -> tuple[int, ...]:
        """The outputs that a layer reads; all that leaves a closed group is one."""
        return tuple(self.closed_exits.get(one, one) for one in self.topology.sources[place])

    def body(self, start: int, stop: int, flow: int) -> PartSeries:
        """The items of a group: branches with their merge, or a series."""
        children = self.topology.children(start, stop)
        if self.is_split(children, flow):
            split = self.split(children, flow)
            return PartSeries((split,), (), flow, split.exit)
        return self.series(children, flow)

    def is_split(self, children: Sequence[int], flow: int) -> bool:
        """Whether the last child merges what leaves the others, each of which reads the same."""
        if len(children) < 2:
            return False
        merge = self.topology.items[children[-1]]
        if not isinstance(merge, Layer) or merge.op not in MERGES:
            return False
        sources = self.sources(self.topology.firsts[children[-1]])
        branches = [self.topology.layers_of(child) for child in children[:-1]]
        if len(sources) != len(branches):
            return False
        pairs = zip(sources, branches, strict=True)
        return all(source in branch or source == flow for source, branch in pairs)

    def split(self, children: Sequence[int], flow: int) -> Split:
        branches = tuple(self.branch(child, flow) for child in children[:-1])
        merge = self.box(children[-1], flow, "")._replace(sides=(), reads_flow=True)
        return Split(branches, merge, flow, merge.exit)

    def branch(self, child: int, flow: int) -> PartSeries:
        """A branch is known by its column: it has neither a name nor a frame."""
        item = self.topology.items[child]
        if isinstance(item, Layer) and not self.topology.is_line(self.topology.firsts[child]):
            box = self.box(child, flow, "")
            return PartSeries((box,), (), flow, box.exit)
        if isinstance(item, Layer) or not self.topology.layers_of(child):
            return PartSeries((), (), flow, flow)
        if self.is_closed(item) or self.is_head(child):
            return self.series([child], flow)
        return self.body(child + 1, item.stop, flow)

    def series(self, children: Sequence[int], flow: int) -> PartSeries:
        entry = flow
        parts: list[Part] = []
        heads: list[tuple[int, Frame | Box]] = []
        for child in children:
            layers = self.topology.layers_of(child)
            if not layers or all(map(self.topology.is_line, layers)):
                continue
            if self.is_head(child):
                heads.append((len(parts), self.head(child, flow)))
                continue
            may_join = len(layers) == 1 and not (heads and heads[-1][0] == len(parts))
            joined = may_join and self.joined(parts, child, flow)
            if not joined:
                parts.append(self.part(child, flow))
            flow = parts[-1].exit
        return PartSeries(tuple(parts), tuple(heads), entry, flow)

    def part(self, child: int, flow: int) -> Box | Frame:
        item = self.topology.items[child]
        if isinstance(item, Layer):
            return self.box(child, flow, self.name_of(item))
        if self.is_closed(item):
            return self.closed(child, flow)
        return self.frame(child, item, flow)

    def head(self, child: int, flow: int) -> Frame | Box:
        """What is fed by this point, and is not part of what flows on."""
        self.ends.add(self.topology.layers_of(child)[-1])
        part = self.part(child, flow)
        return part._replace(is_head=True) if isinstance(part, Frame) else part

    def is_head(self, child: int) -> bool:
        """Whether nobody reads what is in the item, though its series goes on."""
        item, layers = self.topology.items[child], self.topology.layers_of(child)
        if isinstance(item, Group) and item.kind == "aux":
            return True
        if self.ends & set(layers) or self.topology.readers[layers[-1]]:
            return False
        return max(map(self.topology.last_readers.__getitem__, layers)) < layers.stop

    # What an item becomes.

    def box(self, child: int, flow: int, name: str) -> Box:
        place = self.topology.firsts[child]
        layer, sources = self.topology.layers[place], self.sources(place)
        reads_flow = flow in sources
        sides = list(dict.fromkeys(sources))
        if reads_flow:
            sides.remove(flow)
        return Box(
            name,
            text_of(layer),
            again_of(layer, text_of(layer)),
            kind_of(layer),
            (place,),
            flow if reads_flow else sources[0],
            place,
            tuple(sides),
            reads_flow,
            layer.aux and self.has_aux,
        )

    def closed(self, child: int, flow: int) -> Box:
        item, layers = self.topology.items[child], self.topology.layers_of(child)
        assert isinstance(item, Group)
        sources = [source for layer in layers for source in self.sources(layer)]
        outside = list(dict.fromkeys(source for source in sources if source not in layers))
        title, end = self.title_of(item), self.topology.output(layers[-1])
        if end in layers:
            self.closed_exits |= dict.fromkeys(layers, end)
        return Box(
            title if item.written else "",
            item.written or title or item.name,
            (counted(len(layers), "layer"),),
            "closed",
            tuple(layers),
            flow,
            end,
            tuple(source for source in outside if source != flow),
            flow in outside,
            item.aux and self.has_aux,
        )

    def frame(self, child: int, item: Group, flow: int) -> Box | Frame:
        body = self.body(child + 1, item.stop, flow)
        title = self.title_of(item)
        if len(body.parts) == 1 and not body.heads:
            only = body.parts[0]
            if isinstance(only, Box) and not only.is_sum:
                name = "/".join(filter(None, (title, only.name)))
                return only._replace(name=name, small=(*again_of(item, only.text), *only.small))
        first = body.parts[0] if body.parts else None
        layers = self.topology.layers_of(child)
        return Frame(
            ": ".join(filter(None, (title, *again_of(item, title)))),
            item.written,
            1,
            body,
            (layers.start, layers.stop),
            flow,
            body.exit,
            first is None or first.reads_flow,
            item.aux and self.has_aux,
        )

    def joined(self, parts: list[Part], child: int, flow: int) -> bool:
        """Make a layer a small line of the box before it, where it is one and only that reads it."""
        place = self.topology.firsts[child]
        item: Item = self.topology.layers[place]
        if not parts or self.sources(place) != (flow,) or self.topology.readers[flow] != 1:
            return False
        assert isinstance(item, Layer)
        opened = _opened(parts[-1])
        last = opened[-1]
        merge = last.merge if isinstance(last, Split) else last
        if not isinstance(merge, Box) or not joins(item, merge.kind) or merge.exit != flow:
            return False
        if len(merge.layers) > _MOST_JOINED or self.name_of(self.topology.items[child]):
            return False
        text = text_of(item)
        grown = merge._replace(layers=(*merge.layers, place), exit=place)
        if merge.is_sum:
            grown = grown._replace(text=f"{merge.text} {text}")
        else:
            grown = grown._replace(small=(*merge.small, text))
        whole: Part = last._replace(merge=grown, exit=place) if isinstance(last, Split) else grown
        parts[-1:] = [*opened[:-1], whole]
        return True

    # Names.

    def is_closed(self, item: Group) -> bool:
        return item.depth >= self.depth - 1 and item.kind != "aux"

    def name_of(self, item: Item) -> str:
        """A layer's name if it is written, not numbered."""
        if isinstance(item, Group):
            return self.title_of(item)
        is_given = item.joins_branches or _is_numbered(item.name, item.op)
        return "" if is_given and item.path not in self.top_names else item.name

    def title_of(self, group: Group) -> str:
        """A group's name if it is written; a side head's number tells it from the others."""
        if group.kind == "aux":
            return group.name
        stem = group.written.split()[0] if group.written else group.kind
        is_written = group.path in self.top_names or not _is_numbered(group.name, stem)
        return group.name if is_written else ""


def _is_numbered(name: str, stem: str) -> bool:
    return name.startswith(stem) and name[len(stem) :].isdecimal()


def _opened(part: Part) -> Sequence[Part]:
    """The part; of a group that is only numbered, the parts in it, with the last one opened too."""
    before: list[Part] = []
    while isinstance(part, Frame) and not part.name and part.body.parts and not part.body.heads:
        before += part.body.parts[:-1]
        part = part.body.parts[-1]
    return [*before, part]
