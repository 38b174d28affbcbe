"""Calls of operations and blocks: what one takes, and what was given."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..ops import OPS
from ..ops.base import Operation
from ..ops.options import FLAG, Kind
from ..ops.shapes import MOST_AXES
from ..text.problems import Mark
from ..text.wording import listed, quoted, suggestion
from .template import Template, read_template

INPUTS = "inputs"  # the option of a merge that is spelled out

_NAMED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.ASCII | re.DOTALL)

Values = tuple[tuple[str, str, bool], ...]  # option, text, whether it was given by position
Fault = tuple[Mark, str]


class Given(NamedTuple):
    """One thing given in a call; `option` is None where only the position says which it is.

    `mark` is where the value stands, `at` where what is given starts: at its name if it has one.
    """

    option: str | None
    value: Template
    text: str
    mark: Mark
    at: Mark
    sides: tuple[str, ...] | None = None  # where it is spelled out as a list


class Signature(NamedTuple):
    """What a call of an operation or a block takes. A block's arguments have no kind."""

    name: str
    usage: str
    arguments: tuple[str, ...]
    required: frozenset[str]
    kinds: dict[str, Kind | None]
    takes_names: bool = False  # of the layers that it brings together with what flows to it


def _usage(operation: type[Operation], required: frozenset[str]) -> str:
    words = [operation.name]
    for argument in operation.arguments:
        word = "kernel[/stride]" if argument == "kernel_size" else argument
        words.append(word if argument in required else f"[{word}]")
    return " ".join(words)


def _operation_signature(operation: type[Operation]) -> Signature:
    kinds: dict[str, Kind | None] = {name: option.kind for name, option in operation.options.items()}
    required = frozenset(name for name, option in operation.options.items() if option.is_required)
    usage = f"{operation.name} NAME..." if operation.merges else _usage(operation, required)
    return Signature(
        operation.name, usage, operation.arguments, required, kinds, takes_names=operation.merges
    )


SIGNATURES = {name: _operation_signature(operation) for name, operation in OPS.items()}


def split_option(text: str) -> tuple[str | None, str]:
    """`groups=2` as ("groups", "2"); anything else as (None, itself)."""
    match = _NAMED.fullmatch(text)
    return (match[1], match[2]) if match else (None, text)


def arrange(
    signature: Signature, given: Iterable[Given], head: Mark
) -> tuple[dict[str, Given], list[Fault]]:
    """What is given for which option, and what is wrong with that whatever the values are."""
    if signature.takes_names:
        return {}, list(_name_faults(signature, tuple(given), head))
    found: dict[str, Given] = {}
    faults: list[Fault] = []
    positions = iter(signature.arguments)
    named = False
    for written in given:
        one = _flag_as_option(signature, written)
        option = one.option or next(positions, None)
        objection = _objection(signature, one, option, found, named)
        if objection:
            faults.append((one.at, objection))
            if one.option is None:
                break  # what stands behind is out of its place too
        elif option:
            found[option] = one
        named = named or one.option is not None
    missing = [name for name in signature.kinds if name in signature.required and name not in found]
    if missing and not faults:  # a slip in an option's name must not also be called missing
        what = f"{signature.name} needs {listed(missing)}; write {signature.usage}"
        faults.append((head, what))
    return found, faults


def _name_faults(signature: Signature, given: tuple[Given, ...], head: Mark) -> Iterator[Fault]:
    """What is wrong with the names of a merge, as far as that is seen from their notation."""
    if not given:
        what = f"{signature.name} needs a name of what to {signature.name}; write {signature.usage}"
        yield head, what
    for one in given:
        if one.option not in (None, INPUTS):
            yield one.at, f"unknown option {quoted(one.option or '')} of {signature.name}; it has none"


def _flag_as_option(signature: Signature, one: Given) -> Given:
    """`bias` as `bias=true`."""
    if one.option is None and signature.kinds.get(one.text) is FLAG:
        return one._replace(option=one.text, value=read_template("true"))
    return one


def _objection(
    signature: Signature, one: Given, option: str | None, found: dict[str, Given], named: bool
) -> str | None:
    """Why this cannot be given here, if so."""
    if one.option is None and signature.name in OPS and one.text in OPS:
        return f"{quoted(one.text)} is a layer of its own; write [{signature.name} ..., {one.text}]"
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
    return _list_objection(signature.kinds[option], option, one.sides) if one.sides is not None else None


def _list_objection(kind: Kind | None, option: str, sides: tuple[str, ...]) -> str | None:
    """Why a list cannot be the value of this option, if so."""
    if not (kind and kind.per_axis):
        return f"{option} must be one value, not a list"
    is_whole = all(side.isdigit() or "$" in side for side in sides)
    if not (is_whole and 1 <= len(sides) <= MOST_AXES):
        return f"{option} must be a list such as [height, width], whole numbers, not [{listed(sides)}]"
    return None


def with_source(message: str, given: Given, text: str) -> str:
    """The message, with what is written where that is not the value."""
    return message if given.text == text else f"{message} ({given.text})"


def option_mark(arranged: dict[str, Given], whole: Mark, option: str | None) -> Mark:
    """Where an option is written, or the whole call where it is not."""
    if option == "stride" and option not in arranged:
        option = "kernel_size"  # 3x3/2
    return arranged[option].mark if option in arranged else whole
