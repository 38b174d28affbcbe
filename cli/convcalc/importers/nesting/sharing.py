"""Weights that several layers have: they belong to the layer that is written first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..graph import Graph, SourceNode


def sharers(nodes: Sequence[SourceNode]) -> dict[int, int]:
    """Of each node whose weights several have, the first of these in the order of execution."""
    first: dict[int, int] = {}
    for number, node in enumerate(nodes):
        if node.shares is not None:
            root = first.setdefault(node.shares, node.shares)
            first[number] = root
    return first


def with_owners(graph: Graph, order: Iterable[int]) -> Graph:
    """The graph in which the first node of this order owns what it shares with others."""
    roots, owners = sharers(graph.nodes), dict[int, int]()
    for number in order:
        if number in roots:
            owners.setdefault(roots[number], number)
    nodes = list(graph.nodes)
    for number, root in roots.items():
        if root in owners:
            is_owner = owners[root] == number
            nodes[number] = nodes[number]._replace(
                shares=None if is_owner else owners[root],
                params=graph.nodes[root].params if is_owner else 0,
            )
    return graph._replace(nodes=tuple(nodes))


def with_one_padding(nodes: Sequence[SourceNode]) -> list[SourceNode]:
    """The nodes, of which those that share weights have `same` only where all of them have it."""
    roots, found = sharers(nodes), list(nodes)
    explicit = {root for number, root in roots.items() if not nodes[number].zeros}
    for number, root in roots.items():
        node = nodes[number]
        if root in explicit and node.zeros:
            options = tuple(pair for pair in node.options if pair[0] != "padding")
            found[number] = node._replace(options=(*options, ("padding", node.zeros)), zeros=())
    return found
