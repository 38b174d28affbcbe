"""ONNX: a model file to a graph.

A node says what it does but not what size its result has, so the sizes are computed here, by ONNX's
rules. What a node computes from constants alone, an exporter's arithmetic with sizes, is
computed too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ...ops.shapes import Shape
from ..graph import Graph, GraphBuilder, GraphHead, ModelFile, ModelFileError, Module
from ..reading.tensor_views import MAX_RANK, View
from ..reading.trace import CallSite, Held, Refusal, Trace, Weight
from .arguments import OnnxArguments
from .constants import CONSTANTS
from .layers import ONNX_LAYERS
from .model import OnnxModel, read_model
from .parts import CLASSES, SCOPES, OnnxNode
from .patterns import has_channels_last, with_layer_norms
from .reshaping import ONNX_MOVES

_CALLS = {**ONNX_LAYERS, **ONNX_MOVES}
# Arithmetic with sizes and masks, which is not told of a tensor whose size is unknown anyway.
_SIZES = frozenset(
    [
        "Range",
        "Equal",
        "Less",
        "Greater",
        "Not",
        "And",
        "Or",
        "Mod",
        "Pow",
        "Sqrt",
        "ScatterND",
        "Trilu",
        "Neg",
        "Floor",
        "Ceil",
    ]
)
_DOMAINS = ("", "ai.onnx")
_MADE_UP = re.compile(r"[A-Za-z]*_?[0-9]*|node_.*")  # Conv_12, n61, node_conv2d
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")
OPSETS = range(7, 27)


def read(given: ModelFile) -> Graph:
    """The graph of an ONNX file."""
    model = read_model(given)
    if model.opset not in OPSETS:
        message = f"the file is of ONNX's opset {model.opset}; {OPSETS[0]} to {OPSETS[-1]} are read"
        raise ModelFileError(given.label, message)
    nodes = with_layer_norms(model.nodes, model.weights)
    trace, held = _start(given, model, nodes)
    uses = Counter(name for node in nodes for name in node.inputs)
    uses.update(model.outputs)
    for node in nodes:
        trace.at = _origin(node)
        _follow(trace, OnnxArguments(node, held, uses, model.opset), model, held)
    _finish(trace, model, held)
    return trace.builder.graph("ONNX", "nodes", len(model.nodes))


def _start(
    given: ModelFile, model: OnnxModel, nodes: Sequence[OnnxNode]
) -> tuple[Trace, dict[str, Held | None]]:
    inputs = [(name, sizes) for name, sizes in model.inputs if name not in model.weights]
    if len(inputs) > 1:  # what no node reads was left behind when constants were folded
        reading = {name for node in nodes for name in node.inputs}
        inputs = [one for one in inputs if one[0] in reading]
    if len(inputs) != 1:
        raise ModelFileError(given.label, f"the network has {len(inputs)} inputs; one can be written")
    name, sizes = inputs[0]
    if not 2 <= len(sizes) <= MAX_RANK:
        raise ModelFileError(given.label, f'the input "{name}" has no batch and channels')
    is_last = has_channels_last(nodes, model.weights, name, sizes)
    batch, *shape = (sizes[0], sizes[-1], *sizes[1:-1]) if is_last else sizes
    trace = Trace(GraphBuilder(given.label, _input_shape(given, name, shape)), batch or 1)
    view = trace.input()
    if is_last:
        view = view._replace(dims=(view.dims[0], *view.dims[2:], view.dims[1]))
    held: dict[str, Held | None] = {**model.weights, name: view}
    return trace, held


def _input_shape(given: ModelFile, name: str, sizes: Sequence[int | None]) -> Shape:
    """Channels and axes, from the user or the file."""
    if given.input:
        if len(given.input) != len(sizes):
            message = f"the input has {len(sizes)} sizes besides the batch, not {len(given.input)}"
            raise ModelFileError(given.label, message)
        return given.input
    shape = tuple(size for size in sizes if size is not None)
    if len(shape) < len(sizes):
        channels, *axes = sizes
        example = "x".join(str(size) for size in (channels or 3, *(size or 224 for size in axes)))
        message = f'the size of the input "{name}" is left open; add --input {example}'
        raise ModelFileError(given.label, message)
    return shape


def _follow(trace: Trace, given: OnnxArguments, model: OnnxModel, held: dict[str, Held | None]) -> None:
    """Add what a node amounts to, and remember its results; None is a tensor of unknown size."""
    node = given.node
    if not node.outputs:
        return
    is_known = node.domain in _DOMAINS
    made: Held | Sequence[Held]
    try:
        if is_known and node.op in CONSTANTS and given.is_constant:
            made = CONSTANTS[node.op](given)
        elif is_known and not given.views and not given.is_unknown and node.op != "Constant":
            made = [Weight(name, (), fixed=True) for name in node.outputs]
        elif given.is_unknown and node.op in (*CONSTANTS, *_CALLS, *_SIZES):
            if node.op == "MatMul" and not given.has_weight:
                raise Refusal("MatMul of two maps (attention)", is_unknown=True)
            made = []
        elif not is_known or node.op not in _CALLS:
            raise Refusal(f"{node.domain}.{node.op}".lstrip("."), is_unknown=True)
        else:
            made = _CALLS[node.op](trace, given)
    except Refusal as refusal:
        made = _refused(trace, refusal, given, model)
    results = [made] if isinstance(made, (View, Weight)) else made
    for name in node.outputs:
        held[name] = None
    for name, value in zip(node.outputs, results, strict=False):
        held[name] = value


def _refused(trace: Trace, refusal: Refusal, given: OnnxArguments, model: OnnxModel) -> Sequence[Held]:
    """Go on with the sizes that the file states, or else without any."""
    known: list[tuple[int, ...]] = []
    for name in given.node.outputs:
        stated = model.sizes.get(name, ())
        sizes = tuple(size for size in (stated[0] or trace.batch, *stated[1:]) if size) if stated else ()
        known.append(sizes if len(sizes) == len(stated) else ())
    views = trace.refuse(refusal, given.views, *(known or [()]))
    return views if all(known) else []


def _finish(trace: Trace, model: OnnxModel, held: dict[str, Held | None]) -> None:
    builder = trace.builder
    for name in model.outputs:
        trace.at = CallSite(f'output "{name}"')
        value = held.get(name)
        if isinstance(value, View):
            is_named = len(model.outputs) > 1 and not _MADE_UP.fullmatch(name)
            builder.heads.append(GraphHead(trace.end(value), name if is_named else ""))
        elif not builder.is_refused:
            builder.refuse("an output that no node gives", trace.at.place)
    _tell_of_unread(builder, model)
    has_norm = any(node.op == "BatchNormalization" for node in model.nodes)
    if not has_norm and any(node.op == "Conv" for node in model.nodes):
        builder.note(
            "the file has no batch norms; exporters fold them into convolutions, and drop biases of 0,"
            " so its parameters may be fewer than the model's"
        )


def _tell_of_unread(builder: GraphBuilder, model: OnnxModel) -> None:
    """Tell of weights that were left behind; single numbers, such as counted batches, are none."""
    read = {name for node in model.nodes for name in node.inputs}.union(model.outputs)
    for name, weight in model.weights.items():
        if weight.sizes and name not in read:
            builder.caveat("weights that no node reads are left out", weight.elements, f'"{name}"')


def _origin(node: OnnxNode) -> CallSite:
    place = f'node "{node.name}"' if node.name else f'the {node.op} of "{(*node.outputs, "")[0]}"'
    if SCOPES in node.metadata:
        return _dynamo_origin(place, node)
    *scope, name, op = ("", "", *node.name.split("/"))
    if not node.name.startswith("/"):  # no scopes, as TorchScript's exporter writes them
        return CallSite(place, "" if _MADE_UP.fullmatch(node.name) else node.name)
    names, before = [], ""
    for part in [*scope, name]:
        own = part.removeprefix(f"{before}.") if before else part
        if own:
            names.append(own)
        before = part
    layer = names.pop() if names else ""
    is_layer = op.partition("_")[0] == node.op and not layer.isdigit()
    return CallSite(place, layer if is_layer else "", tuple(Module(part) for part in names))


def _dynamo_origin(place: str, node: OnnxNode) -> CallSite:
    """The modules as PyTorch's newer exporter states them: paths, and classes, from the outside in."""
    paths, classes = _list(node.metadata[SCOPES]), _list(node.metadata.get(CLASSES, ""))
    scope, before, kind = [], "", ""
    for path, kind in zip(paths[:-1], classes[:-1], strict=False):
        own = path[len(before) + 1 :] if before and path.startswith(before + ".") else path
        if own:
            scope.append(Module(own, kind.rpartition(".")[2]))
        before = path or before
    if scope and kind.startswith("torch.nn.") and kind.rpartition(".")[2] != "Sequential":
        own = scope.pop().name
        return CallSite(place, "" if own.isdigit() else own, tuple(scope))
    return CallSite(place, "", tuple(scope))


def _list(text: str) -> list[str]:
    """The texts in a list as Python prints it."""
    return [single or double for single, double in _QUOTED.findall(text)]
