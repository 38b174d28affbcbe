"""Hints for wrong words and keys: what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from collections.abc import Sequence as SequenceOf
from itertools import chain

from ..ops import MERGES, OPS
from ..reader.nodes import Entry, Mapping, Node, Sequence, Text
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .foreign_operations import our_word, said_instead
from .naming_rules import EDGES, operation_text
from .signature import SIGNATURES
from .structure_words import STRUCTURE_WORDS, structure_hint

_GLUED_KERNEL = r"([A-Za-z_]+?)[-_]?(\d+(?:x\d+)*)(?:[-_].*)?"  # conv3x3, conv_1x1
_NAME = r"[A-Za-z][\w.-]{0,60}"  # a longer one is not worth repeating
_DASHES = ("–", "—", "•", "·", "+", "*")
_OPERATION_KEYS = ("type", "kind", "operation", "layer", "class", "class_name", "module")
_OPTIONS = {option for signature in SIGNATURES.values() for option in signature.kinds}


def unknown_operation(
    name: str, following: SequenceOf[str], blocks: Collection[str], report: Report
) -> str:
    """The message for a word that is no operation and no block; `following` are the words behind it."""
    remedy = _remedy(name, following, blocks)
    if not remedy and name in STRUCTURE_WORDS and (said := structure_hint(name)):
        return said
    otherwise = "convcalc ops lists them"
    if not following and re.fullmatch(_NAME, name):
        otherwise += f', and "from {name}" reads a layer of that name'
    return f"unknown operation {quoted(name)}{remedy or operation_hint(report, name, blocks, otherwise)}"


def operation_hint(
    report: Report,
    name: str,
    blocks: Iterable[str] = (),
    otherwise: str = "convcalc ops lists them",
) -> str:
    """What may have been meant by a word that is no operation and none of the blocks."""
    if known := our_word(name):
        return f'; did you mean "{known}"?'
    if instead := structure_hint(name) or said_instead(name):
        return f"; {instead}"
    return report.hint(name, chain(OPS, blocks), otherwise)


def defaults_hint(report: Report, name: str) -> str:
    """What a key of `defaults` may have been meant as that is no operation."""
    if name in _OPTIONS:
        return f"; an option stands under its operation: {{conv: {{{name}: ...}}}}"
    return operation_hint(report, name)


def _remedy(name: str, following: SequenceOf[str], blocks: Collection[str]) -> str | None:
    """What to write for a word that is a layer in another notation."""
    head, opening, inside = name.partition("(")
    known = head if head in OPS or head in blocks else our_word(head)
    if opening and known:
        return f"; a layer has no parentheses: {_usage(known)}" if inside != ")" else _meant(known)
    if opening and (instead := said_instead(head)):
        return f"; {instead}"
    if name.startswith("("):
        return "; a list stands in [ and ]"
    if name in _DASHES:
        return '; an item of a list starts with "- "'
    if name.startswith("-") and _is_known(name[1:], blocks):
        return f"; a list's dash has a space behind it: - {name[1:]}"
    if our_word(name):
        return None
    if (match := re.fullmatch(_GLUED_KERNEL, name)) and (known := our_word(match[1])):
        kernel = match[2] if "x" in match[2] else f"{match[2]}x{match[2]}"
        return _meant(f"{known} {kernel}")
    before, colon, behind = name.rpartition(":")
    if colon and _is_known(behind, blocks):
        return f"; a name's colon has a space behind it: {before}: {behind}"
    if name[:1].isdigit():
        return "; a layer starts with the word of an operation, such as conv 3x3 64"
    words = [word for word in following if word.strip("=:")]
    if words and _is_known(words[0], blocks):
        return f"; a name has a colon behind it: {name}: {words[0]} ..."
    return None


def _is_known(word: str, blocks: Collection[str]) -> bool:
    return word in OPS or word in blocks


def _meant(word: str) -> str:
    return f'; did you mean "{word}"?'


def _usage(name: str) -> str:
    return SIGNATURES[name].usage if name in SIGNATURES else f"{name} ..."


def name_fault(entry: Entry, is_call: Callable[[str], object]) -> str:
    """The message for an operation that stands where a name should: `conv: 3x3 64`.

    `is_call` says of a word whether an operation or a block is called so.
    """
    name = entry.key.value
    what = operation_text(name) if name in OPS else f'"{name}" is a word of the language'
    if name in EDGES or name in MERGES:
        names = _names_of(entry.value, is_call)
        is_fit = names and (len(names) == 1 or name in MERGES)
        return f"{what}, not a name; write - {name} {listed(names, ' ') if is_fit else 'NAME'}"
    if isinstance(entry.value, Text):
        return f"{what}, not a name; write - {name} {entry.value.value}"
    if isinstance(entry.value, Sequence) and (words := _words_of(entry.value)):
        return f"{what}, not a name; write - {name} {words}"
    if isinstance(entry.value, Mapping):
        return f"{operation_text(name)}, not a name; write - {{op: {name}, ...}}"
    return f"{operation_text(name)}; give what follows another name"


def _names_of(node: Node, is_call: Callable[[str], object]) -> list[str]:
    """The names of a list or a line; none where it has anything else."""
    items = node.items if isinstance(node, Sequence) else [node]
    lines = [item.value.split() for item in items if isinstance(item, Text)]
    is_plain = len(lines) == len(items) and not any(is_call(line[0]) for line in lines if line)
    return [word for line in lines for word in line] if is_plain else []


def _words_of(node: Sequence) -> str | None:
    """`3x3 64` for a list of words that are no layers; None for anything else."""
    words = [item.value for item in node.items if isinstance(item, Text)]
    is_plain = len(words) == len(node.items) and all(word[:1].isdigit() for word in words)
    return listed(words, " ") if is_plain else None


def words_of_a_line(node: Sequence) -> str | None:
    """`conv 3x3 64` of `[conv, 3x3, 64]`, None of a list of layers."""
    first, *rest = node.items or [node]
    if not (rest and isinstance(first, Text) and first.value in SIGNATURES):
        return None
    words = _words_of(Sequence(node.mark, rest))
    return f"{first.value} {words}" if words and " " not in words.strip("0123456789x/ ") else None


def mapping_fault(
    mark: Mark, entries: SequenceOf[Entry], is_call: Callable[[str], object]
) -> tuple[Mark, str]:
    """The place and the message for a mapping that is no layer."""
    from .foreign_options import is_an_option  # only needed where something is wrong
    from .stray_keys import looks_like_a_body, several_layers

    keys = {entry.key.value: entry.key.mark for entry in entries}
    if "merge" in keys:
        return keys["merge"], '"merge" without "branches", whose ends it joins'
    if "layers" in keys:
        return keys["layers"], '"layers" without "repeat" or "if"; a list needs no key'
    if "else" in keys:
        return keys["else"], '"else" without "if"; write {if: CONDITION, layers: ..., else: ...}'
    if not entries:
        return mark, "an empty mapping; write identity for a layer that does nothing"
    if len(entries) > 1 and all(looks_like_a_body(entry, is_call) for entry in entries):
        return entries[1].key.mark, several_layers(entries)
    if any(key in _OPERATION_KEYS or key in _OPTIONS or is_an_option(key) for key in keys):
        return mark, 'no "op"; a layer that is spelled out starts with op: and the operation'
    return entries[1].key.mark, several_layers(entries)
