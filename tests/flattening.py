"""A network as the nameless graph that a reader would give of it."""

from convcalc.importers.graph import Graph, GraphHead, SourceNode
from convcalc.network.layer import Group, Layer


def flattened(network):
    """Every layer as a node, with nothing of its names and groups."""
    nodes = [
        SourceNode(
            layer.op,
            layer.sources,
            layer.output,
            options(layer.operation),
            layer.params,
            layer.macs,
            place=layer.path,
            shares=layer.shares,
        )
        for layer in network.layers
    ]
    return Graph("test", "layers", len(nodes), "", network.input_shape, tuple(nodes), heads(network))


def options(operation):
    """Numbers and sizes as they are, everything else as its text."""
    values = {name: getattr(operation, name) for name in operation.options}
    return tuple(
        (name, value if isinstance(value, (int, tuple)) else operation.options[name].kind.show(value))
        for name, value in values.items()
    )


def heads(network):
    """Each side head's, and the network's outputs or its end."""
    found, place = [], -1
    ends = {item.stop for item in network.items if isinstance(item, Group) and item.kind == "aux"}
    for number, item in enumerate(network.items):
        place += isinstance(item, Layer)
        if number + 1 in ends:
            found.append(GraphHead(place, "", True))
    return (*found, *(GraphHead(end) for end in network.ends))
