"""Where a result is written."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from ..network.model import Network
from ..render.formats.choice import FORMATS, PLOTS, REPORTS, Rendered, ResultForms
from ..render.terminal import FILE, Screen, screen_of
from ..text.escape import visible
from ..text.output import write, write_file
from ..text.wording import listed


def show(view: ResultForms, format_name: str, output: str | None) -> None:
    """Render a result and write it where it should go."""
    screen = screen_for(output)
    emit((FORMATS | REPORTS | PLOTS)[format_name](view, screen), output, screen.width)


def screen_for(output: str | None) -> Screen:
    """The stream or file on which the output is shown."""
    return FILE if output else screen_of(sys.stdout, click.get_current_context().color)


def pictures_of(networks: Sequence[Network]) -> list[str]:
    """The pictures of the networks, side by side, for a page."""
    from ..render.pictures.paper import svgs_for_page

    return svgs_for_page(networks)


def emit(rendered: Rendered, output: str | None, width: int | None = None) -> None:
    if output is not None and output != "-":
        write_file(output, rendered.pieces)
    else:
        write(sys.stdout, rendered.pieces)
    if rendered.left_out:
        what = f"left out at {width} columns: {listed(rendered.left_out)}"
        write(sys.stderr, [f"convcalc: {what}\n"])


def tell(what: str) -> None:
    """Print on standard error what is worth knowing but changes no answer."""
    write(sys.stderr, [f"convcalc: {visible(what)}\n"])
