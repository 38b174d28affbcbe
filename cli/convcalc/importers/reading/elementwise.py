"""What acts on each element, or joins, cuts and resizes tensors, to our nodes."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, prod

from ..graph import INPUT, OptionValue
from .tensor_views import Dim, View, axis_dim, axis_order, gathered, plain
from .trace import Refusal, Trace, Weight, number_text, sizes_text

_NEAR = 1e-5  # constants are of 32 bits
# The layers whose result a constant behind them may be part of, and as which option.
_TAKES_BIAS = {"conv": "bias", "conv_transpose": "bias", "linear": "bias", "scale": "bias"}
_NORMS = ("groupnorm", "instancenorm", "layernorm", "l2norm", "batchnorm")
_TAKES_BIAS |= dict.fromkeys(_NORMS, "center")


def activation(trace: Trace, op: str, view: View, **options: OptionValue | None) -> View:
    """A function of each element by itself."""
    view = trace.bare(view)
    return trace.new(op, view.node, output=trace.shape(view.node), dims=view.dims, options=options)


def softmax(trace: Trace, view: View, dim: int) -> View:
    """A softmax, which must be over the channels."""
    view = trace.bare(view)
    shape = trace.shape(view.node)
    if view.dims[dim] != axis_dim(0, shape[0]):
        raise Refusal("softmax over other axes than the channels")
    return trace.new("softmax", view.node, output=shape, dims=view.dims)


def log_softmax(trace: Trace, view: View, dim: int) -> View:
    trace.builder.note("a log_softmax is written as a softmax; the logarithm costs nothing")
    return softmax(trace, view, dim)


def leaky_relu(trace: Trace, view: View, slope: float) -> View:
    return activation(trace, "leaky_relu", view, slope=number_text(slope))


def elu(trace: Trace, view: View, alpha: float) -> View:
    return activation(trace, "elu", view, alpha=number_text(alpha) if alpha != 1 else None)


def gelu(trace: Trace, view: View, approximate: str) -> View:
    """A GELU, by the error function or, where `approximate` is `tanh`, by that."""
    return activation(trace, "gelu", view, approximate="tanh" if approximate == "tanh" else None)


def dropout(trace: Trace, view: View, share: float) -> View:
    return activation(trace, "dropout", view, p=number_text(share))


def prelu(trace: Trace, view: View, slope: Weight) -> View:
    view = trace.bare(view)
    shape = trace.shape(view.node)
    if slope.elements not in (1, shape[0]):
        raise Refusal("prelu whose slopes are not one a channel")
    shared = True if slope.elements == 1 and shape[0] != 1 else None
    return trace.new(
        "prelu", view.node, output=shape, dims=view.dims, weights=(slope,), options={"shared": shared}
    )


def clip(trace: Trace, view: View, low: float, high: float) -> View:
    """A value kept within bounds: a ReLU, or the hard sigmoid that is written out in many files."""
    factor, offset = view.factor, view.offset
    if view.over is not None and low < _NEAR and high == inf:  # so that nothing is divided by 0
        return view
    inner = view._replace(factor=1.0, offset=0.0)
    if (low, high, offset) == (0, 6, 3) and factor == 1:
        return activation(trace, "hardsigmoid", inner)._replace(factor=6.0)
    if (low, high) == (0, 1) and abs(factor - 1 / 6) < _NEAR and abs(offset - 0.5) < _NEAR:
        return activation(trace, "hardsigmoid", inner)
    if (low, high) == (0, 6):
        return activation(trace, "relu6", view)
    if (low, high) == (0, inf):
        return activation(trace, "relu", view)
    raise Refusal(f"a clip to between {low:g} and {high:g}", "relu and relu6 can be written")


def length(trace: Trace, view: View, along: Sequence[int], keeps: bool) -> View:
    """The length of the vector of channels at each place, which is x / l2norm(x) in all of them."""
    view = trace.bare(view)
    channels = axis_dim(0, trace.shape(view.node)[0])
    if not keeps or [view.dims[dim] for dim in along] != [channels]:
        raise Refusal("the length of something else than the channels")
    return view._replace(over=activation(trace, "l2norm", view, scale=False).node)


def quotient(left: View, right: View) -> View:
    """x / (x / l2norm(x)) is l2norm(x), and no other quotient is known."""
    if right.over is None or right._replace(over=None) != left:
        raise Refusal("a quotient of tensors")
    return left._replace(node=right.over)


def affine(view: View, factor: float, offset: float) -> View:
    """The tensor times a number and plus a number; nothing is written before a layer needs it."""
    moved = view.offset * factor + offset
    return view._replace(factor=view.factor * factor, offset=moved if abs(moved) > _NEAR else 0.0)


def erf(trace: Trace, view: View) -> View:
    """The error function, which only a GELU has: erf(x/√2) = 2·GELU(x)/x − 1."""
    if abs(view.factor - 0.5**0.5) > 1e-3 or view.offset:
        raise Refusal("Erf outside a GELU")
    inner = view._replace(factor=1.0)
    return activation(trace, "gelu", inner)._replace(factor=2.0, offset=-1.0, over=inner.node)


def add(trace: Trace, *views: View) -> View:
    """A sum of tensors of equal sizes."""
    if len({view.sizes for view in views}) > 1:
        raise Refusal("a sum of tensors whose sizes differ")
    nodes, dims = _aligned(trace, views)
    return trace.new("add", *nodes, output=trace.shape(nodes[0]), dims=dims)


def mul(trace: Trace, left: View, right: View) -> View:
    """A product, of which one may be a gate; `x · GELU(x)/x` is a GELU."""
    for one, other in ((left, right), (right, left)):
        if one.over is not None and one.over == other.node and not one.offset and not other.offset:
            return one._replace(factor=one.factor * other.factor, over=None)
    factor = left.factor * right.factor
    if left.offset or right.offset or left.over or right.over:
        left, right, factor = trace.bare(left), trace.bare(right), 1.0
    left = left._replace(factor=1.0, dims=gathered(left.dims))
    right = right._replace(factor=1.0, dims=gathered(right.dims))
    if left.sizes == right.sizes:
        nodes, dims = _aligned(trace, (left, right))
        largest = nodes[0]
    elif turned := _turned_alike(trace, left, right):
        nodes, dims, largest = turned
    else:
        largest, dims = _largest(trace, left, right)
        nodes = (_gate(trace, left), _gate(trace, right))
    output = trace.shape(largest)
    return trace.new("mul", *nodes, output=output, dims=dims)._replace(factor=factor)


def _turned_alike(
    trace: Trace, left: View, right: View
) -> tuple[tuple[int, ...], tuple[Dim, ...], int] | None:
    """Two nodes of which one is spread over the other, both with their channels last, say."""
    whole, part = sorted((left, right), key=lambda view: -prod(view.sizes))
    order = axis_order(whole.dims, trace.batch, trace.shape(whole.node))
    theirs = plain(trace.batch, trace.shape(part.node))
    if order is None or len(theirs) != len(order) or part.dims != tuple(theirs[at] for at in order):
        return None
    return (trace.bare(left).node, trace.bare(right).node), whole.dims, trace.bare(whole).node


def _largest(trace: Trace, left: View, right: View) -> tuple[int, tuple[Dim, ...]]:
    """Of two tensors of which one is spread over the other, the other."""
    whole = max(left, right, key=lambda view: (len(view.sizes), view.sizes))
    part = right if whole is left else left
    spread = (1,) * (len(whole.sizes) - len(part.sizes)) + part.sizes
    if any(size not in (1, most) for size, most in zip(spread, whole.sizes, strict=True)):
        raise Refusal("a product of tensors whose sizes differ")
    node = trace.settle(whole)
    return node, plain(trace.batch, trace.shape(node))


def _gate(trace: Trace, view: View) -> int:
    """The node of a factor; a vector of channels may stand for a map of one place."""
    shape = trace.shape(view.node)
    is_vector = len(shape) == 1 and not any(view.dims[2:])
    if is_vector and view.dims[1] == axis_dim(0, shape[0]):
        return trace.bare(view).node
    return trace.settle(view)


def _aligned(trace: Trace, views: Sequence[View]) -> tuple[tuple[int, ...], tuple[Dim, ...]]:
    """Nodes of equal shapes whose tensors all look at them in the same way."""
    dims, shape = views[0].dims, trace.shape(views[0].node)
    if all(view.dims == dims and trace.shape(view.node) == shape for view in views):
        return tuple(trace.bare(view).node for view in views), dims
    nodes = tuple(trace.settle(view) for view in views)
    shape = trace.shape(nodes[0])
    if any(trace.shape(node) != shape for node in nodes):
        raise Refusal("a sum of vectors and maps")
    return nodes, plain(trace.batch, shape)


def concat(trace: Trace, views: Sequence[View], dim: int) -> View:
    """Tensors one behind the other, which must be along the channels."""
    if len({len(view.dims) for view in views}) != 1 or dim >= len(views[0].dims):
        raise Refusal("a concat of tensors whose axes differ")
    if len(views) == 1:
        return views[0]
    rows = [trace.bare(view) for view in views]
    channels = [axis_dim(0, trace.shape(view.node)[0]) for view in rows]
    rest = {(*view.dims[:dim], *view.dims[dim + 1 :]) for view in rows}
    axes = {trace.shape(view.node)[1:] for view in rows}
    is_plain = all(view.dims[dim] == along for view, along in zip(rows, channels, strict=True))
    if not is_plain or len(rest) > 1 or len(axes) > 1:
        if dim != 1:
            raise Refusal("a concat along another axis than the channels")
        nodes = [trace.settle(view) for view in rows]
        rows = [View(node, plain(trace.batch, trace.shape(node))) for node in nodes]
        axes = {trace.shape(node)[1:] for node in nodes}
        if len(axes) > 1:
            raise Refusal("a concat of tensors whose sizes differ")
    total = sum(trace.shape(view.node)[0] for view in rows)
    dims = list(rows[0].dims)
    dims[dim] = axis_dim(0, total)
    nodes = [view.node for view in rows]
    return trace.new("concat", *nodes, output=(total, *axes.pop()), dims=tuple(dims))


def times(trace: Trace, view: View, weight: Weight, is_alone: bool) -> View:
    """The tensor times one factor a channel, which a norm without factors takes as its own."""
    if trace.is_data(view) and not weight.is_trained:
        return _unshifted(trace, view, weight)
    _check_channels(trace, view, weight)
    view = trace.bare(view)
    node = view.node
    if is_alone and node != INPUT:
        former = trace.builder.nodes[node]
        lacks = former.op in _NORMS and former.option("scale") is False and not former.option("center")
        if lacks and trace.amend(node, weight, "scale"):
            return view
    shape = trace.shape(node)
    return trace.new(
        "scale", node, output=shape, dims=view.dims, weights=(weight,), options={"bias": False}
    )


def plus(trace: Trace, view: View, weight: Weight, is_alone: bool) -> View:
    """The tensor plus one number a channel: the bias of the layer before."""
    if trace.is_data(view) and not weight.is_trained:
        return _unshifted(trace, view, weight)
    _check_channels(trace, view, weight)
    view = trace.bare(view)
    former = trace.builder.nodes[view.node] if view.node != INPUT else None
    option = _TAKES_BIAS.get(former.op, "") if former and is_alone else ""
    lacks = former is not None and option and not former.option(option)
    if lacks and trace.amend(view.node, weight, option):
        return view
    raise Refusal("a constant per channel added where no layer takes it as its bias")


def _unshifted(trace: Trace, view: View, weight: Weight) -> View:
    """The input without the mean, or the deviation, of the data for each channel.

    Of a tensor that is not `fixed` the file does not say whether it is that, or trained.
    """
    sizes = (1,) * (len(view.sizes) - len(weight.sizes)) + weight.sizes
    if len(sizes) != len(view.sizes) or any(
        size not in (1, own) for size, own in zip(sizes, view.sizes, strict=True)
    ):
        raise Refusal(f"a constant of {sizes_text(weight.sizes)} widens the input")
    if weight.fixed:
        trace.builder.note("the file shifts or scales its input by constants; left out")
    elif weight.key not in trace.left_out:
        trace.left_out.add(weight.key)
        what = "constants that shift or scale the input, and may be params, are left out"
        trace.builder.caveat(what, weight.elements, trace.at.place)
    return view


def _check_channels(trace: Trace, view: View, weight: Weight) -> None:
    """Refuse a constant that is not one number a channel, at its place among the dimensions."""
    shape = trace.shape(view.node)
    sizes = (1,) * (len(view.dims) - len(weight.sizes)) + weight.sizes
    places = [at for at, size in enumerate(sizes) if size != 1]
    is_channels = weight.elements == shape[0] and all(
        view.dims[at] == axis_dim(0, shape[0]) for at in places
    )
    if not is_channels or len(sizes) != len(view.dims) or len(places) > 1:
        raise Refusal("arithmetic with a constant that is not one number a channel")
