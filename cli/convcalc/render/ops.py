"""The operations and their options as sheets and records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import getdoc

from ..language.signature import SIGNATURES
from ..ops.base import Operation
from .formats.csv import Records
from .formats.json import Document, envelope
from .sheet import Cell, Column, Row, Sheet, note


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
