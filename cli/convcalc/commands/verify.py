"""convcalc verify"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import click

from ..answers.machine_memory import memory_available
from ..answers.verify import Check, Verification, require_memory, verify
from ..network.model import Network
from ..reader.shipped import shipped_names
from ..render.formats.choice import ResultForms
from ..render.table_parts import Sheet
from ..render.verify import document, lines_sheet, records, sheet
from ..text.numbers import BYTE_UNITS, read_limit
from ..text.problems import UsageError
from .inputs import Request, load_networks
from .options import Whole, aux_option, network_options, output_options
from .output import show

_LONG = 10**9  # multiply-adds that are worth a progress bar


@click.command()
@network_options
@click.option("--all", "every", is_flag=True, help="Every shipped config.")
@click.option(
    "--seed", type=Whole(0), default=0, show_default=True, help="From which the random values follow."
)
@click.option(
    "--max-memory",
    metavar="BYTES",
    help="The most that a run may take, such as 4G; three quarters of what is free unless given.",
)
@aux_option
@output_options()
def command(
    request: Request,
    every: bool,
    seed: int,
    max_memory: str | None,
    aux: bool,
    format_name: str,
    output: str | None,
) -> int:
    """Run the network with NumPy and measure what the formulas say.

    \b
    convcalc verify inception3a#reduced
    convcalc verify googlenet#caffe --input 3x224x224
    convcalc verify --all
    """
    if every:
        request = request._replace(specs=(*request.specs, *shipped_names()))
    networks = load_networks("verify", request)
    limit = memory_available() * 3 // 4 if max_memory is None else _bytes(max_memory)
    for network in networks:
        require_memory(network, limit)
    verifications = list(_run(networks, seed, aux))
    view = ResultForms(
        sheets=lambda: _sheets(verifications),
        records=lambda: records(verifications),
        document=lambda: document(verifications),
    )
    show(view, format_name, output)
    return 0 if all(verification.agrees for verification in verifications) else 1


def _bytes(text: str) -> int:
    try:
        return read_limit(text, BYTE_UNITS)
    except ValueError:
        raise UsageError(f'--max-memory must be a number such as 500M or 4Gi, not "{text}"') from None


def _run(networks: Sequence[Network], seed: int, aux: bool) -> Iterator[Verification]:
    """Run each network. If there is much to do, a terminal's standard error shows a progress bar."""
    macs = sum(network.total_with_aux.macs for network in networks)
    steps = (step for network in networks for step in verify(network, seed, aux))
    if macs < _LONG or not sys.stderr.isatty():
        yield from (step for step in steps if isinstance(step, Verification))
        return
    with click.progressbar(length=macs, file=sys.stderr) as bar:
        for step in steps:
            if isinstance(step, Check):
                bar.update(step.layer.macs)
            else:
                yield step


def _sheets(verifications: Sequence[Verification]) -> list[Sheet]:
    """A single network layer by layer; several in a line each, with the layers that disagree."""
    if len(verifications) == 1:
        return [sheet(verifications[0])]
    wrong = [verification for verification in verifications if not verification.agrees]
    return [lines_sheet(verifications), *map(sheet, wrong)]
