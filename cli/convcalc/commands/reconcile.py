"""convcalc reconcile"""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..counters.claim import Answer, Resize, explain_claim, read_claim
from ..counters.reconcile import reconcile
from ..network.loading import Plan
from ..network.model import Network
from ..network.overrides import Overrides
from ..ops.shapes import Shape
from ..render import claim as claims
from ..render.formats.choice import View
from ..render.reconcile import COLUMNS, DEFAULT_COLUMNS, document, records, sheet
from ..text.escape import visible
from ..text.problems import FileError, SpecError, UsageError
from .inputs import Request, functional_of, load_networks, load_plans, raise_all
from .options import aux_option, chosen_columns, functional_option, network_options, output_options
from .output import show

_EXPORTED = (
    "counters run PyTorch's modules, and exporters fold and rename what they see, so what they print "
    "does not follow from this file; give a .pt2 or a specification, which `convcalc import` writes"
)


@click.command()
@network_options
@functional_option
@click.option(
    "--columns",
    metavar="NAMES",
    help=f"Which columns, such as +version or prints,params: {', '.join(COLUMNS)}.",
)
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

    With --claim: what a quoted number counts; the exit code is 1 where nothing explains it.

    \b
    convcalc reconcile inception3a#reduced
    convcalc reconcile googlenet_torchvision --functional relu
    convcalc reconcile googlenet_torchvision --claim 1.51G
    """
    claimed = read_claim(claim) if claim is not None else None
    if claimed and columns is not None:
        raise UsageError("--columns are those of the grid, so it goes without --claim")
    shown = chosen_columns(columns, COLUMNS, DEFAULT_COLUMNS)
    networks = load_networks("reconcile", request)
    _refuse_exported(networks)
    words = functional_of(functional, networks)
    if claimed:
        answers = [
            explain_claim(claimed, network, resize, words, aux)
            for network, resize in zip(networks, _resizers(request), strict=True)
        ]
        show(_claim_view(answers), format_name, output)
        return 0 if any(answer.explains for answer in answers) else 1
    found = [reconcile(network, words, aux) for network in networks]
    view = View(
        sheets=lambda: [sheet(one, shown) for one in found],
        records=lambda: records(found),
        document=lambda: document(found, aux),
    )
    show(view, format_name, output)
    return 0


def _refuse_exported(networks: Sequence[Network]) -> None:
    """Raise for model files whose layers are not those that a counter would see in the model."""
    exported = [one.file for one in networks if one.model and not _keeps_calls(one.model)]
    raise_all(FileError(f"{visible(file)}: error: {_EXPORTED}") for file in exported)


def _keeps_calls(path: str) -> bool:
    """Whether it is PyTorch's own, as a counter sees it."""
    from ..importers.sniff import tell  # not for a specification

    told = tell(path, path)
    return told is not None and told.reader == "pytorch"


def _claim_view(answers: Sequence[Answer]) -> View:
    return View(
        sheets=lambda: [claims.sheet(answer) for answer in answers],
        records=lambda: claims.records(answers),
        document=lambda: claims.document(answers),
    )


def _resizers(request: Request) -> list[Resize]:
    """For each network, what makes the same with another input."""

    def resizer(plan: Plan, overrides: Overrides) -> Resize:
        def resize(shape: Shape) -> Network | None:
            try:
                return plan.network(overrides._replace(input_shape=shape))
            except SpecError:
                return None

        return resize

    return [resizer(*one) for one in load_plans(request)]
