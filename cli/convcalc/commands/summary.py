"""convcalc summary"""

from __future__ import annotations

import click

from ..answers.summary import summarize
from ..network.totals import DEFAULT_DTYPE, TOTALS
from ..ops.cost import COUNTS
from ..render.formats.choice import PAGES, Rendered, View
from ..render.models import models_document, records
from ..render.sheet import Sheet
from ..render.summary import COLUMNS, DEFAULT_COLUMNS, field_lines, memory_text, sheet
from ..text.problems import UsageError
from . import completing
from .inputs import Request, like_of, load_networks
from .options import (
    Choice,
    aux_option,
    chosen_columns,
    dtype_option,
    functional_option,
    like_option,
    network_options,
    output_options,
)
from .output import emit, pictures_of, show
from .watching import watched


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
    shell_complete=completing.listed_words(COLUMNS),
    help=f"Which columns, such as params,macs or +weights: {', '.join(COLUMNS)}.",
)
@click.option(
    "--sort",
    type=Choice(COUNTS),
    metavar="COUNT",
    help="The layers by this count, the largest first.",
)
@click.option(
    "--field",
    type=Choice(TOTALS),
    metavar="TOTAL",
    help=f"Print this total as a bare integer and nothing else: {', '.join(TOTALS)}.",
)
@dtype_option
@aux_option
@like_option
@functional_option
@output_options(*PAGES)
@watched
def command(
    request: Request,
    depth: int | None,
    columns: str | None,
    sort: str | None,
    field: str | None,
    dtype: str | None,
    aux: bool,
    like: str | None,
    functional: str | None,
    format_name: str,
    output: str | None,
) -> None:
    """One network as a tree: shapes, params, multiply-adds, shares.

    \b
    convcalc summary googlenet#paper              layer by layer
    convcalc summary googlenet#paper --depth 1    the rows of its top level
    convcalc summary mine.yaml --sort macs        the most expensive layers first
    convcalc summary mine.yaml --field params     one bare integer, for scripts
    """
    shown = chosen_columns(columns, COLUMNS, DEFAULT_COLUMNS, last=2)
    element = dtype or DEFAULT_DTYPE
    networks = load_networks("summary", request)
    tool = like_of(like, functional, networks)
    if field is not None and format_name != "table":
        raise UsageError("--field prints bare integers, so it goes without --format")
    if field is not None and like is not None:
        raise UsageError("--field prints our own totals, so it goes without --like")
    if field is not None:
        emit(Rendered([field_lines(networks, field, aux, element)]), output)
        return

    def sheets() -> list[Sheet]:
        memory = [memory_text(network, aux, dtype) if dtype else None for network in networks]
        summaries = [summarize(network, depth, sort, aux, tool) for network in networks]
        return [sheet(one, shown, line) for one, line in zip(summaries, memory, strict=True)]

    view = View(
        sheets=sheets,
        records=lambda: records(networks, tool),
        document=lambda: models_document(networks, aux, element, tool),
        pictures=lambda: pictures_of(networks),
    )
    show(view, format_name, output)
