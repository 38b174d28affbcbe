"""What a quoted number may count, as a sheet, as records and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..counters.claim import Answer, Claim, Counter, Reading, families_of
from ..counters.conventions import MULTIPLY_ADDS
from ..ops.shapes import shape_text
from ..text.wording import counted, listed
from . import fields
from .fields import Field, record
from .figures_as_text import FOOTER, count_text, hundredths
from .formats.csv import Records
from .formats.json import Document, envelope
from .table_parts import Cell, Column, Row, Sheet, count_cell, note

_MOST_COUNTERS = 2  # named in a cell


def sheet(answer: Answer) -> Sheet:
    """A row for each reading, the closest first, and what follows from them."""
    network = answer.network
    columns = [
        Column("counter", right=False),
        Column("number"),
        Column("differs", drop="share"),
        Column("reads as", right=False, wraps=True),
    ]
    rows = [Row(list(_cells(answer, reading))) for reading in answer.readings]
    heading = f"{network.title}   {shape_text(network.input_shape)}   {_range_text(answer.claim)}"
    return Sheet(heading, "", columns, rows, [], [*map(note, _conclusions(answer)), note(FOOTER)])


def _range_text(claim: Claim) -> str:
    if claim.low == claim.high:
        return f"exactly {count_text(claim.low)}"
    written = counted(claim.decimals, "decimal") if claim.decimals else "no decimals"
    between = f"between {count_text(claim.low)} and {count_text(claim.high)}"
    return f"{claim.text} is {between} (as written: {written})"


def _cells(answer: Answer, reading: Reading) -> Iterator[Cell]:
    yield Cell(_counters_text(reading.counters))
    yield count_cell(reading.number)
    yield Cell(_differs_text(answer.claim, reading.number))
    yield Cell(_reading_text(reading))


def _counters_text(counters: Sequence[Counter]) -> str:
    names = [counter.name for counter in dict.fromkeys(counters)]
    more = len(names) - _MOST_COUNTERS
    shown = listed(names[:_MOST_COUNTERS])
    return f"{shown} and {more} more" if more > 0 else shown


def _differs_text(claim: Claim, number: int) -> str:
    """`+0.09 %`, rounded half up without floats."""
    difference = number - claim.value
    if not difference:
        return "–"
    share = abs(difference) / claim.value
    text = hundredths(100 * share.numerator, share.denominator)
    sign = "+" if difference > 0 else "−"
    return f"{sign}{text} %" if text != "0.00" else f"{sign}<0.01 %"


def _reading_text(reading: Reading) -> str:
    if reading.mended is not None:
        what = {"params": "parameters", "FLOPs": "FLOPs = 2 × multiply-adds"}
        return f"{what.get(reading.unit, reading.unit)} with {listed(reading.mended.slips)}"
    shape = shape_text(reading.input)
    if reading.unit == "params":
        return "parameters"
    of_batch = f" of a batch of {reading.batch}" if reading.batch > 1 else ""
    where = f"{of_batch} at {shape}"
    if reading.figure is None:
        return f"{'multiply-adds' if reading.times == 1 else 'FLOPs = 2 × multiply-adds'}{where}"
    convention = reading.figure.convention
    says = convention.says if reading.times == 1 else f"{reading.times} × its {convention.says}"
    return f"{says}{where}: {_sum_text(reading)}"


def _sum_text(reading: Reading) -> str:
    """`M + batch norm`, `2 × (M + bias)`"""
    assert reading.figure is not None
    multiple = reading.figure.convention.multiple
    families = ["M otherwise" if one == MULTIPLY_ADDS else one for one in families_of(reading)]
    total = " + ".join(["M" if multiple == 1 else f"{multiple} × M", *families])
    if reading.times == 1:
        return total
    return f"{reading.times} × ({total})" if families else f"{reading.times} × {total}"


def _conclusions(answer: Answer) -> Iterator[str]:
    claim = answer.claim
    if not answer.explains:
        nearest = "; these are the nearest" if answer.readings else ""
        yield f"no counter yields {claim.text}, at no usual input size or batch{nearest}"
        return
    best = answer.best
    if families_of(best) and best.batch == 1 and best.input == answer.network.input_shape:
        plain = answer.macs if best.unit == "multiply-adds" else 2 * answer.macs
        as_quoted = f", it would be quoted as {claim.quoted(plain)}" if claim.unit else ""
        yield (
            f"the closest that counts conv and linear alone: {count_text(plain)} "
            f"({_differs_text(claim, plain)}){as_quoted}"
        )
    if len({reading.unit for reading in answer.readings}) > 1:
        yield "so: it may be either; the number alone does not tell"
    elif best.unit == "params":
        yield "so: parameters"
    else:
        yield f"so: {_conclusion(answer)}"
    if best.mended is not None:
        yield f"the line that gives it, as PyTorch has it: {best.mended.line}"


def _conclusion(answer: Answer) -> str:
    """`multiply-adds, not FLOPs (those would be 3.00G), batch norm included`"""
    best, is_single = answer.best, answer.best.unit == "multiply-adds"
    other = "FLOPs" if is_single else "multiply-adds"
    number = best.number * 2 if is_single else best.number // 2
    quoted = answer.claim.quoted(number)
    exact = quoted if quoted.strip("0.kMG") else count_text(number)  # of 0G nobody learns anything
    parts = [f"{best.unit}, not {other} (those would be {exact})"]
    if best.input != answer.network.input_shape:
        parts.append(f"at {shape_text(best.input)}")
    if best.batch > 1:
        parts.append(f"of a batch of {best.batch}")
    if families := families_of(best):
        *others, last = families
        parts.append(f"{' and '.join(filter(None, [', '.join(others), last]))} included")
    return ", ".join(parts)


def records(answers: Sequence[Answer]) -> Records:
    """A row for each reading and counter."""
    columns = ["network", "claim", "explained", "counter", *(field.key for field in _FIELDS)]
    return Records(columns, (row for answer in answers for row in _rows(answer)))


def _rows(answer: Answer) -> Iterator[Sequence[object]]:
    for reading in answer.readings:
        for counter in dict.fromkeys(reading.counters):
            claimed = (answer.network.title, answer.claim.text, answer.explains, counter.key)
            yield [*claimed, *record(_FIELDS, reading)]


def document(answers: Sequence[Answer]) -> Document:
    """Each network's claim with what explains it."""
    return envelope(claims=[_claim(answer) for answer in answers])


def _claim(answer: Answer) -> Document:
    network, claim = answer.network, answer.claim
    return {
        "name": network.name,
        "variant": network.variant,
        "file": network.file,
        "claim": claim.text,
        "low": claim.low,
        "high": claim.high,
        "explained": answer.explains,
        "readings": [
            {"counters": _keys(reading), **fields.document(_FIELDS, reading)}
            for reading in answer.readings
        ],
    }


def _keys(reading: Reading) -> list[str]:
    return [counter.key for counter in dict.fromkeys(reading.counters)]


_FIELDS: list[Field[Reading]] = [
    Field("number", lambda reading: reading.number),
    Field("unit", lambda reading: reading.unit),
    Field("times", lambda reading: reading.times),
    Field("input", lambda reading: reading.input),
    Field("batch", lambda reading: reading.batch),
    Field("defaults", lambda reading: reading.mended and reading.mended.line),
]
