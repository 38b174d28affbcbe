"""Compare a description that was written with what the model's reader says of each layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..importers.graph import SourceNode
from ..importers.pipeline import Description
from ..network.layer import NETWORK_INPUT, Layer
from ..network.model import Network
from ..ops.base import Operation
from ..ops.shapes import Shape, shape_text


def difference(description: Description, network: Network) -> str | None:
    """The first thing that differs, as a sentence; None where every layer is the same."""
    graph = description.graph
    if network.input_shape != graph.input:
        return f"the input is {shape_text(network.input_shape)}, not {shape_text(graph.input)}"
    written = {NETWORK_INPUT: NETWORK_INPUT}  # the node for each layer
    order = iter(description.order)
    for place, layer in enumerate(network.layers):
        if layer.op == "identity":
            written[place] = written[layer.sources[0]]
            continue
        number = next(order, None)
        if number is None:
            return f"{layer.path} is one layer too many"
        written[place] = number
        if fault := _fault(description, layer, number, written):
            return f"{layer.path} ({graph.nodes[number].place}): {fault}"
    missing = next(order, None)
    return None if missing is None else f"nothing stands for {graph.nodes[missing].place}"


def _fault(
    description: Description, layer: Layer, number: int, written: Mapping[int, int]
) -> str | None:
    node = description.graph.nodes[number]
    for what, ours, theirs in _facts(layer, node, written):
        if ours != theirs:
            return f"{what} {ours}, not {theirs}"
    operation = description.operations[number]
    if operation is not None and not _alike(layer.operation, operation, layer.input):
        return f"{layer.operation!r}, not {operation!r}"
    is_aux = number in description.aux
    return (
        None if layer.aux == is_aux else "it is a side head's" if layer.aux else "it is no side head's"
    )


def _alike(one: Operation, other: Operation, x: Shape) -> bool:
    """Whether two operations do the same to an input, whatever words their paddings have."""
    if one == other:
        return True
    ours, theirs = ({**vars(operation), "padding": None} for operation in (one, other))
    if type(one) is not type(other) or ours != theirs:
        return False
    pairs = zip(one.windows(x) or (), other.windows(x) or (), strict=True)
    return all((a.pads[0], a.output) == (b.pads[0], b.output) for a, b in pairs)


def _facts(
    layer: Layer, node: SourceNode, written: Mapping[int, int]
) -> Iterator[tuple[str, object, object]]:
    yield "the operation is", layer.op, node.op
    yield "what leaves is", _text(layer.output), _text(node.output)
    yield "the params are", layer.params, node.params
    yield "the multiply-adds are", layer.macs, node.macs
    shares = None if layer.shares is None else written[layer.shares]
    yield "the weights are those of", shares, node.shares
    ours, theirs = [written[one] for one in layer.sources], list(node.inputs)
    if node.op in ("add", "mul"):  # whose order is nothing
        ours, theirs = sorted(ours), sorted(theirs)
    yield "what enters is", ours, theirs


def _text(shape: Shape) -> str:
    return shape_text(shape)
