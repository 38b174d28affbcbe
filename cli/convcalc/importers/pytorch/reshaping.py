"""What each ATen call amounts to: views, cuts, joins, arithmetic and changes of size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..reading import elementwise
from ..reading.slice_pad_resize import cut, pad, resize
from ..reading.tensor_views import View, reshape, spread
from ..reading.trace import Held, Refusal, Trace, Weight
from .arguments import PytorchArguments


def _same(trace: Trace, given: PytorchArguments) -> View:
    return given.view()


def _reshape(trace: Trace, given: PytorchArguments) -> View:
    """A tensor whose elements stand in the same order, seen with the sizes that the file states."""
    view = given.view()
    dims = reshape(view.dims, given.sizes)
    if dims is None:
        raise Refusal("a reshape across channels and maps")
    return view._replace(dims=dims)


def _permute(trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    order = given.dims("dims", len(view.sizes))
    if sorted(order) != list(range(len(view.sizes))):
        raise Refusal("a permutation that is none")
    return view._replace(dims=tuple(view.dims[dim] for dim in order))


def _transpose(trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    rank = len(view.sizes)
    names = ("axis0", "axis1") if given.has("axis0") else ("dim0", "dim1")
    one, other = given.dim(names[0], rank, 0), given.dim(names[1], rank, 1)
    dims = list(view.dims)
    dims[one], dims[other] = dims[other], dims[one]
    return view._replace(dims=tuple(dims))


def _expand(trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    dims = spread(view.dims, given.sizes)
    if dims is None:
        raise Refusal("a tensor spread over sizes that do not fit")
    return view._replace(dims=dims)


def _cat(trace: Trace, given: PytorchArguments) -> View:
    tensors = given.several("tensors")
    views = [tensor for tensor in tensors if isinstance(tensor, View)]
    if len(views) < len(tensors):
        raise Refusal("a concat with a constant")
    rank = len(given.sizes)
    return elementwise.concat(trace, views, given.dim("dim", rank, 0))


def _split(trace: Trace, given: PytorchArguments) -> list[Held]:
    """The parts of chunk, split and tensor_split; their sizes are the results'."""
    view = given.view()
    dim = given.dim("dim", len(view.sizes), 0)
    parts: list[Held] = []
    start = 0
    for tensor in given.call.outputs:
        sizes = given.sizes_of(tensor)
        if len(sizes) != len(view.sizes):
            raise Refusal("a split whose parts have other axes")
        stop = start + sizes[dim]
        parts.append(cut(trace, view, dim, start, stop))
        start = stop
    return parts


