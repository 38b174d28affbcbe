"""The program: finds the command, runs it, and turns what happens into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from .. import __version__
from ..render.terminal import painted, screen_of
from ..text.escape import visible
from ..text.output import silence, write
from ..text.problems import ConvcalcError, FileError, SpecError, UsageError
from ..text.wording import listed, suggestion
from .help import COMMANDS, help_text
from .inputs import STDIN_VARIANT, SeveralErrors

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FINE, NO, REFUSED, FAULT, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 130, 141

WHEN_COLOURED = {"auto": None, "always": True, "never": False}
_COLOUR = click.Option(
    ["--color"],
    type=click.Choice(list(WHEN_COLOURED)),
    default="auto",
    expose_value=False,
    help="Whether to print in colour; auto is in a terminal only.",
)
COMPLETION = "_CONVCALC_COMPLETE"  # the variable by which a shell asks what may stand in a line


class _Formatter(click.HelpFormatter):
    def write_heading(self, heading: str) -> None:
        super().write_heading(click.style(heading, bold=True))


class _Context(click.Context):
    formatter_class = _Formatter


class Program(click.Group):
    """Loads a command only when it is called, and has suggestions for wrong words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"convcalc.commands.{cmd_name}").command
        command.context_class = _Context
        if command.help is None:  # python -OO leaves no docstrings
            from ..text.docstrings import docstring_of

            command.help = docstring_of(command.callback)
        if _COLOUR not in command.params:
            command.params.append(_COLOUR)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        command = self.get_command(ctx, args[0])
        if command is None:
            raise UsageError(f'no command "{args[0]}"{_command_hint(args[0])}')
        return args[0], command, args[1:]

    def get_help(self, ctx: click.Context) -> str:
        return help_text()

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands with their purposes, without importing them."""
        from click.shell_completion import CompletionItem

        known = {**COMMANDS, "--help": "examples and every command", "--version": "the version"}
        return [CompletionItem(one, help=known[one]) for one in known if one.startswith(incomplete)]


def _command_hint(word: str) -> str:
    from ..reader.shipped import shipped_names
    from ..reader.spec import split_spec

    if word == "help":
        return "; try: convcalc --help"
    if word == "version":
        return "; try: convcalc --version"
    name = split_spec(word).name
    if name in shipped_names():
        return f", but a config of that name is shipped; try: convcalc summary {word}"
    if os.path.isfile(word) or os.path.isfile(name):
        return f", but there is a file of that name; try: convcalc summary {word}"
    return suggestion(word, COMMANDS, f"there are {listed(COMMANDS)}")


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.pass_context
def program(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str]) -> int:
    """Run the command line; the exit code says what happened (0 fine, 2 invalid, 3 a fault)."""
    try:
        return _run(arguments)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE


def _run(arguments: Sequence[str]) -> int:
    asked = _colour_of(arguments)
    colour, paints = (screen_of(stream, asked).colour for stream in (sys.stdout, sys.stderr))
    try:
        if instruction := os.environ.get(COMPLETION):
            return _complete(instruction)
        if "--version" in arguments:
            write(sys.stdout, [f"convcalc {__version__}\n"])
            return FINE
        result = _invoke(arguments, colour)
        return result if isinstance(result, int) else FINE
    except ConvcalcError as error:
        return _report(error_text(error, paints), REFUSED)
    except click.ClickException as error:
        from .usage_messages import message_of

        return _report(_line(message_of(error), paints), REFUSED)
    except (BrokenPipeError, KeyboardInterrupt, click.Abort):
        raise
    except Exception as error:
        if os.environ.get("CONVCALC_TRACEBACK"):
            raise
        what = f"a fault in convcalc itself: {type(error).__name__}: {error}"
        hint = "please report it; CONVCALC_TRACEBACK=1 shows where"
        return _report(_line(f"{what}; {hint}", paints), FAULT)


def _complete(instruction: str) -> int:
    """Answer a shell that completes a command line."""
    from .shells import answer

    answer(program, COMPLETION, instruction)
    return FINE


def _colour_of(arguments: Sequence[str]) -> bool | None:
    """Whether --color asks for colours. A wrong word is refused later, when the line is parsed."""
    asked = None
    for word, after in zip(arguments, [*arguments[1:], ""], strict=False):
        name, equals, value = word.partition("=")
        if name == "--color":
            asked = WHEN_COLOURED.get(value if equals else after)
    return asked


def _invoke(arguments: Sequence[str], colour: bool) -> Any:
    """Do what click's own main does, which would turn a broken pipe into exit code 1."""
    # An option parser takes -#small, a variant of standard input, for an option.
    words = [STDIN_VARIANT + word if word.startswith(("-#", "-@")) else word for word in arguments]
    try:
        with program.make_context("convcalc", words, color=colour) as context:
            return program.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            silence(sys.stdout)
            raise
        raise UsageError(_refusal(error)) from None


def _refusal(error: OSError) -> str:
    """The message for what the system refused: a file that it names, or printing help."""
    if error.filename is not None:
        return f'"{os.fsdecode(error.filename)}": {error.strerror}'
    calls, step = [], error.__traceback__
    while step is not None:
        calls.append(step.tb_frame)
        step = step.tb_next
    if any(call.f_globals.get("__name__") == "click.utils" for call in calls):
        silence(sys.stdout)
        return f"cannot write the output: {error.strerror}"
    return f"the system refused {calls[-1].f_code.co_name}: {error.strerror}"


def _report(text: str, code: int) -> int:
    """Say what is wrong, if standard error can be written to, and answer the exit code."""
    with suppress(ConvcalcError, BrokenPipeError):  # the exit code still tells
        write(sys.stderr, [text])
    return code


def error_text(error: ConvcalcError, colour: bool) -> str:
    """What is wrong, as users read it."""
    if isinstance(error, SeveralErrors):
        return "\n".join(error_text(one, colour) for one in error.errors)
    if isinstance(error, SpecError):
        from ..render.problems import report

        return report(error, colour)
    if isinstance(error, FileError):
        return f"{error}\n"
    return _line(str(error), colour)


def _line(message: str, colour: bool) -> str:
    return f"{painted('error:', 'red', colour)} {visible(message)}\n"
