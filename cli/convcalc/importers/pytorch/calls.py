"""What each ATen call amounts to: the layers with weights and windows, and functions of elements."""

from __future__ import annotations

from functools import partial
from math import inf

from ..reading import elementwise, layers
from ..reading.layers import WindowSettings
from ..reading.output_sizes import Sides, same_sides
from ..reading.tensor_views import View
from ..reading.trace import Refusal, Trace, Weight
from .arguments import PytorchArguments
from .reshaping import PYTORCH_MOVES, PytorchHandler


def _conv(trace: Trace, given: PytorchArguments, named_padding: bool = False) -> View:
    weights = given.weights("weight", "bias")
    if not given.weight("weight") or len(weights[0].sizes) < 3:
        raise Refusal("a convolution without a weight of its own")
    axes = len(weights[0].sizes) - 2
    if given.flag("transposed"):
        return _conv_transpose(trace, given)
    view = given.view()
    if len(view.sizes) != axes + 2:
        raise Refusal("a convolution of a tensor without a batch")
    stride, dilation = given.steps("stride", axes, 1), given.steps("dilation", axes, 1)
    kernel = weights[0].sizes[2:]
    text = given.text("padding", "")
    if text == "same":
        sides = same_sides(view.sizes[2:], kernel, stride, dilation)
    else:
        zeros = (0,) * axes
        sides = Sides(zeros, zeros) if text else given.sides("padding", axes)
    slide = WindowSettings(kernel, stride, sides, dilation, same=text == "same")
    return layers.convolution(trace, view, weights, slide, given.whole("groups", 1), given.sizes[2:])


def _conv_transpose(trace: Trace, given: PytorchArguments) -> View:
    weights = given.weights("weight", "bias")
    if not given.weight("weight") or len(weights[0].sizes) < 3:
        raise Refusal("a convolution without a weight of its own")
    view = given.view()
    axes = len(weights[0].sizes) - 2
    slide = WindowSettings(
        weights[0].sizes[2:],
        given.steps("stride", axes, 1),
        given.sides("padding", axes),
        given.steps("dilation", axes, 1),
    )
    extra, groups = given.steps("output_padding", axes, 0, least=0), given.whole("groups", 1)
    return layers.transposed(trace, view, weights, slide, groups, extra, given.sizes[2:])


def _linear(trace: Trace, given: PytorchArguments) -> View:
    weights = given.weights("weight", "bias")
    if not given.weight("weight") or len(weights[0].sizes) != 2:
        raise Refusal("a linear layer without a weight of its own")
    return layers.linear(trace, given.view(), weights)


def _addmm(trace: Trace, given: PytorchArguments) -> View:
    """A linear layer, decomposed: bias + input · weight."""
    matrix, bias = given.weight("mat2"), given.weights("self")
    view = given.tensor("mat1")
    if not isinstance(view, View) or not matrix or len(matrix.sizes) != 2:
        raise Refusal("addmm of two tensors of the network")
    turned = matrix._replace(sizes=matrix.sizes[::-1])
    return layers.linear(trace, view, (turned, *bias))


def _matmul(trace: Trace, given: PytorchArguments) -> View:
    names = ("mat2",) if given.has("mat2") else ("other",)
    matrix, view = given.tensor(names[0]), given.tensor("self")
    if not isinstance(view, View) or not isinstance(matrix, Weight) or len(matrix.sizes) != 2:
        raise Refusal("a product of two tensors of the network (attention)", is_unknown=True)
    return layers.linear(trace, view, (matrix._replace(sizes=matrix.sizes[::-1]),))


def _max_pool(trace: Trace, given: PytorchArguments) -> View:
    return _pool(trace, given, "maxpool")


def _avg_pool(trace: Trace, given: PytorchArguments) -> View:
    if given.has("divisor_override"):
        raise Refusal("average pooling with a divisor of its own")
    return _pool(trace, given, "avgpool", given.flag("count_include_pad", True))


def _pool(trace: Trace, given: PytorchArguments, op: str, counts_zeros: bool = False) -> View:
    view = given.view()
    axes = len(given.sizes) - 2
    if len(view.sizes) != axes + 2 or axes < 1:
        raise Refusal("pooling of a tensor without a batch")
    kernel = given.steps("kernel_size", axes, 1)
    sides = given.sides("padding", axes)
    slide = WindowSettings(
        kernel,
        given.steps("stride", axes, kernel),
        sides,
        given.steps("dilation", axes, 1),
        ceil_mode=given.flag("ceil_mode"),
    )
    counts_zeros = counts_zeros and any(sides.before)
    return layers.pool(trace, op, view, slide, given.sizes[2:], counts_zeros)


def _adaptive(op: str, trace: Trace, given: PytorchArguments) -> View:
    return layers.adaptive_pool(trace, op, given.view(), given.sizes[2:])


