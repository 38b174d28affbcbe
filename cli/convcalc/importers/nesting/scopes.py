"""The modules around what stands in a tree."""

from __future__ import annotations

from ...ops import MERGES
from ..graph import Graph, Module
from ..operation_kinds import ACTIVATIONS, NORMS
from .tree import FedHead, Jump, Strand, TreeItem, nodes_of


class Scopes:
    """`around` are the modules around the whole network."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._trimmed = _without_light(graph)
        self.around = _common(self._trimmed)

    def each(self, series: Strand) -> list[tuple[Module, ...]]:
        """The modules of each item; a jump has those of what follows, a head those around it."""
        scopes = [self.of(item) for item in series]
        for place in range(len(series) - 1, -1, -1):
            behind = scopes[place + 1] if place + 1 < len(series) else ()
            if isinstance(series[place], Jump):
                scopes[place] = behind
            elif isinstance(series[place], FedHead):
                scopes[place] = _common([scopes[place - 1] if place else (), behind])
        return scopes

    def of(self, item: TreeItem) -> tuple[Module, ...]:
        """The modules around all that is in an item; a merge counts only by itself."""
        numbers = list(nodes_of((item,)))
        inner = [one for one in numbers if self.graph.nodes[one].op not in MERGES] or numbers
        return _common([self._trimmed[number] for number in inner])

    def of_all(self, series: Strand) -> tuple[Module, ...]:
        return _common([self.of(item) for item in series if not isinstance(item, Jump)])


def _without_light(graph: Graph) -> list[tuple[Module, ...]]:
    """Of each node the modules around it, but for those that only norm and activate."""
    heavy = {
        node.scope[:level]
        for node in graph.nodes
        if node.op not in NORMS and node.op not in ACTIVATIONS
        for level in range(len(node.scope) + 1)
    }
    found = []
    for node in graph.nodes:
        level = len(node.scope)
        while level and node.scope[:level] not in heavy:
            level -= 1
        found.append(node.scope[:level])
    return found


def _common(scopes: list[tuple[Module, ...]]) -> tuple[Module, ...]:
    if not scopes:
        return ()
    first, last = min(scopes), max(scopes)
    count = 0
    while count < min(len(first), len(last)) and first[count] == last[count]:
        count += 1
    return first[:count]
