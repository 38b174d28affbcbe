"""What click says of a wrong command line, as one line in our own words."""

from __future__ import annotations

import re

import click

from ..text.wording import listed, suggestion

# Options that other tools have, and how the same is said here.
_SAID_OTHERWISE = {
    "--batch": "all counts are for one image",
    "--batch-size": "all counts are for one image",
    "--budget": "write --max NAME=LIMIT",
    "--csv": "write --format csv",
    "--file": "a file is named without an option",
    "--html": "write --format html",
    "--image-size": "write --input CxHxW",
    "--input-shape": "write --input CxHxW",
    "--input-size": "write --input CxHxW",
    "--json": "write --format json",
    "--latex": "write --format latex",
    "--layer": "a layer's path stands behind the SPEC",
    "--limit": "write --max NAME=LIMIT",
    "--markdown": "write --format markdown",
    "--metric": "summary has --sort and --field, and draw --bars",
    "--model": "a SPEC is named without an option",
    "--param": "write --set NAME=VALUE",
    "--quiet": "print nothing with > /dev/null; the exit code tells",
    "--size": "write --input CxHxW",
    "--tsv": "write --format tsv",
    "--variant": "a variant stands behind the SPEC: SPEC#VARIANT",
    "--variants": "a variant stands behind the SPEC: SPEC#VARIANT",
    "-V": "write --version",
    "-f": "write --format",
    "-i": "write --input CxHxW",
    "-v": "write --version",
}
_OTHER_BOUND = re.compile(r"--(max|min)-([a-z_]+)")  # --max-params


def message_of(error: click.ClickException) -> str:
    """What is wrong, and what to write."""
    context = getattr(error, "ctx", None)
    command = (context.info_name if context else None) or "convcalc"
    if isinstance(error, click.NoSuchOption):
        return f'{command} has no option "{error.option_name}"{_option_hint(error, context)}'
    if isinstance(error, click.MissingParameter) and error.param:
        return f"{command} needs {(error.param.name or '').upper()}; try: convcalc {command} --help"
    message = " ".join(error.format_message().split()).rstrip(".")
    if needs := re.fullmatch(r"Option '(\S+)' requires an argument", message):
        return f"{needs[1]} needs a value behind it"
    if surplus := re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", message):
        return f'{command} takes no more words; "{surplus[1]}" is one too many'
    return message[:1].lower() + message[1:]


def _option_hint(error: click.NoSuchOption, context: click.Context | None) -> str:
    wrong = error.option_name
    own = [name for one in context.command.params for name in one.opts] if context else []
    if bound := _OTHER_BOUND.fullmatch(wrong):
        option = f"--{bound[1]}"
        return f"; write {option} {bound[2]}=..." if option in own else suggestion(wrong, own)
    if wrong in _SAID_OTHERWISE and wrong not in own:
        return f"; {_SAID_OTHERWISE[wrong]}"
    if others := _commands_with(wrong, context):
        if context and isinstance(context.command, click.Group):
            return f"; an option stands behind its command: convcalc {others[0]} ... {wrong}"
        return f"; {listed(others)} {'has' if len(others) == 1 else 'have'} it"
    known = {name.strip("-"): name for name in (*own, "--version")}
    near = suggestion(wrong.strip("-"), known)
    if near:
        return near.replace('"', '"--', 1)
    word = wrong.strip("-").replace("-", "_")
    if "--set" in own and wrong.startswith("--") and len(word) > 1:
        return f"; if {word} is a parameter, write --set {word}=VALUE"
    return ""


def _commands_with(option: str, context: click.Context | None) -> list[str]:
    """The commands that have an option."""
    root = context.find_root() if context else None
    program = root.command if root else None
    if root is None or not isinstance(program, click.Group):
        return []
    return [
        name
        for name in program.list_commands(root)
        if (command := program.get_command(root, name))
        and any(option in param.opts for param in command.params)
    ]
