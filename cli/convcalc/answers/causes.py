"""Why networks differ: which settings changed and which lines were edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..network.layer import Item, Layer
from ..network.model import Network
from ..reader.nodes import Mapping as Keys
from ..reader.nodes import Node, Text
from ..reader.nodes import Sequence as Items
from .diff import ADDED, EDITED, REMOVED, Change, Diff

_SECTIONS = ("input", "parameters", "defaults")  # which layers follow from
_RULES, _EXPECTED = "budget", "expect"  # which no layer follows from
_Settings = dict[str, tuple[str, int]]  # by dotted keys, with the line


class Written:
    """One version of a file: its tree and its lines; empty where it is no specification."""

    def __init__(self, root: Node | None = None, lines: Sequence[str] = ()) -> None:
        self.root = root
        self.lines = lines
        self._spelled_out = dict(_spelled_out(root))

    def text_of(self, item: Item) -> str | None:
        """How the file writes a layer or a group."""
        line, column, length = item.mark[:3]
        if not 1 <= line <= len(self.lines):
            return None
        written = self.lines[line - 1][column - 1 : column - 1 + length]
        return self._spelled_out.get((line, column), written)


def _spelled_out(node: Node | None) -> Iterator[tuple[tuple[int, int], str]]:
    """The options of each `{op: conv, ...}`, by the place of its operation's name."""
    match node:
        case Keys(entries=entries):
            if "op" in entries:
                options = (f"{key}: {text}" for key, (text, _) in _flat("", node))
                mark = entries["op"].value.mark
                yield (mark.line, mark.column), ", ".join(options)
            for entry in entries.values():
                yield from _spelled_out(entry.value)
        case Items(items=items):
            for item in items:
                yield from _spelled_out(item)


class Cause(NamedTuple):
    """Something that an author changed; `old` or `new` is None where it was added or removed.

    `key` is a setting's, such as `parameters.w`, and empty for layers.
    """

    line: int | None
    key: str
    old: str | None
    new: str | None

    @property
    def is_gone(self) -> bool:
        """Whether its line is in the old version of the file."""
        return self.new is None

    @property
    def is_rule(self) -> bool:
        """Whether it is a limit, or a figure that is expected no more."""
        return self.key.startswith((f"{_RULES}.", f"{_EXPECTED}."))


def causes(diffs: Iterable[Diff], old: Written, new: Written) -> list[tuple[Cause, int]]:
    """The causes in one file, each with the number of layers that it edited.

    Settings come first and rules last, each in the order of the file.
    """
    found: Counter[Cause] = Counter()
    for diff in diffs:
        if not (diff.old and diff.new):
            continue
        settings = list(_differing(_settings(old.root, diff.old), _settings(new.root, diff.new)))
        found.update(dict.fromkeys((*settings, *_rule_causes(diff.old, diff.new, old, new)), 0))
        found.update(_edits(diff, old, new, bool(settings)))
    return sorted(found.items(), key=lambda one: (_rank(one[0]), one[0].line or 0))


def _rank(cause: Cause) -> int:
    if not cause.key:
        return 1
    return 2 if cause.is_rule else 0


def _differing(were: _Settings, are: _Settings) -> Iterator[Cause]:
    for key in dict.fromkeys((*were, *are)):
        before, after = were.get(key), are.get(key)
        if (before and before[0]) != (after and after[0]):
            line = (after or before or ("", 0))[1]
            yield Cause(line, key, before and before[0], after and after[0])


def _settings(root: Node | None, network: Network) -> _Settings:
    """What layers follow from without being written otherwise, defaults of blocks' arguments too."""
    found = dict(_signatures(_entry(root, "define")))
    for section in _SECTIONS:
        found |= _of_variant(root, network, section)
    return found


