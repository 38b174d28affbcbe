"""convcalc compare"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from ..answers.compare import Comparison, compare, have_common_parts
from ..network.model import Network
from ..ops.totals import DEFAULT_DTYPE, TOTALS
from ..render.compare import records, sheet
from ..render.compare_columns import (
    COMPARE_COLUMNS,
    PART_COLUMNS,
    PEAKS,
    CompareLook,
    usual_columns,
    usual_record,
)
from ..render.formats.choice import DRAWN, REPORTS, ResultForms
from ..render.models import models_document
from ..text.problems import UsageError
from ..text.wording import listed, suggestion
from .inputs import Request, like_of, load_networks
from .options import (
    OneOf,
    Whole,
    aux_option,
    chosen_columns,
    columns_option,
    dtype_option,
    functional_option,
    like_option,
    network_options,
    output_options,
)
from .output import pictures_of, show, tell, tell_of_idle_dtype
from .units import read_units

_BYTES = "; --columns +weight_bytes shows them"

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
@columns_option(COMPARE_COLUMNS, "params,macs or +weight_bytes")
@click.option(
    "--units",
    metavar="UNITS",
    help="Totals in k, M or G in tables, such as M or params=M,macs=G; rounded.",
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
    columns: str | None,
    units: str | None,
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
    convcalc compare vgg16 resnet18 --rows networks --format latex --units M
    """
    named = chosen_columns(columns, COMPARE_COLUMNS, ())
    networks = load_networks("compare", request)
    tool = like_of(like, functional, networks)
    if why:
        _refuse_partless(request, rows, depth, tool)
        _refuse_own_columns({"--columns": columns, "--units": units})
        rows = rows or ("parts" if depth and have_common_parts(networks) else None)
    index, with_peaks = _index(networks, baseline), not PEAKS.isdisjoint(named)
    comparison = compare(networks, index, rows, depth, aux, tool, with_peaks)
    look = CompareLook((), dtype or DEFAULT_DTYPE, read_units(units, TOTALS), named)
    view = _view(comparison, looks := _looks(comparison, columns, look), aux)
    show(_with_reasons(view, comparison, aux) if why else view, format_name, output)
    if dtype and format_name != "json" and not looks.table.has_bytes:
        tell_of_idle_dtype("" if why else _BYTES)
    _tell_of_idle_units(units, looks.table, format_name)


def _tell_of_idle_units(units: str | None, look: CompareLook, format_name: str) -> None:
    """Tell of units that change nothing: of a total that is not shown, or where figures are exact."""
    if units is None:
        return
    if format_name not in DRAWN:
        tell(f"--units changes nothing here: {format_name} has exact figures")
    elif not look.shown_units:
        tell("--units changes nothing here: no such total is shown")
    elif "=" in units and (idle := look.units.keys() - look.shown_units):
        tell(f"--units of {listed(sorted(idle))} changes nothing here: no such total is shown")


def _view(comparison: Comparison, looks: _Looks, aux: bool) -> ResultForms:
    networks, like = comparison.networks, comparison.like
    return ResultForms(
        sheets=lambda: [sheet(comparison, looks.table)],
        records=lambda: records(comparison, looks.record),
        document=lambda: models_document(networks, aux, looks.table.dtype, like),
        pictures=lambda: pictures_of(networks),
    )


class _Looks(NamedTuple):
    """What a table shows and what CSV has."""

    table: CompareLook
    record: CompareLook


def _looks(comparison: Comparison, columns: str | None, look: CompareLook) -> _Looks:
    """The columns that are named, else the usual ones; raises UsageError for those no part has."""
    known = PART_COLUMNS if comparison.parts else COMPARE_COLUMNS
    for name in look.named:
        if name not in known:
            what = f'parts have no column "{name}", only {listed(known)}'
            raise UsageError(f"{what}; --rows networks has it")
    table = chosen_columns(columns, known, usual_columns(comparison), last=2)
    record = chosen_columns(columns, known, usual_record(comparison))
    _refuse_ratios_of_nothing(table, known)
    return _Looks(look._replace(columns=table), CompareLook(record, look.dtype))


def _refuse_ratios_of_nothing(columns: Sequence[str], known: Sequence[str]) -> None:
    """Raise UsageError where ratios are asked for, and no total that they could be of."""
    totals = [name for name in known if name in TOTALS]
    if "ratio" in columns and not any(name in totals for name in columns):
        what = "--columns has ratio, but no total that ratios are of"
        raise UsageError(f"{what}; name one too: {listed(totals)}")


def _refuse_own_columns(options: Mapping[str, object]) -> None:
    for name, value in options.items():
        if value is not None:
            raise UsageError(f"--why has columns of its own; leave out {name}")


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
