"""convcalc compare"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..answers.compare import Comparison, compare, have_common_parts
from ..network.model import Network
from ..ops.totals import DEFAULT_DTYPE
from ..render.compare import records, sheet
from ..render.formats.choice import REPORTS, ResultForms
from ..render.models import models_document
from ..text.problems import UsageError
from ..text.wording import listed, suggestion
from .inputs import Request, like_of, load_networks
from .options import (
    OneOf,
    Whole,
    aux_option,
    dtype_option,
    functional_option,
    like_option,
    network_options,
    output_options,
)
from .output import pictures_of, show

if TYPE_CHECKING:
    from ..counters.reconcile import Like


@click.command()
@network_options
@click.option(
    "--baseline", metavar="NAME", help="The network that ratios are to; the first unless given."
)
@click.option(
    "--rows", type=OneOf(["parts", "networks"]), help="A row for each part, or for each network."
)
@click.option(
    "--depth",
    type=Whole(0),
    default=1,
    show_default=True,
    help="How deep the parts are; 0 for totals only.",
)
@click.option(
    "--why",
    is_flag=True,
    help="The formulas of each part, and up to which width a 1x1 reduction pays.",
)
@dtype_option
@aux_option
@like_option
@functional_option
@output_options(*REPORTS)
def command(
    request: Request,
    baseline: str | None,
    rows: str | None,
    depth: int,
    why: bool,
    dtype: str | None,
    aux: bool,
    like: str | None,
    functional: str | None,
    format_name: str,
    output: str | None,
) -> None:
    """Set networks or variants side by side.

    \b
    convcalc compare inception3a                   the variants of one file
    convcalc compare inception3a --why             formulas, what a 1x1 saves
    convcalc compare googlenet#paper mine.yaml     two networks
    convcalc compare --input 192x28x28 -e 'conv 5x5 32' -e 'conv 1x1 32'
    convcalc compare inception3a --format tsv      a row a fact, for scripts
    convcalc compare vgg16 resnet18 m5 --rows networks --format latex
    """
    networks = load_networks("compare", request)
    tool = like_of(like, functional, networks)
    if why:
        _refuse_partless(request, rows, depth, tool)
        rows = rows or ("parts" if depth and have_common_parts(networks) else None)
    comparison = compare(networks, _index(networks, baseline), rows, depth, aux, tool)
    view = ResultForms(
        sheets=lambda: [sheet(comparison)],
        records=lambda: records(comparison),
        document=lambda: models_document(networks, aux, dtype or DEFAULT_DTYPE, tool),
        pictures=lambda: pictures_of(networks),
    )
    if why:
        view = _with_reasons(view, comparison, aux)
    show(view, format_name, output)


def _refuse_partless(request: Request, rows: str | None, depth: int, tool: Like | None) -> None:
    """Raise UsageError for options that leave --why nothing to explain."""
    if tool:
        raise UsageError("--why explains our own counts, so it goes without --like")
    partless = ["--depth 0"] * (depth == 0) + ["--rows networks"] * (rows == "networks")
    if partless and not request.bodies:
        what = f"--why explains parts, and {partless[0]} leaves none"
        raise UsageError(f"{what}; leave one of them out")


def _with_reasons(view: ResultForms, comparison: Comparison, aux: bool) -> ResultForms:
    from ..answers.why import reasons
    from ..render import why

    found = reasons(comparison, aux)
    return view._replace(
        sheets=lambda: [why.sheet(comparison, found)],
        records=lambda: why.records(comparison, found),
        document=lambda: view.document() | why.document(comparison, found),
    )


def _index(networks: Sequence[Network], baseline: str | None) -> int:
    """The place of the network with that title, else of the first with that variant or name."""
    if baseline is None:
        return 0
    titles = [network.title for network in networks]
    if baseline in titles:
        return titles.index(baseline)
    for index, network in enumerate(networks):
        if baseline in (network.variant, network.name):
            return index
    variants = [network.variant for network in networks if network.variant]
    hint = suggestion(baseline, [*titles, *variants], f"there are {listed(titles)}")
    raise UsageError(f'no network "{baseline}" to be the baseline{hint}')
