"""The whole text of a specification."""

from collections.abc import Iterable
from typing import NamedTuple

from ...ops import OPS
from ...ops.base import Operation
from ...text.escape import visible
from ..graph import INPUT, Graph
from .bodies import Defaults, Writer
from .calls import texts_of
from .fold import Folded
from .layer_names import give_names
from .naming import clean
from .yaml_text import WIDTH, block, entries, flow, quoted, scalar

_SIZES = ("stride", "dilation", "groups", "multiplier", "output_padding")
_LEAST = 3  # layers that share an option before it is the file's default


class Origin(NamedTuple):
    """Where a specification comes from."""

    label: str  # the file's name in messages
    name: str  # the same without its folder
    stem: str
    digest: str = ""  # the first digits of its SHA-256, where the text is kept


def write(graph: Graph, operations: Iterable[Operation | None], folded: Folded, origin: Origin) -> str:
    """The text but for what it expects, with what a person has to know as comments in front."""
    defaults = _defaults(operations)
    image = give_names(folded)
    writer = Writer({block.name: block.params for block in folded.blocks}, defaults)
    lines = [f"# {line}" for note in (*graph.caveats, *graph.notes) for line in _wrapped(visible(note))]
    digest = f", sha256 {origin.digest}" if origin.digest else ""
    source = f"{graph.tool}, {origin.name}{digest}"
    lines += [
        f"name: {scalar(clean(graph.name) or clean(origin.stem) or 'model')}",
        f"source: {quoted(visible(source))}",
        f"input: [{', '.join(map(str, graph.input))}]",
    ]
    if defaults:
        lines.append(f"defaults: {flow(_nested(defaults))}")
    if folded.blocks:
        lines.append("define:")
        for one in folded.blocks:
            lines += entries({one.head: writer.body(one.body, one.entry)}, 2)
    rows = writer.list(folded.body, INPUT)
    if image:
        rows.insert(0, {image: []})
    lines.append("layers:" if rows else "layers: []")
    lines += block(rows, 2)
    return "\n".join(lines) + "\n"


def expectation(graph: Graph, aux: frozenset[int]) -> str:
    """The line that says what the reader has counted, without the nodes of side heads."""
    counted = [node for number, node in enumerate(graph.nodes) if number not in aux]
    totals = {
        "params": str(sum(node.params for node in counted)),
        "macs": str(sum(node.macs for node in counted)),
    }
    shapes = [
        [str(size) for size in (graph.input if head.node == INPUT else graph.nodes[head.node].output)]
        for head in graph.heads
        if not head.aux
    ]
    output = shapes[0] if len(shapes) == 1 else shapes
    return f"expect: {flow({**totals, 'output': output})}\n"


def _defaults(operations: Iterable[Operation | None]) -> Defaults:
    """Options that all of an operation's layers have, and that its arguments do not say."""
    texts: dict[tuple[str, str], list[str]] = {}
    known: dict[Operation, tuple[tuple[str, str], ...]] = {}
    for operation in operations:
        if operation is None:
            continue
        if operation not in known:
            both = texts_of(operation)
            known[operation] = (*both.sizes, *both.fixed)
        for option, text in known[operation]:
            texts.setdefault((operation.name, option), []).append(text)
    return {
        (name, option): found[0]
        for (name, option), found in texts.items()
        if _is_default(name, option, found)
    }


def _is_default(name: str, option: str, found: list[str]) -> bool:
    known = OPS[name]
    is_small = option not in known.arguments and option not in _SIZES
    is_one = len(found) >= _LEAST and len(set(found)) == 1
    return is_small and is_one and found[0] != known.options[option].default_text


def _nested(defaults: Defaults) -> dict[str, dict[str, str]]:
    nested: dict[str, dict[str, str]] = {}
    for (name, option), text in defaults.items():
        nested.setdefault(name, {})[option] = text
    return nested


# Text.


def _wrapped(sentence: str) -> list[str]:
    """A comment's lines."""
    lines = [""]
    for word in sentence.split():
        if lines[-1] and len(lines[-1]) + len(word) > WIDTH - 3:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
