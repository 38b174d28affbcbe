"""A sweep keeps none of its rows: many take no more memory than few."""

import subprocess
import sys

import pytest

# Prints the most memory of a process that sweeps so many resolutions, in MiB.
PEAK = """
import resource, sys
from convcalc.__main__ import entry
sys.argv = ["convcalc", "sweep", "mobilenet_v1", f"res=32..{31 + int(sys.argv[1])}", "--format", "csv"]
try:
    entry()
except SystemExit as done:
    assert done.code == 0
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak // (1024 * 1024 if sys.platform == "darwin" else 1024), file=sys.stderr)
"""


def peak_of(rows):
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(rows)], capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == rows + 1
    return int(done.stderr)


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="needs the resource module")
def test_ten_times_the_rows_take_the_same_memory():
    few, many = peak_of(100), peak_of(1000)
    # 900 more networks of 84 layers would take some 30 MiB.
    assert many - few < 15
