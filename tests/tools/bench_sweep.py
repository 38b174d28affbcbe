"""How many rows a second a sweep has, and whether its memory grows.

python tests/tools/bench_sweep.py ROWS      one measurement, in a process of its own
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from pathlib import Path

from bench_page import Fact, Report

from convcalc.answers.sweep import Sweep, Swept, read_values
from convcalc.network.loading import plans_in
from convcalc.network.overrides import Overrides
from convcalc.reader.source import Source

GOOGLENET = Path(__file__).parents[2] / "configs" / "googlenet.yaml"
ROWS = (1_000, 10_000, 100_000)
SIZES = 10  # image sizes in each sweep; the rest is widths
COUNTS = 50


def spec() -> bytes:
    """GoogLeNet with a factor for the width of every convolution in its inception modules."""
    text = GOOGLENET.read_text(encoding="utf-8").split("variants:")[0]
    text = text.replace(
        "input: [3, 224, 224]", "input: [3, $res, $res]\nparameters: {width: 1, res: 224}"
    )
    text = re.sub(r"(conv \dx\d) \$(\w+)", r"\1 $(\2 * width)", text)
    return text.encode()


def measure(rows: int) -> None:
    """Print the rows a second, the milliseconds of one count alone, and the peak in MiB."""
    plan = plans_in(Source("googlenet", "googlenet", "googlenet", spec()), None)[0]
    values = read_values([f"width=1..{rows // SIZES}", f"res=224..{224 + 32 * (SIZES - 1)}..32"])
    sweep = Sweep([Swept(plan, Overrides(), values)], values)
    start = time.perf_counter()
    done = sum(1 for _ in sweep.rows())
    rate = done / (time.perf_counter() - start)
    assert done == rows
    start = time.perf_counter()
    for _ in range(COUNTS):
        assert plan.network(Overrides()).total.macs
    one = (time.perf_counter() - start) / COUNTS * 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(rate, one, peak)  # noqa: T201


def report() -> Report:
    lines = ["| rows | rows a second | one count, ms | peak, MiB |", "|--:|--:|--:|--:|"]
    for rows in ROWS:
        command = [sys.executable, __file__, str(rows)]
        rate, one, peak = map(float, subprocess.check_output(command, text=True).split())
        lines.append(f"| {rows:,} | {rate:,.0f} | {one:.2f} | {peak:.0f} |")
    done = f"{rate:,.0f} rows a second, {peak:.0f} MiB"
    facts = [Fact(f"a sweep of GoogLeNet, {rows:,} rows", done, "≥ 1,000 rows")]
    lines += [
        "",
        f"GoogLeNet (95 layers) by a factor of its width and {SIZES} image sizes: no two rows alike.",
        "Beside it the same network counted again and again with the same values.",
    ]
    return Report(lines, facts)


if __name__ == "__main__":
    measure(int(sys.argv[1]))
