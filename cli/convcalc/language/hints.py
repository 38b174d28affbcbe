"""What a wrong word or key was probably meant as."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Sequence as SequenceOf
from itertools import chain

from ..ops import MERGES, OPS
from ..ops.options import NATURAL
from ..reader.nodes import Entry, Mapping, Node, Sequence, Text
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .names import EDGES, operation_text
from .other_frameworks import is_none_of_ours, our_word
from .signature import SIGNATURES

_OPTIONS = {option for signature in SIGNATURES.values() for option in signature.kinds}


def unknown_operation(name: str, blocks: Collection[str], report: Report) -> str:
    """The message for a word that is no operation and no block."""
    head, opening, _ = name.partition("(")
    if opening and (head in OPS or head in blocks):
        return f"unknown operation {quoted(name)}; arguments stand without parentheses: {head} ..."
    return f"unknown operation {quoted(name)}{operation_hint(report, name, blocks)}"


def operation_hint(
    report: Report,
    name: str,
    blocks: Iterable[str] = (),
    otherwise: str = "convcalc ops lists them",
) -> str:
    """What a word may have been meant as that is no operation and none of the blocks."""
    if known := our_word(name):
        return f'; did you mean "{known}"?'
    likely = () if is_none_of_ours(name) else chain(OPS, blocks)
    return report.hint(name, likely, otherwise)


def name_fault(entry: Entry) -> str:
    """What to write where an operation stands in the place of a name."""
    name = entry.key.value
    what = operation_text(name) if name in OPS else f'"{name}" is a word of the language'
    if isinstance(entry.value, Text):
        return f"{what}, not a name; write - {name} {entry.value.value}"
    if name in EDGES or name in MERGES:
        return f"{what}, not a name; write - {name} {_names_text(entry.value)}"
    if isinstance(entry.value, Mapping):
        return f"{operation_text(name)}, not a name; write - {{op: {name}, ...}}"
    return f"{operation_text(name)}; give what follows another name"


def _names_text(node: Node) -> str:
    """The names of a list, as a line has them."""
    items = node.items if isinstance(node, Sequence) else []
    names = [item.value for item in items if isinstance(item, Text) and " " not in item.value]
    return listed(names, " ") if len(names) == len(items) > 0 else "NAME"


def mapping_fault(mark: Mark, entries: SequenceOf[Entry]) -> tuple[Mark, str]:
    """The place and the message for a mapping that is no layer."""
    keys = {entry.key.value: entry.key.mark for entry in entries}
    if "merge" in keys:
        return keys["merge"], '"merge" without "branches"'
    if "layers" in keys:
        return keys["layers"], '"layers" without "repeat" or "if"; a list needs no key'
    if "else" in keys:
        return keys["else"], '"else" without "if"'
    if not entries:
        return mark, "an empty mapping; write identity for a layer that does nothing"
    if {"type", "kind", "operation", *_OPTIONS}.intersection(keys):
        return mark, 'no "op"; a layer that is spelled out starts with op: and the operation'
    second = entries[1].key
    hint = "start a new list item, or put both under branches"
    return second.mark, f"a second name, {quoted(second.value)}, in one layer; {hint}"


def read_count(text: str) -> int | None:
    """A number of repetitions, None where the text is not one."""
    try:
        count: int = NATURAL.read(text)
        return count
    except ValueError:
        return None


def read_condition(text: str) -> bool | None:
    """A condition, None where the text is not one."""
    return {0: False, 1: True}.get(count) if (count := read_count(text)) is not None else None


def condition_fault(text: str) -> str:
    """The message for a condition that is none."""
    return f"if must be 0 or 1, not {quoted(text)}"


def count_fault(text: str) -> str:
    """The message for a number of repetitions that is none."""
    return f"repeat must be {NATURAL.expects}, not {quoted(text)}"
