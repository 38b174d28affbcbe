"""The rooms of the package from the ground up, and a picture of them."""

from __future__ import annotations

import ast
import textwrap

from docs_shell import ROOT, Shell, Stale

PACKAGE = ROOT / "cli" / "convcalc"

# A room imports from itself and from those on lower floors; tests/test_imports.py holds it to that.
FLOORS = [
    ["text"],
    ["ops"],
    ["reader"],
    ["language"],
    ["schema", "network", "importers"],
    ["counters", "execute", "specs", "draw"],
    ["answers"],
    ["render"],
    ["commands"],
]

WIDTH = 96
DOORS = "__main__.py (the command line), library.py (Python)"


def house(sh: Shell) -> str:
    """The floors, the highest first, each with its rooms and what they say of themselves."""
    line = "─" * (WIDTH - 2)
    rows = [f"┌{line}┐", row(f"doors       {DOORS}")]
    for floor in reversed(FLOORS):
        rows.append(f"├{line}┤")
        for room in floor:
            first, *rest = textwrap.wrap(purpose(room), WIDTH - 16)
            rows += [row(f"{room:<12}{first}"), *(row(" " * 12 + more) for more in rest)]
    return "\n".join(["```text", *rows, f"└{line}┘", "```", ""])


def row(text: str) -> str:
    return f"│ {text:<{WIDTH - 4}} │"


def purpose(room: str) -> str:
    """The first paragraph of what a room says of itself."""
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8"))
    said = ast.get_docstring(tree)
    if said is None:
        raise Stale(f"{room}/__init__.py does not say what the room is for")
    return said.partition("\n\n")[0].replace("\n", " ")
