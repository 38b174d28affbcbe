"""A few ONNX nodes as a graph: what the tests of its reader start from."""

from __future__ import annotations

from model_files import given, node, onnx, tensor

from convcalc.importers.graph import Graph
from convcalc.importers.onnx import reader

# x is 3×8×8; a convolution to 4 channels, whose weight has 4·3·3·3 = 108 elements, gives 4×6×6.
WEIGHTS = [tensor("w", (4, 3, 3, 3)), tensor("b", (4,))]


CONV = node("Conv", "x w b", "c")


def read(tmp_path, nodes, weights=(), shape=None, **options) -> Graph:
    return reader.read(given(tmp_path, onnx(nodes, weights, **options), shape))


def behind(tmp_path, nodes, weights=(), **options) -> Graph:
    """The graph of some nodes behind the convolution."""
    return read(tmp_path, [CONV, *nodes], [*WEIGHTS, *weights], **options)


def whole(name, *values) -> bytes:
    return tensor(name, (len(values),), values, whole=True)


def number(name, value) -> bytes:
    return tensor(name, (), [value])


def ops(graph: Graph) -> list[str]:
    return [one.op for one in graph.nodes]


def refusals(error) -> list[tuple[str, int, str]]:
    return [(one.what, one.times, one.first) for one in error.value.obstacles]
