"""Keras: a model's configuration, `model.to_json()` or a `.keras` file, to a graph.

A configuration has no weights and few sizes, so both are computed here, by Keras's rules. Tensors
have their channels last unless a layer says otherwise.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from ...ops.options import MAX_SIZE
from ...text.wording import counted
from ..graph import Graph, GraphBuilder, GraphHead, ModelFile, ModelFileError, Module
from ..reading.files import MAX_NODES
from ..reading.tensor_views import MAX_RANK, View, plain
from ..reading.trace import CallSite, Refusal, Trace
from .arguments import KerasArguments
from .layers import KERAS_LAYERS
from .model import KerasCall, KerasLayer, KerasModel, Ref, read_model, tensors_read
from .reshaping import KERAS_MOVES

_CALLS = {**KERAS_LAYERS, **KERAS_MOVES}
_INPUT = "InputLayer"


def read(given: ModelFile) -> Graph:
    """The graph of a Keras model."""
    model = read_model(given)
    count = tensors_read(model)
    if count > MAX_NODES:
        raise ModelFileError(given.label, f"its calls read {count:,} tensors, more than {MAX_NODES:,}")
    is_first = next(_formats(model), "") == "channels_first"
    builder = GraphBuilder(given.label, _input_shape(given, model, is_first))
    trace = Trace(builder, 1)
    run = _Run(trace, is_first, given.label)
    outputs = run.model(model, [run.input()], ())
    for view, ref in zip(outputs, model.outputs, strict=True):
        trace.at = CallSite(f'output "{ref.layer}"')
        name = (
            "" if len(outputs) == 1 or is_made_up(ref.layer, run.kinds.get(ref.layer, "")) else ref.layer
        )
        builder.heads.append(GraphHead(run.end(view), name))
    if run.frozen:
        builder.note(f"{len(run.frozen)} parameters do not require gradients; they are counted")
    return builder.graph("Keras", "layers", run.count, _name(model))


def _name(model: KerasModel) -> str:
    return "" if is_made_up(model.name, model.kind) else model.name


def _formats(model: KerasModel) -> Iterator[str]:
    """What the layers say of where their channels are, in order."""
    for layer in model.layers:
        if layer.model:
            yield from _formats(layer.model)
        elif layer.data_format:
            yield layer.data_format


def _input_shape(given: ModelFile, model: KerasModel, is_first: bool) -> tuple[int, ...]:
    """Channels and axes, from the file or the user."""
    inputs = [layer for layer in model.layers if layer.kind == _INPUT]
    if len(inputs) != 1 or len(model.inputs) > 1:
        raise ModelFileError(given.label, f"the network has {len(inputs)} inputs; one can be written")
    settings = inputs[0].settings
    stated = settings.get("batch_shape", settings.get("batch_input_shape"))
    match stated:
        case [_, *rest] if 0 < len(rest) < MAX_RANK and all(map(_is_size, rest)):
            shape = tuple(rest) if is_first else (rest[-1], *rest[:-1])
        case _:
            if not given.input:
                message = "the file does not say what enters; add --input 3x224x224"
                raise ModelFileError(given.label, message)
            return given.input
    if given.input and len(given.input) == len(shape):
        shape = given.input
    if any(size is None or not 0 < size <= MAX_SIZE for size in shape):
        example = "x".join(str(size or (224 if at else 3)) for at, size in enumerate(shape))
        raise ModelFileError(given.label, f"the size of the input is left open; add --input {example}")
    return shape


def _is_size(value: Any) -> bool:
    return value is None or type(value) is int


def is_made_up(name: str, kind: str) -> bool:
    """Whether Keras named a layer itself: by its class, and a number that depends on the process."""
    return re.fullmatch(rf"{re.escape(_snake(kind))}(_[0-9]+)?", name) is not None


def _snake(kind: str) -> str:
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", kind)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


class _Run:
    """Calls the layers of a model in order, and of the models in it."""

    def __init__(self, trace: Trace, is_first: bool, label: str) -> None:
        self.trace = trace
        self.is_first = is_first
        self.label = label
        self.count = 0
        self.kinds: dict[str, str] = {}
        self.frozen: set[str] = set()  # weights of layers that are not trainable

    def input(self) -> View:
        return self._as_keras(self.trace.input())

    def _as_keras(self, view: View) -> View:
        """A tensor of ours with its channels where this model has them."""
        batch, channels, *axes = view.dims
        return view if self.is_first else view._replace(dims=(batch, *axes, channels))

    def end(self, view: View) -> int:
        """The node of an output, in our order."""
        if self.is_first or len(view.dims) < 3:
            return self.trace.end(view)
        batch, *axes, channels = view.dims
        return self.trace.end(view._replace(dims=(batch, channels, *axes)))

    def model(self, model: KerasModel, inputs: list[View], scope: tuple[Module, ...]) -> list[View]:
        """What leaves a model; its weights are its own however often it is called."""
        held: dict[Ref, View] = {}
        entering = self._entering(model, inputs)
        for layer, at, call in _ordered(model, self.label):
            self.count += 1
            self.kinds[layer.name] = layer.kind
            views = [held[ref] for ref in call.tensors if ref in held]
            if layer.kind == _INPUT:
                made = [entering[layer.name]]
            elif layer.model:
                name = "" if is_made_up(layer.name, layer.kind) else layer.name
                made = self.model(layer.model, views, (*scope, Module(name or layer.name, layer.kind)))
            else:
                made = [self._layer(layer, call, views, scope)]
            for output, view in enumerate(made):
                held[Ref(layer.name, at, output)] = view
        missing = [ref for ref in model.outputs if ref not in held]
        if missing or not model.outputs:
            raise ModelFileError(self.label, "the Keras model is damaged: nothing gives its output")
        return [held[ref] for ref in model.outputs]

    def _entering(self, model: KerasModel, inputs: list[View]) -> dict[str, View]:
        """What each input layer of a model gives."""
        named = [ref.layer for ref in model.inputs]
        layers = [layer.name for layer in model.layers if layer.kind == _INPUT]
        if len(named) != len(inputs) or sorted(named) != sorted(layers):
            has, reads = counted(len(layers), "input layer"), counted(len(inputs), "tensor")
            what = f'the model "{model.name}" of {has} is called with {reads}'
            raise ModelFileError(self.label, f"the Keras model is damaged: {what}")
        return dict(zip(named, inputs, strict=True))

    def _layer(
        self, layer: KerasLayer, call: KerasCall, views: list[View], scope: tuple[Module, ...]
    ) -> View:
        trace = self.trace
        name = "" if is_made_up(layer.name, layer.kind) else layer.name
        trace.at = CallSite(f'layer "{layer.name}"', name, scope)
        path = "/".join((*(part.name for part in scope), layer.name))
        given = KerasArguments(layer, call, views, path, self.is_first)
        sizes = views[0].sizes if views else (1, 1)
        try:
            if layer.kind not in _CALLS or not views:
                raise Refusal(_unknown(layer), _remedy(layer), is_unknown=True)
            given.check()
            made = _CALLS[layer.kind](trace, given)
            if layer.settings.get("trainable") is False:
                self.frozen |= given.trained
            return made
        except Refusal as refusal:
            ours = sizes if self.is_first or len(sizes) < 3 else (sizes[0], sizes[-1], *sizes[1:-1])
            refused = trace.refuse(refusal, views, ours)[0]
            return refused if len(sizes) < 3 else self._as_keras(View(refused.node, plain(1, ours[1:])))


def _unknown(layer: KerasLayer) -> str:
    return f"{layer.kind} layer"


def _remedy(layer: KerasLayer) -> str:
    is_own = layer.kind == "Lambda" or (not layer.module.startswith("keras") and layer.module)
    return "what it does is code that is not in the file" if is_own else ""


def _ordered(model: KerasModel, label: str) -> list[tuple[KerasLayer, int, KerasCall]]:
    """The calls in an order in which each comes behind those that it reads (Kahn 1962)."""
    calls = {
        (layer.name, at): (layer, at, call)
        for layer in model.layers
        for at, call in enumerate(layer.calls)
    }
    readers: dict[tuple[str, int], list[tuple[str, int]]] = {key: [] for key in calls}
    waiting: dict[tuple[str, int], int] = {}
    for key, (_, _, call) in calls.items():
        sources = [(ref.layer, ref.call) for ref in call.tensors]
        waiting[key] = len(sources)
        for source in sources:
            if source not in readers:
                raise ModelFileError(
                    label, f'the layer "{key[0]}" reads "{source[0]}", which is not there'
                )
            readers[source].append(key)
    ready = deque(key for key, count in waiting.items() if not count)
    order: list[Any] = []
    while ready:
        key = ready.popleft()
        order.append(calls[key])
        for reader in readers[key]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    if len(order) < len(calls):
        raise ModelFileError(label, "the layers read each other in a circle")
    return order
