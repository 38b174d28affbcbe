"""How fast everything is: start-up, reading, model files, sweeping, drawing, running a network.

    python tests/tools/bench.py [-o docs/benchmarks.md] [start load import sweep draw forward]

With -o it is written between the page's marks; what was not measured stays as it is.

Everything is measured as a ratio to something else of the same kind in the same run, because no two
machines are alike.

The forward pass of a whole network, with its weights made beforehand, is beside as many
multiply-adds in products of 1024×1024 matrices. Each pass is paired with products right before it;
the ratio is the median over the pairs, the times are the smallest. Memory is that of a fresh
process each.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

import bench_draw
import bench_import
import bench_load
import bench_start
import bench_sweep
import bench_torch
from bench_page import Fact, Report, put

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


def forward() -> Report:
    # Before NumPy is imported here: a process's peak starts at that of the one that started it.
    peaks = {title: memory(title) for title in NETWORKS}
    lines = [
        "| network | forward, ms | products, ms | ratio | peak, MiB | beyond NumPy |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    ratios = []
    for title in NETWORKS:
        pass_, matrix, ratio = times(title)
        total, beyond = (f"{size / MEBIBYTE:.0f}" for size in peaks[title])
        numbers = f"{pass_ * 1e3:.1f} | {matrix * 1e3:.1f} | {ratio:.2f}"
        lines.append(f"| {title} | {numbers} | {total} | {beyond} |")
        ratios.append(f"{ratio:.1f}")
    lines += [
        "",
        f"products: as many multiply-adds in {SIDE}×{SIDE} matrices; the smallest times and the median",
        f"ratio of {PAIRS} pairs. peak: the most memory of a fresh process that makes the weights and",
        "runs the network.",
    ]
    what = f"{', '.join(NETWORKS)} run with NumPy, to as many multiply-adds in matrix products"
    return Report(lines, [Fact(what, ", ".join(ratios), "≤ 2.5")])


def machine() -> list[str]:
    libraries = ("convcalc", "click", "rich", "PyYAML", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    system = f"{processor()}, {os.cpu_count()} processors, {platform.system()}"
    return [f"{system};", f"Python {platform.python_version()}, {versions}."]


SECTIONS = {
    "start": ("Whole commands", bench_start.report),
    "load": ("Reading large specifications", bench_load.report),
    "import": ("Reading model files", bench_import.report),
    "sweep": ("Sweeping", bench_sweep.report),
    "draw": ("Drawing", bench_draw.report),
    "forward": ("Running a network (`verify`)", forward),
}


def report(names: Sequence[str]) -> str:
    glance = [*machine(), "", "| what | measured | aim |", "|:--|--:|--:|"]
    lines = []
    for name in names:
        title, section = SECTIONS[name]
        done = section()
        glance += [f"| {' | '.join(fact)} |" for fact in done.facts]
        lines += ["", f"### {title}", "", *done.lines]
    return "\n".join([*glance, *lines]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how fast everything is.")
    parser.add_argument("-o", "--output", type=Path, help="write the page to a file too")
    parser.add_argument("sections", nargs="*", help=f"some of {', '.join(SECTIONS)}; all unless given")
    parser.add_argument("--memory-of", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        report_memory(options.memory_of)
        return
    measured = {"torch": bench_torch.report(), "all": report(options.sections or list(SECTIONS))}
    for name, text in measured.items():
        sys.stdout.write(text or "no torchvision here; TORCH_PYTHON names a Python that has it\n")
        if options.output and text:
            put(options.output, name, text)


if __name__ == "__main__":
    main()
