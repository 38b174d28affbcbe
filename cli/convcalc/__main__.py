"""`python -m convcalc` and the console script."""

from __future__ import annotations

import gc
import sys

from . import streams

_ALLOCATIONS = 100_000  # between two looks


def entry() -> None:
    """Run the command line and exit with its code."""
    # A run makes few cycles, and looking for them often costs more than they take.
    gc.set_threshold(_ALLOCATIONS)
    streams.open_missing()
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    from .commands.program import main

    return main(arguments)


if __name__ == "__main__":
    entry()
