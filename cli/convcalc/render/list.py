"""The shipped configs as a table, records and a document."""

from collections.abc import Iterable, Sequence

from ..network.model import Network
from .fields import Field, cells, columns, document, records
from .figures_as_text import CONVENTION
from .formats.csv import Records
from .formats.json import Document, envelope
from .table_parts import EMPTY, Cell, Column, Row, Sheet, note

_FIELDS: list[Field[Network]] = [
    Field("name", lambda network: network.file, Column("config", right=False)),
    Field("variant", lambda network: network.variant, Column("variants", right=False)),
    Field("input", lambda network: network.input_shape, Column("input", drop="output")),
    Field("output", lambda network: network.output_shape),
    Field("params", lambda network: network.total.params, Column("params")),
    Field("macs", lambda network: network.total.macs, Column("multiply-adds")),
    Field(
        "source",
        lambda network: network.source,
        Column("source", right=False, drop="extra"),
        lambda network: Cell(_first_source(network)),
    ),
]


def _first_source(network: Network) -> str:
    return (network.source or "").partition(";")[0]


def configs_sheet(networks: Sequence[Network]) -> Sheet:
    """A row for each shipped network; a config's name stands on the first of its variants."""
    rows = []
    above: Network | None = None
    for network in networks:
        name, *facts, source = cells(_FIELDS, network)
        if above is not None and above.file == network.file:
            name = Cell("", plain=name.text)
            source = EMPTY if above.source == network.source else source
        rows.append(Row([name, *facts, source]))
        above = network
    hint = note(f"convcalc show NAME prints a config to copy; {CONVENTION}")
    return Sheet("", "", columns(_FIELDS), rows, [], [hint])


def config_records(networks: Iterable[Network]) -> Records:
    """A row for each shipped network."""
    return records(_FIELDS, networks)


def configs_document(networks: Iterable[Network]) -> Document:
    return envelope(configs=[document(_FIELDS, network) for network in networks])
