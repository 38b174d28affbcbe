"""Calls of operations and blocks: what one takes, and what was given."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Mark, Problem
from ..nodes import quoted
from ..ops import OPS
from ..ops.base import Operation, OperationError
from ..ops.kinds import FLAG, Kind
from ..words import listed, suggestion
from .template import Template, read_template

if TYPE_CHECKING:
    from .bodies import Words

_NAMED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.ASCII | re.DOTALL)

Values = tuple[tuple[str, str, bool], ...]  # option, text, whether it was given by position


class Given(NamedTuple):
    """One thing given in a call; `option` is None where only the position says which it is.

    `mark` is where the value stands, `at` where what is given starts: at its name if it has one.
    """

    option: str | None
    value: Template
    text: str
    mark: Mark
    at: Mark
    sides: tuple[str, ...] | None = None  # where it is spelled out as [height, width]


class Made(NamedTuple):
    """What a call of an operation has made, and how it is written."""

    operation: Operation
    written: str


class Signature(NamedTuple):
    """What a call of an operation or a block takes. A block's arguments have no kind."""

    name: str
    usage: str
    arguments: tuple[str, ...]
    required: frozenset[str]
    kinds: dict[str, Kind | None]


def _usage(operation: type[Operation], required: frozenset[str]) -> str:
    words = [operation.name]
    for argument in operation.arguments:
        word = "kernel[/stride]" if argument == "kernel_size" else argument
        words.append(word if argument in required else f"[{word}]")
    return " ".join(words)


def _operation_signature(operation: type[Operation]) -> Signature:
    kinds: dict[str, Kind | None] = {name: option.kind for name, option in operation.options.items()}
    required = frozenset(name for name, option in operation.options.items() if option.is_required)
    return Signature(operation.name, _usage(operation, required), operation.arguments, required, kinds)


SIGNATURES = {name: _operation_signature(operation) for name, operation in OPS.items()}


def split_option(text: str) -> tuple[str | None, str]:
    """`groups=2` as ("groups", "2"); anything else as (None, itself)."""
    match = _NAMED.fullmatch(text)
    return (match[1], match[2]) if match else (None, text)


def arrange(
    signature: Signature, given: Iterable[Given], head: Mark
) -> tuple[dict[str, Given], list[Problem]]:
    """What is given for which option, and what is wrong with that whatever the values are."""
    found: dict[str, Given] = {}
    problems: list[Problem] = []
    positions = iter(signature.arguments)
    named = False
    for written in given:
        one = _flag_as_option(signature, written)
        option = one.option or next(positions, None)
        objection = _objection(signature, one, option, found, named)
        if objection:
            problems.append(Problem(one.at, objection))
            if one.option is None:
                break  # what stands behind is out of its place too
        elif option:
            found[option] = one
        named = named or one.option is not None
    missing = [name for name in signature.kinds if name in signature.required and name not in found]
    if missing and not problems:  # a slip in an option's name must not also be called missing
        what = f"{signature.name} needs {listed(missing)}; write {signature.usage}"
        problems.append(Problem(head, what))
    return found, problems


def _flag_as_option(signature: Signature, one: Given) -> Given:
    """`bias` as `bias=true`."""
    if one.option is None and signature.kinds.get(one.text) is FLAG:
        return one._replace(option=one.text, value=read_template("true"))
    return one


def _objection(
    signature: Signature, one: Given, option: str | None, found: dict[str, Given], named: bool
) -> str | None:
    """Why this cannot be given here, if so."""
    if one.option is None and signature.kinds.get(one.text):
        return f"{quoted(one.text)} needs a value; write {one.text}=..."
    if one.option is None and named:
        return f"{quoted(one.text)} stands after an option; what has no name comes first"
    if option is None:
        return f"{quoted(one.text)} is one too many; write {signature.usage}"
    if option not in signature.kinds:
        known = f"it has {listed(signature.kinds)}" if signature.kinds else "it has none"
        hint = suggestion(option, signature.kinds, known)
        return f"unknown option {quoted(option)} of {signature.name}{hint}"
    if option in found:
        return f"{option} is given twice"
    return _pair_objection(signature.kinds[option], option, one.sides) if one.sides is not None else None


