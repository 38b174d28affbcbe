"""convcalc ops"""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..language.structure_words import structure_page
from ..language.unknown_layers import operation_hint
from ..ops import OPS, WORDS
from ..render.formats.choice import ResultForms
from ..render.ops import operation_records, operation_sheet, operations_document, operations_sheet
from ..text.problems import Report, UsageError
from ..text.wording import listed
from . import completing
from .options import output_options
from .output import show


@click.command()
@click.argument("words", nargs=-1, metavar="[NAME]", shell_complete=completing.operations)
@output_options()
def command(words: tuple[str, ...], format_name: str, output: str | None) -> None:
    """The operations of the language and their options.

    \b
    convcalc ops
    convcalc ops conv
    """
    name = _operation_of(words) if words else None
    chosen = [OPS[name]] if name else list(WORDS.values())
    folded = format_name == "table"
    view = ResultForms(
        sheets=lambda: [operation_sheet(chosen[0]) if name else operations_sheet(chosen, folded)],
        records=lambda: operation_records(chosen),
        document=lambda: operations_document(chosen),
    )
    show(view, format_name, output)


def _operation_of(words: Sequence[str]) -> str:
    """The operation that is asked for; raises UsageError where it is none, or more than one word."""
    name, *others = " ".join(words).split() or [""]
    if name not in OPS:
        raise UsageError(_no_operation(name))
    if others:
        stray = f'"{listed(others, " ")}" is one too many'
        raise UsageError(
            f"ops takes one word: convcalc ops {name}; {structure_page(others[0]) or stray}"
        )
    return name


def _no_operation(name: str) -> str:
    if said := structure_page(name):
        return said
    known = f"there are {listed(WORDS)}"
    return f'no operation "{name}"{operation_hint(Report("", ()), name, otherwise=known)}'
