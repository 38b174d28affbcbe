"""convcalc list"""

from __future__ import annotations

import click

from ..network.overrides import Overrides
from ..reader.shipped import shipped_names
from ..render.formats.choice import ResultForms
from ..render.list import config_records, configs_document, configs_sheet
from ..specs.opening import load_spec
from .options import output_options
from .output import show


@click.command("list")
@output_options()
def command(format_name: str, output: str | None) -> None:
    """The shipped configs and what they cost.

    \b
    convcalc list
    convcalc list --format json
    """
    networks = [network for name in shipped_names() for network in load_spec(name, Overrides())]
    view = ResultForms(
        sheets=lambda: [configs_sheet(networks)],
        records=lambda: config_records(networks),
        document=lambda: configs_document(networks),
    )
    show(view, format_name, output)
