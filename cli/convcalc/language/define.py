"""`define`: blocks with their arguments and defaults."""

from __future__ import annotations

from collections.abc import Collection

from ..reader.nodes import Entry, Mapping, Text, describe
from ..text.problems import Mark, Problem
from ..text.wording import listed, quoted
from .bodies import Block, Broken
from .body_reader import BodyParser
from .builder import Builder
from .names import block_name_objection, word_objection
from .shorthand import Token, split_commas
from .signature import Given, Signature
from .template import TemplateError, read_template

MAX_ARGUMENTS = 256


def read_blocks(
    entry: Entry, parameters: Collection[str], builder: Builder, problems: list[Problem]
) -> dict[str, Block]:
    """The blocks by name; a body may call any block of the file."""
    if not isinstance(entry.value, Mapping):
        what = f'"define" must be a mapping of NAME(arguments) to bodies, not {describe(entry.value)}'
        problems.append(Problem(entry.value.mark, what))
        return {}
    blocks: dict[str, Block] = {}
    sources = [
        (_Head(source.key, parameters).read(problems), source) for source in entry.value.entries.values()
    ]
    for block, source in sources:
        name = block.signature.name
        if name in blocks:
            first = f"first defined on line {blocks[name].mark.line}"
            problems.append(Problem(source.key.mark, f"duplicate block {quoted(name)}; {first}"))
        elif block_name_objection(name) is None:
            blocks[name] = block
    for block, source in sources:
        if not block.is_broken:
            words = {*parameters, *block.signature.arguments}
            block.body = BodyParser(problems, builder, blocks, words).body(source.value)
    return blocks


class _Head:
    """Reads `NAME(argument, argument=default)`."""

    def __init__(self, key: Text, parameters: Collection[str]) -> None:
        self.key = key
        self.parameters = parameters
        self.problems: list[Problem] = []
        self.arguments: dict[str, None] = {}
        self.defaults: dict[str, Given] = {}

    def read(self, problems: list[Problem]) -> Block:
        """The block without its body, which is read once every block is known."""
        name, opening, rest = self.key.value.partition("(")
        inside, closing, behind = rest.rpartition(")")
        if objection := block_name_objection(name.strip()):
            self.report(self.key.mark, objection)
        elif opening and not closing:
            what = (
                f"the arguments of {quoted(name)} are not closed; inside braces put the head in quotes"
            )
            self.report(self.key.mark, what)
        elif behind.strip():
            self.report(self.key.mark, f"{quoted(behind.strip())} stands behind the arguments")
        elif inside.strip():
            for token in split_commas(inside):
                if len(self.arguments) == MAX_ARGUMENTS:
                    self.report(self.key.mark, f"a block of more than {MAX_ARGUMENTS} arguments")
                    break
                self.argument(token, len(name) + 1)
        problems += self.problems
        required = frozenset(self.arguments.keys() - self.defaults.keys())
        words = [one if one in required else f"[{one}]" for one in self.arguments]
        kinds = dict.fromkeys(self.arguments)
        usage = listed([name.strip(), *words], " ")
        signature = Signature(name.strip(), usage, tuple(self.arguments), required, kinds)
        mark = self.key.mark
        return Block(signature, self.defaults, mark, Broken(mark), is_broken=bool(self.problems))

    def report(self, mark: Mark, message: str) -> None:
        self.problems.append(Problem(mark, message))

    def argument(self, token: Token, offset: int) -> None:
        """`c` or `c=default`."""
        name, equals, default = (part.strip() for part in token.text.partition("="))
        mark = self.key.part(offset + token.start, max(len(token.text), 1))
        if objection := word_objection(name, "an argument"):
            self.report(mark, objection)
        elif name in self.arguments:
            self.report(mark, f"duplicate argument {quoted(name)}")
        elif equals:
            self.default(name, default, mark)
        elif self.defaults:
            first = next(iter(self.defaults))
            self.report(mark, f"{quoted(name)} needs a default, because {quoted(first)} has one")
        self.arguments[name] = None

    def default(self, name: str, text: str, mark: Mark) -> None:
        """It may use the file's parameters, $in and the arguments before it."""
        try:
            if not text or ("(" not in text and len(text.split()) != 1):
                raise TemplateError(f"the default of {quoted(name)} must be one word")
            template = read_template(text)
        except TemplateError as error:
            self.report(mark, str(error))
            return
        for used in template.names:
            if used not in self.arguments and used not in self.parameters and used != "in":
                what = f"the default of {quoted(name)} uses ${used}, which is not known before it"
                self.report(mark, what)
        self.defaults[name] = Given(name, template, text, mark, mark)
