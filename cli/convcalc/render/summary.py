"""A summary as a sheet, as records and as bare integers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..answers.summary import SideHead, Summary, SummaryRow
from ..network.model import Group, Item, Layer, Network
from ..network.receptive import receptive_fields
from ..network.totals import counts_of, total_of, totals_of
from ..ops.cost import COUNTS
from ..ops.shapes import shape_text
from ..text.escape import visible
from ..text.wording import listed, shell_word
from .formats.csv import Records
from .notation import FOOTER, bar, path_shape, times
from .sheet import (
    EMPTY,
    Cell,
    Column,
    Data,
    Note,
    Row,
    Sheet,
    count_cell,
    figure_cell,
    note,
    shape_cell,
    share_cell,
)

if TYPE_CHECKING:
    from ..counters.reconcile import Like

DEFAULT_COLUMNS = ("operation", "output", "params", "macs", "share", "bar")

_BAR = 16  # columns for the whole network
_MOST_TEXT = 44  # characters of what a closed group has in it

CellOf = Callable[[Summary, SummaryRow], Cell]


class _ColumnKind(NamedTuple):
    column: Column
    cell: CellOf


def _operation_cell(summary: Summary, row: SummaryRow) -> Cell:
    return Cell(_written(row))


def _share_cell(summary: Summary, row: SummaryRow) -> Cell:
    return share_cell(row.cost.macs, summary.total.macs, "dim" if row.guide else "")


def _bar_cell(summary: Summary, row: SummaryRow) -> Cell:
    return EMPTY if row.guide else Cell(bar(row.cost.macs, summary.total.macs, _BAR))


def _field_cell(summary: Summary, row: SummaryRow) -> Cell:
    return Cell(times(row.field.size)) if row.field else EMPTY


def _stride_cell(summary: Summary, row: SummaryRow) -> Cell:
    return Cell(times(row.field.stride)) if row.field else EMPTY


def _count_kind(count: str) -> _ColumnKind:
    title = {"macs": "multiply-adds", "flops": "FLOPs"}.get(count, count)
    drop = "" if count in ("params", "macs") else "extra"
    return _ColumnKind(Column(title, drop=drop), lambda _, row: count_cell(getattr(row.cost, count)))


_COLUMNS: dict[str, _ColumnKind] = {
    "operation": _ColumnKind(Column("operation", right=False, drop="operation"), _operation_cell),
    "input": _ColumnKind(Column("input", drop="extra"), lambda _, row: shape_cell(row.item.input)),
    "output": _ColumnKind(Column("output", drop="output"), lambda _, row: shape_cell(row.item.output)),
    **{count: _count_kind(count) for count in COUNTS},
    "receptive_field": _ColumnKind(Column("receptive field", drop="extra"), _field_cell),
    "stride": _ColumnKind(Column("stride", drop="extra"), _stride_cell),
    "like": _ColumnKind(Column(""), lambda _, row: figure_cell(row.like)),
    "share": _ColumnKind(Column("share", drop="share"), _share_cell),
    "bar": _ColumnKind(Column("", right=False, drop="bar"), _bar_cell),
}
COLUMNS = tuple(name for name in _COLUMNS if name != "like")  # a tool's has an option of its own


def sheet(
    summary: Summary, columns: Sequence[str] = DEFAULT_COLUMNS, memory: str | None = None
) -> Sheet:
    """A row for each group and layer, the total, and the side heads that are not in it.

    `memory` is a line on what it takes in bytes.
    """
    network = summary.network
    columns = _with_like(summary, columns)
    kinds = [_COLUMNS[name] for name in columns]
    shapes = f"{shape_text(network.input_shape)} → {shape_text(network.output_shape)}"
    total = SummaryRow(
        _whole(summary), "total", "", summary.total, summary.field, (), summary.total_like
    )
    return Sheet(
        heading=f"{network.title}   {shapes}",
        source=network.source or "",
        columns=[Column("layer", right=False), *(_column(summary, name) for name in columns)],
        rows=[_row(summary, row, kinds) for row in summary.rows],
        totals=[_total_row(summary, total, columns), *_side_rows(summary, columns)],
        notes=[*([note(memory)] if memory else []), *_notes(summary, columns)],
    )


def _with_like(summary: Summary, columns: Sequence[str]) -> Sequence[str]:
    """With a column for the tool that was asked for, in front of shares and bars."""
    if summary.like is None:
        return columns
    pictures = [name for name in columns if name in ("share", "bar")]
    return [*(name for name in columns if name not in pictures), "like", *pictures]


def _column(summary: Summary, name: str) -> Column:
    column = _COLUMNS[name].column
    if name != "like" or summary.like is None:
        return column
    return column._replace(title=f"{summary.like.convention.name} prints")


def _row(summary: Summary, row: SummaryRow, kinds: Iterable[_ColumnKind]) -> Row:
    cells = [
        Cell(row.guide + row.label, plain=row.item.path),
        *(kind.cell(summary, row) for kind in kinds),
    ]
    return Row(cells, "bold" if isinstance(row.item, Group) and not row.guide else "")


def _whole(summary: Summary) -> Group:
    """The network as if it were a group."""
    network = summary.network
    shapes = network.input_shape, network.output_shape
    written = network.merge or ""
    return Group("total", 0, "layers", written, *shapes, False, 1, len(network.items))


def _total_row(summary: Summary, total: SummaryRow, columns: Sequence[str]) -> Row:
    """Without share and bar: shares are rounded one by one and need not add to 100."""
    blank = ("share", "bar")
    cells = [EMPTY if name in blank else _COLUMNS[name].cell(summary, total) for name in columns]
    return Row([Cell("total"), *cells], "bold")


def _side_rows(summary: Summary, columns: Sequence[str]) -> Iterator[Row]:
    for head in summary.side_heads:
        cells = [_side_cell(summary, head, name) for name in columns]
        yield Row([Cell(head.row.label), *cells], "dim")


def _side_cell(summary: Summary, head: SideHead, column: str) -> Cell:
    if column == "operation":
        return Cell(f"after {head.after}; not in the total")
    if column in ("share", "bar"):
        return EMPTY
    return _COLUMNS[column].cell(summary, head.row)


def _written(row: SummaryRow) -> str:
    """The operation as written; of a closed group, what it has in it."""
    item = row.item
    if isinstance(item, Layer) or item.written:
        return item.written
    if not row.content:
        return ""
    if item.kind not in ("layers", "aux"):
        names = [one.name for one in row.content if not one.is_silent]
        return f"{item.kind} of {listed(names)}"
    return _joined([_content_text(one) for one in row.content])


def _content_text(item: Item) -> str:
    return item.written or item.name


def _joined(texts: Sequence[str]) -> str:
    """As many of the texts as fit, and how many more there are."""
    whole = listed(texts)
    if len(whole) <= _MOST_TEXT:
        return whole
    return f"{texts[0]}, {len(texts) - 1:,} more"


def _notes(summary: Summary, columns: Sequence[str]) -> list[Note]:
    network = summary.network
    shares = "; share: of multiply-adds" if "share" in columns else ""
    nested = [layer for layer in network.layers if layer.depth and not layer.is_silent]
    if summary.is_cut:
        cut = f"depth {summary.depth} of {summary.deepest}; --depth {summary.deepest} shows every layer"
        return [note(cut + shares), note(FOOTER)]
    if nested and network.file not in ("-", "-e"):
        path = max(nested, key=lambda layer: layer.macs).path
        spec = network.file + (f"#{network.variant}" if network.variant else "")
        command = f"convcalc explain {shell_word(spec)} {shell_word(path)}"
        return [note(FOOTER), note("a layer's path joins the names: ", Data(command))]
    return [note(FOOTER)]


def memory_text(network: Network, aux: bool, dtype: str) -> str:
    """`float16: weights 326,656 bytes, peak of activations 953,344 bytes`"""
    totals = totals_of(network, aux, dtype)
    weights, peak = totals["weight_bytes"], totals["peak_activation_bytes"]
    return f"{dtype}: weights {weights:,} bytes, peak of activations {peak:,} bytes"


def records(networks: Iterable[Network], like: "Like | None" = None) -> Records:
    """A row for each layer of each network, with what a tool prints for it."""
    columns = (
        *("network", "path", "op", "input", "output"),
        *COUNTS,
        *("receptive_field", "stride", "aux", "line"),
        *([like.convention.key] if like else []),
    )
    return Records(columns, (row for network in networks for row in _layer_rows(network, like)))


def _layer_rows(network: Network, like: "Like | None") -> Iterator[Sequence[object]]:
    for layer, field in zip(network.layers, receptive_fields(network), strict=True):
        yield (
            *(network.title, layer.path, layer.op),
            *(path_shape(layer.input), path_shape(layer.output)),
            *counts_of(layer.cost).values(),
            *(map(path_shape, field) if field else (None, None)),
            *(layer.aux, layer.line),
            *([like.prints(network, [layer])] if like else []),
        )


def field_lines(networks: Sequence[Network], field: str, aux: bool, dtype: str) -> str:
    """One network's bare integer; of several, each one's title, a tab and its integer."""
    values = [total_of(network, field, aux, dtype) for network in networks]
    if len(networks) == 1:
        return f"{values[0]}\n"
    return "".join(
        f"{visible(network.title)}\t{value}\n" for network, value in zip(networks, values, strict=True)
    )
