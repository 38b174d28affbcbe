"""Compare what networks cost now with a lock file: what grew, and which networks are gone."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from itertools import chain
from math import floor
from typing import NamedTuple, TypeVar

from ..network.model import Network
from ..ops.totals import BYTES_OF, PEAK
from ..reader.shipped import shipped_names
from ..reader.spec import spec_text
from ..text.numbers import BYTE_UNITS, UNITS, limit_meant, read_limit, read_number
from ..text.problems import Mark, UsageError
from ..text.wording import listed, quoted
from .check import Result
from .lock import FIGURES, Lock
from .lock_keys import NetworkIdentity, parts_of, readings

T = TypeVar("T")


class Growth(NamedTuple):
    """How much a figure may grow: by a number, or by a part of it. `text` is how that is written."""

    text: str = ""
    absolute: int = 0
    relative: Fraction = Fraction(0)

    def limit(self, was: int) -> int:
        """The largest figure that is allowed where it was `was`."""
        return was + self.absolute + floor(was * self.relative)


NO_GROWTH = Growth()
_SUCH = "macs"  # a count to name in an example
_COUNT = "170000, or a limit such as 170k, 1.5M or 2G"


class Figures(NamedTuple):
    """What a network costs now."""

    file: str
    label: str  # the file's name in messages
    mark: Mark | None  # where the network begins in it
    model: str
    variant: str | None
    changes: Mapping[str, str]
    given: Mapping[str, str]  # the values that were written out, whether the file has them too or not
    counts: Mapping[str, int]

    @property
    def identity(self) -> NetworkIdentity:
        """That by which a lock file knows it."""
        return NetworkIdentity(self.file, self.variant, self.changes, self.given)


class Now(NamedTuple):
    """What was checked. `files` are those of which every variant was."""

    figures: list[Figures]
    files: set[str]


def figures_of(network: Network, given: Mapping[str, str]) -> Figures:
    """The figures that a lock file has of a network; `given` are the values that were written out."""
    counts = {count: getattr(network.total, count) for count in FIGURES}
    place = network.file, network.label, network.mark
    return Figures(*place, network.name, network.variant, network.changes, given, counts)


def growth_results(now: Now, lock: Lock, growth: Mapping[str, Growth]) -> list[Result]:
    """Each figure compared with the lock file. A figure that the file does not have fails.

    Where some figures are given an allowance, all others may grow.
    """
    results = []
    for figures in now.figures:
        changes = lock.values(figures.identity)
        locked = lock.networks.get(lock.known_key(figures.identity) or "", {})
        for count, actual in figures.counts.items():
            was, allowed = locked.get(count), growth.get(count, NO_GROWTH)
            if was is not None and growth and count not in growth:
                continue
            result = Result(
                model=figures.model,
                variant=figures.variant,
                rule=f"baseline.{count}",
                quantity=count,
                relation="≤",
                limit=None,
                actual=actual,
                file=figures.label,
                mark=figures.mark,
                spec=spec_text(figures.file, figures.variant, changes),
                changes=changes,
            )
            results.append(result if was is None else _against(result, was, allowed))
    return results


def _against(result: Result, was: int, allowed: Growth) -> Result:
    return result._replace(
        limit=allowed.limit(was),
        was=was,
        basis=f"{allowed.text} allowed" if allowed.text else "",
    )


def updated(now: Now, lock: Lock) -> dict[str, Mapping[str, int]]:
    """The figures of now. Networks that were not checked and still exist keep theirs."""
    replaced = {*stale(now, lock), *_known(now, lock)}
    kept = {key: locked for key, locked in lock.networks.items() if key not in replaced}
    return kept | {lock.key(one.identity): one.counts for one in now.figures}


class Accepted(NamedTuple):
    """A figure of the lock file that gets another value."""

    key: str
    quantity: str
    was: int
    now: int


def accepted(now: Now, lock: Lock) -> list[Accepted]:
    """The figures that an update changes; what is new in the file has no earlier value."""
    return [
        Accepted(lock.key(one.identity), count, locked[count], figure)
        for one in now.figures
        if (locked := lock.networks.get(lock.known_key(one.identity) or ""))
        for count, figure in one.counts.items()
        if count in locked and locked[count] != figure
    ]


def stale(now: Now, lock: Lock) -> list[str]:
    """The keys of networks that are gone: their file is not there, or has no such variant."""
    known = _known(now, lock)
    variants: dict[str, set[str | None]] = defaultdict(set)  # of what was checked whole
    for one in now.figures:
        if one.file in now.files:
            variants[_place(one.file)].add(one.variant)
    gone = (key for key in lock.networks if key not in known)
    return [key for key in gone if not _is_there(key, variants, lock.folder)]


def passed_over(now: Now, lock: Lock) -> list[str]:
    """The keys of checked files' networks at values with which they were not checked."""
    known = _known(now, lock)
    checked = {lock.own_key(one.identity) for one in now.figures}
    parts = {key: parts_of(key) for key in lock.networks if key not in known}
    return [key for key, (own, values) in parts.items() if values and own in checked]


