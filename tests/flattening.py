"""A network as the nameless graph that a reader would give of it."""

from convcalc.importers.graph import INPUT, Graph, Head, Node
from convcalc.network.layer import Group


def flattened(network):
    """Every layer as a node, with nothing of its names and groups."""
    nodes = [
        Node(
            layer.op,
            layer.sources,
            layer.output,
            options(layer.operation),
            layer.params,
            layer.macs,
            place=layer.path,
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
    """The network's end, and each side head's."""
    found, place = [], -1
    ends = {}  # of side heads, the place of their last layer by where their group ends
    for number, item in enumerate(network.items):
        if isinstance(item, Group):
            if item.kind == "aux":
                ends[item.stop] = item.path
        else:
            place += 1
        if number + 1 in ends:
            found.append(Head(place, "", True))
    return (*found, Head(end_of_trunk(network)))


def end_of_trunk(network):
    """The layer that no other reads, the image where there is none."""
    trunk = {place: layer for place, layer in enumerate(network.layers) if not layer.aux}
    read = {source for layer in trunk.values() for source in layer.sources}
    (end,) = trunk.keys() - read or {INPUT}
    return end
