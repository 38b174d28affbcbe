"""How the arguments of a block are called: as papers call them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .foldable_terms import Term, items

_STEMS = {
    "kernel_size": "k",
    "out_channels": "c",
    "out_features": "n",
    "stride": "s",
    "padding": "pad",
    "dilation": "dilation",
    "groups": "groups",
    "count": "n",
    "source": "skip",
    "other": "skip",
    "shares": "like",
}
_MOST_TOLD = 10  # widths


def stem(name: str) -> str:
    """The letter for an option, or for an argument of an inner block."""
    return _STEMS.get(name) or name.rstrip("0123456789") or name


def argument_names(body: list[Term], firsts: list[tuple[str, Term]]) -> list[str]:
    """A name for each argument, which is first read in this slot of this term."""
    stems = [stem(name) for name, _ in firsts]
    counts = Counter(stems)
    widths = [_width(body, term) for _, term in firsts]
    widths = [width if one == "c" else "" for width, one in zip(widths, stems, strict=True)]
    told = [width for width, one in zip(widths, stems, strict=True) if one == "c"]
    are_told = all(told) and len(told) <= _MOST_TOLD
    twice = Counter(told)
    seen: Counter[str] = Counter()
    names = []
    for one, width in zip(stems, widths, strict=True):
        seen[one] += 1
        if counts[one] == 1:
            names.append(one)
        else:
            names.append(_told(width, seen, twice) if one == "c" and are_told else f"{one}{seen[one]}")
    return names


def _told(width: str, seen: Counter[str], twice: Counter[str]) -> str:
    """`c3`, or of several `c3a`, `c3b`."""
    if twice[width] == 1:
        return width
    seen[width] += 1
    return width + "abcdefghij"[seen[width] - 1]


def _width(body: list[Term], term: Term) -> str:
    """`c3` for a 3x3 convolution's width, `r3` for the one that reduces before it, `proj` behind a
    pool: Szegedy et al. 2014, arXiv:1409.4842, Table 1."""
    for before, one, behind in _neighbours(body):
        if one is term:
            kernel, next_kernel = _kernel(one), _kernel(behind)
            if kernel == "1" and next_kernel not in ("", "1"):
                return f"r{next_kernel}"
            if before is not None and before.label.endswith("pool"):
                return "proj"
            return f"c{kernel}" if kernel else ""
    return ""


def _kernel(term: Term | None) -> str:
    """The first number of a kernel that is always the same."""
    texts = [slot.text for slot in term.slots if stem(slot.name) == "k"] if term else []
    found = re.match("[0-9]+", texts[0]) if texts else None
    return found.group() if found else ""


def _neighbours(body: list[Term]) -> Iterator[tuple[Term | None, Term, Term | None]]:
    flat = list(items(body))
    for before, one, behind in zip([None, *flat], flat, [*flat[1:], None], strict=False):
        yield before, one, behind
        for inner in one.bodies:
            yield from _neighbours(inner)
