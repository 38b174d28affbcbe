"""Modules by names, for sources that have none: `block_1_expand` is `expand` of `block_1`.

Keras keeps the layers of a functional model in one list, and so does Caffe; what belongs together
begins with the same numbered word. A norm or an activation whose own name says nothing belongs to
the layer before it.
"""

from __future__ import annotations

import re

from ...ops import MERGES
from ..graph import INPUT, Graph, Module, SourceNode
from ..operation_kinds import ACTIVATIONS, NORMS, WEIGHTED

_Scope = tuple[Module, ...]
_FOLLOWS = frozenset((*NORMS, *ACTIVATIONS, "dropout"))
_MOST_NAMES = 4  # modules within each other


def with_name_scopes(graph: Graph) -> Graph:
    """The graph with modules from its names, where it has no others."""
    if any(node.scope for node in graph.nodes):
        return graph
    told = [_split(node.name) for node in graph.nodes]
    pairs = zip(graph.nodes, told, strict=True)
    real = {scope for node, (scope, _) in pairs if scope and node.op not in _FOLLOWS}
    stems = {_stem(scope[-1].name) for scope in real}
    nodes: list[SourceNode] = []
    for node, (scope, name) in zip(graph.nodes, told, strict=True):
        if not scope:
            scope, name = _by_stem(name, stems)
        if scope in real or (scope and node.op not in _FOLLOWS):
            nodes.append(node._replace(scope=scope, name=name))
        elif node.op in _FOLLOWS and node.inputs[0] != INPUT and _leads(nodes[node.inputs[0]], node):
            nodes.append(node._replace(scope=nodes[node.inputs[0]].scope))
        else:
            nodes.append(node)
    return graph._replace(nodes=tuple(nodes))


def _leads(node: SourceNode, behind: SourceNode) -> bool:
    """Whether what is behind a node belongs to it; a norm behind a merge begins something else."""
    is_part = node.op in WEIGHTED or node.op in _FOLLOWS
    return is_part or (node.op in MERGES and behind.op not in NORMS)


def _split(name: str) -> tuple[_Scope, str]:
    """`conv2_block1_1_conv` as `1_conv` of `block1` of `conv2`."""
    *words, last = re.split("[_/]", name)
    scope: list[Module] = []
    open_words: list[str] = []
    for word in words:
        open_words.append(word)
        is_numbered = any(map(str.isdigit, word)) and not "".join(open_words).isdigit()
        if is_numbered and len(scope) < _MOST_NAMES:
            scope.append(Module("_".join(open_words)))
            open_words = []
    return tuple(scope), "_".join([*open_words, last])


def _stem(name: str) -> str:
    return re.sub("_?[0-9]+[a-z]?$", "", name)


def _by_stem(name: str, stems: set[str]) -> tuple[_Scope, str]:
    """`expanded_conv_project` as `project` of `expanded_conv`, beside an `expanded_conv_1`."""
    words = name.split("_")
    for count in range(len(words) - 1, 0, -1):
        stem, rest = "_".join(words[:count]), "_".join(words[count:])
        if stem in stems and not rest.isdigit():
            return (Module(stem),), rest
    return (), name
