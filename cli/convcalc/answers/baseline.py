"""What networks cost now against a lock file: what grew, and what is no more."""

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..network.model import Network
from ..reader.source import shipped_names
from .allowance import NO_GROWTH, Growth
from .check import TOP, Result
from .lock import FIGURES, Lock, Locked


class Figures(NamedTuple):
    """What a network costs now."""

    file: str
    model: str
    variant: str | None
    counts: Mapping[str, int]


class Now(NamedTuple):
    """What was checked. `files` are those of which that is every variant."""

    figures: list[Figures]
    files: set[str]


def figures_of(network: Network) -> Figures:
    """The figures that a lock file has of a network."""
    counts = {count: getattr(network.total, count) for count in FIGURES}
    return Figures(network.file, network.name, network.variant, counts)


def compare(now: Now, lock: Lock, growth: Mapping[str, Growth]) -> list[Result]:
    """Each figure against its allowance; what the lock file does not have fails."""
    results = []
    for figures in now.figures:
        locked = lock.networks.get(lock.key(figures.file, figures.variant), {})
        for count, actual in figures.counts.items():
            was, allowed = locked.get(count), growth.get(count, NO_GROWTH)
            result = Result(
                model=figures.model,
                variant=figures.variant,
                rule=f"baseline.{count}",
                quantity=count,
                relation="≤",
                limit=None,
                actual=actual,
                file=lock.path,
                mark=TOP,
            )
            results.append(_against(result, was, allowed) if was else result)
    return results


def _against(result: Result, was: Locked, allowed: Growth) -> Result:
    return result._replace(
        limit=allowed.limit(was.number),
        mark=was.mark,
        was=was.number,
        basis=f"{allowed.text} allowed" if allowed.text else "",
    )


def updated(now: Now, lock: Lock) -> dict[str, Mapping[str, int]]:
    """The figures of now; those of networks that were not checked and are still there stay."""
    gone = set(stale(now, lock))
    kept = {
        key: {count: figure.number for count, figure in locked.items()}
        for key, locked in lock.networks.items()
        if key not in gone
    }
    return kept | {lock.key(one.file, one.variant): one.counts for one in now.figures}


def stale(now: Now, lock: Lock) -> list[str]:
    """The keys of networks that are no more: their file is not there, or has no such variant."""
    known = {lock.key(one.file, one.variant) for one in now.figures}
    checked = {lock.key(file, None) for file in now.files}
    gone = (key for key in lock.networks if key not in known)
    return [key for key in gone if _is_gone(key, checked, lock.folder)]


def _is_gone(key: str, checked: Iterable[str], folder: str) -> bool:
    # A file may have a # in its name.
    files = {key, key.rpartition("#")[0]} - {""}
    if not files.isdisjoint(checked):
        return True
    there = (os.path.isfile(os.path.join(folder, file)) for file in files)
    return files.isdisjoint(shipped_names()) and not any(there)
