"""Networks with every layer, as records and as the document that summary and compare share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..network.layer import Layer
from ..network.model import Network
from ..network.receptive import ReceptiveField, receptive_fields
from ..network.totals import DEFAULT_DTYPE, totals_of
from ..ops.cost import COUNTS
from ..text.numbers import number_of
from .fields import Field, document, record
from .formats.csv import Records
from .formats.json import Document, envelope

if TYPE_CHECKING:
    from ..counters.reconcile import Like

SeenLayer = tuple[Layer, ReceptiveField | None]  # a layer, and what a position of its output sees


def _count_field(count: str) -> Field[SeenLayer]:
    return Field(count, lambda seen: getattr(seen[0].cost, count))


_NAME_FIELDS: list[Field[SeenLayer]] = [
    Field("path", lambda seen: seen[0].path),
    Field("op", lambda seen: seen[0].op),
    Field("input", lambda seen: seen[0].input),
    Field("output", lambda seen: seen[0].output),
]
_PLACE_FIELDS: list[Field[SeenLayer]] = [
    Field("receptive_field", lambda seen: seen[1] and seen[1].size),
    Field("stride", lambda seen: seen[1] and seen[1].stride),
    Field("aux", lambda seen: seen[0].aux),
    Field("line", lambda seen: seen[0].line),
]
_COUNT_FIELDS = {count: _count_field(count) for count in COUNTS}
# The document has no FLOPs of single layers: they are twice the multiply-adds beside them.
_DOCUMENT_FIELDS = [
    *_NAME_FIELDS,
    *(field for count, field in _COUNT_FIELDS.items() if count != "flops"),
    *_PLACE_FIELDS,
]
_RECORD_FIELDS = [*_NAME_FIELDS, *_COUNT_FIELDS.values(), *_PLACE_FIELDS]


def model_document(network: Network, aux: bool = False, dtype: str = DEFAULT_DTYPE) -> Document:
    """One network with every layer."""
    return {
        "name": network.name,
        "variant": network.variant,
        "file": network.file,
        "parameters": {name: number_of(text) for name, text in network.parameters.items()},
        "input": network.input_shape,
        "output": network.output_shape,
        **_outputs(network),
        "totals": totals_of(network, aux, dtype),
        "layers": [_layer_document(network, seen) for seen in _seen(network)],
    }


def _layer_document(network: Network, seen: SeenLayer) -> Document:
    layer = seen[0]
    return {
        **document(_DOCUMENT_FIELDS, seen),
        "sources": [network.path_of(source) for source in layer.sources],
        "inputs": layer.inputs,
        "shares": None if layer.shares is None else network.path_of(layer.shares),
    }


def _outputs(network: Network) -> Document:
    """What leaves a network with outputs."""
    if not network.outputs:
        return {}
    return {"outputs": [{"path": output.path, "shape": output.shape} for output in network.outputs]}


def _seen(network: Network) -> Iterator[SeenLayer]:
    return zip(network.layers, receptive_fields(network), strict=True)


def models_document(
    networks: Iterable[Network],
    aux: bool = False,
    dtype: str = DEFAULT_DTYPE,
    like: Like | None = None,
) -> Document:
    """The networks with every layer; totals have the side heads only with `aux`.

    With `like` they have the figure of that tool too.
    """
    models = [model_document(network, aux, dtype) | _tools(network, aux, like) for network in networks]
    return envelope(models=models)


def _tools(network: Network, aux: bool, like: Like | None) -> Document:
    return {"tools": {like.convention.key: like.total(network, aux)}} if like else {}


def records(networks: Iterable[Network], like: Like | None = None) -> Records:
    """A row for each layer of each network, with what a tool prints for it."""
    names = [
        "network",
        *(field.key for field in _RECORD_FIELDS),
        *([like.convention.key] if like else []),
    ]
    rows = (
        [
            network.title,
            *record(_RECORD_FIELDS, seen),
            *([like.prints(network, [seen[0]])] if like else []),
        ]
        for network in networks
        for seen in _seen(network)
    )
    return Records(names, rows)
