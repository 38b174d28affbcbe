"""convcalc check"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import click

from ..allowance import read_growth, read_maxima
from ..baseline import Figures, Lock, compare, figures_of, read_lock, stale, updated
from ..check import Outcome, Result, judge, unknown_parts, unreadable_of
from ..errors import ConvcalcError, SpecError, UsageError
from ..language.budget import BUDGETS
from ..loading import Overrides, load_source
from ..network.model import Network
from ..paths import each_spec
from ..render.check import document, records, sheets
from ..render.formats import Rendered, View
from ..sources import open_spec
from ..streams import write, write_file
from ..text import decode, split_lines, visible
from ..words import counted, listed, shell_word
from .inputs import (
    Request,
    emit,
    load_each,
    network_options,
    output_options,
    overrides_of,
    raise_all,
    refuse_unknown,
    show,
)


@click.command()
@network_options
@click.option(
    "--max",
    "maxima",
    multiple=True,
    metavar="COUNT=LIMIT",
    help=f"A limit for every network, such as params=170k: {', '.join(BUDGETS)}.",
)
@click.option("--baseline", metavar="FILE", help="The lock file with what networks cost before.")
@click.option("--update", is_flag=True, help="Write the lock file: what networks cost now is accepted.")
@click.option(
    "--max-growth",
    "growths",
    multiple=True,
    metavar="COUNT=GROWTH",
    help="How much may come to the baseline, such as macs=5% or params=10000; 0 unless given.",
)
@click.option("--verbose", is_flag=True, help="Of several files every rule, not only the broken ones.")
@click.option("-q", "--quiet", is_flag=True, help="No output: the exit code alone says what was found.")
@output_options("github", "junit", "sarif", default=None)
def command(
    request: Request,
    maxima: tuple[str, ...],
    baseline: str | None,
    update: bool,
    growths: tuple[str, ...],
    verbose: bool,
    quiet: bool,
    format_name: str | None,
    output: str | None,
) -> int:
    """Do networks keep what their files expect, their budgets and a baseline?

    A SPEC may be a folder or a pattern too. Exit code 1 means that a rule is broken.

    \b
    convcalc check configs/                               what the files say of themselves
    convcalc check mine.yaml --max params=400k --max macs=310M
    convcalc check configs/ --baseline costs.lock.json --update
    convcalc check configs/ --baseline costs.lock.json --max-growth macs=5%
    """
    if (update or growths) and baseline is None:
        raise UsageError(f"{'--update' if update else '--max-growth'} needs --baseline FILE")
    if not request.specs and not request.bodies:
        raise UsageError("check needs a SPEC; try: convcalc check configs/")
    growth, accept = read_growth(growths), _accepting(request, baseline)
    lock = _lock(baseline, update, accept) if baseline is not None else {}
    checked = _check_each(request, read_maxima(maxima, BUDGETS))
    figures: list[Result] = []
    if baseline is not None and not update:
        figures = compare(checked.figures, lock, baseline, growth)
    unreadable = [one for word, error in checked.errors for one in unreadable_of(word, error)]
    outcome = Outcome(checked.files, tuple(checked.rules), tuple(figures), tuple(unreadable))
    if not quiet:
        _show(outcome, format_name or _usual_format(output), output, verbose, accept)
    _tell(outcome, _stale(checked, lock, baseline, update), baseline)
    raise_all(error for _, error in checked.errors)
    if update and baseline is not None:
        write_file(baseline, [updated(checked.figures, lock, baseline)])
        kept = counted(len(checked.figures), "network")
        write(sys.stderr, [f"convcalc: {visible(baseline)} has what {kept} cost now\n"])
    return 0 if outcome.is_fine else 1


class _Checked(NamedTuple):
    files: int
    rules: list[Result]
    figures: list[Figures]
    errors: list[tuple[str, ConvcalcError]]


def _check_each(request: Request, limits: dict[str, int]) -> _Checked:
    """Every SPEC by itself; a bad one does not stop the others."""
    overrides = overrides_of(request.settings, request.input_text)
    specs = each_spec(request.specs)
    checked = _Checked(len(specs) + len(request.bodies), [], [], [])
    declared: dict[str, None] = {}
    for attempt in load_each(request._replace(specs=tuple(specs)), overrides):
        try:
            if attempt.error:
                raise attempt.error
            for network in attempt.networks:
                declared.update(dict.fromkeys(network.parameters))
                checked.rules.extend(_judge(network, overrides, limits))
                checked.figures.append(figures_of(network))
        except ConvcalcError as error:
            checked.errors.append((attempt.word, error))
    if not checked.errors:
        refuse_unknown(overrides, declared)
    return checked


def _judge(network: Network, overrides: Overrides, limits: dict[str, int]) -> list[Result]:
    """What is found of one network; SpecError where a rule is for a layer that it has not."""

    @cache
    def sibling(variant: str) -> Network:
        return load_source(open_spec(network.file).source, variant, overrides)[0]

    if problems := unknown_parts(network, sibling):
        text, _ = decode(open_spec(network.file).source.data)
        raise SpecError(network.label, problems, split_lines(text))
    return judge(network, sibling, limits)


def _lock(path: str, update: bool, accept: str) -> Lock:
    """The lock file; one that is to be written need not be there yet."""
    if not os.path.exists(path):
        if update:
            return {}
        raise UsageError(f'no baseline "{path}"; to write it: {accept}')
    return read_lock(path)


def _accepting(request: Request, baseline: str | None) -> str:
    """The command that accepts what networks cost now."""
    words = ["convcalc", "check", *request.specs]
    words += [word for setting in request.settings for word in ("--set", setting)]
    words += ["--input", request.input_text] if request.input_text else []
    words += ["--baseline", baseline or "", "--update"]
    return " ".join(map(shell_word, words))


def _usual_format(output: str | None) -> str:
    """GitHub Actions shows annotations where it shows the log."""
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" and output is None else "table"


def _show(outcome: Outcome, format_name: str, output: str | None, verbose: bool, accept: str) -> None:
    if format_name == "github":
        from ..render.github import annotate

        emit(Rendered(annotate(outcome)), output)
    elif format_name == "junit":
        from ..render.junit import report

        emit(Rendered(report(outcome)), output)
    elif format_name == "sarif":
        from ..render.sarif import log

        emit(Rendered(log(outcome)), output)
    else:
        view = View(
            sheets=lambda: sheets(outcome, verbose, accept),
            records=lambda: records(outcome),
            document=lambda: document(outcome),
        )
        show(view, format_name, output)


def _stale(checked: _Checked, lock: Lock, baseline: str | None, update: bool) -> Sequence[str]:
    return [] if baseline is None or update else stale(checked.figures, lock, baseline)


def _tell(outcome: Outcome, gone: Sequence[str], baseline: str | None) -> None:
    """What is worth knowing but breaks no rule, on standard error."""
    if gone:
        what = f"{baseline} has {counted(len(gone), 'network')} that is no more"
        write(sys.stderr, [f"convcalc: {visible(what)}: {visible(listed(gone))}\n"])
    if not outcome.results and not outcome.unreadable and baseline is None:
        where = counted(outcome.files, "file")
        hint = "write expect or budget there, or give --max"
        write(sys.stderr, [f"convcalc: no rule to check in {where}; {hint}\n"])
