"""`python -m convcalc` and the console script."""

from __future__ import annotations

import gc
import sys

from . import __version__

_ALLOCATIONS = 100_000  # between two looks


def entry() -> None:
    """Run the command line and exit with its code."""
    # A run makes few reference cycles; to look for them often costs more than to keep them.
    gc.set_threshold(_ALLOCATIONS)
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:  # while the program is still being imported
        code = 130
    # Nor need the interpreter look through all that was imported when it ends.
    gc.freeze()
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"] and _said_version():
        return 0
    import signal

    from .commands.program import main
    from .text import output as streams

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _terminate)
    streams.open_missing()
    return main(arguments)


def _terminate(number: int, frame: object) -> None:
    """End by an exception, so that cleaning up leaves no half-written file."""
    sys.exit(128 + number)


def _said_version() -> bool:
    """Print the version before anything is imported. If that fails, the program tries and reports it."""
    try:
        print(f"convcalc {__version__}", flush=True)
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    entry()
