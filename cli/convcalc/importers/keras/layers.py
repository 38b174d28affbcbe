"""What each Keras layer amounts to."""

from __future__ import annotations

from functools import partial
from math import inf, prod

from ..reading import elementwise, layers
from ..reading.layers import WindowSettings
from ..reading.output_sizes import Sides, same_sides, slid, spread
from ..reading.tensor_views import View, axis_dim, plain
from ..reading.trace import Refusal, Trace, Weight
from .arguments import KerasArguments, KerasHandler

_SAME_NAMES = ("relu", "sigmoid", "tanh", "silu", "gelu", "elu", "selu", "softplus", "mish")
_FUNCTIONS = {
    **dict(zip(_SAME_NAMES, _SAME_NAMES, strict=True)),
    "relu6": "relu6",
    "leaky_relu": "leaky_relu",
    "softmax": "softmax",
    "swish": "silu",
    "hard_silu": "hardswish",
    "hard_swish": "hardswish",
    "hard_sigmoid": "hardsigmoid",
    "log_sigmoid": "logsigmoid",
}


def _activated(trace: Trace, given: KerasArguments, view: View, name: str = "activation") -> View:
    """The tensor behind the function that a layer ends in, if any."""
    value = given.value(name, "linear")
    if isinstance(value, dict):  # a function of the library, or code
        inner = value.get("config")
        value = inner if isinstance(inner, str) else value.get("class_name")
    if value == "linear":
        return view
    if not isinstance(value, str) or value not in _FUNCTIONS:
        shown = value if isinstance(value, str) else "code"
        raise Refusal(f'the activation "{shown}"', is_unknown=True)
    op = _FUNCTIONS[value]
    if op == "relu6":
        return elementwise.clip(trace, view, 0, 6)
    if op == "softmax":
        return elementwise.softmax(trace, view, 1 if given.is_first else len(view.dims) - 1)
    if op == "hardsigmoid" and not given.layer.module:
        raise Refusal("the hard sigmoid of Keras 2", "its slope is 0.2; here it is 1/6, as in PyTorch")
    options = {"slope": "0.2"} if op == "leaky_relu" else {}
    return elementwise.activation(trace, op, view, **options)


def _activation(trace: Trace, given: KerasArguments) -> View:
    return _activated(trace, given, given.view)


def _slide(
    given: KerasArguments, name: str, stride: int | tuple[int, ...] = 1
) -> tuple[WindowSettings, tuple[int, ...]]:
    """How a window moves, and the sizes of what it gives."""
    sizes = given.ours(given.view).sizes[2:]
    kernel = given.steps(name, 1)
    steps = given.steps("strides", stride or kernel)
    dilation = given.steps("dilation_rate", 1)
    padding = given.text("padding", "valid")
    zeros = (0,) * len(kernel)
    if padding == "same":
        sides = same_sides(sizes, kernel, steps, dilation)
    elif padding == "causal":
        sides = Sides(tuple(d * (k - 1) for d, k in zip(dilation, kernel, strict=True)), zeros)
    elif padding == "valid":
        sides = Sides(zeros, zeros)
    else:
        raise Refusal(f'padding "{padding}"')
    slide = WindowSettings(kernel, steps, sides, dilation, same=padding == "same")
    return slide, slid(sizes, kernel, steps, sides, dilation)


def _biased(given: KerasArguments, count: int) -> tuple[Weight, ...]:
    return (given.weight("bias", count),) if given.flag("use_bias", True) else ()


