"""convcalc for Python programs."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from operator import index

from .network.loading import networks_of
from .network.model import Network
from .network.overrides import Overrides, check_parameters, refuse_unknown
from .ops.options import MAX_SIZE
from .ops.shapes import MOST_AXES, Shape
from .reader.source import Source
from .reader.spec import INPUT, Spec
from .specs.opening import open_spec, plans_of
from .text.numbers import number_text
from .text.problems import UsageError
from .text.wording import listed

Number = int | float | Decimal | Fraction | str


def load(
    path_or_name: str | os.PathLike[str],
    variant: str | None = None,
    *,
    input_shape: Sequence[int] | None = None,
    **parameters: Number,
) -> Network:
    """The network that a SPEC names, such as `FILE#VARIANT` or `mobilenet_v1@alpha=0.5`.

    `parameters` replace the file's own, `input_shape` is another (channels, height, width).
    Raises SpecError with every problem of the file; UsageError where nothing is named, where a
    file has several variants and none is, or where a parameter is unknown.

    >>> load("googlenet", "paper").total.params
    6990272
    """
    spec = open_spec(os.fspath(path_or_name))
    if variant is not None and spec.variant not in (None, variant):
        raise UsageError(f"two variants are named, {spec.variant} and {variant}")
    for name in spec.values:
        if name in parameters or (name == INPUT and input_shape is not None):
            raise UsageError(f'{name} is given twice, in "{path_or_name}" and as an argument')
    return _one(spec._replace(variant=variant or spec.variant), parameters, input_shape)


def loads(
    text: str,
    variant: str | None = None,
    *,
    input_shape: Sequence[int] | None = None,
    **parameters: Number,
) -> Network:
    """The network of a specification's text; everything else as for `load`.

    >>> loads("{input: [3, 3, 3], layers: conv 1x1 4}").output_shape
    (4, 3, 3)
    """
    if not isinstance(text, str):
        raise TypeError(f"loads takes a text, not {type(text).__name__}")
    source = Source("<text>", "<text>", "network", text.encode("utf-8", "surrogatepass"))
    return _one(Spec(source, variant, {}), parameters, input_shape)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep the garbage collector from looking through a network again and again while it grows.

    To read a network leaves no reference cycles to find. Of 10,000 lines that all differ, the
    collector would take a quarter of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_without_collecting()
def _one(
    spec: Spec,
    parameters: Mapping[str, Number],
    input_shape: Sequence[int] | None,
) -> Network:
    settings = {name: _setting(value) for name, value in parameters.items()}
    check_parameters(settings)
    networks = networks_of(*plans_of(spec, Overrides(settings, _shape(input_shape), "input_shape")))
    if len(networks) != 1:
        names = listed(str(network.variant) for network in networks)
        raise UsageError(f"{spec.source.given} has several variants; name one of {names}")
    (network,) = networks
    refuse_unknown(settings, network.parameters)
    return network


def _shape(given: Sequence[int] | None) -> Shape | None:
    """The shape with its sizes checked: whole numbers, of any integer type."""
    if given is None:
        return None
    try:
        sizes = tuple(index(size) for size in given)
    except TypeError:
        sizes = ()
    if not 1 <= len(sizes) <= MOST_AXES + 1 or not all(1 <= size <= MAX_SIZE for size in sizes):
        what = "such as (channels, height, width), whole numbers from 1 to 10^12"
        raise UsageError(f"input_shape must be {what}, not {given!r}")
    return sizes


def _setting(value: Number) -> str:
    """The number in the language's notation; a float as Python prints it."""
    if isinstance(value, Fraction):
        try:
            return number_text(value)
        except ValueError:
            raise UsageError(f"{value} has no end as a decimal number") from None
    return str(value)
