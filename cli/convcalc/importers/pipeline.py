"""From a reader's graph to a specification's text."""

from typing import NamedTuple

from ..ops.base import Operation
from .graph import Graph
from .nesting.concat_chains import continued
from .nesting.name_scopes import with_name_scopes
from .nesting.nest import nest
from .nesting.sharing import with_owners
from .nesting.tidy import tidy
from .nesting.towers import with_towers
from .nesting.tree import nodes_of, of_side_heads
from .writing.calls import check_shapes
from .writing.document import Origin, expectation, write
from .writing.fold import fold
from .writing.grouping import outline


class Description(NamedTuple):
    """A specification's text, and the graph of which each layer of it must be one node."""

    body: str  # without what it expects
    expectation: str
    graph: Graph
    operations: list[Operation | None]  # of each node; None for merges
    order: tuple[int, ...]  # the nodes as they are written
    aux: frozenset[int]  # the nodes that stand in side heads
    blocks: int

    @property
    def text(self) -> str:
        return self.body + self.expectation


def describe(graph: Graph, origin: Origin) -> Description:
    """The text; raises Unreadable where the language has no words for it."""
    graph, series = nest(continued(with_name_scopes(tidy(graph))))
    graph = with_owners(graph, nodes_of(series))
    series = with_towers(graph, series)
    operations = check_shapes(graph, origin.label)
    folded = fold(outline(graph, operations, series))
    body = write(graph, operations, folded, origin)
    order, aux = tuple(nodes_of(series)), of_side_heads(graph, series)
    return Description(body, expectation(graph, aux), graph, operations, order, aux, len(folded.blocks))