def _slice(trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    dim = given.dim("dim", len(view.sizes), 0)
    size = view.sizes[dim]
    if len(given.sizes) != len(view.sizes):
        raise Refusal("a slice whose result has other axes")
    if given.whole("step", 1) != 1:
        raise Refusal("a slice of every second element")
    start = given.whole("start", 0) if given.has("start") else 0
    start = max(start + size, 0) if start < 0 else start
    return cut(trace, view, dim, start, start + given.sizes[dim])


def _select(trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    dim = given.dim("dim", len(view.sizes), 0)
    index = given.whole("index", 0)
    size = view.sizes[dim]
    if size != 1 and dim != 1:
        raise Refusal("a single one of a tensor's rows")
    start = index + size if index < 0 else index
    view = cut(trace, view, dim, start, start + 1)
    return view._replace(dims=view.dims[:dim] + view.dims[dim + 1 :])


def _pad(trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    if given.text("mode", "constant") != "constant":
        raise Refusal(f"padding by {given.text('mode', '')}", "only zeros can be written")
    if given.has("value") and given.number("value", 0):
        raise Refusal("padding by another number than 0")
    numbers = given.wholes("pad")
    rank = len(view.sizes)
    if len(numbers) % 2 or len(numbers) > 2 * rank:
        raise Refusal("padding that does not fit the tensor")
    zeros = [0] * (rank - len(numbers) // 2)
    before, after = numbers[::2][::-1], numbers[1::2][::-1]
    return pad(trace, view, [*zeros, *before], [*zeros, *after])


def _resize(mode: str, trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    align = given.flag("align_corners") if given.has("align_corners") else False
    return resize(trace, view, given.sizes[2:], mode, align)


def _shuffle(op: str, trace: Trace, given: PytorchArguments) -> View:
    name = "upscale_factor" if op == "pixel_shuffle" else "downscale_factor"
    node = trace.settle(given.view())
    return trace.new(op, node, output=given.sizes[1:], options={"factor": given.whole(name, 1)})


def _channel_shuffle(trace: Trace, given: PytorchArguments) -> View:
    node = trace.settle(given.view())
    groups = given.whole("groups", 1)
    return trace.new("channel_shuffle", node, output=given.sizes[1:], options={"groups": groups})


def _add(trace: Trace, given: PytorchArguments) -> View:
    if given.number("alpha", 1) != 1:
        raise Refusal("a sum with a factor")
    left, right = given.tensor("self"), given.tensor("other")
    if right is None:
        return elementwise.affine(given.view(), 1.0, given.number("other", 0))
    if isinstance(left, View) and isinstance(right, View):
        return elementwise.add(trace, left, right)
    view, weight, name = (left, right, "self") if isinstance(left, View) else (right, left, "other")
    if isinstance(view, View) and isinstance(weight, Weight):
        return elementwise.plus(trace, view, weight, given.is_alone(name))
    raise Refusal("a sum of constants")


def _sub(trace: Trace, given: PytorchArguments) -> View:
    if isinstance(given.tensor("other"), Weight) and trace.is_data(given.view()):
        return elementwise.plus(trace, given.view(), given.weights("other")[0], is_alone=False)
    if given.tensor("other") is not None or given.number("alpha", 1) != 1:
        raise Refusal("a difference of tensors")
    return elementwise.affine(given.view(), 1.0, -given.number("other", 0))


def _mul(trace: Trace, given: PytorchArguments) -> View:
    left, right = given.tensor("self"), given.tensor("other")
    if right is None:
        return elementwise.affine(given.view(), given.number("other", 1), 0.0)
    if isinstance(left, View) and isinstance(right, View):
        return elementwise.mul(trace, left, right)
    view, weight, name = (left, right, "self") if isinstance(left, View) else (right, left, "other")
    if isinstance(view, View) and isinstance(weight, Weight):
        return elementwise.times(trace, view, weight, given.is_alone(name))
    raise Refusal("a product of constants")


def _div(trace: Trace, given: PytorchArguments) -> View:
    if isinstance(given.tensor("other"), Weight) and trace.is_data(given.view()):
        return elementwise.times(trace, given.view(), given.weights("other")[0], is_alone=False)
    if isinstance(other := given.tensor("other"), View):
        return elementwise.quotient(given.view(), other)
    divisor = 0.0 if other is not None else given.number("other", 1)
    if not divisor or given.text("rounding_mode", ""):
        raise Refusal("a quotient of tensors")
    return elementwise.affine(given.view(), 1 / divisor, 0.0)


def _length(trace: Trace, given: PytorchArguments) -> View:
    """√Σx², which only an L2 norm over the channels has."""
    view = given.view()
    if given.number("ord", 2) != 2:
        raise Refusal("a norm of another order than 2")
    return elementwise.length(trace, view, given.dims("dim", len(view.sizes)), given.flag("keepdim"))


PytorchHandler = Callable[[Trace, PytorchArguments], View | Sequence[Held]]

_SAME = ("alias", "clone", "contiguous", "detach", "lift_fresh_copy", "to", "_to_copy", "type_as")
_RESHAPED = (
    *("view", "_unsafe_view", "view_as", "reshape", "reshape_as", "ravel"),
    *("flatten", "unflatten", "squeeze", "unsqueeze"),
)
_TRANSPOSED = ("transpose", "swapaxes", "swapdims")
# What of these turns a weight about, and leaves it the same weight.
TURNED = frozenset((*_SAME, *_RESHAPED, *_TRANSPOSED, "permute", "t"))
PYTORCH_MOVES: dict[str, PytorchHandler] = {
    **dict.fromkeys(_SAME, _same),
    **dict.fromkeys(_RESHAPED, _reshape),
    "permute": _permute,
    "t": _transpose,
    **dict.fromkeys(_TRANSPOSED, _transpose),
    **dict.fromkeys(("expand", "expand_as"), _expand),
    **dict.fromkeys(("cat", "concat", "concatenate"), _cat),
    **dict.fromkeys(("chunk", "split", "split_with_sizes", "tensor_split"), _split),
    **dict.fromkeys(("slice", "narrow"), _slice),
    "select": _select,
    **dict.fromkeys(("pad", "constant_pad_nd"), _pad),
    **{f"upsample_nearest{n}d": partial(_resize, "nearest") for n in (1, 2, 3)},
    "upsample_bilinear2d": partial(_resize, "bilinear"),
    "pixel_shuffle": partial(_shuffle, "pixel_shuffle"),
    "pixel_unshuffle": partial(_shuffle, "pixel_unshuffle"),
    "channel_shuffle": _channel_shuffle,
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "linalg_vector_norm": _length,
    **dict.fromkeys(("div", "divide", "true_divide"), _div),
}
