"""From a layer's words to its call: `conv 3x3 64`, `{op: conv, ...}`, `add x`, `from x`, `again x`."""

from __future__ import annotations

from collections.abc import Iterable

from ..reader.decode import odd_space, odd_space_fault
from ..reader.nodes import Entry, Mapping, Sequence, Text, describe
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .bodies import Again, Body, Broken, Call, From, Words
from .calls import Calls
from .shorthand import Token, split_words
from .signature import INPUTS, Given, split_option
from .template import Piece, Template, TemplateError, UnclosedError, read_template

_EDGES: dict[str, type[From] | type[Again]] = {
    "from": From,
    "again": Again,
}  # the words before the one name that they take

_IN_ONE_COLUMN = "the dashes of a list stand in one column"
_DASHES = "each layer of a list stands on a line that starts with a dash"


class CallReader:
    """Reads calls. `words` are the names that a `$` may use where they stand."""

    def __init__(self, report: Report, calls: Calls, words: Iterable[str]) -> None:
        self.report = report
        self.calls = calls
        self.words = dict.fromkeys(sorted({*words, "in"}))
        self.has_unclosed = False
        self.lines: dict[str, Words] = {}  # those without a `$`, by their text

    def shorthand(self, node: Text) -> Body:
        """`conv 3x3 64`"""
        if node.exact and (known := self.lines.get(node.value)):
            return Call(node.part(0, known.mark.length), known)
        if odd := odd_space(node.value):
            self.report.add(node.part(odd.start(), 1), odd_space_fault(odd.group()))
            return Broken(node.mark)
        words = split_words(node.value)
        if not words:
            self.report.add(node.mark, "an empty layer; write identity for a layer that does nothing")
            return Broken(node.mark)
        if not node.one_line and (word := self._next_layer(words)):
            dashes = _IN_ONE_COLUMN if any(one.text == "-" for one in words) else _DASHES
            self.report.add(node.mark, f"{quoted(word.text)} is a layer of its own; {dashes}")
            return Broken(node.mark)
        first, last = words[0], words[-1]
        if self.has_unclosed and node.value.count(")") > node.value.count("("):
            return Broken(node.mark)  # the rest of an item split by a comma
        mark = node.part(first.start, last.start + len(last.text) - first.start)
        at = node.part(first.start, len(first.text))
        if first.text in _EDGES:
            return self._edge(first.text, mark, [self._word(node, word) for word in words[1:]])
        head = self.template(first.text, at)
        given = [self._word(node, word) for word in words[1:]]
        call = self._call(mark, at, head, given, spelled_out=False)
        if node.exact and isinstance(call, Call) and call.words.is_ready:
            self.lines[node.value] = call.words
        return call

    def _next_layer(self, words: list[Token]) -> Token | None:
        """The first word, but for the head, that starts another layer."""
        return next((word for word in words[1:] if self.calls.target(word.text)), None)

    def _edge(self, word: str, mark: Mark, given: list[Given | None]) -> Body:
        """`from x` or `again x`."""
        if len(given) == 1 and given[0] is not None and given[0].option is None:
            return _EDGES[word](mark, given[0])
        if None not in given:
            self.report.add(mark, f"{word} takes one name; write {word} NAME")
        return Broken(mark)

    def _word(self, node: Text, word: Token) -> Given | None:
        option, text = split_option(word.text)
        mark = node.part(word.start, len(word.text))
        template = self.template(text, mark)
        return Given(option, template, text, mark, mark) if template else None

    def spelled_out(self, node: Mapping) -> Body:
        """`{op: conv, kernel_size: 3, out_channels: 64}`"""
        op = node.entries["op"]
        if not isinstance(op.value, Text):
            what = f'"op" must be the name of an operation or block, not {describe(op.value)}'
            self.report.add(op.value.mark, what)
            return Broken(node.mark)
        head = self.template(op.value.value, op.value.mark)
        options = [entry for key, entry in node.entries.items() if key != "op"]
        given = [one for entry in options for one in self._options(entry)]
        return self._call(op.value.mark, op.value.mark, head, given, spelled_out=True)

    def _options(self, entry: Entry) -> list[Given | None]:
        """What an entry gives: a value, or all names under `inputs`."""
        name, value = entry.key.value, entry.value
        if name != INPUTS or not isinstance(value, Sequence):
            return [self._option(entry)]
        return [self._option(Entry(entry.key, item)) for item in value.items]

    def _option(self, entry: Entry) -> Given | None:
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
        """The value under a key; None where it has been reported."""
        template = self.template(node.value, node.mark)
        return Given(option, template, node.value, node.mark, at) if template else None

    def template(self, text: str, mark: Mark) -> Template | None:
        """The text with its `$` read; None where something is wrong with one, which is reported."""
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
                known = f"known here: {listed(self.words)}; parameters: declares others"
                meant = self.report.hint(name, self.words, known)
                self.report.add(mark, f"unknown name {quoted(f'${name}')}{meant}")
                return None
        return template

    def _call(
        self,
        mark: Mark,
        at: Mark,
        head: Template | None,
        given: list[Given | None],
        spelled_out: bool,
    ) -> Body:
        """The call of what `head` names. A part that is None has been reported."""
        if head is None:
            return Broken(mark)
        known = tuple(one for one in given if one is not None)
        templates = [head, *(one.value for one in known)]
        uses = dict.fromkeys(
            name for template in templates if template.constant is None for name in template.names
        )
        words = Words(mark, at, spelled_out, head, known, tuple(uses), self.words)
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
