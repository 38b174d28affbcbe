"""`$(...)`: whole and decimal numbers, names, + - * //, max and round8, computed exactly."""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, NoReturn

from ..text.numbers import is_bounded, number_text, read_number
from ..text.wording import quoted

MAX_EXPRESSION = 256  # characters
MAX_PARENTHESES = 64

Lookup = Callable[[str], str]  # a name to its text
Value = Callable[[Lookup], Fraction]

_TOKEN = re.compile(r"\s*(?:([0-9][0-9.]*)|([A-Za-z_]\w*)|(//|[-+*(),])|(\S))", re.ASCII)


class ExpressionError(ValueError):
    """An expression that cannot be read or computed."""


class Expression(NamedTuple):
    """An expression that has been read: the names it uses, and its value where they are known."""

    text: str
    names: frozenset[str]
    value: Value


@lru_cache(maxsize=4096)
def read_expression(text: str) -> Expression:
    """Read the inside of `$(...)`; raises ExpressionError."""
    if len(text) > MAX_EXPRESSION:
        raise ExpressionError(f"an expression of {len(text)} characters; at most {MAX_EXPRESSION}")
    reader = _ExpressionReader(text)
    value = reader.sum()
    if reader.token:
        reader.unexpected("an operator")
    return Expression(text, frozenset(reader.names), value)


def round8(x: Fraction) -> Fraction:
    """The nearest multiple of 8, at least 8, one step up where over 10 % would be lost.

    MobileNet's rounding of channels (`make_divisible` in the authors' code).
    """
    nearest = max(8, (x + 4) // 8 * 8)
    return Fraction(nearest + 8 if nearest < x * Fraction(9, 10) else nearest)


def _bounded(number: Fraction) -> Fraction:
    if is_bounded(number):
        return number
    raise ExpressionError("a number beyond 10^18 (numerator or denominator)")


def _floor_divide(a: Fraction, b: Fraction) -> Fraction:
    if b == 0:
        raise ExpressionError("a division by 0")
    return Fraction(a // b)


_OPERATORS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": _floor_divide,
}
_FUNCTIONS: dict[str, tuple[int, Callable[..., Fraction]]] = {"max": (2, max), "round8": (1, round8)}


class _ExpressionReader:
    """Recursive descent: a sum of products of numbers, names, calls and parentheses."""

    def __init__(self, text: str) -> None:
        self.tokens = iter(["".join(groups) for groups in _TOKEN.findall(text)])
        self.names: set[str] = set()
        self.depth = 0
        self.token = ""
        self.advance()

    def advance(self) -> str:
        token, self.token = self.token, next(self.tokens, "")
        return token

    def unexpected(self, wanted: str) -> NoReturn:
        found = quoted(self.token) if self.token else "the end"
        hint = "; division is //, which rounds down" if self.token == "/" else ""
        raise ExpressionError(f"{wanted} expected instead of {found}{hint}")

    def expect(self, token: str) -> None:
        if self.token != token:
            self.unexpected(f'"{token}"')
        self.advance()

    def sum(self) -> Value:
        value = self.product()
        while self.token in ("+", "-"):
            value = _apply(_OPERATORS[self.advance()], value, self.product())
        return value

    def product(self) -> Value:
        value = self.atom()
        while self.token in ("*", "//"):
            value = _apply(_OPERATORS[self.advance()], value, self.atom())
        return value

    def atom(self) -> Value:
        if self.token == "(":
            return self.values(1)[0]
        if self.token[:1].isdigit():
            return self.number()
        if self.token[:1].isalpha() or self.token[:1] == "_":
            name = self.advance()
            return self.call(name) if self.token == "(" else self.name(name)
        self.unexpected("a number, a name or (")

    def number(self) -> Value:
        text = self.advance()
        try:
            number = read_number(text)
        except ValueError:
            raise ExpressionError(f"{quoted(text)} is not a number within 10^18") from None
        return lambda lookup: number

    def name(self, name: str) -> Value:
        self.names.add(name)

        def value(lookup: Lookup) -> Fraction:
            text = lookup(name)
            try:
                sign = -1 if text.startswith("-") else 1
                return sign * read_number(text.removeprefix("-"))
            except ValueError:
                raise ExpressionError(f"{name} is {quoted(text)}, which is not a number") from None

        return value

    def call(self, name: str) -> Value:
        if name not in _FUNCTIONS:
            raise ExpressionError(f"no function {quoted(name)}; there are max(a, b) and round8(x)")
        count, function = _FUNCTIONS[name]
        return _apply(function, *self.values(count))

    def values(self, count: int) -> list[Value]:
        """So many values in parentheses."""
        self.depth += 1
        if self.depth > MAX_PARENTHESES:
            raise ExpressionError(f"more than {MAX_PARENTHESES} nested parentheses")
        self.expect("(")
        values = [self.sum()]
        while len(values) < count:
            self.expect(",")
            values.append(self.sum())
        self.expect(")")
        self.depth -= 1
        return values


def _apply(function: Callable[..., Fraction], *values: Value) -> Value:
    return lambda lookup: _bounded(function(*(value(lookup) for value in values)))


def value_text(expression: Expression, lookup: Lookup) -> str:
    """The expression's value as text; raises ExpressionError, and LookupError as `lookup` does."""
    try:
        words = tuple(lookup(name) for name in expression.names)
    except LookupError:
        return number_text(expression.value(lookup))  # what is wrong before that name comes first
    return _text_with(expression, words)


@lru_cache(maxsize=4096)
def _text_with(expression: Expression, words: tuple[str, ...]) -> str:
    """Kept, because a block is called with the same values again and again, and in a sweep most are."""
    return number_text(expression.value(dict(zip(expression.names, words, strict=True)).__getitem__))
