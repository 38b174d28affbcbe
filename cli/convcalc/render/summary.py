"""A summary as a sheet, and totals as bare integers."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from ..answers.summary import Summary, SummaryRow
from ..network.layer import NOWHERE, Group, Item, Layer, Output
from ..network.model import Network
from ..ops.cost import COUNTS
from ..ops.shapes import Shape, shapes_text
from ..ops.totals import BYTES, DEFAULT_DTYPE
from ..text.escape import visible
from ..text.wording import abridged, listed, shell_word
from .fields import Field, cells
from .figures_as_text import COUNT_TITLES, FOOTER
from .table_parts import (
    EMPTY,
    Cell,
    Column,
    Data,
    Note,
    Row,
    Sheet,
    bar_cell,
    figure_cell,
    note,
    shape_cell,
    share_cell,
)

DEFAULT_SUMMARY_COLUMNS = ("operation", "output", "params", "macs", "share", "bar")

_BAR = 16  # columns for the whole network
_MOST_OUTPUTS = 40  # that are listed below the total
_MOST_TEXT = 44  # characters of what a closed group has in it


class _Shown(NamedTuple):
    """A row in its table."""

    summary: Summary
    row: SummaryRow
    dtype: str

    @property
    def share(self) -> Cell:
        return share_cell(*self.weighed, "dim" if self.row.guide else "")

    @property
    def bar(self) -> Cell:
        return EMPTY if self.row.guide else bar_cell(*self.weighed, _BAR)

    @property
    def weighed(self) -> tuple[int, int]:
        """The count whose shares are shown, of the row and of the whole network."""
        count = self.summary.weighed
        return getattr(self.row.cost, count), getattr(self.summary.total, count)


def _leaving(shown: _Shown) -> Sequence[Shape]:
    """The shapes that leave the row's item; for the total, those that leave the network."""
    item = shown.row.item
    return shown.summary.network.leaving if item.path == "total" and not item.output else [item.output]


def _count_field(count: str) -> Field[_Shown]:
    title = COUNT_TITLES.get(count, count)
    drop = "" if count in ("params", "macs") else "extra"
    return Field(count, lambda shown: getattr(shown.row.cost, count), Column(title, drop=drop))


def _weighed(shown: _Shown) -> int:
    return shown.weighed[0]


_FIELDS: list[Field[_Shown]] = [
    Field(
        "operation",
        lambda shown: _written(shown.row),
        Column("operation", right=False, drop="operation"),
        lambda shown: Cell(abridged(_written(shown.row))),
    ),
    Field("input", lambda shown: shown.row.item.input, Column("input", drop="extra")),
    Field(
        "output",
        lambda shown: shown.row.item.output,
        Column("output", drop="output"),
        lambda shown: Cell(shapes_text(_leaving(shown))),
    ),
    *map(_count_field, COUNTS),
    Field("peak_activations", lambda shown: shown.row.alive, Column("alive\nactivations", drop="extra")),
    Field(
        "weight_bytes",
        lambda shown: shown.row.cost.params * BYTES[shown.dtype],
        Column("weight\nbytes", drop="extra"),
    ),
    Field(
        "peak_activation_bytes",
        lambda shown: shown.row.alive and shown.row.alive * BYTES[shown.dtype],
        Column("alive\nbytes", drop="extra"),
    ),
    Field(
        "receptive_field",
        lambda shown: shown.row.field and shown.row.field.size,
        Column("receptive field", drop="extra"),
    ),
    Field(
        "stride",
        lambda shown: shown.row.field and shown.row.field.stride,
        Column("stride", drop="extra"),
    ),
    Field("like", lambda shown: shown.row.like, Column(""), lambda shown: figure_cell(shown.row.like)),
    Field("share", _weighed, Column("share", drop="share"), lambda shown: shown.share),
    Field("bar", _weighed, Column("", right=False, drop="bar"), lambda shown: shown.bar),
]
_BY_KEY = {field.key: field for field in _FIELDS}
MEASURED = ("peak_activations", "peak_activation_bytes", "receptive_field", "stride")
SUMMARY_COLUMNS = tuple(name for name in _BY_KEY if name != "like")  # a tool's has an option of its own


def sheet(
    summary: Summary,
    columns: Sequence[str] = DEFAULT_SUMMARY_COLUMNS,
    memory: str | None = None,
    dtype: str = DEFAULT_DTYPE,
    named: Collection[str] = (),
) -> Sheet:
    """A row for each group and layer, the total, and the side heads that are not in it.

    `memory` is a line on the bytes that it takes, and `named` are the columns that were asked for.
    """
    network = summary.network
    columns = _with_like(summary, columns)
    fields = [_BY_KEY[name] for name in columns]
    figures = summary.total, summary.field, (), summary.total_like, summary.alive
    total = SummaryRow(_whole(summary), "total", "", *figures)
    return Sheet(
        heading=f"{network.title}   {network.shapes_text}",
        source=network.origin,
        columns=[Column("layer", right=False), *(_column(summary, name, named) for name in columns)],
        rows=[_row(_Shown(summary, row, dtype), fields) for row in summary.rows],
        totals=[
            _total_row(_Shown(summary, total, dtype), columns),
            *_output_rows(network.outputs, columns),
            *_side_rows(summary, columns, dtype),
        ],
        notes=[*([note(memory)] if memory else []), *_notes(summary, columns)],
    )


