"""What each counter prints, as a grid, as records and as a document."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from ..counters.conventions import FAMILIES, MULTIPLY_ADDS
from ..counters.reconcile import Counting, Figure, Reconciliation, Summand
from ..ops.shapes import shape_text
from . import fields
from .fields import Field, cells, picked, record
from .figures_as_text import FOOTER, count_text
from .formats.csv import Records
from .formats.json import Document, envelope
from .table_parts import EMPTY, Cell, Column, Note, Row, Sheet, figure_cell, note

_NOTHING = Cell("·", "dim", markup="·")
_UNKNOWN = Cell("?", markup="?")


_FIELDS: list[Field[Figure]] = [
    Field("tool", lambda figure: figure.convention.key),
    Field(
        "says",
        lambda figure: figure.convention.says,
        Column("says", right=False, drop="operation"),
    ),
    Field(
        "version",
        lambda figure: figure.convention.version,
        Column("version", right=False, drop="extra"),
    ),
    Field(
        "params",
        lambda figure: figure.params,
        Column("params", drop="extra"),
        lambda figure: figure_cell(figure.params),
    ),
    Field(
        "prints",
        lambda figure: figure.prints,
        Column("prints"),
        lambda figure: figure_cell(figure.prints),
    ),
    Field(
        "multiple",
        lambda figure: figure.convention.multiple,
        Column("=\nM"),
        lambda figure: Cell(f"{figure.convention.multiple}×"),
    ),
    Field(
        "parts",
        lambda figure: {_key(family): amount for family, amount in figure.parts.items()},
    ),
    Field("not_known", lambda figure: list(figure.unknown)),
]
_COUNTER_FIELDS = picked(
    _FIELDS,
    *("tool", "says", "version", "prints", "multiple", "parts", "not_known", "params"),
)
_MADE_OF = "parts"  # the column that brings one for each family with it
RECONCILE_COLUMNS = ("says", "version", "params", "prints", _MADE_OF)
DEFAULT_RECONCILE_COLUMNS = ("says", "prints", _MADE_OF)


def sheet(
    reconciliation: Reconciliation,
    columns: Sequence[str] = DEFAULT_RECONCILE_COLUMNS,
    named: Collection[str] = (),
) -> Sheet:
    """A row for each tool: its figure, its multiple of M, and what else it counts.

    `named` are the columns that were asked for.
    """
    network, families = reconciliation.network, reconciliation.families
    keys = [name for name in RECONCILE_COLUMNS if name in columns]
    chosen = picked(_FIELDS, *("multiple" if key == _MADE_OF else key for key in keys))
    shown = families if _MADE_OF in columns else []
    rows = []
    for figure in reconciliation.figures:
        parts = [_part_cell(figure, family) for family in shown]
        rows.append(Row([Cell(figure.convention.name), *cells(chosen, figure), *parts]))
    shape = shape_text(network.input_shape)
    return Sheet(
        heading=f"{network.title}   {shape}   M = {count_text(reconciliation.macs)} multiply-adds",
        source=network.origin,
        columns=[
            Column("counter", right=False),
            *fields.columns(chosen, named),
            *(Column(_title(one), drop="extra").lost_last_if(_MADE_OF, named) for one in shown),
        ],
        rows=rows,
        totals=[],
        notes=list(_notes(reconciliation, _MADE_OF in columns)),
        narrow=lambda: _stacked(reconciliation, columns, named),
    )


def _stacked(reconciliation: Reconciliation, columns: Sequence[str], named: Collection[str]) -> Sheet:
    """The same sheet with the parts of a figure under each other."""
    whole = sheet(reconciliation, [name for name in columns if name != _MADE_OF], named)
    if _MADE_OF not in columns:
        return whole._replace(narrow=None)
    blank = [EMPTY] * len(whole.columns)
    rows = []
    for row, figure in zip(whole.rows, reconciliation.figures, strict=True):
        first, *others = _summands(reconciliation, figure)
        rows.append(Row([*row.cells, *first]))
        rows += [Row([*blank, *one]) for one in others]
    made_of = Column("made of", drop="made of").lost_last_if(_MADE_OF, named)
    return whole._replace(
        columns=[*whole.columns, made_of, made_of._replace(title="", right=False)],
        rows=rows,
        notes=list(_notes(reconciliation, with_parts=True)),
        narrow=None,
    )


def _summands(reconciliation: Reconciliation, figure: Figure) -> Iterator[list[Cell]]:
    """The summands with their names; they add up to what the counter prints."""
    multiple = figure.convention.multiple
    name = "M" if multiple == 1 else f"{multiple} × M"
    yield [Cell(count_text(multiple * reconciliation.macs)), Cell(name)]
    for family in reconciliation.families:
        if family in figure.unknown or figure.parts.get(family):
            yield [_part_cell(figure, family), Cell(_family_name(family))]


def _family_name(family: str) -> str:
    return "M otherwise" if family == MULTIPLY_ADDS else family


def _title(family: str) -> str:
    """A title on two lines: `+ batch` and `norm`."""
    *before, last = _family_name(family).split(" ")
    return f"{' '.join(['+', *before])}\n{last}"


def _part_cell(figure: Figure, family: str) -> Cell:
    if family in figure.unknown:
        return _UNKNOWN
    amount = figure.parts.get(family, 0)
    return Cell(count_text(amount)) if amount else _NOTHING


def _notes(reconciliation: Reconciliation, with_parts: bool) -> Iterator[Note]:
    if with_parts:
        yield note("every row adds up: prints = its multiple of M + what else it counts")
        for family in reconciliation.families:
            yield note("; ".join(map(_counting_text, reconciliation.countings(family))), label=family)
    for family, tools in reconciliation.unknown.items():
        yield note(f"not known: {family} in {', '.join(tools)}")
    if reconciliation.functional:
        yield note(f"called as functions, not as modules: {', '.join(reconciliation.functional)}")
    if last_calls := " and ".join(reconciliation.last_calls):
        yield note(f"of a module that runs again {last_calls} keeps the last call")
    if once := _say_flops_but_count_once(reconciliation.figures):
        verb = "says FLOPs but counts" if len(once) == 1 else "say FLOPs but count"
        yield note(f"{' and '.join(once)} {verb} a multiply-add once")
    yield note(_params_text(reconciliation))
    yield note(FOOTER)


def _counting_text(counting: Counting) -> str:
    """`thop: 4 × 3,226,160 values`"""
    return f"{', '.join(counting.tools)}: {' + '.join(map(_term_text, counting.terms))}"


def _term_text(term: Summand) -> str:
    times = f"{term.times} × " if term.times != 1 else ""
    detail = term.what.partition(": ")[2] or "values"
    return f"{times}{count_text(term.number)} {detail}"


def _say_flops_but_count_once(figures: Iterable[Figure]) -> list[str]:
    conventions = (figure.convention for figure in figures)
    return [one.name for one in conventions if one.says.lower() == "flops" and one.multiple == 1]


def _params_text(reconciliation: Reconciliation) -> str:
    others, silent = [], []
    for figure in reconciliation.figures:
        name, rule = figure.convention.name, figure.convention.params
        if rule is None:
            silent.append(name)
        elif figure.params is not None and figure.params != reconciliation.params:
            others.append(f"{name} {count_text(figure.params)} ({rule.why})")
    text = f"params {count_text(reconciliation.params)}"
    text += f", but {', '.join(others)}" if others else " in every counter"
    return f"{text}; none in {', '.join(silent)}" if silent else text


def records(reconciliations: Sequence[Reconciliation]) -> Records:
    """A row for each tool and network; each family that tools count has a column."""
    order = {family: place for place, family in enumerate(FAMILIES)}
    found = {family for one in reconciliations for family in one.families}
    families = sorted(found, key=lambda family: (order.get(family, len(order)), family))
    columns = ("network", "input", "tool", "says", "version", "prints", "multiple", "macs", "params")
    names = [_key(family) for family in families]
    rows = (_record(one, figure, families) for one in reconciliations for figure in one.figures)
    return Records((*columns, *names), rows)


def _key(family: str) -> str:
    """`batch_norm`; another way to count the multiply-adds themselves is `macs_otherwise`."""
    return "macs_otherwise" if family == MULTIPLY_ADDS else family.replace(" ", "_")


def _record(reconciliation: Reconciliation, figure: Figure, families: Iterable[str]) -> Sequence[object]:
    network = reconciliation.network
    named = picked(_FIELDS, "tool", "says", "version", "prints", "multiple")
    return [
        *(network.title, network.input_shape),
        *record(named, figure),
        *(reconciliation.macs, figure.params),
        *(figure.parts.get(family, 0) for family in families),
    ]


def document(reconciliations: Iterable[Reconciliation], aux: bool = False) -> Document:
    """The networks as in `summary`, with each tool's figure and its parts."""
    return envelope(models=[_model(one, aux) for one in reconciliations])


def _model(reconciliation: Reconciliation, aux: bool) -> Document:
    return {
        **reconciliation.network.to_dict(aux),
        "functional": list(reconciliation.functional),
        "tools": {figure.convention.key: figure.prints for figure in reconciliation.figures},
        "counters": [fields.document(_COUNTER_FIELDS, figure) for figure in reconciliation.figures],
    }
