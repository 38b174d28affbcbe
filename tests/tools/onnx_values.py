"""What convcalc computes from an ONNX file's own weights, beside what onnxruntime computes.

    python tests/tools/onnx_values.py FILE...

prints for each file the largest difference between the two and the largest value. It needs onnx
and onnxruntime. Weights are matched by the place of each layer's node in the file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from convcalc.execute import image, run
from convcalc.network.layer import Layer
from convcalc.specs.importing import import_model
from convcalc.specs.opening import open_model

SEED = 5
_WEIGHTED = ("Conv", "ConvTranspose", "Gemm")
_FACTORS = ("gamma", "beta", "running_mean", "running_var")


class Compared(NamedTuple):
    """Two outputs for one image, as vectors."""

    ours: Any
    theirs: Any

    @property
    def difference(self) -> float:
        return float(np.abs(self.ours - self.theirs).max())


def compare(path: str) -> Compared:
    """Both outputs; raises AssertionError where a layer's weights are not found in the file."""
    import onnx
    import onnxruntime

    imported = import_model(open_model(path))
    network, described = imported.network, imported.description
    layers = [layer for layer in network.layers if layer.op != "identity"]
    places = [described.graph.nodes[number].place for number in described.order]
    weights = _Weights(onnx.load(path).graph)
    given = {
        (layer.path, name): values
        for layer, place in zip(layers, places, strict=True)
        for name, values in weights.of(layer, place)
    }
    x = image(network, SEED)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    theirs = session.run(None, {session.get_inputs()[0].name: x[np.newaxis]})
    ours = run(network, x, given)
    both = zip(ours if network.outputs else [ours], theirs, strict=True)
    pairs = [(np.ravel(a), np.ravel(b)) for a, b in both]
    return Compared(*(np.concatenate(one) for one in zip(*pairs, strict=True)))


class _Weights:
    """An ONNX graph's constants, by the node that has them, as our layers want them."""

    def __init__(self, graph: Any) -> None:
        from onnx import numpy_helper

        self.values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        for node in graph.node:  # a constant that the file has once for several layers
            if node.op_type == "Identity" and node.input[0] in self.values:
                self.values[node.output[0]] = self.values[node.input[0]]
        self.nodes = {_place(node): node for node in graph.node}

    def of(self, layer: Layer, place: str) -> Iterator[tuple[str, Any]]:
        if not layer.params:
            return
        node = self.nodes[place]
        values = [self.values[name] for name in node.input[1:]]
        if node.op_type in _WEIGHTED:
            yield "weight", _turned(values[0], layer, node)
            yield from (("bias", value) for value in values[1:2])
        elif node.op_type == "BatchNormalization":
            yield from zip(_FACTORS, values, strict=True)
        elif node.op_type == "PRelu":
            yield "slope", values[0].ravel()
        else:
            raise AssertionError(f"{place} has weights that are not known")


def _place(node: Any) -> str:
    """As messages of convcalc name a node."""
    return f'node "{node.name}"' if node.name else f'the {node.op_type} of "{node.output[0]}"'


def _turned(weight: Any, layer: Layer, node: Any) -> Any:
    """Kernels are (height, width, entering, leaving) here."""
    if node.op_type == "Gemm":
        is_turned = any(one.name == "transB" and one.i for one in node.attribute)
        return weight.T if is_turned else weight
    if node.op_type == "ConvTranspose":
        return weight.transpose(2, 3, 0, 1)
    if layer.op == "dwconv":
        channels = layer.input[0]
        return weight.reshape(channels, -1, *weight.shape[2:]).transpose(2, 3, 0, 1)
    return weight.transpose(2, 3, 1, 0)


if __name__ == "__main__":
    for file in sys.argv[1:]:
        found = compare(file)
        largest = float(np.abs(found.theirs).max())
        sys.stdout.write(f"{file}: {found.difference:.2g} of {largest:.2g}\n")
