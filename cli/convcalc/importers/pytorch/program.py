"""The exported program in a `.pt2`: calls, the sizes of every tensor, and what is a parameter.

`torch.export.save` writes a zip file in which `models/model.json` has the graph of ATen calls
(torch/_export/serde/schema.py); up to PyTorch 2.6 the member is called otherwise. Nothing else in
the zip is opened, least of all what is pickled.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from ...ops.options import MAX_SIZE, Sizes
from ..graph import ModelFile, ModelFileError, Module
from ..reading.archive import MAGIC, MAX_JSON, Archive, Member
from ..reading.files import MAX_NODES
from ..reading.json_text import parse_json
from ..reading.tensor_views import MAX_RANK
from .module_stack import read_modules
from .storages import read_storages

SCHEMA = 8  # the major version of the schema that is read

_MODEL = re.compile(r"(?:.*/)?models/[^/]+\.json|serialized_exported_program\.json")


class Tensor(NamedTuple):
    """The name of a tensor, as an argument or a result."""

    name: str


class AtenCall(NamedTuple):
    """A call of an ATen function; arguments are by name, those at their default left out."""

    target: str
    name: str
    arguments: dict[str, Any]
    outputs: tuple[Tensor, ...]
    scope: tuple[Module, ...]  # the modules around it
    layer: str  # the module's name, where that is a layer of torch.nn and the call all of it


class ExportedProgram(NamedTuple):
    """An exported program, as far as it concerns a network."""

    calls: tuple[AtenCall, ...]
    sizes: dict[str, Sizes]
    frozen: frozenset[str]  # tensors that need no gradient
    parameters: dict[str, str]  # the tensor's name, and the parameter's
    constants: frozenset[str]  # buffers, and other tensors that are not trained
    inputs: tuple[str, ...]
    outputs: tuple[tuple[str, str], ...]  # tensor, and the name by which it is returned
    storages: dict[str, str]  # where a parameter's elements stand, by its name

    def storage(self, tensor: str) -> str:
        """What all names of one parameter have in common."""
        name = self.parameters[tensor]
        return self.storages.get(name, name)


def read_program(given: ModelFile) -> ExportedProgram:
    """The program in a file; raises ModelFileError where there is none that can be read."""
    storages: dict[str, str] = {}
    try:
        with open(given.path, "rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                archive = Archive(file, given.label)
                data = archive.read(_member(archive, given.label))
                storages = read_storages(archive, given.label)
            else:
                file.seek(0)
                data = file.read(MAX_JSON + 1)
                if len(data) > MAX_JSON:
                    raise ModelFileError(given.label, "the JSON is larger than 8 MiB")
    except OSError as error:
        raise ModelFileError(given.label, f"cannot be read: {error.strerror}") from None
    tree = parse_json(data, given.label)
    _check_version(tree, given.label)
    try:
        return _program(tree, storages)
    except _Damage as damage:
        raise ModelFileError(given.label, f"the exported program is damaged: {damage}") from None


def is_program(name: str) -> bool:
    """Whether a member of a zip file is an exported program, by its name."""
    return _MODEL.fullmatch(name) is not None


def _member(archive: Archive, label: str) -> Member:
    models = [member for name, member in archive.members.items() if is_program(name)]
    if not models:
        raise ModelFileError(label, "the zip file has no exported program (models/model.json)")
    if len(models) > 1:
        raise ModelFileError(label, f"the file has {len(models)} programs; save one alone")
    return models[0]


class _Damage(ValueError):
    """A tree that is not what torch.export writes."""


def _check_version(tree: Any, label: str) -> None:
    match tree:
        case {"schema_version": {"major": int(major)}} | {"schema_version": int(major)}:
            if major != SCHEMA:
                what = f"version {major} of PyTorch's schema for exported programs"
                raise ModelFileError(
                    label, f"{what}; version {SCHEMA} is read: save it again with PyTorch 2.7 to 2.14"
                )
        case _:
            raise ModelFileError(label, "the exported program does not say which version it is")


def _program(tree: Any, storages: dict[str, str]) -> ExportedProgram:
    match tree:
        case {
            "graph_module": {
                "graph": {"nodes": list(nodes), "tensor_values": dict(values)},
                "signature": {"input_specs": list(inputs), "output_specs": list(outputs)},
            } as module
        }:
            pass
        case _:
            raise _Damage("it has no graph")
    if len(nodes) > MAX_NODES:
        raise _Damage(f"{len(nodes):,} calls, more than {MAX_NODES:,}")
    roles = [_role(spec) for spec in inputs]
    calls = tuple(_call(node) for node in nodes)
    _check_sizes([*(name for _, name, _ in roles), *_given_by(calls)], values)
    return ExportedProgram(
        calls,
        {name: _sizes(value) for name, value in values.items()},
        frozenset(name for name, value in values.items() if value.get("requires_grad") is False),
        {name: known for role, name, known in roles if role == "parameter"},
        frozenset(name for role, name, _ in roles if role == "constant"),
        tuple(name for role, name, _ in roles if role == "input"),
        _outputs(outputs, module),
        storages,
    )


def _given_by(calls: Iterable[AtenCall]) -> Iterable[str]:
    return (tensor.name for call in calls for tensor in call.outputs)


def _check_sizes(names: Iterable[str], values: dict[str, Any]) -> None:
    """Raise where a tensor has no entry; "" is what is no tensor."""
    for name in names:
        if name and name not in values:
            raise _Damage(f'the sizes of "{name}" are missing')


def _role(spec: Any) -> tuple[str, str, str]:
    """What an input of the graph is: a parameter, a constant, or the user's."""
    match spec:
        case {"parameter": {"arg": {"name": str(name)}, "parameter_name": str(known)}}:
            return "parameter", name, known
        case {"buffer": {"arg": {"name": str(name)}}} | {
            "tensor_constant": {"arg": {"name": str(name)}}
        }:
            return "constant", name, ""
        case {"user_input": {"arg": {"as_tensor": {"name": str(name)}}}}:
            return "input", name, ""
        case {"user_input": {"arg": dict(other)}} if "as_tensor" not in other:
            return "value", "", ""  # a number or None, fixed when the program was exported
        case {"constant_input": _} | {"custom_obj": _} | {"token": _}:
            return "value", "", ""
    raise _Damage("an input of an unknown kind")


