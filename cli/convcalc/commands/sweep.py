"""convcalc sweep"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import click

from ..answers.baseline import read_maxima
from ..answers.sweep import (
    MOST_WITHOUT_ASKING,
    Bounds,
    Sweep,
    SweepRow,
    Swept,
    Values,
    read_values,
    told_apart,
)
from ..network.overrides import Overrides, refuse_unknown
from ..ops.totals import BYTES_OF, DEFAULT_DTYPE, TOTALS
from ..reader.spec import INPUT
from ..render.formats.choice import DRAWN, PLOTS, REPORTS, ResultForms, refuse_long
from ..render.sweep import document, fit_sheet, records, sheet
from ..render.terminal import Screen
from ..specs.opening import plans_of
from ..text.problems import UsageError
from ..text.wording import counted
from . import completing
from .inputs import STDIN_VARIANT, Hidden, Request, overrides_of, refuse_own_input, tell_of_caveats
from .options import OneOf, aux_option, dtype_option, output_options
from .output import show, tell, tell_of_idle_dtype

_LONG = 200  # combinations that are worth a progress bar

_VALUES = re.compile(r"\w*=")  # what NAME=VALUES begins with


@click.command()
@click.argument(
    "words", nargs=-1, metavar="SPEC... NAME=VALUES...", shell_complete=completing.specs_or_parameters
)
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
    "--max",
    "maxima",
    multiple=True,
    metavar="TOTAL=LIMIT",
    help="Only rows with at most so much, such as macs=300M.",
)
@click.option(
    "--min",
    "minima",
    multiple=True,
    metavar="TOTAL=LIMIT",
    help="Only rows with at least so much.",
)
@click.option(
    "--fit",
    metavar="NAME",
    help="The largest listed value of this parameter within --max, else within each file's own budget.",
)
@click.option(
    "--sort",
    type=OneOf(TOTALS),
    metavar="TOTAL",
    help="The rows by this total, the smallest first.",
)
@click.option("--yes", is_flag=True, help=f"Run more than {MOST_WITHOUT_ASKING:,} combinations.")
@dtype_option
@aux_option
@output_options(*REPORTS, *PLOTS)
def command(
    words: tuple[str, ...],
    settings: tuple[str, ...],
    input_text: str | None,
    maxima: tuple[str, ...],
    minima: tuple[str, ...],
    fit: str | None,
    sort: str | None,
    yes: bool,
    dtype: str | None,
    aux: bool,
    format_name: str,
    output: str | None,
) -> int:
    """One row for each combination of parameter values.

    VALUES are 0.25,0.5,1 (numbers), 128..224..32 (a range, its end included) or
    relu,silu (words). input=3x224x224,3x160x160 sweeps what enters, of model files too.
    Values that can be no network keep their row, with the reason below; only where
    all are so the exit code is 2. It is 1 where no row is within --max and --min.

    \b
    convcalc sweep mobilenet_v1 alpha=0.25,0.5,0.75,1 res=128..224..32
    convcalc sweep mobilenet_v1@res=192 mobilenet_v2 alpha=0.5,1 --max params=3M
    convcalc sweep mobilenet_v1 alpha=0.25..1..0.001 --fit alpha --max macs=300M
    convcalc sweep mobilenet_v1 alpha=0.25..1..0.25 --max weight_bytes=8MB
    """
    specs = tuple(word for word in words if not _is_values(word))
    refuse_own_input(specs, output)
    bounds = Bounds(read_maxima(maxima, TOTALS), read_maxima(minima, TOTALS, "--min"))
    swept = read_values(word for word in words if _is_values(word))
    networks = _networks(specs, swept, overrides_of(settings, input_text))
    sweep = Sweep(networks, swept, aux, dtype or DEFAULT_DTYPE, bounds, dtype is not None)
    if not swept:
        raise UsageError("sweep needs NAME=VALUES such as alpha=0.25,0.5,1")
    if sweep.combinations > MOST_WITHOUT_ASKING and not yes:
        raise UsageError(f"{sweep.combinations:,} combinations; --yes runs them all")
    if format_name in DRAWN:
        refuse_long(sweep.combinations)  # before they are computed
    return _show(sweep, fit, sort, format_name, output)


def _is_values(word: str) -> bool:
    return bool(_VALUES.match(word)) and not os.path.exists(word)


def _networks(specs: Sequence[str], swept: dict[str, Values], overrides: Overrides) -> list[Swept]:
    """The networks of all SPECs; raises SpecError for a problem that no values would mend."""
    if not specs:
        raise UsageError("sweep needs a SPEC; try: convcalc sweep mobilenet_v1 alpha=0.5,1")
    request = Request(tuple(specs), (), None, (), {})
    found: list[Swept] = []
    hidden = Hidden(overrides)
    for word in specs:
        word = word.removeprefix(STDIN_VARIANT)
        spec = request.open(word)
        plans, own = plans_of(spec, overrides)
        hidden.note(spec, plans)
        tell_of_caveats(plans)
        plans[0].report.raise_any()
        _refuse_hidden(swept, "--set {} is hidden by", overrides.parameters)
        if overrides.input_shape and INPUT in swept:
            raise UsageError("--input is hidden by input=...; leave one out")
        _refuse_hidden(swept, f'"{word}": {{}} is hidden by', spec.values)
        for plan in plans:
            known = {INPUT, *plan.specification.parameters}
            has = {name: values for name, values in swept.items() if name in known}
            found.append(Swept(plan, own, has))
    known_names = [name for one in found for name in one.plan.specification.parameters]
    whose = found[0].plan.title if len(found) == 1 else ""
    names = [name for name in swept if name != INPUT]
    refuse_unknown([*names, *overrides.parameters], known_names, whose)
    hidden.tell()
    return told_apart(found)


def _refuse_hidden(swept: Iterable[str], what: str, values: Mapping[str, str]) -> None:
    """Raise UsageError where a parameter that is swept has a value already."""
    for name in (name for name in swept if name in values):
        raise UsageError(f"{what.format(f'{name}={values[name]}')} {name}=...; leave one out")


def _show(sweep: Sweep, fit: str | None, sort: str | None, format_name: str, output: str | None) -> int:
    """Print what is asked for. The exit code is 1 where nothing is within the bounds."""
    limits: list[str] = []
    if fit is not None and format_name in PLOTS:
        raise UsageError("--fit leaves one value of a line, which is no plot; leave out one of them")
    if fit is not None:
        from ..answers.fit import fitted, limited, unlimited

        refuse_unknown([fit], sweep.values, "--fit needs values, and the sweep")
        limits = limited(sweep)
        for title in unlimited(sweep):
            tell(f"{title} has no budget, so that its largest is the largest listed")
        made, length = fitted(sweep, fit), sweep.combinations // len(sweep.values[fit])
        drawn = partial(fit_sheet, sweep, fit, limits)
    else:
        made, length, drawn = sweep.rows(), sweep.combinations, partial(sheet, sweep)
    sweep.raise_if_none()
    tally = _Tally(_with_progress(made, length), sweep.bounds if fit is None else Bounds())
    rows = _ordered(tally.rows(), sort)
    if format_name in DRAWN:
        rows = list(rows)  # a page has them twice
    view = ResultForms(
        sheets=lambda: [drawn(rows)],
        records=lambda: records(sweep, rows, limits),
        document=lambda: document(sweep, rows, limits),
        pictures=lambda: _pictures(sweep, list(rows)) if fit is None else [],
        plot=lambda screen: _plot(sweep, list(rows), screen),
    )
    show(view, format_name, output)
    if tally.faulty:
        tell(f"{tally.faulty:,} of {counted(tally.all, 'combination')} can be no network")
    if sweep.shows_bytes and format_name in PLOTS and BYTES_OF.keys().isdisjoint(sweep.bounds.names):
        tell_of_idle_dtype()
    if not tally.fitting:
        tell("nothing that is listed fits")
    return 0 if tally.fitting else 1


def _pictures(sweep: Sweep, rows: Sequence[SweepRow]) -> list[str]:
    from ..render.sweep_plot import to_svg

    return [to_svg(sweep, rows)]


def _plot(sweep: Sweep, rows: Sequence[SweepRow], screen: Screen) -> Iterator[str]:
    from ..render.sweep_plot import to_terminal

    return to_terminal(sweep, rows, screen)


class _Tally:
    """Passes on the rows within the bounds, and counts all of them."""

    def __init__(self, made: Iterable[SweepRow], bounds: Bounds) -> None:
        self.made, self.bounds = made, bounds
        self.all = self.faulty = self.fitting = 0

    def rows(self) -> Iterator[SweepRow]:
        for row in self.made:
            self.all += 1
            self.faulty += row.fault is not None
            is_within = bool(row.totals) and self.bounds.hold(row.totals)
            self.fitting += is_within
            if is_within or not self.bounds:
                yield row


def _with_progress(made: Iterable[SweepRow], length: int) -> Iterator[SweepRow]:
    """The rows. If there are many, a terminal's standard error shows a progress bar."""
    if length < _LONG or not sys.stderr.isatty():
        yield from made
        return
    with click.progressbar(made, length=length, file=sys.stderr) as rows:
        yield from rows


def _ordered(rows: Iterator[SweepRow], sort: str | None) -> Iterable[SweepRow]:
    """The rows as they come, or sorted by a total; those without totals come last."""
    if sort is None:
        return rows
    return sorted(rows, key=lambda row: (not row.totals, row.totals.get(sort, 0)))
