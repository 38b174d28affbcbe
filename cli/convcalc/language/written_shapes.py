"""A shape in both forms that it has in a file: `[3, 224, 224]`, or `3x224x224` as tables print it."""

from __future__ import annotations

import re

from ..reader.nodes import Node, Sequence, Text

# An x between two sizes, which are numbers or end and begin as `$name` and `$(...)` do.
_CROSS = r"(?<=[0-9)])[x×](?=[0-9$])"
_SIZE = r"[0-9]+|\$(?s:.*)"


def size_nodes(node: Node) -> list[Node] | None:
    """The sizes, each with its place; None where the node is neither a list nor `3x224x224`."""
    if isinstance(node, Sequence):
        return node.items
    if not isinstance(node, Text):
        return None
    parts = re.split(_CROSS, node.value)
    if not all(re.fullmatch(_SIZE, part) for part in parts):
        return None
    starts = [0, *(cross.end() for cross in re.finditer(_CROSS, node.value))]
    return [_part(node, text, start) for text, start in zip(parts, starts, strict=True)]


def _part(node: Text, text: str, start: int) -> Text:
    return Text(text, *node.part(start, len(text)), exact=node.exact)
