"""A row for each combination of parameter values."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import prod
from typing import NamedTuple

from ..network.loading import Plan
from ..network.overrides import Overrides
from ..network.totals import DEFAULT_DTYPE, totals_of
from ..ops.shapes import Shape
from ..text.numbers import number_text, read_number
from ..text.problems import SpecError, UsageError
from ..text.wording import quoted

MOST_WITHOUT_ASKING = 1_000_000  # combinations
MOST_VALUES = 10_000_000  # in a range


class SweepRow(NamedTuple):
    """One combination: the swept parameters' values and what the network then costs."""

    values: Mapping[str, str]
    input: Shape
    output: Shape | None
    totals: Mapping[str, int]


class Sweep(NamedTuple):
    """What is swept: each parameter's values, in the order in which they were given."""

    plan: Plan
    values: Mapping[str, "Values"]
    overrides: Overrides
    aux: bool = False
    dtype: str = DEFAULT_DTYPE

    @property
    def combinations(self) -> int:
        return prod(len(values) for values in self.values.values())

    def rows(self) -> Iterator[SweepRow]:
        """Row by row, none of them kept; the last parameter changes fastest.

        Raises SpecError where a combination makes no network.
        """
        for combination in product(*self.values.values()):
            yield self.row(dict(zip(self.values, combination, strict=True)))

    def row(self, values: Mapping[str, str]) -> SweepRow:
        parameters = {**self.overrides.parameters, **values}
        network = self.plan.network(self.overrides._replace(parameters=parameters))
        totals = totals_of(network, self.aux, self.dtype)
        return SweepRow(values, network.input_shape, network.output_shape, totals)

    def own_row(self) -> SweepRow | None:
        """The network with the values that are not swept; None where these make no network."""
        known = self.plan.specification.parameters
        own = {name: self.overrides.parameters.get(name, known[name]) for name in self.values}
        try:
            return self.row(own)
        except SpecError:
            return None


class Values:
    """The values of a parameter, made as they are needed."""

    def __init__(self, name: str, text: str) -> None:
        self.parts = [_Range.read(name, part) for part in text.split(",")]

    def __len__(self) -> int:
        return sum(part.length for part in self.parts)

    def __iter__(self) -> Iterator[str]:
        for part in self.parts:
            yield from (number_text(part.start + place * part.step) for place in range(part.length))


class _Range(NamedTuple):
    """`128..224..32`, the end included where a step meets it, or a single number."""

    start: Fraction
    step: Fraction
    length: int

    @classmethod
    def read(cls, name: str, text: str) -> "_Range":
        try:
            start, *rest = [read_number(number) for number in text.split("..")]
            end, step = (*rest, *(start, Fraction(1))[len(rest) :])
        except ValueError:
            what = "a number such as 0.5, or a range such as 128..224..32"
            raise UsageError(f"{name} must be {what}, not {quoted(text)}") from None
        if step == 0 or (len(rest) == 1 and (end - start).denominator > 1):
            raise UsageError(f"{quoted(text)} needs a step such as 0.25..1..0.25")
        length = abs(end - start) // step + 1
        if length > MOST_VALUES:
            raise UsageError(f"{quoted(text)} has {length:,} values; at most {MOST_VALUES:,}")
        return cls(start, step if end >= start else -step, length)


def read_values(texts: Iterable[str]) -> dict[str, Values]:
    """`alpha=0.25,0.5` and `res=128..224..32` by name; raises UsageError."""
    swept: dict[str, Values] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or not name:
            raise UsageError(f"sweep needs NAME=VALUES such as alpha=0.25,0.5,1, not {quoted(text)}")
        if name in swept:
            raise UsageError(f"{name} is given twice; write {name}={values},...")
        swept[name] = Values(name, values)
    return swept
