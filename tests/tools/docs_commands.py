"""Every command's help, as docs/commands.md shows it."""

from __future__ import annotations

from docs_shell import Shell

from convcalc.commands.help import COMMANDS


def commands(sh: Shell) -> str:
    """A heading for each command, with its help text."""
    parts = [f"## convcalc {name}\n\n```text\n{help_of(sh, name)}```\n" for name in COMMANDS]
    return "\n" + "\n".join(parts) + "\n"


def help_of(sh: Shell, command: str) -> str:
    return sh.run(f"convcalc {command} --help").stdout
