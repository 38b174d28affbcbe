"""convcalc explain"""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..answers.explain import Explanation, explain
from ..network.model import Network
from ..render.explain import document, records, sheet, single_text
from ..render.formats.choice import Rendered, View
from ..text.problems import UsageError
from .inputs import Request, load_networks
from .options import aux_option, network_options, output_options
from .output import emit, screen_for, show


@click.command()
@network_options
@aux_option
@output_options("latex")
def command(
    request: Request,
    aux: bool,
    format_name: str,
    output: str | None,
) -> None:
    """The formula of each layer with its numbers, and their sum.

    A second word is the path of one layer or group.

    \b
    convcalc explain inception3a#reduced                  every layer and the sum
    convcalc explain inception3a#reduced 5x5/conv2        factor by factor
    convcalc explain inception3a#reduced --format latex   for a paper
    """
    first = 0 if request.bodies else 1
    named, paths = request.specs[:first], request.specs[first:]
    if len(paths) > 1:
        raise UsageError(f'explain takes one PATH; "{paths[1]}" is one too many')
    path = paths[0].rstrip("/") if paths else None
    networks = load_networks("explain", request._replace(specs=named))
    explanations = _explain_each(networks, path, aux)
    if format_name == "latex":
        from ..render.formats.latex import draw

        emit(Rendered(["\n".join(draw(explanation) for explanation in explanations)]), output)
    elif format_name == "table" and path is not None and all(one.single for one in explanations):
        emit(Rendered([_singles(explanations, screen_for(output).width)]), output)
    else:
        view = View(
            sheets=lambda: [sheet(explanation) for explanation in explanations],
            records=lambda: records(explanations),
            document=lambda: document(explanations),
        )
        show(view, format_name, output)


def _explain_each(networks: Sequence[Network], path: str | None, aux: bool) -> list[Explanation]:
    """Of several variants those that have the path; raises UsageError where none has."""
    explanations, errors = [], []
    for network in networks:
        try:
            explanations.append(explain(network, path, aux))
        except UsageError as error:
            errors.append(error)
    if errors and not explanations:
        raise errors[0]
    return explanations


def _singles(explanations: Sequence[Explanation], width: int | None) -> str:
    return "\n".join(single_text(one, one.single, width) for one in explanations if one.single)
