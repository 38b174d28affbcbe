"""The shipped configs and the operations as sheets and records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import getdoc

from ..language.signature import SIGNATURES
from ..network.model import Network
from ..ops.base import Operation
from .formats.csv import Records
from .formats.json import Document, envelope
from .notation import CONVENTION, path_shape
from .sheet import Cell, Column, Row, Sheet, count_cell, note, shape_cell


def configs_sheet(networks: Sequence[Network]) -> Sheet:
    """A row for each shipped network; a config's name stands on the first of its variants."""
    rows = []
    above: Network | None = None
    for network in networks:
        is_first = above is None or above.file != network.file
        same_source = not is_first and above is not None and above.source == network.source
        rows.append(
            Row(
                [
                    Cell(network.file if is_first else "", plain=network.file),
                    Cell(network.variant or ""),
                    shape_cell(network.input_shape),
                    count_cell(network.total.params),
                    count_cell(network.total.macs),
                    Cell("" if same_source else _short(network.source or "")),
                ]
            )
        )
        above = network
    columns = [
        Column("config", right=False),
        Column("variants", right=False),
        Column("input", drop="output"),
        Column("params"),
        Column("multiply-adds"),
        Column("source", right=False, drop="extra"),
    ]
    return Sheet(
        "", "", columns, rows, [], [note(f"convcalc show NAME prints a config to copy; {CONVENTION}")]
    )


def _short(source: str) -> str:
    """The first of several sources."""
    return source.partition(";")[0]


def config_records(networks: Iterable[Network]) -> Records:
    """A row for each shipped network."""
    columns = ("name", "variant", "input", "output", "params", "macs", "source")
    rows = (
        (
            *(network.file, network.variant),
            *(path_shape(network.input_shape), path_shape(network.output_shape)),
            *(network.total.params, network.total.macs, network.source),
        )
        for network in networks
    )
    return Records(columns, rows)


def configs_document(networks: Iterable[Network]) -> Document:
    return envelope(
        configs=[
            {
                "name": network.file,
                "variant": network.variant,
                "input": network.input_shape,
                "output": network.output_shape,
                "params": network.total.params,
                "macs": network.total.macs,
                "source": network.source,
            }
            for network in networks
        ]
    )


def operations_sheet(operations: Iterable[type[Operation]], folded: bool) -> Sheet:
    """A row for each operation; folded, its options stand in a second row."""
    columns = [Column("operation", right=False), Column("what it does", right=False)]
    rows = []
    for operation in operations:
        usage, doc, options = SIGNATURES[operation.name].usage, _doc(operation), _options(operation)
        if not folded:
            rows.append(Row([Cell(usage, markup=f"`{usage}`"), Cell(doc, markup=doc), Cell(options)]))
            continue
        rows.append(Row([Cell(usage), Cell(doc.replace("`", ""))]))
        if options:
            rows.append(Row([Cell(""), Cell(options, "dim")]))
    if not folded:
        columns.append(Column("options (default)", right=False))
    hint = "true flags may be written bare, as in: conv 3x3/2 64 bias; convcalc ops NAME explains one"
    return Sheet("", "", columns, rows, [], [note(hint)])


def operation_sheet(operation: type[Operation]) -> Sheet:
    """A row for each option of one operation."""
    columns = [
        Column("option", right=False),
        Column("default", right=False),
        Column("value", right=False, drop="extra"),
    ]
    rows = [
        Row([Cell(option), Cell("required" if default is None else default), Cell(expects)])
        for option, default, expects in _option_rows(operation)
    ]
    notes = [] if rows else [note("it has no options")]
    return Sheet(
        SIGNATURES[operation.name].usage, _doc(operation).replace("`", ""), columns, rows, [], notes
    )


_NO_OPTIONS: Sequence[Sequence[str | None]] = [(None, None, None)]


def operation_records(operations: Iterable[type[Operation]]) -> Records:
    """A row for each option of each operation, and one for an operation without any."""
    columns = ("operation", "usage", "description", "option", "default", "value")
    rows = (
        (operation.name, SIGNATURES[operation.name].usage, _doc(operation), *option)
        for operation in operations
        for option in (_option_rows(operation) or _NO_OPTIONS)
    )
    return Records(columns, rows)


def operations_document(operations: Iterable[type[Operation]]) -> Document:
    return envelope(
        operations=[
            {
                "name": operation.name,
                "usage": SIGNATURES[operation.name].usage,
                "description": _doc(operation),
                "options": [
                    {"name": option, "default": default, "value": expects}
                    for option, default, expects in _option_rows(operation)
                ],
            }
            for operation in operations
        ]
    )


def _doc(operation: type[Operation]) -> str:
    return " ".join((getdoc(operation) or "").split())


def _option_rows(operation: type[Operation]) -> Sequence[tuple[str, str | None, str]]:
    """Each option, its default as it would be written (None if it must be given), and its values."""
    options = operation.options.items()
    return [(name, option.default_text, option.kind.expects) for name, option in options]


def _options(operation: type[Operation]) -> str:
    """`stride 1, padding same`: the options that have a default."""
    found = [(name, default) for name, default, _ in _option_rows(operation) if default is not None]
    return ", ".join(f"{name} {default}" for name, default in found)
