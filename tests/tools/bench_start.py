"""How long a whole command takes, to a Python that does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench_page import Fact, Report

TOP = Path(__file__).parents[2]
SCRIPT = Path(sys.executable).parent / "convcalc"
NOTHING = [sys.executable, "-c", "pass"]
PAIRS = 15

# What is run, and the ratio to stay below.
COMMANDS = {
    "--version": 2.5,
    "summary inception3a --format json": 6.0,
    "compare configs/inception3a.yaml": 9.0,
    "summary googlenet": 10.0,
}

# With either of these set, every run compiles the sources again or writes byte by byte.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.PIPE, env=ENVIRONMENT, cwd=TOP, check=True)
    return time.perf_counter() - start


def ratio(command: list[str]) -> float:
    """The median over the pairs; each run of the command has an empty one right before it."""
    seconds(command)  # compiles what is not compiled yet
    empty, taken = zip(*((seconds(NOTHING), seconds(command)) for _ in range(PAIRS)), strict=True)
    return median(mine / other for mine, other in zip(taken, empty, strict=True))


def report() -> Report:
    lines = ["| command | `python -m convcalc` | `convcalc` | to stay below |", "|:--|--:|--:|--:|"]
    ratios = []
    for words, limit in COMMANDS.items():
        module = ratio([sys.executable, "-m", "convcalc", *words.split()])
        script = ratio([str(SCRIPT), *words.split()])
        lines.append(f"| `{words}` | {module:.1f} | {script:.1f} | {limit:.1f} |")
        ratios.append(f"{script:.1f}")
    smallest = min(seconds(NOTHING) for _ in range(PAIRS)) * 1e3
    lines += ["", f"Ratios to `python -c pass` ({smallest:.0f} ms), whole processes, output to a pipe;"]
    lines += [f"medians of {PAIRS} pairs, the sources compiled beforehand."]
    what = f"whole commands, to `python -c pass`: {', '.join(f'`{words}`' for words in COMMANDS)}"
    limits = ", ".join(f"≤ {limit:g}" for limit in COMMANDS.values())
    return Report(lines, [Fact(what, ", ".join(ratios), limits)])
