"""A comparison as a sheet, as records and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..answers.compare import Comparison, Share
from ..network.model import Network
from ..ops.shapes import shape_text
from ..ops.totals import TOTALS
from ..reader.spec import spec_text
from .compare_columns import (
    CompareLook,
    Shown,
    column_of,
    ratio_column,
    record_fields,
    shown_fields,
    usual_columns,
    usual_record,
)
from .compare_notes import input_note, notes_of
from .fields import Field, record
from .formats.csv import Records
from .table_parts import EMPTY, Cell, Column, Row, Sheet, ratio_cell


def sheet(comparison: Comparison, look: CompareLook | None = None) -> Sheet:
    """A row for each part and columns for each network, or a row for each network."""
    look = look or CompareLook(usual_columns(comparison))
    return _by_parts(comparison, look) if comparison.parts else _by_networks(comparison, look)


def records(comparison: Comparison, look: CompareLook | None = None) -> Records:
    """A row for each part of each network, or for each network."""
    look = look or CompareLook(usual_record(comparison))
    fields = record_fields(look.columns)
    first = ["network", "layer"] if comparison.parts else ["network"]
    like = [comparison.like.convention.key] if comparison.like else []
    columns = [*first, *(field.key for field in fields), *like]
    rows = (
        [*names, *record(fields, shown), *([shown.share.like] if like else [])]
        for names, shown in _recorded(comparison, look.dtype)
    )
    return Records(columns, rows)


def _recorded(comparison: Comparison, dtype: str) -> Iterator[tuple[list[str], Shown]]:
    """The rows of CSV: what is shown, behind the names of its network and part."""
    for index, network in enumerate(comparison.networks):
        if not comparison.parts:
            yield [network.title], Shown(network, comparison.totals[index], dtype)
        for part in comparison.parts:
            if (share := part.shares[index]) is not None:
                yield [network.title, part.name], Shown(network, share, dtype)


def labels_of(networks: Sequence[Network]) -> list[str]:
    """What tells networks of one file apart, such as `reduced` or `@alpha=0.5`; else their titles."""
    one_file = len({(network.file, network.body, network.name) for network in networks}) == 1
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
    name = _shared([network.name for network in networks])
    name = name and name + _shared_values(networks)
    return "   ".join(filter(None, [name, _input_text(networks)]))


def _input_text(networks: Sequence[Network]) -> str:
    inputs = _shared([shape_text(network.input_shape) for network in networks])
    return inputs and f"input {inputs}"


def _source(networks: Sequence[Network]) -> str:
    """The source that all have, even if some have other values than it."""
    shared = _shared([network.source for network in networks])
    return max((network.origin for network in networks), key=len) if shared else ""


def _by_parts(comparison: Comparison, look: CompareLook) -> Sheet:
    networks = comparison.networks
    labels = labels_of(networks)
    first = "branch" if all(network.merge for network in networks) else "layer"
    rows = [Row(_part_cells(part.name, part.shares, comparison, look)) for part in comparison.parts]
    totals = Row(_part_cells("total", comparison.totals, comparison, look), "bold")
    return Sheet(
        heading=_heading(networks),
        source=_source(networks),
        columns=[Column(first, right=False), *_part_columns(comparison, look, labels)],
        rows=rows,
        totals=[totals],
        notes=[*input_note(networks, labels), *notes_of(comparison, labels, look)],
    )


def _part_columns(comparison: Comparison, look: CompareLook, labels: Sequence[str]) -> Iterator[Column]:
    """For each fact a group with a column for each network."""
    for field in shown_fields(comparison, look):
        column = column_of(field, comparison, look.named)
        for index, label in enumerate(labels):
            yield column._replace(title=label, group=column.title)
            if _has_ratio(field, index, comparison, look):
                yield ratio_column(field, look.named, column.title)


def _has_ratio(field: Field[Shown], index: int, comparison: Comparison, look: CompareLook) -> bool:
    return look.has_ratios and field.key in TOTALS and index != comparison.baseline


def _part_cells(
    name: str, shares: Sequence[Share | None], comparison: Comparison, look: CompareLook
) -> list[Cell]:
    pairs = zip(comparison.networks, shares, strict=True)
    row = [share and Shown(network, share, look.dtype) for network, share in pairs]
    base = row[comparison.baseline]
    cells = [Cell(name)]
    for field in shown_fields(comparison, look):
        for index, shown in enumerate(row):
            cells.append(field.cell(shown) if shown else EMPTY)
            if _has_ratio(field, index, comparison, look):
                cells.append(_ratio_cell(field, shown, base))
    return cells


def _ratio_cell(field: Field[Shown], shown: Shown | None, base: Shown | None) -> Cell:
    return ratio_cell(field.value(shown), field.value(base)) if shown and base else EMPTY


def _by_networks(comparison: Comparison, look: CompareLook) -> Sheet:
    networks = comparison.networks
    in_place = networks[0].file == "-e"
    return Sheet(
        heading=_input_text(networks) if in_place else _heading(networks),
        source="" if in_place else _source(networks),
        columns=[Column("network", right=False), *_network_columns(comparison, look)],
        rows=list(_network_rows(comparison, look)),
        totals=[],
        notes=notes_of(comparison, labels_of(networks), look),
    )


def _network_columns(comparison: Comparison, look: CompareLook) -> Iterator[Column]:
    """A column for each fact, with the ratios behind each total."""
    for field in shown_fields(comparison, look):
        yield column_of(field, comparison, look.named)
        if _has_ratios(field, comparison, look):
            yield ratio_column(field, look.named)


def _has_ratios(field: Field[Shown], comparison: Comparison, look: CompareLook) -> bool:
    return look.has_ratios and field.key in TOTALS and len(comparison.networks) > 1


def _network_rows(comparison: Comparison, look: CompareLook) -> Iterator[Row]:
    most = max(share.figure(look.weighed, look.dtype) for share in comparison.totals)
    pairs = zip(comparison.networks, comparison.totals, strict=True)
    shown = [Shown(network, share, look.dtype, look.weighed, most) for network, share in pairs]
    base = shown[comparison.baseline]
    fields = shown_fields(comparison, look)
    for one in shown:
        cells = [Cell(one.network.title)]
        for field in fields:
            cells.append(field.cell(one))
            if _has_ratios(field, comparison, look):
                cells.append(_ratio_cell(field, one, base))
        yield Row(cells)