def _reduce(kind: str, trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    along = given.dims("dim", len(view.sizes))
    return layers.reduce(trace, kind, view, along, given.flag("keepdim"))


def _norm(op: str, trace: Trace, given: PytorchArguments) -> View:
    """A norm that may keep running statistics: track_running_stats says so."""
    gamma, beta, eps = given.weight("weight"), given.weight("bias"), given.number("eps", 1e-5)
    statistics = given.weights("running_mean", "running_var")
    return layers.normalised(trace, op, given.view(), gamma, beta, eps, statistics)


def _group_norm(trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    trace.settle(view)
    groups = given.whole("num_groups" if given.has("num_groups") else "group", 1)
    gamma, beta, eps = given.weight("weight"), given.weight("bias"), given.number("eps", 1e-5)
    return layers.normalised(trace, "groupnorm", view, gamma, beta, eps, groups=groups)


def _layer_norm(trace: Trace, given: PytorchArguments) -> View:
    gamma, beta, eps = given.weight("weight"), given.weight("bias"), given.number("eps", 1e-5)
    sizes = len(given.wholes("normalized_shape"))
    return layers.layer_norm(trace, given.view(), sizes, gamma, beta, eps)


def _softmax(trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    return elementwise.softmax(trace, view, given.dim("dim", len(view.sizes), 1))


def _log_softmax(trace: Trace, given: PytorchArguments) -> View:
    view = given.view()
    return elementwise.log_softmax(trace, view, given.dim("dim", len(view.sizes), 1))


def _dropout(trace: Trace, given: PytorchArguments) -> View:
    return elementwise.dropout(trace, given.view(), given.number("p", 0.5))


def _prelu(trace: Trace, given: PytorchArguments) -> View:
    if not (slope := given.weight("weight")):
        raise Refusal("prelu without slopes of its own")
    return elementwise.prelu(trace, given.view(), slope)


def _leaky_relu(trace: Trace, given: PytorchArguments) -> View:
    return elementwise.leaky_relu(trace, given.view(), given.number("negative_slope", 0.01))


def _elu(trace: Trace, given: PytorchArguments) -> View:
    return elementwise.elu(trace, given.view(), given.number("alpha", 1))


def _gelu(trace: Trace, given: PytorchArguments) -> View:
    return elementwise.gelu(trace, given.view(), given.text("approximate", "none"))


def _clip(trace: Trace, given: PytorchArguments) -> View:
    names = ("min_val", "max_val") if given.has("min_val") else ("min", "max")
    low = given.number(names[0], -inf) if given.has(names[0]) else -inf
    high = given.number(names[1], inf) if given.has(names[1]) else inf
    return elementwise.clip(trace, given.view(), low, high)


def _relu6(trace: Trace, given: PytorchArguments) -> View:
    return elementwise.clip(trace, given.view(), 0, 6)


def _function(op: str, trace: Trace, given: PytorchArguments) -> View:
    return elementwise.activation(trace, op, given.view())


_SAME_NAMES = ("relu", "sigmoid", "tanh", "silu", "hardswish", "hardsigmoid", "mish", "selu")
_FUNCTIONS = {
    **dict(zip(_SAME_NAMES, _SAME_NAMES, strict=True)),
    "softplus": "softplus",
    "log_sigmoid": "logsigmoid",
}
# Calls without a result that a network uses.
CHECKS = frozenset(
    ["_assert_async", "_assert_scalar", "_assert_tensor_metadata", "sym_constrain_range_for_size"]
)
CALLS: dict[str, PytorchHandler] = {
    **PYTORCH_MOVES,
    **{name: partial(_function, op) for name, op in _FUNCTIONS.items()},
    **dict.fromkeys(("conv1d", "conv2d", "conv3d", "convolution"), _conv),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _conv_transpose),
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), _max_pool),
    **dict.fromkeys(("max_pool2d_with_indices", "max_pool3d_with_indices"), _max_pool),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), _avg_pool),
    **{
        f"adaptive_{k}_pool{n}d": partial(_adaptive, f"{k}pool")
        for k in ("avg", "max")
        for n in (1, 2, 3)
    },
    **{f"_adaptive_avg_pool{n}d": partial(_adaptive, "avgpool") for n in (2, 3)},
    "mean": partial(_reduce, "avg"),
    "amax": partial(_reduce, "max"),
    "max": partial(_reduce, "max"),
    "linear": _linear,
    "addmm": _addmm,
    **dict.fromkeys(("mm", "matmul"), _matmul),
    **dict.fromkeys(
        ("batch_norm", "_native_batch_norm_legit_no_training", "cudnn_batch_norm"),
        partial(_norm, "batchnorm"),
    ),
    "instance_norm": partial(_norm, "instancenorm"),
    **dict.fromkeys(("group_norm", "native_group_norm"), _group_norm),
    **dict.fromkeys(("layer_norm", "native_layer_norm"), _layer_norm),
    **dict.fromkeys(("softmax", "_softmax"), _softmax),
    **dict.fromkeys(("log_softmax", "_log_softmax"), _log_softmax),
    **dict.fromkeys(("dropout", "feature_dropout", "alpha_dropout", "native_dropout"), _dropout),
    **dict.fromkeys(("prelu", "_prelu_kernel"), _prelu),
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "gelu": _gelu,
    "relu6": _relu6,
    **dict.fromkeys(("hardtanh", "clamp", "clamp_min", "clamp_max"), _clip),
}
