"""The kinds of value that an option can have: how one is read, shown and described."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field
from fractions import Fraction
from typing import Any, NamedTuple

from ..exact import number_text, read_number

MAX_SIZE = 10**12

Pair = tuple[int, int]  # height, width
Padding = str | Pair  # "same", or zeros per side

_WHOLE = re.compile(r"([0-9]+)(?:\.0+)?")


class Kind(NamedTuple):
    """A kind of value. `read` and `read_named` raise ValueError where a text is not of it."""

    expects: str
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    read_named: Callable[[str], Any]  # the form that `option=value` and a mapping also allow
    is_pair: bool  # whether it may be spelled out as [height, width]


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if (match := _WHOLE.fullmatch(text)) and len(match[1]) <= len(str(MAX_SIZE)):
            number = int(match[1])
            if least <= number <= MAX_SIZE:
                return number
        raise ValueError(text)

    return read


def _pair(least: int) -> Callable[[str], Pair]:
    """`3x5` as (3, 5)."""
    one = _whole(least)

    def read(text: str) -> Pair:
        height, cross, width = text.partition("x")
        if not cross:
            raise ValueError(text)
        return one(height), one(width)

    return read


def _pair_or_one(least: int) -> Callable[[str], Pair]:
    """`3x5` as (3, 5), `3` as (3, 3)."""
    pair = _pair(least)

    def read(text: str) -> Pair:
        return pair(text) if "x" in text else pair(f"{text}x{text}")

    return read


def _read_padding(text: str) -> Padding:
    if text == "same":
        return text
    return (0, 0) if text == "valid" else _pair_or_one(0)(text)


def _read_flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _read_share(text: str) -> Fraction:
    number = read_number(text)
    if number > 1:
        raise ValueError(text)
    return number


def _read_nearest(text: str) -> str:
    if text != "nearest":
        raise ValueError(text)
    return text


def _show_pair(pair: Pair) -> str:
    return f"{pair[0]}x{pair[1]}"


def _show_steps(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else _show_pair(pair)


def _show_padding(padding: Padding) -> str:
    if isinstance(padding, str):
        return padding
    return "valid" if padding == (0, 0) else _show_steps(padding)


def _show_flag(flag: bool) -> str:
    return "true" if flag else "false"


def _kind(
    expects: str,
    read: Callable[[str], Any],
    show: Callable[[Any], str],
    read_named: Callable[[str], Any] | None = None,
    is_pair: bool = False,
) -> Kind:
    return Kind(expects, read, show, read_named or read, is_pair)


SIZE = _kind("a whole number from 1 to 10^12", _whole(1), str)
NATURAL = _kind("a whole number from 0 to 10^12", _whole(0), str)
KERNEL = _kind("a kernel such as 3x3 or 1x7", _pair(1), _show_pair, _pair_or_one(1), is_pair=True)
STEPS = _kind(
    "a whole number from 1 such as 2, or height x width such as 2x1",
    _pair_or_one(1),
    _show_steps,
    is_pair=True,
)
PADDING = _kind(
    '"same", "valid", or zeros per side such as 1 or 1x0', _read_padding, _show_padding, is_pair=True
)
ZEROS = _kind("zeros per side such as 1 or 1x0", _pair_or_one(0), _show_steps, is_pair=True)
FLAG = _kind("true or false", _read_flag, _show_flag)
NUMBER = _kind("a number such as 0.75", read_number, number_text)
SHARE = _kind("a number from 0 to 1", _read_share, number_text)
NEAREST = _kind('"nearest"', _read_nearest, str)


def option(kind: Kind, **default: Any) -> Any:
    """A dataclass field of this kind; without `default=` it must be given."""
    return field(metadata={"kind": kind}, **default)
