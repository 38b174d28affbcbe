"""Exact numbers: read from text, kept as fractions, written back without rounding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

MAX_NUMBER = 10**18  # for numerators and denominators
VALUE_EXPECTED = "a number such as 1 or 0.75, up to 10^18, or one word such as relu or 3x3"

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
# A word does not begin like a number: 1e3, 0x10, -1 and 10,000 are slips.
VALUE_WORD = r"[A-Za-z_][^\s$(){}\[\],]{0,127}|[1-9][0-9]*x[0-9x/]+"
UNITS = {"k": 10**3, "M": 10**6, "G": 10**9}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
BYTE_UNITS = {name + end: size for end in ("", "B") for name, size in (UNITS | _BINARY).items()}
# How else people write a limit. A `B` alone may be bytes or a billion.
_SLIP = r"(?:<=?|≤)? ?([0-9.]+) ?(?:([kmg]i?)b?)?"
_BETWEEN_THOUSANDS = r"[,_](?=[0-9]{3}(?![0-9]))"
_WRITTEN = {unit.lower(): unit for unit in ("", *BYTE_UNITS)}
_LONGEST = 40  # characters; more digits than any number within the limit needs


def read_number(text: str) -> Fraction:
    """`12` or `0.35` as a fraction; ValueError for any other notation or beyond the limit."""
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        raise ValueError(text)
    number = Fraction(text)
    if not is_bounded(number):
        raise ValueError(text)
    return number


def is_value(text: str) -> bool:
    """Whether the text may be a parameter's value: a number within the limit, or one word."""
    try:
        read_number(text)
    except ValueError:
        return is_word(text)
    return True


def is_word(text: str) -> bool:
    """Whether the text is one word. What only looks like a number is none."""
    return bool(re.fullmatch(VALUE_WORD, text))


def read_limit(text: str, units: Mapping[str, int] = UNITS) -> int:
    """`170k`, `1.5M` or `2G` as a whole number; ValueError for anything else.

    With the units of bytes also `256Ki`, `2MB` and `2 MB`.
    """
    if not re.fullmatch(limit_pattern(units), text):
        raise ValueError(text)
    number = text.rstrip(" " + "".join(units))
    limit = read_number(number) * units.get(text[len(number) :].strip(), 1)
    if limit.denominator != 1:
        raise ValueError(text)
    return limit.numerator


def limit_pattern(units: Mapping[str, int]) -> str:
    """What a limit looks like; a space may stand before a unit that ends in B."""
    written = "|".join(f" ?{unit}" if unit.endswith("B") else unit for unit in units)
    return rf"[0-9]+(?:\.[0-9]+)?(?:{written})?"


def limit_meant(text: str, units: Mapping[str, int] = UNITS) -> str:
    """`2M` for `2MB`, `<2M` or `2m`, which are no limits; empty where none can be meant."""
    slip = re.fullmatch(_SLIP, re.sub(_BETWEEN_THOUSANDS, "", text), re.IGNORECASE)
    meant = slip[1] + _WRITTEN[(slip[2] or "").lower()] if slip else ""
    try:
        read_limit(meant, units)
    except ValueError:
        return ""
    return meant


def number_of(text: str) -> int | float | str:
    """What a JSON document has for a parameter's value: the number, or the word."""
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def is_bounded(number: Fraction) -> bool:
    """Whether the numerator and the denominator are within 10^18."""
    return abs(number.numerator) <= MAX_NUMBER and number.denominator <= MAX_NUMBER


def number_text(number: Fraction) -> str:
    """The decimal notation of a number; raises ValueError where its digits have no end."""
    if number.denominator == 1:
        return str(number.numerator)
    places = next((n for n in range(1, 64) if 10**n % number.denominator == 0), None)
    if places is None:
        raise ValueError(number)
    digits = f"{abs(number.numerator) * 10**places // number.denominator:0{places + 1}d}"
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
