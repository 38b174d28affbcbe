"""How long reading model files takes, to a Python that does nothing, and how much memory.

The ONNX file is VGG-16's, whose 553 MB of weights are holes in the file: they are passed over.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from bench_models import write_chain, write_densenet201, write_vgg16
from bench_page import Fact, Report

READ = """
import sys
from convcalc.importers.graph import ModelFile
from convcalc.importers.onnx.reader import read
read(ModelFile(sys.argv[1], sys.argv[1]))
"""
# The peak of what is run, not of the process that started it, which `resource` tells.
PEAK = 'print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))'
NOTHING = [sys.executable, "-c", "pass"]
PAIRS = 7


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
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
        densenet = Path(name) / "densenet201.pt2"
        write_vgg16(vgg)
        write_chain(chain, 2_000)
        write_chain(longer, 20_000)
        write_densenet201(densenet)
        memory = peak(vgg)
        taken = {path: beyond_nothing(reading(path)) for path in (vgg, chain, longer)}
        whole = {path: beyond_nothing(summing(path)) for path in (vgg, chain, longer, densenet)}
        lines = [
            "| file | nodes or calls | size, MB | read, ms | `summary FILE --field params`, ms |",
            "|:--|--:|--:|--:|--:|",
        ]
        for path, nodes in ((vgg, "40"), (chain, "2,001"), (longer, "20,001"), (densenet, "711")):
            size, read = path.stat().st_size / 1e6, taken.get(path)
            shown = "–" if read is None else f"{read * 1e3:.0f}"
            lines.append(f"| {path.name} | {nodes} | {size:.1f} | {shown} | {whole[path] * 1e3:.0f} |")
        lines += ["", "Each is what a whole process takes beyond `python -c pass`."]
        lines.append(f"Reading VGG-16 takes {memory:.0f} MiB, Python itself included.")
        if find_spec("onnx"):
            load = beyond_nothing([sys.executable, "-c", f"import onnx; onnx.load({str(vgg)!r})"])
            lines.append(f"`onnx.load` takes {load * 1e3:.0f} ms.")
    beyond = "beyond `python -c pass`"
    facts = [
        Fact(f"VGG-16's ONNX file of 553 MB read, {beyond}", f"{taken[vgg]:.2f} s", "≤ 0.1 s"),
        Fact("memory for that", f"{memory:.0f} MiB", "≤ 40 MiB"),
        Fact(
            f"DenseNet-201's `.pt2` read, written and read back, {beyond}",
            f"{whole[densenet]:.2f} s",
            "≤ 0.5 s",
        ),
        Fact("20,000 nodes, to 2,000", f"{whole[longer] / whole[chain]:.1f}", "≤ 12"),
    ]
    return Report(lines, facts)


def reading(path: Path) -> list[str]:
    return [sys.executable, "-c", READ, str(path)]


def summing(path: Path) -> list[str]:
    return [sys.executable, "-m", "convcalc", "summary", str(path), "--field", "params"]
