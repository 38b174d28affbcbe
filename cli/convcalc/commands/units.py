"""--units: in which units a table has its totals."""

from __future__ import annotations

from collections.abc import Sequence

from ..ops.foreign_figures import figure_hint
from ..text.numbers import UNITS
from ..text.problems import UsageError
from ..text.wording import listed, quoted


def read_units(text: str | None, totals: Sequence[str]) -> dict[str, str]:
    """The unit of each total, from `M` for all or `params=M,macs=G`; raises UsageError."""
    if text is None:
        return {}
    if "=" not in text:
        return dict.fromkeys(totals, _unit(text))
    found = {}
    for one in text.split(","):
        total, _, unit = one.partition("=")
        total = total.strip()
        if total not in totals:
            hint = figure_hint(total, totals, f"there are {listed(totals)}")
            raise UsageError(f"--units has no total {quoted(total)}{hint}")
        if total in found:
            raise UsageError(f"--units is given twice for {total}")
        found[total] = _unit(unit)
    return found


def _unit(text: str) -> str:
    word = text.strip()
    if word in UNITS:
        return word
    meant = next((unit for unit in UNITS if word[:1].casefold() == unit.casefold()), None)
    hint = f'; did you mean "{meant}"? There are' if meant else "; there are"
    way = "M for all totals, or params=M,macs=G"
    raise UsageError(f"--units cannot be {quoted(word)}{hint} {listed(UNITS)}: write {way}")
