"""What must be read at once stays short: every file of the package, and every function."""

import ast

import pytest
from package_files import sources, statements

MOST_LINES = {"file": 300, "function": 40}
TABLES = {"counters/conventions.py"}  # files of data, which are looked up and not read


def functions_in(source):
    """Each function with its lines, from `def` to the end; decorators declare and are not counted."""
    for node in statements(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.end_lineno - node.lineno + 1


def too_long_in(file, source):
    """`long.py: 301 lines`, `long.py: run has 41 lines`"""
    lines = source.count("\n")
    if lines > MOST_LINES["file"] and file not in TABLES:
        yield f"{file}: {lines} lines"
    for name, length in functions_in(source):
        if length > MOST_LINES["function"]:
            yield f"{file}: {name} has {length} lines"


def test_no_file_and_no_function_is_too_long():
    assert [what for file, source in sources().items() for what in too_long_in(file, source)] == []


@pytest.mark.parametrize("file", sorted(TABLES))
def test_a_table_is_listed_only_while_it_is_long(file):
    assert sources()[file].count("\n") > MOST_LINES["file"]


def test_the_checks_above_can_fail():
    body = "    pass\n"
    assert list(too_long_in("a.py", "@once\n@twice\ndef run():\n" + 39 * body)) == []
    assert list(too_long_in("a.py", "class A:\n  def run():\n" + 40 * body)) == [
        "a.py: run has 41 lines"
    ]
    assert list(too_long_in("a.py", 300 * "\n")) == []
    assert list(too_long_in("a.py", 301 * "\n")) == ["a.py: 301 lines"]
