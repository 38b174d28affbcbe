"""Slices and crops, zeros around a tensor, and maps made larger or smaller, to our nodes."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph import OptionValue
from .padding import pad_options
from .tensor_views import View, axis_dim, axis_order
from .trace import Refusal, Trace


def cut(trace: Trace, view: View, dim: int, start: int, stop: int) -> View:
    """The part of a tensor from `start` to before `stop` along one dimension."""
    sizes = view.sizes
    if (start, stop) == (0, sizes[dim]):
        return view
    view = trace.bare(view)
    channels, *axes = trace.shape(view.node)
    if not 0 <= start < stop <= sizes[dim]:
        raise Refusal("a slice of nothing")
    if view.dims[dim] == axis_dim(0, channels) and channels > 1:
        dims = (*view.dims[:dim], axis_dim(0, stop - start), *view.dims[dim + 1 :])
        shape = (stop - start, *axes)
        return trace.new(
            "slice", view.node, output=shape, dims=dims, options={"start": start, "stop": stop}
        )
    node = trace.settle(view)
    channels, *axes = trace.shape(node)
    if dim == 1:
        return trace.new(
            "slice", node, output=(stop - start, *axes), options={"start": start, "stop": stop}
        )
    if dim == 0 or len(axes) != len(sizes) - 2:
        raise Refusal("a slice of a tensor that is no map")
    offset = tuple(start if at == dim - 2 else 0 for at in range(len(axes)))
    size = tuple(stop - start if at == dim - 2 else whole for at, whole in enumerate(axes))
    return trace.new("crop", node, output=(channels, *size), options={"size": size, "offset": offset})


def pad(trace: Trace, view: View, before: Sequence[int], after: Sequence[int]) -> View:
    """Zeros around a tensor, a number for each of its dimensions; below 0 they crop."""
    if not any((*before, *after)):
        return view
    order = axis_order(view.dims, trace.batch, trace.shape(view.node))
    if order is not None and order != sorted(order):  # channels last, say
        places = [order.index(axis) for axis in range(len(order))]
        ours = view._replace(dims=tuple(view.dims[at] for at in places))
        rows = ([sides[at] for at in places] for sides in (before, after))
        made = pad(trace, ours, *rows)
        return made._replace(dims=tuple(made.dims[axis] for axis in order))
    node = trace.settle(view)
    channels, *axes = trace.shape(node)
    if any((before[0], after[0], before[1])) or min(*before, *after) < 0:
        raise Refusal("padding of the batch, in front of the channels, or below 0")
    front, back = tuple(before[2:]), tuple(after[2:])
    shape = (channels + after[1], *(sum(three) for three in zip(front, axes, back, strict=True)))
    options = {"channels": after[1] or None, **pad_options(front, back)}
    return trace.new("pad", node, output=shape, options=options)


def resize(trace: Trace, view: View, axes: Sequence[int], mode: str, align_corners: bool) -> View:
    """Maps made larger or smaller, by whole numbers where they are."""
    node = trace.settle(view)
    channels, *sizes = trace.shape(node)
    options: dict[str, OptionValue] = {"mode": mode} if mode != "nearest" else {}
    if align_corners:
        options["align_corners"] = True
    shape = (channels, *axes)
    if all(to % size == 0 for to, size in zip(axes, sizes, strict=True)):
        scale = tuple(to // size for to, size in zip(axes, sizes, strict=True))
        return trace.new("upsample", node, output=shape, options={"scale": scale, **options})
    return trace.new("resize", node, output=shape, options={"size": tuple(axes), **options})
