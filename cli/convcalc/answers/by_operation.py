"""What each operation of a network costs in all: a row for each word and kernel."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import NamedTuple

from ..network.layer import Layer, total
from ..network.model import Network
from ..ops.base import Operation
from ..ops.cost import Cost


class OperationRow(NamedTuple):
    """All layers of one operation. Those without params and multiply-adds share a row, `others`."""

    name: str
    layers: int
    cost: Cost
    is_others: bool = False


class OperationSummary(NamedTuple):
    network: Network
    rows: tuple[OperationRow, ...]
    total: OperationRow
    sort: str | None


def summarize_by_operation(
    network: Network, sort: str | None = None, aux: bool = False
) -> OperationSummary:
    """The operations, the largest first: by the count `sort`, or by multiply-adds."""
    layers = [layer for layer in network.layers if aux or not layer.aux]
    groups: dict[str, list[Layer]] = {}
    others = []
    for layer in layers:
        if layer.params or layer.macs:
            groups.setdefault(kind(layer.operation), []).append(layer)
        else:
            others.append(layer)
    rows = [_row(name, group) for name, group in groups.items()]
    rows.sort(key=lambda row: (getattr(row.cost, sort or "macs"), row.cost.params), reverse=True)
    rest = [_row("others", others, is_others=True)] if others else []
    return OperationSummary(network, (*rows, *rest), _row("total", layers), sort)


def kind(operation: Operation) -> str:
    """`conv 3x3 grouped`: the word, its kernel without a stride, and how it is spread."""
    options = vars(operation)
    words = [operation.name]
    if "kernel_size" in options:
        words.append("x".join(map(str, options["kernel_size"])))
    if options.get("groups", 1) > 1:
        words.append("grouped")
    if prod(options.get("dilation", ())) > 1:
        words.append("dilated")
    return " ".join(words)


def _row(name: str, layers: Iterable[Layer], is_others: bool = False) -> OperationRow:
    found = list(layers)
    return OperationRow(name, len(found), total(found), is_others)
