"""The largest value of a parameter with which a network stays within limits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

from ..language.budget import Rule
from ..network.loading import Siblings
from ..network.model import Network
from ..network.overrides import Overrides
from ..text.numbers import read_number
from ..text.problems import UsageError
from ..text.wording import quoted
from .check import ERROR, judge
from .sweep import Sweep, SweepRow, Swept

# What is left of each limit; None where one is broken.
Room = Callable[[SweepRow], Mapping[str, int] | None]


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
        room = _room(sweep, one)
        tried = largest_first if name in one.values else [None]
        others = {other: values for other, values in one.values.items() if other != name}
        for combination in product(*others.values()):
            values = dict(zip(others, combination, strict=True))
            yield _largest(sweep, one, values, name, tried, room)


def _largest(
    sweep: Sweep,
    one: Swept,
    values: Mapping[str, str],
    name: str,
    tried: Sequence[str | None],
    room: Room,
) -> SweepRow:
    faults = []
    for value in tried:
        row = sweep.row(one, values if value is None else {**values, name: value})
        if row.fault:
            faults.append(row.fault)
        elif (left := room(row)) is not None:
            return row._replace(left=left)
    fault = faults[0] if len(faults) == len(tried) else None
    return SweepRow(one, values, None, {}, fault, name)


def _room(sweep: Sweep, one: Swept) -> Room:
    bounds = sweep.bounds

    def of_bounds(row: SweepRow) -> Mapping[str, int] | None:
        if not bounds.hold(row.totals):
            return None
        return {count: limit - row.totals[count] for count, limit in bounds.most.items()}

    def of_budget(row: SweepRow) -> Mapping[str, int] | None:
        return _budget_left(sweep, row, one.overrides) if bounds.hold(row.totals) else None

    return of_bounds if bounds.most else of_budget


def _budget_left(sweep: Sweep, row: SweepRow, overrides: Overrides) -> Mapping[str, int] | None:
    """What is left of the file's own limits; of a part's limit nothing is told."""
    assert row.network  # whose totals there are
    own = overrides.with_values(row.values)

    def counted(network: Network) -> Network:
        return network.with_side_heads() if sweep.aux else network

    def sibling(variant: str) -> Network:
        return counted(Siblings(row.swept.plan.source, own).network(variant))

    results = judge(counted(row.network), sibling, {}, sweep.dtype)
    limits = [one for one in results if one.relation == "≤"]
    if any(one.failed for one in limits):
        return None
    whole = [one for one in limits if not one.part and one.excess is not None and one.level == ERROR]
    return {one.quantity: -(one.excess or 0) for one in whole}
