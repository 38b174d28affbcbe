"""convcalc ops"""

from __future__ import annotations

import click

from ..language.unknown_layers import operation_hint
from ..ops import OPS, WORDS
from ..render.formats.choice import View
from ..render.ops import operation_records, operation_sheet, operations_document, operations_sheet
from ..text.problems import Report, UsageError
from ..text.wording import listed
from . import completing
from .options import output_options
from .output import show


@click.command()
@click.argument("name", required=False, shell_complete=completing.operations)
@output_options()
def command(name: str | None, format_name: str, output: str | None) -> None:
    """The operations of the language and their options.

    \b
    convcalc ops
    convcalc ops conv
    """
    if name is not None and name not in OPS:
        known = f"there are {listed(WORDS)}"
        raise UsageError(f'no operation "{name}"{operation_hint(Report("", ()), name, otherwise=known)}')
    chosen = [OPS[name]] if name else list(WORDS.values())
    folded = format_name == "table"
    view = View(
        sheets=lambda: [operation_sheet(chosen[0]) if name else operations_sheet(chosen, folded)],
        records=lambda: operation_records(chosen),
        document=lambda: operations_document(chosen),
    )
    show(view, format_name, output)
