"""convcalc show"""

from __future__ import annotations

import os
import sys

import click

from ..reader.shipped import shipped_names
from ..reader.source import shipped_data
from ..reader.spec import split_spec
from ..text.output import write_data, write_file
from ..text.problems import UsageError
from ..text.wording import listed, suggestion
from . import completing
from .options import force_option, output_option
from .output import refuse_to_replace


@click.command()
@click.argument("name", shell_complete=completing.configs)
@output_option
@force_option
def command(name: str, output: str | None, is_forced: bool) -> None:
    """Print a shipped config, to copy and edit.

    \b
    convcalc show inception3a > mine.yaml

    Its first line names the schema by which editors help; convcalc schema prints that.
    """
    names = shipped_names()
    if (whole := split_spec(name).name) != name and whole in names:
        raise UsageError(f"show prints a file as it is; try: convcalc show {whole}")
    if name not in names and os.path.isfile(name):
        raise UsageError(
            f'"{name}" is a file of your own; show prints the shipped configs, as list has them'
        )
    if name not in names:
        raise UsageError(
            f'no shipped config "{name}"{suggestion(name, names, f"there are {listed(names)}")}'
        )
    refuse_to_replace(output, is_forced)
    data = shipped_data(name)
    if output is None or output == "-":
        write_data(sys.stdout, data)  # as it is, whatever the terminal's encoding
    else:
        write_file(output, [data.decode()])
