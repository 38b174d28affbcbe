"""The words in boxes and beside lines, and the kinds of boxes."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from ..network.layer import Item, Layer
from ..ops.shapes import Shape, shape_text

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
    """`3×3 conv, 64, /2`, as figures in papers have it; without a kernel, the text as written."""
    operation = layer.operation
    word = _WORDS.get(layer.op)
    kernel = getattr(operation, "kernel_size", None)
    if kernel is None:
        size = getattr(operation, "out_features", None)
        return f"{layer.op}, {size}" if size else word or layer.written
    size = shape_text(kernel)
    name = word or layer.op
    first = f"{name} {size}" if len(kernel) == 1 else f"{size} {name}"
    return ", ".join([first, *_options(layer, len(kernel))])


def again_of(item: Item, text: str) -> tuple[str, ...]:
    """`again cls`, of what has the weights of another, where the text does not say it."""
    is_again = item.written.startswith("again ") and item.written != text
    return (item.written,) if is_again else ()


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
