"""Texts with `$name` and `$(...)` in them."""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..text.wording import quoted
from .arithmetic import Expression, ExpressionError, Lookup, read_expression, value_text

MAX_TOKEN = 256  # characters of a token once its names are filled in
MAX_PIECES = 64  # texts, names and expressions in a token

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class TemplateError(ValueError):
    """A text whose `$` cannot be read or filled in."""


class UnclosedError(TemplateError):
    """A `$(` whose rest may be in the next item of a list."""


class Name(NamedTuple):
    """`$name`: replaced by the text that the name stands for."""

    name: str


Piece = str | Name | Expression


class Template(NamedTuple):
    """A token, split into plain text, names and expressions.

    `constant` is the text of a token without a `$`; None for any other.
    """

    pieces: tuple[Piece, ...]
    constant: str | None

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> "Template":
        texts = [piece for piece in pieces if isinstance(piece, str)]
        return cls(tuple(pieces), "".join(texts) if len(texts) == len(pieces) else None)

    @property
    def names(self) -> Iterator[str]:
        for piece in self.pieces:
            if isinstance(piece, Name):
                yield piece.name
            elif isinstance(piece, Expression):
                yield from piece.names

    def fill(self, lookup: Lookup) -> str:
        """The text with every name and expression put in; raises TemplateError."""
        text = self.constant
        if text is None:
            text = "".join(_piece_text(piece, lookup) for piece in self.pieces)
        if len(text) > MAX_TOKEN:
            raise TemplateError(f"a value of {len(text)} characters; at most {MAX_TOKEN}")
        return text

    def fingerprint(self, lookup: Callable[[str], Hashable]) -> int:
        """A number that is equal for texts that are written alike and whose names mean the same."""
        words = tuple(piece.text if isinstance(piece, Expression) else piece for piece in self.pieces)
        return hash((words, tuple((name, lookup(name)) for name in sorted(self.names))))


def _piece_text(piece: Piece, lookup: Lookup) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Name):
        return lookup(piece.name)
    try:
        return value_text(piece, lookup)
    except ExpressionError as error:
        raise TemplateError(f"{quoted(f'$({piece.text})')}: {error}") from None


@lru_cache(maxsize=4096)  # most words stand in many layers
def read_template(text: str) -> Template:
    """Split a token at its names and expressions; raises TemplateError."""
    if "$" not in text:
        return Template((text,), text)
    pieces: list[Piece] = []
    position = 0
    while (dollar := text.find("$", position)) >= 0:
        if dollar > position:
            pieces.append(text[position:dollar])
        piece, position = _read_piece(text, dollar)
        pieces.append(piece)
        if len(pieces) > MAX_PIECES:
            raise TemplateError(f"more than {MAX_PIECES} parts in {quoted(text)}")
    if position < len(text):
        pieces.append(text[position:])
    return Template.of(pieces)


def _read_piece(text: str, dollar: int) -> tuple[Piece, int]:
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
    from .arithmetic_slips import arithmetic_hint  # only needed where something is wrong

    hint = arithmetic_hint(text[dollar:]) or "; write $name or $(arithmetic)"
    raise TemplateError(f'"$" without a name in {quoted(text)}{hint}')


def _closing(text: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position
    from .arithmetic_slips import closed  # only needed where something is wrong

    whole = closed(text[opening - 1 :])
    hint = "inside [...] a comma ends the item, so put the layer in quotes"
    hint = f"write {whole}" if whole else hint
    raise UnclosedError(f'unclosed "$(" in {quoted(text)}; {hint}')
