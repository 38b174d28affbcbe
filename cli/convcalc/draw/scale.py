"""From values to places on an axis, with its ticks at round numbers."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import log10
from typing import NamedTuple

from ..text.numbers import UNITS, number_text
from .plot import Axis

_ROUND = (1, 2, 5)  # and these times powers of ten
_LEAST_RATIO = 3  # between the largest and the smallest value of a logarithmic axis
_MOST_TICKS = 6
_MARGIN = Fraction(1, 20)  # of an axis, beside the first and the last value


class AxisScale(NamedTuple):
    """The range of an axis, as exponents of ten where it is logarithmic."""

    low: Fraction
    high: Fraction
    is_log: bool
    ticks: Sequence[tuple[Fraction, str]]

    def place(self, value: Fraction, length: int) -> int:
        """Where a value stands on an axis of so many places, from 0 on."""
        at = _exponent(value) if self.is_log else value
        return round((at - self.low) / (self.high - self.low) * (length - 1))


def scale_of(axis: Axis, values: Sequence[Fraction]) -> AxisScale:
    """The scale on which these values have room."""
    if axis.ticks:
        listed = [value for value, _ in axis.ticks]
        low, high = min(*values, *listed), max(*values, *listed)
        return AxisScale(*_widened(low, high), False, axis.ticks)
    low, high = min(values), max(values)
    if axis.may_be_log and low > 0 and high >= _LEAST_RATIO * low:
        start, stop = _widened(_exponent(low), _exponent(high))
        ticks = _ratio_ticks(Fraction(10 ** float(start)), Fraction(10 ** float(stop)))
        return AxisScale(start, stop, True, [(tick, tick_text(tick)) for tick in ticks])
    if not axis.may_be_log:
        low = min(low, Fraction(0))
    step = round_step((high - low) or abs(high) or Fraction(1))
    if all(value.denominator == 1 for value in values):
        step = max(step, Fraction(1))
    first, last = low // step, -(-high // step)
    last += first == last
    ticks = [step * number for number in range(first, last + 1)]
    return AxisScale(ticks[0], ticks[-1], False, [(tick, tick_text(tick)) for tick in ticks])


def round_step(span: Fraction) -> Fraction:
    """The smallest of 1, 2, 5, 10, ... of which not too many fill the span."""
    power = Fraction(10) ** (len(str(int(span))) - 1)
    while power * _MOST_TICKS > span:
        power /= 10
    return next(step for step in _steps(power) if step * _MOST_TICKS >= span)


def _steps(power: Fraction) -> Iterator[Fraction]:
    while True:
        yield from (power * number for number in _ROUND)
        power *= 10


def _ratio_ticks(low: Fraction, high: Fraction) -> list[Fraction]:
    """Round numbers between two values: 1, 2, 5, 10, ..., or more or fewer of them."""
    start = Fraction(10) ** int(_exponent(low) - 1)
    found: list[Fraction] = []
    for step in _steps(start):
        if step > high:
            break
        if step >= low:
            found.append(step)
    if len(found) < 3:
        step = round_step(high - low)
        return [step * number for number in range(-(-low // step), high // step + 1)]
    if len(found) > _MOST_TICKS:
        powers = [tick for tick in found if set(str(tick)) <= set("10/")]
        return powers[:: -(-len(powers) // _MOST_TICKS)]
    return found


def _exponent(value: Fraction) -> Fraction:
    # Ten digits are more than any picture shows, and the same on every machine.
    return Fraction(round(log10(value), 10))


def _widened(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    margin = ((high - low) or abs(high) or Fraction(1)) * _MARGIN
    return low - margin, high + margin


def tick_text(value: Fraction) -> str:
    """`1.5M`"""
    unit = next((unit for unit, size in reversed(UNITS.items()) if abs(value) >= size), "")
    return number_text(value / UNITS.get(unit, 1)) + unit