def _with_like(summary: Summary, columns: Sequence[str]) -> Sequence[str]:
    """The columns with one for the tool that was asked for, before shares and bars."""
    if summary.like is None:
        return columns
    pictures = [name for name in columns if name in ("share", "bar")]
    return [*(name for name in columns if name not in pictures), "like", *pictures]


def _column(summary: Summary, name: str, named: Collection[str]) -> Column:
    column = _BY_KEY[name].column
    assert column is not None  # every fact of a row has one
    if name != "like" or summary.like is None:
        return column.lost_last_if(name, named)
    return column._replace(title=f"{summary.like.convention.name} prints")


def _row(shown: _Shown, fields: Iterable[Field[_Shown]]) -> Row:
    row = shown.row
    name = Cell(row.guide + row.label, plain=row.item.path)
    is_group = isinstance(row.item, Group) and not row.guide
    return Row([name, *cells(fields, shown)], "bold" if is_group else "")


def _whole(summary: Summary) -> Group:
    """A row for the whole network."""
    network = summary.network
    shapes = network.input_shape, network.output_shape or ()
    written = network.merge or ""
    return Group("total", 0, "layers", written, *shapes, False, NOWHERE, len(network.items))


def _total_row(total: _Shown, columns: Sequence[str]) -> Row:
    """The total, without share and bar: shares are rounded one by one and need not add up to 100."""
    figures = [EMPTY if name in ("share", "bar") else _BY_KEY[name].cell(total) for name in columns]
    return Row([Cell("total"), *figures], "bold")


def _output_rows(outputs: Sequence[Output], columns: Sequence[str]) -> Iterator[Row]:
    """Where the network ends: each output with its shape, where shapes are shown at all."""
    if "output" not in columns:
        return
    for number, one in enumerate(outputs[:_MOST_OUTPUTS], 1):
        facts = {"operation": Cell(f"output {number}"), "output": shape_cell(one.shape)}
        figures = [facts.get(name, EMPTY) for name in columns]
        yield Row([Cell(one.path or "the input"), *figures], "dim")
    if more := len(outputs[_MOST_OUTPUTS:]):
        yield Row([Cell(f"{more:,} more"), *(EMPTY for _ in columns)], "dim")


def _side_rows(summary: Summary, columns: Sequence[str], dtype: str) -> Iterator[Row]:
    for head in summary.side_heads:
        figures = [_side_cell(_Shown(summary, head.row, dtype), head.after, name) for name in columns]
        yield Row([Cell(head.row.label), *figures], "dim")


def _side_cell(shown: _Shown, after: str, column: str) -> Cell:
    if column == "operation":
        return Cell(f"after {after}; not in the total")
    if column in ("share", "bar"):
        return EMPTY
    return _BY_KEY[column].cell(shown)


def _written(row: SummaryRow) -> str:
    """The operation as written; for a closed group, what is in it."""
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
    share = f"share: of {COUNT_TITLES.get(summary.weighed, summary.weighed)}; "
    is_told = "share" in columns and summary.weighed != "macs"
    footer = note(f"{share if is_told else ''}{FOOTER}")
    nested = [layer for layer in network.layers if layer.depth and not layer.is_silent]
    if summary.is_cut:
        cut = f"depth {summary.depth} of {summary.deepest}; --depth {summary.deepest} shows every layer"
        shares = "; share: of multiply-adds" if "share" in columns and not is_told else ""
        return [note(cut + shares), footer]
    if nested and network.file not in ("-", "-e"):
        path = max(nested, key=lambda layer: layer.macs).path
        command = f"convcalc explain {shell_word(network.spec)} {shell_word(path)}"
        return [footer, note("a layer's path joins the names: ", Data(command))]
    return [footer]


def memory_text(network: Network, aux: bool, dtype: str) -> str:
    """`float16: weights 326,656 bytes, peak of activations 953,344 bytes`"""
    totals = network.totals(aux, dtype)
    weights, peak = totals["weight_bytes"], totals["peak_activation_bytes"]
    without = f" without {totals['buffers']:,} buffers" if totals["buffers"] else ""
    return f"{dtype}: weights {weights:,} bytes{without}, peak of activations {peak:,} bytes"


def field_lines(networks: Sequence[Network], fields: Sequence[str], aux: bool, dtype: str) -> str:
    """Bare integers: a line for each network, tabs between fields, the SPEC first if several."""
    lines = []
    for network in networks:
        name = network.title if network.file == "-e" else network.spec
        values = [str(network.figure(field, aux, dtype)) for field in fields]
        first = [visible(name)] if len(networks) > 1 else []
        lines.append("\t".join([*first, *values]) + "\n")
    return "".join(lines)
