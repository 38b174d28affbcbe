"""A graph as nested series and branches. Numbers are those of the graph's nodes.

A reference is the number of the node whose output is meant, or INPUT; how it is said, by which
name or by `in`, is decided when the tree is written.
"""

from collections.abc import Iterator
from typing import NamedTuple, Union

from ..graph import Graph

TreeItem = Union["Leaf", "Fork", "Jump", "FedHead", "Tower", "Copy"]
Strand = tuple[TreeItem, ...]


class Leaf(NamedTuple):
    """A node that takes what flows, and for a merge by name what else it merges, in order."""

    node: int
    named: tuple[int, ...] = ()


class Fork(NamedTuple):
    """Branches that share what flows, and the merge of their ends; an empty one passes it on."""

    node: int
    branches: tuple[Strand, ...]


class Jump(NamedTuple):
    """What flows from here on."""

    source: int


class FedHead(NamedTuple):
    """A head of the graph, fed by this point."""

    head: int  # its place among the graph's heads
    body: Strand


class Tower(NamedTuple):
    """Items in a row that stand elsewhere again with the same weights."""

    body: Strand

    @property
    def node(self) -> int:
        """The node that ends it, by which it is known."""
        return end_of(self.body)


class Copy(NamedTuple):
    """Those of a tower once more; `body` are the nodes that are made of it."""

    tower: int
    body: Strand

    @property
    def node(self) -> int:
        return end_of(self.body)


def end_of(series: Strand) -> int:
    """The node whose output leaves a series of layers."""
    last = series[-1]
    assert not isinstance(last, (Jump, FedHead))
    return last.node


def inner(item: TreeItem) -> tuple[Strand, ...]:
    """The series within an item."""
    if isinstance(item, Fork):
        return item.branches
    return (item.body,) if isinstance(item, (FedHead, Tower, Copy)) else ()


def walk(series: Strand) -> Iterator[TreeItem]:
    """Every item in written order, which is the order of execution: a merge after its branches."""
    stack: list[tuple[TreeItem, bool]] = [(item, False) for item in reversed(series)]
    while stack:
        item, is_done = stack.pop()
        if isinstance(item, Fork) and not is_done:
            stack.append((item, True))
        elif is_done or not inner(item):
            yield item
            continue
        else:
            yield item
        for body in reversed(inner(item)):
            stack += [(one, False) for one in reversed(body)]


def nodes_of(series: Strand) -> Iterator[int]:
    """The nodes in written order."""
    return (item.node for item in walk(series) if isinstance(item, (Leaf, Fork)))


def references(series: Strand) -> Iterator[int]:
    """What is read by name, in it or outside."""
    for item in walk(series):
        if isinstance(item, Leaf):
            yield from item.named
        elif isinstance(item, Jump):
            yield item.source


def of_side_heads(graph: Graph, series: Strand) -> frozenset[int]:
    """The nodes in side heads, which are not counted; what several of them need is not in them."""
    sides = (item for item in walk(series) if isinstance(item, FedHead) and graph.heads[item.head].aux)
    return frozenset(number for side in sides for number in nodes_of(side.body))
