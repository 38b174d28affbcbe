"""`$(...)`: numbers, names, + - * / //, comparisons, min, max and roundings, computed exactly."""

import operator
import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any, NamedTuple, NoReturn

from ..text.numbers import is_bounded, number_text, read_number
from ..text.wording import quoted

MAX_EXPRESSION = 256  # characters
MAX_PARENTHESES = 64

Lookup = Callable[[str], str]  # a name to its text
Value = Callable[[Lookup], Fraction]
Operator = Callable[[Fraction, Fraction], Fraction]

_TOKEN = r"\s*(?:([0-9][0-9.]*)|([A-Za-z_]\w*)|(//|<=|>=|==|!=|[-+*/<>(),])|(\S))"


class ExpressionError(ValueError):
    """An expression that cannot be read or computed."""


class Expression(NamedTuple):
    """An expression that has been read: the names that it uses, and how its value follows from them."""

    text: str
    names: frozenset[str]
    value: Value


@lru_cache(maxsize=4096)
def read_expression(text: str) -> Expression:
    """Read the inside of `$(...)`; raises ExpressionError."""
    if len(text) > MAX_EXPRESSION:
        raise ExpressionError(f"an expression of {len(text)} characters; at most {MAX_EXPRESSION}")
    reader = _ExpressionReader(text)
    value = reader.comparison()
    if reader.token:
        reader.unexpected(_OPERATOR)
    return Expression(text, frozenset(reader.names), value)


