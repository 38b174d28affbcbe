"""`python -m convcalc` and the console script."""

from __future__ import annotations

import gc
import sys

from . import streams


def entry() -> None:
    """Run the command line and exit with its code."""
    # One short run makes few cycles; looking for them costs more than they take.
    gc.disable()
    streams.open_missing()
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    from .commands.program import main

    return main(arguments)


if __name__ == "__main__":
    entry()
