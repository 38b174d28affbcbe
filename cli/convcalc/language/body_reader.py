"""From nodes to bodies. Everything that needs no values and no shapes is checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..ops import MERGES, OPS
from ..reader.nodes import Entry, Mapping, Node, Sequence, Text, describe
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .bodies import (
    Body,
    Branch,
    Branches,
    Broken,
    Choice,
    Head,
    Named,
    NameMarks,
    Repeat,
    Series,
    reads_of,
)
from .call_reader import CallReader
from .calls import Calls
from .naming_rules import EDGES, layer_name_objection, slip_objection
from .repeat_and_if import condition_fault, count_fault, read_condition, read_count
from .signature import Given


class BodyParser:
    """Makes bodies of nodes. `words` are the names that `$` may use where the body stands."""

    def __init__(self, report: Report, calls: Calls, words: Iterable[str]) -> None:
        self.report = report
        self.calls = CallReader(report, calls, words)
        self.structures: dict[str, Callable[[Mapping], Body]] = {
            "branches": self.branches,
            "repeat": self.repeat,
            "op": self.calls.spelled_out,
            "aux": self.aux,
            "out": self.out,
            "if": self.choice,
        }

    def body(self, node: Node) -> Body:
        match node:
            case Text():
                return self.calls.shorthand(node)
            case Sequence():
                return self.series(node)
            case Mapping():
                return self.mapping(node)

    def series(self, node: Sequence) -> Body:
        if _starts_with_a_bare_word(node):
            from .unknown_layers import words_of_a_line  # only needed where something may be wrong

            if line := words_of_a_line(node):
                what = f"the words of a layer have no commas between them; write {line}"
                self.report.add(node.mark, what)
                return Broken(node.mark)
        items = [self.item(item) for item in node.items]
        names: NameMarks = {}
        for item in items:
            own = item.names
            if not own:
                continue
            twice = [name for name in own if name in names and name not in OPS]
            anew = reads_of(item) if twice and isinstance(item, Repeat) else ()
            for name in twice:
                if name not in anew:
                    first = f"first used on line {names[name].line}"
                    self.report.add(own[name], f"duplicate name {quoted(name)}; {first}")
            for name, mark in own.items():
                names.setdefault(name, mark)
        return Series(node.mark, items, names)

    def item(self, node: Node) -> Body:
        """A body in a list, where `- conv: 3x3 64` is a slip and not a layer named conv."""
        if isinstance(node, Mapping) and len(node.entries) == 1:
            (entry,) = node.entries.values()
            if entry.key.value in OPS or entry.key.value in EDGES:
                from .unknown_layers import name_fault  # only needed where something is wrong

                self.report.add(entry.key.mark, name_fault(entry, self.calls.calls.target))
                broken = Broken(entry.key.mark)
                is_line = isinstance(entry.value, Text)
                return broken if is_line else Named(entry.key.mark, entry.key.value, broken)
        return self.body(node)

    def mapping(self, node: Mapping) -> Body:
        for key, structure in self.structures.items():
            if key in node.entries:
                return structure(node)
        entries = list(node.entries.values())
        if len(entries) == 1 and entries[0].key.value not in ("merge", "layers", "else"):
            return self.named(entries[0])
        if not any(map(self.is_missing, entries)):  # else a list stands in braces
            from .unknown_layers import mapping_fault  # only needed where something is wrong

            self.report.add(*mapping_fault(node.mark, entries, self.calls.calls.target))
        return Broken(node.mark)

    def named(self, entry: Entry) -> Body:
        name = entry.key.value
        words = name.split()
        if len(words) > 1 and words[-1].isidentifier() and self.calls.calls.target(words[0]):
            value = entry.value.value if isinstance(entry.value, Text) else "..."
            what = f"a colon makes a name of {quoted(name)}; an option is written {words[-1]}={value}"
            self.report.add(entry.key.mark, what)
            return Broken(entry.key.mark)
        if objection := layer_name_objection(name) or slip_objection(name):
            self.report.add(entry.key.mark, objection)
            return Broken(entry.key.mark)
        return Named(entry.key.mark, name, self.body(entry.value))

    def refuse_other_keys(self, node: Mapping, *known: str) -> bool:
        """Report keys that do not belong here; true if there are any."""
        others = [entry for key, entry in node.entries.items() if key not in known]
        for entry in others:
            from .stray_keys import stray_key  # only needed where something is wrong

            what = stray_key(entry, node, known, self.calls.calls.target, self.report)
            self.report.add(entry.key.mark, what)
        return bool(others)

    def is_missing(self, entry: Entry) -> bool:
        """Whether the value of a key has been reported as missing."""
        return entry.key.mark in self.report.holes

    def branches(self, node: Mapping) -> Body:
        if not self.is_missing(node.entries["branches"]):  # else its branches stand beside it
            self.refuse_other_keys(node, "branches", "merge")
        return self.branches_of(node.mark, node.entries["branches"], node.entries.get("merge"))

    def branches_of(self, mark: Mark, branches: Entry, merge: Entry | None) -> Body:
        kind = self.merge_name(merge)
        if not isinstance(branches.value, Mapping):
            is_list = isinstance(branches.value, Sequence)
            hint = "; write NAME: and a layer or a list for each, without the dash" if is_list else ""
            what = (
                f'"branches" must be a mapping of names to bodies, not {describe(branches.value)}{hint}'
            )
            self.report.add(branches.value.mark, what)
            return Broken(mark)
        if not branches.value.entries:
            self.report.add(branches.key.mark, '"branches" has no branch; it needs at least one')
            return Broken(mark)
        parsed = {}
        for name, entry in branches.value.entries.items():
            if objection := layer_name_objection(name):
                self.report.add(entry.key.mark, objection)
            parsed[name] = Branch(entry.key.mark, self.body(entry.value))
        return Branches(mark, parsed, MERGES[kind]()) if kind else Broken(mark)

    def merge_name(self, merge: Entry | None) -> str | None:
        if merge is None:
            return "concat"
        if isinstance(merge.value, Text) and merge.value.value in MERGES:
            return merge.value.value
        from .foreign_operations import our_word  # only needed where something is wrong

        meant = our_word(merge.value.value) if isinstance(merge.value, Text) else None
        hint = f'; did you mean "{meant}"?' if meant in MERGES else ""
        what = f"merge must be one of {listed(MERGES)}, not {describe(merge.value)}{hint}"
        self.report.add(merge.value.mark, what)
        return None

    def repeat(self, node: Mapping) -> Body:
        has_slip = self.refuse_other_keys(node, "repeat", "layers")
        times, layers = node.entries["repeat"], node.entries.get("layers")
        count = self.number(times, "a whole number")
        if count and (constant := count.value.constant) is not None and read_count(constant) is None:
            self.report.add(count.mark, count_fault(constant, count, self.calls.words))
            count = None
        if layers is None:
            if not has_slip:
                self.report.add(times.key.mark, '"repeat" needs "layers", the body that is repeated')
            return Broken(node.mark)
        body = self.body(layers.value)
        return Repeat(node.mark, count, body, body.names) if count else Broken(node.mark)

    def choice(self, node: Mapping) -> Body:
        """`{if: $deep, layers: body, else: body}`"""
        has_slip = self.refuse_other_keys(node, "if", "layers", "else")
        asked, layers, other = (node.entries.get(key) for key in ("if", "layers", "else"))
        assert asked is not None
        condition = self.number(asked, "0 or 1")
        if layers is None:
            if not has_slip:
                self.report.add(asked.key.mark, '"if" needs "layers", the body for 1')
            return Broken(node.mark)
        then = self.body(layers.value)
        otherwise = self.body(other.value) if other else Series(node.mark, [], {})
        constant = condition.value.constant if condition else None
        if condition and constant is not None and read_condition(constant) is None:
            self.report.add(condition.mark, condition_fault(constant, condition, self.calls.words))
            condition = None
        if condition is None:
            return Broken(node.mark)
        return Choice(node.mark, condition, then, otherwise, {**otherwise.names, **then.names})

    def number(self, entry: Entry, expected: str) -> Given | None:
        key = entry.key.value
        if isinstance(entry.value, Text):
            return self.calls.given(key, entry.value, entry.key.mark)
        self.report.add(entry.value.mark, f'"{key}" must be {expected}, not {describe(entry.value)}')
        return None

    def aux(self, node: Mapping) -> Body:
        self.refuse_other_keys(node, "aux")
        return Head(node.mark, self.body(node.entries["aux"].value), aux=True)

    def out(self, node: Mapping) -> Body:
        self.refuse_other_keys(node, "out")
        return Head(node.mark, self.body(node.entries["out"].value), aux=False)


def _starts_with_a_bare_word(node: Sequence) -> bool:
    """Whether an operation without arguments is followed by a number, as in `[conv, 3x3, 64]`."""
    match node.items:
        case [Text(value=word), Text(value=behind), *_]:
            return word in OPS and behind[:1].isdigit()
    return False
