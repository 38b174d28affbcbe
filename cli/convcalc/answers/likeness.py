"""Which of the things that came is which of those that went, by what they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

Parts = Counter[Any]


def pair_up(gone: Sequence[Parts], come: Sequence[Parts]) -> dict[int, int]:
    """What came, with what it was: the most alike first, where at least half is the same."""
    likely = [
        (likeness, now, was)
        for now, new in enumerate(come)
        for was, old in enumerate(gone)
        if (likeness := _likeness(old, new)) >= 0.5
    ]
    found: dict[int, int] = {}
    for _, now, was in sorted(likely, key=lambda one: -one[0]):
        if now not in found and was not in found.values():
            found[now] = was
    return found


def _likeness(old: Parts, new: Parts) -> float:
    """From 0 to 1; twice what they share among all that they have."""
    return 2 * (old & new).total() / max(old.total() + new.total(), 1)
