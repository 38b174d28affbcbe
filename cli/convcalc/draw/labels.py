"""The words in boxes and beside lines, and the kinds of boxes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import prod

from ..network.layer import Item, Layer
from ..ops.base import Operation
from ..ops.options import NUMBER
from ..ops.shapes import Shape, shape_text
from ..text.wording import abridged

KINDS = {
    "conv": "conv",
    "dwconv": "depthwise",
    "conv_transpose": "conv",
    "linear": "linear",
    "maxpool": "pool",
    "avgpool": "pool",
    "global_avgpool": "pool",
    "global_maxpool": "pool",
    "adaptive_avgpool": "pool",
    "adaptive_maxpool": "pool",
    "concat": "concat",
    "add": "sum",
    "mul": "sum",
}
# Every kind, with its name in a legend.
LEGEND_TEXTS = {
    "pointwise": "1×1 conv",
    "conv": "conv",
    "depthwise": "depthwise conv",
    "pool": "pool",
    "linear": "linear",
    "concat": "concat",
    "sum": "sum or product",
    "closed": "group, closed",
    "other": "other",
}
_WORDS = {
    "dwconv": "dw conv",
    "conv_transpose": "transposed conv",
    "maxpool": "max pool",
    "avgpool": "avg pool",
    "global_avgpool": "global avg pool",
    "global_maxpool": "global max pool",
    "add": "+",
    "mul": "×",
}

# Of operations without a kernel: the options that a phrase says, where it does not just list them.
_PHRASES = {
    "upsample": "upsample ×{scale}",
    "resize": "resize to {size}",
    "crop": "crop to {size}",
    "adaptive_avgpool": "avg pool to {size}",
    "adaptive_maxpool": "max pool to {size}",
    "channel_shuffle": "channel shuffle, {groups} groups",
    "pixel_shuffle": "pixel shuffle ×{factor}",
    "pixel_unshuffle": "pixel unshuffle /{factor}",
    "slice": "slice {start}:{stop}",
}
_UNSAID = ("eps", "like")  # a box has no room for them

# The options that a box shows where they are not 1, and how.
_SHOWN = {
    "out_channels": "",
    "stride": "/{}",
    "multiplier": "multiplier {}",
    "groups": "groups {}",
    "dilation": "dilation {}",
}


def kind_of(layer: Layer) -> str:
    """The kind of a layer's box."""
    kernel = getattr(layer.operation, "kernel_size", ())
    kind = KINDS.get(layer.op, "other")
    return "pointwise" if kind == "conv" and prod(kernel) == 1 else kind


def text_of(layer: Layer) -> str:
    """`3×3 conv, 64, /2`, as figures in papers have it."""
    operation = layer.operation
    word = _WORDS.get(layer.op)
    kernel = getattr(operation, "kernel_size", None)
    if kernel is None:
        size = getattr(operation, "out_features", None)
        if size:
            return f"{layer.op}, {size}"
        return word or (
            abridged(layer.written) if operation.merges else _phrase(operation, layer.written)
        )
    size = shape_text(kernel)
    name = word or layer.op
    first = f"{name} {size}" if len(kernel) == 1 else f"{size} {name}"
    return ", ".join([first, *_options(layer, len(kernel))])


def again_of(item: Item, text: str) -> tuple[str, ...]:
    """`again cls`, of what has the weights of another, where the text does not say it."""
    is_again = item.written.startswith("again ") and item.written != text
    return (abridged(item.written),) if is_again else ()


@lru_cache(maxsize=256)  # few of them are in use
def _phrase(operation: Operation, written: str) -> str:
    """`bilinear upsample ×2`, `leaky relu, slope 0.1`: an operation without a kernel.

    A number that follows from the file's `defaults` is not said in each box.
    """
    shown = {name: _shown(operation, name) for name in operation.options}
    phrase = _PHRASES.get(operation.name)
    if phrase is None:
        by_place = [f"{{{name}}}" for name in operation.arguments if shown[name] != "0"]
        phrase = " ".join([operation.name.replace("_", " "), *by_place])
    before, behind = [], []
    for name, one in operation.options.items():
        value = getattr(operation, name)
        is_left_out = f"{{{name}}}" in phrase or (one.kind is NUMBER and f"{name}=" not in written)
        if one.kind.show(value) == one.default_text or name in _UNSAID or is_left_out:
            continue
        label = name.replace("_", " ")
        if isinstance(value, bool):
            behind.append(f", {label}" if value else f", no {label}")
        elif one.kind.words and not one.kind.per_axis:
            before.append(f"{value} ")
        else:
            behind.append(f", {label} {shown[name]}")
    return "".join([*before, phrase.format(**shown), *behind])


def _shown(operation: Operation, name: str) -> str:
    kind, value = operation.options[name].kind, getattr(operation, name)
    if name == "size" and isinstance(value, tuple):
        return shape_text(value)  # 6×6, not 6
    return kind.show(value).replace("x", "×") if kind.per_axis else kind.show(value)


def _options(layer: Layer, axes: int) -> Iterator[str]:
    options = layer.operation.options
    values = {name: getattr(layer.operation, name) for name in _SHOWN if name in options}
    if "out_channels" in values:
        yield str(values["out_channels"])
    for name, text in _SHOWN.items():
        value = values.get(name, 1)
        if text and value not in (1, (1,) * axes):
            yield text.format(_sizes(value))


def _sizes(value: object) -> str:
    """`2` for 2×2."""
    if not isinstance(value, tuple):
        return str(value)
    return str(value[0]) if len(set(value)) == 1 else shape_text(value)


def joins(layer: Layer, onto: str) -> bool:
    """Whether a layer that reads a box of that kind becomes a small line in the box.

    Norms, activations and dropout do, which keep the shape and treat each value by itself. A sum only
    takes layers without parameters, and a concat takes none.
    """
    if len(layer.sources) != 1 or layer.macs or hasattr(layer.operation, "kernel_size"):
        return False
    if onto == "sum":
        return layer.input == layer.output and not layer.params + layer.buffers
    is_same = layer.input == layer.output or layer.op == "flatten"
    return is_same and layer.op not in KINDS and onto not in ("concat", "closed")


def edge_text(before: Shape, after: Shape) -> str:
    """The channels, or the whole shape if height or width has changed."""
    return str(after[0]) if before[1:] == after[1:] else shape_text(after)
