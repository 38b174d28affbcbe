"""`budget`: the limits that a specification sets to its own cost."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import NamedTuple

from ..ops.totals import BYTES, BYTES_OF, TOTALS
from ..reader.nodes import Entry, Mapping, Node, Text, describe
from ..text.numbers import BYTE_UNITS, UNITS, limit_meant, read_limit, read_number
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted

LAYERS_KEY = "layers"
BOUNDS = ("max", "min")
RULE_KEYS = (*BOUNDS, "of", "level", "message")
DTYPE = "dtype"  # of what is in bytes
LEVELS = ("error", "warn")

_LIMIT = "a whole number up to 10^18, or one such as 170k, 1.5M or 2G"
_BYTES = "a whole number of bytes up to 10^18, or one such as 200k, 256Ki or 2MB"
_RATIO = "a ratio such as 0.5, a number without a unit"


class Limited(NamedTuple):
    """The layer or group that a rule is for; an empty path means the whole network."""

    path: str
    mark: Mark


class Rule(NamedTuple):
    """One limit. `value` is a whole number, or a share of what the variant `of` has."""

    name: str  # as a path of keys, budget.params
    part: Limited
    quantity: str
    bound: str
    value: Fraction
    of: str | None
    level: str
    message: str | None
    mark: Mark
    dtype: str | None  # of the elements whose bytes are limited; None where nothing says


def read_budget(entry: Entry, variants: Collection[str], report: Report) -> tuple[Rule, ...]:
    """The rules under `budget`. A share may be of one of the file's `variants`."""
    reader = _RuleReader(variants, report)
    whole = Limited("", entry.key.mark)
    for name, rule in reader.entries(entry.value, '"budget"', (*TOTALS, LAYERS_KEY)).items():
        if name == LAYERS_KEY:
            reader.read_layers(rule.value)
        else:
            reader.read_rule(whole, name, rule)
    return tuple(reader.rules)


