"""What a layer without weights does, in words."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from ..answers.shape_effect import Effect, Reader
from ..ops.shapes import Shape, channels_noun
from ..text.wording import abridged, listed
from .figures_as_text import count_text, hundredths, times
from .ops import doc_of

_MOST_READERS = 4


def effect_lines(effect: Effect) -> Iterator[tuple[str, str]]:
    """What the layer does, how it changes the shape, and what that means for the layers that read it."""
    yield "does", doc_of(type(effect.layer.operation)).replace("`", "")
    yield "shape", _shape_text(effect)
    if not effect.readers:
        yield "then", "nothing reads it: it leaves the network"
    for reader in effect.readers[:_MOST_READERS]:
        yield "then", _reader_text(effect, reader)


def _shape_text(effect: Effect) -> str:
    layer, after = effect.layer, effect.layer.output
    if len(layer.inputs) > 1:
        channels = listed((count_text(x[0]) for x in layer.inputs), " + ")
        entering = f"what enters has {channels} {channels_noun(after)}"
        return f"{entering}; what leaves has {_size_text(after)}"
    (before,) = layer.inputs
    if effect.keeps_channels and effect.keeps_positions:
        return f"{_size_text(after)} stay as they are"
    if not effect.keeps_channels or len(before) != len(after):
        return f"{_size_text(before)} become {_size_text(after)}"
    kept = f"all {count_text(after[0])} channels stay, {times(before[1:])} becomes {times(after[1:])}"
    many, few = prod(before[1:]), prod(after[1:])
    part = f"{hundredths(few, many)} of" if few < many else f"{hundredths(few, many)} times"
    return f"{kept}: {part} the positions at which what follows multiplies"


def _size_text(shape: Shape) -> str:
    """`192 channels of 28×28`"""
    channels = f"{count_text(shape[0])} {channels_noun(shape)}"
    return f"{channels} of {times(shape[1:])}" if len(shape) > 1 else channels


def _reader_text(effect: Effect, reader: Reader) -> str:
    layer = reader.layer
    if reader.is_concat:
        whole = layer.output[0]
        text = (
            f"{layer.path} takes all its {count_text(reader.channels)} {channels_noun(layer.output)}, "
            f"of {count_text(whole)} that the next layer reads"
        )
        is_wide = effect.gathers and effect.keeps_channels
        return f"{text}; a conv 1x1 behind it could make them fewer" if is_wide else text
    if reader.has_formula:
        cost = f"{count_text(layer.params)} params, {count_text(layer.macs)} multiply-adds"
        return f"{layer.path} ({abridged(layer.written)}) reads it: {cost}"
    return f"{layer.path} ({abridged(layer.written)}) reads it"
