"""A few ATen calls as a graph: what the tests of their reader start from."""

from __future__ import annotations

from model_files import call, given, program

from convcalc.importers.graph import Graph
from convcalc.importers.pytorch import reader as pytorch

# x is 3×8×8; a convolution to 4 channels, whose weight has 4·3·3·3 = 108 elements, gives 4×6×6.
CONV = {"x": (1, 3, 8, 8), "p_w": (4, 3, 3, 3), "p_b": (4,), "c": (1, 4, 6, 6)}

# Of a network from x to y that has most of what a program can have.
SIZES = {
    "x": (1, 3, 8, 8),
    "p_w": (8, 3, 3, 3),
    "p_b": (8,),
    "p_g": (8,),
    "c": (1, 8, 6, 6),
    "r": (1, 8, 6, 6),
    "n": (1, 8, 6, 6),
    "h": (1, 4, 6, 6),
    "i": (1, 4, 6, 6),
    "k": (1, 8, 6, 6),
    "m": (1, 8, 3, 3),
    "f": (1, 72),
    "p_l": (5, 72),
    "y": (1, 5),
}


CALL = call("conv2d.default", "c", input="x", weight="p_w", bias="p_b")


def read(tmp_path, calls, sizes, outputs="y", **options) -> Graph:
    return pytorch.read(given(tmp_path, program(calls, sizes, outputs, **options)))


def behind(tmp_path, calls, sizes, outputs="y") -> Graph:
    """The graph of some calls behind the convolution."""
    return read(tmp_path, [CALL, *calls], CONV | sizes, outputs)


def ops(graph: Graph) -> list[str]:
    return [node.op for node in graph.nodes]


def refusals(error) -> list[tuple[str, int, str]]:
    return [(one.what, one.times, one.first) for one in error.value.obstacles]
