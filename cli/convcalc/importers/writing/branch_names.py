"""What branches are called: by their module, by the names of their layers, or by what they do."""

from __future__ import annotations

from ..graph import Graph, SourceNode
from ..nesting.tree import Fork, nodes_of
from ..operation_kinds import ACTIVATIONS, NORMS, WEIGHTED
from .naming import TakenNames, beginning, clean

_SAYS_NOTHING = {"", *WEIGHTED, *NORMS, *ACTIVATIONS}


def branch_names(graph: Graph, split: Fork, level: int, fork: str) -> list[str]:
    """The source's name for each branch, else what it does; its own module is on this level."""
    taken = TakenNames()
    pairs = zip(_branches(graph, split), plain_names(graph, split), strict=True)
    return [taken.unique(_own_name(nodes, level, fork) or plain) for nodes, plain in pairs]


def plain_names(graph: Graph, split: Fork) -> list[str]:
    """`residual`, `gate`, `3x3`, `pool`: a name for each branch by what it does."""
    branches, op = _branches(graph, split), graph.nodes[split.node].op
    if op == "add":
        found = _of_sum([len(_with_weights(nodes)) for nodes in branches])
    elif op == "mul":
        found = ["gate" if nodes else "x" for nodes in branches]
    elif len(branches) == 2 and [] in branches:
        found = ["new" if nodes else "old" for nodes in branches]
    else:
        found = [_of_concat(nodes) for nodes in branches]
    taken = TakenNames()
    return [taken.unique(name) for name in found]


def _branches(graph: Graph, split: Fork) -> list[list[SourceNode]]:
    return [[graph.nodes[number] for number in nodes_of(branch)] for branch in split.branches]


def _with_weights(nodes: list[SourceNode]) -> list[SourceNode]:
    return [node for node in nodes if node.op in WEIGHTED]


def _of_sum(counts: list[int]) -> list[str]:
    """Of two branches the one with fewer layers is the shortcut."""
    shortest = min(counts)
    is_one = counts.count(shortest) == 1
    return ["shortcut" if is_one and count == shortest else "residual" for count in counts]


def _of_concat(nodes: list[SourceNode]) -> str:
    if not nodes:
        return "x"
    if nodes[0].op.endswith("pool"):
        return "pool"
    kernel = (_with_weights(nodes) or nodes)[-1].option("kernel_size")
    return "x".join(map(str, kernel)) if isinstance(kernel, tuple) else "branch"


def _own_name(nodes: list[SourceNode], level: int, fork: str) -> str:
    if not nodes:
        return ""
    main = _with_weights(nodes) or nodes
    modules = {node.scope[level].name if len(node.scope) > level else "" for node in main}
    own = _without(fork, [node.name for node in main if node.name])
    return clean(beginning(list(modules)).rstrip("_-.")) or own


def _without(fork: str, names: list[str]) -> str:
    """What the names of a branch's layers have in common, without the name of all the branches."""
    own = [name.removeprefix(fork).lstrip("_-.") for name in names]
    if not own:
        return ""
    start = beginning(own).rstrip("_-.")
    found = start if len(start) > 2 else own[0] if len(own) == 1 else ""
    return "" if found.strip("0123456789_-.") in _SAYS_NOTHING else clean(found)
