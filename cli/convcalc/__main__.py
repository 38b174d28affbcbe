"""`python -m convcalc` and the console script."""

from __future__ import annotations

import gc
import sys

from . import __version__


def entry() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        print(f"convcalc {__version__}")
        return
    # One short run makes few cycles; looking for them costs more than they take.
    gc.disable()
    from .commands.program import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    entry()
