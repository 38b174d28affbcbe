"""What changed, as Markdown for a comment on a pull request or the summary of a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape as html

from ..answers.check import FileProblem
from ..answers.diff import FOLLOWS, Diff, Grown
from ..text.escape import visible
from ..text.wording import counted
from .broken_budgets import (
    BrokenBudget,
    UnjudgedRule,
    broken_budgets,
    budget_marks,
    how_many_break,
    unjudged_rules,
)
from .change_words import (
    MARKS,
    Compared,
    Delta,
    FileCauses,
    cause_lines,
    changed_in_a_cell,
    deltas,
    deltas_of,
    follows_free,
    grown_text,
    network_mark,
    nothing_changed,
    shape_changes,
)
from .figures_as_text import FOOTER, change_text, count_text, delta_text
from .file_problems import place_of
from .formats.markdown import code, escape

MARKER = "<!-- convcalc:diff -->"  # by which a later comment finds the one to replace
MOST = 60_000  # characters; GitHub takes 65,536

NO_BREAK = "&nbsp;"  # a space at which no line ends
_MOST_TOLD = 20  # errors, and as many broken budgets, so that the networks have room
_LAST = 1_000  # characters that are kept for what stands at the end
_LEGEND = "~ edited, ↳ follows from an edit, + added, − removed, > renamed or moved"
# The change stands below its count: GitHub cuts off what is wider than 896 pixels.
_OVERVIEW = (
    "|   | network | budget | params | multiply-adds |",
    "|---|:--------|:-------|-------:|--------------:|",
)
_HEADER = (
    "|   | layer | change | params | Δ | multiply-adds | Δ |",
    "|---|:------|:-------|-------:|--:|--------------:|--:|",
)


def comment(
    compared: Sequence[Compared],
    files: int,
    growth: Sequence[Grown],
    notes: Sequence[str] = (),
    causes: Sequence[FileCauses] = (),
    unreadable: Sequence[FileProblem] = (),
    layers: bool = False,
) -> str:
    """The causes, a row for each network, then the layers of each; at most 60,000 characters.

    The notes say how the networks were compared, so they come first, then what could not be read, and
    then the budgets that break. What did not change is folded away; of several networks the layers
    are, too. `layers` shows all of these.
    """
    changed = [one.diff for one in compared if one.diff.is_changed]
    unchanged = [one.diff for one in compared if not one.diff.is_changed]
    page = _Page()
    page.add_each((f"Note: {escape(note, in_table=False)}\n" for note in notes), "note")
    page.add_each(map(_problem_line, unreadable), "error", most=_MOST_TOLD)
    if any(one.has_budget for one in compared):
        _add_budgets(page, compared, " in what could be read" if unreadable else "")
    if not changed:
        is_nothing = not compared and unreadable
        said = "nothing could be compared" if is_nothing else nothing_changed(compared, files)
        return _without_change(page, said, causes)
    for one in growth:
        line = f"✗ {code(one.title, in_table=False)} {grown_text(one)}"
        page.add_each([f"{line}\n"], "grown figure")
    page.add_each((f"- {line}" for line in _cause_lines(causes)), "cause")
    gap = [""] if page.lines[-1] else []  # a table needs one above it
    if page.add(*gap, *_OVERVIEW):
        page.add_each((_overview_row(one) for one in compared if one.diff.is_changed), "network")
        page.add("")
    is_folded = len(changed) > 1
    for diff in changed:
        _add_layers(page, diff, is_folded, layers)
    if unchanged:
        _add_unchanged(page, unchanged)
    return page.text(f"<sub>{_LEGEND}; {FOOTER}</sub>")


def _problem_line(one: FileProblem) -> str:
    return f"✗ {code(place_of(one), in_table=False)} {escape(one.message, in_table=False)}\n"


def _add_budgets(page: _Page, compared: Sequence[Compared], where: str) -> None:
    """How many budgets break, and a line for each of these and for each rule that is not judged."""
    broken, unjudged = broken_budgets(compared), unjudged_rules(compared)
    page.add(f"**{how_many_break(broken, len(unjudged))}{where}**")
    page.add_each(map(_broken_line, broken), "broken budget", most=_MOST_TOLD)
    page.add_each(map(_unjudged_line, unjudged), "unjudged rule", most=_MOST_TOLD)
    page.add("")


def _broken_line(one: BrokenBudget) -> str:
    message = f": {escape(one.message, in_table=False)}" if one.message else ""
    said = f"{code(one.network, in_table=False)} {escape(one.finding, in_table=False)}{message}"
    # The causes are a list of "-" below, and another sign begins another list.
    return f"* {one.mark} {said} {code(one.place, in_table=False)}"


def _unjudged_line(one: UnjudgedRule) -> str:
    said = f"{escape(one.finding, in_table=False)}: {escape(one.why, in_table=False)}"
    return f"* ? {code(one.network, in_table=False)} {said} {code(one.place, in_table=False)}"


def _without_change(page: _Page, said: str, causes: Sequence[FileCauses]) -> str:
    """What may have changed where no network did: a rule, or a setting that nothing follows from."""
    lines = [f"- {line}" for line in _cause_lines(causes)]
    page.add_each(lines, "cause")
    return page.text(f"\n{said}" if lines else said)


class _Page:
    """Lines within the limit, and how many of each kind did not fit."""

    def __init__(self) -> None:
        self.lines = [MARKER]
        self.room = MOST - _LAST
        self.left_out: dict[str, int] = {}

    def add(self, *lines: str, and_later: Sequence[str] = ()) -> bool:
        """Add the lines if all fit. Room is kept for `and_later`, which must follow at some time."""
        length = sum(len(line) + 1 for line in (*lines, *and_later))
        if length > self.room:
            return False
        self.room -= length
        self.lines += lines
        return True

    def add_each(self, lines: Iterable[str], what: str, most: int = MOST) -> None:
        """Add each line that fits, and no more than the `most`."""
        for number, line in enumerate(lines):
            if number >= most or not self.add(line):
                self.leave_out(what)

    def leave_out(self, what: str) -> None:
        self.left_out[what] = self.left_out.get(what, 0) + 1

    def text(self, end: str) -> str:
        """The page, and what did not fit; there is always room to say so."""
        if self.left_out:
            missing = ", ".join(counted(number, what) for what, number in self.left_out.items())
            self.lines += [f"Too long for a comment: {missing} more; `convcalc diff` shows all.", ""]
        return "\n".join([*self.lines, end]) + "\n"


def _add_layers(page: _Page, diff: Diff, is_folded: bool, layers: bool) -> None:
    opening = f"<details><summary>{_summary(diff)}</summary>\n" if is_folded else ""
    head = [opening or f"{_headline(diff)}\n", *_HEADER, _total(diff)]
    end = [*_unchanged(diff), "", *(["</details>", ""] if is_folded else [])]
    if page.add(*head, and_later=end):
        page.add_each(_rows(diff, layers), "changed layer")
        page.lines += end
    else:
        page.leave_out("changed network")


def _add_unchanged(page: _Page, unchanged: Sequence[Diff]) -> None:
    summary = f"<details><summary>{counted(len(unchanged), 'network')} unchanged</summary>"
    end = ["</details>", ""]
    if page.add(summary, "", and_later=end):
        page.add_each((f"{_costs(diff)}  " for diff in unchanged), "unchanged network")
        page.lines += end


def _cause_lines(causes: Sequence[FileCauses]) -> Iterator[str]:
    for place, text in cause_lines(causes):
        yield f"{code(place, in_table=False)} {code(text, in_table=False)}" if place else f"and {text}"


def _overview_row(one: Compared) -> str:
    figures = [
        f"{count_text(delta.now)}<br>{_change(delta).replace(' ', NO_BREAK)}"
        for delta in deltas_of(one.diff)
    ]
    budget = "<br>".join(map(escape, budget_marks(one)))
    return _row(network_mark(one.diff), code(one.diff.network.title), budget, figures)


def _summary(diff: Diff) -> str:
    """The title as HTML, because no Markdown is read there; as code, so that it mentions nobody."""
    return f"layers of <code>{html(visible(diff.network.title), quote=False)}</code>"


def _headline(diff: Diff) -> str:
    name = f"**{escape(diff.network.title, in_table=False)}**"
    if diff.old is None or diff.new is None:
        return f"{name}: {'added' if diff.old is None else 'removed'}"
    params, macs = (_change(delta) for delta in deltas_of(diff))
    return "; ".join([f"{name}: params {params}, multiply-adds {macs}", *shape_changes(diff)])


def _change(delta: Delta) -> str:
    return f"**{change_text(delta.more, delta.now - delta.more)}**" if delta.more else "unchanged"


def _total(diff: Diff) -> str:
    figures = (text for one in deltas_of(diff) for text in (count_text(one.now), delta_text(one.more)))
    return _row("", "**total**", "", [f"**{figure}**" for figure in figures])


def _rows(diff: Diff, layers: bool) -> Iterator[str]:
    """A row for each layer. Those that follow at no cost share one, unless all are asked for."""
    if diff.old is None or diff.new is None:
        return
    free = 0
    for change in diff.changes:
        if not layers and not change.is_aux and follows_free(change):
            free += 1
            continue
        what = changed_in_a_cell(change)
        yield _row(MARKS[change.kind], code(change.layer.path), escape(what), _figures(deltas(change)))

    if free:
        nothing = ["", "0", "", "0"]
        yield _row(MARKS[FOLLOWS], counted(free, "layer"), "at no cost", nothing)


def _unchanged(diff: Diff) -> Iterator[str]:
    if diff.old and diff.new and diff.unchanged.layers:
        cost = diff.unchanged.cost
        same = _figures([Delta(cost.params, 0), Delta(cost.macs, 0)])
        yield _row("", counted(diff.unchanged.layers, "layer"), "unchanged", same)


def _figures(values: Iterable[Delta]) -> list[str]:
    return [text for one in values for text in (count_text(one.now), delta_text(one.more))]


def _row(mark: str, name: str, what: str, figures: Iterable[str]) -> str:
    return f"| {mark or ' '} | {name} | {what} | {' | '.join(figures)} |"


def _costs(diff: Diff) -> str:
    params, macs = (count_text(delta.now) for delta in deltas_of(diff))
    name = code(diff.network.title, in_table=False)
    return f"{name}: {params} params, {macs} multiply-adds"
