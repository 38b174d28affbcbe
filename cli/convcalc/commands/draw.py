"""convcalc draw"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from ..answers.explain import item_index
from ..draw.panels import BAR_QUANTITIES
from ..draw.topology import Topology
from ..draw.what_is_drawn import DrawOptions, Target
from ..network.model import Network
from ..render.pictures.choice import PICTURES, Drawn, format_of
from ..text.output import write, write_data, write_file
from ..text.problems import UsageError
from . import completing
from .inputs import Request, load_networks
from .options import Format, OneOf, Whole, network_options, output_option
from .output import for_log, screen_for, tell
from .watching import watched


@click.command()
@network_options
@click.option(
    "--path", metavar="PATH", shell_complete=completing.layers, help="Only this layer or group."
)
@click.option(
    "--depth",
    type=Whole(1),
    help="How many levels of groups are drawn; deeper ones are shown closed.",
)
@click.option("--up", "is_up", is_flag=True, help="From the bottom to the top, as in some papers.")
@click.option(
    "--bars",
    type=OneOf([*BAR_QUANTITIES, "none"]),
    default="macs",
    show_default=True,
    help="What the bars in the boxes show.",
)
@click.option("--aux", is_flag=True, help="Count side heads (aux) too; they are no longer dashed.")
@click.option(
    "--format",
    "format_name",
    type=Format(list(PICTURES)),
    help="How to draw it; by the suffix of FILE, or in the terminal, unless given.",
)
@output_option
@watched
def command(
    request: Request,
    path: str | None,
    depth: int | None,
    is_up: bool,
    bars: str,
    aux: bool,
    format_name: str | None,
    output: str | None,
) -> None:
    """A picture: boxes, branches, channels on the lines.

    \b
    convcalc draw inception3a#reduced           in the terminal
    convcalc draw inception3a --up -o inc.svg   both designs, as in the paper
    convcalc draw googlenet#paper --path 3a     one group of it
    convcalc draw resnet50 --format markdown    for a README on GitHub
    convcalc draw mine.yaml --watch             again whenever it is saved
    """
    is_file = output is not None and output != "-"
    name = format_name or (format_of(output) if is_file and output else "terminal")
    if name == "png" and not is_file and sys.stdout.isatty():
        raise UsageError("a PNG is no text; write it to a file: -o FILE.png")
    targets = _targets(load_networks("draw", request), path, aux)
    screen = screen_for(output if is_file else None)
    drawn = PICTURES[name](targets, DrawOptions(depth, is_up, bars), screen)
    _write(drawn, output if is_file else None, name == "terminal")


def _targets(networks: Sequence[Network], path: str | None, aux: bool) -> list[Target]:
    """What is drawn: those of the networks that have the path; raises UsageError where none has."""
    if path is None:
        return [Target(network, Topology.of(network), None, aux) for network in networks]
    targets, errors = [], []
    for network in networks:
        try:
            index = item_index(network, path.rstrip("/"))
            targets.append(Target(network, Topology.of(network), index, aux))
        except UsageError as error:
            errors.append(error)
    if not targets:
        raise errors[0]
    return targets


def _write(drawn: Drawn, output: str | None, is_terminal: bool) -> None:
    if output is not None:
        write_file(output, drawn.pieces)
    elif isinstance(drawn.pieces, bytes):
        write_data(sys.stdout, drawn.pieces)
    else:
        pieces = for_log(drawn.pieces, output) if is_terminal else drawn.pieces
        write(sys.stdout, pieces)
    for note in drawn.notes:
        tell(note)
