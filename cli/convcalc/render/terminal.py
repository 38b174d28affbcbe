"""How wide a stream is, and whether it has colours."""

import os
from typing import IO, Any, NamedTuple

_LEAST_COLUMNS = 20  # a narrower COLUMNS is a slip


class Screen(NamedTuple):
    """`width` is None where lines may be as long as they are."""

    width: int | None
    colour: bool


FILE = Screen(width=None, colour=False)


def screen_of(stream: IO[Any]) -> Screen:
    """What a stream is, and what the environment asks for."""
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
