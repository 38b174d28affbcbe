"""Whether a network is what its specification expects and stays within its budget."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import ceil, floor
from typing import Any, NamedTuple

from ..language.budget import Rule
from ..language.expect import Shapes
from ..network.distinct_titles import shared_titles
from ..network.model import Network
from ..ops.shapes import Shape
from ..ops.totals import BYTES_OF, DEFAULT_DTYPE
from ..reader.spec import spec_text
from ..text.numbers import number_text
from ..text.problems import TOP, ConvcalcError, FileError, Mark, Report, SpecError
from ..text.wording import quoted

ERROR, WARN = "error", "warn"

_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "≤": operator.le,
    "≥": operator.ge,
}
_RELATIONS = {"max": "≤", "min": "≥"}
_ROUNDED = {"max": floor, "min": ceil}  # the whole numbers that a share leaves


class Result(NamedTuple):
    """A rule and what was found. `limit` is None where there is nothing to compare it with."""

    model: str
    variant: str | None
    rule: str
    quantity: str
    relation: str
    limit: int | Shape | Shapes | None
    actual: int | Shape | Shapes
    file: str
    mark: Mark | None  # of a limit from outside where the network begins; None for a model file
    spec: str  # what names the network: its file as it was given, its variant and its values
    changes: Mapping[str, str]  # values that are not the file's own
    level: str = ERROR
    part: str = ""  # the layer or group that is judged, empty for the whole network
    basis: str = ""  # what the limit follows from: a share of a variant, an allowed growth
    message: str = ""
    was: int | None = None  # the figure of a baseline
    called: str = ""  # what tells the network apart from another of the same name
    dtype: str | None = None  # of the elements whose bytes are counted

    @property
    def title(self) -> str:
        """`name#variant@alpha=0.5`, or what tells it apart."""
        return self.called or spec_text(self.model, self.variant, self.changes)

    @property
    def passed(self) -> bool:
        return self.limit is not None and _HOLDS[self.relation](self.actual, self.limit)

    @property
    def failed(self) -> bool:
        """Whether the rule is broken, and not one that only warns."""
        return not self.passed and self.level == ERROR

    @property
    def excess(self) -> int | None:
        """How far the figure is above the limit, negative if below; None where it is no number."""
        if isinstance(self.limit, int) and isinstance(self.actual, int):
            return self.actual - self.limit
        return None


Sibling = Callable[[str], Network]  # gives another variant of the same file


def judge(
    network: Network, sibling: Sibling, limits: Mapping[str, int], dtype: str = DEFAULT_DTYPE
) -> list[Result]:
    """The results of what a specification expects and allows, then of `limits` from outside.

    Every layer and group that a rule names must exist: see `report_unknown_parts`. `dtype` is the type
    of elements for rules on bytes that do not say.
    """
    expected = [] if is_another(network) else _expectations(network)
    return [*expected, *_budget(network, sibling, dtype), *_limits(network, limits, dtype)]


def is_another(network: Network) -> bool:
    """Whether its file expects figures that it has at the file's own values, and these are others."""
    return bool(network.expect and network.changes)


class Unjudged(NamedTuple):
    """A rule of a budget that cannot be judged, and why."""

    rule: str
    why: str
    file: str
    mark: Mark


