"""Names of the source as names of the language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from ...language.naming_rules import RESERVED
from ...ops import OPS

_UNFIT = re.compile(r"[^A-Za-z0-9_.]+")
_LONGEST = 40
_WORDS = {*RESERVED, *OPS}
_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")  # which say nothing of what is in them
_SHORT = {"batchnorm": "bn", "leaky_relu": "leaky", "layernorm": "ln", "groupnorm": "gn"}


def clean(name: str) -> str:
    """The name with the characters that it may have; empty where it says nothing, or something else."""
    fit = _UNFIT.sub("_", name[: 4 * _LONGEST]).strip("_.")[:_LONGEST]
    return "" if fit in _WORDS or fit.isdigit() else fit


class TakenNames:
    """Names that are given once; however many there are, each is found at once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*taken, *_WORDS}
        self._last: dict[str, int] = {}  # number, by what it was put behind

    def __contains__(self, name: object) -> bool:
        return name in self._taken

    def unique(self, name: str) -> str:
        """The name, numbered where it is taken; it is taken from now on."""
        if name in self._taken:
            return self._next(f"{name}_", 2)
        self._taken.add(name)
        return name

    def numbered(self, stem: str) -> str:
        """`skip1`, or the next number that is free; it is taken from now on."""
        return self._next(stem, 1)

    def _next(self, stem: str, first: int) -> str:
        number = self._last.get(stem, first - 1) + 1
        while f"{stem}{number}" in self._taken:
            number += 1
        self._last[stem] = number
        self._taken.add(f"{stem}{number}")
        return f"{stem}{number}"


def common(names: Sequence[str]) -> str:
    """What names begin with alike, in whole words: `inception` of `inception_3a`, `inception_4b`."""
    start = beginning(names)
    if any(name[len(start) : len(start) + 1].isalpha() and start[-1:].isalpha() for name in names):
        start = re.sub(r"[A-Za-z]+$", "", start)
    return clean(re.sub(r"[0-9_.-]+$", "", start))


def beginning(names: Sequence[str]) -> str:
    """The characters with which all begin."""
    first, last = min(names), max(names)
    pairs = zip(first, last, strict=False)
    return first[: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))]


def snake(module: str) -> str:
    """`_DenseLayer` as `dense_layer`."""
    if module in _CONTAINERS:
        return ""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", module)
    return clean(spaced.lower())


def of_operations(ops: Iterable[str]) -> str:
    """`conv_bn_relu`: what a block of a few layers does."""
    return "_".join(_SHORT.get(op, op) for op in ops)
