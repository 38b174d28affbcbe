"""How long reading and counting large specifications takes, to PyYAML's own reading of the text.

python tests/tools/bench_load.py KIND SIZE      one measurement, in a process of its own
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice, product
from pathlib import Path
from statistics import median

import yaml
from bench_page import Fact, Report

import convcalc
from convcalc.commands.program import main
from convcalc.language.document import MAX_VARIANTS

HEAD = "input: [64, 56, 56]\nlayers:\n"
SIZES = (10_000, 100_000)
PAIRS = 5


def alike(size: int) -> str:
    """A list of lines of which there are nine."""
    kinds = cycle(product((1, 3, 5), (64, 96, 128)))
    return HEAD + "".join(f"  - conv {k}x{k} {c}\n" for k, c in islice(kinds, size))


def different(size: int) -> str:
    """A list of lines that all differ, each with a name."""
    return HEAD + "".join(f"  - c{place}: conv 3x3 {64 + place}\n" for place in range(size))


def nested(size: int) -> str:
    """Few lines that grow to that many layers, by `repeat` and by blocks in blocks: 600 a stage."""
    return f"""\
input: [64, 56, 56]
define:
  cell(c): [conv 3x3 $c, batchnorm, relu, conv 1x1 $c]
  stage(c):
    - {{repeat: 100, layers: cell $c}}
    - {{repeat: 100, layers: [conv 3x3 $c, relu]}}
layers: {{repeat: {size // 600}, layers: stage 64}}
"""


def variants(size: int) -> str:
    """Variants of which each is held to a share of another, from one end of the file to the other."""
    budget = "budget: {{params: {{max: 1, of: v{0}}}}}"
    lines = (f" v{n}: {{{budget.format((7 * n + 1) % size)}}}\n" for n in range(size))
    return f"{HEAD} - relu\nvariants:\n{''.join(lines)}"


KINDS = {"alike": alike, "different": different, "nested": nested}


def seconds(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def check(size: int) -> None:
    """Print the seconds that a check of so many variants takes, and the process's peak in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spec.yaml")
        path.write_text(variants(size))
        taken = seconds(lambda: main(["check", str(path), "-q"]))
    print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201


def measure(kind: str, size: int) -> None:
    """Print the layers, the time, its ratios to PyYAML's and the process's peak in MiB.

    PyYAML's dictionaries cost the garbage collector more than our layers do, so that the ratio is
    also taken without it.
    """
    text = KINDS[kind](size)
    layers = len(convcalc.loads(text).layers)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pairs = paired(text)
    gc.disable()
    without = paired(text)
    ratios = [median(mine / other for other, mine in some) for some in (pairs, without)]
    print(layers, median(mine for _, mine in pairs), *ratios, peak)  # noqa: T201


def paired(text: str) -> list[tuple[float, float]]:
    """The seconds that PyYAML takes, and that we take, one after the other."""
    return [
        (
            seconds(lambda: yaml.load(text, yaml.CSafeLoader)),
            seconds(lambda: convcalc.loads(text).total),
        )
        for _ in range(PAIRS)
    ]


def measured(kind: str, size: int) -> list[float]:
    command = [sys.executable, __file__, kind, str(size)]
    return [float(word) for word in subprocess.check_output(command, text=True).split()]


def report() -> Report:
    lines = [
        "| spec | layers | to `yaml.load` | without GC | to a tenth | µs a layer | peak, MiB |",
        "|:--|--:|--:|--:|--:|--:|--:|",
    ]
    ratios, growths = [], []
    for kind in ("alike", "different"):
        before = None
        for size in SIZES:
            layers, taken, ratio, without, peak = measured(kind, size)
            growth = f"{taken / before:.1f}" if before else ""
            ratios.append(f"{ratio:.1f}")
            growths += [growth] if growth else []
            before = taken
            each = f"{taken / layers * 1e6:.1f}"
            times = f"{ratio:.1f} | {without:.1f} | {growth}"
            lines.append(f"| {kind} | {layers:,.0f} | {times} | {each} | {peak:.0f} |")
    layers, taken, _, _, peak = measured("nested", 500_000)
    lines.append(f"| nested | {layers:,.0f} | | | | {taken / layers * 1e6:.1f} | {peak:.0f} |")
    sizes = " and ".join(f"{size:,}" for size in SIZES)
    facts = [
        Fact(
            f"reading and counting {sizes} lines, alike and different, to `yaml.load`",
            ", ".join(ratios),
            "≤ 3",
        ),
        Fact("ten times as many lines", f"{' and '.join(growths)} times as long", "≤ 11"),
        Fact(
            f"{layers:,.0f} layers by `repeat` and blocks", f"{taken:.1f} s, {peak:.0f} MiB", "in bounds"
        ),
        _of_variants(),
    ]
    lines += [
        "",
        "Reading, expanding and counting, in process, to `yaml.load(text, CSafeLoader)` of the same",
        f"text; medians of {PAIRS} pairs, with Python's garbage collector as it is and without it.",
        "alike: lines such as `- conv 3x3 64`, nine different ones; different: all are, and named, such",
        "as `- c123: conv 3x3 187`; nested: a few lines that grow by `repeat` and blocks in blocks. To",
        "stay below: 3 times `yaml.load`, and 11 times as long for ten times as many layers.",
    ]
    return Report(lines, facts)


def _of_variants() -> Fact:
    taken, peak = measured("variants", MAX_VARIANTS)
    what = f"{MAX_VARIANTS:,} variants, each held to a share of another"
    return Fact(what, f"{taken:.1f} s, {peak:.0f} MiB", "≤ 5 s, 512 MiB")


if __name__ == "__main__":
    if sys.argv[1] == "variants":
        check(int(sys.argv[2]))
    else:
        measure(sys.argv[1], int(sys.argv[2]))
