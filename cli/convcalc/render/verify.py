"""Verifications as sheets: a tick where values agree, else both under each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..answers.verify import Check, Verification
from ..network.layer import Layer, total
from ..network.model import Network
from ..ops.shapes import Shape, shape_text, shapes_text
from ..text.wording import counted
from . import fields
from .fields import Field, record
from .figures_as_text import count_text
from .formats.csv import Records
from .formats.json import Document, envelope
from .table_parts import (
    EMPTY,
    Cell,
    Column,
    Data,
    Note,
    Row,
    Sheet,
    answer,
    count_cell,
    note,
    shape_cell,
)

if TYPE_CHECKING:
    from ..execute import Measured

_TICK = Cell("✓", "green")


def sheet(verification: Verification) -> Sheet:
    """All layers with their ticks; where some disagree, only those."""
    return _agreement(verification) if verification.agrees else _disagreement(verification)


def _heading(verification: Verification) -> str:
    network = verification.network
    return f"{network.title}   {network.shapes_text}   seed {verification.seed}"


def _shown(verification: Verification) -> list[Check]:
    return [check for check in verification.checks if not check.layer.is_silent]


def _agreement(verification: Verification) -> Sheet:
    network, shown = verification.network, _shown(verification)
    apart = [layer for layer in network.layers if layer.aux and not verification.aux]
    columns = [Column("layer", right=False)]
    for title in ("output", "params", "multiply-adds"):
        columns += [Column(title), Column("", right=False)]
    rows = [
        Row(
            _ticked(layer.path, [layer.output], layer.cost),
            "dim" if layer.aux and not verification.aux else "",
        )
        for layer in (check.layer for check in shown)
    ]
    totals = [Row(_ticked("total", network.leaving, verification.total), "bold")]
    if apart:
        side = total(apart)
        counts = [count_cell(side.params), EMPTY, count_cell(side.macs), EMPTY]
        totals.append(Row([Cell("side heads, not in the total"), EMPTY, EMPTY, *counts], "dim"))
    layers = counted(len(shown), "layer")
    said = f"✓ {layers} run with NumPy; every shape, weight and multiply-add measured, all as computed"
    notes = [answer(said), *_weights_notes([network])]
    return Sheet(_heading(verification), "", columns, rows, totals, notes)


def _weights_notes(networks: Iterable[Network]) -> list[Note]:
    """The note that a model file's own weights were not used."""
    files = sorted({network.file for network in networks if network.model})
    if not files:
        return []
    return [note("random weights, in the description that was read from ", Data(", ".join(files)))]


def _ticked(name: str, leaving: Sequence[Shape], cost: object) -> list[Cell]:
    cells = [Cell(shapes_text(leaving))]
    cells += [count_cell(getattr(cost, count)) for count in ("params", "macs")]
    return [Cell(name), *(cell for pair in zip(cells, [_TICK] * 3, strict=True) for cell in pair)]


def _disagreement(verification: Verification) -> Sheet:
    wrong = [check for check in verification.checks if not check.agrees]
    columns = [
        Column("layer", right=False),
        Column("", right=False),
        Column("output"),
        Column("params"),
        Column("multiply-adds"),
        Column("", right=False),
    ]
    rows = [Row(cells) for check in wrong for cells in _differences(check)]
    agree = sum(check.agrees for check in _shown(verification))
    total = len(_shown(verification))
    report = "This is a fault in convcalc, not in your file: please report it with the file"
    notes = [answer(f"{agree:,} of {total:,} layers agree. {report}")]
    if verification.fault:
        notes.insert(0, note("not run: ", Data(verification.fault)))
    return Sheet(_heading(verification), "", columns, rows, [], notes)


def _differences(check: Check) -> Iterator[list[Cell]]:
    layer, found = check.layer, check.measured
    name = Cell(f"✗ {layer.path}", "red")
    computed = [shape_cell(layer.output), count_cell(layer.params), count_cell(layer.macs)]
    yield [name, Cell("computed"), *computed, EMPTY]
    if found is None:
        yield [EMPTY, Cell("not run"), EMPTY, EMPTY, EMPTY, EMPTY]
        return
    measured = [shape_cell(found.output), count_cell(found.params), count_cell(found.macs)]
    tensors = "" if check.tensors_agree else _tensors_text(check)
    yield [EMPTY, Cell("measured"), *measured, Cell(tensors)]
    shape = "·" if found.output == layer.output else "shape"
    params, macs = abs(found.params - layer.params), abs(found.macs - layer.macs)
    counts = [Cell(count_text(one) if one else "·") for one in (params, macs)]
    yield [EMPTY, Cell("differs"), Cell(shape), *counts, EMPTY]


def _tensors_text(check: Check) -> str:
    assert check.measured is not None
    return ", ".join(f"{name} {shape_text(shape)}" for name, shape in check.measured.tensors.items())


def lines_sheet(verifications: Sequence[Verification]) -> Sheet:
    """A line for each network."""
    columns = [Column("network", right=False)]
    columns += [Column("layers"), Column("params"), Column("multiply-adds")]
    rows = []
    for verification in verifications:
        mark, style = ("✓", "green") if verification.agrees else ("✗", "red")
        network = verification.network
        cells = [
            Cell(f"{mark} {network.title}", style),
            count_cell(len(_shown(verification))),
            count_cell(verification.total.params),
            count_cell(verification.total.macs),
        ]
        rows.append(Row(cells))
    networks = (verification.network for verification in verifications)
    notes = [_lines_note(verifications), *_weights_notes(networks)]
    return Sheet("", "", columns, rows, [], notes)


def _lines_note(verifications: Sequence[Verification]) -> Note:
    networks = counted(len(verifications), "network")
    wrong = sum(not verification.agrees for verification in verifications)
    result = "all as computed" if not wrong else f"{wrong:,} not as computed"
    return answer(f"{networks} run with NumPy; shapes, weights and multiply-adds measured, {result}")


def records(verifications: Sequence[Verification]) -> Records:
    """A row for each layer, with computed and measured values."""
    names = [f"measured_{field.key}" for field in _MEASURED_FIELDS]
    columns = ["network", *(field.key for field in _LAYER_FIELDS), *names, "agrees"]
    rows = (
        [verification.network.title, *_record(check)]
        for verification in verifications
        for check in verification.checks
    )
    return Records(columns, rows)


def _record(check: Check) -> Sequence[object]:
    found = check.measured
    measured = record(_MEASURED_FIELDS, found) if found else [None] * len(_MEASURED_FIELDS)
    return [*record(_LAYER_FIELDS, check.layer), *measured, check.agrees]


def document(verifications: Sequence[Verification]) -> Document:
    """The networks as in `summary`, with what was measured."""
    return envelope(models=[_model(verification) for verification in verifications])


def _model(verification: Verification) -> Document:
    model = verification.network.to_dict(verification.aux)
    layers = [
        {**layer, "measured": check.measured and fields.document(_MEASURED_FIELDS, check.measured)}
        for layer, check in zip(model.pop("layers"), verification.checks, strict=True)
    ]
    return {**model, "verified": verification.agrees, "layers": layers}


_LAYER_FIELDS: list[Field[Layer]] = [
    Field("path", lambda layer: layer.path),
    Field("op", lambda layer: layer.op),
    Field("output", lambda layer: layer.output),
    Field("params", lambda layer: layer.params),
    Field("macs", lambda layer: layer.macs),
]
_MEASURED_FIELDS: list[Field[Measured]] = [
    Field("output", lambda measured: measured.output),
    Field("params", lambda measured: measured.params),
    Field("macs", lambda measured: measured.macs),
]
