"""What each ONNX node amounts to: the layers with weights and windows, and functions of elements."""

from __future__ import annotations

from functools import partial
from math import inf

from ..reading import elementwise, layers
from ..reading.layers import WindowSettings
from ..reading.output_sizes import slid, spread
from ..reading.tensor_views import View
from ..reading.trace import Refusal, Trace, Weight, number_text
from .arguments import OnnxArguments, OnnxHandler


def _conv(trace: Trace, given: OnnxArguments) -> View:
    view, weights = given.view(), (given.constant(1), *given.weights(2))
    kernel, axes = _kernel(given, view, weights[0])
    stride, dilation = given.steps("strides", axes), given.steps("dilations", axes)
    sides, same = given.sides(view.sizes[2:], kernel, stride, dilation)
    slide = WindowSettings(kernel, stride, sides, dilation, same)
    made = slid(view.sizes[2:], kernel, stride, sides, dilation)
    return layers.convolution(trace, view, weights, slide, given.whole("group", 1), made)


def _kernel(given: OnnxArguments, view: View, weight: Weight) -> tuple[tuple[int, ...], int]:
    axes = len(weight.sizes) - 2
    if axes < 1 or len(view.sizes) != axes + 2:
        raise Refusal(f"{given.node.op} whose weight does not fit its input")
    return weight.sizes[2:], axes


def _conv_transpose(trace: Trace, given: OnnxArguments) -> View:
    view, weights = given.view(), (given.constant(1), *given.weights(2))
    kernel, axes = _kernel(given, view, weights[0])
    stride, dilation = given.steps("strides", axes), given.steps("dilations", axes)
    extra = given.attributes("output_padding", (0,) * axes)
    if (
        given.text("auto_pad", "NOTSET") not in ("NOTSET", "VALID")
        or "output_shape" in given.node.attributes
    ):
        raise Refusal("ConvTranspose by the size of its output")
    if len(extra) != axes:
        raise Refusal(f"ConvTranspose whose output_padding does not fit {axes} axes")
    sides, _ = given.sides(view.sizes[2:], kernel, stride, dilation)
    slide = WindowSettings(kernel, stride, sides, dilation)
    made = spread(view.sizes[2:], kernel, stride, sides, dilation, extra)
    return layers.transposed(trace, view, weights, slide, given.whole("group", 1), extra, made)


def _gemm(trace: Trace, given: OnnxArguments) -> View:
    weights = (given.constant(1), *given.weights(2))
    if given.whole("transA", 0) or given.number("alpha", 1) != 1 or given.number("beta", 1) != 1:
        raise Refusal("Gemm that is no linear layer")
    matrix = weights[0] if given.whole("transB", 0) else _turned(weights[0])
    return _matrix(trace, given.view(), (matrix, *weights[1:]))


def _matmul(trace: Trace, given: OnnxArguments) -> View:
    if len(given.views) > 1:
        raise Refusal("MatMul of two maps (attention)", is_unknown=True)
    weight = given.weight(1) if isinstance(given.input(0), View) else None
    if weight is None:
        raise Refusal("MatMul of a constant by a map")
    return _matrix(trace, given.view(), (_turned(weight),))


def _turned(weight: Weight) -> Weight:
    return weight._replace(sizes=weight.sizes[::-1])


def _matrix(trace: Trace, view: View, weights: tuple[Weight, ...]) -> View:
    if len(weights[0].sizes) != 2:
        raise Refusal("a product with a constant that is no matrix")
    return layers.linear(trace, view, weights)


