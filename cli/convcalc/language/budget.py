"""`budget`: the limits that a specification sets to its own cost."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ..errors import Mark, Problem
from ..exact import read_limit, read_number
from ..nodes import Entry, Mapping, Node, Text, describe, quoted
from ..words import listed, suggestion

BUDGETS = ("params", "macs", "flops", "activations")
LAYERS = "layers"
BOUNDS = ("max", "min")
RULE_KEYS = (*BOUNDS, "of", "level", "message")
LEVELS = ("error", "warn")

_LIMIT = "a whole number up to 10^18, or one such as 170k, 1.5M or 2G"
_RATIO = "a ratio such as 0.5, a number without a unit"


class Rule(NamedTuple):
    """One limit. `value` is a whole number, or a share of what the variant `of` has."""

    name: str  # as a path of keys, budget.params
    part: str  # the path of a layer or group, empty for the whole network
    quantity: str
    bound: str
    value: Fraction
    of: str | None
    level: str
    message: str | None
    mark: Mark


def read_budget(entry: Entry, variants: Sequence[str], problems: list[Problem]) -> tuple[Rule, ...]:
    """The rules under `budget`; `variants` are those of the file, which a ratio may name."""
    reader = _Reader(variants, problems)
    for name, rule in reader.entries(entry.value, '"budget"', (*BUDGETS, LAYERS)).items():
        if name == LAYERS:
            reader.read_layers(rule.value)
        else:
            reader.read_rule("", name, rule)
    return tuple(reader.rules)


class _Reader:
    def __init__(self, variants: Sequence[str], problems: list[Problem]) -> None:
        self.variants = variants
        self.problems = problems
        self.rules: list[Rule] = []

    def entries(self, node: Node, what: str, known: Sequence[str] | None) -> dict[str, Entry]:
        """The entries of a mapping that are known; what is wrong is reported."""
        if not isinstance(node, Mapping):
            self._report(node.mark, f"{what} must be a mapping, not {describe(node)}")
            return {}
        if known is None:
            return node.entries
        for name, entry in node.entries.items():
            if name not in known:
                hint = suggestion(name, known, f"it may have {listed(known)}")
                self._report(entry.key.mark, f"unknown key {quoted(name)} in {what}{hint}")
        return {name: entry for name, entry in node.entries.items() if name in known}

    def read_layers(self, node: Node) -> None:
        for path, layer in self.entries(node, '"layers" of "budget"', None).items():
            for count, rule in self.entries(layer.value, quoted(path), BUDGETS).items():
                self.read_rule(path, count, rule)

    def read_rule(self, part: str, count: str, entry: Entry) -> None:
        """A limit alone, or a mapping of bounds and what belongs to them."""
        node = entry.value
        if not isinstance(node, Mapping):
            self._add(part, count, "max", entry, {})
            return
        entries = self.entries(node, f"the budget of {count}", RULE_KEYS)
        bounds = [bound for bound in BOUNDS if bound in entries]
        if not bounds and node.entries.keys() <= entries.keys():
            self._report(node.mark, f'the budget of {count} needs "max" or "min"')
        rules = [self._add(part, count, bound, entries[bound], entries) for bound in bounds]
        if len(rules) == 2 and rules[0] and rules[1] and rules[0].value < rules[1].value:
            self._report(rules[1].mark, f"min is above max, so no {count} can hold")

    def _add(
        self, part: str, count: str, bound: str, entry: Entry, entries: dict[str, Entry]
    ) -> Rule | None:
        of, level = self._of(entries.get("of")), self._level(entries.get("level"))
        message = self._text(entries["message"]) if "message" in entries else None
        try:
            value = _value(entry.value, is_ratio="of" in entries)
        except ValueError as error:
            name = count if not entries else f"{bound} of {count}"
            self._report(entry.value.mark, f"{name} must be {error}, not {describe(entry.value)}")
            return None
        keys = ["budget", *([LAYERS, part] if part else []), count, *(["min"] if bound == "min" else [])]
        rule = Rule(".".join(keys), part, count, bound, value, of, level, message, entry.key.mark)
        self.rules.append(rule)
        return rule

    def _of(self, entry: Entry | None) -> str | None:
        if entry is None:
            return None
        name = self._text(entry)
        if name is not None and name not in self.variants:
            has = f"the file has {listed(self.variants)}" if self.variants else "the file has none"
            self._report(
                entry.value.mark, f"no variant {quoted(name)}{suggestion(name, self.variants, has)}"
            )
        return name

    def _level(self, entry: Entry | None) -> str:
        level = LEVELS[0] if entry is None else self._text(entry)
        if entry is not None and level is not None and level not in LEVELS:
            hint = suggestion(level, LEVELS)
            self._report(
                entry.value.mark, f"level must be {' or '.join(LEVELS)}, not {quoted(level)}{hint}"
            )
        return level or LEVELS[0]

    def _text(self, entry: Entry) -> str | None:
        if isinstance(entry.value, Text):
            return entry.value.value
        what = f'"{entry.key.value}" must be text, not {describe(entry.value)}'
        self._report(entry.value.mark, what)
        return None

    def _report(self, mark: Mark, message: str) -> None:
        self.problems.append(Problem(mark, message))


def _value(node: Node, is_ratio: bool) -> Fraction:
    text = node.value if isinstance(node, Text) else ""
    try:
        return read_number(text) if is_ratio else Fraction(read_limit(text))
    except ValueError:
        raise ValueError(_RATIO if is_ratio else _LIMIT) from None
