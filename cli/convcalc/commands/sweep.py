"""convcalc sweep"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import click

from ..answers.sweep import MOST_WITHOUT_ASKING, Sweep, SweepRow, read_values
from ..network.loading import Plan
from ..network.totals import DEFAULT_DTYPE, TOTALS
from ..render.formats.choice import DRAWN, REPORTS, View, refuse_long
from ..render.sweep import document, records, sheet
from ..specs.opening import open_spec, read_plans
from ..text.problems import UsageError
from ..text.wording import listed, suggestion
from . import completing
from .inputs import STDIN_VARIANT, overrides_of, refuse_own_input
from .options import Choice, aux_option, dtype_option, output_options
from .output import show

_LONG = 200  # combinations that are worth a progress bar


@click.command()
@click.argument("spec", shell_complete=completing.specs)
@click.argument("values", nargs=-1, metavar="NAME=VALUES...", shell_complete=completing.parameters)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=completing.parameters,
    help="Another value for a parameter.",
)
@click.option("--input", "input_text", metavar="CxHxW", help="Another input shape.")
@click.option(
    "--sort",
    type=Choice(TOTALS),
    metavar="TOTAL",
    help="The rows by this total, the smallest first.",
)
@click.option("--yes", is_flag=True, help=f"Run more than {MOST_WITHOUT_ASKING:,} combinations.")
@dtype_option
@aux_option
@output_options(*REPORTS)
def command(
    spec: str,
    values: tuple[str, ...],
    settings: tuple[str, ...],
    input_text: str | None,
    sort: str | None,
    yes: bool,
    dtype: str | None,
    aux: bool,
    format_name: str,
    output: str | None,
) -> None:
    """One row for each combination of parameter values.

    VALUES are numbers and ranges with their end included: 0.25,0.5,1 or 128..224..32.

    \b
    convcalc sweep mobilenet_v1 alpha=0.25,0.5,0.75,1 res=128..224..32
    convcalc sweep mobilenet_v1 alpha=0.25..1..0.05 --format csv
    """
    refuse_own_input([spec], output)
    plan = _plan(spec)
    swept = read_values(values)
    overrides = overrides_of(settings, input_text)
    _refuse_unknown(plan, [*swept, *overrides.parameters])
    for name in (name for name in overrides.parameters if name in swept):
        raise UsageError(
            f"--set {name}={overrides.parameters[name]} is hidden by {name}=...; leave one out"
        )
    sweep = Sweep(plan, swept, overrides, aux, dtype or DEFAULT_DTYPE)
    if not swept:
        raise UsageError("sweep needs NAME=VALUES such as alpha=0.25,0.5,1")
    if sweep.combinations > MOST_WITHOUT_ASKING and not yes:
        raise UsageError(f"{sweep.combinations:,} combinations; --yes runs them all")
    if format_name in DRAWN:
        refuse_long(sweep.combinations)  # before they are computed
    rows = _ordered(_with_progress(sweep), sort)
    view = View(
        sheets=lambda: [sheet(sweep, rows)],
        records=lambda: records(sweep, rows),
        document=lambda: document(sweep, rows),
    )
    show(view, format_name, output)


def _plan(spec: str) -> Plan:
    source, variant, _ = open_spec(spec.removeprefix(STDIN_VARIANT))
    plans = read_plans(source, variant)
    if len(plans) > 1:
        names = listed(f"{source.given}#{plan.variant}" for plan in plans)
        raise UsageError(f"sweep takes one network; name one of {names}")
    return plans[0]


def _refuse_unknown(plan: Plan, names: Iterable[str]) -> None:
    known = plan.specification.parameters
    for name in names:
        if name not in known:
            have = f"there are {listed(known)}" if known else "none is declared"
            raise UsageError(f'{plan.title} has no parameter "{name}"{suggestion(name, known, have)}')


def _with_progress(sweep: Sweep) -> Iterator[SweepRow]:
    """The rows, with a bar on a terminal's standard error where there are many."""
    if sweep.combinations < _LONG or not sys.stderr.isatty():
        yield from sweep.rows()
        return
    with click.progressbar(sweep.rows(), length=sweep.combinations, file=sys.stderr) as rows:
        yield from rows


def _ordered(rows: Iterator[SweepRow], sort: str | None) -> Iterable[SweepRow]:
    """As they come, or all of them by a total."""
    return sorted(rows, key=lambda row: row.totals[sort]) if sort else rows