def _conv(trace: Trace, given: KerasArguments) -> View:
    slide, axes = _slide(given, "kernel_size")
    filters, groups = given.whole("filters"), given.whole("groups", 1)
    channels = given.channels
    if channels % groups or filters % groups:
        raise Refusal("a convolution whose groups do not divide its channels")
    weight = given.weight("kernel", filters, channels // groups, *slide.kernel)
    weights = (weight, *_biased(given, filters))
    made = layers.convolution(trace, given.ours(given.view), weights, slide, groups, axes)
    return _activated(trace, given, given.theirs(made))


def _depthwise(trace: Trace, given: KerasArguments) -> View:
    made = _depthwise_alone(trace, given, "kernel", with_bias=True)
    return _activated(trace, given, made)


def _depthwise_alone(trace: Trace, given: KerasArguments, name: str, with_bias: bool) -> View:
    slide, axes = _slide(given, "kernel_size")
    channels = given.channels
    filters = channels * given.whole("depth_multiplier", 1)
    weight = given.weight(name, filters, 1, *slide.kernel)
    weights = (weight, *(_biased(given, filters) if with_bias else ()))
    made = layers.convolution(trace, given.ours(given.view), weights, slide, channels, axes)
    return given.theirs(made)


def _separable(trace: Trace, given: KerasArguments) -> View:
    """A depthwise convolution, then one of 1×1."""
    inner = given.ours(_depthwise_alone(trace, given, "depthwise_kernel", with_bias=False))
    filters, ones = given.whole("filters"), (1,) * given.axes
    zeros = (0,) * given.axes
    weights = (
        given.weight("pointwise_kernel", filters, inner.sizes[1], *ones),
        *_biased(given, filters),
    )
    slide = WindowSettings(ones, ones, Sides(zeros, zeros), ones)
    made = layers.convolution(trace, inner, weights, slide, 1, inner.sizes[2:])
    return _activated(trace, given, given.theirs(made))


def _conv_transpose(trace: Trace, given: KerasArguments) -> View:
    slide, _ = _slide(given, "kernel_size")
    filters, channels = given.whole("filters"), given.channels
    view = given.ours(given.view)
    zeros = (0,) * given.axes
    if given.has("output_padding"):
        raise Refusal(f"{given.layer.kind} with output_padding")
    slide = slide._replace(sides=Sides(zeros, zeros))
    if slide.same:
        axes = tuple(size * step for size, step in zip(view.sizes[2:], slide.stride, strict=True))
    else:
        axes = spread(view.sizes[2:], slide.kernel, slide.stride, slide.sides, slide.dilation, zeros)
        # Keras leaves no gap between kernels that are smaller than the stride.
        gaps = tuple(max(s - k, 0) for s, k in zip(slide.stride, slide.kernel, strict=True))
        axes = tuple(size + gap for size, gap in zip(axes, gaps, strict=True))
        zeros = gaps
    weights = (given.weight("kernel", channels, filters, *slide.kernel), *_biased(given, filters))
    made = layers.transposed(trace, view, weights, slide, 1, zeros, axes)
    return _activated(trace, given, given.theirs(made))


def _dense(trace: Trace, given: KerasArguments) -> View:
    units, view = given.whole("units"), given.view
    if given.is_first and len(view.sizes) > 2:
        raise Refusal("Dense on the last axis of maps")
    weights = (given.weight("kernel", units, view.sizes[-1]), *_biased(given, units))
    return _activated(trace, given, layers.linear(trace, view, weights))


def _pool(op: str, trace: Trace, given: KerasArguments) -> View:
    slide, axes = _slide(given, "pool_size", 0)
    return given.theirs(layers.pool(trace, op, given.ours(given.view), slide, axes))


def _global_pool(op: str, trace: Trace, given: KerasArguments) -> View:
    view = given.ours(given.view)
    made = layers.adaptive_pool(trace, op, view, (1,) * given.axes)
    return given.theirs(made) if given.flag("keepdims", False) else made._replace(dims=made.dims[:2])


def _batch_norm(trace: Trace, given: KerasArguments) -> View:
    return _norm("batchnorm", trace, given)


def _layer_norm(trace: Trace, given: KerasArguments) -> View:
    if given.flag("rms_scaling", False):
        raise Refusal("LayerNormalization with rms_scaling", is_unknown=True)
    return _norm("layernorm", trace, given)


def _group_norm(trace: Trace, given: KerasArguments) -> View:
    is_each = given.value("groups") == -1 and given.is_channel_axis(-1)
    groups = given.channels if is_each else given.whole("groups", 32)
    return _norm("groupnorm", trace, given, groups=groups)


def _by_channel(trace: Trace, given: KerasArguments) -> View:
    """The tensor, for weights that are one a channel; a vector of all elements has as many channels."""
    view, at = given.view, given.channel_axis
    if view.dims[at : at + 1] == (axis_dim(0, trace.shape(view.node)[0]),):
        return view
    if len(view.dims) != 2:
        raise Refusal(f"{given.layer.kind} over another axis than the channels")
    node = trace.settle(view)
    return View(node, plain(trace.batch, trace.shape(node)))


def _norm(op: str, trace: Trace, given: KerasArguments, **options: int) -> View:
    if not given.is_channel_axis(-1):
        raise Refusal(f"{given.layer.kind} over another axis than the channels")
    view = _by_channel(trace, given)
    channels = trace.shape(view.node)[0]
    gamma = given.weight("gamma", channels) if given.flag("scale", True) else None
    beta = given.weight("beta", channels) if given.flag("center", True) else None
    eps = given.number("epsilon", 1e-3)
    names = ("moving_mean", "moving_variance")
    kept = [given.statistic(name, channels) for name in names] if op == "batchnorm" else None
    return layers.normalised(trace, op, view, gamma, beta, eps, kept, **options)


def _relu(trace: Trace, given: KerasArguments) -> View:
    slope, most = given.number("negative_slope", 0), given.number("max_value", inf)
    if given.number("threshold", 0) or (slope and most != inf):
        raise Refusal("a ReLU with a threshold, or a slope and a limit")
    if slope:
        return elementwise.leaky_relu(trace, given.view, slope)
    return elementwise.clip(trace, given.view, 0, most)


def _leaky_relu(trace: Trace, given: KerasArguments) -> View:
    slope = given.number("negative_slope", given.number("alpha", 0.3))
    return elementwise.leaky_relu(trace, given.view, slope)


def _elu(trace: Trace, given: KerasArguments) -> View:
    return elementwise.elu(trace, given.view, given.number("alpha", 1))


def _prelu(trace: Trace, given: KerasArguments) -> View:
    """A slope for each element, unless axes share it: one a channel, or one for all, can be written."""
    view = _by_channel(trace, given)
    slopes = list(view.sizes[1:])
    shared = given.value("shared_axes", [])
    for axis in shared if isinstance(shared, list) else [shared]:
        if type(axis) is not int or not 0 < axis <= len(slopes):
            raise Refusal('PReLU whose "shared_axes" are none of its input')
        slopes[axis - 1] = 1
    if prod(slopes) != slopes[given.channel_axis - 1]:
        raise Refusal("a PReLU with a slope for each element, or for each place on an axis")
    return elementwise.prelu(trace, view, given.weight("alpha", prod(slopes)))


def _softmax(trace: Trace, given: KerasArguments) -> View:
    if not given.is_channel_axis(-1):
        raise Refusal("softmax over other axes than the channels")
    return elementwise.softmax(trace, given.view, 1 if given.is_first else len(given.view.dims) - 1)


def _dropout(trace: Trace, given: KerasArguments) -> View:
    return elementwise.dropout(trace, given.view, given.number("rate", 0.5))


KERAS_LAYERS: dict[str, KerasHandler] = {
    "Activation": _activation,
    **{f"{name}{n}D": _conv for name in ("Conv", "Convolution") for n in (1, 2, 3)},
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _separable),
    **{f"Conv{n}DTranspose": _conv_transpose for n in (1, 2, 3)},
    "Dense": _dense,
    **{f"MaxPooling{n}D": partial(_pool, "maxpool") for n in (1, 2, 3)},
    **{f"AveragePooling{n}D": partial(_pool, "avgpool") for n in (1, 2, 3)},
    **{f"GlobalAveragePooling{n}D": partial(_global_pool, "avgpool") for n in (1, 2, 3)},
    **{f"GlobalMaxPooling{n}D": partial(_global_pool, "maxpool") for n in (1, 2, 3)},
    **dict.fromkeys(("BatchNormalization", "SyncBatchNormalization"), _batch_norm),
    "LayerNormalization": _layer_norm,
    "GroupNormalization": _group_norm,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ELU": _elu,
    "PReLU": _prelu,
    "Softmax": _softmax,
    **dict.fromkeys(("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), _dropout),
}
