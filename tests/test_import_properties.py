"""A network that is flattened to a nameless graph comes back with equal layers, edges and totals."""

import pytest
from flattening import flattened
from hypothesis import given, settings
from test_properties import FIXED, load, specifications

from convcalc.importers.document import Origin
from convcalc.importers.pipeline import describe
from convcalc.network.loading import load_source
from convcalc.network.overrides import Overrides
from convcalc.reader.source import Source, shipped_names
from convcalc.specs.opening import load_spec
from convcalc.specs.reading_back import difference


def back(network):
    """The network's description, read."""
    description = describe(flattened(network), Origin("net", "net", "net", "0"))
    (again,) = load_source(Source("net", "net", "net", description.text.encode()), None, Overrides())
    return description, again


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_networks_come_back(name):
    for network in load_spec(name, Overrides()):
        description, again = back(network)
        assert difference(description, again) is None
        assert again.total == network.total
        assert again.total_with_aux == network.total_with_aux
        assert again.output_shape == network.output_shape


@given(specifications())
@settings(parent=FIXED)
def test_random_networks_come_back(spec):
    network = load(spec)
    description, again = back(network)
    assert difference(description, again) is None, description.text
    assert again.total == network.total