def _outputs(specs: list[Any], module: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The tensors that the user gets, with the keys of the dictionary that they are in, if any."""
    names = []
    for spec in specs:
        match spec:
            case {"user_output": {"arg": {"as_tensor": {"name": str(name)}}}}:
                names.append(name)
    keys = [""] * len(names)
    match module:
        case {"module_call_graph": [{"signature": {"out_spec": str(text)}}, *_]}:
            keys = _keys(text, len(names))
    return tuple(zip(names, keys, strict=True))


def _keys(text: str, count: int) -> list[str]:
    """A dictionary's keys, from how a tree of values is described (torch.utils._pytree)."""
    try:
        match json.loads(text):
            case [_, {"context": str(context)}]:
                keys = json.loads(context)
                if isinstance(keys, list) and len(keys) == count:
                    return [key if isinstance(key, str) else "" for key in keys]
    except (ValueError, RecursionError):
        pass
    return [""] * count


def _call(node: Any) -> AtenCall:
    match node:
        case {"target": str(target), "inputs": list(inputs), "outputs": list(outputs)}:
            pass
        case _:
            raise _Damage("a call without a target")
    arguments = {}
    for at, given in enumerate(inputs):
        match given:
            case {"arg": dict(value)}:
                name = given.get("name")
                arguments[name if name and isinstance(name, str) else str(at)] = _value(value)
            case _:
                raise _Damage(f"an argument of {target}")
    results = [result for output in outputs for result in _results(output)]
    metadata = node.get("metadata")
    stack = metadata.get("nn_module_stack") if isinstance(metadata, dict) else None
    scope, layer = read_modules(stack) if isinstance(stack, str) else ((), "")
    name = node.get("name")
    if not isinstance(name, str):
        name = results[0].name if results else ""
    return AtenCall(target, name, arguments, tuple(results), scope, layer)


def _results(output: Any) -> list[Tensor]:
    match output:
        case {"as_tensor": {"name": str(name)}}:
            return [Tensor(name)]
        case {"as_tensors": list(tensors)}:
            return [result for tensor in tensors for result in _results({"as_tensor": tensor})]
    return [Tensor("")]  # no tensor, or none that anything reads


def _value(value: dict[str, Any]) -> Any:
    """An argument: a Tensor, a number, a text, a list of these, or None."""
    match value:
        case {"as_tensor": {"name": str(name)}}:
            return Tensor(name)
        case {"as_tensors": list(tensors)}:
            return [_value({"as_tensor": tensor}) for tensor in tensors]
        case {"as_optional_tensors": list(tensors)}:
            return [_value(tensor) for tensor in tensors if isinstance(tensor, dict)]
        case {"as_optional_tensor": dict(inner)}:
            return _value(inner)
        case {"as_none": _}:
            return None
        case {"as_sym_int": {"as_int": int(number)}} | {"as_int": int(number)}:
            return number
        case {"as_ints": list(items)} | {"as_floats": list(items)} | {"as_bools": list(items)}:
            return [_number(item) for item in items]
        case {"as_sym_ints": list(items)}:
            return [_size(item) for item in items]
        case {"as_float": number} | {"as_bool": number}:
            return _number(number)
        case {"as_string": str(text)}:
            return text
    return Unknown(next(iter(value), ""))


class Unknown(NamedTuple):
    """An argument of a kind that no call has that can be written."""

    kind: str


def _number(number: Any) -> int | float:
    match number:
        case int() | float():
            return number
        case "Infinity" | "-Infinity":
            return float(number)
    raise _Damage("a number that is none")


def _sizes(value: Any) -> Sizes:
    match value:
        case {"sizes": list(sizes)} if len(sizes) <= MAX_RANK:
            return tuple(_size(size) for size in sizes)
    raise _Damage("a tensor without sizes")


def _size(size: Any) -> int:
    """A size; of one that was left open, the one that the program was exported with."""
    match size:
        case {"as_int": int(number)} | {"as_expr": {"hint": {"as_int": int(number)}}}:
            if 0 <= number <= MAX_SIZE:
                return number
        case {"as_expr": _} | {"as_name": _}:
            return -1
    raise _Damage("a size that is none")
