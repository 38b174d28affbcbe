"""Keys that do not belong where they stand, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..ops import MERGES, OPS
from ..reader.nodes import Entry, Mapping, Node, Text
from ..reader.nodes import Sequence as ListNode
from ..text.problems import Report
from ..text.wording import listed, quoted
from .naming_rules import EDGES

IsCall = Callable[[str], object]  # whether an operation or a block is called by a word

# Our key of a structure, and what others would call it.
_CALLED = {
    "layers": "block body content do module modules sequence then",
    "else": "elif orelse otherwise",
    "merge": "combine how join mode op type",
}
_HOLDS_LAYERS = ("repeat", "if")  # whose body stands under layers:
_STRUCTURES = ("repeat", "if", "branches", "out", "aux", "op")


def stray_key(entry: Entry, node: Mapping, known: Sequence[str], is_call: IsCall, report: Report) -> str:
    """The message for a key in a mapping that may have only the known ones."""
    key, first = entry.key.value, known[0]
    missing = [one for one in known if one not in node.entries]
    if meant := _meant(key, missing):
        return f'unknown key {quoted(key)}; did you mean "{meant}"?'
    if key in ("name", "id") and isinstance(entry.value, Text):
        return f"a name stands in front, as the only key: {entry.value.value}: {{{first}: ...}}"
    if key in _STRUCTURES:
        return (
            f"{quoted(key)} beside {quoted(first)}; one of them holds the other: {_nested(first, key)}"
        )
    near = report.closest(key, missing)
    is_key = any(key.casefold() in words.split() for words in _CALLED.values())
    if near is None and not is_key and looks_like_a_body(entry, is_call):
        return _stray_layer(entry, first, node)
    hint = f'did you mean "{near}"?' if near else f"only {listed(known)} may stand here"
    return f"unknown key {quoted(key)}; {hint}"


def _nested(first: str, second: str) -> str:
    outer, inner = (first, second) if first in _HOLDS_LAYERS else (second, first)
    if outer in _HOLDS_LAYERS:
        return f"{{{outer}: ..., layers: {{{inner}: ...}}}}"
    return f"{{{outer}: {{{inner}: ...}}}}"


def _stray_layer(entry: Entry, first: str, node: Mapping) -> str:
    key = entry.key.value
    place = "layers" if first in _HOLDS_LAYERS else first
    if place not in node.entries:
        body = _item(entry).removeprefix("- ")
        return f"{quoted(key)} stands beside {quoted(first)}, whose body stands under layers: [{body}]"
    item = f'"{_item(entry)}"'
    what = f"{quoted(key)} is a layer beside {quoted(first)}"
    return f"{what}; start a list item of its own, {item}, or put it into what stands under {place}:"


def _item(entry: Entry) -> str:
    """How a layer that is written as a key and its value is written in a list."""
    key = entry.key.value
    if key not in (*OPS, *EDGES):
        return f"- {key}: ..."
    return f"- {key} {entry.value.value}" if isinstance(entry.value, Text) else f"- {key} ..."


def _meant(key: str, known: Sequence[str]) -> str | None:
    """Which of the known keys others call so."""
    word = key.casefold().replace("_", "")
    if key in OPS:
        return None
    return next((ours for ours in known if word in _CALLED.get(ours, "").split()), None)


def looks_like_a_body(entry: Entry, is_call: IsCall) -> bool:
    """Whether a key and its value look like a layer with its name, or `conv: 3x3 64`."""
    return entry.key.value in (*OPS, *EDGES) or _is_body(entry.value, is_call)


def _is_body(node: Node, is_call: IsCall) -> bool:
    if isinstance(node, Text):
        words = node.value.split()
        return bool(words) and (words[0] in EDGES or bool(is_call(words[0])))
    return (
        isinstance(node, ListNode)
        and bool(node.items)
        and all(_is_body(one, is_call) for one in node.items)
    )


def several_layers(entries: Sequence[Entry]) -> str:
    """The message for a mapping of several layers, where a list belongs."""
    first, second = entries[0], entries[1]
    if first.key.value in OPS and first.key.value not in MERGES:
        what = f"{quoted(second.key.value)} is a second layer in one mapping"
        return f'{what}; write a list, a line for each layer: "{_item(first)}"'
    what = f"a second name, {quoted(second.key.value)}, in one mapping"
    dashes = f'"{_item(first)}", "{_item(second)}"'
    return f"{what}; layers are a list, each with a dash: {dashes}; only branches stand side by side"
