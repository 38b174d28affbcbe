"""A comparison as a sheet, as records and as a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..answers.compare import Comparison, Share
from ..network.model import Network
from ..ops.shapes import shape_text, shapes_text
from ..reader.spec import spec_text
from .figures_as_text import FOOTER, count_text, delta_text, path_shape, path_shapes, ratio_text
from .formats.csv import Records
from .table_parts import (
    EMPTY,
    Cell,
    Column,
    Data,
    Note,
    Row,
    Sheet,
    answer,
    bar_cell,
    count_cell,
    figure_cell,
    note,
    ratio_cell,
    shape_cell,
)

if TYPE_CHECKING:
    from ..counters.reconcile import Like

_BAR = 18  # columns of the widest bar


def sheet(comparison: Comparison) -> Sheet:
    """A row for each part and columns for each network, or a row for each network."""
    return _by_parts(comparison) if comparison.parts else _by_networks(comparison)


def records(comparison: Comparison) -> Records:
    """A row for each part of each network, or for each network."""
    of = "layer" if comparison.parts else "input"
    like = [comparison.like.convention.key] if comparison.like else []
    return Records(("network", of, "output", "params", "macs", *like), _rows(comparison))


def _rows(comparison: Comparison) -> Iterator[Sequence[object]]:
    for index, network in enumerate(comparison.networks):
        if not comparison.parts:
            of = path_shape(network.input_shape)
            yield _record(comparison, network, of, comparison.totals[index])
        for part in comparison.parts:
            if (share := part.shares[index]) is not None:
                yield _record(comparison, network, part.name, share)


def _record(comparison: Comparison, network: Network, of: str, share: Share) -> Sequence[object]:
    like = [share.like] if comparison.like else []
    return network.title, of, path_shapes(share.leaving), share.cost.params, share.cost.macs, *like


def labels_of(networks: Sequence[Network]) -> list[str]:
    """What tells networks of one file apart, such as `reduced` or `@alpha=0.5`; else their titles."""
    one_file = len({(network.file, network.name) for network in networks}) == 1
    if not one_file:
        return [network.title for network in networks]
    shared = _shared_values(networks)
    return [
        spec_text(one.variant or "", None, {} if shared else one.changes) or one.name for one in networks
    ]


def _shared_values(networks: Sequence[Network]) -> str:
    """`@alpha=0.5` where all networks have these values; else empty."""
    return _shared([spec_text("", None, network.changes) for network in networks])


def _shared(values: Sequence[str | None]) -> str:
    """The value that all have; else empty."""
    return values[0] or "" if len(set(values)) == 1 else ""


def _heading(networks: Sequence[Network]) -> str:
    inputs = _shared([shape_text(network.input_shape) for network in networks])
    name = _shared([network.name for network in networks])
    name = name and name + _shared_values(networks)
    return "   ".join(filter(None, [name, inputs and f"input {inputs}"]))


def _source(networks: Sequence[Network]) -> str:
    """The source that all have, even if some have other values than it."""
    shared = _shared([network.source for network in networks])
    return max((network.origin for network in networks), key=len) if shared else ""


def _by_parts(comparison: Comparison) -> Sheet:
    networks = comparison.networks
    labels = labels_of(networks)
    several = len(networks) > 1
    first = "branch" if all(network.merge for network in networks) else "layer"
    columns = [Column(first, right=False)]
    for group, drop in (("params", "params ratio"), ("multiply-adds", "macs ratio")):
        for index, label in enumerate(labels):
            columns.append(Column(label, group))
            if index != comparison.baseline and several:
                columns.append(Column("ratio", group, drop=drop))
    if comparison.like:
        columns += [Column(label, _like_title(comparison.like)) for label in labels]
    columns += [Column(label, "output", drop="output") for label in labels]
    rows = [Row(_part_cells(part.name, part.shares, comparison)) for part in comparison.parts]
    totals = Row(_part_cells("total", comparison.totals, comparison), "bold")
    return Sheet(
        heading=_heading(networks),
        source=_source(networks),
        columns=columns,
        rows=rows,
        totals=[totals],
        notes=[*_input_note(networks, labels), *_notes(comparison, labels)],
    )


def _input_note(networks: Sequence[Network], labels: Sequence[str]) -> list[Note]:
    """The note that the inputs differ, so that the tasks do, too. A common input is in the heading."""
    if len({network.input_shape for network in networks}) == 1:
        return []
    parts: list[str | Data] = []
    for label, network in zip(labels, networks, strict=True):
        parts += [", " if parts else "", Data(label), f" {shape_text(network.input_shape)}"]
    return [note("inputs differ: ", *parts)]


def _like_title(like: Like) -> str:
    return f"{like.convention.name} prints"


def _part_cells(name: str, shares: Sequence[Share | None], comparison: Comparison) -> list[Cell]:
    baseline = comparison.baseline
    params = _count_cells(shares, baseline, lambda share: share.cost.params)
    macs = _count_cells(shares, baseline, lambda share: share.cost.macs)
    likes = [figure_cell(share.like) if share else EMPTY for share in shares] if comparison.like else []
    outputs = [Cell(shapes_text(share.leaving)) if share else EMPTY for share in shares]
    return [Cell(name), *params, *macs, *likes, *outputs]


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
    shapes = _shown_shapes(networks)
    has_ratios = len(networks) > 1
    columns = [
        Column("network", right=False),
        *(Column(shape, drop="output") for shape in shapes),
        Column("params"),
        *([Column("ratio", drop="params ratio")] if has_ratios else []),
        Column("multiply-adds"),
        *([Column("ratio", drop="macs ratio")] if has_ratios else []),
        *([Column(_like_title(comparison.like))] if comparison.like else []),
        Column("", right=False, drop="bar"),
    ]
    most = max(total.cost.macs for total in comparison.totals)
    indices = range(len(networks))
    rows = [Row(list(_network_cells(comparison, index, shapes, most))) for index in indices]
    in_place = networks[0].file == "-e"
    heading = "" if in_place else _heading(networks)
    source = "" if in_place else _source(networks)
    return Sheet(heading, source, columns, rows, [], _notes(comparison, labels_of(networks)))


def _shown_shapes(networks: Sequence[Network]) -> list[str]:
    """Which shapes are shown: inputs that differ, and outputs unless only the inputs differ."""
    inputs_differ = len({network.input_shape for network in networks}) > 1
    outputs_differ = len({network.leaving for network in networks}) > 1
    inputs = ["input"] if inputs_differ else []
    return inputs if inputs and not outputs_differ else [*inputs, "output"]


def _network_cells(
    comparison: Comparison, index: int, shapes: Sequence[str], most: int
) -> Iterator[Cell]:
    """The row of a network; `most` are the multiply-adds of the widest bar."""
    network, share, base = comparison.networks[index], comparison.totals[index], comparison.base
    yield Cell(network.title)
    for shape in shapes:
        is_input = shape == "input"
        yield shape_cell(network.input_shape) if is_input else Cell(shapes_text(network.leaving))
    for count in ("params", "macs"):
        yield count_cell(getattr(share.cost, count))
        if len(comparison.networks) > 1:
            yield ratio_cell(getattr(share.cost, count), getattr(base.cost, count))
    if comparison.like:
        yield figure_cell(share.like)
    yield bar_cell(share.cost.macs, most, _BAR)


def _notes(comparison: Comparison, labels: Sequence[str]) -> list[Note]:
    networks, baseline = comparison.networks, comparison.baseline
    if len(networks) == 1:
        return [note(FOOTER)]
    notes = [note("ratio: to ", Data(labels[baseline]), f"; {FOOTER}")]
    if len(networks) == 2:
        names = ["the first", "the second"] if networks[0].file == "-e" else labels
        notes = [_answer(comparison, names), *_output_note(comparison), *notes]
    return notes


def _answer(comparison: Comparison, names: Sequence[str]) -> Note:
    """The sentence that answers the question."""
    base, other = comparison.base.cost, comparison.totals[1 - comparison.baseline].cost
    if base == other:
        same = f"{count_text(base.params)} params and {count_text(base.macs)} multiply-adds"
        return answer(f"both cost the same: {same}")
    this, that = Data(names[1 - comparison.baseline]), Data(names[comparison.baseline])
    params, params_delta = _part_of(other.params, base.params)
    macs, macs_delta = _part_of(other.macs, base.macs)
    rest = f"'s params ({params_delta}) and {macs} of its multiply-adds ({macs_delta})"
    return answer(this, f" has {params} of ", that, rest)


def _part_of(count: int, base: int) -> tuple[str, str]:
    """`0.42` and `−223,744`"""
    if count == base:
        return "all", count_text(count)
    ratio = ratio_text(count, base) if base else f"{count_text(count)} instead of none"
    return ratio, delta_text(count - base)


def _output_note(comparison: Comparison) -> list[Note]:
    """The note that the outputs differ, so that the modules cannot replace each other."""
    shares = comparison.base, comparison.totals[1 - comparison.baseline]
    if any(len(share.leaving) > 1 for share in shares):
        return []
    base, other = (share.leaving[0] for share in shares)
    if base == other or base[1:] != other[1:]:
        return []
    wider = "wider" if other[0] > base[0] else "narrower"
    noun = "channels" if len(base) == 3 else "features"
    difference = f"outputs differ: {other[0]:,} {noun} instead of {base[0]:,}"
    return [note(f"{difference}, so the next module's input is {wider} too")]
