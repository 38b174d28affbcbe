"""Where text goes: a terminal, a pipe or a file; how wide it is and which characters it takes."""

from __future__ import annotations

import os
import stat
from typing import IO, Any, NamedTuple

from ..errors import UsageError
from .glyphs import to_ascii

_LEAST_COLUMNS = 20  # a narrower COLUMNS is a slip


class Screen(NamedTuple):
    """`width` is None where lines may be as long as they are."""

    width: int | None
    colour: bool


FILE = Screen(width=None, colour=False)


def screen_of(stream: IO[Any]) -> Screen:
    """The width and colour of a stream, by what it is and what the environment asks for."""
    is_terminal = stream.isatty()
    return Screen(_width(stream, is_terminal), _has_colour(is_terminal))


def _width(stream: IO[Any], is_terminal: bool) -> int | None:
    if is_terminal:
        try:
            columns = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        if columns > 0:
            return columns
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() and int(asked) >= _LEAST_COLUMNS else None


def _has_colour(is_terminal: bool) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced:
        return forced.lower() not in ("0", "false")
    return is_terminal and os.environ.get("TERM") != "dumb"


def write(stream: Any, text: str) -> None:
    """Write all of the text, in ASCII where the stream cannot encode it.

    Raises BrokenPipeError where nobody reads any more, UsageError where it cannot be written.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        data = text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        data = to_ascii(text).encode(encoding, "replace")
    try:
        stream.flush()
        _write_all(stream.buffer, data)
        stream.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write the output: {_reason(error)}") from None


def _write_all(binary: Any, data: bytes) -> None:
    """An unbuffered stream (PYTHONUNBUFFERED) may take only a part at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[binary.write(rest) :]


def write_file(path: str, text: str) -> None:
    """Write a file as a whole or not at all; raises UsageError.

    The text goes to a file beside it, which then takes its place, so that neither a full disk nor
    a second process leaves half of it.
    """
    data = text.encode("utf-8", "surrogateescape")
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            with open(target, "wb") as file:
                file.write(data)
            return
        _replace(target, data)
    except OSError as error:
        raise UsageError(f'cannot write "{path}": {_reason(error)}') from None


def _replace(target: str, data: bytes) -> None:
    folder, name = os.path.split(target)
    beside = os.path.join(folder, f".{name[:200]}.{os.getpid()}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(data)
        if os.path.exists(target):
            os.chmod(beside, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(beside, target)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
