"""A plot: curves over two axes, before anything has a place."""

from fractions import Fraction
from typing import NamedTuple


class Spot(NamedTuple):
    """A point of a curve. `text` says exactly what it is, for who asks for more than it shows."""

    x: Fraction
    y: Fraction
    text: str
    is_own: bool = False  # whether it is the file's own network


class Curve(NamedTuple):
    """Points with lines between neighbours, unless what is between them means nothing; None is a gap."""

    name: str
    spots: tuple[Spot | None, ...]
    has_line: bool = True


class Axis(NamedTuple):
    """`ticks` are the values that are listed on it, with their texts; without any there are round ones.

    An axis that may be logarithmic is so where its values differ much; another one without listed
    values starts at zero.
    """

    title: str
    ticks: tuple[tuple[Fraction, str], ...] = ()
    may_be_log: bool = False


class Plot(NamedTuple):
    x: Axis
    y: Axis
    curves: tuple[Curve, ...]

    @property
    def spots(self) -> list[Spot]:
        """All points that there are."""
        return [spot for curve in self.curves for spot in curve.spots if spot]
