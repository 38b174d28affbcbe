"""The shipped networks, which many tests look at, and which take a quarter of a second to load."""

from functools import cache

from convcalc.network.model import Network
from convcalc.network.overrides import Overrides
from convcalc.reader.shipped import shipped_folder
from convcalc.specs.opening import load_spec


def networks(name: str) -> list[Network]:
    """All variants of a shipped config; loaded once, as nothing changes a network."""
    return _networks(name, shipped_folder())


@cache
def _networks(name: str, folder: str) -> list[Network]:
    return load_spec(name, Overrides())
