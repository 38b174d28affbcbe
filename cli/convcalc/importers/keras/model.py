"""A Keras model's configuration: layers, and which tensors each of their calls reads.

`model.to_json()`, and the `config.json` in a `.keras` file, have the same form; Keras 2 and 3 write
calls differently (keras/src/models/functional.py).
"""

from typing import Any, NamedTuple

from ..graph import ModelFile, ModelFileError
from ..reading.archive import MAGIC, MAX_JSON, Archive
from ..reading.files import MAX_NODES
from ..reading.json_text import parse_json

MAX_MODEL_NESTING = 16  # models within models

_MODELS = ("Functional", "KerasModel", "Sequential")


class Ref(NamedTuple):
    """A tensor: what a call of a layer gives."""

    layer: str
    call: int
    output: int


class KerasCall(NamedTuple):
    """A call of a layer: its tensors in order, and everything else it was given."""

    tensors: tuple[Ref, ...]
    others: tuple[Any, ...]


class KerasLayer(NamedTuple):
    """A layer with its settings and calls; a model within a model has layers of its own."""

    kind: str
    name: str
    module: str
    settings: dict[str, Any]
    calls: tuple[KerasCall, ...]
    model: "KerasModel | None"

    @property
    def data_format(self) -> str:
        """Where the channels are, if the layer says so and anything hangs on it."""
        is_any = self.kind in ("Flatten", "SpatialDropout2D", "SpatialDropout3D")
        return "" if is_any else _text(self.settings.get("data_format"))


class KerasModel(NamedTuple):
    """Layers, and the tensors that enter and leave."""

    kind: str
    name: str
    layers: tuple[KerasLayer, ...]
    inputs: tuple[Ref, ...]
    outputs: tuple[Ref, ...]
    settings: dict[str, Any]


