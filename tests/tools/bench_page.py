"""What a benchmark says: its own section of the page, and a few facts for those in a hurry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Fact(NamedTuple):
    what: str
    measured: str
    limit: str = ""


class Report(NamedTuple):
    lines: Sequence[str]
    facts: Sequence[Fact]


def put(page: Path, name: str, text: str) -> None:
    """Write what was measured between the marks of that name; the rest of the page stays."""
    part = re.compile(rf"(?<=^<!-- measured: {name} -->\n).*?(?=^<!-- end -->$)", re.M | re.S)
    fresh, found = part.subn(lambda _: text, page.read_text("utf-8"))
    assert found == 1, f"{page} has no part {name}"
    page.write_text(fresh, "utf-8")
