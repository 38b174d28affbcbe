"""Whether a network is what its specification expects and stays within its budget."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from math import ceil, floor
from typing import Any, NamedTuple

from ..language.budget import Rule
from ..language.expect import Shapes
from ..network.layer import total
from ..network.model import Network
from ..network.titles import shared_titles
from ..ops.cost import Cost
from ..ops.shapes import Shape
from ..reader.source import spec_text
from ..text.numbers import number_text
from ..text.problems import ConvcalcError, FileError, Mark, Report, SpecError
from ..text.wording import quoted

ERROR, WARN = "error", "warn"
TOP = Mark(1, 1)  # the place of a rule that is in no file

_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "≤": operator.le,
    "≥": operator.ge,
}
_RELATIONS = {"max": "≤", "min": "≥"}
_ROUNDED = {"max": floor, "min": ceil}  # the whole numbers that a share leaves


class Result(NamedTuple):
    """A rule and what was found. `limit` is None where there is nothing to compare with."""

    model: str
    variant: str | None
    rule: str
    quantity: str
    relation: str
    limit: int | Shape | Shapes | None
    actual: int | Shape | Shapes
    file: str
    mark: Mark | None  # None for a model file, in which no rule stands
    spec: str  # what names the network: its file as it was given, its variant and its values
    changes: Mapping[str, str]  # values that are not the file's own
    level: str = ERROR
    part: str = ""  # the layer or group that is judged, empty for the whole network
    basis: str = ""  # what the limit follows from: a share of a variant, an allowed growth
    message: str = ""
    was: int | None = None  # the figure of a baseline
    called: str = ""  # what tells the network apart from another of the same name

    @property
    def title(self) -> str:
        """`name#variant@alpha=0.5`, or what tells it apart."""
        return self.called or spec_text(self.model, self.variant, self.changes)

    @property
    def passed(self) -> bool:
        return self.limit is not None and _HOLDS[self.relation](self.actual, self.limit)

    @property
    def failed(self) -> bool:
        """Whether the answer is no; some rules only warn."""
        return not self.passed and self.level == ERROR

    @property
    def excess(self) -> int | None:
        """How far the figure is above the limit, negative below; None where that is no number."""
        if isinstance(self.limit, int) and isinstance(self.actual, int):
            return self.actual - self.limit
        return None


Sibling = Callable[[str], Network]  # gives another variant of the same file


def judge(network: Network, sibling: Sibling, limits: Mapping[str, int]) -> list[Result]:
    """What the specification expects and allows, then `limits` by count that no file has.

    Every layer and group that a rule names must be there: see `report_unknown_parts`.
    """
    return [*_expectations(network), *_budget(network, sibling), *_limits(network, limits)]


def budget_state(network: Network, others: Mapping[str | None, Network]) -> list[Result]:
    """The rules of its budget that can be judged beside `others`, the variants that are there."""
    known = [
        rule
        for rule in _rules(network)
        if rule.of is None or rule.of in others
        if not rule.part.path or rule.part.path in network.places
    ]
    return list(_budget(replace(network, budget=tuple(known)), lambda variant: others[variant]))


def report_unknown_parts(network: Network, sibling: Sibling, report: Report) -> None:
    """Report rules for layers or groups that the network, or the one they compare with, has not."""
    for rule in _rules(network):
        for one in (network, *([sibling(rule.of)] if rule.of else [])):
            path, mark = rule.part
            if path and path not in one.places:
                meant = report.hint(path, (item.path for item in one.items))
                what = f"{one.title} has no layer or group {quoted(path)}{meant}"
                report.add(mark, what)


def _rules(network: Network) -> Iterator[Rule]:
    """Its rules, without those of the document that compare other variants with this one."""
    return (rule for rule in network.budget if rule.of is None or rule.of != network.variant)


def _expectations(network: Network) -> Iterator[Result]:
    for name, fact in network.expect.items():
        yield Result(
            *_names(network, f"expect.{name}", name),
            relation="=",
            limit=fact.value,
            actual=_actual(network, name, fact.value),
            file=network.label,
            mark=fact.mark,
            spec=network.spec,
            changes=network.changes,
        )


def _actual(network: Network, name: str, expected: int | Shape | Shapes) -> int | Shape | Shapes:
    if name != "output":
        count: int = getattr(network.total, name)
        return count
    if len(network.leaving) > 1 or (isinstance(expected, tuple) and isinstance(expected[0], tuple)):
        return network.leaving
    return network.leaving[0]


def _budget(network: Network, sibling: Sibling) -> Iterator[Result]:
    for rule in _rules(network):
        basis, limit, part = "", rule.value, rule.part.path
        if rule.of is not None:
            basis = f"{number_text(rule.value)} of {rule.of}"
            limit *= getattr(_cost(sibling(rule.of), part), rule.quantity)
        yield Result(
            *_names(network, rule.name, rule.quantity),
            relation=_RELATIONS[rule.bound],
            limit=_ROUNDED[rule.bound](limit),
            actual=getattr(_cost(network, part), rule.quantity),
            file=network.label,
            mark=rule.mark,
            spec=network.spec,
            changes=network.changes,
            level=rule.level,
            part=part,
            basis=basis,
            message=rule.message or "",
        )


def _limits(network: Network, limits: Mapping[str, int]) -> Iterator[Result]:
    for count, limit in limits.items():
        yield Result(
            *_names(network, f"max.{count}", count),
            relation="≤",
            limit=limit,
            actual=getattr(network.total, count),
            file=network.label,
            mark=None if network.model else TOP,
            spec=network.spec,
            changes=network.changes,
        )


def _names(network: Network, rule: str, count: str) -> tuple[str, str | None, str, str]:
    return network.name, network.variant, rule, count


def _cost(network: Network, part: str) -> Cost:
    place = network.places.get(part)
    return total(network.part(place, aux=False)) if place is not None else network.total


def told_apart(results: Iterable[Result]) -> list[Result]:
    """Those of a network whose title another one has too, with its SPEC for a title."""
    results = list(results)
    shared = shared_titles((one.title, one.spec) for one in results)
    return [one._replace(called=one.spec) if one.title in shared else one for one in results]


class Unreadable(NamedTuple):
    """A problem of a file that could not be checked."""

    file: str
    mark: Mark | None  # None of a file as a whole, and of what stands on no line
    message: str


class Outcome(NamedTuple):
    """What came of checking several files."""

    files: int
    rules: tuple[Result, ...]
    figures: tuple[Result, ...]  # against a baseline
    unreadable: tuple[Unreadable, ...]

    @property
    def results(self) -> tuple[Result, ...]:
        return (*self.rules, *self.figures)

    @property
    def is_fine(self) -> bool:
        """Whether everything was read and nothing fails."""
        return not self.unreadable and not any(result.failed for result in self.results)


def unreadable_of(word: str, error: ConvcalcError) -> list[Unreadable]:
    """The problems that an error tells of."""
    if isinstance(error, SpecError):
        return [Unreadable(error.file, one.mark, one.message) for one in error.problems]
    if isinstance(error, FileError):
        return [Unreadable(word, mark, message) for mark, message in error.faults]
    return [Unreadable(word, TOP, str(error))]
