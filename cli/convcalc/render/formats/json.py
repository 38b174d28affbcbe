"""The JSON documents that other programs read; a breaking change raises SCHEMA_VERSION."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...network.model import Layer, Network
from ...network.receptive import Field, receptive_fields
from ...network.totals import DEFAULT_DTYPE, counts_of, totals_of
from ...text.numbers import number_of
from ..notation import CONVENTION

if TYPE_CHECKING:
    from ...counters.reconcile import Like

SCHEMA_VERSION = 1

# A list of numbers. A line break is never inside a JSON string, so no text looks like one.
_SHAPE = re.compile(r"\[\n\s+(\d+(?:,\n\s+\d+)*)\n\s+\]")

Document = dict[str, Any]


def envelope(**content: Any) -> Document:
    """What every document starts with, and its content."""
    return {
        "schema_version": SCHEMA_VERSION,
        "convcalc": __version__,
        "convention": CONVENTION,
        **content,
    }


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


def to_json(document: Document) -> Iterator[str]:
    """One document, in pieces; a shape stays on one line.

    A last value that is an iterator is written item by item, so that it need not be kept.
    """
    last, items = list(document.items())[-1]
    if not isinstance(items, Iterator):
        yield _dump(document) + "\n"
        return
    head = _dump({**document, last: []})
    yield head.removesuffix("[]\n}") + "["
    separator = "\n"
    for item in items:
        yield separator + _indented(_dump(item))
        separator = ",\n"
    yield "\n  ]\n}\n"


def _dump(document: Document) -> str:
    import json  # not for tables

    text = json.dumps(document, indent=2, allow_nan=False)
    return _SHAPE.sub(lambda found: f"[{' '.join(found[1].split())}]", text)


def _indented(text: str) -> str:
    """As deep as an item of a list in the document."""
    return "\n".join(f"    {line}" for line in text.split("\n"))


def model_document(network: Network, aux: bool = False, dtype: str = DEFAULT_DTYPE) -> Document:
    """One network with every layer."""
    fields = receptive_fields(network)
    return {
        "name": network.name,
        "variant": network.variant,
        "file": network.file,
        "parameters": {name: number_of(text) for name, text in network.parameters.items()},
        "input": network.input_shape,
        "output": network.output_shape,
        "totals": totals_of(network, aux, dtype),
        "layers": [_layer(layer, field) for layer, field in zip(network.layers, fields, strict=True)],
    }


def _layer(layer: Layer, field: Field | None) -> Document:
    counts = {name: count for name, count in counts_of(layer.cost).items() if name != "flops"}
    return {
        "path": layer.path,
        "op": layer.op,
        "input": layer.input,
        "output": layer.output,
        **counts,
        "receptive_field": field and field.size,
        "stride": field and field.stride,
        "aux": layer.aux,
        "line": layer.line,
    }
