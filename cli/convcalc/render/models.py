"""Networks with all layers, as records and as the document that summary and compare share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..network.model import Network
from ..ops.cost import COUNTS
from ..ops.totals import DEFAULT_DTYPE
from .formats.csv import Records
from .formats.json import Document, envelope

if TYPE_CHECKING:
    from ..counters.reconcile import Like

# The columns of records, which have the FLOPs of single layers too.
_NAMES = ("path", "op", "input", "output")
_PLACES = ("receptive_field", "stride", "aux", "line")


def models_document(
    networks: Iterable[Network],
    aux: bool = False,
    dtype: str = DEFAULT_DTYPE,
    like: Like | None = None,
) -> Document:
    """The networks with all layers. Totals include side heads only with `aux`.

    With `like` they have that tool's figure too.
    """
    models = [network.to_dict(aux, dtype) | _tools(network, aux, like) for network in networks]
    return envelope(models=models)


def _tools(network: Network, aux: bool, like: Like | None) -> Document:
    return {"tools": {like.convention.key: like.total(network, aux)}} if like else {}


def records(networks: Iterable[Network], like: Like | None = None) -> Records:
    """A row for each layer of each network, with a tool's figure if one was asked for."""
    columns = ["network", *_NAMES, *COUNTS, *_PLACES, *([like.convention.key] if like else [])]
    rows = (
        [
            network.title,
            *map(facts.get, _NAMES),
            *(getattr(layer.cost, count) for count in COUNTS),
            *map(facts.get, _PLACES),
            *([like.prints(network, [layer])] if like else []),
        ]
        for network in networks
        for layer, facts in zip(network.layers, network.layer_dicts(), strict=True)
    )
    return Records(columns, rows)
