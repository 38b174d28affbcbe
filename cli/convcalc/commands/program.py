"""The program: finds the command, runs it, and turns what happens into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from .. import __version__
from ..errors import ConvcalcError, SpecError, UsageError
from ..render.problems import report
from ..render.screen import write
from ..text import visible
from ..words import listed, suggestion
from .help import COMMANDS, help_text
from .inputs import SeveralErrors

FINE, NO, INVALID, FAULT, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 130, 141


class Program(click.Group):
    """Loads a command only when it is called, and knows what a wrong word may have meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"convcalc.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        command = self.get_command(ctx, args[0])
        if command is None:
            raise UsageError(f'no command "{args[0]}"{_command_hint(args[0])}')
        return args[0], command, args[1:]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(help_text())


def _command_hint(word: str) -> str:
    from ..sources import shipped_names

    name = word.partition("#")[0]
    if name in shipped_names():
        return f", but a config of that name is shipped; try: convcalc summary {word}"
    if os.path.exists(word) or os.path.exists(name):
        return f", but there is a file of that name; try: convcalc summary {word}"
    return suggestion(word, COMMANDS, f"there are {listed(COMMANDS)}")


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="convcalc %(version)s")
@click.pass_context
def program(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(help_text(), nl=False)


def main(arguments: Sequence[str]) -> int:
    """Run the command line; the exit code says what happened (0 fine, 2 invalid, 3 a fault)."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # What is left in the buffer goes nowhere, so that the interpreter does not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _run(arguments: Sequence[str]) -> int:
    try:
        result: Any = program.main(list(arguments), "convcalc", standalone_mode=False)
        return result if isinstance(result, int) else FINE
    except click.exceptions.Exit as done:
        return done.exit_code
    except ConvcalcError as error:
        write(sys.stderr, _error_text(error))
        return INVALID
    except click.ClickException as error:
        write(sys.stderr, f"error: {visible(_click_message(error))}\n")
        return INVALID
    except (BrokenPipeError, KeyboardInterrupt, click.Abort):
        raise
    except Exception as error:
        if os.environ.get("CONVCALC_TRACEBACK"):
            raise
        what = f"a fault in convcalc itself: {type(error).__name__}: {error}"
        hint = "please report it; CONVCALC_TRACEBACK=1 shows where"
        write(sys.stderr, f"error: {visible(what)}; {hint}\n")
        return FAULT


def _error_text(error: ConvcalcError) -> str:
    if isinstance(error, SeveralErrors):
        return "\n".join(_error_text(one) for one in error.errors)
    if isinstance(error, SpecError):
        return report(error)
    return f"error: {visible(str(error))}\n"


def _click_message(error: click.ClickException) -> str:
    """click's message as one line in our own words."""
    command = getattr(getattr(error, "ctx", None), "info_name", None) or "convcalc"
    if isinstance(error, click.NoSuchOption):
        context = error.ctx
        known = [name for one in context.command.params for name in one.opts] if context else []
        return f'{command} has no option "{error.option_name}"{suggestion(error.option_name, known)}'
    message = " ".join(error.format_message().split()).rstrip(".")
    return message[:1].lower() + message[1:]
