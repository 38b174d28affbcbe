"""A lock file: what networks cost when that was last accepted, and what grew since then."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .allowance import COUNTED, NO_GROWTH, Growth
from .check import TOP, Result
from .errors import Mark, Problem, SpecError
from .network.model import Network
from .nodes import Entry, Node, Text, describe, quoted
from .nodes import Mapping as MappingNode
from .reader import read
from .sources import read_file, shipped_names
from .text import decode, split_lines, visible

_VERSION = 1


class Locked(NamedTuple):
    """A figure of a lock file, and where it stands."""

    number: int
    mark: Mark


Lock = dict[str, dict[str, Locked]]  # by a network's key, then by count


class Figures(NamedTuple):
    """What a network costs now."""

    file: str
    model: str
    variant: str | None
    counts: Mapping[str, int]


def figures_of(network: Network) -> Figures:
    """The figures that a lock file has of a network."""
    counts = {count: getattr(network.total, count) for count in COUNTED}
    return Figures(network.file, network.name, network.variant, counts)


def read_lock(path: str) -> Lock:
    """A lock file's figures.

    Raises UsageError where it cannot be read, SpecError with every problem where it is none.
    """
    text, problems = decode(read_file(path))
    lock: Lock = {}
    if not problems:
        # JSON is YAML, and the strict reader knows the place of each figure.
        root, problems, _ = read(text)
        if root is not None:
            lock = dict(_networks(root, problems))
    if problems:
        raise SpecError(path, problems, split_lines(text))
    return lock


def _networks(root: Node, problems: list[Problem]) -> Iterator[tuple[str, dict[str, Locked]]]:
    entries = root.entries if isinstance(root, MappingNode) else {}
    version, networks = entries.get("schema_version"), entries.get("networks")
    if version is None or describe(version.value) != quoted(str(_VERSION)):
        problems.append(Problem(root.mark, f'no lock file: its "schema_version" is not {_VERSION}'))
    elif networks is None or not isinstance(networks.value, MappingNode):
        problems.append(Problem(root.mark, 'no lock file: its "networks" are no mapping'))
    else:
        for key, entry in networks.value.entries.items():
            yield key, dict(_figures(key, entry, problems))


def _figures(key: str, entry: Entry, problems: list[Problem]) -> Iterator[tuple[str, Locked]]:
    if not isinstance(entry.value, MappingNode):
        what = f"{quoted(key)} must be a mapping, not {describe(entry.value)}"
        problems.append(Problem(entry.value.mark, what))
        return
    for count, figure in entry.value.entries.items():
        text = figure.value.value if isinstance(figure.value, Text) else ""
        if text.isascii() and text.isdigit() and len(text) < 40:
            yield count, Locked(int(text), figure.key.mark)
        else:
            what = f"{count} must be a whole number, not {describe(figure.value)}"
            problems.append(Problem(figure.value.mark, what))


def compare(now: Iterable[Figures], lock: Lock, path: str, growth: Mapping[str, Growth]) -> list[Result]:
    """Each figure against its allowance; what the lock file does not have fails."""
    results = []
    for figures in now:
        locked = lock.get(_key(figures.file, figures.variant, path), {})
        for count, actual in figures.counts.items():
            was = locked.get(count)
            limit = growth.get(count, NO_GROWTH).limit(was.number) if was else None
            results.append(
                Result(
                    model=figures.model,
                    variant=figures.variant,
                    rule=f"baseline.{count}",
                    quantity=count,
                    relation="≤",
                    limit=limit,
                    actual=actual,
                    file=path,
                    mark=was.mark if was else TOP,
                    was=was.number if was else None,
                )
            )
    return results


def updated(now: Sequence[Figures], lock: Lock, path: str) -> str:
    """The lock file with the figures of now; those of files that were not checked stay."""
    gone = set(stale(now, lock, path))
    kept = {
        key: {count: figure.number for count, figure in locked.items()}
        for key, locked in lock.items()
        if key not in gone
    }
    new = {_key(figures.file, figures.variant, path): figures.counts for figures in now}
    return _lock_text(kept | new)


def _lock_text(networks: Mapping[str, Mapping[str, int]]) -> str:
    """Sorted, and a line for each figure, so that a change reads as one."""
    ordered = {
        key: {one: counts[one] for one in COUNTED if one in counts}
        for key, counts in sorted(networks.items())
    }
    document = {"schema_version": _VERSION, "networks": ordered}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def stale(now: Iterable[Figures], lock: Lock, path: str) -> list[str]:
    """The keys of networks that are no more: their file is not there, or has no such variant."""
    now = list(now)
    known = {_key(figures.file, figures.variant, path) for figures in now}
    checked = {_key(figures.file, None, path) for figures in now}
    return [key for key in lock if key not in known and _is_gone(key, checked, path)]


def _is_gone(key: str, checked: Collection[str], path: str) -> bool:
    folder = _folder(path)
    files = {key, key.rpartition("#")[0]}
    if files & set(checked):
        return True
    return not files & set(shipped_names()) and not any(
        os.path.isfile(os.path.join(folder, file)) for file in files
    )


def _key(file: str, variant: str | None, path: str) -> str:
    """A network's key: its file as seen from the lock file, and its variant."""
    if os.path.exists(file):
        file = os.path.relpath(file, _folder(path)).replace(os.sep, "/")
    return visible(file if variant is None else f"{file}#{variant}")


def _folder(path: str) -> str:
    return os.path.dirname(os.path.abspath(path))
