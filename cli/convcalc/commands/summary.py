"""convcalc summary"""

from __future__ import annotations

import click

from ..cost import COUNTS
from ..errors import UsageError
from ..render.documents import models_document
from ..render.formats import Rendered, View
from ..render.summary import COLUMNS, DEFAULT_COLUMNS, field_lines, records, sheet
from ..summary import summarize
from ..words import listed, suggestion
from .inputs import Request, aux_option, emit, load_networks, network_options, output_options, show


@click.command()
@network_options
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    help="How deep the tree is; the deepest within 40 rows unless given.",
)
@click.option(
    "--columns",
    metavar="NAMES",
    help=f"Which columns, such as params,macs or +weights: {', '.join(COLUMNS)}.",
)
@click.option("--sort", type=click.Choice(COUNTS), help="The layers by this count, the largest first.")
@click.option(
    "--field", type=click.Choice(COUNTS), help="Print this total as a bare integer and nothing else."
)
@aux_option
@output_options()
def command(
    specs: tuple[str, ...],
    bodies: tuple[str, ...],
    input_text: str | None,
    settings: tuple[str, ...],
    depth: int | None,
    columns: str | None,
    sort: str | None,
    field: str | None,
    aux: bool,
    format_name: str,
    output: str | None,
) -> None:
    """One network as a tree: shapes, params, multiply-adds, shares.

    \b
    convcalc summary googlenet#paper                      layer by layer
    convcalc summary googlenet#paper --depth 1            the rows of its top level
    convcalc summary mine.yaml --sort macs                the most expensive layers first
    convcalc summary mine.yaml --field params             one bare integer, for scripts
    """
    shown = _columns(columns)
    networks = load_networks("summary", Request(specs, bodies, input_text, settings))
    if field is not None:
        emit(Rendered(field_lines(networks, field, aux)), output)
        return
    view = View(
        sheets=lambda: [sheet(summarize(network, depth, sort, aux), shown) for network in networks],
        records=lambda: records(networks),
        document=lambda: models_document(networks, aux),
    )
    show(view, format_name, output)


def _columns(text: str | None) -> tuple[str, ...]:
    """`params,macs` are these columns, `+weights` the usual ones and one more."""
    if text is None:
        return DEFAULT_COLUMNS
    names = text.removeprefix("+").split(",")
    for name in names:
        if name not in COLUMNS:
            hint = suggestion(name, COLUMNS, f"there are {listed(COLUMNS)}")
            raise UsageError(f'no column "{name}"{hint}')
    return (*DEFAULT_COLUMNS, *names) if text.startswith("+") else tuple(names)
