"""convcalc summary"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from ..answers.summary import summarize
from ..network.model import Network
from ..ops.cost import COUNTS
from ..ops.totals import BYTES_OF, DEFAULT_DTYPE, TOTALS
from ..render.formats.choice import DRAWN, REPORTS, Rendered, ResultForms
from ..render.formats.json import Document
from ..render.models import models_document, records
from ..render.summary import (
    DEFAULT_SUMMARY_COLUMNS,
    MEASURED,
    SUMMARY_COLUMNS,
    field_lines,
    memory_text,
    sheet,
)
from ..render.table_parts import Sheet
from ..text.problems import UsageError
from . import completing
from .inputs import Request, like_of, load_networks
from .options import (
    OneOf,
    SomeOf,
    Whole,
    aux_option,
    chosen_columns,
    columns_option,
    dtype_option,
    functional_option,
    joined,
    like_option,
    network_options,
    output_options,
)
from .output import emit, pictures_of, show, tell_of_idle_dtype
from .watching import watched

if TYPE_CHECKING:
    from ..counters.reconcile import Like


@click.command()
@network_options
@click.option(
    "--depth",
    type=Whole(0),
    help="How deep the tree is; the deepest within 40 rows unless given.",
)
@columns_option(SUMMARY_COLUMNS, "params,macs or +weights")
@click.option(
    "--sort",
    type=OneOf(COUNTS),
    metavar="COUNT",
    help="The layers by this count, the largest first.",
)
@click.option(
    "--by",
    type=OneOf(["operation"]),
    help="A row for each operation and kernel instead of a tree.",
)
@click.option(
    "--field",
    "fields",
    type=SomeOf(TOTALS),
    multiple=True,
    callback=joined,
    metavar="TOTALS",
    shell_complete=completing.listed_words(TOTALS),
    help=f"Print these as bare integers, such as params,macs; there are {', '.join(TOTALS)}.",
)
@dtype_option
@aux_option
@like_option
@functional_option
@output_options(*REPORTS)
@watched
def command(
    request: Request,
    depth: int | None,
    columns: str | None,
    sort: str | None,
    by: str | None,
    fields: tuple[str, ...] | None,
    dtype: str | None,
    aux: bool,
    like: str | None,
    functional: str | None,
    format_name: str,
    output: str | None,
) -> None:
    """One network as a tree: shapes, params, multiply-adds, shares.

    \b
    convcalc summary googlenet#paper              layer by layer
    convcalc summary googlenet#paper --depth 1    the rows of its top level
    convcalc summary googlenet --by operation     the 3x3 kernels together
    convcalc summary mine.yaml --sort macs        the most expensive layers first
    convcalc summary mine.yaml --field params     one bare integer, for scripts
    """
    shown = chosen_columns(columns, SUMMARY_COLUMNS, DEFAULT_SUMMARY_COLUMNS, last=2)
    named = chosen_columns(columns, SUMMARY_COLUMNS, ())
    networks = load_networks("summary", request)
    tool = like_of(like, functional, networks)
    if fields is not None:
        _refuse_with_field(format_name, like)
        emit(Rendered([field_lines(networks, fields, aux, dtype or DEFAULT_DTYPE)]), output)
        if dtype and BYTES_OF.keys().isdisjoint(fields):
            tell_of_idle_dtype("; --field weight_bytes prints them")
        return
    view = _view(networks, _Tree(depth, shown, named, sort, aux, dtype, tool))
    if by:
        _refuse_with_by({"--depth": depth, "--columns": columns, "--like": like})
        view = _view_by_operation(view, networks, sort, aux)
    show(view, format_name, output)
    if dtype and format_name != "json" and (by or format_name not in DRAWN):
        tell_of_idle_dtype()


class _Tree(NamedTuple):
    """What is shown of each network."""

    depth: int | None
    columns: tuple[str, ...]
    named: tuple[str, ...]
    sort: str | None
    aux: bool
    dtype: str | None
    tool: Like | None

    def sheet(self, network: Network) -> Sheet:
        measured = any(column in MEASURED for column in self.columns)
        summary = summarize(network, self.depth, self.sort, self.aux, self.tool, measured)
        memory = memory_text(network, self.aux, self.dtype) if self.dtype else None
        return sheet(summary, self.columns, memory, self.dtype or DEFAULT_DTYPE, self.named)


def _view(networks: Sequence[Network], tree: _Tree) -> ResultForms:
    element = tree.dtype or DEFAULT_DTYPE
    return ResultForms(
        sheets=lambda: [tree.sheet(network) for network in networks],
        records=lambda: records(networks, tree.tool),
        document=lambda: models_document(networks, tree.aux, element, tree.tool),
        pictures=lambda: pictures_of(networks),
    )


def _refuse_with_field(format_name: str, like: str | None) -> None:
    if format_name != "table":
        raise UsageError("--field prints bare integers, so it goes without --format")
    if like is not None:
        raise UsageError("--field prints our own totals, so it goes without --like")


def _refuse_with_by(options: Mapping[str, object]) -> None:
    for name, value in options.items():
        if value is not None:
            raise UsageError(f"--by operation has rows and columns of its own; leave out {name}")


def _view_by_operation(
    view: ResultForms, networks: Sequence[Network], sort: str | None, aux: bool
) -> ResultForms:
    from ..answers.by_operation import summarize_by_operation  # not for a tree
    from ..render import by_operation

    summaries = [summarize_by_operation(network, sort, aux) for network in networks]

    def document() -> Document:
        """The document, with the operations of each model beside its layers."""
        whole = view.document()
        for model, summary in zip(whole["models"], summaries, strict=True):
            model |= by_operation.operations_document(summary)
        return whole

    return view._replace(
        sheets=lambda: [by_operation.sheet(summary) for summary in summaries],
        records=lambda: by_operation.records(summaries),
        document=document,
    )
