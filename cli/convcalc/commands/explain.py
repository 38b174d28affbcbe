"""convcalc explain"""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..explain import Explanation, explain
from ..render.documents import models_document
from ..render.explain import records, sheet, single_text
from ..render.formats import Rendered, View
from .inputs import Request, aux_option, emit, load_networks, network_options, output_options, show


@click.command()
@network_options
@aux_option
@output_options("latex")
def command(
    specs: tuple[str, ...],
    bodies: tuple[str, ...],
    input_text: str | None,
    settings: tuple[str, ...],
    aux: bool,
    format_name: str,
    output: str | None,
) -> None:
    """The formula of each layer with its numbers, and their sum.

    A second word is the path of one layer or group.

    \b
    convcalc explain inception3a#reduced                  every layer, and the sum
    convcalc explain inception3a#reduced 5x5/conv2        one layer, factor by factor
    convcalc explain inception3a#reduced --format latex   for a paper or a notebook
    """
    path = specs[-1 if bodies else 1] if len(specs) > (0 if bodies else 1) else None
    networks = load_networks(
        "explain", Request(() if bodies else specs[:1], bodies, input_text, settings)
    )
    explanations = [explain(network, path, aux) for network in networks]
    if format_name == "latex":
        from ..render.latex import draw

        emit(Rendered("\n".join(draw(explanation) for explanation in explanations)), output)
    elif format_name == "table" and path is not None and all(one.single for one in explanations):
        emit(Rendered(_singles(explanations)), output)
    else:
        view = View(
            sheets=lambda: [sheet(explanation) for explanation in explanations],
            records=lambda: records(explanations),
            document=lambda: models_document(networks, aux),
        )
        show(view, format_name, output)


def _singles(explanations: Sequence[Explanation]) -> str:
    return "\n".join(single_text(one, one.single) for one in explanations if one.single)
