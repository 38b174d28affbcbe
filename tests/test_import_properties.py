"""A network that is flattened to a nameless graph comes back with equal layers, edges and totals."""

import pytest
from examples import fixed, one_in
from flattening import flattened
from hypothesis import given, settings
from random_graphs import graphs
from shipped_networks import networks
from test_properties import FIXED, load, specifications

from convcalc.importers.pipeline import describe
from convcalc.importers.writing.document import Origin
from convcalc.network.overrides import Overrides
from convcalc.reader.shipped import shipped_names
from convcalc.reader.source import Source
from convcalc.specs.opening import load_source
from convcalc.specs.reading_back import difference


def back(network):
    """The network's description, and what is read of it."""
    description = describe(flattened(network), Origin("net", "net", "net", "0"))
    return description, read(description)


def read(description):
    source = Source("net", "net", "net", description.text.encode())
    (network,) = load_source(source, None, Overrides())
    return network


@pytest.mark.parametrize("name", one_in(3, shipped_names()))
def test_shipped_networks_come_back(name):
    for network in networks(name):
        description, again = back(network)
        assert difference(description, again) is None
        assert again.total == network.total
        assert again.total_with_aux == network.total_with_aux
        assert again.leaving == network.leaving


@given(specifications())
@settings(parent=FIXED)
def test_random_networks_come_back(spec):
    network = load(spec)
    description, again = back(network)
    assert difference(description, again) is None, description.text
    assert again.total == network.total


@fixed(400)
@given(graphs())
def test_every_random_graph_is_written(graph):
    """Any wiring, weights that several layers have, side heads, and outputs in their order."""
    description = describe(graph, Origin("net", "net", "net", "0"))
    again = read(description)
    assert difference(description, again) is None, description.text
    assert again.total_with_aux.params == graph.params
    assert again.total_with_aux.macs == graph.macs
    ends = [graph.nodes[head.node].output for head in graph.heads if not head.aux]
    assert again.leaving == tuple(ends)
    assert sum(layer.shares is not None for layer in again.layers) == sum(
        node.shares is not None for node in graph.nodes
    )