class BudgetState(NamedTuple):
    """What came of judging a network's budget."""

    results: tuple[Result, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()


def budget_state(network: Network, sibling: Sibling) -> BudgetState:
    """The results of its budget, and the rules that cannot be judged, as while a layer is renamed."""
    faults = [(rule, _fault(rule, network, sibling)) for rule in _rules(network)]
    sound = network.replace(budget=tuple(rule for rule, fault in faults if not fault))
    unjudged = [Unjudged(rule.name, why, network.label, rule.part.mark) for rule, why in faults if why]
    return BudgetState(tuple(_budget(sound, sibling, DEFAULT_DTYPE)), tuple(unjudged))


def _fault(rule: Rule, network: Network, sibling: Sibling) -> str:
    """Why a rule cannot be judged; empty if it can."""
    try:
        return ", ".join(_no_part(rule, one) for one in _without_part(rule, network, sibling))
    except ConvcalcError as error:
        return f"{rule.of} is invalid: {str(error).splitlines()[0]}"


def report_unknown_parts(network: Network, sibling: Sibling, report: Report) -> None:
    """Report rules for layers or groups that do not exist, here or in the variant compared with."""
    for rule in _rules(network):
        for one in _without_part(rule, network, sibling):
            meant = report.hint(rule.part.path, (item.path for item in one.items))
            report.add(rule.part.mark, f"{_no_part(rule, one)}{meant}")


def _without_part(rule: Rule, network: Network, sibling: Sibling) -> list[Network]:
    """The networks that a rule needs, and that do not have the layer or group that it names."""
    needed = (network, *([sibling(rule.of)] if rule.of else []))
    return [one for one in needed if rule.part.path and rule.part.path not in one.places]


def _no_part(rule: Rule, network: Network) -> str:
    return f"{network.title} has no layer or group {quoted(rule.part.path)}"


def _rules(network: Network) -> Iterator[Rule]:
    """Its rules, without those that compare other variants with this one."""
    return (rule for rule in network.budget if rule.of is None or rule.of != network.variant)


def _expectations(network: Network) -> Iterator[Result]:
    for name, fact in network.expect.items():
        actual = _actual(network, name, fact.value)
        yield _result(network, f"expect.{name}", name, "=", fact.value, actual, fact.mark)


def _actual(network: Network, name: str, expected: int | Shape | Shapes) -> int | Shape | Shapes:
    if name != "output":
        return network.figure(name)
    if len(network.leaving) > 1 or (isinstance(expected, tuple) and isinstance(expected[0], tuple)):
        return network.leaving
    return network.leaving[0]


def _budget(network: Network, sibling: Sibling, dtype: str) -> Iterator[Result]:
    for rule in _rules(network):
        measured = rule if rule.dtype else rule._replace(dtype=dtype)
        basis, limit = "", rule.value
        if rule.of is not None:
            basis = f"{number_text(rule.value)} of {rule.of}"
            limit *= _figure(sibling(rule.of), measured)
        whole, actual = _ROUNDED[rule.bound](limit), _figure(network, measured)
        names = network, rule.name, rule.quantity, _RELATIONS[rule.bound]
        result = _result(*names, whole, actual, rule.mark, measured.dtype)
        yield result._replace(
            level=rule.level, part=rule.part.path, basis=basis, message=rule.message or ""
        )


def _figure(network: Network, rule: Rule) -> int:
    return network.figure(rule.quantity, dtype=rule.dtype or DEFAULT_DTYPE, part=rule.part.path)


def _limits(network: Network, limits: Mapping[str, int], dtype: str) -> Iterator[Result]:
    for name, limit in limits.items():
        actual = network.figure(name, dtype=dtype)
        yield _result(network, f"max.{name}", name, "≤", limit, actual, network.mark, dtype)


def _result(
    network: Network,
    rule: str,
    quantity: str,
    relation: str,
    limit: int | Shape | Shapes,
    actual: int | Shape | Shapes,
    mark: Mark | None,
    dtype: str | None = None,
) -> Result:
    return Result(
        model=network.name,
        variant=network.variant,
        rule=rule,
        quantity=quantity,
        relation=relation,
        limit=limit,
        actual=actual,
        file=network.label,
        mark=mark,
        spec=network.spec,
        changes=network.changes,
        dtype=dtype if quantity in BYTES_OF else None,
    )


def told_apart(results: Iterable[Result]) -> list[Result]:
    """The results; where two networks have one title, their SPECs are their titles."""
    results = list(results)
    shared = shared_titles((one.title, one.spec) for one in results)
    return [one._replace(called=one.spec) if one.title in shared else one for one in results]


class FileProblem(NamedTuple):
    """A problem of a file that could not be checked."""

    file: str
    mark: Mark | None  # None for a file as a whole, and for what stands on no line
    message: str


class Outcome(NamedTuple):
    """What came of checking several files."""

    files: int
    rules: tuple[Result, ...]
    figures: tuple[Result, ...]  # against a baseline
    unreadable: tuple[FileProblem, ...]
    notes: tuple[str, ...]  # what was not judged, and what is no more
    baseline: str  # the lock file with which the figures were compared; empty without one

    @property
    def results(self) -> tuple[Result, ...]:
        return (*self.rules, *self.figures)

    @property
    def is_fine(self) -> bool:
        """Whether everything was read and nothing fails."""
        return not self.unreadable and not any(result.failed for result in self.results)


def unreadable_of(word: str, error: ConvcalcError) -> list[FileProblem]:
    """The problems that an error tells of."""
    if isinstance(error, SpecError):
        return [FileProblem(error.file, one.mark, one.message) for one in error.problems]
    if isinstance(error, FileError):
        return [FileProblem(word, mark, message) for mark, message in error.faults]
    return [FileProblem(word, TOP, str(error))]
