"""The options that commands share, and the networks that they name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from ..errors import ConvcalcError, UsageError
from ..loading import (
    Overrides,
    Plan,
    check_parameters,
    load_body,
    load_source,
    read_body,
    read_input,
    read_plans,
)
from ..memory import BYTES
from ..network.model import Network
from ..render.formats import FORMATS, Rendered, View
from ..render.screen import FILE, screen_of
from ..sources import Source, Spec, open_source, split_variant
from ..streams import write, write_file
from ..words import listed, suggestion
from . import completing

if TYPE_CHECKING:
    from ..reconcile import Like

    _Words = click.Choice[str]
else:
    _Words = click.Choice  # which older versions of click do not parametrize

Command = TypeVar("Command", bound=Callable[..., Any])


# Stands before -#small, which an option parser would take for an option; no argument has a NUL.
STDIN_VARIANT = "\0"


class SeveralErrors(ConvcalcError):
    """What is wrong with several SPECs."""

    def __init__(self, errors: Sequence[ConvcalcError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


class Request(NamedTuple):
    """The networks that a command line asks for."""

    specs: tuple[str, ...]
    bodies: tuple[str, ...]
    input_text: str | None
    settings: tuple[str, ...]
    opened: dict[str, Source]

    def open(self, word: str) -> Spec:
        """What a SPEC names, read only once: a pipe gives nothing the second time."""
        name, variant = split_variant(word)
        if name not in self.opened:
            self.opened[name] = open_source(name)
        return Spec(self.opened[name], variant)


class Choice(_Words):
    """One of some words; a slip gets a suggestion."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in self.choices:
            return str(value)
        name = param.opts[0] if param else "it"
        hint = suggestion(str(value), self.choices)
        known = f"{hint} There are" if hint else "; there are"
        raise UsageError(f'{name} cannot be "{value}"{known} {listed(self.choices)}')


def network_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """SPEC..., -e, --input and --set, which the command gets as a Request."""

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
            help="Another value for a parameter of the file.",
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


def output_options(*more_formats: str, default: str | None = "table") -> Callable[[Command], Command]:
    """--format and -o."""

    def decorate(command: Command) -> Command:
        choice = Choice([*FORMATS, *more_formats])
        command = output_option(command)
        return click.option(
            "--format",
            "format_name",
            type=choice,
            default=default,
            show_default=True,
            help="How to print it.",
        )(command)

    return decorate


dtype_option = click.option(
    "--dtype",
    type=Choice(list(BYTES)),
    help="The type of an element, for bytes in summary and JSON; float32 unless given.",
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


def like_of(word: str | None, functional: str | None, networks: Sequence[Network]) -> Like | None:
    """The counter that --like names; raises UsageError."""
    words = functional_of(functional, networks)
    if word is not None:
        from ..reconcile import Like, convention_of

        return Like(convention_of(word), words)
    if functional is not None:
        raise UsageError("--functional changes nothing here without --like")
    return None


def functional_of(text: str | None, networks: Sequence[Network]) -> tuple[str, ...]:
    """What --functional names; raises UsageError."""
    if text is None:
        return ()
    from ..reconcile import read_functional

    return read_functional(text, networks)


def load_networks(command: str, request: Request) -> list[Network]:
    """Every network that is asked for; raises with the errors of all SPECs at once."""
    if not request.specs and not request.bodies:
        raise UsageError(f"{command} needs a SPEC; try: convcalc {command} inception3a")
    overrides = overrides_of(request.settings, request.input_text)
    attempts = list(load_each(request, overrides))
    raise_all(attempt.error for attempt in attempts if attempt.error)
    networks = [network for attempt in attempts for network in attempt.networks]
    refuse_unknown(overrides, (name for network in networks for name in network.parameters))
    return networks


class Attempt(NamedTuple):
    """What came of a SPEC or a body."""

    word: str
    networks: list[Network]
    spec: Spec | None = None  # None for a body, and where a SPEC names nothing
    error: ConvcalcError | None = None


def load_each(request: Request, overrides: Overrides) -> Iterator[Attempt]:
    """The SPECs, then the bodies, one after the other."""
    for spec in request.specs:
        word = spec.removeprefix(STDIN_VARIANT)
        try:
            opened = request.open(word)
            yield Attempt(word, load_source(opened.source, opened.variant, overrides), opened)
        except ConvcalcError as error:
            yield Attempt(word, [], error=error)
    for body in request.bodies:
        try:
            yield Attempt("-e", [load_body(body, _required_input(overrides))])
        except ConvcalcError as error:
            yield Attempt("-e", [], error=error)


def raise_all(errors: Iterable[ConvcalcError]) -> None:
    """Raise what is wrong with several SPECs as one error, if anything is."""
    distinct = list({str(error): error for error in errors}.values())  # a file named twice, once
    if distinct:
        raise distinct[0] if len(distinct) == 1 else SeveralErrors(distinct)


def overrides_of(settings: Iterable[str], input_text: str | None) -> Overrides:
    """What --set and --input say; raises UsageError."""
    parameters = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f'--set needs NAME=VALUE such as alpha=0.5, not "{setting}"')
        parameters[name] = value
    check_parameters(parameters)
    return Overrides(parameters, read_input(input_text) if input_text is not None else None)


