"""Explain a quoted number: which way of counting, at which input size or batch, gives it."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from fractions import Fraction
from itertools import chain
from math import ceil, floor
from typing import NamedTuple

from ..network.model import Network
from ..ops.shapes import Shape
from ..text.numbers import MAX_NUMBER, UNITS
from ..text.problems import UsageError
from ..text.wording import quoted
from .forgotten_defaults import Mended, mended
from .reconcile import Figure, reconcile

# The usual sizes of image classifiers, and the batches for which figures are often printed.
USUAL_SIZES = (192, 224, 227, 256, 299, 320, 384, 448, 512)
BATCHES = (2, 4, 8, 16, 32, 64)

_NUMBER = re.compile(r"([0-9]{1,40}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,40}))?([kMG]?)")
_MOST_NEAR = 3

# The network with another input, and with another `defaults:` line; None where that is no network.
Retry = Callable[[Shape | None, str], Network | None]


class Claim(NamedTuple):
    """A number as written: `decimals` of `unit`, which is 1 for an exact number."""

    text: str
    value: Fraction
    unit: str
    decimals: int

    @property
    def half(self) -> Fraction:
        """Half of the last decimal place, by which a number that is written like this may be off."""
        return Fraction(UNITS[self.unit], 2 * 10**self.decimals) if self.unit else Fraction(0)

    @property
    def low(self) -> int:
        return ceil(self.value - self.half)

    @property
    def high(self) -> int:
        return floor(self.value + self.half)

    def has(self, number: int) -> bool:
        """Whether the claim may mean this number."""
        return self.low <= number <= self.high

    def hundredths_off(self, number: int) -> int:
        """How far off the number is, in hundredths of a percent."""
        return floor(abs(number - self.value) / self.value * 10_000 + Fraction(1, 2))

    def quoted(self, number: int) -> str:
        """Another number, written like the claim and rounded half up."""
        if not self.unit:
            return f"{number:,}"
        steps = floor(Fraction(number * 10**self.decimals, UNITS[self.unit]) + Fraction(1, 2))
        whole, rest = divmod(steps, 10**self.decimals)
        return f"{whole}.{rest:0{self.decimals}d}{self.unit}" if self.decimals else f"{whole}{self.unit}"


def read_claim(text: str) -> Claim:
    """`1.51G`, or an exact whole number; raises UsageError."""
    found = _NUMBER.fullmatch(text.strip())
    if found:
        whole, decimals, unit = found[1].replace(",", ""), found[2] or "", found[3]
        value = Fraction(f"{whole}.{decimals}" if decimals else whole) * (UNITS[unit] if unit else 1)
        claim = Claim(text.strip(), value, unit, len(decimals))
        if 0 < value <= MAX_NUMBER and claim.low <= claim.high:
            return claim
    what = "a number such as 1.51G, 25.6M or 1498376192, more than 0 and up to 10^18"
    raise UsageError(f"--claim must be {what}, not {quoted(text)}{_unit_hint(text)}")


_SLIP = r"(?:\s*[A-Za-z-]+\s*[=:])?\s*([0-9.]+)\s*([kKMmGg]?)[A-Za-z-]*\s*"


def _unit_hint(text: str) -> str:
    """What to write for `4.1`, whose unit is missing, for `4.1 GFLOPs` and for `macs=4.1G`."""
    if not (
        found := re.fullmatch(r"(?:\s*[A-Za-z-]+\s*[=:])?\s*([0-9.]+)\s*([kKMmGg]?)[A-Za-z-]*\s*", text)
    ):
        return ""
    if not found[2]:
        return f"; write {found[1]}G or {found[1]}M" if "." in found[1] else ""
    return f"; write {found[1]}{found[2].upper().replace('K', 'k')}"


class Counter(NamedTuple):
    """Who counts: a tool, or convcalc itself."""

    key: str
    name: str


_OWN = Counter("convcalc", "convcalc")
_WITH_BUFFERS = Counter("params_and_buffers", "params + buffers")


class Reading(NamedTuple):
    """A number that the claim may mean; counters that agree on it share one reading."""

    counters: tuple[Counter, ...]
    number: int
    unit: str  # "multiply-adds", "FLOPs" or "params": what it counts in truth
    times: int  # how often what the counter prints is taken
    figure: Figure | None  # None of convcalc's own
    input: Shape
    batch: int = 1
    mended: Mended | None = None  # where the network is as the file would be with a line more


class Answer(NamedTuple):
    """The readings that a claim may mean, the closest first; if there are none, the nearest."""

    claim: Claim
    network: Network
    macs: int
    explains: bool
    readings: tuple[Reading, ...]

    @property
    def best(self) -> Reading:
        """Plain multiply-adds if they explain the claim, else the closest reading."""
        plain = (reading for reading in self.readings if not families_of(reading))
        return next(plain, self.readings[0])


def explain_claim(
    claim: Claim,
    network: Network,
    retry: Retry,
    functional: Collection[str] = (),
    aux: bool = False,
) -> Answer:
    """What the claim may count at the network's own size and batch 1.

    If that does not explain it, other sizes and batches are tried, and what a translator from
    PyTorch may have forgotten.
    """
    cost = network.total_with_aux if aux else network.total
    own = [
        *_readings(network, functional, aux),
        *_doubled_readings(network, functional, aux),
        *_params_readings(network, functional, aux),
    ]
    others = chain(
        _resized_readings(network, retry, functional, aux),
        _batch_readings(network, functional, aux),
        _mended_readings(network, retry, aux),
    )
    for readings in (own, others):
        if found := [reading for reading in readings if claim.has(reading.number)]:
            return Answer(claim, network, cost.macs, True, _ranked(claim, found))
    nearest = _ranked(claim, [reading for reading in own if reading.number])[:_MOST_NEAR]
    return Answer(claim, network, cost.macs, False, nearest)


def _ranked(claim: Claim, readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """The closest first, and of equally close ones the plainest; those of one number are joined."""
    merged: dict[tuple[int, Shape, int, str], Reading] = {}
    for reading in readings:
        key = (reading.number, reading.input, reading.batch, reading.unit)
        first = merged.setdefault(key, reading._replace(counters=()))
        merged[key] = first._replace(counters=(*first.counters, *reading.counters))

    def rank(reading: Reading) -> tuple[int, int, int]:
        slips = reading.mended.slips if reading.mended else ()
        return claim.hundredths_off(reading.number), len(families_of(reading)), len(slips)

    return tuple(sorted(merged.values(), key=rank))


def _readings(network: Network, functional: Collection[str], aux: bool) -> Iterator[Reading]:
    """Every counter's figure for one image."""
    found, shape = reconcile(network, functional, aux), network.input_shape
    yield Reading((_OWN,), found.macs, "multiply-adds", 1, None, shape)
    yield Reading((_OWN,), 2 * found.macs, "FLOPs", 2, None, shape)
    for figure in found.figures:
        if figure.prints is not None:
            unit = "multiply-adds" if figure.convention.multiple == 1 else "FLOPs"
            yield Reading((_counter(figure),), figure.prints, unit, 1, figure, shape)


