"""convcalc check"""

import os
from collections.abc import Iterable, Sequence

import click

from ..answers.baseline import growth_results, passed_over, read_growth, read_maxima, stale
from ..answers.check import Outcome
from ..answers.lock import Lock
from ..ops.totals import DEFAULT_DTYPE, TOTALS
from ..reader.file_trees import Disk
from ..reader.folders import each_spec, is_pattern, specs_in
from ..render.check import document, records, sheets
from ..render.formats.choice import Rendered, ResultForms
from ..specs.models_in_folders import MODELS, passed_over_note
from ..text.problems import UsageError
from ..text.wording import counted, listed, shell_word
from ..text.workflow_log import is_workflow_log
from .check_each import Asked, Checked, check_each, outcome_of
from .inputs import STDIN_VARIANT, Request, raise_all, refuse_own_input
from .lock_update import accepting, accepting_broken, open_lock, write_lock
from .options import aux_option, dtype_option, network_options, output_options
from .output import emit, is_stream, show, tell, tell_of_idle_dtype


def _usual_format(output: str | None) -> str:
    """The format where none is given: in the log of GitHub Actions its annotations."""
    return "github" if is_workflow_log() and is_stream(output) else "table"


@click.command()
@network_options
@click.option(
    "--max",
    "maxima",
    multiple=True,
    metavar="TOTAL=LIMIT",
    help=f"A limit for every network, such as params=170k or weight_bytes=256Ki: {', '.join(TOTALS)}.",
)
@dtype_option
@aux_option
@click.option("--baseline", metavar="FILE", help="The lock file with what networks cost before.")
@click.option("--update", is_flag=True, help="Write the lock file: what networks cost now is accepted.")
@click.option(
    "--max-growth",
    "growths",
    multiple=True,
    metavar="COUNT=GROWTH",
    help="How much a figure may grow, such as macs=5% or params=10000. A figure that is not named may"
    " grow freely; without --max-growth none may.",
)
@click.option(
    "--since",
    "revision",
    metavar="REVISION",
    help="What that revision has and this branch has deleted is told, and no error.",
)
@click.option("--verbose", is_flag=True, help="Of several files every rule, not only the broken ones.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit code tells.")
@output_options("github", "junit", "sarif", usual=_usual_format)
def command(
    request: Request,
    maxima: tuple[str, ...],
    dtype: str | None,
    aux: bool,
    baseline: str | None,
    update: bool,
    growths: tuple[str, ...],
    revision: str | None,
    verbose: bool,
    quiet: bool,
    format_name: str,
    output: str | None,
) -> int:
    """Do networks keep what their files expect, their budgets and a baseline?

    A SPEC may be a folder or a pattern too. Exit code 1 means that a rule is broken.

    \b
    convcalc check configs/                   what the files say of themselves
    convcalc check mine.yaml --max params=400k --max macs=310M
    convcalc check configs/ --baseline costs.lock.json --update
    convcalc check configs/ --baseline costs.lock.json --max-growth macs=5%
    """
    _refuse_crossed(request, baseline, update, growths, aux)
    growth, limits = read_growth(growths), read_maxima(maxima, TOTALS)
    everything = accepting(request, baseline) if baseline is not None else ""
    lock = open_lock(baseline, update, everything) if baseline is not None else None
    specs, before = _specs(request.specs, revision)
    _refuse_to_overwrite(specs, output, baseline)
    checked = check_each(request, specs, Asked(limits, dtype or DEFAULT_DTYPE, aux))
    grown = growth_results(checked.now, lock, growth) if lock and not update else []
    notes = [*_note_of_others(checked), *_notes_of_keys(checked, lock, update)]
    outcome = outcome_of(checked, grown, baseline or "", (*before, *notes))
    accept = accepting_broken(outcome, everything)
    if not (quiet and is_stream(output)):
        _show(outcome, format_name, output, verbose, accept, specs)
    _tell_what_may_be_meant(checked, outcome, lock, accept, format_name, dtype)
    _end(checked, lock, update, notes)
    return 0 if outcome.is_fine else 1


def _refuse_crossed(
    request: Request, baseline: str | None, update: bool, growths: Sequence[str], aux: bool
) -> None:
    """Raise UsageError for options that do not go together, and where there is nothing to check."""
    if update and baseline is None:
        what = "--update needs --baseline FILE, the lock file that it writes"
        figures = "convcalc summary SPEC --field params,macs"
        raise UsageError(f"{what}; expect is edited by hand, and its figures are those of: {figures}")
    if growths and baseline is None:
        raise UsageError("--max-growth needs --baseline FILE")
    if aux and baseline is not None:
        raise UsageError("a baseline has no side heads; leave --aux or --baseline out")
    if not request.specs and not request.bodies:
        raise UsageError("check needs a SPEC; try: convcalc check configs/")


