"""The columns that a comparison may have, and what stands in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ..answers.compare import Comparison, Share
from ..network.model import Network
from ..ops.shapes import shapes_text
from ..ops.totals import BYTES_OF, DEFAULT_DTYPE, PEAK, TOTALS
from .fields import Field
from .figures_as_text import path_shapes, total_title, unit_decimals, unit_text
from .table_parts import Cell, Column, bar_cell, figure_cell

_BAR = 18  # columns of the widest bar
_RATIO = "ratio"  # the column that stands behind each total


class Shown(NamedTuple):
    """What a network or a part of it costs, and the network it is of."""

    network: Network
    share: Share
    dtype: str = DEFAULT_DTYPE
    weighed: str = "macs"  # the total that bars are of
    most: int = 0  # of it, for the widest bar


class CompareLook(NamedTuple):
    """Which columns are shown, the type of elements whose bytes are counted, and units of totals.

    `named` are the columns that were asked for.
    """

    columns: Sequence[str]
    dtype: str = DEFAULT_DTYPE
    units: Mapping[str, str] = MappingProxyType({})
    named: Collection[str] = ()

    @property
    def shown_units(self) -> dict[str, str]:
        """The units of the totals that are shown."""
        return {total: unit for total, unit in self.units.items() if total in self.columns}

    @property
    def has_ratios(self) -> bool:
        return _RATIO in self.columns

    @property
    def has_bytes(self) -> bool:
        return not BYTES_OF.keys().isdisjoint(self.columns)

    @property
    def weighed(self) -> str:
        """The total that bars are of: multiply-adds unless only others are shown."""
        shown = [name for name in self.columns if name in TOTALS]
        return "macs" if "macs" in shown or not shown else shown[0]


def _total_field(total: str) -> Field[Shown]:
    drop = "" if total in ("params", "macs") else "extra"
    column = Column(total_title(total), drop=drop)
    return Field(total, lambda shown: shown.share.figure(total, shown.dtype), column)


def _weighed(shown: Shown) -> int:
    return shown.share.figure(shown.weighed, shown.dtype)


_FIELDS: list[Field[Shown]] = [
    Field("input", lambda shown: shown.network.input_shape, Column("input", drop="output")),
    Field(
        "output",
        lambda shown: path_shapes(shown.share.leaving),
        Column("output", drop="output"),
        lambda shown: Cell(shapes_text(shown.share.leaving)),
    ),
    *map(_total_field, TOTALS),
    Field(
        "like", lambda shown: shown.share.like, Column(""), lambda shown: figure_cell(shown.share.like)
    ),
    Field(
        "bar",
        _weighed,
        Column("", right=False, drop="bar"),
        lambda shown: bar_cell(_weighed(shown), shown.most, _BAR),
    ),
]
_BY_KEY = {field.key: field for field in _FIELDS}

COMPARE_COLUMNS = ("input", "output", *TOTALS, _RATIO, "bar")
PEAKS = frozenset({PEAK, "peak_activation_bytes"})  # of whole networks only
PART_COLUMNS = ("output", *(total for total in TOTALS if total not in PEAKS), _RATIO)


def usual_columns(comparison: Comparison) -> tuple[str, ...]:
    """The columns of a table if none are named; ratios and what stands behind them are its last two."""
    if comparison.parts:
        return ("params", "macs", _RATIO, "output")
    return (*_shown_shapes(comparison.networks), "params", "macs", _RATIO, "bar")


def usual_record(comparison: Comparison) -> tuple[str, ...]:
    """The columns of CSV if none are named."""
    return ("output", "params", "macs") if comparison.parts else ("input", "output", "params", "macs")


def _shown_shapes(networks: Sequence[Network]) -> list[str]:
    """Which shapes are shown: inputs that differ, and outputs unless only the inputs differ."""
    inputs_differ = len({network.input_shape for network in networks}) > 1
    outputs_differ = len({network.leaving for network in networks}) > 1
    inputs = ["input"] if inputs_differ else []
    return inputs if inputs and not outputs_differ else [*inputs, "output"]


def shown_fields(comparison: Comparison, look: CompareLook) -> list[Field[Shown]]:
    """The fields with a tool's figure, if one was asked for, behind the totals."""
    names = [name for name in look.columns if name != _RATIO]
    if comparison.like:
        is_picture = names[-1:] in (["bar"], ["output"])
        names.insert(len(names) - is_picture, "like")
    return [
        _in_unit(_BY_KEY[name], look.units[name], comparison, look.dtype)
        if name in look.units
        else _BY_KEY[name]
        for name in names
    ]


def _in_unit(field: Field[Shown], unit: str, comparison: Comparison, dtype: str) -> Field[Shown]:
    """The field of a total as its column shows it in that unit; its value stays exact."""
    assert field.column is not None
    smallest = min(share.figure(field.key, dtype) for share in comparison.totals)
    decimals = unit_decimals(smallest, unit)

    def cell(shown: Shown) -> Cell:
        return Cell(unit_text(field.value(shown), unit, decimals))

    column = field.column._replace(title=f"{field.column.title} ({unit})")
    return Field(field.key, field.value, column, cell)


def record_fields(columns: Sequence[str]) -> list[Field[Shown]]:
    """The fields of CSV, which has no ratios and no bars."""
    return [_BY_KEY[name] for name in columns if name not in (_RATIO, "bar")]


def column_of(field: Field[Shown], comparison: Comparison, named: Collection[str]) -> Column:
    """The column of a field with its title."""
    assert field.column is not None  # every field has one
    if field.key != "like" or comparison.like is None:
        return field.column.lost_last_if(field.key, named)
    return field.column._replace(title=f"{comparison.like.convention.name} prints")


def ratio_column(field: Field[Shown], named: Collection[str], group: str = "") -> Column:
    """The column of ratios behind that of a total."""
    drop = f"{field.key} ratio" if field.key in ("params", "macs") else "other ratio"
    own_name = f"{field.key} ratio" if _RATIO in named else ""
    return Column("ratio", group, drop=drop, named=own_name)
