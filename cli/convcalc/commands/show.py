"""convcalc show"""

from __future__ import annotations

import click

from ..errors import UsageError
from ..render.formats import Rendered
from ..sources import shipped_names, shipped_text
from ..words import listed, suggestion
from .inputs import emit


@click.command()
@click.argument("name")
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
def command(name: str, output: str | None) -> None:
    """Print a shipped config, to copy and edit.

    \b
    convcalc show inception3a > mine.yaml
    """
    names = shipped_names()
    if name not in names:
        raise UsageError(
            f'no shipped config "{name}"{suggestion(name, names, f"there are {listed(names)}")}'
        )
    emit(Rendered(shipped_text(name)), output)
