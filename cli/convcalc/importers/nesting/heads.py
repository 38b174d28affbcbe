"""Heads and the trunk: which nodes belong to one head only, and where it leaves the trunk."""

from typing import NamedTuple

from ..graph import INPUT, Graph

_SEVERAL = -2  # reached by several heads, or by the trunk's end
_NONE = -1


class Region(NamedTuple):
    """Nodes in the order of execution that are entered at one place. `end` is None for a trunk
    whose every end is an output."""

    nodes: tuple[int, ...]
    entry: int
    end: int | None


Regions = tuple[Region, list[tuple[int, Region]]]  # the trunk's, and each head's by its number


def cut_heads(graph: Graph) -> Regions:
    """The trunk, and each head that is not its end, by number."""
    counted = [number for number, head in enumerate(graph.heads) if not head.aux]
    end = counted[0] if len(counted) == 1 else None
    own: dict[int, list[int]] = {number: [] for number in range(len(graph.heads))}
    for number, owner in enumerate(_owners(graph, end)):
        if owner >= 0:
            own[owner].append(number)
    heads = [number for number in own if number != end]
    regions = {number: _whole(graph, number, own[number]) for number in heads}
    known = {_words(graph, region) for region in regions.values() if region}
    uses = _uses(graph)
    found = [
        (number, regions[number] or _tail(graph, number, set(own[number]), uses, known))
        for number in heads
    ]
    trunk = set(range(len(graph.nodes)))
    for _, region in found:
        trunk.difference_update(region.nodes)
    last = None if end is None else graph.heads[end].node
    return Region(tuple(sorted(trunk)), INPUT, last), found


def _owners(graph: Graph, end: int | None) -> list[int]:
    """The only head that needs a node, else `_SEVERAL`."""
    owners = [_NONE] * len(graph.nodes)

    def needed(number: int, by: int) -> None:
        if number != INPUT:
            owners[number] = by if owners[number] in (_NONE, by) else _SEVERAL

    for number, head in enumerate(graph.heads):
        needed(head.node, _SEVERAL if number == end else number)
    for number in range(len(graph.nodes) - 1, -1, -1):
        for source in graph.nodes[number].inputs:
            needed(source, owners[number])
    return owners


def _whole(graph: Graph, head: int, own: list[int]) -> Region | None:
    """All that is a head's own, if it is entered at one place."""
    end, inside = graph.heads[head].node, set(own)
    if end not in inside:
        return Region((), end, end)
    entries = {source for number in own for source in graph.nodes[number].inputs} - inside
    return Region(tuple(own), entries.pop(), end) if len(entries) == 1 else None


def _tail(
    graph: Graph, head: int, inside: set[int], uses: list[int], known: set[tuple[str, ...]]
) -> Region:
    """The chain that ends in a head, no longer than a head whose words it has.

    The last of several heads is a piece of the trunk too; it is cut where the others are.
    """
    end = graph.heads[head].node
    lengths = {len(words) for words in known}
    chain: list[int] = []  # backwards
    entry = end
    while entry in inside and len(graph.nodes[entry].inputs) == 1 and uses[entry] <= (entry != end):
        chain.append(entry)
        (entry,) = graph.nodes[entry].inputs
        if len(chain) in lengths and _words(graph, Region(tuple(chain[::-1]), entry, end)) in known:
            break
    return Region(tuple(chain[::-1]), entry, end)


def _words(graph: Graph, region: Region) -> tuple[str, ...]:
    return tuple(graph.nodes[number].op for number in region.nodes)


def _uses(graph: Graph) -> list[int]:
    """How many nodes read each one."""
    uses = [0] * len(graph.nodes)
    for node in graph.nodes:
        for source in node.inputs:
            if source != INPUT:
                uses[source] += 1
    return uses
