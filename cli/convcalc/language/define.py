"""`define`: blocks with their arguments and defaults."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..reader.nodes import Entry, Mapping, Node, Sequence, Text, dash_hint, describe
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .bodies import Block, Broken
from .body_reader import BodyParser
from .builder import Builder
from .calls import Calls
from .naming_rules import block_name_objection, word_objection
from .shorthand import Token, split_commas
from .signature import Given, Signature
from .template import TemplateError, read_template

MAX_ARGUMENTS = 256
_WORDS = r"[\s(),]+"


def read_blocks(
    entry: Entry | None, parameters: Collection[str], builder: Builder, report: Report
) -> Calls:
    """The blocks of a file, ready to be called. Each may call any other."""
    blocks: dict[str, Block] = {}
    calls = Calls(blocks, builder)
    if entry is None:
        return calls
    if not isinstance(entry.value, Mapping):
        what = f'"define" must be a mapping of NAME(arguments) to bodies, not {describe(entry.value)}'
        report.add(entry.value.mark, what + dash_hint(entry.value))
        calls.unread.update(_words_of(entry.value))
        return calls
    sources = [
        (_SignatureReader(source.key, parameters, report).read(), source)
        for source in entry.value.entries.values()
    ]
    for block, source in sources:
        name = block.signature.name
        if name in blocks:
            first = f"first defined on line {blocks[name].mark.line}"
            report.add(source.key.mark, f"duplicate block {quoted(name)}; {first}")
        elif block_name_objection(name) is None:
            blocks[name] = block
        if block.is_broken:
            calls.unread.update(re.split(_WORDS, source.key.value))
    for block, source in sources:
        if not block.is_broken:
            words = {*parameters, *block.signature.arguments}
            block.body = BodyParser(report, calls, words).body(source.value)
    return calls


def _words_of(node: Node) -> Iterator[str]:
    """The words of all keys in a list of mappings, among which are the names of its blocks."""
    for item in node.items if isinstance(node, Sequence) else ():
        for key in item.entries if isinstance(item, Mapping) else ():
            yield from re.split(_WORDS, key)


class _SignatureReader:
    """Reads `NAME(argument, argument=default)`."""

    def __init__(self, key: Text, parameters: Collection[str], report: Report) -> None:
        self.key = key
        self.parameters = parameters
        self.report = report
        self.is_broken = False
        self.arguments: dict[str, None] = {}
        self.defaults: dict[str, Given] = {}

    def read(self) -> Block:
        """The block without its body, which is read when every block is known."""
        name, opening, rest = self.key.value.partition("(")
        inside, closing, behind = rest.rpartition(")")
        if objection := block_name_objection(name.strip()):
            self.refuse(self.key.mark, objection)
        elif opening and not closing:
            what = (
                f"the arguments of {quoted(name)} are not closed; inside braces put the head in quotes"
            )
            self.refuse(self.key.mark, what)
        elif behind.strip():
            self.refuse(
                self.key.mark,
                f"{quoted(behind.strip())} stands behind the arguments; end the head with ) and a colon",
            )
        elif inside.strip():
            for token in split_commas(inside):
                if len(self.arguments) == MAX_ARGUMENTS:
                    self.refuse(self.key.mark, f"a block of more than {MAX_ARGUMENTS} arguments")
                    break
                self.argument(token, len(name) + 1)
        required = frozenset(self.arguments.keys() - self.defaults.keys())
        words = [one if one in required else f"[{one}]" for one in self.arguments]
        kinds = dict.fromkeys(self.arguments)
        usage = listed([name.strip(), *words], " ")
        signature = Signature(name.strip(), usage, tuple(self.arguments), required, kinds)
        mark = self.key.mark
        return Block(signature, self.defaults, mark, Broken(mark), is_broken=self.is_broken)

    def refuse(self, mark: Mark, message: str) -> None:
        self.report.add(mark, message)
        self.is_broken = True

    def argument(self, token: Token, offset: int) -> None:
        """`c` or `c=default`."""
        name, equals, default = (part.strip() for part in token.text.partition("="))
        mark = self.key.part(offset + token.start, max(len(token.text), 1))
        if objection := word_objection(name, "an argument"):
            self.refuse(mark, objection)
        elif name in self.arguments:
            self.refuse(mark, f"duplicate argument {quoted(name)}")
        elif equals:
            self.default(name, default, mark)
        elif self.defaults:
            first = next(iter(self.defaults))
            self.refuse(mark, f"{quoted(name)} needs a default, because {quoted(first)} has one")
        self.arguments[name] = None

    def default(self, name: str, text: str, mark: Mark) -> None:
        """A default, which may use the file's parameters, $in and the arguments before it."""
        try:
            if not text or ("(" not in text and len(text.split()) != 1):
                raise TemplateError(f"the default of {quoted(name)} must be one word")
            template = read_template(text)
        except TemplateError as error:
            self.refuse(mark, str(error))
            return
        for used in template.names:
            if used not in self.arguments and used not in self.parameters and used != "in":
                what = f"the default of {quoted(name)} uses ${used}, which is not known before it"
                self.refuse(mark, what)
        self.defaults[name] = Given(name, template, text, mark, mark)
