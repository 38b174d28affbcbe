"""The JSON documents that other programs read; a breaking change raises SCHEMA_VERSION."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from .. import __version__
from ..cost import COUNTS, Cost
from ..network.model import Layer, Network
from .glyphs import CONVENTION

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


def models_document(networks: Iterable[Network], aux: bool = False) -> Document:
    """The networks with every layer; totals have the side heads only with `aux`."""
    return envelope(models=[_model(network, aux) for network in networks])


def counts_of(cost: Cost) -> dict[str, int]:
    return {count: getattr(cost, count) for count in COUNTS}


def to_json(document: Document) -> str:
    """One document; a shape stays on one line."""
    text = json.dumps(document, indent=2, allow_nan=False)
    return _SHAPE.sub(lambda found: f"[{' '.join(found[1].split())}]", text) + "\n"


def _model(network: Network, aux: bool) -> Document:
    return {
        "name": network.name,
        "variant": network.variant,
        "file": network.file,
        "parameters": {name: _number(text) for name, text in network.parameters.items()},
        "input": network.input_shape,
        "output": network.output_shape,
        "totals": counts_of(network.total_with_aux if aux else network.total),
        "layers": [_layer(layer) for layer in network.layers],
    }


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _layer(layer: Layer) -> Document:
    counts = {name: count for name, count in counts_of(layer.cost).items() if name != "flops"}
    return {
        "path": layer.path,
        "op": layer.op,
        "input": layer.input,
        "output": layer.output,
        **counts,
        "aux": layer.aux,
        "line": layer.line,
    }
