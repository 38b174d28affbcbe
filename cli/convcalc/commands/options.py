"""The options that commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from ..ops.totals import BYTES
from ..render.formats.choice import FORMATS
from ..text.problems import UsageError
from ..text.wording import listed, quoted
from . import completing
from .formats import commands_with, format_by_suffix
from .inputs import Request, refuse_own_input

if TYPE_CHECKING:
    _Words = click.Choice[str]
    _Listed = click.ParamType[tuple[str, ...]]
    _Numbers = click.ParamType[int]
else:  # which older versions of click do not parametrize
    _Words = click.Choice
    _Listed = click.ParamType
    _Numbers = click.ParamType


class OneOf(_Words):
    """One of some words. A wrong word gets a suggestion."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in self.choices:
            return str(value)
        from ..ops.foreign_figures import figure_hint  # only needed where something is wrong

        name = param.opts[0] if param else "it"
        hint = figure_hint(str(value), self.choices)
        verb = "is" if len(self.choices) == 1 else "are"
        known = f"{hint} There {verb}" if hint else f"; there {verb}"
        raise UsageError(f'{name} cannot be "{value}"{known} {listed(self.choices)}')


class Format(OneOf):
    """A format of the command. For one that only other commands have, they are named."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.choices and (others := commands_with(str(value))):
            has = f"there are {listed(self.choices)}"
            raise UsageError(f'--format cannot be "{value}" here, only in {listed(others)}; {has}')
        return super().convert(value, param, ctx)


class Whole(_Numbers):
    """A whole number that is not below the least."""

    name = "number"

    def __init__(self, least: int) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if text.isascii() and text.isdigit() and int(text[:20]) >= self.least:
            return int(text)
        name = param.opts[0] if param else "it"
        raise UsageError(f"{name} must be a whole number from {self.least}, not {quoted(text)}")


def joined(
    _ctx: click.Context, _param: click.Parameter, lists: tuple[tuple[str, ...], ...]
) -> tuple[str, ...] | None:
    """The words of all lists of an option that may be given several times; None where it is not."""
    return tuple(chain.from_iterable(lists)) or None


class SomeOf(_Listed):
    """Some of the words, with commas between them."""

    name = "words"

    def __init__(self, words: Sequence[str]) -> None:
        self.one = OneOf(words)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        return tuple(self.one.convert(word.strip(), param, ctx) for word in str(value).split(","))


def network_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add SPEC..., -e, --input and --set; the command gets them as a Request."""

    @wraps(command)
    def with_request(
        specs: tuple[str, ...],
        bodies: tuple[str, ...],
        input_text: str | None,
        settings: tuple[str, ...],
        **others: Any,
    ) -> Any:
        refuse_own_input(specs, others.get("output"))
        return command(Request(specs, bodies, input_text, settings, {}), **others)

    for decorate in (
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="NAME=VALUE",
            shell_complete=completing.parameters,
            help="Another value for a parameter, where a SPEC has none behind its @.",
        ),
        click.option(
            "--input",
            "input_text",
            metavar="CxHxW",
            help="Another input shape: channels, height, width.",
        ),
        click.option(
            "-e",
            "bodies",
            multiple=True,
            metavar="BODY",
            help="A body written in place of a SPEC; needs --input.",
        ),
        click.argument("specs", nargs=-1, metavar="SPEC...", shell_complete=completing.specs),
    ):
        with_request = decorate(with_request)
    return with_request


output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=completing.files,
    help="Write to a file instead of standard output.",
)


force_option = click.option("--force", "is_forced", is_flag=True, help="Write over FILE if it is there.")


def _table(output: str | None) -> str:
    return "table"


def output_options(
    *more_formats: str, usual: Callable[[str | None], str] = _table
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--format and -o; without a format the file's suffix picks it, else it is the `usual` one."""
    formats = [*FORMATS, *more_formats]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_format(
            *request: Any, format_name: str | None, output: str | None, **others: Any
        ) -> Any:
            picked = format_name or format_by_suffix(output, formats) or usual(output)
            return command(*request, format_name=picked, output=output, **others)

        return click.option(
            "--format",
            "format_name",
            type=Format(formats),
            help="How to print it; by the suffix of FILE, or as a table, unless given.",
        )(output_option(with_format))

    return decorate


dtype_option = click.option(
    "--dtype",
    type=OneOf(list(BYTES)),
    help="The type of an element, where bytes are counted; float32 unless given.",
)
functional_option = click.option(
    "--functional",
    metavar="NAMES",
    help="Operations that are called as functions (F.relu), not as modules: relu,maxpool.",
)
like_option = click.option(
    "--like", metavar="COUNTER", help="Also what a counter prints: fvcore, thop, ptflops, ..."
)
aux_option = click.option("--aux", is_flag=True, help="Count side heads (aux) too.")


def columns_option(
    known: Sequence[str], such: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--columns, of these; `such` is an example of what may be named."""
    return click.option(
        "--columns",
        metavar="NAMES",
        shell_complete=completing.listed_words(known),
        help=f"Which columns, such as {such}: {', '.join(known)}.",
    )


def chosen_columns(
    text: str | None, known: Sequence[str], usual: Sequence[str], last: int = 0
) -> tuple[str, ...]:
    """The columns that `params,macs` names, or with `+weights` the usual ones and one more.

    That one stands before the `last` usual ones. Raises UsageError for an unknown column.
    """
    if text is None:
        return tuple(usual)
    names = [name.strip().removeprefix("+") for name in text.split(",")]
    for name in names:
        if name not in known:
            from ..ops.foreign_figures import figure_hint  # only needed where something is wrong

            hint = figure_hint(name, known, f"there are {listed(known)}")
            raise UsageError(f'no column "{name}"{hint}')
    if not text.startswith("+"):
        return tuple(dict.fromkeys(names))
    split = len(usual) - last
    return tuple(dict.fromkeys([*usual[:split], *names, *usual[split:]]))
