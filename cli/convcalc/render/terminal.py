"""How wide a stream is, and whether and how it has colours."""

import os
from typing import IO, Any, NamedTuple

from ..text.cells import columns_of

_LEAST_COLUMNS = 20  # a narrower COLUMNS is a slip


class Screen(NamedTuple):
    """A stream to write on; `width` is None where lines may have any length."""

    width: int | None
    colour: bool


FILE = Screen(width=None, colour=False)

_CODES = {"bold": "1", "red": "1;31", "yellow": "1;33"}


def screen_of(stream: IO[Any], colour: bool | None = None) -> Screen:
    """The width and colour of a stream, as the environment or `colour` (the command line) asks."""
    is_terminal = stream.isatty()
    has_colour = _has_colour(is_terminal) if colour is None else colour
    return Screen(_width(stream, is_terminal), has_colour)


def painted(text: str, style: str, colour: bool) -> str:
    """The text in bold, or in a bold colour."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colour else text


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


def wrap(text: str, width: int, initial_indent: str = "", subsequent_indent: str = "") -> list[str]:
    """The text in lines of at most that width, each broken between words."""
    from textwrap import TextWrapper  # which a machine format does not need

    wrapper = TextWrapper(width, initial_indent, subsequent_indent)
    wrapper.break_on_hyphens = wrapper.break_long_words = False
    return wrapper.wrap(text)


def heading_lines(heading: str, width: int | None) -> list[str]:
    """The parts of the heading, as many on a line as fit."""
    lines = [""]
    for part in heading.split("   "):
        joined = f"{lines[-1]}   {part}" if lines[-1] else part
        if width is None or not lines[-1] or columns_of(joined) < width:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines
