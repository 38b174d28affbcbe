"""The kinds of value that an option can have: how one is read, shown and described."""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from ..text.numbers import MAX_NUMBER, number_text, read_number

MAX_SIZE = 10**12

Pair = tuple[int, int]  # height, width
Padding = str | Pair  # "same", or zeros per side

_WHOLE = re.compile(r"([0-9]+)(?:\.0+)?")


class Numbers(NamedTuple):
    """The numbers that a kind has among its values."""

    least: int
    most: int
    whole: bool


class Kind(NamedTuple):
    """A kind of value. `read` and `read_named` raise ValueError where a text is not of it."""

    expects: str
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    read_named: Callable[[str], Any]  # the form that `option=value` and a mapping also allow
    words: tuple[str, ...] = ()  # the values that are words
    numbers: Numbers | None = None  # those that are numbers, or height x width of such
    is_pair: bool = False  # whether it may be spelled out as [height, width]


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

    @lru_cache(maxsize=256)  # few kernels and strides are in use
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


def _read_share(text: str) -> Fraction:
    number = read_number(text)
    if number > 1:
        raise ValueError(text)
    return number


def _word(words: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return read


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


def _sizes(least: int) -> Kind:
    """Whole numbers."""
    read = _whole(least)
    expects = f"a whole number from {least} to 10^12"
    return Kind(expects, read, str, read, numbers=Numbers(least, MAX_SIZE, whole=True))


def _pairs(
    expects: str,
    least: int,
    show: Callable[[Any], str],
    read: Callable[[str], Any] | None = None,
    read_named: Callable[[str], Any] | None = None,
    words: tuple[str, ...] = (),
) -> Kind:
    """Whole numbers of which there is one for the height and one for the width."""
    named = read_named or _pair_or_one(least)
    numbers = Numbers(least, MAX_SIZE, whole=True)
    return Kind(expects, read or named, show, named, words, numbers, is_pair=True)


def _words(expects: str, *words: str) -> Kind:
    read = _word(words)
    return Kind(expects, read, str, read, words)


def _decimals(expects: str, read: Callable[[str], Any], most: int) -> Kind:
    return Kind(expects, read, number_text, read, numbers=Numbers(0, most, whole=False))


_TRUTHS = ("true", "false")


def _read_flag(text: str) -> bool:
    return _word(_TRUTHS)(text) == "true"


SIZE = _sizes(1)
NATURAL = _sizes(0)
KERNEL = _pairs("a kernel such as 3x3 or 1x7", 1, _show_pair, read=_pair(1))
STEPS = _pairs("a whole number from 1 such as 2, or height x width such as 2x1", 1, _show_steps)
PADDING = _pairs(
    '"same", "valid", or zeros per side such as 1 or 1x0',
    0,
    _show_padding,
    read_named=_read_padding,
    words=("same", "valid"),
)
ZEROS = _pairs("zeros per side such as 1 or 1x0", 0, _show_steps)
FLAG = Kind("true or false", _read_flag, _show_flag, _read_flag, _TRUTHS)
NUMBER = _decimals("a number such as 0.75", read_number, MAX_NUMBER)
SHARE = _decimals("a number from 0 to 1", _read_share, 1)
NEAREST = _words('"nearest"', "nearest")


class Option(NamedTuple):
    """What an option of an operation may be; without a default it must be given."""

    kind: Kind
    default: Any

    @property
    def is_required(self) -> bool:
        return self.default is None

    @property
    def default_text(self) -> str | None:
        """The default as it is written."""
        return None if self.is_required else self.kind.show(self.default)


def option(kind: Kind, default: Any = None) -> Any:
    """An option in the body of an operation's class, whose instances have a value in its place."""
    return Option(kind, default)
