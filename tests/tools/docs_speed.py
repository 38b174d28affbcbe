"""How fast convcalc is beside PyTorch, as the README says it: what docs/benchmarks.md begins with."""

from __future__ import annotations

from docs_shell import ROOT, Shell

MARK = "<!-- measured: torch -->\n"


def speed(sh: Shell) -> str:
    """The first paragraph of what was measured last."""
    page = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    return page.partition(MARK)[2].partition("\n\n")[0] + "\n"