def divisible(x: Fraction, divisor: Fraction) -> Fraction:
    """The nearest multiple of the divisor, but at least one, and one more if over 10 % would be lost.

    This is how MobileNet's authors round channels (`make_divisible` in their code).
    """
    if divisor <= 0:
        raise ExpressionError(f"divisible by {number_text(divisor)}; it must be above 0")
    nearest = max(divisor, (x + divisor / 2) // divisor * divisor)
    return nearest + divisor if nearest < x * Fraction(9, 10) else nearest


def _bounded(number: Fraction) -> Fraction:
    if is_bounded(number):
        return number
    raise ExpressionError("a number beyond 10^18 (numerator or denominator)")


def _divided(quotient: Callable[[Fraction, Fraction], Any]) -> Operator:
    def divide(a: Fraction, b: Fraction) -> Fraction:
        if b == 0:
            raise ExpressionError("a division by 0")
        return Fraction(quotient(a, b))

    return divide


def _compared(holds: Callable[[Fraction, Fraction], bool]) -> Operator:
    return lambda a, b: Fraction(holds(a, b))


_SUMS: dict[str, Operator] = {"+": operator.add, "-": operator.sub}
_PRODUCTS: dict[str, Operator] = {
    "*": operator.mul,
    "/": _divided(operator.truediv),
    "//": _divided(operator.floordiv),
}
_COMPARISONS: dict[str, Operator] = {
    "<": _compared(operator.lt),
    "<=": _compared(operator.le),
    ">": _compared(operator.gt),
    ">=": _compared(operator.ge),
    "==": _compared(operator.eq),
    "!=": _compared(operator.ne),
}


class _Function(NamedTuple):
    usage: str
    least: int  # arguments
    most: int
    value: Callable[..., Fraction]


_MOST_ARGUMENTS = 64
_FUNCTIONS = {
    "min": _Function("min(a, b, ...)", 2, _MOST_ARGUMENTS, min),
    "max": _Function("max(a, b, ...)", 2, _MOST_ARGUMENTS, max),
    "floor": _Function("floor(x)", 1, 1, lambda x: Fraction(floor(x))),
    "ceil": _Function("ceil(x)", 1, 1, lambda x: Fraction(ceil(x))),
    "divisible": _Function("divisible(x, n)", 2, 2, divisible),
    "round8": _Function("round8(x)", 1, 1, lambda x: divisible(x, Fraction(8))),
}
_OPERATOR = "an operator"
_NAME = re.compile(r"[A-Za-z_]")
_EXPONENT = re.compile(r"[eE][0-9]*")  # of 1e3, behind the 1
# What other languages have, and how to do the same here.
_INSTEAD = {
    "$": "names have no $ in the parentheses",
    "^": "there is no power; write the product",
    "%": "there is no remainder; the remainder of a by b is a - a//b*b",
}
_REMEDIES = {
    "*": "; a power is written as a product",
    "-": "; less than 0 is written 0 - x",
}
_CALLED = {
    "int": "floor(x)",
    "trunc": "floor(x)",
    "round": "floor(x + 0.5)",
    "ceiling": "ceil(x)",
    "make_divisible": "divisible(x, n)",
    "_make_divisible": "divisible(x, n)",
}


def _misplaced(token: str, wanted: str) -> str:
    """The message for a token where another should stand; the empty token is the end."""
    if wanted == _OPERATOR and _EXPONENT.fullmatch(token):
        return "a number has no exponent; write its digits"
    if wanted == _OPERATOR and _NAME.match(token):
        return f"a * is missing in front of {quoted(token)}"
    if token in _INSTEAD:
        return _INSTEAD[token]
    what = f"{quoted(token)} stands" if token else "it ends"
    return f"{what} where {wanted} should{_REMEDIES.get(token, '')}"


class _ExpressionReader:
    """Recursive descent: a sum of products of numbers, names, calls and parentheses."""

    def __init__(self, text: str) -> None:
        self.tokens = iter(["".join(groups) for groups in re.findall(_TOKEN, text, re.ASCII)])
        self.names: set[str] = set()
        self.depth = 0
        self.token = ""
        self.advance()

    def advance(self) -> str:
        token, self.token = self.token, next(self.tokens, "")
        return token

    def unexpected(self, wanted: str) -> NoReturn:
        raise ExpressionError(_misplaced(self.token, wanted))

    def expect(self, token: str) -> None:
        if self.token != token:
            self.unexpected(f'"{token}"')
        self.advance()

    def comparison(self) -> Value:
        """A sum, or a comparison of two sums, whose value is 1 or 0; comparisons do not chain."""
        value = self.sum()
        if self.token in _COMPARISONS:
            value = _apply(_COMPARISONS[self.advance()], value, self.sum())
            if self.token in _COMPARISONS:
                raise ExpressionError("comparisons do not chain; put one of them in parentheses")
        return value

    def sum(self) -> Value:
        value = self.product()
        while self.token in _SUMS:
            value = _apply(_SUMS[self.advance()], value, self.product())
        return value

    def product(self) -> Value:
        value = self.atom()
        while self.token in _PRODUCTS:
            value = _apply(_PRODUCTS[self.advance()], value, self.atom())
        return value

    def atom(self) -> Value:
        if self.token == "(":
            return self.values()[0]
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
            known = ", ".join(function.usage for function in _FUNCTIONS.values())
            meant = f"; write {_CALLED[name]}" if name in _CALLED else f"; there are {known}"
            raise ExpressionError(f"no function {quoted(name)}{meant}")
        function = _FUNCTIONS[name]
        values = self.values(function.most)
        if len(values) < function.least:
            raise ExpressionError(f"{name} needs {function.least} numbers; write {function.usage}")
        return _apply(function.value, *values)

    def values(self, most: int = 1) -> list[Value]:
        """The arguments of a function, in parentheses; at least one."""
        self.depth += 1
        if self.depth > MAX_PARENTHESES:
            raise ExpressionError(f"more than {MAX_PARENTHESES} nested parentheses")
        self.expect("(")
        values = [self.comparison()]
        while self.token == "," and len(values) < most:
            self.advance()
            values.append(self.comparison())
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
        return _text(expression.value(lookup))  # what is wrong before that name comes first
    return _text_with(expression, words)


@lru_cache(maxsize=4096)
def _text_with(expression: Expression, words: tuple[str, ...]) -> str:
    """The value as text. It is kept: blocks are called, and sweeps repeat, with the same values."""
    return _text(expression.value(dict(zip(expression.names, words, strict=True)).__getitem__))


def _text(number: Fraction) -> str:
    try:
        return number_text(number)
    except ValueError:
        what = "has no end as a decimal number; round it with floor, ceil or divisible"
        raise ExpressionError(f"{number} {what}") from None
