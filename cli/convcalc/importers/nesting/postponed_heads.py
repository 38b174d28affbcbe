"""Heads that cannot stand where they are fed, because something else has to be written first.

Outputs stand in their order, and what counts has its weights before a side head uses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..graph import Graph
from .heads import Region
from .sharing import sharers
from .tree import FedHead, Fork, Leaf, Strand, nodes_of, walk

Waits = Mapping[int, Sequence[int]]  # of a head, the nodes and heads that come before it, by key


def head_key(head: int) -> int:
    """A number that stands for a head among those of nodes."""
    return -2 - head


def keys_of(series: Strand) -> Iterable[int]:
    """The nodes and heads in a series."""
    for item in walk(series):
        if isinstance(item, FedHead):
            yield head_key(item.head)
        elif isinstance(item, (Leaf, Fork)):
            yield item.node


def waits_of(graph: Graph, regions: Iterable[tuple[int, Region]], late: set[int]) -> Waits:
    """What each of the late heads waits for."""
    waits: dict[int, list[int]] = {}
    aux: set[int] = set()
    former: list[int] = []
    for number, region in regions:
        if graph.heads[number].aux:
            aux.update(region.nodes)
            continue
        if number in late:
            waits[number] = former
        former = [head_key(number)]
    counted: dict[int, int] = {}  # of each weight that several have, the first counted node
    roots = sharers(graph.nodes)
    for number, root in sorted(roots.items()):
        if number not in aux:
            counted.setdefault(root, number)
    for number, region in regions:
        if number in late and graph.heads[number].aux:
            found = {roots[node] for node in region.nodes if node in roots}
            waits[number] = [counted[root] for root in found if root in counted]
    return waits


def early_heads(graph: Graph, series: Strand) -> set[int]:
    """The heads that stand before what should be written before them."""
    sides = [item for item in walk(series) if isinstance(item, FedHead)]
    outs = [side.head for side in sides if not graph.heads[side.head].aux]
    return _out_of_order(outs) | _before_owners(graph, series, sides)


def _out_of_order(outs: list[int]) -> set[int]:
    early, least = set(), max(outs, default=0)
    for head in reversed(outs):
        if head > least:
            early.add(head)
        least = min(least, head)
    return early


def _before_owners(graph: Graph, series: Strand, sides: list[FedHead]) -> set[int]:
    """The side heads that stand before a counted layer whose weights they use."""
    roots = sharers(graph.nodes)
    if not roots:
        return set()
    place_of = {number: place for place, number in enumerate(nodes_of(series))}
    heads = {
        number: side.head
        for side in sides
        if graph.heads[side.head].aux
        for number in nodes_of(side.body)
        if number in roots
    }
    counted: dict[int, int] = {}  # of each root, the place of its first counted node
    for number, root in roots.items():
        if number not in heads:
            counted[root] = min(place_of[number], counted.get(root, place_of[number]))
    return {head for number, head in heads.items() if place_of[number] < counted.get(roots[number], -1)}