class _RuleReader:
    def __init__(self, variants: Collection[str], report: Report) -> None:
        self.variants = variants
        self.report = report
        self.rules: list[Rule] = []

    def entries(self, node: Node, what: str, known: Sequence[str] | None) -> dict[str, Entry]:
        """The entries of a mapping whose keys are known; the others are reported."""
        if not isinstance(node, Mapping):
            such = " such as {params: 170k}" if known == TOTALS else ""
            self.report.add(node.mark, f"{what} must be a mapping{such}, not {describe(node)}")
            return {}
        if known is None:
            return node.entries
        for name, entry in node.entries.items():
            if name not in known:
                from ..ops.foreign_figures import our_figure  # only needed where something is wrong

                ours = our_figure(name, known)
                otherwise = f"it may have {listed(known)}"
                meant = f'; did you mean "{ours}"?' if ours else self.report.hint(name, known, otherwise)
                self.report.add(entry.key.mark, f"unknown key {quoted(name)} in {what}{meant}")
        return {name: entry for name, entry in node.entries.items() if name in known}

    def read_layers(self, node: Node) -> None:
        for path, layer in self.entries(node, '"layers" of "budget"', None).items():
            if not path:
                self.report.add(layer.key.mark, "an empty name; write that of a layer or group")
                continue
            part = Limited(path, layer.key.mark)
            what = f"the budget of {quoted(path)}"
            for count, rule in self.entries(layer.value, what, TOTALS).items():
                self.read_rule(part, count, rule)

    def read_rule(self, part: Limited, count: str, entry: Entry) -> None:
        """The rules that an entry states: a limit alone, or a mapping with bounds and a message."""
        node = entry.value
        keys = ["budget", *([LAYERS_KEY, part.path] if part.path else []), count]
        plain = Rule(
            ".".join(keys), part, count, "max", Fraction(0), None, LEVELS[0], None, entry.key.mark, None
        )
        if not isinstance(node, Mapping):
            self._add(plain, entry, count)
            return
        known = (*RULE_KEYS, DTYPE) if count in BYTES_OF else RULE_KEYS
        entries = self.entries(node, f"the budget of {count}", known)
        bounds = [bound for bound in BOUNDS if bound in entries]
        if not bounds and node.entries.keys() <= entries.keys():
            self.report.add(node.mark, f'the budget of {count} needs "max" or "min"')
        rule = plain._replace(
            of=self._of(entries.get("of")),
            level=self._word(entries.get("level"), LEVELS) or LEVELS[0],
            dtype=self._word(entries.get(DTYPE), tuple(BYTES)),
            message=self._text(entries.get("message")),
        )
        added = [self._bound(rule, bound, entries[bound], "of" in entries) for bound in bounds]
        if len(added) == 2 and added[0] and added[1] and added[0].value < added[1].value:
            most, least = (describe(entries[bound].value) for bound in BOUNDS)
            what = f"min {least} is above max {most}, so no network can keep both"
            self.report.add(entries["min"].value.mark, what)

    def _bound(self, rule: Rule, bound: str, entry: Entry, is_ratio: bool) -> Rule | None:
        name = f"{rule.name}.min" if bound == "min" else rule.name
        what = f"{bound} of {rule.quantity}"
        return self._add(rule._replace(name=name, bound=bound), entry, what, is_ratio)

    def _add(self, rule: Rule, entry: Entry, what: str, is_ratio: bool = False) -> Rule | None:
        try:
            rule = rule._replace(value=_value(entry.value, rule.quantity, is_ratio), mark=entry.key.mark)
        except ValueError as error:
            self.report.add(entry.value.mark, f"{what} must be {error}")
            return None
        self.rules.append(rule)
        return rule

    def _of(self, entry: Entry | None) -> str | None:
        name = self._text(entry)
        if entry is not None and name is not None and name not in self.variants:
            has = f"the file has {listed(self.variants)}" if self.variants else "the file has none"
            meant = self.report.hint(name, self.variants, has)
            self.report.add(entry.value.mark, f"no variant {quoted(name)}{meant}")
        return name

    def _word(self, entry: Entry | None, known: Sequence[str]) -> str | None:
        """One of some words."""
        word = self._text(entry)
        if entry is not None and word is not None and word not in known:
            meant = self.report.hint(word, known)
            what = f"{entry.key.value} must be {' or '.join(known)}, not {quoted(word)}{meant}"
            self.report.add(entry.value.mark, what)
        return word

    def _text(self, entry: Entry | None) -> str | None:
        if entry is None:
            return None
        if isinstance(entry.value, Text):
            return entry.value.value
        what = f'"{entry.key.value}" must be text, not {describe(entry.value)}'
        self.report.add(entry.value.mark, what)
        return None


def _value(node: Node, quantity: str, is_ratio: bool) -> Fraction:
    """The value of a limit. A ValueError says what it must be, and what stands there."""
    text = node.value if isinstance(node, Text) else ""
    units, expected = (BYTE_UNITS, _BYTES) if quantity in BYTES_OF else (UNITS, _LIMIT)
    try:
        return read_number(text) if is_ratio else Fraction(read_limit(text, units))
    except ValueError:
        what = f"{_RATIO if is_ratio else expected}, not {describe(node)}"
        raise ValueError(f"{what}{'' if is_ratio else _hint(quantity, text)}") from None


def _hint(quantity: str, text: str) -> str:
    if text.startswith("0.") and text[-1:].isdigit():
        return '; a ratio needs "of", a variant'
    if quantity not in BYTES_OF and text.removesuffix("B").endswith(("Ki", "Mi", "Gi")):
        return f"; Ki, Mi and Gi are for {' and '.join(BYTES_OF)}"
    meant = limit_meant(text, BYTE_UNITS if quantity in BYTES_OF else UNITS)
    return f"; write {meant}" if meant else ""
