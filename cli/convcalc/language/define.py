"""`define`: blocks with their arguments and defaults."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..errors import Problem
from ..nodes import Entry, Mapping, Text, describe, quoted
from .bodies import Block, Broken
from .calls import Builder, Signature
from .names import block_name_objection, word_objection
from .parse import BodyParser
from .shorthand import Token, split_commas
from .template import Template, TemplateError, read_template

_HEAD = re.compile(r"([^()]*?)\s*(?:\((.*)\))?\s*", re.DOTALL)


def read_blocks(
    entry: Entry, parameters: Iterable[str], builder: Builder, problems: list[Problem]
) -> dict[str, Block]:
    """The blocks by name; a body may call any block of the file."""
    if not isinstance(entry.value, Mapping):
        what = f'"define" must be a mapping of NAME(arguments) to bodies, not {describe(entry.value)}'
        problems.append(Problem(entry.value.mark, what))
        return {}
    heads = [(_read_head(block.key, problems), block) for block in entry.value.entries.values()]
    blocks: dict[str, Block] = {}
    for block, source in heads:
        if block.signature.name in blocks:
            first = f"first defined on line {blocks[block.signature.name].mark.line}"
            what = f"duplicate block {quoted(block.signature.name)}; {first}"
            problems.append(Problem(source.key.mark, what))
        blocks.setdefault(block.signature.name, block)
    for block, source in heads:
        words = {*parameters, *block.signature.arguments}
        block.body = BodyParser(problems, builder, blocks, words).body(source.value)
        _check_defaults(block, parameters, problems)
    return blocks


def _read_head(key: Text, problems: list[Problem]) -> Block:
    """A block as its key declares it; its body is read once every block is known."""
    match = _HEAD.fullmatch(key.value)
    name, inside = (match[1], match[2]) if match else (key.value, None)
    if objection := block_name_objection(name):
        problems.append(Problem(key.mark, objection))
    defaults: dict[str, Template] = {}
    arguments: list[str] = []
    offset = key.value.find("(") + 1
    for token in split_commas(inside) if inside and inside.strip() else []:
        argument, default = _read_argument(key, token, offset, problems)
        mark = key.part(offset + token.start, max(len(token.text), 1))
        if argument in arguments:
            problems.append(Problem(mark, f"duplicate argument {quoted(argument)}"))
        elif default is None and defaults:
            what = f"{quoted(argument)} needs a default, because {quoted(next(iter(defaults)))} has one"
            problems.append(Problem(mark, what))
        arguments.append(argument)
        if default is not None:
            defaults[argument] = default
    required = frozenset(argument for argument in arguments if argument not in defaults)
    words = [argument if argument in required else f"[{argument}]" for argument in arguments]
    usage = " ".join([name, *words])
    kinds = dict.fromkeys(arguments)
    signature = Signature(name, usage, tuple(arguments), required, kinds)
    return Block(key.mark, signature, defaults, Broken(key.mark))


def _read_argument(
    key: Text, token: Token, offset: int, problems: list[Problem]
) -> tuple[str, Template | None]:
    """`c` or `c=default`."""
    name, equals, default = (part.strip() for part in token.text.partition("="))
    mark = key.part(offset + token.start, max(len(token.text), 1))
    if objection := word_objection(name, "argument"):
        problems.append(Problem(mark, objection))
    if not equals:
        return name, None
    try:
        if not default or (len(default.split()) != 1 and "(" not in default):
            raise TemplateError(f"the default of {quoted(name)} must be one word")
        return name, read_template(default)
    except TemplateError as error:
        problems.append(Problem(mark, str(error)))
        return name, Template(("1",))


def _check_defaults(block: Block, parameters: Iterable[str], problems: list[Problem]) -> None:
    """A default may use the file's parameters, $in and the arguments before it."""
    known = {*parameters, "in"}
    for argument in block.signature.arguments:
        for name in block.defaults.get(argument, Template(())).names:
            if name not in known:
                what = f'the default of "{argument}" uses "${name}", which is not known before it'
                problems.append(Problem(block.mark, what))
        known.add(argument)
