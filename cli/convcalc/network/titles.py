"""What networks are called where several are spoken of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from .model import Network


def told_apart(networks: Iterable[Network]) -> list[Network]:
    """Those whose title one of another file has too are called by their SPECs."""
    networks = list(networks)
    shared = shared_titles((one.title, one.file) for one in networks)
    return [replace(one, called=one.spec) if one.title in shared else one for one in networks]


def shared_titles(owners: Iterable[tuple[str, str]]) -> set[str]:
    """The titles that have more than one owner, of pairs of both."""
    known: dict[str, set[str]] = defaultdict(set)
    for title, owner in owners:
        known[title].add(owner)
    return {title for title, owners in known.items() if len(owners) > 1}
