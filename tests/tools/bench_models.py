"""Large model files to measure with, of weights that are nothing but holes in the files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from model_files import call, field, message, node, onnx, program, tensor, value_info, varint, zipped

CHANNELS = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)  # 0 is a pool


def write_vgg16(path: Path) -> None:
    """VGG-16 (arXiv:1409.1556, configuration D) with weights of nothing but zeros."""
    nodes, weights, last, entering = [], [], "x", 3
    for at, channels in enumerate(CHANNELS):
        if channels:
            nodes.append(node("Conv", f"{last} w{at} b{at}", f"c{at}", pads=[1, 1, 1, 1]))
            nodes.append(node("Relu", f"c{at}", f"t{at}"))
            weights += [(f"w{at}", (channels, entering, 3, 3)), (f"b{at}", (channels,))]
            entering = channels
        else:
            nodes.append(node("MaxPool", last, f"t{at}", kernel_shape=[2, 2], strides=[2, 2]))
        last = f"t{at}"
    nodes.append(node("Flatten", last, "f0"))
    for at, (inputs, outputs) in enumerate(((25088, 4096), (4096, 4096), (4096, 1000))):
        nodes.append(node("Gemm", f"f{at} m{at} n{at}", f"f{at + 1}", transB=1))
        weights += [(f"m{at}", (outputs, inputs)), (f"n{at}", (outputs,))]
    ends = field(11, value_info("x", (1, 3, 224, 224))) + field(12, value_info("f3", ()))
    graph = message(*((1, one) for one in nodes)) + ends
    write_with_holes(path, graph, [weight_of(*weight) for weight in weights])


def weight_of(name: str, sizes: tuple[int, ...]) -> tuple[bytes, int]:
    """The beginning of a weight in a graph, and how many zeros follow."""
    size = 4
    for one in sizes:
        size *= one
    head = message(*((1, one) for one in sizes), (2, 1), (8, name)) + varint(9 << 3 | 2) + varint(size)
    return varint(5 << 3 | 2) + varint(len(head) + size) + head, size


def write_with_holes(path: Path, graph: bytes, weights: list[tuple[bytes, int]]) -> None:
    length = len(graph) + sum(len(head) + size for head, size in weights)
    with path.open("wb") as file:
        file.write(message((1, 8), (8, message((2, 17)))) + varint(7 << 3 | 2) + varint(length) + graph)
        for head, size in weights:
            file.write(head)
            file.seek(size - 1, 1)
            file.write(b"\0")


def write_chain(path: Path, count: int) -> None:
    """A row of convolutions and ReLUs."""
    nodes, weights = [], []
    for at in range(0, count, 2):
        nodes.append(node("Conv", f"t{at} w{at}", f"t{at + 1}", f"/l{at}/conv/Conv", pads=[1, 1, 1, 1]))
        nodes.append(node("Relu", f"t{at + 1}", f"t{at + 2}", f"/l{at}/relu/Relu"))
        weights.append(tensor(f"w{at}", (3, 3, 3, 3)))
    path.write_bytes(onnx([node("Identity", "x", "t0"), *nodes], weights, outputs=f"t{count}"))


BLOCKS = (6, 12, 48, 32)  # dense layers, each of which adds GROWTH channels
GROWTH = 32


class _DenseNet:
    """The calls of a program as `torch.export` has them, with the sizes of every tensor."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.sizes: dict[str, tuple[int, ...]] = {"x": (1, 3, 224, 224)}

    def add(self, target: str, module: str, channels: int, size: int, **arguments: Any) -> str:
        """A call in a module, and the name of the map that it gives."""
        name = f"t{len(self.calls)}"
        self.sizes[name] = (1, channels, size, size)
        stack = f"L__self__,,torchvision.DenseNet;L__self___{module},{module},torch.nn.Module"
        self.calls.append(call(target, name, stack, **arguments))
        return name

    def conv(self, reads: str, module: str, channels: int, kernel: int, stride: int = 1) -> str:
        _, entering, size, _ = self.sizes[reads]
        weight = f"p_{module.replace('.', '_')}"
        self.sizes[weight] = (channels, entering, kernel, kernel)
        return self.add(
            "conv2d.default",
            module,
            channels,
            size // stride,
            input=reads,
            weight=weight,
            bias=None,
            stride=[stride, stride],
            padding=[kernel // 2, kernel // 2],
        )

    def norm(self, reads: str, module: str) -> str:
        """A batch norm and the ReLU behind it."""
        _, channels, size, _ = self.sizes[reads]
        key = module.replace(".", "_")
        names = {"weight": f"p_{key}_w", "bias": f"p_{key}_b"}
        names |= {"running_mean": f"b_{key}_m", "running_var": f"b_{key}_v"}
        self.sizes |= dict.fromkeys(names.values(), (channels,))
        made = self.add(
            "batch_norm.default",
            module,
            channels,
            size,
            input=reads,
            **names,
            training=False,
            momentum=0.1,
        )
        return self.add("relu.default", module.replace("norm", "relu"), channels, size, input=made)

    def layer(self, maps: list[str], module: str) -> str:
        _, _, size, _ = self.sizes[maps[0]]
        channels = sum(self.sizes[name][1] for name in maps)
        joined = self.add("cat.default", module, channels, size, tensors=maps, dim=1)
        inner = self.conv(self.norm(joined, f"{module}.norm1"), f"{module}.conv1", 4 * GROWTH, 1)
        return self.conv(self.norm(inner, f"{module}.norm2"), f"{module}.conv2", GROWTH, 3)

    def block(self, reads: str, module: str, count: int) -> str:
        maps = [reads]
        for at in range(count):
            maps.append(self.layer(maps, f"{module}.denselayer{at + 1}"))
        _, _, size, _ = self.sizes[reads]
        channels = sum(self.sizes[name][1] for name in maps)
        return self.add("cat.default", module, channels, size, tensors=maps, dim=1)


def write_densenet201(path: Path) -> None:
    """DenseNet-201 (arXiv:1608.06993) as torchvision has it, exported: calls, and no weights."""
    net = _DenseNet()
    flow = net.norm(net.conv("x", "features.conv0", 64, 7, 2), "features.norm0")
    pooling = {"kernel_size": [3, 3], "stride": [2, 2], "padding": [1, 1]}
    flow = net.add("max_pool2d.default", "features.pool0", 64, 56, input=flow, **pooling)
    for at, count in enumerate(BLOCKS, start=1):
        flow = net.block(flow, f"features.denseblock{at}", count)
        if at < len(BLOCKS):
            _, channels, size, _ = net.sizes[flow]
            module = f"features.transition{at}"
            flow = net.conv(net.norm(flow, f"{module}.norm"), f"{module}.conv", channels // 2, 1)
            halves = {"kernel_size": [2, 2], "stride": [2, 2]}
            flow = net.add(
                "avg_pool2d.default", f"{module}.pool", channels // 2, size // 2, input=flow, **halves
            )
    flow = net.norm(flow, "features.norm5")
    channels = net.sizes[flow][1]
    flow = net.add("adaptive_avg_pool2d.default", "", channels, 1, input=flow, output_size=[1, 1])
    net.sizes |= {"f": (1, channels), "p_w": (1000, channels), "p_b": (1000,), "y": (1, 1000)}
    net.calls.append(call("flatten.using_ints", "f", self=flow, start_dim=1))
    net.calls.append(call("linear.default", "y", input="f", weight="p_w", bias="p_b"))
    path.write_bytes(zipped({"densenet201/models/model.json": program(net.calls, net.sizes)}))
