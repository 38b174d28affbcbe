"""A row for each combination of parameter values, of one network or of several."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from types import MappingProxyType
from typing import NamedTuple

from ..network.distinct_titles import shared_titles
from ..network.loading import Plan
from ..network.model import Network
from ..network.overrides import Overrides, read_input
from ..ops.totals import DEFAULT_DTYPE
from ..reader.spec import INPUT, spec_text
from ..specs.opening import read_plans
from ..text.numbers import is_word, number_text, read_number
from ..text.problems import FileError, SpecError, UsageError
from ..text.wording import quoted

MOST_WITHOUT_ASKING = 1_000_000  # combinations
MOST_VALUES = 10_000_000  # in a range


class Bounds(NamedTuple):
    """The most and the least that a row may have, by the total's name."""

    most: Mapping[str, int] = MappingProxyType({})
    least: Mapping[str, int] = MappingProxyType({})

    def hold(self, totals: Mapping[str, int]) -> bool:
        return all(totals[name] <= limit for name, limit in self.most.items()) and all(
            totals[name] >= limit for name, limit in self.least.items()
        )

    def __bool__(self) -> bool:
        return bool(self.most or self.least)

    @property
    def names(self) -> list[str]:
        """The totals that are limited."""
        return [*self.most, *self.least]


class NextValue(NamedTuple):
    """The next larger listed value, how far it is above each limit, and why it may be no network."""

    value: str
    over: Mapping[str, int]
    error: str = ""


class SweepRow(NamedTuple):
    """One combination of swept values, and what the network then costs.

    It has no totals where the values make no network, or where no value that was tried fits.
    """

    swept: "Swept"
    values: Mapping[str, str]
    network: Network | None
    totals: Mapping[str, int]
    fault: SpecError | FileError | None = None  # why the values make no network
    unfit: str = ""  # the parameter of which no value fits
    left: Mapping[str, int] = MappingProxyType({})  # up to the limits that it was fitted into
    types: Mapping[str, str] = MappingProxyType({})  # of elements, by the limits in bytes
    next: NextValue | None = None  # of the parameter that was fitted

    @property
    def error(self) -> str | None:
        """Why there are no totals."""
        if isinstance(self.fault, SpecError):
            return self.fault.problems[0].message
        if self.fault:
            return self.fault.faults[0][1]
        return f"no {self.unfit} that is listed fits" if self.unfit else None


class Swept(NamedTuple):
    """A network, and the values of the swept parameters that it has."""

    plan: Plan
    overrides: Overrides
    values: Mapping[str, "Values"]
    called: str = ""  # what tells it apart from another of the same name

    @property
    def title(self) -> str:
        """`name#variant@res=160`, with the values that are not swept and not the file's own."""
        return self.called or self._spec(self.plan.name)

    @property
    def spec(self) -> str:
        """The title with the file as it was given instead of the name."""
        return self._spec(self.plan.source.given)

    def _spec(self, name: str) -> str:
        return spec_text(name, self.plan.variant, self.plan.changes(self.overrides))

    @property
    def parameters(self) -> Mapping[str, str]:
        """The values of all its parameters, before any is swept, and its input where that is."""
        own = self.plan.parameters(self.overrides)
        return {**own, INPUT: self.plan.input_text(self.overrides)} if INPUT in self.values else own

    def network(self, values: Mapping[str, str]) -> Network:
        """The network with these values; raises SpecError, and FileError of a model file."""
        if INPUT not in values:
            parameters = {**self.overrides.parameters, **values}
            return self.plan.network(self.overrides._replace(parameters=parameters))
        own = self.overrides.with_values(values)
        (plan,) = read_plans(self.plan.source, self.plan.variant, own.input_shape)
        return plan.network(own)

    @property
    def combinations(self) -> int:
        return prod(len(values) for values in self.values.values())


def told_apart(networks: Sequence[Swept]) -> list[Swept]:
    """The networks; where two of different files have one title, their SPECs are their titles."""
    shared = shared_titles((one.title, one.plan.source.given) for one in networks)
    return [one._replace(called=one.spec) if one.title in shared else one for one in networks]


