"""The shipped configs as a table, records and a document."""

from collections.abc import Iterable, Sequence

from ..network.model import Network
from .formats.csv import Records
from .formats.json import Document, envelope
from .notation import CONVENTION, path_shape
from .sheet import Cell, Column, Row, Sheet, count_cell, note, shape_cell


def configs_sheet(networks: Sequence[Network]) -> Sheet:
    """A row for each shipped network; a config's name stands on the first of its variants."""
    rows = []
    above: Network | None = None
    for network in networks:
        is_first = above is None or above.file != network.file
        same_source = not is_first and above is not None and above.source == network.source
        rows.append(
            Row(
                [
                    Cell(network.file if is_first else "", plain=network.file),
                    Cell(network.variant or ""),
                    shape_cell(network.input_shape),
                    count_cell(network.total.params),
                    count_cell(network.total.macs),
                    Cell("" if same_source else _short(network.source or "")),
                ]
            )
        )
        above = network
    columns = [
        Column("config", right=False),
        Column("variants", right=False),
        Column("input", drop="output"),
        Column("params"),
        Column("multiply-adds"),
        Column("source", right=False, drop="extra"),
    ]
    return Sheet(
        "", "", columns, rows, [], [note(f"convcalc show NAME prints a config to copy; {CONVENTION}")]
    )


def _short(source: str) -> str:
    """The first of several sources."""
    return source.partition(";")[0]


def config_records(networks: Iterable[Network]) -> Records:
    """A row for each shipped network."""
    columns = ("name", "variant", "input", "output", "params", "macs", "source")
    rows = (
        (
            *(network.file, network.variant),
            *(path_shape(network.input_shape), path_shape(network.output_shape)),
            *(network.total.params, network.total.macs, network.source),
        )
        for network in networks
    )
    return Records(columns, rows)


def configs_document(networks: Iterable[Network]) -> Document:
    return envelope(
        configs=[
            {
                "name": network.file,
                "variant": network.variant,
                "input": network.input_shape,
                "output": network.output_shape,
                "params": network.total.params,
                "macs": network.total.macs,
                "source": network.source,
            }
            for network in networks
        ]
    )
