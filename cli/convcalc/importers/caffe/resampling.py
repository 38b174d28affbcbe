"""What crops and resizes maps, in Caffe and in its forks for segmentation."""

from __future__ import annotations

from .context import CaffeLayer, CaffeNetwork
from .prototxt import Message

_MOST_DIGITS = 9


def crop(network: CaffeNetwork, call: CaffeLayer) -> int:
    """The part of the first bottom that is as large as the second, from `offset` on."""
    if len(call.inputs) != 2:
        return network.refuse(call, f"with {len(call.inputs)} bottoms")
    (channels, *axes), (others, *sizes) = map(network.builder.shape, call.inputs)
    message = call.layer.message("crop_param")
    axis, given = message.text("axis", "2"), message.texts("offset")
    first = {"1": 1, "2": 2}.get(axis, 0)
    if not first or len(axes) != 2 or len(sizes) != 2 or (first == 1 and others != channels):
        return network.refuse(call, "along other axes than height and width")
    offsets = [_whole(one) for one in given or ["0"]]
    offsets = offsets * (4 - first) if len(offsets) == 1 else offsets
    ends = [start + size for start, size in zip(offsets[-2:], sizes, strict=False)]
    if len(offsets) != 4 - first or min(offsets) < 0 or any(map(int.__gt__, ends, axes)):
        return network.refuse(call, "beyond its input", (channels, *sizes))
    output = (channels, *sizes)
    return network.add(
        "crop", call, call.inputs[0], output=output, size=tuple(sizes), offset=tuple(offsets[-2:])
    )


def interp(network: CaffeNetwork, call: CaffeLayer) -> int:
    """Bilinear between corners, to a size, to that of another bottom, or by a factor."""
    channels, *axes = network.builder.shape(call.inputs[0])
    message = call.layer.message("interp_param")
    if len(axes) != 2 or any(message.text(f"pad_{end}", "0") != "0" for end in ("beg", "end")):
        return network.refuse(call, "that pads or crops")
    sizes = [_size(network, message, call, at) for at in range(2)]
    if min(sizes) < 1:
        return network.refuse(call, "to a size that is not said")
    output, x = (channels, *sizes), call.inputs[0]
    is_whole = all(size % axis == 0 for size, axis in zip(sizes, axes, strict=True))
    return network.add(
        "upsample" if is_whole else "resize",
        call,
        x,
        output=output,
        scale=tuple(map(int.__floordiv__, sizes, axes)) if is_whole else None,
        size=None if is_whole else tuple(sizes),
        mode="bilinear",
        align_corners=True,
    )


def _size(network: CaffeNetwork, message: Message, call: CaffeLayer, at: int) -> int:
    """The size along height or width; 0 where the layer does not say it."""
    if len(call.inputs) > 1:
        return network.builder.shape(call.inputs[1])[1 + at]
    if text := message.text(("height", "width")[at]):
        return max(_whole(text), 0)
    size = network.builder.shape(call.inputs[0])[1 + at]
    shrink, zoom = (max(_whole(message.text(f"{one}_factor", "1")), 1) for one in ("shrink", "zoom"))
    if shrink == zoom == 1:
        return 0
    size = (size - 1) // shrink + 1
    return size + (size - 1) * (zoom - 1)


def _whole(text: str) -> int:
    """A whole number, -1 for anything else."""
    return int(text) if text.isdigit() and len(text) <= _MOST_DIGITS else -1
