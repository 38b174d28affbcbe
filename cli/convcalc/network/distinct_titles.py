"""Titles that tell networks apart."""

from collections import defaultdict
from collections.abc import Iterable

from .model import Network


def told_apart(networks: Iterable[Network]) -> list[Network]:
    """The networks; where two of different files have one title, their SPECs are their titles.

    So are the texts of bodies in place.
    """
    networks = list(networks)
    shared = shared_titles((one.title, one.spec) for one in networks)
    return [one.replace(called=one.spec) if one.title in shared else one for one in networks]


def shared_titles(owners: Iterable[tuple[str, str]]) -> set[str]:
    """The titles that have more than one owner, from pairs of title and owner."""
    known: dict[str, set[str]] = defaultdict(set)
    for title, owner in owners:
        known[title].add(owner)
    return {title for title, owners in known.items() if len(owners) > 1}
