"""How long a picture takes, and how that grows with its boxes."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import bench_start
from bench_page import Fact, Report

BOXES = (500, 1000, 2000)
ROUNDS = 5
SHIPPED = "inception_v4"


def chain(boxes: int) -> str:
    """Groups of two layers, no two of them equal."""
    groups = (f"g{n}: [conv 3x3 {n + 1}, conv 1x1 {n + 2}]" for n in range(boxes // 2))
    return f"input: [3, 8, 8]\nlayers: [{', '.join(groups)}]\n"


def drawing(boxes: int) -> float:
    """The seconds of the processor from a network that is loaded to its SVG."""
    import convcalc
    from convcalc.draw.topology import Topology
    from convcalc.draw.what_is_drawn import DrawOptions, Target
    from convcalc.render.pictures.choice import PICTURES
    from convcalc.render.terminal import FILE

    network = convcalc.loads(chain(boxes))
    start = time.process_time()
    target = Target(network, Topology.of(network), None, False)
    "".join(PICTURES["svg"]([target], DrawOptions(), FILE).pieces)  # type: ignore[arg-type]
    return time.process_time() - start


def whole(spec: str) -> float:
    """The whole command, to `python -c pass`."""
    return bench_start.ratio([sys.executable, "-m", "convcalc", "draw", spec, "--format", "svg"])


def report() -> Report:
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "large.yaml")
        large.write_text(chain(BOXES[-1]), encoding="utf-8")
        shipped, most = whole(SHIPPED), whole(str(large))
    times = {boxes: min(drawing(boxes) for _ in range(ROUNDS)) for boxes in BOXES}
    smallest = times[BOXES[0]]
    growth = times[BOXES[-1]] / smallest
    lines = [
        "| picture | ratio |",
        "|:--|--:|",
        f"| `draw {SHIPPED} --format svg`, to `python -c pass` | {shipped:.0f} |",
        f"| the same of {BOXES[-1]:,} boxes | {most:.0f} |",
    ]
    for boxes in BOXES[1:]:
        ratio = times[boxes] / smallest
        lines.append(f"| {boxes:,} boxes, to {BOXES[0]}, without start-up | {ratio:.1f} |")
    linear = BOXES[-1] // BOXES[0]
    medians = (
        f"Medians of {bench_start.PAIRS} pairs of whole commands, and the least of {ROUNDS} pictures."
    )
    lines += ["", medians, f"Where the time grows with the boxes, the last ratio is {linear}."]
    what = f"`draw` to SVG: {SHIPPED} and {BOXES[-1]:,} boxes, to `python -c pass`"
    grown = f"{BOXES[-1]:,} boxes, to {BOXES[0]}"
    return Report(
        lines,
        [Fact(what, f"{shipped:.0f}, {most:.0f}", "≤ 25, ≤ 150"), Fact(grown, f"{growth:.1f}", "≤ 6")],
    )
