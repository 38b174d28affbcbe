"""What networks cost now against a lock file: what grew, and what is no more."""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from math import floor
from typing import NamedTuple, TypeVar

from ..network.model import Network
from ..reader.source import shipped_names
from ..text.numbers import read_limit, read_number
from ..text.problems import UsageError
from ..text.wording import listed, quoted, suggestion
from .check import TOP, Result
from .lock import FIGURES, Lock, Locked

Value = TypeVar("Value")


class Growth(NamedTuple):
    """An allowance: so many, or such a part of what there was. `text` is how it is written."""

    text: str = ""
    absolute: int = 0
    relative: Fraction = Fraction(0)

    def limit(self, was: int) -> int:
        """The largest figure that is allowed after `was`."""
        return was + self.absolute + floor(was * self.relative)


NO_GROWTH = Growth()


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


def read_growth(settings: Iterable[str]) -> dict[str, Growth]:
    """`macs=5%` or `params=10000`, by count; raises UsageError."""
    return _read_each("--max-growth", settings, FIGURES, _growth, "{0}=5% or {0}=10000")


def read_maxima(settings: Iterable[str], known: Collection[str]) -> dict[str, int]:
    """`params=170k`, by count; raises UsageError."""
    needs = "{0}=170000, or a limit such as 170k, 1.5M or 2G"
    return _read_each("--max", settings, known, read_limit, needs)


def _read_each(
    option: str,
    settings: Iterable[str],
    known: Collection[str],
    read: Callable[[str], Value],
    needs: str,
) -> dict[str, Value]:
    """What follows the `=` of each setting, by what stands before it."""
    values: dict[str, Value] = {}
    for setting in settings:
        count, _, text = setting.partition("=")
        if count not in known:
            hint = suggestion(count, known, f"there are {listed(known)}")
            raise UsageError(f"{option} has no count {quoted(count)}{hint}")
        if count in values:  # the last would hide the others
            raise UsageError(f"{option} is given twice for {count}")
        try:
            values[count] = read(text)
        except ValueError:
            what = f"{option} needs {needs.format(count)}, not {quoted(setting)}"
            raise UsageError(what) from None
    return values


def _growth(text: str) -> Growth:
    if text.endswith("%"):
        return Growth(text, relative=read_number(text[:-1].rstrip()) / 100)
    return Growth(text, absolute=read_limit(text))
