"""Where a result is written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click

from ..network.model import Network
from ..render.formats.choice import FORMATS, PLOTS, REPORTS, Rendered, ResultForms
from ..render.terminal import FILE, Screen, screen_of
from ..text.escape import visible
from ..text.output import has_text, write, write_file
from ..text.problems import UsageError
from ..text.wording import listed
from ..text.workflow_log import is_workflow_log, without_commands

_FOR_PEOPLE = ("table", "plot")  # formats that no program reads


def show(view: ResultForms, format_name: str, output: str | None) -> None:
    """Render a result and write it where it should go."""
    screen = screen_for(output)
    rendered = (FORMATS | REPORTS | PLOTS)[format_name](view, screen)
    if format_name in _FOR_PEOPLE:
        rendered = rendered._replace(pieces=for_log(rendered.pieces, output))
    emit(rendered, output, screen.width)


def for_log(pieces: Iterable[str], output: str | None) -> Iterable[str]:
    """What people read; in the log of a workflow no name in it is a command."""
    return map(without_commands, pieces) if is_workflow_log() and is_stream(output) else pieces


def is_stream(output: str | None) -> bool:
    """Whether the output goes to standard output."""
    return output in (None, "-")


def screen_for(output: str | None) -> Screen:
    """The stream or file on which the output is shown."""
    return FILE if output else screen_of(sys.stdout, click.get_current_context().color)


def pictures_of(networks: Sequence[Network]) -> list[str]:
    """The pictures of the networks, side by side, for a page."""
    from ..render.pictures.paper import svgs_for_page

    return svgs_for_page(networks)


def emit(rendered: Rendered, output: str | None, width: int | None = None) -> None:
    if output is None or output == "-":
        write(sys.stdout, rendered.pieces)
    else:
        write_file(output, rendered.pieces)
    if rendered.left_out:
        what = f"left out at {width} columns: {listed(rendered.left_out)}"
        tell(what)


def refuse_to_replace(output: str | None, is_forced: bool) -> None:
    """Raise UsageError where a specification would be written over, which may be edited by hand."""
    if output is not None and output != "-" and not is_forced and has_text(output):
        remedy = "write to another file, or add --force to write over it"
        raise UsageError(f'"{output}" is there already, and may have been edited; {remedy}')


def tell(what: str) -> None:
    """Print on standard error what is worth knowing but changes no answer."""
    write(sys.stderr, [f"convcalc: {visible(what)}\n"])


def tell_of_idle_dtype(remedy: str = "") -> None:
    """Tell that --dtype is given where no bytes are counted; `remedy` is what would count them."""
    tell(f"--dtype changes nothing here: no bytes are counted{remedy}")
