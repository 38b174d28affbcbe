"""convcalc diff"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import click

from ..answers.baseline import Growth, read_growth
from ..answers.causes import Written, causes
from ..answers.check import BudgetState, FileProblem, Sibling, budget_state, unreadable_of
from ..answers.diff import Diff, Grown, diff_all, diffs_told_apart, grown
from ..answers.revisions import earlier_than_last, refuse_revisions, since, since_last_commit
from ..network.loading import read_tree
from ..network.model import Network
from ..network.overrides import Overrides, refuse_unknown
from ..reader.commit_and_work_tree import Versions
from ..reader.source import STDIN, Source
from ..reader.spec import split_spec
from ..render.change_words import Compared, FileCauses, grown_text
from ..render.diff import document, records, sheets
from ..render.formats.choice import REPORTS, Rendered, ResultForms
from ..render.formats.json import Document
from ..render.pull_request import comment
from ..specs.opening import load_source
from ..text.problems import ConvcalcError, FileError, SpecError, UsageError
from ..text.wording import listed
from .inputs import (
    STDIN_VARIANT,
    Attempt,
    Request,
    load_each,
    overrides_of,
    raise_all,
    refuse_own_input,
)
from .options import aux_option, network_options, output_options
from .output import emit, show, tell


@click.command()
@network_options
@click.option(
    "--since",
    "revision",
    metavar="REVISION",
    help="What changed since this branch left that one, or since another did (main..topic); the words"
    " are then files and folders.",
)
@click.option(
    "--max-growth",
    "growths",
    multiple=True,
    metavar="COUNT=GROWTH",
    help="Exit code 1 where a network grew by more, such as macs=5% or params=10000. A figure that is"
    " not named may grow freely.",
)
@click.option(
    "--layers", is_flag=True, help="Every layer that changed, of each network and at any cost."
)
@click.option(
    "--exit-code",
    "has_exit_code",
    is_flag=True,
    help="Exit code 1 where something was edited, added, removed or rewired.",
)
@aux_option
@output_options(*REPORTS)
def command(
    request: Request,
    revision: str | None,
    growths: tuple[str, ...],
    layers: bool,
    has_exit_code: bool,
    aux: bool,
    format_name: str,
    output: str | None,
) -> int:
    """What changed, layer by layer: between files, variants or git revisions.

    A file alone is compared with the last commit. REVISION:PATH is a file's earlier version.

    \b
    convcalc diff mine.yaml                                 since the last commit
    convcalc diff --since main                              all of this branch
    convcalc diff inception3a#naive inception3a#reduced     two variants
    convcalc diff HEAD~1:mine.yaml mine.yaml                a revision and a file
    convcalc diff --since main --format markdown --max-growth macs=5%
    """
    growth = read_growth(growths)
    found = _find(request, revision, aux, output)
    if not found.compared and format_name not in _WITH_ERRORS:
        _raise_all(found)  # or the output would say that nothing changed
    too_much = _grown(found, growth)
    if format_name == "markdown":
        emit(Rendered([_comment(found, too_much, layers)]), output)
    else:
        view = ResultForms(
            sheets=lambda: sheets(found.compared, found.files, found.causes, layers),
            records=lambda: records(found.compared),
            document=lambda: _document(found, too_much),
        )
        show(view, format_name, output)
    for said in (*found.notes, *(f"{one.title} {grown_text(one)}" for one in too_much)):
        tell(said)
    _raise_all(found)
    is_edited = has_exit_code and any(one.diff.is_edited for one in found.compared)
    return 1 if too_much or is_edited else 0


_WITH_ERRORS = ("markdown", "json")  # the formats that have the files that could not be read


class _Found(NamedTuple):
    """What was found. `errors` have the file that could not be read."""

    compared: list[Compared]
    files: int
    notes: list[str]
    errors: list[tuple[str, ConvcalcError]]
    causes: list[FileCauses]

    @property
    def unreadable(self) -> list[FileProblem]:
        return [one for file, error in self.errors for one in unreadable_of(file, error)]


def _raise_all(found: _Found) -> None:
    raise_all(error for _, error in found.errors)


def _grown(found: _Found, growth: Mapping[str, Growth]) -> list[Grown]:
    """What grew by more than is allowed. A network that is new has not grown, which is a note."""
    new = [one.diff.network.title for one in found.compared if one.diff.old is None]
    if growth and new:
        found.notes.append(f"without an earlier version, so not held to --max-growth: {listed(new)}")
    return grown((one.diff for one in found.compared), growth)


def _document(found: _Found, too_much: list[Grown]) -> Document:
    return document(found.compared, too_much, found.causes, found.unreadable, found.notes)


def _comment(found: _Found, too_much: list[Grown], layers: bool) -> str:
    compared, files, notes = found.compared, found.files, found.notes
    return comment(compared, files, too_much, notes, found.causes, found.unreadable, layers)


class _Loading(NamedTuple):
    """How networks are read: with these values, and whether side heads count."""

    overrides: Overrides
    aux: bool

    def networks(self, source: Source | None) -> list[Network]:
        return self.counted(load_source(source, None, self.overrides)) if source else []

    def counted(self, networks: Iterable[Network]) -> list[Network]:
        return [one.with_side_heads() if self.aux else one for one in networks]


def _find(request: Request, revision: str | None, aux: bool, output: str | None) -> _Found:
    overrides = overrides_of(request.settings, request.input_text)
    reading = _Loading(overrides, aux)
    operands = len(request.specs) + len(request.bodies)
    if revision is not None:
        if request.bodies:
            raise UsageError("--since takes files and folders, not -e")
        changes = since(revision, request.specs, has_input=request.input_text is not None)
        refuse_own_input(changes.asked, output)
        unread = [(one.file, UsageError(one.message)) for one in changes.unread]
        return _compare_versions(changes.files, reading, changes.notes, unread=unread)
    refuse_revisions(filter(_is_file, request.specs))
    if operands == 2:
        return _compare_operands(list(load_each(request, overrides)), reading)
    if operands == 1 and request.specs and _is_file(request.specs[0]):
        path, variant, values = split_spec(request.specs[0])
        own = reading._replace(overrides=overrides.with_values(values))
        found = _compare_versions([since_last_commit(path)], own, [], variant)
        if found.compared and not any(one.diff.is_changed for one in found.compared):
            found.notes.extend(_note_of_earlier(path))
        return found
    raise UsageError("diff needs OLD and NEW, a file of a git work tree, or --since REVISION")


def _note_of_earlier(path: str) -> list[str]:
    """Where to look if a change is committed already."""
    command = earlier_than_last(path)
    return [f"compared with the last commit; with the one before: {command}"] if command else []


def _is_file(word: str) -> bool:
    """Whether a word can be a file's name; standard input has none."""
    return word != STDIN and not word.startswith(STDIN_VARIANT)


