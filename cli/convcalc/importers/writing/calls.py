"""Nodes as calls of our operations, with every option as text."""

from typing import NamedTuple

from ...ops import MERGES, OPS
from ...ops.base import Operation
from ...ops.options import FLAG, MAX_SIZE, Kind
from ...ops.shapes import OperationError, Shape
from ..graph import INPUT, Graph, GraphBuilder, ModelFileError, OptionValue, SourceNode


class Texts(NamedTuple):
    """An operation's options: those that may differ between equal blocks, and the rest."""

    sizes: tuple[tuple[str, str], ...]
    fixed: tuple[tuple[str, str], ...]


def operation_of(node: SourceNode) -> Operation:
    """The operation; raises OperationError where the language has none such."""
    operation = OPS.get(node.op)
    if operation is None:
        raise OperationError(f"{node.op}, for which there is no word")
    read = {}
    for name, value in node.options:
        if name not in operation.options:
            raise OperationError(f"{node.op} with {name}")
        kind = operation.options[name].kind
        try:
            read[name] = kind.read_named(value_text(name, value))
        except ValueError:
            raise OperationError(f"{node.op} with {name}={value_text(name, value)[:60]}") from None
    return operation(**read)


def value_text(name: str, value: OptionValue) -> str:
    """The value as the language has it; one number where it is that of each axis, but for a kernel."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        is_one = name != "kernel_size" and len(set(value)) == 1
        return str(value[0]) if is_one else "x".join(map(str, value))
    return str(value)


def texts_of(operation: Operation) -> Texts:
    """The options as they are written; flags and words are fixed, numbers and sizes are not."""
    options = operation.options
    shown = {name: option.kind.show(getattr(operation, name)) for name, option in options.items()}
    fixed = {name: text for name, text in shown.items() if _is_fixed(options[name].kind)}
    sizes = {name: text for name, text in shown.items() if name not in fixed}
    return Texts(tuple(sizes.items()), tuple(fixed.items()))


def _is_fixed(kind: Kind) -> bool:
    return kind is FLAG or (bool(kind.words) and kind.numbers is None)


def check_shapes(graph: Graph, label: str) -> list[Operation | None]:
    """The operation of each node, None for merges.

    Raises Unreadable where the language has no such operation, or has another idea of what leaves.
    """
    builder = GraphBuilder(label, graph.input)
    operations: list[Operation | None] = []
    for node in graph.nodes:
        shape = graph.input if node.inputs[0] == INPUT else graph.nodes[node.inputs[0]].output
        if max(node.output, default=0) > MAX_SIZE:
            raise ModelFileError(label, f"{node.place}: a size beyond 10^12, the most that is counted")
        operations.append(None if node.op in MERGES else _operation(builder, node, shape))
        builder.nodes.append(node)
    for node, operation in zip(graph.nodes, operations, strict=True):
        if node.shares is not None and operation is not None:
            _check_shared(builder, graph, node, operation, operations[node.shares])
    if builder.is_refused:
        builder.graph(graph.tool, graph.units, graph.units_read)
    return operations


def _check_shared(
    builder: GraphBuilder, graph: Graph, node: SourceNode, operation: Operation, owner: Operation | None
) -> None:
    """The same weights need the same shape, and whatever stands again does the same."""
    assert node.shares is not None
    x, y = (builder.shape(one.inputs[0]) for one in (node, graph.nodes[node.shares]))
    if operation != owner or operation.weight_shapes(x) != owner.weight_shapes(y):
        builder.refuse(f"{node.op} that shares weights with a layer that is not the same", node.place)
        builder.nodes.pop()


def _operation(builder: GraphBuilder, node: SourceNode, x: Shape) -> Operation | None:
    try:
        operation = operation_of(node).on(x)
        output = operation.output_shape(x)
    except OperationError as error:
        builder.refuse(error.message, node.place)
        builder.nodes.pop()
        return None
    if output != node.output:
        builder.refuse(f"{node.op} whose output is not of the size that ours gives", node.place)
        builder.nodes.pop()
    return operation
