"""Why networks differ: which settings changed and which lines were edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..network.layer import Item, Layer
from ..network.model import Network
from ..reader.nodes import Mapping as Keys
from ..reader.nodes import Node, Text
from .diff import ADDED, EDITED, REMOVED, Change, Diff

_SECTIONS = ("input", "parameters", "defaults")
_Settings = dict[str, tuple[str, int]]  # by dotted keys, with the line


class Written(NamedTuple):
    """One version of a file: its tree and its lines; empty where it is no specification."""

    root: Node | None = None
    lines: Sequence[str] = ()

    def text_of(self, item: Item) -> str | None:
        """How the file writes a layer, or a group that stands on one line."""
        if not item.line or item.line > len(self.lines):
            return None
        line = self.lines[item.line - 1]
        if not isinstance(item, Layer):
            return line.strip()
        start = item.mark.column - 1
        return line[start : start + item.mark.length]


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


def causes(diffs: Iterable[Diff], old: Written, new: Written) -> list[tuple[Cause, int]]:
    """The causes in one file, in its order, each with the number of layers that it edited."""
    found: Counter[Cause] = Counter()
    for diff in diffs:
        if not (diff.old and diff.new):
            continue
        settings = list(_setting_causes(diff, old, new))
        found.update(dict.fromkeys(settings, 0))
        found.update(_edits(diff, old, new, bool(settings)))
    return sorted(found.items(), key=lambda one: (not one[0].key, one[0].line or 0))


def _setting_causes(diff: Diff, old: Written, new: Written) -> Iterator[Cause]:
    were, are = _settings(old.root, diff.old), _settings(new.root, diff.new)
    for key in dict.fromkeys((*were, *are)):
        before, after = were.get(key), are.get(key)
        if (before and before[0]) != (after and after[0]):
            line = (after or before or ("", 0))[1]
            yield Cause(line, key, before and before[0], after and after[0])


def _settings(root: Node | None, network: Network | None) -> _Settings:
    """The settings of a variant: the file's own, replaced by the variant's."""
    found: _Settings = {}
    variant = network.variant if network else None
    overlay = _entry(_entry(root, "variants"), variant) if variant else None
    for node in (root, overlay):
        for section in _SECTIONS:
            found |= dict(_flat(section, _entry(node, section)))
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
        elif change.kind == EDITED and diff.old and diff.new:
            was, now = _outermost(diff.old, diff.new, change)
            is_as_written = old.text_of(was) == new.text_of(now)
            if not (has_settings and is_as_written):
                yield Cause(now.line, "", *_texts(was, now, change))


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


def _outermost(old: Network, new: Network, change: Change) -> tuple[Item, Item]:
    """The outermost group around a layer whose line differs, else the layer itself."""
    assert change.old is not None
    assert change.new is not None
    groups = zip(_around(old, change.old), _around(new, change.new), strict=False)
    differing = ((was, now) for was, now in groups if was.written != now.written)
    return next(differing, (change.old, change.new))


def _around(network: Network, layer: Layer) -> list[Item]:
    """The groups around a layer, the outermost first."""
    parts = layer.path.split("/")
    paths = ("/".join(parts[:count]) for count in range(1, len(parts)))
    return [network.items[network.places[path]] for path in paths if path in network.places]