def load_plans(request: Request) -> list[Plan]:
    """What the networks of `load_networks` are made from, in the same order."""
    specs = [request.open(spec.removeprefix(STDIN_VARIANT)) for spec in request.specs]
    plans = [plan for spec in specs for plan in read_plans(spec.source, spec.variant)]
    return [*plans, *map(read_body, request.bodies)]


def refuse_own_input(words: Iterable[str], output: str | None) -> None:
    """Raise UsageError where the output would take the place of a SPEC."""
    if output is None or not os.path.isfile(output):
        return
    for word in words:
        for name in (word, word.rpartition("#")[0]):
            if os.path.exists(name) and os.path.samefile(name, output):
                raise UsageError(f'"{output}" is read as a SPEC; write to another file')


def _required_input(overrides: Overrides) -> tuple[int, ...]:
    if overrides.input_shape is None:
        raise UsageError("-e needs the shape that enters it, such as --input 192x28x28")
    return overrides.input_shape


def refuse_unknown(overrides: Overrides, declared: Iterable[str]) -> None:
    """Raise UsageError for a parameter that no SPEC declares."""
    known = dict.fromkeys(declared)
    for name in overrides.parameters:
        if name not in known:
            have = f"there are {listed(known)}" if known else "none is declared"
            raise UsageError(f'no parameter "{name}"{suggestion(name, known, have)}')


def chosen_columns(
    text: str | None, known: Sequence[str], usual: Sequence[str], last: int = 0
) -> tuple[str, ...]:
    """`params,macs` are these columns, `+weights` the usual ones and one more.

    It stands before the `last` of the usual ones. Raises UsageError for a column that is none.
    """
    if text is None:
        return tuple(usual)
    names = [name.strip().removeprefix("+") for name in text.split(",")]
    for name in names:
        if name not in known:
            hint = suggestion(name, known, f"there are {listed(known)}")
            raise UsageError(f'no column "{name}"{hint}')
    if not text.startswith("+"):
        return tuple(dict.fromkeys(names))
    split = len(usual) - last
    return tuple(dict.fromkeys([*usual[:split], *names, *usual[split:]]))


def show(view: View, format_name: str, output: str | None) -> None:
    """Render a result and write it where it should go."""
    screen = FILE if output else screen_of(sys.stdout)
    emit(FORMATS[format_name](view, screen), output, screen.width)


def emit(rendered: Rendered, output: str | None, width: int | None = None) -> None:
    if output is not None and output != "-":
        write_file(output, rendered.pieces)
    else:
        write(sys.stdout, rendered.pieces)
    if rendered.left_out:
        what = f"left out at {width} columns: {listed(rendered.left_out)}"
        write(sys.stderr, [f"convcalc: {what}\n"])
