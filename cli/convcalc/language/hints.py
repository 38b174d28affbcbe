"""What a wrong word or key was probably meant as."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Sized
from itertools import chain

from ..ops import WORDS
from ..ops.options import NATURAL
from ..reader.nodes import Entry, Mapping, Text
from ..text.problems import Mark
from ..text.wording import hint, quoted
from .signature import SIGNATURES

_OPTIONS = {option for signature in SIGNATURES.values() for option in signature.kinds}

# Other tools' words for our operations.
_ELSEWHERE = {
    "bn": "batchnorm",
    "deconv": "conv_transpose",
    "dense": "linear",
    "depthwise": "dwconv",
    "fc": "linear",
    "gap": "global_avgpool",
    "swish": "silu",
}


def unknown_operation(name: str, blocks: Collection[str], problems: Sized) -> str:
    """The message for a word that is no operation and no block, behind these problems."""
    head, opening, _ = name.partition("(")
    if opening and (head in WORDS or head in blocks):
        return f"unknown operation {quoted(name)}; arguments stand without parentheses: {head} ..."
    known = _ELSEWHERE.get(name.lower())
    if known in WORDS:
        return f'unknown operation {quoted(name)}; did you mean "{known}"?'
    meant = hint(problems, name, chain(WORDS, blocks), "convcalc ops lists them")
    return f"unknown operation {quoted(name)}{meant}"


def name_fault(entry: Entry) -> str:
    """What to write where an operation stands in the place of a name."""
    name = entry.key.value
    if isinstance(entry.value, Text):
        return f'"{name}" is an operation, not a name; write - {name} {entry.value.value}'
    if isinstance(entry.value, Mapping):
        return f'"{name}" is an operation, not a name; write - {{op: {name}, ...}}'
    return f'"{name}" is an operation; give what follows another name'


def mapping_fault(mark: Mark, entries: Sequence[Entry]) -> tuple[Mark, str]:
    """The place and the message for a mapping that is no layer."""
    keys = {entry.key.value: entry.key.mark for entry in entries}
    if "merge" in keys:
        return keys["merge"], '"merge" without "branches"'
    if "layers" in keys:
        return keys["layers"], '"layers" without "repeat"; a list needs no key'
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


def count_fault(text: str) -> str:
    """The message for a number of repetitions that is none."""
    return f"repeat must be {NATURAL.expects}, not {quoted(text)}"
