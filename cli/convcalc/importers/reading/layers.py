"""The layers that have weights or windows, as PyTorch, ONNX and Keras call them, to our nodes.

Parameters are counted from the weights' own sizes, multiply-adds from these and the sizes that the
source gives its results, so nothing here leans on our operations.
"""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from ..graph import INPUT
from .output_sizes import Sides, same_sides
from .padding import is_beyond_half, pad_options
from .tensor_views import AxisLoop, Dim, View, axis_dim, plain
from .trace import Options, Refusal, Trace, Weight, number_text, sizes_text

WeightTensors = tuple[Weight, ...]

_NEVER_NEGATIVE = ("relu", "relu6", "sigmoid", "hardsigmoid", "softmax")
_KEEPS_SIGN = ("maxpool", "avgpool", "dropout", "pad", "slice", "crop", "identity")


class WindowSettings(NamedTuple):
    """How a window moves: a number for each axis, and the zeros at both ends."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    sides: Sides
    dilation: tuple[int, ...]
    same: bool = False  # whether the source itself says so, and not how many zeros
    ceil_mode: bool = False


def convolution(
    trace: Trace,
    view: View,
    weights: WeightTensors,
    slide: WindowSettings,
    groups: int,
    axes: Sequence[int],
) -> View:
    """A convolution by a weight of out, in / groups, and the kernel's sizes, to maps of size `axes`."""
    node = trace.settle(view)
    weight = weights[0]
    _check_fit("conv", weights, weight.sizes[1] * groups, weight.sizes[0], trace.shape(node)[0])
    node, padding = _padded(trace, node, slide)
    return trace.new(
        "conv",
        node,
        output=(weight.sizes[0], *axes),
        weights=weights,
        macs=weight.elements * prod(axes),
        options={
            "kernel_size": slide.kernel,
            "out_channels": weight.sizes[0],
            "stride": slide.stride,
            "padding": padding,
            "dilation": slide.dilation,
            "groups": groups,
            "bias": len(weights) > 1,
        },
    )


def transposed(
    trace: Trace,
    view: View,
    weights: WeightTensors,
    slide: WindowSettings,
    groups: int,
    extra: Sequence[int],
    axes: Sequence[int],
) -> View:
    """A transposed convolution by a weight of in, out / groups, and the kernel's sizes."""
    node = trace.settle(view)
    weight = weights[0]
    _check_fit(
        "conv_transpose", weights, weight.sizes[0], weight.sizes[1] * groups, trace.shape(node)[0]
    )
    extra = tuple(e + p - q for e, p, q in zip(extra, *slide.sides, strict=True))
    if min(extra) < 0:
        raise Refusal("transposed convolution that is cropped more behind than before")
    return trace.new(
        "conv_transpose",
        node,
        output=(weight.sizes[1] * groups, *axes),
        weights=weights,
        macs=weight.elements * prod(trace.shape(node)[1:]),
        options={
            "kernel_size": slide.kernel,
            "out_channels": weight.sizes[1] * groups,
            "stride": slide.stride,
            "padding": "same" if slide.same else slide.sides.before,
            "output_padding": None if slide.same else extra,
            "dilation": slide.dilation,
            "groups": groups,
            "bias": len(weights) > 1,
        },
    )


def _check_fit(op: str, weights: WeightTensors, inputs: int, outputs: int, channels: int) -> None:
    """Refuse weights that contradict what enters: a file may state any sizes."""
    weight, *bias = weights
    sizes = sizes_text(weight.sizes)
    if inputs != channels or min(weight.sizes) < 1:
        raise Refusal(f"{op} whose weight of {sizes} does not fit the {channels:,} channels that enter")
    if any(one.elements != outputs for one in bias):
        raise Refusal(
            f"{op} whose bias of {sizes_text(bias[0].sizes)} does not fit its weight of {sizes}"
        )


