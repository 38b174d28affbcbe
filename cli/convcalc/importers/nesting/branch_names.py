"""What branches are called: by their module, by the names of their layers, or by what they do."""

from __future__ import annotations

from ..graph import Graph, SourceNode
from ..writing.calls import WEIGHTED
from .naming import beginning, clean, unique
from .tree import Fork, nodes_of


def branch_names(graph: Graph, split: Fork, level: int, fork: str) -> list[str]:
    """A name for each branch; the branches' own modules are on this level of the scopes."""
    taken: set[str] = set()
    op = graph.nodes[split.node].op
    found = []
    for branch in split.branches:
        nodes = [graph.nodes[number] for number in nodes_of(branch)]
        found.append(unique(_branch_name(nodes, level, fork, op), taken))
    return found


def _branch_name(nodes: list[SourceNode], level: int, fork: str, op: str) -> str:
    if not nodes:
        return "shortcut" if op == "add" else "whole" if op == "mul" else "kept"
    modules = {node.scope[level].name if len(node.scope) > level else "" for node in nodes}
    weighted = [node for node in nodes if node.op in WEIGHTED] or nodes
    own = _without(fork, [node.name for node in weighted if node.name])
    if len(modules) == 1 and (name := clean(modules.pop())):
        return name
    return own or _by_kind(weighted[-1], nodes, op)


def _without(fork: str, names: list[str]) -> str:
    """What the names of a branch's layers have in common, without the name of all the branches."""
    own = [name.removeprefix(fork).lstrip("_-.") for name in names]
    if not own:
        return ""
    start = beginning(own).rstrip("_-.")
    return clean(start if len(start) > 2 else own[-1])


def _by_kind(node: SourceNode, nodes: list[SourceNode], op: str) -> str:
    """`3x3`, `pool`: what a branch does."""
    if op == "mul":
        return "gate"
    if op == "add":
        return "residual"
    if nodes[0].op.endswith("pool"):
        return "pool"
    kernel = node.option("kernel_size")
    return "x".join(map(str, kernel)) if isinstance(kernel, tuple) else "branch"
