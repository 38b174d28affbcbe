"""Zeros around the maps that a pool reads: written exactly, or refused with the reason."""

from __future__ import annotations

import pytest
from model_files import node, onnx, tensor
from onnx_graphs import whole

NOTE = "# a max pool's padding is written as zeros in front of it"


@pytest.fixture
def imported(run, tmp_path):
    """The layers that are written for some nodes from x, of 3×8×8, to y; else what is said."""

    def imported(*nodes, weights=()):
        path = tmp_path / "net.onnx"
        path.write_bytes(onnx(nodes, weights))
        ran = run("import", str(path))
        if ran.code:
            return ran.err.replace(str(path), "net.onnx")
        lines = ran.out.splitlines()
        return [line.strip(" -") for line in lines if line.startswith("  - ") or line == NOTE]

    return imported


def pool(op, pads, enters="x", **attributes):
    return node(op, enters, "y", kernel_shape=[3, 3], strides=[2, 2], pads=pads, **attributes)


@pytest.mark.parametrize("zeros", [2, 3])
def test_an_average_that_counts_more_zeros_than_half_its_kernel(imported, zeros):
    """They are elements like others, so they stand in front; 3 are more than the language allows."""
    made = pool("AveragePool", [zeros] * 4, count_include_pad=1)
    assert imported(made) == [f"pad {zeros}", "avgpool 3x3/2 valid"]


def test_zeros_in_front_of_an_average_that_counts_its_own(imported):
    zeros = whole("zeros", 0, 0, 2, 2, 0, 0, 2, 2)
    pad = node("Pad", "x zeros", "p")
    inner = pool("AveragePool", [1, 1, 1, 1], "p", count_include_pad=1)
    assert imported(pad, inner, weights=[zeros]) == ["pad 2", "avgpool 3x3/2 1 count_include_pad"]
    few = whole("zeros", 0, 0, 1, 1, 0, 0, 1, 1)
    alone = pool("AveragePool", [0, 0, 0, 0], "p", count_include_pad=1)
    assert imported(pad, alone, weights=[few]) == ["pad 1", "avgpool 3x3/2 valid"]


@pytest.mark.parametrize(
    ("pads", "which"),
    [([2] * 4, "of more than half its kernel"), ([1, 1, 0, 0], "that differ before and after")],
)
def test_an_average_that_leaves_such_zeros_out_is_refused(imported, pads, which):
    said = imported(node("Relu", "x", "r"), pool("AveragePool", pads, "r"))
    assert f"  1 × average pooling with zeros {which}, not counted  first: " in said


@pytest.mark.parametrize(
    ("pads", "written"), [([2] * 4, "pad 2"), ([0, 0, 2, 2], "pad after=2"), ([1, 0, 1, 0], None)]
)
def test_a_maximum_with_zeros_in_front_is_the_same_behind_a_relu_alone(imported, pads, written):
    if written is None:
        assert imported(pool("MaxPool", pads)) == ["maxpool 3x3/2 1x0"]
        return
    assert imported(pool("MaxPool", pads)) == [NOTE, written, "maxpool 3x3/2 valid"]
    assert NOTE not in imported(node("Relu", "x", "r"), pool("MaxPool", pads, "r"))
    dropped = [node("Sigmoid", "x", "s"), node("Dropout", "s", "d")]
    assert NOTE not in imported(*dropped, pool("MaxPool", pads, "d"))
    assert NOTE in imported(node("Tanh", "x", "t"), pool("MaxPool", pads, "t"))


def test_zeros_that_the_network_puts_before_a_maximum_stay_zeros(imported):
    """A maximum's own padding is nothing; a zero beside numbers below 0 is the largest."""
    zeros = whole("zeros", 0, 0, 1, 1, 0, 0, 1, 1)
    made = [node("Conv", "x w", "c"), node("Pad", "c zeros", "p"), pool("MaxPool", [0] * 4, "p")]
    weight = tensor("w", (4, 3, 1, 1))
    assert imported(*made, weights=[zeros, weight]) == ["[conv 1x1 4, pad 1]", "maxpool 3x3/2 valid"]
