"""What is drawn: a network or a part of it, and how deep."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from ..network.model import Network
from ..ops.shapes import shape_text
from ..text.problems import UsageError
from .repeats import fold
from .topology import Topology
from .tree import PartSeries, boxes
from .tree_builder import build_item, build_tree, closed_whole

MOST_BOXES = 2000


class DrawOptions(NamedTuple):
    """The options of a picture."""

    depth: int | None = None
    is_up: bool = False
    bars: str = "macs"


class Target(NamedTuple):
    """A network, or an item of it."""

    network: Network
    topology: Topology
    place: int | None  # of the item that is drawn; None for the whole network
    aux: bool

    @property
    def title(self) -> str:
        """`googlenet#paper`, `googlenet#paper 3a`"""
        if self.place is None:
            return self.network.title
        return f"{self.network.title} {self.network.items[self.place].path}"

    @property
    def counts(self) -> tuple[str, str]:
        """`163,328 params`, `128,049,152 multiply-adds`"""
        network = self.network
        layers = network.layers if self.place is None else network.part(self.place, self.aux)
        counted = [layer for layer in layers if self.place is not None or self.aux or not layer.aux]
        params, macs = sum(one.params for one in counted), sum(one.macs for one in counted)
        has_heads = self.aux and self.place is None and any(layer.aux for layer in layers)
        return f"{params:,} params", f"{macs:,} multiply-adds{' with side heads' if has_heads else ''}"

    @property
    def shapes(self) -> str:
        """`192×28×28 → 256×28×28`"""
        if self.place is None:
            return self.network.shapes_text
        item = self.network.items[self.place]
        return f"{shape_text(item.input)} → {shape_text(item.output)}"

    @property
    def deepest(self) -> int:
        """The number of levels."""
        if self.place is None:
            return max((item.depth + 1 for item in self.network.items), default=1)
        inside = self.network.items[self.place : self.topology.stop(self.place)]
        return max(1, *(item.depth - inside[0].depth for item in inside))

    def tree(self, depth: int | None) -> PartSeries:
        """The tree down to that depth, a single box at depth 0; raises UsageError for too many boxes."""
        tree = self.uncounted(depth)
        if (count := sum(1 for _ in boxes(tree))) > MOST_BOXES:
            what = f"{self.title} has {count:,} boxes; at most {MOST_BOXES:,} are drawn"
            raise UsageError(
                f"{what}; {self.advice(lambda tree: sum(1 for _ in boxes(tree)) <= MOST_BOXES)}"
            )
        return tree

    def uncounted(self, depth: int | None) -> PartSeries:
        if depth == 0:
            return closed_whole(self.topology, self.title, self.place)
        return _folded(self.topology, self.network.top_names, self.place, depth, self.aux)

    def depth_that_fits(self, depth: int | None, fits: Callable[[PartSeries], bool]) -> int | None:
        """The deepest level, less than that one, at which the picture fits; None if there is none."""
        start = self.deepest if depth is None else min(depth, self.deepest)
        return next((level for level in range(start - 1, 0, -1) if fits(self.uncounted(level))), None)

    def advice(self, fits: Callable[[PartSeries], bool]) -> str:
        """The advice which depth to ask for."""
        depth = self.depth_that_fits(None, fits)
        return f"--depth {depth} fits" if depth else "--path draws a part"


@lru_cache(maxsize=8)
def _folded(
    topology: Topology, top_names: frozenset[str], index: int | None, depth: int | None, aux: bool
) -> PartSeries:
    if index is None:
        return fold(build_tree(topology, top_names, depth, aux))
    return fold(build_item(topology, index, depth, aux))