def read_model(given: ModelFile) -> KerasModel:
    """The model in a file; raises ModelFileError where there is none that can be read."""
    try:
        with open(given.path, "rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                archive = Archive(file, given.label)
                member = archive.members.get("config.json")
                if member is None:
                    raise ModelFileError(given.label, "the zip file has no config.json")
                data = archive.read(member)
            else:
                file.seek(0)
                data = file.read(MAX_JSON + 1)
                if len(data) > MAX_JSON:
                    raise ModelFileError(given.label, "the JSON is larger than 8 MiB")
    except OSError as error:
        raise ModelFileError(given.label, f"cannot be read: {error.strerror}") from None
    tree = parse_json(data, given.label)
    match tree:
        case {"class_name": str(kind)} if kind not in _MODELS:
            what = f'a "{kind}" is a class of its own, whose layers are not in the file'
            raise ModelFileError(given.label, f"{what}; save a Functional or Sequential model")
    try:
        return _model(tree, 0)
    except _Damage as damage:
        raise ModelFileError(given.label, f"the Keras model is damaged: {damage}") from None


class _Damage(ValueError):
    """A tree that is not what Keras writes."""


def _model(tree: Any, depth: int) -> KerasModel:
    if depth > MAX_MODEL_NESTING:
        raise _Damage(f"more than {MAX_MODEL_NESTING} models within each other")
    match tree:
        case {"class_name": "Sequential" as kind, "config": {"layers": list(layers)} as settings}:
            return _sequential(kind, layers, settings, depth)
        case {"class_name": "Sequential" as kind, "config": list(layers)}:  # before Keras 2.3
            return _sequential(kind, layers, {}, depth)
        case {"class_name": str(kind), "config": {"layers": list(layers)} as settings}:
            inputs, ends = _refs(settings.get("input_layers")), _refs(settings.get("output_layers"))
            is_old = any(_is_of_keras_2(layer) for layer in layers)
            made, outputs = _from_zero(_layers(layers, depth), ends, is_old)
            return KerasModel(kind, _text(settings.get("name")), made, inputs, outputs, settings)
    raise _Damage("it has no layers")


def _sequential(kind: str, trees: list[Any], settings: dict[str, Any], depth: int) -> KerasModel:
    """Layers that read each other in turn; what enters the first is the model's own input."""
    layers = list(_layers(trees, depth))
    if not layers:
        raise _Damage("it has no layers")
    if layers[0].kind != "InputLayer":
        first = {**_first_settings(layers[0]), "name": ""}
        shape = settings.get("build_input_shape")
        if shape is not None:
            first.setdefault("batch_input_shape", shape)
        layers.insert(0, KerasLayer("InputLayer", "", "", first, (KerasCall((), ()),), None))
    chained = [layers[0]]
    for layer in layers[1:]:
        chained.append(layer._replace(calls=(KerasCall((Ref(chained[-1].name, 0, 0),), ()),)))
    ends = (Ref(layers[0].name, 0, 0),), (Ref(layers[-1].name, 0, 0),)
    return KerasModel(kind, _text(settings.get("name")), tuple(chained), *ends, settings)


def _is_of_keras_2(tree: Any) -> bool:
    """Whether a layer's calls are lists."""
    match tree:
        case {"inbound_nodes": [list(), *_]}:
            return True
    return False


def _from_zero(
    layers: tuple[KerasLayer, ...], outputs: tuple[Ref, ...], is_old: bool
) -> tuple[tuple[KerasLayer, ...], tuple[Ref, ...]]:
    """The layers and outputs with all calls numbered from 0.

    The first call of a model within the model is 1 to Keras, whose node 0 is how the model was made.
    Keras 2 writes so everywhere, Keras 3 in its list of outputs, and of Functional models alone.
    """
    models = {one.name for one in layers if one.model and (is_old or one.kind != "Sequential")}
    reads = [ref for one in layers for call in one.calls for ref in call.tensors] if is_old else []
    from_one = models - {ref.layer for ref in (*reads, *outputs) if ref.call == 0}

    def less_one(refs: tuple[Ref, ...]) -> tuple[Ref, ...]:
        return tuple(ref._replace(call=ref.call - (ref.layer in from_one)) for ref in refs)

    if is_old and from_one:
        layers = tuple(
            one._replace(
                calls=tuple(call._replace(tensors=less_one(call.tensors)) for call in one.calls)
            )
            for one in layers
        )
    return layers, less_one(outputs)


def _first_settings(layer: KerasLayer) -> dict[str, Any]:
    """Where the first layer says what enters it; a model in its place says so of its own first."""
    while layer.model is not None and layer.model.layers:
        layer = layer.model.layers[0]
    return {
        key: layer.settings[key] for key in ("batch_shape", "batch_input_shape") if key in layer.settings
    }


def _layers(trees: list[Any], depth: int) -> tuple[KerasLayer, ...]:
    if len(trees) > MAX_NODES:
        raise _Damage(f"{len(trees):,} layers, more than {MAX_NODES:,}")
    layers = tuple(_layer(tree, depth) for tree in trees)
    names = {layer.name for layer in layers}
    if len(names) < len(layers):
        raise _Damage("two layers have the same name")
    return layers


def _layer(tree: Any, depth: int) -> KerasLayer:
    match tree:
        case {"class_name": str(kind), "config": dict() | list() as settings}:
            pass
        case _:
            raise _Damage("a layer without a class")
    own = settings if isinstance(settings, dict) else {}
    name = tree.get("name", own.get("name"))
    nodes = tree.get("inbound_nodes")
    calls = tuple(_call(node) for node in nodes) if isinstance(nodes, list) else ()
    inner = _model(tree, depth + 1) if kind in _MODELS else None
    return KerasLayer(
        kind, _text(name), _text(tree.get("module")), own, calls or (KerasCall((), ()),), inner
    )


def _call(node: Any) -> KerasCall:
    """A call: Keras 3 keeps its arguments in a tree, Keras 2 lists the tensors, each with arguments."""
    tensors: list[Ref] = []
    others: list[Any] = []
    if isinstance(node, dict):
        _collect(node.get("args"), tensors, others)
        kwargs = node.get("kwargs")
        for value in kwargs.values() if isinstance(kwargs, dict) else ():
            _collect(value, tensors, others)
        return KerasCall(tuple(tensors), tuple(others))
    for item in node if isinstance(node, list) else ():
        match item:
            case [str(layer), int(call), int(output), *rest]:
                tensors.append(Ref(layer, call, output))
                for value in rest[0].values() if rest and isinstance(rest[0], dict) else ():
                    _collect(value, tensors, others)
            case str() if isinstance(node[0], str):  # a single tensor, without a list around it
                return _call([node])
            case _:
                raise _Damage("a call that reads no tensor")
    return KerasCall(tuple(tensors), tuple(others))


def _collect(value: Any, tensors: list[Ref], others: list[Any]) -> None:
    """The tensors in a tree of arguments, in order, and its other values."""
    left = [value]
    while left:
        match left.pop():
            case {
                "class_name": "__keras_tensor__",
                "config": {"keras_history": [str(a), int(b), int(c)]},
            }:
                tensors.append(Ref(a, b, c))
            case [str(layer), int(call), int(output)]:
                tensors.append(Ref(layer, call, output))
            case list(items):
                left += items[::-1]
            case None:
                pass
            case other:
                others.append(other)


def _refs(value: Any) -> tuple[Ref, ...]:
    """The tensors that enter or leave a model: one, a list, or a dictionary of them."""
    tensors: list[Ref] = []
    _collect(list(value.values()) if isinstance(value, dict) else value, tensors, [])
    return tuple(tensors)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def tensors_read(model: KerasModel) -> int:
    """How many tensors all calls read, with models within the model called as often as they are."""
    count = 0
    for layer in model.layers:
        count += sum(max(len(call.tensors), 1) for call in layer.calls)
        count += len(layer.calls) * tensors_read(layer.model) if layer.model else 0
    return count
