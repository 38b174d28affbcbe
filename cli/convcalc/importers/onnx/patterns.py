"""What exporters write out in several nodes, found by its shape.

Before opset 17 ONNX has no layer norm: (x − mean) / √(mean of (x − mean)² + ε) are seven nodes.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..reading.trace import Weight
from .parts import OnnxNode


def with_layer_norms(nodes: Sequence[OnnxNode], weights: dict[str, Weight]) -> tuple[OnnxNode, ...]:
    """The nodes, with a LayerNormalization in place of the Div that ends one written out."""
    if not any(node.op == "Sqrt" for node in nodes):
        return tuple(nodes)
    finder = _Finder(nodes, weights)
    return tuple(finder.layer_norm(node) or node for node in nodes if not finder.is_inside(node))


def has_channels_last(
    nodes: Sequence[OnnxNode], weights: dict[str, Weight], name: str, sizes: Sequence[int | None]
) -> bool:
    """Whether the input has its channels last: TensorFlow's exporters bring them to the front.

    They do so by a Transpose, or, where there is one channel, by a Reshape.
    """
    rank = len(sizes)
    names = {name}
    for node in nodes:
        if names.isdisjoint(node.inputs) or rank < 3:
            continue
        if node.op == "Transpose":
            return node.attributes.get("perm") == [0, rank - 1, *range(1, rank - 1)]
        if node.op == "Reshape" and len(node.inputs) > 1 and node.inputs[1] in weights:
            wanted = weights[node.inputs[1]].numbers or ()
            return sizes[-1] == 1 and wanted[1:] == (1, *sizes[1:-1])
        if node.op in ("Add", "Sub", "Mul", "Div", "Cast", "Identity", "Pad"):  # before the first layer
            names.update(node.outputs)
    return False


class _Finder:
    def __init__(self, nodes: Sequence[OnnxNode], weights: dict[str, Weight]) -> None:
        self.makers = {name: node for node in nodes for name in node.outputs}
        self.weights = weights
        self.found = {node.outputs[0]: found for node in nodes if (found := self._find(node))}
        self.inside = {name for _, names in self.found.values() for name in names}

    def is_inside(self, node: OnnxNode) -> bool:
        """Whether a node is part of a layer norm, and no longer needed."""
        return any(name in self.inside for name in node.outputs)

    def layer_norm(self, node: OnnxNode) -> OnnxNode | None:
        found = self.found.get(node.outputs[0]) if node.outputs else None
        return found[0] if found else None

    def _find(self, node: OnnxNode) -> tuple[OnnxNode, list[str]] | None:
        """The node in place of a Div, and the results that it makes superfluous."""
        root = self._maker(node, "Div", 1, "Sqrt") if node.outputs else None
        total = self._maker(root, "Sqrt", 0, "Add")
        if total is None:
            return None
        at = 0 if self._number(total.inputs[1]) is not None else 1
        eps = self._number(total.inputs[1 - at])
        variance = self._maker(total, "Add", at, "ReduceMean")
        square = self._made(variance, 0)
        centred = self._maker(node, "Div", 0, "Sub")
        if eps is None or variance is None or square is None or centred is None:
            return None
        mean = self._maker(centred, "Sub", 1, "ReduceMean")
        is_square = square.op == "Pow" and self._number(square.inputs[1]) == 2
        is_square |= square.op == "Mul" and square.inputs[0] == square.inputs[1]
        if mean is None or not is_square or square.inputs[0] != centred.outputs[0]:
            return None
        is_over_last = self._axes(mean) == [-1] == self._axes(variance)
        if mean.inputs[0] != centred.inputs[0] or not is_over_last:
            return None
        attributes = {"axis": -1, "epsilon": float(eps)}
        made = node._replace(op="LayerNormalization", inputs=mean.inputs[:1], attributes=attributes)
        parts = (root, total, variance, square, centred, mean)
        return made, [part.outputs[0] for part in parts if part is not None]

    def _maker(self, node: OnnxNode | None, op: str, at: int, maker: str) -> OnnxNode | None:
        """What gives an input of a node of one operation, if that is another operation."""
        made = self._made(node, at) if node is not None and node.op == op else None
        return made if made is not None and made.op == maker else None

    def _made(self, node: OnnxNode | None, at: int) -> OnnxNode | None:
        if node is None or at >= len(node.inputs):
            return None
        made = self.makers.get(node.inputs[at])
        return made if made is not None and len(made.inputs) >= 1 else None

    def _number(self, name: str) -> float | None:
        weight = self.weights.get(name) or self._constant(name)
        return weight.number if weight else None

    def _constant(self, name: str) -> Weight | None:
        node = self.makers.get(name)
        value = node.attributes.get("value") if node is not None and node.op == "Constant" else None
        return value if isinstance(value, Weight) else None

    def _axes(self, node: OnnxNode) -> list[float] | None:
        if "axes" in node.attributes:
            axes = node.attributes["axes"]
            return axes if isinstance(axes, list) else None
        name = node.inputs[1] if len(node.inputs) > 1 else ""
        weight = self.weights.get(name) or self._constant(name)
        return list(weight.numbers) if weight and weight.numbers else None
