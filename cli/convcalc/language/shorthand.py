"""Shorthand: split a line into its words, and write an operation as a line."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ..ops.base import Operation
from ..ops.options import FLAG
from .signature import SIGNATURES

# YAML's own white space. A no-break space is part of a word.
_SPACES = " \t\n\r"
_WORD = re.compile(f"[^{_SPACES}]+")


class Token(NamedTuple):
    text: str
    start: int  # in the text that was split


def split_words(text: str) -> list[Token]:
    """`conv 3x3 $(2 * c)` as its three words."""
    if "(" not in text:
        return [Token(word.group(), word.start()) for word in _WORD.finditer(text)]
    return [token for token in _split_outside(text, _SPACES.__contains__) if token.text]


def split_commas(text: str) -> list[Token]:
    """`c, r=$(max(a, b))` as its two parts, without the spaces around them."""
    parts = _split_outside(text, ",".__eq__)
    return [Token(part.strip(), start + len(part) - len(part.lstrip())) for part, start in parts]


def _split_outside(text: str, is_separator: Callable[[str], bool]) -> Iterator[Token]:
    depth = start = 0
    for position, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth <= 0 and is_separator(character):
            yield Token(text[start:position], start)
            start = position + 1
    yield Token(text[start:], start)


def shorthand(operation: Operation) -> str:
    """The operation as one line of the language; what has its default is left out."""
    given = {
        name: operation.options[name].kind.show(value)
        for name, value in vars(operation).items()
        if value != operation.options[name].default
    }
    return line_of(operation.name, given)


def is_like_a_stride(padding: str) -> bool:
    """Whether a padding without its name would be taken for a stride: `conv 3x3 64 2`."""
    return padding in ("2", "3", "4")


def line_of(name: str, options: Mapping[str, str]) -> str:
    """`conv 3x3/2 64 1 groups=2 bias`: an operation and what is given for its options."""
    signature, given = SIGNATURES[name], dict(options)
    has_stride = "stride" in given or "stride" not in signature.kinds
    if "kernel_size" in given and "stride" in given:
        given["kernel_size"] += f"/{given.pop('stride')}"
    words = [name]
    for argument in signature.arguments:
        if argument not in given or (
            argument == "padding" and not has_stride and is_like_a_stride(given[argument])
        ):
            break
        words.append(given.pop(argument))
    for option, text in given.items():
        is_flag = signature.kinds[option] is FLAG and text == "true"
        words.append(option if is_flag else f"{option}={text}")
    return " ".join(words)