def _refuse_to_overwrite(specs: Sequence[str], output: str | None, baseline: str | None) -> None:
    """Raise UsageError where a file would be written that is read too."""
    for written in (output, baseline):
        refuse_own_input(specs, written)
    if output and baseline and os.path.realpath(output) == os.path.realpath(baseline):
        raise UsageError(f'"{output}" is the baseline; write to another file')


def _end(checked: Checked, lock: Lock | None, update: bool, notes: Iterable[str]) -> None:
    """Tell the notes, and raise what is wrong with the SPECs. If nothing is, write the lock file."""
    _tell_each(notes)
    raise_all(error for _, error in checked.errors)
    if lock and update:
        write_lock(lock.path, checked.now)


def _without_deleted(words: tuple[str, ...], revision: str | None) -> tuple[list[str], list[str]]:
    """The words without those whose files a revision had and the work tree has not, and notes.

    The notes are of everything that was deleted, also from a folder that is still there, and of
    submodules that are not checked out.
    """
    if revision is None:
        return list(words), []
    if ".." in revision:
        what = f'check judges the files that are here, so --since is one revision, not "{revision}"'
        raise UsageError(f"{what}; diff --since {shell_word(revision)} tells broken budgets too")
    from ..answers.vanished import vanished_since  # needs another process

    gone = vanished_since(revision, (word for word in words if not word.startswith(STDIN_VARIANT)))
    notes = [f"{one} was deleted since {revision}" for one in (*gone.words, *gone.names)]
    return [word for word in words if word not in gone.words], [*notes, *gone.unread]


def _specs(words: tuple[str, ...], revision: str | None) -> tuple[tuple[str, ...], list[str]]:
    """The SPECs that the words stand for, and notes of what was deleted and is not read."""
    left, notes = _without_deleted(words, revision)
    _tell_each(notes)
    models = _note_of_models(left)
    _tell_each(models)
    return tuple(each_spec(left)), [*notes, *models]


def _note_of_models(words: Sequence[str]) -> list[str]:
    """That models in folders are not read."""
    tree = Disk()
    several = [word for word in words if word and (tree.is_folder(word) or is_pattern(word))]
    found = [path for word in several for path in specs_in(word, tree, MODELS)]
    note = passed_over_note(found, {path for word in words for path in specs_in(word, tree)})
    return [note] if note else []


_FOR_READERS = ("table", "markdown")  # the formats that name the accepting command themselves


def _show(
    outcome: Outcome,
    format_name: str,
    output: str | None,
    verbose: bool,
    accept: str,
    words: Sequence[str],
) -> None:
    if format_name == "github":
        from ..render.findings import findings
        from ..render.formats.github import annotate

        emit(Rendered(annotate(findings(outcome, words), outcome.notes)), output)
    elif format_name == "junit":
        from ..render.formats.junit import report

        emit(Rendered(report(outcome)), output)
    elif format_name == "sarif":
        from ..render.findings import findings
        from ..render.formats.sarif import log

        emit(Rendered(log(findings(outcome, words), outcome.notes)), output)
    else:
        view = ResultForms(
            sheets=lambda: sheets(outcome, verbose, accept, has_notes=format_name == "markdown"),
            records=lambda: records(outcome),
            document=lambda: document(outcome),
        )
        show(view, format_name, output)


def _tell_each(notes: Iterable[str]) -> None:
    for note in notes:
        tell(note)


def _tell_what_may_be_meant(
    checked: Checked,
    outcome: Outcome,
    lock: Lock | None,
    accept: str,
    format_name: str,
    dtype: str | None,
) -> None:
    """That there is no rule at all, or none that bytes matter for, and how to accept what has grown."""
    is_judged = outcome.results or outcome.unreadable or checked.others or lock
    if outcome.files and not is_judged:
        where = counted(outcome.files, "file")
        tell(f"no rule to check in {where}; write expect or budget there, or give --max")
    elif dtype and not outcome.unreadable and not any(one.dtype for one in outcome.results):
        tell_of_idle_dtype()
    if any(not figure.passed for figure in outcome.figures) and format_name not in _FOR_READERS:
        tell(f"if the growth is meant: {accept}")


def _note_of_others(checked: Checked) -> list[str]:
    """That expectations are not judged at other values than the file's own."""
    titles = listed(one.title for one in checked.others)
    what = f"expect is of a file's own values, so it is not judged for {titles}"
    return [what] if checked.others else []


def _notes_of_keys(checked: Checked, lock: Lock | None, update: bool) -> list[str]:
    """What the lock file has of networks that are no more, or were not checked."""
    if lock is None:
        return []
    has, notes = "had" if update else "has", []
    if gone := stale(checked.now, lock):
        what = f"{counted(len(gone), 'network')} that {'is' if len(gone) == 1 else 'are'} no more"
        notes.append(f"{lock.path} {has} {what}: {listed(gone)}")
    if not update and (keys := passed_over(checked.now, lock)):
        what = f"{counted(len(keys), 'network')} at values that were not checked"
        notes.append(f"{lock.path} {has} {what}: {listed(keys)}")
    return notes
