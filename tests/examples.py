"""Random examples that are the same in every run: a part of them, or all with --full."""

from __future__ import annotations

from hypothesis import settings

PART = 8  # how many times as many there are with --full

is_full = False  # set before any test is imported


def fixed(examples: int) -> settings:
    """So many examples with --full."""
    count = examples if is_full else examples // PART
    return settings(derandomize=True, max_examples=count, deadline=None, database=None)
