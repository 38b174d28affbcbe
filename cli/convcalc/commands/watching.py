"""--watch: run a command again whenever a file that it reads is saved."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NoReturn

import click

from ..reader.spec import split_spec
from ..render.terminal import screen_of
from ..text.output import write
from ..text.problems import ConvcalcError, UsageError
from .inputs import Request
from .program import error_text

_PAUSE = 0.2  # seconds between two looks at the files
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"  # to the first cell; the screen, and what has scrolled out of it

Stamp = tuple[int, int, int]


def watched(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with --watch."""

    @wraps(command)
    def with_watch(request: Request, watch: bool, **others: Any) -> Any:
        if not watch:
            return command(request, **others)
        follow(files_of(request.specs), lambda: command(request._replace(opened={}), **others))

    about = "Do it again whenever a file is saved; Ctrl-C ends it."
    return click.option("--watch", is_flag=True, help=about)(with_watch)


def files_of(specs: Iterable[str]) -> list[str]:
    """The files that SPECs name; raises UsageError where there are none, as nothing could change."""
    names = [split_spec(spec).name for spec in specs]
    files = [name for name in names if os.path.isfile(name)]
    if not files:
        raise UsageError("--watch needs a file that can change, such as net.yaml")
    return files


def follow(files: list[str], show: Callable[[], Any]) -> NoReturn:
    """Show something now and after every change of a file. Errors are shown in its place."""
    while True:
        before = _stamps(files)
        if sys.stdout.isatty():
            write(sys.stdout, [_CLEAR])
        try:
            show()
        except ConvcalcError as error:
            colour = screen_of(sys.stderr, click.get_current_context().color).colour
            write(sys.stderr, [error_text(error, colour)])
        while _stamps(files) == before:
            time.sleep(_PAUSE)


def _stamps(files: list[str]) -> list[Stamp | None]:
    return [_stamp(file) for file in files]


def _stamp(file: str) -> Stamp | None:
    """Numbers that change when a file is saved, in place or by replacing it."""
    try:
        status = os.stat(file)
    except OSError:  # while it is being replaced
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
