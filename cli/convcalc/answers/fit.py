"""The largest value of a parameter with which a network stays within limits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

from ..language.budget import Rule
from ..network.loading import Siblings
from ..network.model import Network
from ..network.overrides import Overrides
from ..ops.totals import BYTES_OF
from ..text.numbers import read_number
from ..text.problems import SpecError, UsageError
from ..text.wording import quoted
from .check import ERROR, judge, report_unknown_parts
from .sweep import NextValue, Sweep, SweepRow, Swept


class Room(NamedTuple):
    """What is left of each limit, negative where it is broken, and whether all limits hold.

    `used` is what the limits were held against, `types` the types of elements whose bytes that is.
    """

    used: Mapping[str, int]
    left: Mapping[str, int]
    types: Mapping[str, str]
    is_enough: bool


Judge = Callable[[SweepRow], Room]


def limited(sweep: Sweep) -> list[str]:
    """The totals that are limited, in order.

    Raises UsageError where neither the command line nor a file limits any.
    """
    if sweep.bounds.most:
        return list(sweep.bounds.most)
    rules = [rule for one in sweep.networks for rule in _limits(one)]
    if not rules:
        raise UsageError("--fit needs a limit, such as --max macs=300M or a budget in the file")
    return list(dict.fromkeys(rule.quantity for rule in rules if not rule.part.path))


def unlimited(sweep: Sweep) -> list[str]:
    """The networks that nothing limits, so that the largest value is simply the largest listed."""
    return [] if sweep.bounds.most else [one.title for one in sweep.networks if not _limits(one)]


def _limits(one: Swept) -> list[Rule]:
    rules = one.plan.specification.budget
    return [rule for rule in rules if rule.bound == "max" and rule.level == ERROR]


def fitted(sweep: Sweep, name: str) -> Iterator[SweepRow]:
    """For each combination of the other values, the largest value of `name` that fits.

    Raises UsageError where a value is a word, because no word is the largest.
    """
    if word := sweep.values[name].word:
        what = f"--fit needs numbers, of which one is the largest; {name} may be {quoted(word)}"
        raise UsageError(f"{what}, and each word has a row without --fit")
    largest_first = sorted(sweep.values[name], key=read_number, reverse=True)
    for one in sweep.networks:
        room_of = _judge(sweep, one)
        tried = largest_first if name in one.values else [None]
        others = {other: values for other, values in one.values.items() if other != name}
        for combination in product(*others.values()):
            values = dict(zip(others, combination, strict=True))
            yield _largest(sweep, one, values, name, tried, room_of)


def _largest(
    sweep: Sweep,
    one: Swept,
    values: Mapping[str, str],
    name: str,
    tried: Sequence[str | None],
    room_of: Judge,
) -> SweepRow:
    faults = []
    above = None
    for value in tried:
        made = sweep.row(one, values if value is None else {**values, name: value})
        row, is_within = _judged(made, room_of)
        if row.fault:
            faults.append(row.fault)
        elif is_within:
            return row._replace(next=above)
        over = {count: -left for count, left in row.left.items() if left < 0}
        above = None if value is None else NextValue(value, over, row.error or "")
    fault = faults[0] if len(faults) == len(tried) else None
    return SweepRow(one, values, None, {}, fault, name)


def _judged(row: SweepRow, room_of: Judge) -> tuple[SweepRow, bool]:
    """The row with what is left of each limit, and whether all hold.

    It has a fault where its budget cannot be judged.
    """
    if row.fault:
        return row, False
    try:
        room = room_of(row)
    except SpecError as fault:
        return row._replace(fault=fault), False
    totals = {**row.totals, **room.used}
    return row._replace(totals=totals, left=room.left, types=room.types), room.is_enough


def _judge(sweep: Sweep, one: Swept) -> Judge:
    bounds = sweep.bounds

    def of_bounds(row: SweepRow) -> Room:
        left = {count: limit - row.totals[count] for count, limit in bounds.most.items()}
        types = {count: sweep.dtype for count in left if count in BYTES_OF}
        return Room({}, left, types, bounds.hold(row.totals))

    def of_budget(row: SweepRow) -> Room:
        room = _budget_room(sweep, row, one.overrides)
        return room._replace(is_enough=room.is_enough and bounds.hold(row.totals))

    return of_bounds if bounds.most else of_budget


def _budget_room(sweep: Sweep, row: SweepRow, overrides: Overrides) -> Room:
    """What is left of the file's own limits, and whether its minima hold too.

    Of a part's limit nothing is told. Raises SpecError where a limit is of a part that these values
    leave out, or of another variant that they make no network.
    """
    assert row.network  # whose totals there are
    own = overrides.with_values(row.values)
    report = row.swept.plan.report.extended()

    def counted(network: Network) -> Network:
        return network.with_side_heads() if sweep.aux else network

    @cache  # it is asked for twice: whether it has the part, and what that costs
    def sibling(variant: str) -> Network:
        return counted(Siblings(row.swept.plan.source, own).network(variant))

    report_unknown_parts(row.network, sibling, report)
    report.raise_any()
    results = judge(counted(row.network), sibling, {}, sweep.dtype)
    budget = [one for one in results if one.relation in ("≤", "≥")]
    whole = [one for one in budget if one.relation == "≤" and not one.part and one.level == ERROR]
    used = {one.quantity: one.actual for one in whole if isinstance(one.actual, int)}
    left = {one.quantity: -one.excess for one in whole if one.excess is not None}
    types = {one.quantity: one.dtype for one in whole if one.dtype}
    return Room(used, left, types, not any(one.failed for one in budget))
