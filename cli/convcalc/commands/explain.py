"""convcalc explain"""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..answers.explain import Explanation, explain
from ..network.model import Network
from ..reader.source import STDIN
from ..render.explain import document, records, sheet, single_text
from ..render.formats.choice import Rendered, ResultForms
from ..text.problems import UsageError
from .inputs import Request, load_networks
from .options import aux_option, network_options, output_options
from .output import emit, for_log, screen_for, show


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

    A last word that is the path of a layer or group is that one alone.

    \b
    convcalc explain inception3a#reduced                  every layer and the sum
    convcalc explain inception3a#reduced 5x5/conv2        factor by factor
    convcalc explain inception3a#reduced --format latex   for a paper
    """
    named, path = _split_path(request)
    networks = load_networks("explain", request._replace(specs=named))
    explanations = _explain_each(networks, path, aux)
    if format_name == "latex":
        from ..render.formats.latex import draw

        emit(Rendered(["\n".join(draw(explanation) for explanation in explanations)]), output)
    elif format_name == "table" and path is not None and all(one.single for one in explanations):
        text = _singles(explanations, screen_for(output).width)
        emit(Rendered(for_log([text], output)), output)
    else:
        view = ResultForms(
            sheets=lambda: [sheet(explanation) for explanation in explanations],
            records=lambda: records(explanations),
            document=lambda: document(explanations),
        )
        show(view, format_name, output)


def _split_path(request: Request) -> tuple[tuple[str, ...], str | None]:
    """The SPECs, and the PATH behind them if there is one: a last word that is no SPEC.

    Raises UsageError where there are two.
    """
    first = 0 if request.bodies else 1
    others = request.specs[first:]
    paths = [word for word in others if not _is_spec(request, word)]
    if len(paths) > 1:
        raise UsageError(f'explain takes one PATH; "{paths[1]}" is one too many')
    if paths and paths[0] != others[-1]:
        raise UsageError(f'the PATH comes last; "{paths[0]}" is no file and no shipped config')
    specs = request.specs[:-1] if paths else request.specs
    return specs, paths[0].rstrip("/") if paths else None


def _is_spec(request: Request, word: str) -> bool:
    """Whether a word has a variant, or names a file or a shipped config; `-` is a layer's name here."""
    if word == STDIN:
        return False
    try:
        request.open(word)
    except UsageError:
        return "#" in word
    return True


def _explain_each(networks: Sequence[Network], path: str | None, aux: bool) -> list[Explanation]:
    """Explain those of the variants that have the path; raises UsageError where none has."""
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
