"""How long reading model files takes, to a Python that does nothing, and how much memory.

The ONNX file is VGG-16's, whose 553 MB of weights are a hole in the file: they are passed over.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench_page import Fact, Report
from model_files import field, message, node, onnx, tensor, value_info, varint

READ = """
import sys
from convcalc.importers.graph import Given
from convcalc.importers.onnx.reader import read
read(Given(sys.argv[1], sys.argv[1]))
"""
# The peak of what is run, not of the process that started it, which `resource` tells.
PEAK = 'print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))'
NOTHING = [sys.executable, "-c", "pass"]
PAIRS = 7
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


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - start


def beyond_nothing(command: list[str]) -> float:
    """The median over pairs of how much longer a command takes than a Python that does nothing."""
    seconds(command)
    return median(seconds(command) - seconds(NOTHING) for _ in range(PAIRS))


def peak(path: Path) -> float:
    """The most memory of a fresh process that reads a file, in MiB; Linux alone tells."""
    command = [sys.executable, "-c", READ + PEAK, str(path)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024


def report() -> Report:
    with tempfile.TemporaryDirectory() as name:
        vgg, chain, longer = (Path(name) / f"{stem}.onnx" for stem in ("vgg16", "chain", "longer"))
        write_vgg16(vgg)
        write_chain(chain, 2_000)
        write_chain(longer, 20_000)
        memory = peak(vgg)
        taken = {
            path: beyond_nothing([sys.executable, __file__, str(path)]) for path in (vgg, chain, longer)
        }
        lines = ["| ONNX file | nodes | size, MB | beyond `python -c pass`, ms |", "|:--|--:|--:|--:|"]
        for path, nodes in ((vgg, "40"), (chain, "2,001"), (longer, "20,001")):
            size = path.stat().st_size / 1e6
            lines.append(f"| {path.stem} | {nodes} | {size:.1f} | {taken[path] * 1e3:.0f} |")
        lines += ["", f"Reading VGG-16 takes {memory:.0f} MiB, Python itself included."]
        if find_spec("onnx"):
            load = beyond_nothing([sys.executable, "-c", f"import onnx; onnx.load({str(vgg)!r})"])
            lines.append(f"`onnx.load` takes {load * 1e3:.0f} ms.")
    facts = [
        Fact(
            "VGG-16's ONNX file of 553 MB read, beyond `python -c pass`",
            f"{taken[vgg]:.2f} s",
            "≤ 0.1 s",
        ),
        Fact("memory for that", f"{memory:.0f} MiB", "≤ 40 MiB"),
    ]
    return Report(lines, facts)