def _counter(figure: Figure) -> Counter:
    return Counter(figure.convention.key, figure.convention.name)


def _doubled_readings(network: Network, functional: Collection[str], aux: bool) -> Iterator[Reading]:
    """Twice what a counter of multiply-adds prints, as is done to call it FLOPs."""
    for reading in _readings(network, functional, aux):
        if reading.figure is not None and reading.unit == "multiply-adds":
            yield reading._replace(number=2 * reading.number, unit="FLOPs", times=2)


def _params_readings(network: Network, functional: Collection[str], aux: bool) -> Iterator[Reading]:
    cost, shape = network.total_with_aux if aux else network.total, network.input_shape
    yield Reading((_OWN,), cost.params, "params", 1, None, shape)
    if cost.buffers:
        yield Reading((_WITH_BUFFERS,), cost.params + cost.buffers, "params", 1, None, shape)
    for figure in reconcile(network, functional, aux).figures:
        if figure.params is not None:
            yield Reading((_counter(figure),), figure.params, "params", 1, figure, shape)


def _resized_readings(
    network: Network, retry: Retry, functional: Collection[str], aux: bool
) -> Iterator[Reading]:
    if network.input_shape[0] != 3:
        return
    for size in USUAL_SIZES:
        shape = (3, size, size)
        if shape != network.input_shape and (resized := retry(shape, "")) is not None:
            yield from _readings(resized, functional, aux)


def _batch_readings(network: Network, functional: Collection[str], aux: bool) -> Iterator[Reading]:
    for reading in _readings(network, functional, aux):
        if reading.figure is not None and reading.figure.convention.per_batch:
            for batch in BATCHES:
                yield reading._replace(number=batch * reading.number, batch=batch)


def _mended_readings(network: Network, retry: Retry, aux: bool) -> Iterator[Reading]:
    """What the network itself costs, once what may have been forgotten is written."""
    for line in mended(network) if network.model is None else ():
        if (other := retry(None, line.line)) is not None:
            cost = other.total_with_aux if aux else other.total
            for number, unit, times in (
                (cost.params, "params", 1),
                (cost.macs, "multiply-adds", 1),
                (2 * cost.macs, "FLOPs", 2),
            ):
                yield Reading((_OWN,), number, unit, times, None, other.input_shape, mended=line)


def families_of(reading: Reading) -> list[str]:
    """The families that a reading counts beside the multiply-adds."""
    return list(reading.figure.parts) if reading.figure and reading.unit != "params" else []
