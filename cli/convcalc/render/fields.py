"""Facts of answers, stated once: the key, how to get the value, and the column in tables.

The cell of a table and the values in CSV and JSON follow from the type of the value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Generic, TypeVar

from .formats.csv import Records
from .table_parts import EMPTY, Cell, Column, count_cell, shape_cell

T = TypeVar("T")


class Field(Generic[T]):
    """A fact of a `T`. Tables show it if it has a column; `cell` replaces what they would show."""

    def __init__(
        self,
        key: str,
        value: Callable[[T], Any],
        column: Column | None = None,
        cell: Callable[[T], Cell] | None = None,
    ) -> None:
        self.key = key
        self.value = value
        self.column = column
        self.cell = cell or (lambda one: value_cell(value(one)))


def value_cell(value: Any) -> Cell:
    """A count, a shape or a text as tables show it; empty where there is none."""
    match value:
        case None:
            return EMPTY
        case int():
            return count_cell(value)
        case tuple():
            return shape_cell(value)
    return Cell(value)


def columns(fields: Iterable[Field[T]], named: Collection[str] = ()) -> list[Column]:
    """The columns of the fields that have one; those that are named are lost last."""
    return [field.column.lost_last_if(field.key, named) for field in fields if field.column]


def cells(fields: Iterable[Field[T]], one: T) -> list[Cell]:
    """The row of a table."""
    return [field.cell(one) for field in fields if field.column]


def record(fields: Iterable[Field[T]], one: T) -> list[object]:
    """The row of a CSV file."""
    return [field.value(one) for field in fields]


def records(fields: Sequence[Field[T]], items: Iterable[T]) -> Records:
    """A row for each item, made as it is written."""
    return Records([field.key for field in fields], (record(fields, one) for one in items))


def document(fields: Iterable[Field[T]], one: T) -> dict[str, Any]:
    """The JSON object."""
    return {field.key: field.value(one) for field in fields}


def picked(fields: Iterable[Field[T]], *keys: str) -> list[Field[T]]:
    """The fields with these keys, in this order."""
    by_key = {field.key: field for field in fields}
    return [by_key[key] for key in keys]
