"""Tiny model files, made in a test: a few layers in the notation of each format."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any

from convcalc.importers.graph import ModelFile

Sizes = Sequence[int]


def given(folder: Path, data: bytes | str, input_shape: tuple[int, ...] | None = None) -> ModelFile:
    """The bytes as a file, for a reader."""
    path = folder / "model"
    path.unlink(missing_ok=True)  # writing over a file waits for the disk
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return ModelFile(str(path), "model", input_shape)


# Protocol Buffers: a key and a value, again and again.


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*made, number])


def field(number: int, value: int | float | bytes | str) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def message(*fields: tuple[int, int | float | bytes | str]) -> bytes:
    return b"".join(field(number, value) for number, value in fields)


# ONNX


def tensor(name: str, sizes: Sizes, values: Sequence[float] | None = None, whole: bool = False) -> bytes:
    """A TensorProto; without values its elements are 0, 1, 2, ..."""
    count = prod(sizes)
    numbers = range(count) if values is None else values
    raw = struct.pack(f"<{count}{'q' if whole else 'f'}", *numbers)
    dims = [(1, size) for size in sizes]
    return message(*dims, (2, 7 if whole else 1), (8, name), (9, raw))


def attribute(name: str, value: Any) -> bytes:
    match value:
        case int():
            return message((1, name), (3, value), (20, 2))
        case float():
            return message((1, name), (2, value), (20, 1))
        case str():
            return message((1, name), (4, value), (20, 3))
        case bytes():
            return message((1, name), (5, value), (20, 4))
    return message((1, name), *((8, item) for item in value), (20, 7))


def node(op: str, inputs: str, outputs: str, name: str = "", **attributes: Any) -> bytes:
    """A NodeProto; the names of tensors stand in a text, with spaces between."""
    ends = [*((1, at) for at in inputs.split(" ")), *((2, at) for at in outputs.split())]
    made = [(5, attribute(key, value)) for key, value in attributes.items()]
    return message(*ends, (3, name), (4, op), *made)


def value_info(name: str, sizes: Sequence[int | str]) -> bytes:
    dims = [(1, message((2, size) if isinstance(size, str) else (1, size))) for size in sizes]
    return message((1, name), (2, message((1, message((1, 1), (2, message(*dims)))))))


def onnx(
    nodes: Iterable[bytes],
    weights: Iterable[bytes] = (),
    sizes: Sequence[int | str] = (1, 3, 8, 8),
    outputs: str = "y",
    opset: int = 17,
) -> bytes:
    """A ModelProto whose input is `x`."""
    graph = message(
        *((1, one) for one in nodes),
        (2, "net"),
        *((5, one) for one in weights),
        (11, value_info("x", sizes)),
        *((12, value_info(name, ())) for name in outputs.split()),
    )
    return message((1, 8), (2, "test"), (7, graph), (8, message((1, ""), (2, opset))))


# PyTorch


def call(target: str, outputs: str, stack: str = "", **arguments: Any) -> dict[str, Any]:
    """An ATen call; a text among the arguments is a tensor's name, `"'same"` is a text."""
    inputs = [{"name": name, "arg": _argument(value), "kind": 1} for name, value in arguments.items()]
    names = outputs.split()
    made = {"as_tensors": [{"name": name} for name in names]} if len(names) > 1 else _argument(names[0])
    return {
        "target": f"torch.ops.aten.{target}",
        "inputs": inputs,
        "outputs": [made],
        "metadata": {"nn_module_stack": stack},
        "name": names[0],
    }


def _argument(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"as_none": True}
        case bool():
            return {"as_bool": value}
        case int():
            return {"as_int": value}
        case float():
            return {"as_float": value}
        case str() if value.startswith("'"):
            return {"as_string": value[1:]}
        case str():
            return {"as_tensor": {"name": value}}
        case [str(), *_]:
            return {"as_tensors": [{"name": name} for name in value]}
    return {"as_ints": list(value)}


def program(
    calls: Sequence[dict[str, Any]],
    sizes: Mapping[str, Sizes],
    outputs: str = "y",
    major: int = 8,
    frozen: str = "",
) -> str:
    """A program whose input is `x`; what is called `p_...` is a parameter, `b_...` a buffer."""
    values = {
        name: {
            "sizes": [{"as_int": size} for size in shape],
            "requires_grad": name.startswith("p_") and name not in frozen.split(),
        }
        for name, shape in sizes.items()
    }
    inputs: list[dict[str, Any]] = []
    for name in sizes:
        if name.startswith("p_"):
            inputs.append({"parameter": {"arg": {"name": name}, "parameter_name": name[2:]}})
        elif name.startswith("b_"):
            inputs.append({"buffer": {"arg": {"name": name}, "buffer_name": name, "persistent": True}})
    inputs.append({"user_input": {"arg": {"as_tensor": {"name": "x"}}}})
    names = outputs.split()
    spec = [1, {"type": "builtins.dict", "context": json.dumps(names), "children_spec": []}]
    tree = {
        "graph_module": {
            "graph": {"inputs": [], "outputs": [], "nodes": list(calls), "tensor_values": values},
            "signature": {
                "input_specs": inputs,
                "output_specs": [
                    {"user_output": {"arg": {"as_tensor": {"name": name}}}} for name in names
                ],
            },
            "module_call_graph": [{"fqn": "", "signature": {"out_spec": json.dumps(spec)}}],
        },
        "schema_version": {"major": major, "minor": 1},
    }
    return json.dumps(tree)


def zipped(members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


# Keras


def layer(kind: str, name: str, reads: str = "", **settings: Any) -> dict[str, Any]:
    """A layer of Keras 3; `reads` are the layers whose results enter, with spaces between."""
    tensors = [
        {"class_name": "__keras_tensor__", "config": {"keras_history": [source, 0, 0]}}
        for source in reads.split()
    ]
    arguments = [tensors] if len(tensors) > 1 else tensors
    return {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, **settings},
        "name": name,
        "inbound_nodes": [{"args": arguments, "kwargs": {}}] if tensors else [],
    }


def keras(layers: Sequence[dict[str, Any]], outputs: str = "", kind: str = "Functional") -> str:
    """A model whose input is its first layer and whose output the last, or those that are named."""
    ends = [[name, 0, 0] for name in (outputs or layers[-1]["name"]).split()]
    settings = {
        "name": "net",
        "layers": list(layers),
        "input_layers": [[layers[0]["name"], 0, 0]],
        "output_layers": ends,
    }
    return json.dumps({"module": "keras", "class_name": kind, "config": settings})