def _known(now: Now, lock: Lock) -> set[str | None]:
    return {lock.known_key(one.identity) for one in now.figures}


def _is_there(key: str, checked: Mapping[str, Collection[str | None]], folder: str) -> bool:
    for file, variant in readings(key):
        place = os.path.join(folder, file)
        is_there = os.path.isfile(place) or file in shipped_names()
        known = checked.get(_place(place), checked.get(file, [variant]))
        if is_there and variant in known:
            return True
    return False


def _place(file: str) -> str:
    """The real path of a file, whatever it is called; of a shipped config its name."""
    return os.path.realpath(file) if os.path.isfile(file) else file


def read_growth(settings: Iterable[str]) -> dict[str, Growth]:
    """`macs=5%` or `params=10000`, by count; raises UsageError."""
    return _read_each("--max-growth", settings, FIGURES, _growth)


def read_maxima(
    settings: Iterable[str], known: Collection[str], option: str = "--max"
) -> dict[str, int]:
    """`params=170k`, by count; raises UsageError."""
    return _read_each(option, settings, known, _limit)


def _read_each(
    option: str,
    settings: Iterable[str],
    known: Collection[str],
    read: Callable[[str, str], T],
) -> dict[str, T]:
    """The value behind the `=` of each setting, by the word before it.

    The ValueError of `read` has what it must be, and what to write where that can be told.
    """
    values: dict[str, T] = {}
    for setting in chain.from_iterable(map(_apart, settings)):
        count, equals, text = setting.partition("=")
        if not equals and setting[:1].isdigit():
            raise UsageError(f"{option} needs the count too: write {_SUCH}={setting}")
        if count not in known:
            raise UsageError(f"{option} has no count {quoted(count)}{_count_hint(setting, known)}")
        if count in values:  # the last would hide the others
            raise UsageError(f"{option} is given twice for {count}")
        try:
            values[count] = read(count, text)
        except ValueError as error:
            expected, meant = error.args
            hint = f"; write {meant}" if meant else ""
            raise UsageError(f"{option} needs {expected}, not {quoted(setting)}{hint}") from None
    return values


def _apart(settings: str) -> list[str]:
    """`params=2%,macs=5%` as two settings; a comma within a number is one of its own."""
    return re.split(r",(?=[a-z_]+=)", settings)


def _count_hint(setting: str, known: Collection[str]) -> str:
    """What may have been meant by the word in front of the `=`, or in front of another sign."""
    from ..ops.foreign_figures import figure_hint, our_figure  # only needed where something is wrong

    word, sign, text = (part.strip() for part in re.split(r"(<=|[<:=≤]|$)", setting, maxsplit=1))
    meant = word if word in known else our_figure(word, known)
    if meant and text and sign != "=":
        return f"; write {meant}={text}"
    return figure_hint(word, known, f"there are {listed(known)}")


def _growth(count: str, text: str) -> Growth:
    try:
        if text.endswith("%"):
            return Growth(text, relative=read_number(text[:-1].rstrip()) / 100)
        return Growth(text, absolute=read_limit(text))
    except ValueError:
        raise ValueError(f"{count}=5% or {count}=10000", "") from None


def _limit(total: str, text: str) -> int:
    is_bytes = total in BYTES_OF
    units = BYTE_UNITS if is_bytes else UNITS
    try:
        return read_limit(text, units)
    except ValueError:
        such = "200000, or bytes such as 200k, 256Ki or 2MB" if is_bytes else _COUNT
        in_bytes = _IN_BYTES.get(total, total) if text.endswith("B") else total
        meant = text if in_bytes != total else limit_meant(text, units)
        raise ValueError(f"{total}={such}", meant and f"{in_bytes}={meant}") from None


# What a limit is of whose unit is MB, by the count that was named.
_IN_BYTES = {of: total for total, of in BYTES_OF.items()}
_IN_BYTES |= {"weights": _IN_BYTES["params"], "activations": _IN_BYTES[PEAK]}
