"""What the command line allows: limits of counts, and how much a figure may grow."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import floor
from typing import NamedTuple

from .errors import UsageError
from .exact import read_limit, read_number
from .lock import FIGURES
from .nodes import quoted
from .words import listed, suggestion


class Growth(NamedTuple):
    """An allowance: so many, or such a part of what there was. `text` is how it is written."""

    text: str = ""
    absolute: int = 0
    relative: Fraction = Fraction(0)

    def limit(self, was: int) -> int:
        """The largest figure that is allowed after `was`."""
        return was + self.absolute + floor(was * self.relative)


NO_GROWTH = Growth()


def read_growth(settings: Iterable[str]) -> dict[str, Growth]:
    """`macs=5%` or `params=10000`, by count; raises UsageError."""
    growth = {}
    for setting in settings:
        count, _, text = setting.partition("=")
        if count not in FIGURES:
            hint = suggestion(count, FIGURES, f"there are {listed(FIGURES)}")
            raise UsageError(f"--max-growth has no count {quoted(count)}{hint}")
        try:
            growth[count] = _read(text)
        except ValueError:
            what = f"--max-growth needs {count}=5% or {count}=10000, not {quoted(setting)}"
            raise UsageError(what) from None
    return growth


def read_maxima(settings: Iterable[str], known: Iterable[str]) -> dict[str, int]:
    """`params=170k`, by count; raises UsageError."""
    maxima = {}
    for setting in settings:
        count, _, text = setting.partition("=")
        if count not in known:
            hint = suggestion(count, known, f"there are {listed(known)}")
            raise UsageError(f"--max has no count {quoted(count)}{hint}")
        try:
            maxima[count] = read_limit(text)
        except ValueError:
            what = (
                f"--max needs {count}=170000, or a limit such as 170k, 1.5M or 2G, not {quoted(setting)}"
            )
            raise UsageError(what) from None
    return maxima


def _read(text: str) -> Growth:
    if text.endswith("%"):
        return Growth(text, relative=read_number(text[:-1].rstrip()) / 100)
    return Growth(text, absolute=read_limit(text))
