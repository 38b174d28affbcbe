"""A SPEC taken apart: which source, which of its variants, and values for its parameters.

A SPEC is `(PATH | SHIPPED | - | REVISION:PATH)[#VARIANT][@NAME=VALUE,...]`.
"""

import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..text.problems import UsageError
from .shipped import shipped_names
from .source import Source, is_version

INPUT = "input"  # what among a SPEC's values is no parameter but the shape that enters

SUFFIXES = (".yaml", ".yml")

# A revision such as main@{1} has no `=`, so it is not taken for values.
_VALUES = r"@([A-Za-z_]\w*=[^,@#=]+(?:,[A-Za-z_]\w*=[^,@#=]+)*)\Z"


class SpecParts(NamedTuple):
    """A SPEC's word taken apart: `a.yaml#small@alpha=0.5` is a.yaml, small, alpha=0.5."""

    name: str
    variant: str | None = None
    values: Mapping[str, str] = MappingProxyType({})


class Spec(NamedTuple):
    source: Source
    variant: str | None
    values: Mapping[str, str]


def split_spec(word: str) -> SpecParts:
    """A SPEC's parts; raises UsageError where no variant stands behind its `#`.

    A file of the whole name is one, then values are taken off, then the last `#` splits. A file that
    could take the place of another's variant is refused too.
    """
    tail = re.search(_VALUES, word) if "@" in word else None
    if tail and not _is_whole(word, word[: tail.start()]):
        before = split_spec(word[: tail.start()])
        if before.values:
            raise UsageError(f'"{word}" has values behind two "@"; {_joined(before.values, tail[1])}')
        return before._replace(values=_read_values(word, tail[1]))
    name, sharp, variant = word.rpartition("#")
    if not sharp or _is_whole(word, name):
        return SpecParts(word)
    if not variant:
        raise UsageError(f'"{word}" names no variant after the "#"')
    return SpecParts(name, variant)


def _joined(first: Mapping[str, str], second: str) -> str:
    """How the values behind two `@` are written behind one."""
    values = [pair.split("=") for pair in second.split(",")]
    if twice := next((name for name, _ in values if name in first), None):
        return f"give {twice} once"
    return f"write {spec_text('', None, {**first, **dict(values)})}"


def spec_text(name: str, variant: str | None, values: Mapping[str, str]) -> str:
    """The SPEC with these parts, its values in alphabetical order. Networks are called by it."""
    spec = name if variant is None else f"{name}#{variant}"
    pairs = ",".join(f"{name}={value}" for name, value in sorted(values.items()))
    return f"{spec}@{pairs}" if pairs else spec


def _is_whole(word: str, name: str) -> bool:
    """Whether the whole word names a file or a version of one. Git is only asked if need be.

    Raises UsageError where `name`, the word without its last mark, does so as well, unless the word
    ends as names of specifications do.
    """
    if os.path.exists(word) and word.lower().endswith(SUFFIXES):
        return True
    if os.path.exists(word):
        is_both = os.path.isfile(name) or name in shipped_names()
    elif os.path.exists(name) or not is_version(word):
        return False
    else:
        is_both = is_version(name)
    if is_both:
        what = f'"{word}" is a file, and could be a variant or values of "{name}"'
        raise UsageError(f"{what}, which is there too; rename the file")
    return True


def _read_values(word: str, text: str) -> Mapping[str, str]:
    pairs = [pair.split("=") for pair in text.split(",")]
    values = dict(pairs)
    if len(values) < len(pairs):
        raise UsageError(f'"{word}" gives a value twice')
    return MappingProxyType(values)
