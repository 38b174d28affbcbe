"""The ends of a picture: what leaves its trunk and each of its heads."""

from ..ops.shapes import shape_text, shapes_text
from .topology import Topology
from .tree import Box, Part, PartSeries

_MOST_SHAPES = 3  # at one end


def ends_of(topology: Topology, part: Part | PartSeries) -> list[int]:
    """The outputs at the end of a trunk or head. A group that is shown closed may have several."""
    last = part.parts[-1] if isinstance(part, PartSeries) and part.parts else part
    if isinstance(last, Box) and last.kind == "closed":
        return topology.unread(last.layers) or [part.exit]
    return [part.exit]


def end_text(topology: Topology, part: Part | PartSeries) -> str:
    """`819×40×40, 36×40×40`: the shapes of what leaves it."""
    shapes = [topology.shape(end) for end in ends_of(topology, part)]
    if len(shapes) > _MOST_SHAPES:
        return shapes_text(shapes)
    return ", ".join(map(shape_text, shapes))
