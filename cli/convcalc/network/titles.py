"""What networks are called where several are spoken of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from .model import Network


def told_apart(networks: Iterable[Network]) -> list[Network]:
    """Those whose title one of another file has too are called by their SPECs."""
    networks = list(networks)
    files: dict[str, set[str]] = defaultdict(set)
    for one in networks:
        files[one.title].add(one.file)
    return [replace(one, called=one.spec) if len(files[one.title]) > 1 else one for one in networks]
