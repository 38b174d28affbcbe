"""One network as a tree of groups and layers, down to a depth, or as a sorted list of layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .cost import Cost
from .network.model import Group, Item, Layer, Network, total

MOST_ROWS = 40  # of a tree whose depth nobody asked for


class SummaryRow(NamedTuple):
    """A group or layer. `guide` are the lines of the tree in front of it."""

    item: Item
    label: str
    guide: str
    cost: Cost
    content: tuple[Item, ...]  # what a group that is shown closed has in it


class SideHead(NamedTuple):
    """A side head that is not in the total; `after` is what feeds it."""

    row: SummaryRow
    after: str


class Summary(NamedTuple):
    network: Network
    rows: tuple[SummaryRow, ...]
    side_heads: tuple[SideHead, ...]
    total: Cost
    depth: int
    deepest: int


def summarize(
    network: Network, depth: int | None = None, sort: str | None = None, aux: bool = False
) -> Summary:
    """The tree down to `depth`, or the deepest one within 40 rows; with `sort` its layers instead.

    `sort` is a count by which the layers are ordered, the largest first. With `aux` the side
    heads stand in their place and in the total.
    """
    shown = [
        index for index, item in enumerate(network.items) if (aux or not item.aux) and not item.is_silent
    ]
    deepest = max((network.items[index].depth + 1 for index in shown), default=0)
    if depth is None:
        depth = _fitting_depth([network.items[index].depth for index in shown], deepest)
    tree = [index for index in shown if network.items[index].depth < depth]
    rows = _sorted_rows(network, shown, sort) if sort else _tree_rows(network, tree, depth)
    return Summary(
        network=network,
        rows=tuple(rows),
        side_heads=() if aux else tuple(_side_heads(network)),
        total=network.total_with_aux if aux else network.total,
        depth=min(depth, deepest),
        deepest=deepest,
    )


def _fitting_depth(depths: Sequence[int], deepest: int) -> int:
    fitting = [
        depth for depth in range(1, deepest + 1) if sum(each < depth for each in depths) <= MOST_ROWS
    ]
    return max(fitting, default=1)


def _row(network: Network, index: int, label: str, guide: str, closed: bool) -> SummaryRow:
    item = network.items[index]
    inner: tuple[Item, ...] = ()
    if closed and isinstance(item, Group):
        inside = network.items[index + 1 : item.stop]
        inner = tuple(one for one in inside if one.depth == item.depth + 1)
    return SummaryRow(item, label, guide, total(network.part(index)), inner)


def _sorted_rows(network: Network, indices: Sequence[int], sort: str) -> list[SummaryRow]:
    layers = [index for index in indices if isinstance(network.items[index], Layer)]
    rows = [_row(network, index, network.items[index].path, "", False) for index in layers]
    return sorted(rows, key=lambda row: getattr(row.cost, sort), reverse=True)


def _tree_rows(network: Network, indices: Sequence[int], depth: int) -> list[SummaryRow]:
    """Rows with their tree lines; built from the end, where it is known which item is the last."""
    rows = []
    continued: set[int] = set()  # the depths at which another item follows in the same group
    for index in reversed(indices):
        item = network.items[index]
        outer = ("│ " if level in continued else "  " for level in range(1, item.depth))
        own = "├ " if item.depth in continued else "└ "
        guide = "".join([*outer, own]) if item.depth else ""
        continued = {level for level in continued if level < item.depth} | {item.depth}
        rows.append(_row(network, index, item.name, guide, closed=item.depth == depth - 1))
    return rows[::-1]


def _side_heads(network: Network) -> list[SideHead]:
    heads = []
    for index, item in enumerate(network.items):
        if isinstance(item, Group) and item.kind == "aux":
            before = [one for one in network.items[:index] if one.depth <= item.depth]
            row = _row(network, index, item.path, "", closed=False)
            heads.append(SideHead(row, before[-1].path if before else "the input"))
    return heads
