"""How much a quick run tries: some of the cases of a test, and a part of its random examples."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import settings

PART = 12  # how many times as many there are with --full

is_full = False  # set before any test is imported


def fixed(examples: int) -> settings:
    """So many examples with --full."""
    count = examples if is_full else examples // PART
    return settings(derandomize=True, max_examples=count, deadline=None, database=None)


def first(cases: Iterable[object], quick: int = 1) -> list[object]:
    """All cases, a tuple for several parameters; those behind the first few only with --full."""
    cases = list(cases)
    return [*cases[:quick], *map(_only_full, cases[quick:])]


def one_in(step: int, cases: Iterable[object]) -> list[object]:
    """All cases, but only each so many-th without --full."""
    return [one if place % step == 0 else _only_full(one) for place, one in enumerate(cases)]


def _only_full(case: object) -> object:
    return pytest.param(*(case if isinstance(case, tuple) else [case]), marks=pytest.mark.full)