def _pair_objection(kind: Kind | None, option: str, sides: tuple[str, ...]) -> str | None:
    """Why a list cannot be the value of this option, if so."""
    if not (kind and kind.is_pair):
        return f"{option} must be one value, not a list"
    if len(sides) != 2 or not all(side.isdigit() or "$" in side for side in sides):
        return f"{option} must be [height, width], two whole numbers, not [{listed(sides)}]"
    return None


class Builder:
    """Makes operations of texts, with a file's own defaults for their options.

    What has been made of a text is kept: most layers of a network are written like others.
    """

    def __init__(self, defaults: dict[str, dict[str, str]]) -> None:
        self.defaults = defaults
        self.lines: dict[str, Words] = {}  # those without a `$`, by their text
        self.made: dict[tuple[object, ...], Made] = {}  # of those with one, by it and its values

    def build(self, name: str, values: Values) -> Operation:
        """The operation of that name; raises OperationError with the option at fault."""
        options = {option: (text, False) for option, text in self.defaults.get(name, {}).items()}
        given = _with_stride({option: (text, by_place) for option, text, by_place in values})
        read = {option: read_value(name, option, *one) for option, one in (options | given).items()}
        return OPS[name](**read)


def _with_stride(given: dict[str, tuple[str, bool]]) -> dict[str, tuple[str, bool]]:
    """`3x3/2`, the papers' notation, as a kernel and a stride."""
    text, by_place = given.get("kernel_size", ("", False))
    kernel, slash, stride = text.partition("/")
    if not slash:
        return given
    if "stride" in given:
        raise OperationError(f"stride is given twice, in {quoted(text)} and as an option", "stride")
    return given | {"kernel_size": (kernel, by_place), "stride": (stride, False)}


def read_value(name: str, option: str, text: str, by_place: bool = False) -> Any:
    """The value of an option; OperationError says what it should have been."""
    kind = SIGNATURES[name].kinds[option]
    assert kind is not None
    try:
        return kind.read(text) if by_place else kind.read_named(text)
    except ValueError:
        hint = _slip_hint(name, text) if by_place else ""
        what = f"{option} must be {kind.expects}, not {quoted(text)}{hint}"
        raise OperationError(what, option) from None


def _slip_hint(name: str, text: str) -> str:
    """What a word in the place of an argument may have been meant as."""
    if text.endswith(","):
        return "; no comma stands between words, and a list of layers stands in brackets"
    return suggestion(text, SIGNATURES[name].kinds) if text[:1].isalpha() else ""


def shorthand(operation: Operation) -> str:
    """The operation as one line of the language; what has its default is left out."""
    signature = SIGNATURES[operation.name]
    given = {
        name: operation.options[name].kind.show(value)
        for name, value in vars(operation).items()
        if value != operation.options[name].default
    }
    if "kernel_size" in given and "stride" in given:
        given["kernel_size"] += f"/{given.pop('stride')}"
    words = [operation.name]
    for argument in signature.arguments:
        if argument not in given:
            break
        words.append(given.pop(argument))
    for option, text in given.items():
        is_flag = signature.kinds[option] is FLAG and text == "true"
        words.append(option if is_flag else f"{option}={text}")
    return " ".join(words)


def constant_values(arranged: dict[str, Given]) -> Values:
    """The options whose values hold no `$`."""
    found = [(option, one.value.constant, one.option is None) for option, one in arranged.items()]
    return tuple((option, text, by_place) for option, text, by_place in found if text is not None)


def with_source(message: str, given: Given, text: str) -> str:
    """The message, with what is written where that is not the value."""
    return message if given.text == text else f"{message} ({given.text})"


def option_mark(arranged: dict[str, Given], whole: Mark, option: str | None) -> Mark:
    """Where an option is written, or the whole call where it is not."""
    if option == "stride" and option not in arranged:
        option = "kernel_size"  # 3x3/2
    return arranged[option].mark if option in arranged else whole


def value_problems(arranged: dict[str, Given], signature: Signature) -> list[Problem]:
    """What is wrong with the values that hold no `$`, each by itself."""
    problems = []
    for option, text, by_place in constant_values(arranged):
        try:
            if not (option == "kernel_size" and "/" in text):
                read_value(signature.name, option, text, by_place)
        except OperationError as error:
            one = arranged[option]
            problems.append(Problem(one.mark, with_source(error.message, one, text)))
    return problems