def _padded(trace: Trace, node: int, slide: WindowSettings) -> tuple[int, str | tuple[int, ...]]:
    """The node with zeros around, where they differ before and after, and the rest of the padding."""
    before, after = slide.sides
    if slide.same or before == after:
        return node, "same" if slide.same else before
    return padded(trace, node, slide.sides), (0,) * len(before)


def padded(trace: Trace, node: int, sides: Sides) -> int:
    """The node with zeros around its maps."""
    channels, *sizes = trace.shape(node)
    if min(*sides.before, *sides.after) < 0:
        raise Refusal("padding below 0, which crops")
    shape = (channels, *(a + s + b for a, s, b in zip(sides.before, sizes, sides.after, strict=True)))
    return trace.helper("pad", node, shape, options=pad_options(*sides))


def linear(trace: Trace, view: View, weights: WeightTensors) -> View:
    """A matrix of out × in, applied to a vector, or to the channels at each position."""
    weight, sizes = weights[0], view.sizes
    outputs = weight.sizes[0]
    _check_fit("linear", weights, weight.sizes[1], outputs, sizes[-1])
    macs = weight.elements * prod(sizes[:-1]) // max(trace.batch, 1)
    if len(sizes) > 2 and _is_last(trace, view):
        view = trace.bare(view)
        axes = trace.shape(view.node)[1:]
        ones = (1,) * len(axes)
        dims = (*view.dims[:-1], axis_dim(0, outputs))
        options: Options = {"kernel_size": ones, "out_channels": outputs, "bias": len(weights) > 1}
        shape = (outputs, *axes)
        return trace.new(
            "conv", view.node, output=shape, weights=weights, macs=macs, dims=dims, options=options
        )
    node = trace.settle(view)
    if len(sizes) > 2:
        trace.refuse(Refusal("a linear layer on the last axis of a tensor"), [view], sizes)
    shape = (*sizes[1:-1], outputs)
    dense: Options = {"out_features": outputs, "bias": len(weights) > 1}
    return trace.new("linear", node, output=shape, weights=weights, macs=macs, options=dense)


def _is_last(trace: Trace, view: View) -> bool:
    """Whether the last dimension is the channels, and there are maps."""
    shape = trace.shape(view.node)
    return len(shape) > 1 and view.dims[-1] == axis_dim(0, shape[0])


def pool(
    trace: Trace,
    op: str,
    view: View,
    slide: WindowSettings,
    axes: Sequence[int],
    counts_zeros: bool = False,
) -> View:
    """Max or average pooling by a window; of an average, zeros around the maps may count."""
    node = trace.settle(view)
    channels, *sizes = trace.shape(node)
    if _covers(slide, sizes, axes) and not counts_zeros:
        return trace.new(f"global_{op}", node, output=(channels, *axes))
    before, after = slide.sides
    padding: str | tuple[int, ...] = "same" if slide.same else before
    is_wide = is_beyond_half(slide.kernel, zip(*slide.sides, strict=True))
    if not slide.same and (before != after or is_wide):
        if not counts_zeros and slide.sides == same_sides(
            sizes, slide.kernel, slide.stride, slide.dilation
        ):
            padding = "same"
        elif op == "avgpool" and not counts_zeros:
            which = "of more than half its kernel" if is_wide else "that differ before and after"
            raise Refusal(f"average pooling with zeros {which}, not counted")
        else:
            if op == "maxpool" and not _is_never_negative(trace, node):
                trace.builder.note("a max pool's padding is written as zeros in front of it")
            node, padding = padded(trace, node, slide.sides), (0,) * len(before)
    options: Options = {
        "kernel_size": slide.kernel,
        "stride": slide.stride,
        "padding": padding,
        "dilation": slide.dilation if any(step != 1 for step in slide.dilation) else None,
        "ceil_mode": slide.ceil_mode or None,
        "count_include_pad": counts_zeros or None,
    }
    return trace.new(op, node, output=(channels, *axes), options=options)


