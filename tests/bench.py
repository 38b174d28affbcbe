"""What running a network takes: time against plain matrix products, and memory.

    python tests/bench.py [-o bench.txt]

The forward pass of a whole network, with its weights made beforehand, beside as many multiply-adds
in products of 1024×1024 matrices. Each pass is paired with products right before it; the ratio is
the median over the pairs, the times are the smallest. Memory is that of a fresh process each.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

NETWORKS = ("googlenet#paper", "inception_v3", "resnet50#v1.5")
SIDE = 1024
PAIRS = 15
MEBIBYTE = 2**20


def network_of(title: str):
    import convcalc

    name, _, variant = title.partition("#")
    return convcalc.load(name, variant or None)


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def times(title: str) -> tuple[float, float, float]:
    """The smallest times of a forward pass and of the products, and the median ratio of the pairs."""
    import numpy as np

    from convcalc.execute import image, random_weights, run

    network = network_of(title)
    x, weights = image(network), random_weights(network)
    left = np.random.default_rng(0).standard_normal((SIDE, SIDE), np.float32)
    right, out = left.T.copy(), np.empty_like(left)
    products, rest = divmod(network.total.macs, SIDE**3)

    def multiply() -> None:
        for _ in range(products):
            np.matmul(left, right, out=out)
        np.matmul(left, right[:, : round(rest / SIDE**2)])

    run(network, x, weights)
    pairs = [(seconds(multiply), seconds(lambda: run(network, x, weights))) for _ in range(PAIRS)]
    forward, matrix = min(pair[1] for pair in pairs), min(pair[0] for pair in pairs)
    return forward, matrix, median(pair[1] / pair[0] for pair in pairs)


def memory(title: str) -> tuple[int, int]:
    """The peak of a fresh process that runs the network: in all, and beyond what NumPy itself takes."""
    command = [sys.executable, __file__, "--memory-of", title]
    total, beyond = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(total), int(beyond)


def report_memory(title: str) -> None:
    import numpy  # noqa: F401

    before = peak()
    from convcalc.execute import image, random_weights, run

    network = network_of(title)
    run(network, image(network), random_weights(network))
    print(peak(), peak() - before)  # noqa: T201


def peak() -> int:
    """The most bytes that this process has had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def row(name: str, *cells: str) -> str:
    return f"{name:<16}" + "".join(f"{cell:>10}" for cell in cells)


def report() -> str:
    # Before NumPy is imported here: a process's peak starts at that of the one that started it.
    peaks = {title: memory(title) for title in NETWORKS}
    import numpy as np

    import convcalc

    lines = [
        f"{processor()}, {os.cpu_count()} processors, {platform.system()}",
        f"Python {platform.python_version()}, NumPy {np.__version__}, convcalc {convcalc.__version__}",
        "",
        row("network", "forward", "matmul", "ratio of", "median", "peak", "beyond"),
        row("", "ms", "ms", "these", "ratio", "MiB", "NumPy"),
    ]
    for title in NETWORKS:
        forward, matrix, ratio = times(title)
        total, beyond = (size / MEBIBYTE for size in peaks[title])
        numbers = [f"{forward * 1e3:.1f}", f"{matrix * 1e3:.1f}", f"{forward / matrix:.2f}"]
        lines.append(row(title, *numbers, f"{ratio:.2f}", f"{total:.0f}", f"{beyond:.0f}"))
    lines += [
        "",
        f"matmul: as many multiply-adds in {SIDE}×{SIDE} products; the smallest times of {PAIRS} pairs",
        "peak: the most memory of a fresh process that makes the weights and runs the network",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure forward passes against matrix products.")
    parser.add_argument("-o", "--output", type=Path, help="write the table to a file too")
    parser.add_argument("--memory-of", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        report_memory(options.memory_of)
        return
    text = report()
    sys.stdout.write(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
