"""The parts of an ONNX file: nodes with their attributes, weights, and the sizes of tensors.

The numbers of fields are those of onnx/onnx.proto. Weights stay in the file, and nothing that a
file points to outside of it is opened; only the values of small constants are read, because sizes
and axes are among them.
"""

from collections.abc import Iterator
from math import prod
from struct import Struct
from typing import Any, NamedTuple

from ...ops.options import MAX_SIZE
from ..reading.trace import Weight
from .wire import FIXED32, LEN, FileBytes, PartBytes, WireError, WireField, fields, packed, signed

# Of a node: the modules around it, as PyTorch's newer exporter states them.
SCOPES, CLASSES = "pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy"

SMALL = 64 * 1024  # bytes of a part that is read at once
_FEW = 1024  # elements of a constant whose values are read

_FLOAT, _INT32, _INT64, _FLOAT16, _DOUBLE = 1, 6, 7, 10, 11
_RAW = {_FLOAT: "f", _INT32: "i", _INT64: "q", _FLOAT16: "e", _DOUBLE: "d"}
_FLOATS = Struct("<f")

MessageBytes = PartBytes | FileBytes
OpenSizes = tuple[int | None, ...]  # None where a size is left open


class OnnxNode(NamedTuple):
    """A node of the graph. `attributes` are numbers, texts, lists of these, Weights, or None."""

    op: str
    domain: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    metadata: dict[str, str]


def read_node(data: MessageBytes, start: int, end: int) -> OnnxNode:
    op = domain = name = ""
    inputs, outputs = [], []
    attributes, metadata = {}, {}
    for field in fields(data, start, end):
        match field.number:
            case 1:
                inputs.append(read_text(data, field))
            case 2:
                outputs.append(read_text(data, field))
            case 3:
                name = read_text(data, field)
            case 4:
                op = read_text(data, field)
            case 5:
                key, value = _attribute(data, field)
                attributes[key] = value
            case 7:
                domain = read_text(data, field)
            case 9 if _is_kept(data, field):
                key, value = _property(data, field)
                metadata[key] = value
    return OnnxNode(op, domain, name, tuple(inputs), tuple(outputs), attributes, metadata)


def _attribute(data: MessageBytes, attribute: WireField) -> tuple[str, Any]:
    name = ""
    value: Any = None
    several: list[Any] = []
    for field in fields(data, attribute.start, attribute.end):
        match field.number:
            case 1:
                name = read_text(data, field)
            case 2:
                value = _float(data, field)
            case 3:
                value = signed(field.value)
            case 4:
                value = read_text(data, field)
            case 5:
                value = read_tensor(data, field.start, field.end)
            case 6 | 11:
                value = OnnxGraph()
            case 7:
                several += _floats(data, field)
            case 8:
                several += _whole_numbers(data, field)
            case 9:
                several.append(read_text(data, field))
    return name, several or value


class OnnxGraph(NamedTuple):
    """A graph inside a node, which nothing that can be written has."""


def read_tensor(data: MessageBytes, start: int, end: int) -> Weight:
    name, kind, sizes = "", 0, []
    raw: bytes | None = None
    numbers: list[float] = []
    for field in fields(data, start, end):
        match field.number:
            case 1:
                sizes += _whole_numbers(data, field)
            case 2:
                kind = field.value
            case 8:
                name = read_text(data, field)
            case 9 if field.end - field.start <= SMALL:
                raw = data[field.start : field.end]
            case 4 if field.end - field.start <= 4 * _FEW and kind in (0, _FLOAT):
                numbers += _floats(data, field)
            case 5 | 7 if field.end - field.start <= 10 * _FEW and len(numbers) <= _FEW:
                numbers += _whole_numbers(data, field)
    if any(not 0 <= size <= MAX_SIZE for size in sizes) or prod(sizes) > MAX_SIZE:
        raise WireError(f'the tensor "{name}" has impossible sizes')
    count = prod(sizes)
    is_uniform = raw is not None and count > 0 and raw == raw[: len(raw) // count] * count
    return Weight(name, tuple(sizes), False, _numbers(kind, count, raw, numbers), is_uniform)


def _numbers(kind: int, count: int, raw: bytes | None, numbers: list[float]) -> tuple[float, ...] | None:
    """A constant's values, where they are few and all here."""
    if count > _FEW:
        return None
    if raw is not None and kind in _RAW:
        each = Struct(f"<{count}{_RAW[kind]}")
        return each.unpack(raw) if len(raw) == each.size else None
    return tuple(numbers) if len(numbers) == count and kind != _FLOAT16 else None


def read_value_info(data: MessageBytes, start: int, end: int) -> tuple[str, OpenSizes]:
    name = ""
    sizes: OpenSizes = ()
    for field in fields(data, start, end):
        if field.number == 1:
            name = read_text(data, field)
        elif field.number == 2 and field.kind == LEN:
            for tensor in _within(data, field, 1):  # TypeProto.tensor_type
                for shape in _within(data, tensor, 2):
                    sizes = tuple(_dimension(data, dim) for dim in _within(data, shape, 1))
    return name, sizes


def _dimension(data: MessageBytes, dim: WireField) -> int | None:
    for field in fields(data, dim.start, dim.end):
        if field.number == 1 and 0 < field.value <= MAX_SIZE:
            return field.value
    return None


def _within(data: MessageBytes, message: WireField, number: int) -> Iterator[WireField]:
    """The messages of one number in a message."""
    for field in fields(data, message.start, message.end):
        if field.number == number and field.kind == LEN:
            yield field


def _is_kept(data: MessageBytes, field: WireField) -> bool:
    """Whether a property is one of the two that are read; others are long."""
    start = data[field.start : min(field.start + 64, field.end)]
    return any(key.encode() in start for key in (SCOPES, CLASSES))


def _property(data: MessageBytes, field: WireField) -> tuple[str, str]:
    texts = {inner.number: read_text(data, inner) for inner in fields(data, field.start, field.end)}
    return texts.get(1, ""), texts.get(2, "")


def read_text(data: MessageBytes, field: WireField) -> str:
    if field.kind != LEN or field.end - field.start > SMALL:
        raise WireError("a text that is none")
    return data[field.start : field.end].decode()


def _float(data: MessageBytes, field: WireField) -> float:
    if field.kind != FIXED32:
        raise WireError("a number that is none")
    (number,) = _FLOATS.unpack(data[field.start : field.end])
    return float(number)


def _floats(data: MessageBytes, field: WireField) -> list[float]:
    if field.kind == FIXED32:
        return [_float(data, field)]
    if field.end - field.start > SMALL:
        raise WireError("a row of numbers that is too long")
    row = data[field.start : field.end]
    return [number for (number,) in _FLOATS.iter_unpack(row[: len(row) // 4 * 4])]


def _whole_numbers(data: MessageBytes, field: WireField) -> list[int]:
    if field.end - field.start > SMALL:
        raise WireError("a row of numbers that is too long")
    return packed(data[field.start : field.end]) if field.kind == LEN else [signed(field.value)]
