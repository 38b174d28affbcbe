"""The operations and their options as sheets and records."""

from collections.abc import Iterable
from typing import NamedTuple

from ..language.signature import SIGNATURES
from ..ops.base import Operation
from ..text.docstrings import docstring_of
from .fields import Field, cells, columns, document, record
from .formats.csv import Records
from .formats.json import Document, envelope
from .table_parts import Cell, Column, Row, Sheet, note


class _OptionText(NamedTuple):
    """An option, its default as it would be written (None if it must be given), and its values."""

    name: str | None
    default: str | None
    value: str | None


_NO_OPTION = _OptionText(None, None, None)


def operations_sheet(operations: Iterable[type[Operation]], folded: bool) -> Sheet:
    """A row for each operation; in a narrow sheet its options stand in further rows."""
    titles = [Column("operation", right=False), Column("what it does", right=False)]
    rows = []
    for operation in operations:
        usage, doc, options = _usage(operation), doc_of(operation), _defaults(operation)
        if not folded:
            rows.append(Row([Cell(usage, markup=f"`{usage}`"), Cell(doc, markup=doc), Cell(options)]))
            continue
        rows.append(Row([Cell(usage), Cell(doc.replace("`", ""))]))
        if options:
            rows.append(Row([Cell(""), Cell(options, "dim")]))
    if not folded:
        titles.append(Column("options (default)", right=False))
    hint = "true flags may be written bare, as in: conv 3x3/2 64 bias; convcalc ops NAME explains one"
    notes = [note(hint)]
    stacked = _stacked_rows(operations)
    narrow = Sheet("", "", [Column("operation", right=False, wraps=True)], stacked, [], notes)
    return Sheet("", "", titles, rows, [], notes, narrow=lambda: narrow)


def _stacked_rows(operations: Iterable[type[Operation]]) -> list[Row]:
    """Rows for an operation: how it is written, and below that what it does and its options."""
    rows = []
    for operation in operations:
        texts = [doc_of(operation).replace("`", ""), _defaults(operation)]
        rows.append(Row([Cell(_usage(operation))], "bold"))
        rows += [Row([Cell(f"    {text}")]) for text in texts if text]
    return rows


def operation_sheet(operation: type[Operation]) -> Sheet:
    """A row for each option of one operation."""
    rows = [Row(cells(_OPTION_FIELDS, option)) for option in _options(operation)]
    notes = [] if rows else [note("it has no options")]
    notes += [note(operation.formula, label="formula"), note(operation.example, label="example")]
    description = doc_of(operation).replace("`", "")
    shown = columns(_OPTION_FIELDS) if rows else []
    return Sheet(_usage(operation), description, shown, rows, [], notes)


def operation_records(operations: Iterable[type[Operation]]) -> Records:
    """A row for each option of each operation, and one for an operation without any."""
    names = ("operation", *(field.key for field in _FIELDS[1:]), "option", "default", "value")
    rows = (
        [*record(_FIELDS, operation), *option]
        for operation in operations
        for option in _options(operation) or [_NO_OPTION]
    )
    return Records(names, rows)


def operations_document(operations: Iterable[type[Operation]]) -> Document:
    return envelope(
        operations=[
            {
                **document(_FIELDS, operation),
                "options": [document(_OPTION_FIELDS, option) for option in _options(operation)],
            }
            for operation in operations
        ]
    )


def doc_of(operation: type[Operation]) -> str:
    return " ".join(docstring_of(operation).split())


def _usage(operation: type[Operation]) -> str:
    return SIGNATURES[operation.name].usage


def _options(operation: type[Operation]) -> list[_OptionText]:
    return [
        _OptionText(name, option.default_text, option.kind.expects)
        for name, option in operation.options.items()
    ]


def _defaults(operation: type[Operation]) -> str:
    """`stride 1, padding same`: the options that have a default."""
    found = [one for one in _options(operation) if one.default]
    return ", ".join(f"{one.name} {one.default}" for one in found)


_FIELDS: list[Field[type[Operation]]] = [
    Field("name", lambda operation: operation.name),
    Field("usage", _usage),
    Field("description", doc_of),
    Field("formula", lambda operation: operation.formula),
    Field("example", lambda operation: operation.example),
]
_OPTION_FIELDS: list[Field[_OptionText]] = [
    Field("name", lambda option: option.name, Column("option", right=False)),
    Field(
        "default",
        lambda option: option.default,
        Column("default", right=False),
        lambda option: Cell("required" if option.default is None else option.default),
    ),
    Field("value", lambda option: option.value, Column("value", right=False, wraps=True)),
]