def _compare_operands(operands: Sequence[Attempt], reading: _Loading) -> _Found:
    raise_all(operand.error for operand in operands if operand.error)
    known = (name for one in operands for net in one.networks for name in net.parameters)
    refuse_unknown(reading.overrides.parameters, known)
    old, new = (reading.counted(one.networks) for one in operands)
    words = operands[0].word, operands[1].word
    diffs = diff_all(_like(old, new), _like(new, old))
    sources = [one.spec.source if one.spec else None for one in operands]
    compared = [Compared(one, "", *words) for one in diffs]
    return _Found(
        _with_budgets(compared, *(one.sibling(reading.aux) for one in operands)),
        1,
        [],
        [],
        [_causes(diffs, *sources)],
    )


def _with_budgets(compared: list[Compared], old: Sibling, new: Sibling) -> list[Compared]:
    """The diffs, each with the state of its network's budget now and before."""
    return [
        one._replace(budget=_budget(one.diff.new, new), budget_before=_budget(one.diff.old, old))
        for one in compared
    ]


def _budget(network: Network | None, sibling: Sibling) -> BudgetState:
    return budget_state(network, sibling) if network else BudgetState()


def _among(networks: Iterable[Network]) -> Sibling:
    """What gives the variants of a file of which all are at hand."""
    variants = {one.variant: one for one in networks}
    return lambda variant: variants[variant]


def _causes(diffs: Sequence[Diff], old: Source | None, new: Source | None) -> FileCauses:
    labels = [source.label if source else "" for source in (old, new)]
    return FileCauses(labels[0], labels[1], causes(diffs, _written(old), _written(new)))


def _written(source: Source | None) -> Written:
    if source is None or source.model is not None:
        return Written()
    root, report = read_tree(source)
    return Written(root, report.lines)


def _like(networks: list[Network], others: Sequence[Network]) -> list[Network]:
    """The variants that are compared: where the other side is a single variant, only that one."""
    wanted = others[0].variant if len(others) == 1 else None
    return [one for one in networks if one.variant == wanted] or networks if wanted else networks


def _compare_versions(
    files: Iterable[Versions],
    reading: _Loading,
    notes: list[str],
    variant: str | None = None,
    unread: Iterable[tuple[str, ConvcalcError]] = (),
) -> _Found:
    """Compare every file by itself, so that a bad one does not stop the others."""
    found = _Found([], 0, notes, list(unread), [])
    declared: set[str] = set()
    for versions in files:
        try:
            new = reading.networks(versions.new)
            old = _earlier(versions, reading, notes)
            diffs = [one for one in diff_all(old, new) if variant in (None, one.network.variant)]
            if not diffs and versions.new:
                load_source(versions.new, variant, reading.overrides)  # says which variants there are
        except ConvcalcError as error:
            found.errors.append((versions.file, error))
            continue
        notes.extend(f"{one.label}: {caveat}" for one in (*old, *new) for caveat in one.caveats)
        words = versions.file, versions.was, versions.now
        compared = [Compared(one, *words) for one in diffs]
        found.compared.extend(_with_budgets(compared, _among(old), _among(new)))
        found.causes.append(_causes(diffs, versions.old if old else None, versions.new))
        found = found._replace(files=found.files + bool(diffs))
        declared.update(name for one in (*old, *new) for name in one.parameters)
    if found.files and not found.errors:
        refuse_unknown(reading.overrides.parameters, declared)
    diffs = diffs_told_apart(one.diff for one in found.compared)
    named = [one._replace(diff=diff) for one, diff in zip(found.compared, diffs, strict=True)]
    return found._replace(compared=named)


def _earlier(versions: Versions, reading: _Loading, notes: list[str]) -> list[Network]:
    """The earlier networks; none where the earlier version was invalid."""
    try:
        return reading.networks(versions.old)
    except (SpecError, FileError) as error:
        shown = "shown as added" if versions.new else "not shown"
        first = str(error).split("\n")[0]
        notes.append(f"{versions.file} is {shown}, for its earlier version is invalid: {first}")
        return []