class Sweep(NamedTuple):
    """The networks that are swept, and the values of each parameter, in the order they were given."""

    networks: Sequence[Swept]
    values: Mapping[str, "Values"]
    aux: bool = False
    dtype: str = DEFAULT_DTYPE
    bounds: Bounds = Bounds()
    shows_bytes: bool = False  # of weights, whether they are limited or not

    @property
    def combinations(self) -> int:
        return sum(one.combinations for one in self.networks)

    def rows(self) -> Iterator[SweepRow]:
        """The rows, one by one, without keeping them; the last parameter changes fastest."""
        for one in self.networks:
            for combination in _combinations(list(one.values.values())):
                yield self.row(one, dict(zip(one.values, combination, strict=True)))

    def row(self, one: Swept, values: Mapping[str, str]) -> SweepRow:
        try:
            network = one.network(values)
        except (SpecError, FileError) as fault:
            return SweepRow(one, values, None, {}, fault)
        return SweepRow(one, values, network, network.totals(self.aux, self.dtype))

    def own_row(self, one: Swept) -> SweepRow | None:
        """The network with the values that are not swept; None where these make no network."""
        row = self.row(one, {name: one.parameters[name] for name in one.values})
        return None if row.fault else row

    def raise_if_none(self) -> None:
        """Where no combination makes a network, raise what is wrong with the first."""
        first = None
        for row in self.rows():
            if row.fault is None:
                return
            first = first or row.fault
        if first:
            raise first


def _combinations(values: Sequence["Values"]) -> Iterator[tuple[str, ...]]:
    """Every combination. There may be millions of the first values, so these are made one by one."""
    if not values:
        yield ()
        return
    first, *others = values
    rest = list(map(tuple, others))
    for value in first:
        for combination in product(*rest):
            yield value, *combination


class Values:
    """The values of a parameter, made as they are needed."""

    def __init__(self, name: str, text: str) -> None:
        read = _read_shape if name == INPUT else _read_part
        self.parts = [read(name, part) for part in text.split(",")]

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    def __iter__(self) -> Iterator[str]:
        for part in self.parts:
            yield from part

    @property
    def word(self) -> str | None:
        """The first value that is a word, or a shape; None where all are numbers."""
        return next((part[0] for part in self.parts if isinstance(part, list)), None)


def _read_shape(name: str, text: str) -> list[str]:
    read_input(text, name)
    return [text]


def _read_part(name: str, text: str) -> "list[str] | _Range":
    """A single word, or numbers."""
    if ".." in text or not is_word(text):
        return _Range.read(name, text)
    return [text]


class _Range:
    """`128..224..32`, with its end if a step meets it, or a single number."""

    def __init__(self, start: Fraction, step: Fraction, length: int) -> None:
        self.start = start
        self.step = step
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[str]:
        return (number_text(self.start + place * self.step) for place in range(self.length))

    @classmethod
    def read(cls, name: str, text: str) -> "_Range":
        try:
            start, *rest = [read_number(number) for number in text.split("..")]
            end, step = (*rest, *(start, Fraction(1))[len(rest) :])
        except ValueError:
            what = "a number such as 0.5, a range such as 128..224..32, or a word such as relu"
            raise UsageError(f"{name} must be {what}, not {quoted(text)}{_range_hint(text)}") from None
        if step == 0 or (len(rest) == 1 and (end - start).denominator > 1):
            raise UsageError(f"{quoted(text)} needs a step such as 0.25..1..0.25")
        length = abs(end - start) // step + 1
        if length > MOST_VALUES:
            raise UsageError(f"{quoted(text)} has {length:,} values; at most {MOST_VALUES:,}")
        return cls(start, step if end >= start else -step, length)


def _range_hint(text: str) -> str:
    """What to write for `1-10`, `1:10` and for values with spaces behind their commas."""
    if not text:
        return "; no space stands behind a comma"
    dotted = re.sub(r"[-:]", "..", text)
    is_range = dotted != text and re.fullmatch(r"[0-9.]+[0-9]", dotted)
    return f"; write {dotted}" if is_range else ""


def _plainly(values: str) -> str:
    """The values without the brackets and signs that other languages write lists with."""
    plain = re.sub(r"[;\s]+|\s*,\s*", ",", values.strip("[](){}'\" "))
    return plain if re.fullmatch(r"[\w.,]+", plain) else values


def read_values(texts: Iterable[str]) -> dict[str, Values]:
    """`alpha=0.25,0.5` and `res=128..224..32` by name; raises UsageError."""
    swept: dict[str, Values] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or not name:
            raise UsageError(f"sweep needs NAME=VALUES such as alpha=0.25,0.5,1, not {quoted(text)}")
        if name in swept:
            raise UsageError(f"{name} is given twice; write {name}={values},...")
        if (plain := _plainly(values)) != values:
            raise UsageError(f"write {name}={plain}, not {quoted(text)}")
        swept[name] = Values(name, values)
    return swept
