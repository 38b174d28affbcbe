"""A graph without what only a file format needs; what it computes stays the same.

One pass in the order of execution. A rule looks at a node whose inputs are tidied already, and
answers with the node that stands for it.
"""

from __future__ import annotations

from collections.abc import Callable

from ..graph import INPUT, Caveat, Graph, SourceNode, needed_nodes
from ..reading.padding import with_pad, with_same, without_ceil, without_unread_flag
from .sharing import sharers, with_one_padding, with_owners

MAX_SCOPE = 6  # modules around a node that are looked at
# What x times that of x is called; of several operations the last comes first.
_PRODUCTS = {("sigmoid",): "silu", ("hardsigmoid",): "hardswish", ("tanh", "softplus"): "mish"}


def tidy(graph: Graph) -> Graph:
    """The same network in fewer words."""
    return _pruned(_Tidier(graph).tidied())


class _Tidier:
    """Reads the nodes of `graph` and writes `nodes`; `new` says which of these stands for which."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: list[SourceNode] = []
        self.new = {INPUT: INPUT}
        self.uses = _uses(graph)
        self.sharers = sharers(graph.nodes)
        self.has_sharers = False  # the node that is looked at
        self.readers: dict[int, set[str]] = {}  # the operations that read a node
        for node in graph.nodes:
            for source in node.inputs:
                self.readers.setdefault(source, set()).add(node.op)

    def tidied(self) -> Graph:
        origin: list[int] = []  # of each new node, the old one
        self.origin = origin
        for number, node in enumerate(self.graph.nodes):
            inputs = tuple(self.new[source] for source in node.inputs)
            shares = None if node.shares is None else self.new[node.shares]
            node = node._replace(inputs=inputs, shares=shares, scope=node.scope[:MAX_SCOPE])
            if self._is_nothing(number, node):
                self.new[number] = inputs[0]
                continue
            self.has_sharers = number in self.sharers
            for rule in _RULES.get(node.op, ()):
                node = rule(self, node)
            self.new[number] = len(self.nodes)
            self.nodes.append(node)
            origin.append(number)
        heads = tuple(head._replace(node=self.new[head.node]) for head in self.graph.heads)
        return self.graph._replace(nodes=tuple(with_one_padding(self.nodes)), heads=heads)

    def shape(self, number: int) -> tuple[int, ...]:
        return self.graph.input if number == INPUT else self.nodes[number].output

    def used_once(self, number: int) -> bool:
        """Whether only the node that is looked at reads this new one."""
        return number != INPUT and self.uses[self.origin[number]] == 1

    def _is_nothing(self, number: int, node: SourceNode) -> bool:
        """Whether a node only passes on what enters; `linear` flattens by itself."""
        if node.op == "flatten":
            return len(self.shape(node.inputs[0])) == 1 or self.readers.get(number) == {"linear"}
        if node.op == "dropout" and node.option("p") in ("0", "0.0"):
            return True
        if node.op == "upsample" and node.output == self.shape(node.inputs[0]):
            return True
        is_one = node.op in ("concat", "add", "mul") and len(node.inputs) == 1
        return node.op == "identity" or is_one


def _depthwise(tidier: _Tidier, node: SourceNode) -> SourceNode:
    """A convolution with a group for each channel is what papers call depthwise."""
    channels = tidier.shape(node.inputs[0])[0]
    if node.option("groups") != channels or channels == 1:
        return node
    multiplier = node.output[0] // channels
    kept = [(key, value) for key, value in node.options if key not in ("groups", "out_channels")]
    return node._replace(op="dwconv", options=(*kept, ("multiplier", multiplier)))


def _padded(tidier: _Tidier, node: SourceNode) -> SourceNode:
    """Zeros around the input belong to the operation behind them."""
    source = node.inputs[0]
    if source == INPUT or tidier.nodes[source].op != "pad" or not tidier.used_once(source):
        return node
    if tidier.has_sharers:
        return node  # those with the same weights may have other zeros in front
    pad = tidier.nodes[source]
    merged = with_pad(node, pad, tidier.shape(pad.inputs[0]))
    return merged._replace(inputs=pad.inputs) if merged else node


def _same(tidier: _Tidier, node: SourceNode) -> SourceNode:
    """Padding that is `same` in every number is not written."""
    return with_same(node, tidier.shape(node.inputs[0]))


def _floor(tidier: _Tidier, node: SourceNode) -> SourceNode:
    """Rounding up that changes nothing is not written."""
    return without_ceil(node, tidier.shape(node.inputs[0]))


def _uncounted(tidier: _Tidier, node: SourceNode) -> SourceNode:
    """Zeros that count are not spoken of where there are none."""
    return without_unread_flag(node)


def _flat_sum(tidier: _Tidier, node: SourceNode) -> SourceNode:
    """A sum of sums is one, where nobody else reads the inner one."""
    inputs: list[int] = []
    for source in node.inputs:
        inner = tidier.nodes[source] if source != INPUT else None
        if inner and inner.op == "add" and not inner.name and tidier.used_once(source):
            inputs += inner.inputs
        else:
            inputs.append(source)
    return node._replace(inputs=tuple(inputs)) if len(set(inputs)) == len(inputs) else node


def _product(tidier: _Tidier, node: SourceNode) -> SourceNode:
    """x · sigmoid(x) is silu."""
    for x, gate in (node.inputs, node.inputs[::-1]) if len(node.inputs) == 2 else ():
        ops: list[str] = []
        while gate not in (x, INPUT) and tidier.used_once(gate) and len(ops) < 2:
            ops.append(tidier.nodes[gate].op)
            gate = tidier.nodes[gate].inputs[0]
        if gate == x and (name := _PRODUCTS.get(tuple(ops))):
            return node._replace(op=name, inputs=(x,), options=())
    return node


_Rule = Callable[[_Tidier, SourceNode], SourceNode]
_RULES: dict[str, tuple[_Rule, ...]] = {
    "conv": (_padded, _same, _depthwise),
    "dwconv": (_padded, _same),
    "maxpool": (_same, _floor),
    "avgpool": (_padded, _same, _floor, _uncounted),
    "add": (_flat_sum,),
    "mul": (_product,),
}


def _uses(graph: Graph) -> list[int]:
    """How many read each node, heads included."""
    uses = [0] * len(graph.nodes)
    for node in graph.nodes:
        for source in node.inputs:
            if source != INPUT:
                uses[source] += 1
    for head in graph.heads:
        if head.node != INPUT:
            uses[head.node] += 1
    return uses


def _pruned(graph: Graph) -> Graph:
    """The graph without what no head needs; a note says so where that had weights."""
    needed = needed_nodes(graph.nodes, graph.heads)
    kept = [number for number in range(len(graph.nodes)) if number in needed]
    graph = with_owners(graph, kept)
    new = {INPUT: INPUT} | {old: place for place, old in enumerate(kept)}
    nodes = tuple(
        node._replace(
            inputs=tuple(new[source] for source in node.inputs),
            shares=None if node.shares is None else new[node.shares],
        )
        for node in (graph.nodes[number] for number in kept)
    )
    heads = tuple(head._replace(node=new[head.node]) for head in graph.heads)
    lost = [node for number, node in enumerate(graph.nodes) if number not in needed and node.params]
    caveats = graph.caveats
    if lost:
        what, count = "params that no output needs are left out", sum(node.params for node in lost)
        caveats = (*caveats, Caveat(what, count, lost[0].place).sentence)
    return graph._replace(nodes=nodes, heads=heads, caveats=caveats)
