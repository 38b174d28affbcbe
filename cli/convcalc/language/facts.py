"""`expect` and `budget`: what a specification says of its own cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..errors import Mark, Problem
from ..exact import read_limit
from ..nodes import Entry, Mapping, Node, Sequence, Text, describe, quoted
from ..ops.base import Shape
from ..ops.kinds import MAX_SIZE
from ..words import listed, suggestion

EXPECTED = ("params", "weights", "biases", "macs", "activations", "output")
BUDGETS = ("params", "macs", "flops", "activations")

_MOST_DIGITS = 36


class Fact(NamedTuple):
    """A number or shape that was written down, and where."""

    value: int | Shape
    mark: Mark


def read_expect(entry: Entry, problems: list[Problem]) -> dict[str, Fact]:
    """The exact facts under `expect`."""
    return _read_facts(entry, EXPECTED, _read_expected, problems)


def read_budget(entry: Entry, problems: list[Problem]) -> dict[str, Fact]:
    """The upper limits under `budget`."""
    return _read_facts(entry, BUDGETS, _read_limit, problems)


def _read_facts(
    entry: Entry,
    known: tuple[str, ...],
    read: Callable[[str, Node], int | Shape],
    problems: list[Problem],
) -> dict[str, Fact]:
    key, node = entry.key.value, entry.value
    if not isinstance(node, Mapping):
        problems.append(Problem(node.mark, f'"{key}" must be a mapping, not {describe(node)}'))
        return {}
    facts = {}
    for name, fact in node.entries.items():
        if name not in known:
            hint = suggestion(name, known, f"it may have {listed(known)}")
            problems.append(Problem(fact.key.mark, f'unknown key {quoted(name)} in "{key}"{hint}'))
            continue
        try:
            facts[name] = Fact(read(name, fact.value), fact.value.mark)
        except ValueError as error:
            problems.append(
                Problem(fact.value.mark, f"{name} must be {error}, not {describe(fact.value)}")
            )
    return facts


def _read_expected(name: str, node: Node) -> int | Shape:
    if name == "output":
        return _read_shape(node)
    text = node.value if isinstance(node, Text) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise ValueError("an exact whole number, in digits only")
    return int(text)


def _read_shape(node: Node) -> Shape:
    items = node.items if isinstance(node, Sequence) else []
    sizes = [item.value for item in items if isinstance(item, Text) and item.value.isascii()]
    whole = [int(size) for size in sizes if size.isdigit() and len(size) <= len(str(MAX_SIZE))]
    if len(whole) != len(items) or len(whole) not in (1, 3):
        raise ValueError("a shape, [channels, height, width] or [features]")
    return tuple(whole)


def _read_limit(name: str, node: Node) -> int:
    try:
        return read_limit(node.value if isinstance(node, Text) else "")
    except ValueError:
        raise ValueError("a whole number up to 10^18, or one such as 170k, 1.5M or 2G") from None
