"""Words for the budgets that are broken after a change."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..answers.check import Result
from ..text.wording import counted
from .change_words import Compared
from .verdict import finding, rule_place, subject


class BrokenBudget(NamedTuple):
    """A rule of a budget that is broken, or that warns, and how a reader is told."""

    failed: bool
    is_as_before: bool
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


def broken_budgets(compared: Iterable[Compared]) -> list[BrokenBudget]:
    """The rules that are broken, also of networks that did not change.

    Those that only warn come last, and before them those that were broken before.
    """
    found = [_broken(one, result) for one in compared for result in one.broken]
    return sorted(found, key=lambda one: (not one.failed, one.is_as_before))


def _broken(one: Compared, result: Result) -> BrokenBudget:
    named = result._replace(called=one.diff.network.title)
    is_as_before = result.rule in one.failed_before
    said = finding(named) + (f" ({_verb(result.failed)} before)" if is_as_before else "")
    return BrokenBudget(
        result.failed, is_as_before, subject(named), said, result.message, rule_place(result)
    )


def budget_marks(one: Compared) -> list[str]:
    """`✗ macs` for each rule that is broken, `✓` where all hold."""
    marks = [
        f"{'✗' if result.failed else '!'} {result.rule.removeprefix('budget.')}" for result in one.broken
    ]
    return marks or ["✓"] * bool(one.budget)


def how_many_break(broken: Sequence[BrokenBudget]) -> str:
    """`3 budgets break (1 broken before), 1 only warns`, or that none breaks."""
    failed = [one for one in broken if one.failed]
    warned = [one for one in broken if not one.failed]
    said = "no budget breaks"
    if failed:
        verb = "breaks" if len(failed) == 1 else "break"
        said = f"{counted(len(failed), 'budget')} {verb}{_before(failed)}"
    if warned:
        verb = "warns" if len(warned) == 1 else "warn"
        said += f", {len(warned):,} only {verb}{_before(warned)}"
    return said


def _before(broken: Sequence[BrokenBudget]) -> str:
    before = sum(one.is_as_before for one in broken)
    if not before:
        return ""
    how_many = "" if before == len(broken) else f"{before:,} "
    return f" ({how_many}{_verb(broken[0].failed)} before)"


def _verb(failed: bool) -> str:
    return "broken" if failed else "warned"
