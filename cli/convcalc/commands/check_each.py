"""Check each SPEC, and collect what is found."""

from collections.abc import Mapping
from typing import NamedTuple

from ..answers.baseline import Now, figures_of
from ..answers.check import (
    Outcome,
    Result,
    is_another,
    judge,
    report_unknown_parts,
    told_apart,
    unreadable_of,
)
from ..network.model import Network
from ..network.overrides import refuse_unknown
from ..reader.decode import decode
from ..reader.spec import split_spec
from ..text.problems import ConvcalcError, Report, SpecError
from .inputs import STDIN_VARIANT, Attempt, Request, load_each, overrides_of


class Asked(NamedTuple):
    """What a command line asks for besides what the files say."""

    limits: Mapping[str, int]  # by total
    dtype: str  # of elements whose bytes are counted
    aux: bool  # whether side heads count


class Checked(NamedTuple):
    """What was found. `files` is their number; `errors` have the word that was given for each."""

    files: int
    rules: list[Result]
    now: Now
    errors: list[tuple[str, ConvcalcError]]
    others: list[Network]  # of which the file expects figures that are of its own values


def check_each(request: Request, specs: tuple[str, ...], asked: Asked) -> Checked:
    """Check every SPEC by itself, so that a bad one does not stop the others.

    `specs` are what the words of the request stand for.
    """
    request = request._replace(specs=specs)
    overrides = overrides_of(request.settings, request.input_text)
    files = {split_spec(spec.removeprefix(STDIN_VARIANT)).name for spec in request.specs}
    checked = Checked(len(files) + len(request.bodies), [], Now([], set()), [], [])
    declared: dict[str, None] = {}
    for attempt in load_each(request, overrides):
        try:
            if attempt.error:
                raise attempt.error
            declared.update({name: None for one in attempt.networks for name in one.parameters})
            checked.rules.extend(_judge(attempt, asked))
        except ConvcalcError as error:
            checked.errors.append((attempt.word, error))
            continue
        checked.others.extend(filter(is_another, attempt.networks))
        given = attempt.overrides.texts
        checked.now.figures.extend(figures_of(one, given) for one in attempt.networks)
        if attempt.spec and attempt.spec.variant is None:
            checked.now.files.add(attempt.spec.source.given)
    if not checked.errors:
        refuse_unknown(overrides.parameters, declared)
    return checked


def _judge(attempt: Attempt, asked: Asked) -> list[Result]:
    """The results of a SPEC's networks; raises SpecError for a rule on a layer that does not exist."""
    networks = [one.with_side_heads() if asked.aux else one for one in attempt.networks]
    sibling = attempt.sibling(asked.aux)
    report = Report("", ())
    for network in networks:
        report_unknown_parts(network, sibling, report)
    if attempt.spec and report:
        _, read = decode(attempt.spec.source.data, attempt.spec.source.label)
        raise SpecError(read.file, report.problems.values(), read.lines)
    return [one for network in networks for one in judge(network, sibling, asked.limits, asked.dtype)]


def outcome_of(
    checked: Checked, figures: list[Result], baseline: str, notes: tuple[str, ...]
) -> Outcome:
    """All results as one answer, with those against a baseline, which is a lock file's name."""
    unreadable = [one for word, error in checked.errors for one in unreadable_of(word, error)]
    results = told_apart([*checked.rules, *figures])
    rules = len(checked.rules)
    judged = tuple(results[:rules]), tuple(results[rules:])
    return Outcome(checked.files, *judged, tuple(unreadable), notes, baseline)
