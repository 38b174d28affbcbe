"""convcalc reconcile"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import click

from ..counters.claim import Answer, Claim, Retry, explain_claim, read_claim
from ..counters.reconcile import reconcile
from ..network.loading import Plan, with_defaults
from ..network.model import Network
from ..network.overrides import Overrides
from ..ops.shapes import Shape
from ..render import claim as claims
from ..render.formats.choice import ResultForms
from ..render.reconcile import DEFAULT_RECONCILE_COLUMNS, RECONCILE_COLUMNS, document, records, sheet
from ..text.escape import visible
from ..text.problems import FileError, SpecError, UsageError
from .inputs import Request, functional_of, load_networks, load_plans, raise_all
from .options import (
    aux_option,
    chosen_columns,
    columns_option,
    functional_option,
    network_options,
    output_options,
)
from .output import show

_EXPORTED = (
    "counters run PyTorch's modules, and exporters fold and rename what they see, so what they print "
    "does not follow from this file; give a .pt2 or a specification, which `convcalc import` writes"
)


@click.command()
@network_options
@functional_option
@columns_option(RECONCILE_COLUMNS, "+version or prints,params")
@click.option(
    "--claim",
    metavar="NUMBER",
    help="Which counter, input size or batch yields a number that is quoted, such as 1.51G.",
)
@aux_option
@output_options()
def command(
    request: Request,
    functional: str | None,
    columns: str | None,
    claim: str | None,
    aux: bool,
    format_name: str,
    output: str | None,
) -> int:
    """What fvcore, thop, ptflops and other counters print, and why they differ.

    With --claim: what a quoted number counts, and which `defaults:` line gives it where a translation
    from PyTorch has forgotten one; the exit code is 1 where nothing explains it.

    \b
    convcalc reconcile inception3a#reduced
    convcalc reconcile googlenet_torchvision --functional relu
    convcalc reconcile googlenet_torchvision --claim 1.51G
    """
    claimed = read_claim(claim) if claim is not None else None
    if claimed and columns is not None:
        raise UsageError("--columns are those of the grid, so it goes without --claim")
    shown = chosen_columns(columns, RECONCILE_COLUMNS, DEFAULT_RECONCILE_COLUMNS)
    named = chosen_columns(columns, RECONCILE_COLUMNS, ())
    networks = load_networks("reconcile", request)
    _refuse_exported(networks)
    words = functional_of(functional, networks)
    if claimed:
        return _explain(request, claimed, networks, words, aux, format_name, output)
    found = [reconcile(network, words, aux) for network in networks]
    view = ResultForms(
        sheets=lambda: [sheet(one, shown, named) for one in found],
        records=lambda: records(found),
        document=lambda: document(found, aux),
    )
    show(view, format_name, output)
    return 0


def _explain(
    request: Request,
    claim: Claim,
    networks: Sequence[Network],
    words: Collection[str],
    aux: bool,
    format_name: str,
    output: str | None,
) -> int:
    """Print what a claim counts in each network. The exit code is 1 where nothing explains it."""
    each = zip(networks, _retries(request), strict=True)
    answers = [explain_claim(claim, network, retry, words, aux) for network, retry in each]
    show(_claim_view(answers), format_name, output)
    return 0 if any(answer.explains for answer in answers) else 1


def _refuse_exported(networks: Sequence[Network]) -> None:
    """Raise UsageError for model files whose layers are not those that counters see in the model."""
    exported = [one.file for one in networks if one.model and not _keeps_calls(one.model)]
    raise_all(FileError(f"{visible(file)}: error: {_EXPORTED}") for file in exported)


def _keeps_calls(path: str) -> bool:
    """Whether it is PyTorch's own format, which has the calls that a counter sees."""
    from ..importers.sniff import tell  # not for a specification

    told = tell(path, path)
    return told is not None and told.reader == "pytorch"


def _claim_view(answers: Sequence[Answer]) -> ResultForms:
    return ResultForms(
        sheets=lambda: [claims.sheet(answer) for answer in answers],
        records=lambda: claims.records(answers),
        document=lambda: claims.document(answers),
    )


def _retries(request: Request) -> list[Retry]:
    """For each network, a function that makes it with another input or `defaults:` line."""

    def retry_of(plan: Plan, overrides: Overrides) -> Retry:
        def retry(shape: Shape | None, defaults: str) -> Network | None:
            own = overrides if shape is None else overrides._replace(input_shape=shape)
            try:
                return (with_defaults(plan, defaults) if defaults else plan).network(own)
            except SpecError:
                return None

        return retry

    return [retry_of(*one) for one in load_plans(request)]
