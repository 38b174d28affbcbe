"""Words for the budgets that are broken after a change, and for rules that cannot be judged."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..answers.check import Result
from ..text.problems import place_text
from ..text.wording import counted
from .change_words import Compared
from .verdict import finding, rule_place, subject


class BrokenBudget(NamedTuple):
    """A rule of a budget that is broken, or that warns, and how a reader is told."""

    failed: bool
    before: str  # "broken" or "warned" if it was already, else empty
    network: str  # or a part of one
    finding: str
    message: str
    place: str

    @property
    def mark(self) -> str:
        return "✗" if self.failed else "!"

    @property
    def text(self) -> str:
        """`✗ net has 120 params, 20 over its budget of 100 (+20.0 %): the message   net.yaml:3:9`"""
        message = f": {self.message}" if self.message else ""
        return f"{self.mark} {self.network} {self.finding}{message}   {self.place}"


class UnjudgedRule(NamedTuple):
    """A rule of a budget that cannot be judged, and how a reader is told."""

    network: str
    finding: str
    why: str
    place: str

    @property
    def text(self) -> str:
        """`? net is not judged by budget.layers.a.macs: net has no layer or group "a"   net.yaml:3:9`"""
        return f"? {self.network} {self.finding}: {self.why}   {self.place}"


def broken_budgets(compared: Iterable[Compared]) -> list[BrokenBudget]:
    """The rules that are broken, also of networks that did not change.

    Those that only warn come last, and before them those that were broken before.
    """
    found = [_broken(one, result) for one in compared for result in one.broken]
    return sorted(found, key=lambda one: (not one.failed, bool(one.before)))


def _broken(one: Compared, result: Result) -> BrokenBudget:
    named = result._replace(called=one.diff.network.title)
    was = one.broken_before(result)
    before = ("broken" if was.failed else "warned") if was else ""
    said = finding(named) + (f" ({before} before)" if before else "")
    return BrokenBudget(result.failed, before, subject(named), said, result.message, rule_place(result))


def unjudged_rules(compared: Iterable[Compared]) -> list[UnjudgedRule]:
    """The rules that cannot be judged, also of networks that did not change."""
    return [
        UnjudgedRule(
            one.diff.network.title,
            f"is not judged by {rule.rule}",
            rule.why,
            place_text(rule.file, rule.mark),
        )
        for one in compared
        for rule in one.budget.unjudged
    ]


def budget_marks(one: Compared) -> list[str]:
    """`✗ macs` for each rule that is broken, `? macs` if it cannot be judged, `✓` where all hold."""
    marks = [("✗" if result.failed else "!", result.rule) for result in one.broken]
    marks += [("?", unjudged.rule) for unjudged in one.budget.unjudged]
    shown = [f"{mark} {rule.removeprefix('budget.')}" for mark, rule in marks]
    return shown or ["✓"] * bool(one.budget.results)


def how_many_break(broken: Sequence[BrokenBudget], unjudged: int) -> str:
    """`3 budgets break (1 broken before), 1 only warns, 1 rule is not judged`, or that none breaks."""
    failed = [one for one in broken if one.failed]
    warned = [one for one in broken if not one.failed]
    said = "no budget breaks"
    if failed:
        verb = "breaks" if len(failed) == 1 else "break"
        said = f"{counted(len(failed), 'budget')} {verb}{_before(failed)}"
    if warned:
        verb = "warns" if len(warned) == 1 else "warn"
        said += f", {len(warned):,} only {verb}{_before(warned)}"
    if unjudged:
        said += f", {counted(unjudged, 'rule')} {'is' if unjudged == 1 else 'are'} not judged"
    return said


def _before(broken: Sequence[BrokenBudget]) -> str:
    """` (1 broken before)`, or without the number where it is all of them."""
    before = Counter(one.before for one in broken if one.before)
    if len(broken) in before.values():
        return f" ({next(iter(before))} before)"
    said = ", ".join(f"{count:,} {verb}" for verb, count in before.items())
    return f" ({said} before)" if said else ""
