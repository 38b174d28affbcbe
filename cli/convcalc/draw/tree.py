"""The parts of a picture before they are placed: boxes in series, side by side and in frames.

Outputs are known by the layer that they leave (its index; the network's input is -1), so that an edge
to a name is the index of the layer that it starts from.
"""

from collections.abc import Iterator
from typing import NamedTuple, Union


class Box(NamedTuple):
    """A layer with others that have joined it, or a group that is shown closed."""

    name: str  # empty where nobody wrote one
    text: str
    small: tuple[str, ...]  # the layers that have joined it
    kind: str  # its colour
    layers: tuple[int, ...]  # what it stands for
    entry: int  # the output that it reads
    exit: int  # the output that leaves it
    sides: tuple[int, ...] = ()  # outputs that enter by a line at the side
    reads_flow: bool = True  # whether what flows in its series enters it
    aux: bool = False
    twins: tuple[int, ...] = ()  # the layers of the same box in the other members of a ×N

    @property
    def is_sum(self) -> bool:
        """Whether it is a sum or product, which is drawn as a circle."""
        return self.kind == "sum"


class PartSeries(NamedTuple):
    """Parts one after the other, and heads beside them, each with the number of the part behind it."""

    parts: tuple["Part", ...]
    heads: tuple[tuple[int, "Frame | Box"], ...]
    entry: int
    exit: int


class Split(NamedTuple):
    """Branches side by side, and the box that merges them."""

    branches: tuple[PartSeries, ...]
    merge: Box
    entry: int
    exit: int
    reads_flow: bool = True


class Frame(NamedTuple):
    """A frame around a group with a name, or around equal neighbours that are drawn once."""

    name: str  # empty for a group that is only numbered
    written: str  # the call of a block
    times: int
    body: PartSeries
    layers: tuple[int, int]  # the first that it stands for, and the one behind the last
    entry: int
    exit: int
    reads_flow: bool = True
    aux: bool = False
    is_head: bool = False

    @property
    def title(self) -> str:
        return self.name or self.written


Part = Union[Box, Split, Frame]  # noqa: UP007  (a name in quotes has no |)


def boxes(part: Part | PartSeries) -> Iterator[Box]:
    """Every box of a part, from the first to the last."""
    waiting: list[Part | PartSeries] = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Box):
            yield one
        else:
            waiting += reversed(list(inside(one)))


def inside(part: Split | Frame | PartSeries) -> Iterator[Part | PartSeries]:
    """The parts directly in a part, in order."""
    if isinstance(part, Frame):
        yield part.body
    elif isinstance(part, Split):
        yield from part.branches
        yield part.merge
    else:
        heads = list(part.heads)
        for place, one in enumerate(part.parts):
            while heads and heads[0][0] <= place:
                yield heads.pop(0)[1]
            yield one
        yield from (head for _, head in heads)