def _signatures(node: Node | None) -> Iterator[tuple[str, tuple[str, int]]]:
    """The arguments of each block, as in `define.b`: `(c=8)`."""
    for key, entry in node.entries.items() if isinstance(node, Keys) else ():
        name, parenthesis, arguments = key.partition("(")
        if parenthesis:
            yield f"define.{name}", (parenthesis + arguments, entry.key.line)


def _rule_causes(was: Network, now: Network, old: Written, new: Written) -> Iterator[Cause]:
    """The rules of a variant that are others now. Two variants are meant to have their own."""
    if was.variant == now.variant:
        before, after = (_of_variant(file.root, one, _RULES) for file, one in ((old, was), (new, now)))
        yield from _differing(before, after)
        left = _of_variant(new.root, now, _EXPECTED)
        for key, (value, line) in _of_variant(old.root, was, _EXPECTED).items():
            if key not in left:  # one that is another must be true, which `check` tells
                yield Cause(line, key, value, None)


def _of_variant(root: Node | None, network: Network, section: str) -> _Settings:
    """A section's values for a variant: the file's own, replaced by the variant's."""
    found = dict(_flat(section, _entry(root, section)))
    if network.variant:
        overlay = _entry(_entry(root, "variants"), network.variant)
        found |= dict(_flat(section, _entry(overlay, section)))
    return found


def _entry(node: Node | None, key: str) -> Node | None:
    if isinstance(node, Keys) and key in node.entries:
        return node.entries[key].value
    return None


def _flat(key: str, node: Node | None) -> Iterator[tuple[str, tuple[str, int]]]:
    if isinstance(node, Keys):
        for name, entry in node.entries.items():
            yield from _flat(f"{key}.{name}", entry.value)
    elif isinstance(node, Text):
        yield key, (node.value, node.line)
    elif node is not None:
        sizes = [item.value for item in node.items if isinstance(item, Text)]
        yield key, (f"[{', '.join(sizes)}]", node.mark.line)


def _edits(diff: Diff, old: Written, new: Written, has_settings: bool) -> Iterator[Cause]:
    """What was edited, added or removed. What only follows from settings is left out."""
    for change in diff.changes:
        if change.kind in (ADDED, REMOVED):
            yield _one_sided(diff, change)
        elif change.kind == EDITED and diff.old and diff.new and change.old and change.new:
            pairs = [
                *zip(_around(diff.old, change.old), _around(diff.new, change.new), strict=False),
                (change.old, change.new),
            ]
            differing = (one for one in pairs if old.text_of(one[0]) != new.text_of(one[1]))
            if edited := next(differing, None):
                yield Cause(edited[1].line, "", *_texts(*edited, change))
            elif change.is_rewired or not has_settings:
                edited = next((one for one in pairs if one[0].written != one[1].written), pairs[-1])
                yield Cause(edited[1].line, "", *_texts(*edited, change))


def _texts(was: Item, now: Item, change: Change) -> tuple[str, str]:
    """How a layer was and is written; where that is the same, what differs: `reads a`, `reads b`."""
    if was.written != now.written or not change.edits:
        return was.written, now.written
    before = ", ".join(f"{edit.option} {edit.old}" for edit in change.edits)
    after = ", ".join(f"{edit.option} {edit.new}" for edit in change.edits)
    return before, after


def _one_sided(diff: Diff, change: Change) -> Cause:
    """A layer that was added or removed, or the outermost group that was with it."""
    here, there = (diff.new, diff.old) if change.new else (diff.old, diff.new)
    assert here is not None
    others: Mapping[str, int] = there.places if there else {}
    around = (item for item in _around(here, change.layer) if item.path not in others)
    item = next(around, change.layer)
    text = item.written or item.name
    return Cause(item.line, "", *((None, text) if change.new else (text, None)))


def _around(network: Network, layer: Layer) -> list[Item]:
    """The groups around a layer, the outermost first."""
    parts = layer.path.split("/")
    paths = ("/".join(parts[:count]) for count in range(1, len(parts)))
    return [network.items[network.places[path]] for path in paths if path in network.places]
