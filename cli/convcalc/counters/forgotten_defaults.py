"""What is easily forgotten when a model is translated from PyTorch by hand.

In PyTorch convolutions and linear layers have a bias, the padding is 0, and pooling has its kernel
for a stride. Here this must be written; a `defaults:` line writes it for a whole file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from ..network.layer import Layer
from ..network.model import Network
from ..ops.pooling import Pool

DefaultsByOperation = Mapping[str, Mapping[str, str]]  # of each operation, its options


class Slip(NamedTuple):
    """What may have been forgotten, and the options that put it right."""

    name: str
    defaults: DefaultsByOperation


class Mended(NamedTuple):
    """A `defaults:` line, and what it puts right."""

    line: str
    slips: tuple[str, ...]


def mended(network: Network) -> Iterator[Mended]:
    """The lines to try: each slip by itself, then several, all of them last."""
    slips = [slip for slip in _slips(network) if slip.defaults]
    for count in range(1, len(slips) + 1):
        for some in combinations(slips, count):
            yield Mended(_line(some), tuple(slip.name for slip in some))


def _slips(network: Network) -> Iterator[Slip]:
    layers = network.layers
    biased = {layer.op for layer in layers if layer.macs and _option(layer, "bias") is False}
    yield Slip("bias", {op: {"bias": "true"} for op in sorted(biased)})
    padded = {layer.op for layer in layers if _option(layer, "padding") == "same"}
    yield Slip("valid padding", {op: {"padding": "valid"} for op in sorted(padded)})
    kernels: dict[str, Counter[str]] = {}
    for layer in layers:
        if isinstance(layer.operation, Pool) and set(layer.operation.stride) == {1}:
            kernels.setdefault(layer.op, Counter())[_sizes(layer.operation.kernel_size)] += 1
    # A line has one stride for all: that of the kernel which stands there most often.
    strides = {op: {"stride": found.most_common(1)[0][0]} for op, found in sorted(kernels.items())}
    yield Slip("pooling's stride", strides)


def _option(layer: Layer, name: str) -> object:
    return vars(layer.operation).get(name)


def _sizes(kernel: tuple[int, ...]) -> str:
    return str(kernel[0]) if len(set(kernel)) == 1 else "x".join(map(str, kernel))


def _line(slips: tuple[Slip, ...]) -> str:
    """`defaults: {conv: {bias: true, padding: valid}, linear: {bias: true}}`"""
    merged: dict[str, dict[str, str]] = {}
    for slip in slips:
        for op, options in slip.defaults.items():
            merged.setdefault(op, {}).update(options)
    inner = (f"{op}: {{{_pairs(options)}}}" for op, options in sorted(merged.items()))
    return f"defaults: {{{', '.join(inner)}}}"


def _pairs(options: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in options.items())
