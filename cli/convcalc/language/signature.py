"""What a call of an operation or a block takes, and what is given in one."""

import re
from typing import NamedTuple

from ..ops import OPS
from ..ops.base import Operation
from ..ops.options import Kind
from ..text.problems import Mark
from .template import Template

INPUTS = "inputs"  # the option of a merge that is spelled out

_NAMED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.ASCII | re.DOTALL)

OptionTexts = dict[str, tuple[str, bool]]  # for each option its text, and whether its place says so
Fault = tuple[Mark, str]


class Given(NamedTuple):
    """One thing that is given in a call; `option` is None where only its position says which it is.

    `mark` is where its value stands, `at` where it starts, which is at `option=` if there is one.
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


def with_source(message: str, given: Given, text: str) -> str:
    """The message, with the text as it is written, where that is not the value itself."""
    return message if given.text == text else f"{message} ({given.text})"


def option_mark(arranged: dict[str, Given], whole: Mark, option: str | None) -> Mark:
    """The place of an option; of the whole call, where the option is not written."""
    if option == "stride" and option not in arranged:
        option = "kernel_size"  # 3x3/2
    return arranged[option].mark if option in arranged else whole
