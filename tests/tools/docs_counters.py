"""What the counters of `reconcile` count, as the tables of docs/counters.md."""

from __future__ import annotations

from collections.abc import Sequence

from docs_shell import Shell

from convcalc.counters.conventions import CONVENTIONS, FAMILIES, Convention, family_of


def tools(sh: Shell) -> str:
    """A row for each counter: what it says, what it multiplies, and where its rule stands."""
    rows = [
        "| counter | `--like` | says | a multiply-add is | version and rule |",
        "|:--|:--|:--|--:|:--|",
    ]
    for one in CONVENTIONS:
        cells = [one.name, f"`{one.key}`", one.says, str(one.multiple)]
        rows.append(f"| {' | '.join(cells)} | [{one.version}]({one.source}) |")
    *most, last = (one.name for one in CONVENTIONS if not one.per_batch)
    said = f"Of a batch of images, {', '.join(most)} and {last} count one, and the other counters all."
    return "\n".join([*rows, "", said, ""])


def conventions(sh: Shell) -> str:
    """Two tables, as one is too wide for a page: half of the counters each."""
    middle = len(CONVENTIONS) // 2
    return "\n".join(["", table(CONVENTIONS[:middle]), table(CONVENTIONS[middle:])])


def table(counters: Sequence[Convention]) -> str:
    """A row for each thing that one of them counts, and how often each does."""
    rows = [
        f"| countable | {' | '.join(one.name for one in counters)} |",
        f"|:--|{'--:|' * len(counters)}",
    ]
    named = {what for one in counters for what in (*one.counts, *(one.functional or {}))}
    for family in FAMILIES:
        for what in sorted(what for what in named if family_of(what) == family):
            rows.append(f"| {what} | {' | '.join(times(one, what) for one in counters)} |")
    return "\n".join([*rows, ""])


def times(convention: Convention, what: str) -> str:
    """`2`, `2, F 1` where it differs for a function, `?` where no rule is known."""
    known = {*convention.ignores, *map(family_of, convention.counts)}
    if family_of(what) not in known:
        return "?"
    module = convention.counts.get(what, 0)
    functional = module if convention.functional is None else convention.functional.get(what, 0)
    text = str(module) if module else "·"
    return text if functional == module else f"{text},\N{NO-BREAK SPACE}F\N{NO-BREAK SPACE}{functional}"
