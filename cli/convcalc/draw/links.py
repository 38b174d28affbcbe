"""The picture as a graph of boxes, for formats that place boxes themselves."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from ..network.layer import NETWORK_INPUT
from .labels import edge_text
from .outputs import ends_of
from .topology import Topology
from .tree import Box, Frame, Part, PartSeries, boxes, inside


class Link(NamedTuple):
    """An edge from one box to another, by their numbers; NETWORK_INPUT stands for the input."""

    start: int
    end: int
    text: str
    is_dashed: bool


class Outlined(NamedTuple):
    """A box or a frame, and in how many frames it is; None marks the end of a frame."""

    part: Frame | Box | None
    number: int
    depth: int


class BoxGraph(NamedTuple):
    topology: Topology
    tree: PartSeries
    boxes: list[Box]
    links: list[Link]
    ends: list[tuple[int, int]]  # the box and the output of each end


def graph_of(topology: Topology, tree: PartSeries) -> BoxGraph:
    """The boxes of a tree in order, and the edges between them."""
    every = list(boxes(tree))
    owners = {layer: number for number, box in enumerate(every) for layer in (*box.layers, *box.twins)}
    links = dict.fromkeys(
        Link(owners.get(source, NETWORK_INPUT), number, _text(topology, every, owners, source), box.aux)
        for number, box in enumerate(every)
        for source in _sources(topology, box)
    )
    ends = [(owners[output], output) for output in _ends(topology, tree) if output in owners]
    return BoxGraph(topology, tree, every, list(links), ends)


def _sources(topology: Topology, box: Box) -> Iterator[int]:
    """The sources of a box; of equal boxes that are drawn once, those of the first."""
    own = set(box.layers)
    for layer in box.layers:
        yield from (source for source in topology.sources[layer] if source not in own)


def _text(topology: Topology, every: list[Box], owners: dict[int, int], source: int) -> str:
    if source not in owners:
        return ""
    box = every[owners[source]]
    return edge_text(topology.layers[box.layers[0]].input, topology.shape(source))


def _ends(topology: Topology, tree: PartSeries) -> list[int]:
    """The outputs at the end of the trunk and of each head."""
    found = set(ends_of(topology, tree))
    waiting: list[Part | PartSeries] = [tree]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, Box):
            waiting += inside(part)
        if isinstance(part, PartSeries):
            found.update(end for _, head in part.heads for end in ends_of(topology, head))
    return sorted(found)


def outline(tree: PartSeries) -> Iterator[Outlined]:
    """The frames and boxes in order, each kind numbered from 0."""
    return _steps(tree, 0, count(), count())


def _steps(
    part: Part | PartSeries, depth: int, boxes: Iterator[int], frames: Iterator[int]
) -> Iterator[Outlined]:
    if isinstance(part, Box):
        yield Outlined(part, next(boxes), depth)
        return
    if isinstance(part, Frame):
        yield Outlined(part, next(frames), depth)
    for one in inside(part):
        yield from _steps(one, depth + isinstance(part, Frame), boxes, frames)
    if isinstance(part, Frame):
        yield Outlined(None, 0, depth)
