"""A model's own weights in the description that is written of it: onnxruntime computes the same.

Skipped where onnx and onnxruntime are not installed; tests/tools/onnx_values.py does it with any file.
"""

from __future__ import annotations

import random
from math import prod

import pytest
from model_files import node, onnx, tensor

np = pytest.importorskip("numpy")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx_values import compare  # noqa: E402  needs NumPy


class Drawn:
    """Nodes, and weights of random values."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.nodes: list[bytes] = []
        self.weights: list[bytes] = []

    def add(self, op, reads, name, sizes=(), values=(), **attributes):
        """A node that is named and gives what it is named; its weights have the sizes."""
        names = [f"{name}.{at}" for at in range(len(sizes) + len(values))]
        for key, each in zip(names, sizes, strict=False):
            scale = 1 / max(1, prod(each[1:])) ** 0.5
            drawn = [self.random.gauss(0, scale) for _ in range(prod(each))]
            is_variance = op == "BatchNormalization" and key.endswith(".3")
            self.weights.append(tensor(key, each, list(map(abs, drawn)) if is_variance else drawn))
        for key, (each, is_whole) in zip(names[len(sizes) :], values, strict=True):
            self.weights.append(tensor(key, (len(each),) if is_whole else (), each, whole=is_whole))
        self.nodes.append(node(op, " ".join([reads, *names]), name, name, **attributes))
        return name

    def conv(self, reads, name, *weight, bias=True, **attributes):
        return self.add("Conv", reads, name, [weight, weight[:1]] if bias else [weight], **attributes)


def whole(*numbers):
    return numbers, True


def number(value):
    return [value], False


def inception(net):
    """Branches, padding of every kind, pools that round up and that count zeros, LRN."""
    net.conv("x", "stem", 8, 3, 5, 5, strides=[2, 2], pads=[1, 2, 2, 2])
    net.add("Relu", "stem", "r")
    net.add("LRN", "r", "lrn", size=5, alpha=0.1, beta=0.5, bias=2.0)
    net.add("MaxPool", "lrn", "m", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    net.add("MaxPool", "m", "p", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1])
    net.conv("p", "p1", 4, 8, 1, 1)
    net.conv("m", "a1", 6, 8, 1, 7, pads=[0, 3, 0, 3], bias=False)
    net.conv("m", "b1", 6, 4, 3, 3, pads=[2, 2, 2, 2], dilations=[2, 2], group=2)
    net.add("Concat", "a1 p1 b1", "cat", axis=1)
    net.add(
        "AveragePool",
        "cat",
        "avg",
        kernel_shape=[2, 2],
        strides=[2, 2],
        pads=[1, 1, 1, 1],
        count_include_pad=1,
    )
    net.add("GlobalAveragePool", "avg", "g")
    net.add("Flatten", "g", "f")
    net.add("Gemm", "f", "y", [(10, 16), (10,)], transB=1)


def mobile(net):
    """Depthwise, batch norms, bounds, a gate, a residual and an upsampling."""
    net.conv("x", "stem", 8, 3, 3, 3, pads=[0, 0, 1, 1], strides=[2, 2], bias=False)
    net.add("BatchNormalization", "stem", "bn", [(8,)] * 4, epsilon=1e-3)
    net.add("Clip", "bn", "six", values=[number(0.0), number(6.0)])
    net.conv("six", "dw", 16, 1, 3, 3, pads=[1, 1, 1, 1], group=8)
    net.add("PRelu", "dw", "pr", [(16, 1, 1)])
    net.add("GlobalAveragePool", "pr", "g")
    net.conv("g", "fc", 16, 16, 1, 1)
    net.add("HardSigmoid", "fc", "gate", alpha=1 / 6, beta=0.5)
    net.add("Mul", "pr gate", "se")
    net.conv("se", "proj", 8, 16, 1, 1, bias=False)
    net.add("Add", "proj six", "sum")
    net.add("HardSwish", "sum", "hs")
    net.add(
        "Resize",
        "hs  scales",
        "up",
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    net.weights.append(tensor("scales", (4,), [1, 1, 2, 2]))
    net.conv("up", "y", 2, 8, 3, 3)


def decoder(net):
    """A channel shuffle, a split, transposed convolutions, pixels from channels, a softmax."""
    net.conv("x", "stem", 8, 3, 3, 3, pads=[1, 1, 1, 1])
    net.add("Reshape", "stem", "s1", values=[whole(1, 2, 4, 12, 12)])
    net.add("Transpose", "s1", "s2", perm=[0, 2, 1, 3, 4])
    net.add("Reshape", "s2", "s3", values=[whole(1, 8, 12, 12)])
    net.add("LeakyRelu", "s3", "l", alpha=0.2)
    net.add("Split", "l", "h", values=[whole(4, 4)], axis=1)
    net.nodes[-1] = node("Split", "l h.0", "h i", "h", axis=1)
    net.add(
        "ConvTranspose",
        "i",
        "t",
        [(4, 4, 3, 3), (4,)],
        strides=[2, 2],
        pads=[1, 1, 1, 1],
        output_padding=[1, 1],
    )
    net.add("ConvTranspose", "h", "u", [(4, 3, 2, 2), (3,)], strides=[2, 2])
    net.add("Sigmoid", "t", "sig")
    net.add("Concat", "sig u", "cat", axis=1)
    net.conv("cat", "c", 8, 7, 2, 3, strides=[2, 1])
    net.add("DepthToSpace", "c", "d", blocksize=2, mode="CRD")
    net.add("Softmax", "d", "y", axis=1)


@pytest.mark.parametrize("made", [inception, mobile, decoder])
def test_values_are_those_of_onnxruntime(tmp_path, made):
    net = Drawn(7)
    made(net)
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx(net.nodes, net.weights, (1, 3, 12, 12)))
    found = compare(str(path))
    assert found.ours.shape == found.theirs.shape
    assert found.difference < 1e-4 * float(np.abs(found.theirs).max())
    assert float(found.theirs.std()) > 1e-3  # or all outputs would be alike
