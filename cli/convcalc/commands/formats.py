"""The format that a file's suffix stands for, and the commands that have a format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

from ..text.problems import UsageError
from ..text.wording import listed
from .help import COMMANDS

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".tex": "latex",
    ".svg": "svg",
    ".png": "png",
    ".mmd": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".sarif": "sarif",
    ".xml": "junit",
}


def format_by_suffix(output: str | None, formats: Sequence[str]) -> str | None:
    """The format that a file's suffix picks, None where it stands for none.

    Raises UsageError for a format that only other commands have.
    """
    suffix = os.path.splitext(output or "")[1].lower()
    picked = _SUFFIXES.get(suffix)
    if picked is None or picked in formats:
        return picked
    what = f'"{output}" is {picked} by its suffix, which only {listed(commands_with(picked))} can write'
    raise UsageError(f"{what}; another suffix or --format chooses from {listed(formats)}")


def commands_with(name: str) -> list[str]:
    """The commands that have a format. All are loaded, so this is for messages only."""
    return [command for command in COMMANDS if name in _formats_of(command)]


def _formats_of(command: str) -> Sequence[str]:
    options = import_module(f"convcalc.commands.{command}").command.params
    return next((one.type.choices for one in options if one.name == "format_name"), ())
