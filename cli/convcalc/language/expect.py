"""`expect`: the exact figures that a specification states of itself."""

from typing import NamedTuple

from ..ops.options import MAX_SIZE
from ..ops.shapes import Shape
from ..reader.nodes import Entry, Mapping, Node, Sequence, Text, describe
from ..text.problems import Mark, Problem
from ..text.wording import hint, listed, quoted

EXPECTED = ("params", "weights", "biases", "macs", "activations", "output")

_MOST_DIGITS = 36


class Fact(NamedTuple):
    """A number or shape that was written down, and where."""

    value: int | Shape
    mark: Mark


def read_expect(entry: Entry, problems: list[Problem]) -> dict[str, Fact]:
    """The exact facts under `expect`."""
    node = entry.value
    if not isinstance(node, Mapping):
        problems.append(Problem(node.mark, f'"expect" must be a mapping, not {describe(node)}'))
        return {}
    facts = {}
    for name, fact in node.entries.items():
        if name not in EXPECTED:
            meant = hint(problems, name, EXPECTED, f"it may have {listed(EXPECTED)}")
            problems.append(Problem(fact.key.mark, f'unknown key {quoted(name)} in "expect"{meant}'))
            continue
        try:
            facts[name] = Fact(_read_expected(name, fact.value), fact.key.mark)
        except ValueError as error:
            what = f"{name} must be {error}, not {describe(fact.value)}"
            problems.append(Problem(fact.value.mark, what))
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
