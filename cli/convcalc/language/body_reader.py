"""Nodes to bodies; everything that needs no values and no shapes is checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..ops import MERGES, WORDS
from ..reader.decode import ODD_SPACE, odd_space_fault
from ..reader.nodes import Entry, Mapping, Node, Sequence, Text, describe
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .bodies import Aux, Body, Branch, Branches, Broken, Call, Named, Names, Repeat, Series, Words
from .calls import Calls
from .hints import count_fault, mapping_fault, name_fault, read_count
from .names import layer_name_objection
from .shorthand import Token, split_words
from .signature import Given, split_option
from .template import Piece, Template, TemplateError, UnclosedError, read_template


class BodyParser:
    """Makes bodies of nodes. `words` are the names that `$` may use where the body stands."""

    def __init__(self, report: Report, calls: Calls, words: Iterable[str]) -> None:
        self.report = report
        self.calls = calls
        self.words = dict.fromkeys(sorted({*words, "in"}))
        self.has_unclosed = False
        self.lines: dict[str, Words] = {}  # those without a `$`, by their text
        self.structures: dict[str, Callable[[Mapping], Body]] = {
            "op": self.spelled_out,
            "repeat": self.repeat,
            "branches": self.branches,
            "aux": self.aux,
        }

    def body(self, node: Node) -> Body:
        match node:
            case Text():
                return self.shorthand(node)
            case Sequence():
                return self.series(node)
            case Mapping():
                return self.mapping(node)

    def series(self, node: Sequence) -> Series:
        items = [self.item(item) for item in node.items]
        names: Names = {}
        for item in items:
            for name, mark in item.names.items():
                if name in names:
                    first = f"first used on line {names[name].line}"
                    self.report.add(mark, f"duplicate name {quoted(name)}; {first}")
                names.setdefault(name, mark)
        return Series(node.mark, items, names)

    def item(self, node: Node) -> Body:
        """A body in a list, where `- conv: 3x3 64` is a slip and not a layer named conv."""
        if isinstance(node, Mapping) and len(node.entries) == 1:
            (entry,) = node.entries.values()
            if entry.key.value in WORDS:
                self.report.add(entry.key.mark, name_fault(entry))
                return Broken(entry.key.mark)
        return self.body(node)

    def mapping(self, node: Mapping) -> Body:
        for key, structure in self.structures.items():
            if key in node.entries:
                return structure(node)
        entries = list(node.entries.values())
        if len(entries) == 1 and entries[0].key.value not in ("merge", "layers"):
            return self.named(entries[0])
        self.report.add(*mapping_fault(node.mark, entries))
        return Broken(node.mark)

    def named(self, entry: Entry) -> Body:
        name = entry.key.value
        words = name.split()
        if len(words) > 1 and self.calls.target(words[0]):
            what = f"a colon makes a name of {quoted(name)}; an option is written {words[-1]}=..."
            self.report.add(entry.key.mark, what)
            return Broken(entry.key.mark)
        if objection := layer_name_objection(name):
            self.report.add(entry.key.mark, objection)
            return Broken(entry.key.mark)
        return Named(entry.key.mark, name, self.body(entry.value))

    def refuse_other_keys(self, node: Mapping, *known: str) -> bool:
        """Whether there were keys that do not belong here, which are reported."""
        others = [entry.key for key, entry in node.entries.items() if key not in known]
        for key in others:
            meant = self.report.hint(key.value, known, f"only {listed(known)} may stand here")
            self.report.add(key.mark, f"unknown key {quoted(key.value)}{meant}")
        return bool(others)

    def branches(self, node: Mapping) -> Body:
        self.refuse_other_keys(node, "branches", "merge")
        return self.branches_of(node.mark, node.entries["branches"], node.entries.get("merge"))

    def branches_of(self, mark: Mark, branches: Entry, merge: Entry | None) -> Body:
        kind = self.merge_name(merge)
        if not isinstance(branches.value, Mapping):
            what = f'"branches" must be a mapping of names to bodies, not {describe(branches.value)}'
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
        what = f"merge must be one of {listed(MERGES)}, not {describe(merge.value)}"
        self.report.add(merge.value.mark, what)
        return None

    def repeat(self, node: Mapping) -> Body:
        has_slip = self.refuse_other_keys(node, "repeat", "layers")
        times, layers = node.entries["repeat"], node.entries.get("layers")
        count = self.count(times)
        if layers is None:
            if not has_slip:
                self.report.add(times.key.mark, '"repeat" needs "layers", the body that is repeated')
            return Broken(node.mark)
        body = self.body(layers.value)
        return Repeat(node.mark, count, body, body.names) if count else Broken(node.mark)

    def count(self, entry: Entry) -> Given | None:
        if not isinstance(entry.value, Text):
            self.report.add(
                entry.value.mark, f'"repeat" must be a whole number, not {describe(entry.value)}'
            )
            return None
        given = self.given("repeat", entry.value, entry.key.mark)
        if given and (constant := given.value.constant) is not None and read_count(constant) is None:
            self.report.add(given.mark, count_fault(constant))
            return None
        return given

    def aux(self, node: Mapping) -> Body:
        self.refuse_other_keys(node, "aux")
        return Aux(node.mark, self.body(node.entries["aux"].value))

    def shorthand(self, node: Text) -> Body:
        if node.exact and (known := self.lines.get(node.value)):
            return Call(node.part(0, known.mark.length), known)
        if odd := ODD_SPACE.search(node.value):
            self.report.add(node.part(odd.start(), 1), odd_space_fault(odd.group()))
            return Broken(node.mark)
        words = split_words(node.value)
        if not words:
            self.report.add(node.mark, "an empty layer; write identity for a layer that does nothing")
            return Broken(node.mark)
        first, last = words[0], words[-1]
        if self.has_unclosed and node.value.count(")") > node.value.count("("):
            return Broken(node.mark)  # the rest of an item that a comma has cut
        mark = node.part(first.start, last.start + len(last.text) - first.start)
        at = node.part(first.start, len(first.text))
        head = self.template(first.text, at)
        given = [self.word(node, word) for word in words[1:]]
        call = self.call(mark, at, head, given, spelled_out=False)
        if node.exact and isinstance(call, Call) and call.words.is_ready:
            self.lines[node.value] = call.words
        return call

    def word(self, node: Text, word: Token) -> Given | None:
        option, text = split_option(word.text)
        mark = node.part(word.start, len(word.text))
        template = self.template(text, mark)
        return Given(option, template, text, mark, mark) if template else None

    def spelled_out(self, node: Mapping) -> Body:
        op = node.entries["op"]
        if not isinstance(op.value, Text):
            what = f'"op" must be the name of an operation or block, not {describe(op.value)}'
            self.report.add(op.value.mark, what)
            return Broken(node.mark)
        head = self.template(op.value.value, op.value.mark)
        options = [entry for key, entry in node.entries.items() if key != "op"]
        given = [self.option(entry) for entry in options]
        return self.call(op.value.mark, op.value.mark, head, given, spelled_out=True)

    def option(self, entry: Entry) -> Given | None:
        name, value = entry.key.value, entry.value
        if isinstance(value, Text):
            return self.given(name, value, entry.key.mark)
        if isinstance(value, Mapping):
            what = f"{name} must be one value or a list such as [height, width], not a mapping"
            self.report.add(value.mark, what)
            return None
        templates = [
            self.template(item.value if isinstance(item, Text) else describe(item), item.mark)
            for item in value.items
        ]
        pieces: list[Piece] = []
        for template in templates:
            if template is None:
                return None
            pieces += ["x", *template.pieces]
        sides = tuple(item.value if isinstance(item, Text) else describe(item) for item in value.items)
        return Given(name, Template.of(pieces[1:]), "x".join(sides), value.mark, entry.key.mark, sides)

    def given(self, option: str, node: Text, at: Mark) -> Given | None:
        template = self.template(node.value, node.mark)
        return Given(option, template, node.value, node.mark, at) if template else None

    def template(self, text: str, mark: Mark) -> Template | None:
        """The text with its `$` read and their names known, or None with a problem reported."""
        try:
            template = read_template(text)
        except TemplateError as error:
            self.has_unclosed = self.has_unclosed or isinstance(error, UnclosedError)
            self.report.add(mark, str(error))
            return None
        if template.constant is not None:
            return template
        for name in template.names:
            if name not in self.words:
                meant = self.report.hint(name, self.words, f"known here: {listed(self.words)}")
                self.report.add(mark, f"unknown name {quoted(f'${name}')}{meant}")
                return None
        return template

    def call(
        self,
        mark: Mark,
        at: Mark,
        head: Template | None,
        given: list[Given | None],
        spelled_out: bool,
    ) -> Body:
        """The call of what `head` names; None stands for a part that has been reported."""
        if head is None:
            return Broken(mark)
        known = tuple(one for one in given if one is not None)
        templates = [head, *(one.value for one in known)]
        uses = dict.fromkeys(name for template in templates for name in template.names)
        words = Words(mark, at, spelled_out, head, known, tuple(uses))
        if len(known) < len(given):
            self.calls.target_of(words, _constant, self.report)  # a slip in the head is told as well
            return Broken(mark)
        if head.constant is None:
            return Call(mark, words)
        words.resolved = self.calls.resolve(words, _constant, self.report)
        return Call(mark, words) if words.resolved else Broken(mark)


def _constant(template: Template, mark: Mark) -> str | None:
    """The text of a template that needs no values."""
    return template.constant
