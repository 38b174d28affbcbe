"""What each ONNX node amounts to: views, cuts, joins, arithmetic and changes of size."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...ops.options import MAX_SIZE
from ..reading import elementwise
from ..reading.slice_pad_resize import cut, pad, resize
from ..reading.tensor_views import View, reshape, spread
from ..reading.trace import Held, Refusal, Trace, Weight
from .arguments import OnnxArguments, OnnxHandler
from .constants import reshaped


def _same(trace: Trace, given: OnnxArguments) -> View:
    return given.view()


def _reshape(trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    return _seen_as(view, reshaped(given, view.sizes), given.node.op)


def _seen_as(view: View, sizes: Sequence[int], op: str) -> View:
    dims = reshape(view.dims, sizes)
    if dims is None:
        raise Refusal(f"{op} across channels and maps")
    return view._replace(dims=dims)


def _transpose(trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    rank = len(view.sizes)
    order = given.axes(given.attributes("perm", tuple(range(rank))[::-1]), rank)
    if sorted(order) != list(range(rank)):
        raise Refusal("a permutation that is none")
    return view._replace(dims=tuple(view.dims[at] for at in order))


def _expand(trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    wanted = given.wholes(1)
    sizes = (1,) * (len(view.sizes) - len(wanted)) + wanted
    dims = spread(view.dims, sizes)
    if dims is None:
        raise Refusal("a tensor spread over sizes that do not fit")
    return view._replace(dims=dims)


def _shape(trace: Trace, given: OnnxArguments) -> Weight:
    sizes = given.view().sizes
    start, end = given.whole("start", 0), given.whole("end", len(sizes))
    sizes = sizes[start:end]
    return Weight(given.node.outputs[0], (len(sizes),), numbers=sizes)


def _gather(trace: Trace, given: OnnxArguments) -> View:
    """A single channel; of an axis of one, no more than that axis left out; all of it as it is."""
    view, at = given.view(), given.weight(1)
    axis = given.axis(0, len(view.sizes))
    if at is not None and at.numbers == tuple(range(view.sizes[axis])):
        return _seen_as(view, (*view.sizes[:axis], *at.sizes, *view.sizes[axis + 1 :]), given.node.op)
    if (view.sizes[axis] != 1 and axis != 1) or at is None or at.sizes != () or at.number is None:
        raise Refusal("Gather of some rows of a tensor")
    start = int(at.number) + (view.sizes[axis] if at.number < 0 else 0)
    view = cut(trace, view, axis, start, start + 1)
    return view._replace(dims=view.dims[:axis] + view.dims[axis + 1 :])


def _concat(trace: Trace, given: OnnxArguments) -> View:
    views = given.views
    if len(views) != len(given.node.inputs):
        raise Refusal("Concat with a constant")
    return elementwise.concat(trace, views, given.axis(1, len(views[0].sizes)))


def _split(trace: Trace, given: OnnxArguments) -> list[Held]:
    view, count = given.view(), len(given.node.outputs)
    axis = given.axis(0, len(view.sizes))
    size = view.sizes[axis]
    each = -(-size // count)
    sizes = given.listed("split", 1) or [min(each, size - at * each) for at in range(count)]
    if sum(sizes) != size or len(sizes) != count or min(sizes) < 1:
        raise Refusal("Split to sizes that are not the tensor's")
    parts: list[Held] = []
    start = 0
    for part in sizes:
        parts.append(cut(trace, view, axis, start, start + part))
        start += part
    return parts


def _slice(trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    rank = len(view.sizes)
    starts, ends = given.listed("starts", 1), given.listed("ends", 2)
    axes = given.axes(given.listed("axes", 3) or tuple(range(len(starts))), rank)
    steps = given.wholes(4) if given.has(4) else (1,) * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps):
        raise Refusal("Slice whose bounds do not fit")
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if step != 1:
            raise Refusal("Slice of every second element")
        first, last, _ = slice(start, end).indices(view.sizes[axis])
        view = cut(trace, view, axis, first, last)
    return view


def _pad(trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    rank = len(view.sizes)
    if given.text("mode", "constant") != "constant":
        raise Refusal(f"Pad by {given.text('mode')}", "only zeros can be written")
    value = given.weight(2)
    if (value.number if value else given.number("value", 0)) not in (0, None):
        raise Refusal("Pad by another number than 0")
    pads = given.listed("pads", 1)
    axes = given.axes(given.wholes(3), rank) if given.has(3) else tuple(range(rank))
    if len(pads) != 2 * len(axes):
        raise Refusal("Pad that does not fit the tensor")
    before, after = [0] * rank, [0] * rank
    for axis, first, last in zip(axes, pads[: len(axes)], pads[len(axes) :], strict=True):
        before[axis], after[axis] = first, last
    return pad(trace, view, before, after)


def _resize(trace: Trace, given: OnnxArguments) -> View:
    """Upsample (to opset 9) and Resize: scales or sizes, whose places changed with the opset."""
    view = given.view()
    rank = len(view.sizes)
    if rank < 3 or trace.batch != view.sizes[0]:
        raise Refusal(f"{given.node.op} of a tensor that is no map")
    sizes = _sizes(given, view.sizes)
    if sizes[:2] != view.sizes[:2]:
        raise Refusal(f"{given.node.op} of channels")
    mode = {"nearest": "nearest", "linear": "bilinear"}.get(given.text("mode", "nearest"))
    if mode is None or (mode == "bilinear" and rank != 4):
        raise Refusal(f"{given.node.op} with mode {given.text('mode')}")
    align = given.text("coordinate_transformation_mode", "half_pixel") == "align_corners"
    return resize(trace, view, sizes[2:], mode, align)


def _sizes(given: OnnxArguments, sizes: tuple[int, ...]) -> tuple[int, ...]:
    stated = given.node.attributes.get("scales")
    if given.has(3):
        made = given.wholes(3)
        axes = given.attributes("axes", tuple(range(len(sizes))))
        if len(made) == len(axes) != len(sizes):
            full = list(sizes)
            for axis, size in zip(given.axes(axes, len(sizes)), made, strict=True):
                full[axis] = size
            made = tuple(full)
    else:
        at = 1 if given.node.op == "Upsample" or given.opset < 11 else 2
        scales = stated if isinstance(stated, list) else given.numbers(at)
        if not all(isinstance(scale, (int, float)) and 0 < scale < MAX_SIZE for scale in scales):
            raise Refusal(f"{given.node.op} by a scale that is none")
        made = tuple(int(size * scale) for size, scale in zip(sizes, scales, strict=False))
    if len(made) != len(sizes):
        raise Refusal(f"{given.node.op} whose sizes do not fit the tensor")
    return made


def _shuffle(op: str, trace: Trace, given: OnnxArguments) -> View:
    """DepthToSpace as PyTorch orders it, and SpaceToDepth, of which ONNX knows the other order."""
    node = trace.settle(given.view())
    channels, *axes = trace.shape(node)
    factor = given.whole("blocksize", 1)
    if factor < 1 or len(axes) != 2:
        raise Refusal(f"{given.node.op} that does not fit the tensor")
    is_ordered = op == "pixel_shuffle" and given.text("mode", "DCR") == "CRD"
    if not is_ordered and channels not in (1, factor**2):
        trace.builder.note(f"{given.node.op} is written as {op}, whose channels stand in another order")
    squared = factor**2
    if op == "pixel_shuffle":
        shape = (channels // squared, *(size * factor for size in axes))
    else:
        shape = (channels * squared, *(size // factor for size in axes))
    return trace.new(op, node, output=shape, options={"factor": factor})


def _sum(trace: Trace, given: OnnxArguments) -> View:
    """Add, with a constant as a bias or an offset, and Sum."""
    views, weights = given.views, [held for held in given.inputs if isinstance(held, Weight)]
    if not weights:
        return elementwise.add(trace, *views) if len(views) > 1 else views[0]
    if len(views) != 1 or len(weights) != 1:
        raise Refusal("Sum with constants")
    view, weight = views[0], weights[0]
    if weight.number is not None and _is_scalar(trace, view, weight):
        return elementwise.affine(view, 1.0, weight.number)
    at = 0 if isinstance(given.input(0), View) else 1
    return elementwise.plus(trace, view, weight, given.is_alone(at))


def _is_scalar(trace: Trace, view: View, weight: Weight) -> bool:
    """Whether a constant of one element is a number, and not the bias of a single channel."""
    return not weight.sizes or trace.shape(view.node)[0] != 1


def _product(trace: Trace, given: OnnxArguments) -> View:
    views, weights = given.views, [held for held in given.inputs if isinstance(held, Weight)]
    if len(views) == 2 and not weights:
        return elementwise.mul(trace, *views)
    if len(views) != 1 or len(weights) != 1:
        raise Refusal("Mul of a constant by itself")
    view, weight = views[0], weights[0]
    if weight.number is not None and _is_scalar(trace, view, weight):
        return elementwise.affine(view, weight.number, 0.0)
    at = 0 if isinstance(given.input(0), View) else 1
    return elementwise.times(trace, view, weight, given.is_alone(at))


def _difference(trace: Trace, given: OnnxArguments) -> View:
    if len(given.views) > 1:
        raise Refusal("a difference of tensors")
    weight = given.weight(1) if isinstance(given.input(0), View) else given.weight(0)
    if weight is not None and trace.is_data(given.views[0]) and weight.number is None:
        return elementwise.plus(trace, given.views[0], weight, is_alone=False)
    if weight is None or weight.number is None:
        raise Refusal("a difference with a constant that is no single number")
    if isinstance(given.input(0), View):
        return elementwise.affine(given.view(), 1.0, -weight.number)
    return elementwise.affine(given.view(1), -1.0, weight.number)


def _length(trace: Trace, given: OnnxArguments) -> View:
    """√Σx², which only an L2 norm over the channels has."""
    view = given.view()
    along = given.axes(given.listed("axes", 1), len(view.sizes))
    return elementwise.length(trace, view, along, bool(given.whole("keepdims", 1)))


def _quotient(trace: Trace, given: OnnxArguments) -> View:
    if len(given.views) == 2:
        return elementwise.quotient(*given.views)
    weight = given.weight(1) if len(given.views) == 1 else None
    if weight is not None and trace.is_data(given.views[0]) and weight.number is None:
        return elementwise.times(trace, given.views[0], weight, is_alone=False)
    if weight is None or not weight.number:
        raise Refusal("a quotient of tensors")
    return elementwise.affine(given.view(), 1 / weight.number, 0.0)


def _bound(low: bool, trace: Trace, given: OnnxArguments) -> View:
    """Max(x, 0) and Min(x, 6): half of a Clip."""
    weight = given.weight(1) if len(given.views) == 1 else None
    if weight is None or weight.number is None or len(given.node.inputs) != 2:
        raise Refusal(f"{given.node.op} of tensors")
    bounds = (weight.number, float("inf")) if low else (float("-inf"), weight.number)
    return elementwise.clip(trace, given.view(), *bounds)


ONNX_MOVES: dict[str, OnnxHandler] = {
    "Identity": _same,
    "Cast": _same,
    **dict.fromkeys(("Reshape", "Flatten", "Squeeze", "Unsqueeze"), _reshape),
    "Transpose": _transpose,
    "Expand": _expand,
    "Shape": _shape,
    "Gather": _gather,
    "Concat": _concat,
    "Split": _split,
    "Slice": _slice,
    "Pad": _pad,
    "Upsample": _resize,
    "Resize": _resize,
    "DepthToSpace": partial(_shuffle, "pixel_shuffle"),
    "SpaceToDepth": partial(_shuffle, "pixel_unshuffle"),
    "Add": _sum,
    "Sum": _sum,
    "Mul": _product,
    "Sub": _difference,
    "Div": _quotient,
    "ReduceL2": _length,
    "Max": partial(_bound, True),
    "Min": partial(_bound, False),
}
