"""The kinds of value that an option can have: how one is read, shown and described."""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from ..text.numbers import MAX_NUMBER, number_text, read_number
from .shapes import MOST_AXES

MAX_SIZE = 10**12

# A number for each axis; an int stands for all of them until the input is known.
Sizes = tuple[int, ...]
Padding = str | Sizes  # "same", or zeros per side

_WHOLE = re.compile(r"([0-9]+)(?:\.0+)?")


class Numbers(NamedTuple):
    """The numbers among the values of a kind."""

    least: int
    most: int
    whole: bool


class Kind(NamedTuple):
    """A kind of value. `read` and `read_named` raise ValueError for a text that is none of it."""

    expects: str
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    read_named: Callable[[str], Any]  # the form that `option=value` and a mapping also allow
    words: tuple[str, ...] = ()  # the values that are words
    numbers: Numbers | None = None  # those that are numbers, or such as 3x5 of one for each axis
    per_axis: bool = False  # whether there may be one for each axis


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if (match := _WHOLE.fullmatch(text)) and len(match[1]) <= len(str(MAX_SIZE)):
            number = int(match[1])
            if least <= number <= MAX_SIZE:
                return number
        raise ValueError(text)

    return read


def _sizes_by_place(least: int) -> Callable[[str], Sizes]:
    """`9` as (9,), `3x5` as (3, 5)."""
    one = _whole(least)

    @lru_cache(maxsize=256)  # few kernels and strides are in use
    def read(text: str) -> Sizes:
        sizes = tuple(map(one, text.split("x")))
        if len(sizes) > MOST_AXES:
            raise ValueError(text)
        return sizes

    return read


def _sizes_or_one(least: int) -> Callable[[str], Sizes | int]:
    """`3x5` as (3, 5), `3` as 3 for any number of axes."""
    one, by_place = _whole(least), _sizes_by_place(least)

    def read(text: str) -> Sizes | int:
        return by_place(text) if "x" in text else one(text)

    return read


def _read_padding(text: str) -> Padding | int:
    if text == "same":
        return text
    return 0 if text == "valid" else _sizes_or_one(0)(text)


def _read_offset(text: str) -> str | Sizes | int:
    return text if text == "center" else _sizes_or_one(0)(text)


def _read_name(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


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


def show_sizes(sizes: Sizes | int) -> str:
    """`3x5`, `9`"""
    return str(sizes) if isinstance(sizes, int) else "x".join(map(str, sizes))


def _show_steps(sizes: Sizes | int) -> str:
    is_alike = not isinstance(sizes, int) and len(set(sizes)) == 1
    return show_sizes(sizes).partition("x")[0] if is_alike else show_sizes(sizes)


def _show_padding(padding: Padding | int) -> str:
    if isinstance(padding, str):
        return padding
    shown = _show_steps(padding)
    return "valid" if shown == "0" else shown


def _show_flag(flag: bool) -> str:
    return "true" if flag else "false"


def _size(least: int) -> Kind:
    """Whole numbers."""
    read = _whole(least)
    expects = f"a whole number from {least} to 10^12"
    return Kind(expects, read, str, read, numbers=Numbers(least, MAX_SIZE, whole=True))


def _per_axis(
    expects: str,
    least: int,
    show: Callable[[Any], str],
    read: Callable[[str], Any] | None = None,
    read_named: Callable[[str], Any] | None = None,
    words: tuple[str, ...] = (),
) -> Kind:
    """Whole numbers, one for each axis or one for all."""
    named = read_named or _sizes_or_one(least)
    numbers = Numbers(least, MAX_SIZE, whole=True)
    return Kind(expects, read or named, show, named, words, numbers, per_axis=True)


def _words(expects: str, *words: str) -> Kind:
    read = _word(words)
    return Kind(expects, read, str, read, words)


def _decimals(expects: str, read: Callable[[str], Any], most: int) -> Kind:
    return Kind(expects, read, number_text, read, numbers=Numbers(0, most, whole=False))


_TRUTHS = ("true", "false")


def _read_flag(text: str) -> bool:
    return _word(_TRUTHS)(text) == "true"


SIZE = _size(1)
NATURAL = _size(0)
KERNEL = _per_axis("a kernel such as 3x3 or 1x7", 1, show_sizes, read=_sizes_by_place(1))
STEPS = _per_axis("a whole number from 1 such as 2, or height x width such as 2x1", 1, _show_steps)
PADDING = _per_axis(
    '"same", "valid", or zeros per side such as 1 or 1x0',
    0,
    _show_padding,
    read_named=_read_padding,
    words=("same", "valid"),
)
ZEROS = _per_axis("zeros per side such as 1 or 1x0", 0, _show_steps)
OFFSET = _per_axis(
    '"center", or elements to leave out such as 1 or 1x0',
    0,
    lambda offset: offset if isinstance(offset, str) else _show_steps(offset),
    read_named=_read_offset,
    words=("center",),
)
# An option of this kind has no value where another option stands in for it.
SIZES = _per_axis(
    "a whole number from 1 such as 5, or height x width such as 5x7",
    1,
    lambda sizes: sizes if isinstance(sizes, str) else _show_steps(sizes),
)
NAME = Kind("the name of a layer or group above", _read_name, str, _read_name)
FLAG = Kind("true or false", _read_flag, _show_flag, _read_flag, _TRUTHS)
NUMBER = _decimals("a number such as 0.75", read_number, MAX_NUMBER)
SHARE = _decimals("a number from 0 to 1 such as 0.5", _read_share, 1)
INTERPOLATION = _words('"nearest" or "bilinear"', "nearest", "bilinear")
APPROXIMATION = _words('"none" or "tanh"', "none", "tanh")


class Option(NamedTuple):
    """What an option of an operation may be. One without a default must be given."""

    kind: Kind
    default: Any

    @property
    def is_required(self) -> bool:
        return self.default is None

    @property
    def default_text(self) -> str | None:
        """The default as it is written."""
        return None if self.is_required else self.kind.show(self.default)


def side_by_side(*values: Sizes | int) -> Iterator[Sizes]:
    """The numbers of several options axis by axis, as far as the axes are known."""
    known = [len(value) for value in values if isinstance(value, tuple)]
    count = min(known, default=1)
    return zip(
        *((value,) * count if isinstance(value, int) else value for value in values), strict=False
    )


def option(kind: Kind, default: Any = None) -> Any:
    """Declare an option in an operation's class; an instance has the value under the same name."""
    return Option(kind, default)
