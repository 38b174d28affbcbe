"""convcalc reconcile"""

from __future__ import annotations

import click

from ..reconcile import reconcile
from ..render.formats import View
from ..render.reconcile import COLUMNS, DEFAULT_COLUMNS, document, records, sheet
from .inputs import (
    Request,
    aux_option,
    chosen_columns,
    functional_of,
    functional_option,
    load_networks,
    network_options,
    output_options,
    show,
)


@click.command()
@network_options
@functional_option
@click.option(
    "--columns",
    metavar="NAMES",
    help=f"Which columns, such as +version or prints,params: {', '.join(COLUMNS)}.",
)
@aux_option
@output_options()
def command(
    request: Request,
    functional: str | None,
    columns: str | None,
    aux: bool,
    format_name: str,
    output: str | None,
) -> None:
    """What fvcore, thop, ptflops and other counters print, and why they differ.

    \b
    convcalc reconcile inception3a#reduced
    convcalc reconcile googlenet_torchvision --functional relu
    """
    shown = chosen_columns(columns, COLUMNS, DEFAULT_COLUMNS)
    networks = load_networks("reconcile", request)
    words = functional_of(functional, networks)
    found = [reconcile(network, words, aux) for network in networks]
    view = View(
        sheets=lambda: [sheet(one, shown) for one in found],
        records=lambda: records(found),
        document=lambda: document(found, aux),
    )
    show(view, format_name, output)
