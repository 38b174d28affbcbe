"""What a benchmark says: its own section of the page, and a few facts for those in a hurry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

# Around the part of docs/benchmarks.md that says it at a glance.
GLANCE, END = "<!-- at a glance -->", "<!-- end -->"


class Fact(NamedTuple):
    what: str
    measured: str
    limit: str = ""


class Report(NamedTuple):
    lines: Sequence[str]
    facts: Sequence[Fact]
