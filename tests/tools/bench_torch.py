"""The same count by PyTorch's own counter and by convcalc, where a Python with torchvision is.

`TORCH_PYTHON` names that Python; it need not be the one that convcalc runs in.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from datetime import date
from typing import NamedTuple

PYTHON = os.environ.get("TORCH_PYTHON", sys.executable)
RUNS = 5

COUNTED = """
import torch, torchvision
from torch.utils.flop_counter import FlopCounterMode

model = torchvision.models.googlenet(weights=None, init_weights=False, aux_logits=False).eval()
with FlopCounterMode(display=False) as counter, torch.no_grad():
    model(torch.zeros(1, 3, 224, 224))
print(counter.get_total_flops() // 2)
"""
THEIRS = [PYTHON, "-W", "ignore", "-c", COUNTED]
OURS = [sys.executable, "-m", "convcalc", "summary", "googlenet_torchvision", "--field", "macs"]
VERSION = [PYTHON, "-c", "import torch, torchvision; print(torch.__version__)"]

SAID = """\
On {day}, counting torchvision's GoogLeNet took PyTorch's own counter
{theirs.seconds:.1f} s and {theirs.mebibytes:.0f} MiB: {times:.0f} times the time and {memory:.0f} times
the memory that convcalc took ({ours.seconds:.2f} s and {ours.mebibytes:.0f} MiB).

Both printed {ours.printed:,} multiply-adds. These were whole processes, the best of {runs} in
turn, with Python {python}, torch {torch} and {processors} processors. What PyTorch ran:

```python
{counted}
```
"""


class Run(NamedTuple):
    seconds: float
    mebibytes: float
    printed: int


def run(command: list[str]) -> Run:
    """A whole process: its time, the most memory that it had, and the number that it printed."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, process.returncode, usage = os.wait4(process.pid, 0)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Run(time.perf_counter() - start, usage.ru_maxrss / unit, int(printed))


def best(runs: list[Run]) -> Run:
    return Run(min(run.seconds for run in runs), min(run.mebibytes for run in runs), runs[0].printed)


def report() -> str | None:
    """A sentence, and how it was measured; None where there is no torchvision."""
    found = subprocess.run(VERSION, capture_output=True, text=True)
    if found.returncode:
        return None
    pairs = [(run(THEIRS), run(OURS)) for _ in range(RUNS)]  # in turn, as the machine's day goes
    theirs, ours = (best(list(runs)) for runs in zip(*pairs, strict=True))
    assert theirs.printed == ours.printed
    return SAID.format(
        theirs=theirs,
        ours=ours,
        times=theirs.seconds / ours.seconds,
        memory=theirs.mebibytes / ours.mebibytes,
        runs=RUNS,
        day=f"{date.today():%d %B %Y}".lstrip("0"),
        python=platform.python_version(),
        torch=found.stdout.strip(),
        processors=os.cpu_count(),
        counted=COUNTED.strip(),
    )
