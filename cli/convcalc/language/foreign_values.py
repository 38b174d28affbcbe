"""Values in other notations, such as `(3, 3)`, `SAME`, `no` or `1e-4`, translated into ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

from ..ops.options import Kind
from ..text.numbers import number_text, read_limit

_WORDS = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
_NO_PADDING = {"none": "valid", "no": "valid"}
_EXPONENT = re.compile(r"\d+(\.\d+)?[eE][-+]?\d\d?")  # more digits than fit in any limit are not tried


def in_our_notation(kind: Kind, text: str, by_place: bool) -> str | None:
    """The value that was probably meant, in our notation; None where there is no guess."""
    read = kind.read if by_place else kind.read_named
    for candidate in _candidates(text):
        with suppress(ValueError):
            read(candidate)
            return candidate
    return None


def _candidates(text: str) -> Iterator[str]:
    bare = text.strip(",;'\"")
    yield bare
    low = bare.casefold()
    yield low
    yield low.strip("x")
    for words in (_WORDS, _NO_PADDING):
        yield words.get(low, text)
    inside = re.sub(r"[\s()\[\]{}]", "", low)
    yield re.sub(r"[,*×:]", "x", inside)
    yield re.sub(r"[,_']", "", inside)
    if bare.endswith("%") and bare[:-1].isdigit() and len(bare) <= 4:
        yield number_text(Fraction(int(bare[:-1]), 100))
    if _EXPONENT.fullmatch(bare):
        yield number_text(Fraction(bare))
    with suppress(ValueError):
        yield str(read_limit(bare))
