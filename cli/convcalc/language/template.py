"""Texts with `$name` and `$(...)` in them."""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..text.wording import quoted
from .arithmetic import Expression, ExpressionError, Lookup, read_expression, value_text

MAX_TOKEN = 256  # characters of a token once its names are filled in
MAX_PARTS = 64  # texts, names and expressions in a token

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class TemplateError(ValueError):
    """A text whose `$` cannot be read or filled in."""


class UnclosedError(TemplateError):
    """A `$(` whose rest may be in the next item of a list."""


class Name(NamedTuple):
    """`$name`: replaced by the text that the name stands for."""

    name: str


Part = str | Name | Expression


class Template(NamedTuple):
    """A token as parts: plain text, names and expressions.

    `constant` is the text of a token without any `$`, else None.
    """

    parts: tuple[Part, ...]
    constant: str | None

    @classmethod
    def of(cls, parts: Sequence[Part]) -> "Template":
        texts = [part for part in parts if isinstance(part, str)]
        return cls(tuple(parts), "".join(texts) if len(texts) == len(parts) else None)

    @property
    def names(self) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, Name):
                yield part.name
            elif isinstance(part, Expression):
                yield from part.names

    def fill(self, lookup: Lookup) -> str:
        """The text with every name and expression put in; raises TemplateError."""
        text = self.constant
        if text is None:
            text = "".join(_part_text(part, lookup) for part in self.parts)
        if len(text) > MAX_TOKEN:
            raise TemplateError(f"a value of {len(text)} characters; at most {MAX_TOKEN}")
        return text

    def fingerprint(self, lookup: Callable[[str], Hashable]) -> int:
        """Equal for texts that are written alike and whose names stand for the same."""
        words = tuple(part.text if isinstance(part, Expression) else part for part in self.parts)
        return hash((words, tuple((name, lookup(name)) for name in sorted(self.names))))


def _part_text(part: Part, lookup: Lookup) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Name):
        return lookup(part.name)
    try:
        return value_text(part, lookup)
    except ExpressionError as error:
        raise TemplateError(f"{quoted(f'$({part.text})')}: {error}") from None


@lru_cache(maxsize=4096)  # most words stand in many layers
def read_template(text: str) -> Template:
    """Split a token at its names and expressions; raises TemplateError."""
    if "$" not in text:
        return Template((text,), text)
    parts: list[Part] = []
    position = 0
    while (dollar := text.find("$", position)) >= 0:
        if dollar > position:
            parts.append(text[position:dollar])
        part, position = _read_part(text, dollar)
        parts.append(part)
        if len(parts) > MAX_PARTS:
            raise TemplateError(f"more than {MAX_PARTS} parts in {quoted(text)}")
    if position < len(text):
        parts.append(text[position:])
    return Template.of(parts)


def _read_part(text: str, dollar: int) -> tuple[Part, int]:
    if text.startswith("$(", dollar):
        end = _closing(text, dollar + 1)
        try:
            expression = read_expression(text[dollar + 2 : end])
            # What has no names is computed once.
            return expression if expression.names else value_text(expression, str), end + 1
        except ExpressionError as error:
            raise TemplateError(f"{quoted(text[dollar : end + 1])}: {error}") from None
    if name := _NAME.match(text, dollar + 1):
        return Name(name.group()), name.end()
    raise TemplateError(f'"$" without a name in {quoted(text)}; write $name or $(arithmetic)')


def _closing(text: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position
    hint = "inside [...] a comma ends the item, so put the layer in quotes"
    raise UnclosedError(f'unclosed "$(" in {quoted(text)}; {hint}')
