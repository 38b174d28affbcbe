"""A comparison as a sheet, as records and as a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..compare import Comparison, Share
from ..network.model import Network
from ..ops.base import shape_text
from .glyphs import FOOTER, bar, delta_text, path_shape, ratio_text
from .sheet import EMPTY, Cell, Column, Row, Sheet, count_cell, ratio_cell, shape_cell
from .tidy import Record

_BAR = 18  # columns of the widest bar


def sheet(comparison: Comparison) -> Sheet:
    """A row a part and columns for each network, or a row a network."""
    return _by_parts(comparison) if comparison.parts else _by_networks(comparison)


def records(comparison: Comparison) -> Iterator[Record]:
    """A row for each part of each network, or for each network."""
    for index, network in enumerate(comparison.networks):
        if not comparison.parts:
            yield _record(network, None, comparison.totals[index])
        for part in comparison.parts:
            if (share := part.shares[index]) is not None:
                yield _record(network, part.name, share)


def _record(network: Network, name: str | None, share: Share) -> Record:
    layer = {"input": path_shape(network.input_shape)} if name is None else {"layer": name}
    return {
        "network": network.title,
        **layer,
        "output": path_shape(share.output),
        "params": share.cost.params,
        "macs": share.cost.macs,
    }


def _labels(networks: Sequence[Network]) -> list[str]:
    """The variants alone where all networks are of one file."""
    one_file = len({(network.file, network.name) for network in networks}) == 1
    return [network.variant or network.name if one_file else network.title for network in networks]


def _shared(values: Sequence[str | None]) -> str:
    """The value that all have, else nothing."""
    return values[0] or "" if len(set(values)) == 1 else ""


def _heading(networks: Sequence[Network]) -> str:
    inputs = _shared([shape_text(network.input_shape) for network in networks])
    name = _shared([network.name for network in networks])
    return "   ".join(filter(None, [name, inputs and f"input {inputs}"]))


def _by_parts(comparison: Comparison) -> Sheet:
    networks = comparison.networks
    labels = _labels(networks)
    several = len(networks) > 1
    first = "branch" if all(network.merge for network in networks) else "layer"
    columns = [Column(first, right=False)]
    for group, drop in (("params", "params ratio"), ("multiply-adds", "macs ratio")):
        for index, label in enumerate(labels):
            columns.append(Column(label, group))
            if index != comparison.baseline and several:
                columns.append(Column("ratio", group, drop=drop))
    columns += [Column(label, "output", drop="output") for label in labels]
    rows = [Row(_part_cells(part.name, part.shares, comparison.baseline)) for part in comparison.parts]
    totals = Row(_part_cells("total", comparison.totals, comparison.baseline), "bold")
    return Sheet(
        heading=_heading(networks),
        source=_shared([network.source for network in networks]),
        columns=columns,
        rows=rows,
        totals=[totals],
        notes=_notes(comparison, labels),
    )


def _part_cells(name: str, shares: Sequence[Share | None], baseline: int) -> list[Cell]:
    params = _count_cells(shares, baseline, lambda share: share.cost.params)
    macs = _count_cells(shares, baseline, lambda share: share.cost.macs)
    outputs = [shape_cell(share.output) if share else EMPTY for share in shares]
    return [Cell(name), *params, *macs, *outputs]


def _count_cells(
    shares: Sequence[Share | None], baseline: int, count: Callable[[Share], int]
) -> Iterator[Cell]:
    base = shares[baseline]
    for index, share in enumerate(shares):
        yield count_cell(count(share)) if share else EMPTY
        if index != baseline:
            yield ratio_cell(count(share), count(base)) if share and base else EMPTY


def _by_networks(comparison: Comparison) -> Sheet:
    networks = comparison.networks
    inputs_differ = len({network.input_shape for network in networks}) > 1
    ratios = [Column("ratio", drop="params ratio"), Column("ratio", drop="macs ratio")]
    if len(networks) == 1:
        ratios = []
    columns = [
        Column("network", right=False),
        *([Column("input", drop="extra")] if inputs_differ else []),
        Column("output", drop="output"),
        Column("params"),
        *ratios[:1],
        Column("multiply-adds"),
        *ratios[1:],
        Column("", right=False, drop="bar"),
    ]
    rows = [
        Row(list(_network_cells(comparison, index, inputs_differ))) for index in range(len(networks))
    ]
    in_place = networks[0].file == "-e"
    heading = "" if in_place else _heading(networks)
    source = "" if in_place else _shared([network.source for network in networks])
    labels = [network.title for network in networks]
    return Sheet(heading, source, columns, rows, [], _notes(comparison, labels))


def _network_cells(comparison: Comparison, index: int, with_input: bool) -> Iterator[Cell]:
    network, share, base = comparison.networks[index], comparison.totals[index], comparison.base
    has_ratio = len(comparison.networks) > 1
    yield Cell(network.title)
    if with_input:
        yield shape_cell(network.input_shape)
    yield shape_cell(share.output)
    for count in ("params", "macs"):
        yield count_cell(getattr(share.cost, count))
        if has_ratio:
            yield ratio_cell(getattr(share.cost, count), getattr(base.cost, count))
    most = max(total.cost.macs for total in comparison.totals)
    yield Cell(bar(share.cost.macs, most, _BAR))


def _notes(comparison: Comparison, labels: Sequence[str]) -> list[str]:
    networks, baseline = comparison.networks, comparison.baseline
    if len(networks) == 1:
        return [FOOTER]
    notes = [f"ratio: to {labels[baseline]}; {FOOTER}"]
    if len(networks) == 2:
        names = ["the first", "the second"] if networks[0].file == "-e" else labels
        notes = [_answer(comparison, names), *_output_note(comparison), *notes]
    return notes


def _answer(comparison: Comparison, names: Sequence[str]) -> str:
    """The one sentence that says what the comparison is for."""
    base, other = comparison.base.cost, comparison.totals[1 - comparison.baseline].cost
    this, that = names[1 - comparison.baseline], names[comparison.baseline]
    params = f"{ratio_text(other.params, base.params)} of {that}'s params"
    macs = f"{ratio_text(other.macs, base.macs)} of its multiply-adds"
    return (
        f"{this} has {params} ({delta_text(other.params - base.params)}) "
        f"and {macs} ({delta_text(other.macs - base.macs)})"
    )


def _output_note(comparison: Comparison) -> list[str]:
    """What a reader would miss: modules with other outputs are not interchangeable."""
    base, other = comparison.base.output, comparison.totals[1 - comparison.baseline].output
    if base == other or base[1:] != other[1:]:
        return []
    wider = "wider" if other[0] > base[0] else "narrower"
    noun = "channels" if len(base) == 3 else "features"
    difference = f"outputs differ: {other[0]:,} {noun} instead of {base[0]:,}"
    return [f"{difference}, so the next module's input is {wider} too"]