def _pool(op: str, trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    axes = len(view.sizes) - 2
    kernel = given.kernel(axes)
    stride, dilation = given.steps("strides", axes), given.steps("dilations", axes)
    sides, same = given.sides(view.sizes[2:], kernel, stride, dilation)
    ceil_mode = bool(given.whole("ceil_mode", 0))
    slide = WindowSettings(kernel, stride, sides, dilation, same, ceil_mode)
    if kernel == view.sizes[2:] and not any((*sides.before, *sides.after)):
        return layers.adaptive_pool(trace, op, view, (1,) * axes)
    counts_zeros = any((*sides.before, *sides.after)) and bool(given.whole("count_include_pad", 0))
    made = slid(view.sizes[2:], kernel, stride, sides, dilation, ceil_mode)
    return layers.pool(trace, op, view, slide, made, op == "avgpool" and counts_zeros)


def _global_pool(op: str, trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    return layers.adaptive_pool(trace, op, view, (1,) * (len(view.sizes) - 2))


def _reduce(kind: str, trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    rank = len(view.sizes)
    along = given.axes(given.listed("axes", 1) or tuple(range(rank)), rank)
    return layers.reduce(trace, kind, view, along, bool(given.whole("keepdims", 1)))


def _batch_norm(trace: Trace, given: OnnxArguments) -> View:
    gamma, beta, eps = given.weight(1), given.weight(2), given.number("epsilon", 1e-5)
    statistics = given.weights(3, 4)
    return layers.normalised(trace, "batchnorm", given.view(), gamma, beta, eps, statistics)


def _layer_norm(trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    rank = len(view.sizes)
    sizes = rank - given.axis(-1, rank)
    eps = given.number("epsilon", 1e-5)
    return layers.layer_norm(trace, view, sizes, given.weight(1), given.weight(2), eps)


def _instance_norm(trace: Trace, given: OnnxArguments) -> View:
    """Of groups of channels seen as one axis it is a group norm; its own weights are then 1 and 0."""
    view, gamma, beta = given.view(), given.weight(1), given.weight(2)
    eps = given.number("epsilon", 1e-5)
    shape = trace.shape(view.node)
    groups = view.sizes[1]
    is_plain = gamma and beta and set(gamma.numbers or ()) == {1} and set(beta.numbers or ()) == {0}
    if len(view.sizes) == len(shape) + 1 and groups == shape[0]:
        if is_plain:
            what = "params of norms whose factors are all 1 are left out"
            trace.builder.caveat(what, 2 * groups, trace.at.place)
            gamma = beta = None
        return layers.normalised(trace, "instancenorm", view, gamma, beta, eps)
    if not is_plain or shape[0] % groups:
        raise Refusal("InstanceNormalization of parts of the channels")
    return layers.normalised(trace, "groupnorm", view, None, None, eps, groups=groups)


def _group_norm(trace: Trace, given: OnnxArguments) -> View:
    view, gamma, beta = given.view(), given.weight(1), given.weight(2)
    groups, eps = given.whole("num_groups", 1), given.number("epsilon", 1e-5)
    return layers.normalised(trace, "groupnorm", view, gamma, beta, eps, groups=groups)


def _l2_norm(trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    if given.axis(-1, len(view.sizes)) != 1 or given.whole("p", 2) != 2:
        raise Refusal("LpNormalization over other axes than the channels")
    return elementwise.activation(trace, "l2norm", view, scale=False)


def _lrn(trace: Trace, given: OnnxArguments) -> View:
    view = trace.bare(given.view())
    options = {"alpha": (1e-4, 1e-4), "beta": (0.75, 0.75), "k": (1.0, 1.0)}
    values = {name: given.number("bias" if name == "k" else name, at[0]) for name, at in options.items()}
    texts = {
        name: number_text(value)
        for name, value in values.items()
        if abs(value - options[name][1]) > 1e-9
    }
    shape = trace.shape(view.node)
    size = given.whole("size", 5)
    return trace.new("lrn", view.node, output=shape, dims=view.dims, options={"size": size, **texts})


def _softmax(trace: Trace, given: OnnxArguments) -> View:
    view = given.view()
    rank = len(view.sizes)
    axis = given.axis(-1 if given.opset >= 13 else 1, rank)
    if given.opset < 13 and any(size != 1 for size in view.sizes[axis + 1 :]):
        raise Refusal("Softmax over all axes from one on")
    softmax = elementwise.log_softmax if given.node.op == "LogSoftmax" else elementwise.softmax
    return softmax(trace, view, axis)


def _dropout(trace: Trace, given: OnnxArguments) -> View:
    share = given.weight(1)
    number = share.number if share else None
    return elementwise.dropout(
        trace, given.view(), given.number("ratio", 0.5 if number is None else number)
    )


def _leaky_relu(trace: Trace, given: OnnxArguments) -> View:
    return elementwise.leaky_relu(trace, given.view(), given.number("alpha", 0.01))


def _prelu(trace: Trace, given: OnnxArguments) -> View:
    if not (slope := given.weight(1)):
        raise Refusal("PRelu without slopes of its own")
    return elementwise.prelu(trace, given.view(), slope)


def _elu(trace: Trace, given: OnnxArguments) -> View:
    return elementwise.elu(trace, given.view(), given.number("alpha", 1))


def _gelu(trace: Trace, given: OnnxArguments) -> View:
    return elementwise.gelu(trace, given.view(), given.text("approximate"))


def _hard_sigmoid(trace: Trace, given: OnnxArguments) -> View:
    alpha, beta = given.number("alpha", 0.2), given.number("beta", 0.5)
    if abs(alpha - 1 / 6) > 1e-5 or abs(beta - 0.5) > 1e-5:
        raise Refusal(f"HardSigmoid with slope {alpha:g}", "here its slope is 1/6, as in PyTorch")
    return elementwise.activation(trace, "hardsigmoid", given.view())


def _clip(trace: Trace, given: OnnxArguments) -> View:
    bounds = []
    for at, name, default in ((1, "min", -inf), (2, "max", inf)):
        weight = given.weight(at)
        number = weight.number if weight else given.number(name, default)
        if number is None:
            raise Refusal("Clip to what the network computes")
        bounds.append(inf if number > 1e30 else -inf if number < -1e30 else number)
    return elementwise.clip(trace, given.view(), *bounds)


def _erf(trace: Trace, given: OnnxArguments) -> View:
    return elementwise.erf(trace, given.view())


def _function(op: str, trace: Trace, given: OnnxArguments) -> View:
    return elementwise.activation(trace, op, given.view())


_FUNCTIONS = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "HardSwish": "hardswish",
    "Softplus": "softplus",
    "Selu": "selu",
    "Mish": "mish",
    "Swish": "silu",
}
ONNX_LAYERS: dict[str, OnnxHandler] = {
    **{name: partial(_function, op) for name, op in _FUNCTIONS.items()},
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "MaxPool": partial(_pool, "maxpool"),
    "AveragePool": partial(_pool, "avgpool"),
    "GlobalAveragePool": partial(_global_pool, "avgpool"),
    "GlobalMaxPool": partial(_global_pool, "maxpool"),
    "ReduceMean": partial(_reduce, "avg"),
    "ReduceMax": partial(_reduce, "max"),
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "InstanceNormalization": _instance_norm,
    "GroupNormalization": _group_norm,
    "LpNormalization": _l2_norm,
    "LRN": _lrn,
    "Softmax": _softmax,
    "LogSoftmax": _softmax,
    "Dropout": _dropout,
    "LeakyRelu": _leaky_relu,
    "PRelu": _prelu,
    "Elu": _elu,
    "Gelu": _gelu,
    "HardSigmoid": _hard_sigmoid,
    "Clip": _clip,
    "Erf": _erf,
}
