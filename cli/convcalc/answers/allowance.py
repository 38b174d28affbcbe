"""What the command line allows: limits of counts, and how much a figure may grow."""

from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from math import floor
from typing import NamedTuple, TypeVar

from ..text.numbers import read_limit, read_number
from ..text.problems import UsageError
from ..text.wording import listed, quoted, suggestion
from .lock import FIGURES

Value = TypeVar("Value")


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
    return _read_each("--max-growth", settings, FIGURES, _growth, "{0}=5% or {0}=10000")


def read_maxima(settings: Iterable[str], known: Collection[str]) -> dict[str, int]:
    """`params=170k`, by count; raises UsageError."""
    needs = "{0}=170000, or a limit such as 170k, 1.5M or 2G"
    return _read_each("--max", settings, known, read_limit, needs)


def _read_each(
    option: str,
    settings: Iterable[str],
    known: Collection[str],
    read: Callable[[str], Value],
    needs: str,
) -> dict[str, Value]:
    """What follows the `=` of each setting, by what stands before it."""
    values: dict[str, Value] = {}
    for setting in settings:
        count, _, text = setting.partition("=")
        if count not in known:
            hint = suggestion(count, known, f"there are {listed(known)}")
            raise UsageError(f"{option} has no count {quoted(count)}{hint}")
        if count in values:  # the last would hide the others
            raise UsageError(f"{option} is given twice for {count}")
        try:
            values[count] = read(text)
        except ValueError:
            what = f"{option} needs {needs.format(count)}, not {quoted(setting)}"
            raise UsageError(what) from None
    return values


def _growth(text: str) -> Growth:
    if text.endswith("%"):
        return Growth(text, relative=read_number(text[:-1].rstrip()) / 100)
    return Growth(text, absolute=read_limit(text))
