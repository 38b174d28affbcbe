"""convcalc check"""

import os
import sys
from functools import cache
from typing import NamedTuple

import click

from ..answers.baseline import Now, compare, figures_of, read_growth, read_maxima, stale, updated
from ..answers.check import Outcome, Result, judge, unknown_parts, unreadable_of
from ..answers.lock import Lock, lock_text, read_lock
from ..language.budget import BUDGETS
from ..network.loading import load_source
from ..network.model import Network
from ..network.overrides import Overrides
from ..reader.decode import decode, split_lines
from ..reader.folders import each_spec
from ..reader.source import STDIN, split_variant
from ..render.check import document, records, sheets
from ..render.formats.choice import Rendered, View
from ..text.escape import visible
from ..text.output import alone, write, write_file
from ..text.problems import ConvcalcError, SpecError, UsageError
from ..text.wording import counted, listed, shell_word
from .inputs import (
    STDIN_VARIANT,
    Attempt,
    Request,
    load_each,
    overrides_of,
    raise_all,
    refuse_own_input,
    refuse_unknown,
)
from .options import network_options, output_options
from .output import emit, show


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
    help="How much a figure may grow, such as macs=5% or params=10000; not at all unless given.",
)
@click.option(
    "--since",
    "revision",
    metavar="REVISION",
    help="What that revision has and this branch has deleted is told, and no error.",
)
@click.option("--verbose", is_flag=True, help="Of several files every rule, not only the broken ones.")
@click.option("-q", "--quiet", is_flag=True, help="Nothing on standard output.")
@output_options("github", "junit", "sarif", default=None)
def command(
    request: Request,
    maxima: tuple[str, ...],
    baseline: str | None,
    update: bool,
    growths: tuple[str, ...],
    revision: str | None,
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
    growth, limits = read_growth(growths), read_maxima(maxima, BUDGETS)
    accept = _accepting(request, baseline) if baseline is not None else ""
    lock = _lock(baseline, update, accept) if baseline is not None else None
    words = _without_deleted(request.specs, revision)
    request = request._replace(specs=tuple(each_spec(words)))
    for written in (output, baseline):
        refuse_own_input(request.specs, written)
    if output and baseline and os.path.realpath(output) == os.path.realpath(baseline):
        raise UsageError(f'"{output}" is the baseline; write to another file')
    checked = _check_each(request, limits)
    outcome = _outcome(checked, compare(checked.now, lock, growth) if lock and not update else [])
    to_file = output not in (None, "-")
    format_name = format_name or _usual_format(to_file)
    if to_file or not quiet:
        _show(outcome, format_name, output, verbose, accept)
    if outcome.files:
        _tell_of_rules(outcome, lock)
    if any(not figure.passed for figure in outcome.figures) and format_name not in _FOR_READERS:
        _tell(f"if the growth is meant: {accept}")
    if lock:
        _tell_of_stale(stale(checked.now, lock), lock.path, update)
    raise_all(error for _, error in checked.errors)
    if lock and update:
        with alone(lock.path):  # another process may have written to it meanwhile
            lock = _lock(lock.path, update, accept)
            write_file(lock.path, [lock_text(updated(checked.now, lock))])
        _tell(f"{lock.path} has what {counted(len(checked.now.figures), 'network')} cost now")
    return 0 if outcome.is_fine else 1


def _without_deleted(words: tuple[str, ...], revision: str | None) -> list[str]:
    """The words without those of which a revision had files and the work tree has none."""
    if revision is None:
        return list(words)
    from ..answers.revisions import deleted_since  # needs another process

    gone = deleted_since(revision, (word for word in words if not word.startswith(STDIN_VARIANT)))
    for word in gone:
        _tell(f"{word} was deleted since {revision}")
    return [word for word in words if word not in gone]


class _Checked(NamedTuple):
    files: int
    rules: list[Result]
    now: Now
    errors: list[tuple[str, ConvcalcError]]


def _check_each(request: Request, limits: dict[str, int]) -> _Checked:
    """Every SPEC by itself; a bad one does not stop the others."""
    overrides = overrides_of(request.settings, request.input_text)
    files = {split_variant(spec.removeprefix(STDIN_VARIANT))[0] for spec in request.specs}
    checked = _Checked(len(files) + len(request.bodies), [], Now([], set()), [])
    declared: dict[str, None] = {}
    for attempt in load_each(request, overrides):
        try:
            if attempt.error:
                raise attempt.error
            declared.update({name: None for one in attempt.networks for name in one.parameters})
            checked.rules.extend(_judge(attempt, overrides, limits))
        except ConvcalcError as error:
            checked.errors.append((attempt.word, error))
            continue
        checked.now.figures.extend(map(figures_of, attempt.networks))
        if attempt.spec and attempt.spec.variant is None:
            checked.now.files.add(attempt.spec.source.given)
    if not checked.errors:
        refuse_unknown(overrides, declared)
    return checked


def _judge(attempt: Attempt, overrides: Overrides, limits: dict[str, int]) -> list[Result]:
    """What is found of a SPEC's networks; SpecError where a rule is for a layer that one has not."""

    variants = {network.variant: network for network in attempt.networks}

    @cache
    def sibling(variant: str) -> Network:
        assert attempt.spec  # a body has no budget
        return variants.get(variant) or load_source(attempt.spec.source, variant, overrides)[0]

    problems = [one for network in attempt.networks for one in unknown_parts(network, sibling)]
    if attempt.spec and problems:
        text, _ = decode(attempt.spec.source.data)
        raise SpecError(attempt.spec.source.label, problems, split_lines(text))
    return [one for network in attempt.networks for one in judge(network, sibling, limits)]


def _outcome(checked: _Checked, figures: list[Result]) -> Outcome:
    unreadable = [one for word, error in checked.errors for one in unreadable_of(word, error)]
    return Outcome(checked.files, tuple(checked.rules), tuple(figures), tuple(unreadable))


def _lock(path: str, update: bool, accept: str) -> Lock:
    """The lock file; one that is to be written need not be there yet."""
    if not os.path.exists(path):
        if update:
            return Lock(path, {})
        raise UsageError(f'no baseline "{path}"; to write it: {accept}')
    return read_lock(path)


def _accepting(request: Request, baseline: str) -> str:
    """The command that accepts what networks cost now; UsageError where they are in no file."""
    for word in (*request.specs, *(["-e"] if request.bodies else [])):
        if word in (STDIN, "-e") or word.startswith(STDIN_VARIANT):
            word = word.removeprefix(STDIN_VARIANT)
            raise UsageError(f'a baseline keeps what files cost, and "{word}" is no file')
    # What starts with a dash would be an option.
    words = [f"./{spec}" if spec.startswith("-") else spec for spec in request.specs]
    words += [word for setting in request.settings for word in ("--set", setting)]
    words += ["--input", request.input_text] if request.input_text else []
    words += ["--baseline", baseline, "--update"]
    return " ".join(map(shell_word, ["convcalc", "check", *words]))


_FOR_READERS = ("table", "markdown")  # the formats that name the accepting command themselves


def _usual_format(to_file: bool) -> str:
    """GitHub Actions shows annotations where it shows the log."""
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" and not to_file else "table"


def _show(outcome: Outcome, format_name: str, output: str | None, verbose: bool, accept: str) -> None:
    if format_name == "github":
        from ..render.formats.github import annotate

        emit(Rendered(annotate(outcome)), output)
    elif format_name == "junit":
        from ..render.formats.junit import report

        emit(Rendered(report(outcome)), output)
    elif format_name == "sarif":
        from ..render.formats.sarif import log

        emit(Rendered(log(outcome)), output)
    else:
        view = View(
            sheets=lambda: sheets(outcome, verbose, accept),
            records=lambda: records(outcome),
            document=lambda: document(outcome),
        )
        show(view, format_name, output)


def _tell_of_rules(outcome: Outcome, lock: Lock | None) -> None:
    if not outcome.results and not outcome.unreadable and lock is None:
        where = counted(outcome.files, "file")
        _tell(f"no rule to check in {where}; write expect or budget there, or give --max")


def _tell_of_stale(gone: list[str], path: str, update: bool) -> None:
    if gone:
        what = f"{counted(len(gone), 'network')} that {'is' if len(gone) == 1 else 'are'} no more"
        _tell(f"{path} {'had' if update else 'has'} {what}: {listed(gone)}")


def _tell(what: str) -> None:
    """What is worth knowing but breaks no rule."""
    write(sys.stderr, [f"convcalc: {visible(what)}\n"])