def _is_never_negative(trace: Trace, node: int) -> bool:
    """Whether no element is below 0, so that a zero beside it is as good as none."""
    while node != INPUT and trace.builder.nodes[node].op in _KEEPS_SIGN:
        (node,) = trace.builder.nodes[node].inputs
    return node != INPUT and trace.builder.nodes[node].op in _NEVER_NEGATIVE


def _covers(slide: WindowSettings, sizes: Sequence[int], axes: Sequence[int]) -> bool:
    """Whether the only window has the whole map in it, with zeros that do not count."""
    sides = slide.sides.before
    reach = zip(slide.kernel, sizes, sides, slide.dilation, axes, strict=True)
    has_zeros = slide.sides.before != slide.sides.after
    return has_zeros and all(k >= size + p and d == 1 and at == 1 for k, size, p, d, at in reach)


def adaptive_pool(trace: Trace, op: str, view: View, axes: Sequence[int]) -> View:
    """Pooling to a size: over the whole map, to its own size, or to another."""
    node = trace.settle(view)
    channels, *sizes = trace.shape(node)
    if set(axes) == {1}:
        return trace.new(f"global_{op}", node, output=(channels, *axes))
    if tuple(axes) == tuple(sizes):
        return trace.new("identity", node, output=(channels, *axes))
    return trace.new(f"adaptive_{op}", node, output=(channels, *axes), options={"size": tuple(axes)})


def reduce(trace: Trace, kind: str, view: View, along: Sequence[int], keeps: bool) -> View:
    """A mean or maximum over the whole maps, or over the channels."""
    view = trace.bare(view)
    shape = trace.shape(view.node)
    over = [view.dims[dim] for dim in along]
    kept: list[Dim] = [
        () if i in along else dim for i, dim in enumerate(view.dims) if keeps or i not in along
    ]
    whole = plain(trace.batch, shape)
    if len(shape) > 1 and sorted(part for dim in over for part in dim) == _parts(whole[2:]):
        if len(view.dims) == 2 and not keeps:
            raise Refusal(f"{kind} over a batch")
        ones = (1,) * (len(shape) - 1)
        return trace.new(f"global_{kind}pool", view.node, output=(shape[0], *ones), dims=tuple(kept))
    if len(shape) > 1 and over == [whole[1]]:
        op = {"avg": "channel_mean", "max": "channel_max"}[kind]
        return trace.new(op, view.node, output=(1, *shape[1:]), dims=tuple(kept))
    raise Refusal(f"{'mean' if kind == 'avg' else 'maximum'} over some axes")


def _parts(dims: Sequence[Dim]) -> list[AxisLoop]:
    return [part for dim in dims for part in dim]


def normalised(
    trace: Trace,
    op: str,
    view: View,
    gamma: Weight | None,
    beta: Weight | None,
    eps: float,
    statistics: Sequence[Weight] | None = None,
    **options: int,
) -> View:
    """A norm with a factor and an offset per channel, or without.

    `statistics` are the running ones that the source keeps, None where it has as many as usual.
    """
    view = trace.bare(view)
    weights = tuple(weight for weight in (gamma, beta) if weight)
    shape = trace.shape(view.node)
    if any(weight.elements != shape[0] for weight in weights):
        raise Refusal(f"{op} whose weights are not one a channel")
    options |= {"scale": gamma is not None, "center": beta is not None}
    made = trace.new(
        op,
        view.node,
        output=shape,
        dims=view.dims,
        weights=weights,
        options={"eps": None if abs(eps - 1e-5) < 1e-9 else number_text(eps), **options},
    )
    if statistics is not None:
        trace.check_statistics(made.node, statistics)
    return made


def layer_norm(
    trace: Trace, view: View, sizes: int, gamma: Weight | None, beta: Weight | None, eps: float
) -> View:
    """A norm over the last `sizes` dimensions, which must be the channels."""
    shape = trace.shape(view.node)
    if sizes != 1 or view.dims[-1] != axis_dim(0, shape[0]):
        raise Refusal(
            "layer norm over more than the channels", "a layernorm here is over channels alone"
        )
    return normalised(trace, "layernorm", view, gamma, beta, eps)
