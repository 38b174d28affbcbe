"""The package's own files, for the tests that read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import convcalc

PACKAGE = Path(convcalc.__file__).parent


@cache
def sources() -> dict[str, str]:
    """The text of each file, by its place in the package."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE).as_posix(): file.read_text(encoding="utf-8") for file in files}


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Every statement of a file, wherever in it. Expressions, which are most of it, are passed over."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield from statements(child)
