"""Words for what changed: marks, changes and their costs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ..answers.causes import Cause
from ..answers.check import BudgetState, Result
from ..answers.diff import ADDED, EDITED, FOLLOWS, MOVED, REMOVED, Change, Diff, Grown
from ..network.layer import Layer
from ..ops.shapes import Shape, channels_noun, shape_text
from ..reader.commit_and_work_tree import WORK_TREE
from ..text.wording import abridged, counted
from .figures_as_text import change_text, count_text, delta_text
from .verdict import NOUNS

MARKS = {EDITED: "~", FOLLOWS: "↳", ADDED: "+", REMOVED: "−", MOVED: ">"}
DIFF_LEGEND = "~ edited   ↳ follows from an edit   + added   − removed   > renamed or moved"
DIFF_QUANTITIES = ("params", "macs")


class Delta(NamedTuple):
    """A figure now, and how much it grew."""

    now: int
    more: int


class Compared(NamedTuple):
    """A diff, the names of its file and both sides, and the state of the network's budget now."""

    diff: Diff
    file: str
    old: str
    new: str
    budget: BudgetState = BudgetState()
    budget_before: BudgetState = BudgetState()

    @property
    def has_budget(self) -> bool:
        """Whether its budget has a rule, judged or not."""
        return bool(self.budget.results or self.budget.unjudged)

    @property
    def broken(self) -> list[Result]:
        """The rules of the budget that are broken, those that only warn too."""
        return [one for one in self.budget.results if not one.passed]

    def broken_before(self, rule: Result) -> Result | None:
        """The rule before, if it was broken already. A rule that only warned has not failed."""
        before = (one for one in self.budget_before.results if one.rule == rule.rule)
        return next((one for one in before if not one.passed and (one.failed or not rule.failed)), None)


class FileCauses(NamedTuple):
    """The causes in a file, each with the number of layers that it edited."""

    old: str  # the names of both versions, for the place of a cause
    new: str
    found: Sequence[tuple[Cause, int]]


MOST_CAUSES = 10
_MOST_RULES = 20


def cause_lines(files: Iterable[FileCauses], only_keys: bool = False) -> Iterator[tuple[str, str]]:
    """The place and the text of each cause, ten at most, and how many more there are.

    Changed rules are not among the ten, because a limit that is raised must not disappear behind
    edits. `only_keys` leaves out causes that are layers.
    """
    shown = {False: 0, True: 0}  # causes that are rules, and others
    most = {False: MOST_CAUSES, True: _MOST_RULES}
    for file in files:
        for cause, layers in file.found:
            if only_keys and not cause.key:
                continue
            shown[cause.is_rule] += 1
            if shown[cause.is_rule] <= most[cause.is_rule]:
                yield _cause_line(file, cause, layers)
    for is_rule, what in ((False, "more cause"), (True, "more changed rule")):
        if shown[is_rule] > most[is_rule]:
            yield "", counted(shown[is_rule] - most[is_rule], what)


def _cause_line(file: FileCauses, cause: Cause, layers: int) -> tuple[str, str]:
    name = file.old if cause.is_gone else file.new
    place = f"{name}:{cause.line}" if cause.line else name
    count = f" ({counted(layers, 'layer')})" if layers > 1 else ""
    return place, f"{_cause_text(cause)}{count}"


def _cause_text(cause: Cause) -> str:
    key = f"{cause.key} " if cause.key else ""
    if cause.old is None:
        return f"+ {key}{abridged(cause.new or '')}"
    if cause.new is None:
        return f"− {key}{abridged(cause.old)}"
    return f"{key}{abridged(cause.old)} → {abridged(cause.new)}"


def network_mark(diff: Diff) -> str:
    """Whether a network was changed, added or removed."""
    return MARKS[ADDED if diff.old is None else REMOVED if diff.new is None else EDITED]


def follows_free(change: Change) -> bool:
    """Whether a change only follows from an edit, at no other cost than before."""
    return change.kind == FOLLOWS and not any(delta.more for delta in deltas(change))


def deltas(change: Change) -> list[Delta]:
    """How params and multiply-adds change. A side head's count if the layer was and is in one."""
    counted_too = change.is_aux

    def figure(layer: Layer | None, quantity: str) -> int:
        if layer is None or (layer.aux and not counted_too):
            return 0
        count: int = getattr(layer, quantity)
        return count

    return [
        Delta(now, now - figure(change.old, quantity))
        for quantity in DIFF_QUANTITIES
        for now in [figure(change.new, quantity)]
    ]


def deltas_of(diff: Diff) -> list[Delta]:
    """The params and multiply-adds of the whole network."""
    return [
        Delta(now, now - getattr(diff.was, quantity))
        for quantity in DIFF_QUANTITIES
        for now in [getattr(diff.now, quantity)]
    ]


def changed_in_a_cell(change: Change) -> str:
    """What changed, for people: of very long operations the first words."""
    return what_changed(change, abridged) + ("; not in the total" if change.is_aux else "")


def what_changed(change: Change, shown: Callable[[str], str] = str) -> str:
    """`out_channels 96 → 192`, or how the layer is written where it was added or removed."""
    if change.old is None or change.new is None:
        return shown(change.layer.written)
    parts = []
    if change.old.path != change.new.path:
        parts.append(f"was {change.old.path}")
    elif change.is_moved:
        parts.append("moved")
    if change.kind == EDITED and not change.edits:
        parts.append(f"{shown(change.old.written)} → {shown(change.new.written)}")
    parts += [f"{edit.option} {edit.old} → {edit.new}" for edit in change.edits]
    if change.input:
        parts.append(input_change(*change.input))
    return ", ".join(parts)


def shape_changes(diff: Diff) -> list[str]:
    """How the shapes that enter and leave the network changed."""
    changes = [f"the network's {input_change(*diff.input)}"] if diff.input else []
    if diff.output:
        old, new = (", ".join(map(shape_text, shapes)) for shapes in diff.output)
        changes.append(f"the network's output {old} → {new}")
    if diff.ends and not diff.output:
        changes.append("the network's output reads {} → {}".format(*diff.ends))
    return changes


def input_change(old: Shape, new: Shape) -> str:
    """`in_channels 96 → 192` where only they differ."""
    if len(old) == len(new) and old[1:] == new[1:]:
        return f"in_{channels_noun(new)} {old[0]} → {new[0]}"
    return f"input {shape_text(old)} → {shape_text(new)}"


def nothing_changed(compared: Sequence[Compared], files: int) -> str:
    """The sentence for the case that no network differs; `since` a revision if all are of one."""
    if not files:
        return "no specification changed"
    revisions = {one.old for one in compared if one.new == WORK_TREE}
    since = f" since {revisions.pop()}" if len(revisions) == 1 else ""
    how_many = f"{counted(len(compared), 'network')} in {counted(files, 'file')}"
    return f"no architecture changed{since} ({how_many})"


def grown_text(one: Grown) -> str:
    """By how much a figure grew, and how much is allowed."""
    more = one.now - one.was
    how = f"{count_text(more)} {NOUNS[one.quantity]} ({change_text(more, one.was)})"
    return f"grew by {how}, more than {one.quantity}={one.allowed} allows"


def signed(number: int) -> str:
    """`+18,432`, or `·` where nothing is added."""
    return delta_text(number) if number else "·"
