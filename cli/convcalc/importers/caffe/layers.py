"""Caffe's layers as our operations; sizes and counts as Caffe's own source computes them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import prod
from typing import Any

from ..reading.decimals import decimal_text
from . import weights as caffe_weights
from .context import CaffeLayer, CaffeNetwork, Pair, slid
from .resampling import crop, interp


def outputs(network: CaffeNetwork, call: CaffeLayer) -> list[int]:
    """The nodes of a layer's tops, in order."""
    if not call.inputs:
        return [network.refuse(call, "without a bottom")]
    if call.kind in _SEVERAL:
        return _SEVERAL[call.kind](network, call)
    kind = _LAYERS.get(call.kind)
    if kind is None:
        return [network.refuse(call)]
    if len(call.inputs) > 1 and call.kind not in _MERGING:
        return [network.refuse(call, f"with {len(call.inputs)} bottoms")]
    return [kind(network, call)]


# What gathers, or acts on each value.


def _pooling(network: CaffeNetwork, call: CaffeLayer) -> int:
    message = call.layer.message("pooling_param")
    channels, *axes = network.builder.shape(call.inputs[0])
    method = message.text("pool", "MAX").upper()
    op = {"MAX": "maxpool", "0": "maxpool", "AVE": "avgpool", "1": "avgpool"}.get(method)
    if op is None or len(axes) != 2:
        return network.refuse(call, f"with pool {method[:20]}", (channels, 1, 1))
    if network.flag(message, "global_pooling", False):
        return network.add(f"global_{op}", call, output=(channels, 1, 1))
    kernel, stride, pad = (network.pair(message, *one, 1) for one in _WINDOW)
    is_ceil = network.flag(message, "ceil_mode", True)
    is_floor = message.text("round_mode").upper() in ("FLOOR", "1") or not is_ceil
    sizes = (channels, *axes)
    output = slid(sizes, kernel, stride, pad) if is_floor else _rounded_up(axes, kernel, stride, pad)
    return network.add(
        op,
        call,
        output=(channels, *output),
        kernel_size=kernel,
        stride=stride,
        padding=pad,
        ceil_mode=not is_floor,
        count_include_pad=True if op == "avgpool" and any(pad) else None,
    )


def _rounded_up(axes: list[int], kernel: Pair, stride: Pair, pad: Pair) -> tuple[int, ...]:
    """A last window that would start in the padding is left out, where there is padding."""
    sizes = []
    for size, k, s, p in zip(axes, kernel, stride, pad, strict=True):
        places = -(-(size + 2 * p - k) // s) + 1
        sizes.append(places - (any(pad) and (places - 1) * s >= size + p))
    return tuple(sizes)


def _lrn(network: CaffeNetwork, call: CaffeLayer) -> int:
    message = call.layer.message("lrn_param")
    if message.text("norm_region", "0") not in ("0", "ACROSS_CHANNELS"):
        return network.refuse(call, "within channels")
    return _each(
        network,
        call,
        "lrn",
        size=network.whole(message, "local_size", 5, 1),
        alpha=network.decimal(message, "alpha", "1"),
        beta=network.decimal(message, "beta", "0.75"),
        k=network.decimal(message, "k", "1"),
    )


def _relu(network: CaffeNetwork, call: CaffeLayer) -> int:
    slope = network.decimal(call.layer.message("relu_param"), "negative_slope", "0")
    return (
        _each(network, call, "relu") if slope == "0" else _each(network, call, "leaky_relu", slope=slope)
    )


def _dropout(network: CaffeNetwork, call: CaffeLayer) -> int:
    share = network.decimal(call.layer.message("dropout_param"), "dropout_ratio", "0.5")
    return _each(network, call, "dropout", p=share)


def _softmax(network: CaffeNetwork, call: CaffeLayer) -> int:
    if call.layer.message("softmax_param").text("axis", "1") != "1":
        return network.refuse(call, "along another axis")
    return _each(network, call, "softmax")


def _power(network: CaffeNetwork, call: CaffeLayer) -> int:
    message = call.layer.message("power_param")
    scale, power, shift = (network.decimal(message, *one) for one in _POWER)
    if (power, shift) != ("1", "0") or scale.startswith("-"):
        return network.refuse(call, "with a power or a shift")
    return (
        _each(network, call, "identity")
        if scale == "1"
        else _each(network, call, "factor", number=scale)
    )


def _each(network: CaffeNetwork, call: CaffeLayer, op: str, **options: Any) -> int:
    return network.add(op, call, output=network.builder.shape(call.inputs[0]), **options)


def _plain(op: str) -> Callable[[CaffeNetwork, CaffeLayer], int]:
    return lambda network, call: _each(network, call, op)


# What joins, cuts and rearranges.


def _concat(network: CaffeNetwork, call: CaffeLayer) -> int:
    message = call.layer.message("concat_param")
    axis = message.text("axis") or message.text("concat_dim") or "1"
    shapes = [network.builder.shape(one) for one in call.inputs]
    output = (sum(shape[0] for shape in shapes), *shapes[0][1:])
    if axis not in ("1", "-3") or any(shape[1:] != output[1:] for shape in shapes):
        return network.refuse(call, "along another axis, or of maps of unequal sizes", output)
    return network.add("concat", call, output=output)


def _eltwise(network: CaffeNetwork, call: CaffeLayer) -> int:
    message = call.layer.message("eltwise_param")
    operation = message.text("operation", "SUM").upper()
    op = {"SUM": "add", "1": "add", "PROD": "mul", "0": "mul"}.get(operation)
    shape = network.builder.shape(call.inputs[0])
    if op is None or any(network.builder.shape(one) != shape for one in call.inputs):
        return network.refuse(call, "that is no sum or product of equal shapes")
    if not all(map(_is_one, message.texts("coeff"))):
        return network.refuse(call, "with factors")
    return network.add(op, call, output=shape)


def _is_one(text: str) -> bool:
    try:
        return decimal_text(text) == "1"
    except ValueError:
        return False


def _axpy(network: CaffeNetwork, call: CaffeLayer) -> int:
    """A gate times a map, plus another map, as squeeze-and-excitation networks have it in one."""
    shapes = [network.builder.shape(one) for one in call.inputs]
    if len(shapes) != 3 or shapes[1] != shapes[2] or shapes[0] != (shapes[1][0], 1, 1):
        return network.refuse(call, "of shapes that do not fit")
    gate, x, y = call.inputs
    gated = network.builder.add("mul", x, gate, output=shapes[1], place=call.place, scope=call.scope)
    return network.add("add", call, gated, y, output=shapes[1])


def _slice(network: CaffeNetwork, call: CaffeLayer) -> list[int]:
    message = call.layer.message("slice_param")
    channels, *axes = network.builder.shape(call.inputs[0])
    count = len(call.layer.texts("top"))
    cuts = [int(one) for one in message.texts("slice_point") if one.isdigit() and len(one) < 13]
    cuts = cuts or [channels * place // count for place in range(1, count)]
    edges = [0, *cuts, channels]
    axis = message.text("axis") or message.text("slice_dim") or "1"
    if axis != "1" or len(edges) != count + 1 or edges != sorted(set(edges)):
        return [network.refuse(call, "that does not fit") for _ in range(count)]
    return [
        network.add("slice", call, output=(stop - start, *axes), start=start, stop=stop)
        for start, stop in pairwise(edges)
    ]


def _split(network: CaffeNetwork, call: CaffeLayer) -> list[int]:
    return call.inputs * len(call.layer.texts("top"))


def _flatten(network: CaffeNetwork, call: CaffeLayer) -> int:
    return network.add("flatten", call, output=(prod(network.builder.shape(call.inputs[0])),))


def _reshape(network: CaffeNetwork, call: CaffeLayer) -> int:
    """To a vector, which is flatten; anything else has no word."""
    dims = call.layer.message("reshape_param").message("shape").texts("dim")
    shape = network.builder.shape(call.inputs[0])
    if dims in (["0", "-1"], ["0", "-1", "1", "1"]):
        return _flatten(network, call)
    if dims[1:] and _product(dims[1:]) == prod(shape) and all(one == "1" for one in dims[2:]):
        return _flatten(network, call)
    return network.refuse(call, "to another shape")


def _product(dims: list[str]) -> int:
    return prod(int(dim) if dim.isdigit() and len(dim) < 10 else 0 for dim in dims)


def _shuffle(network: CaffeNetwork, call: CaffeLayer) -> int:
    groups = network.whole(call.layer.message("shuffle_channel_param"), "group", 1, 1)
    return _each(network, call, "channel_shuffle", groups=groups)


_WINDOW = (("kernel_size", 0, 1), ("stride", 1, 1), ("pad", 0, 0))
_POWER = (("scale", "1"), ("power", "1"), ("shift", "0"))
_MERGING = ("concat", "eltwise", "scale", "axpy", "crop", "interp")
_SEVERAL: dict[str, Callable[[CaffeNetwork, CaffeLayer], list[int]]] = {"slice": _slice, "split": _split}
_LAYERS: dict[str, Callable[[CaffeNetwork, CaffeLayer], int]] = {
    "convolution": caffe_weights.convolution,
    "convolutiondepthwise": caffe_weights.convolution,
    "depthwiseconvolution": caffe_weights.convolution,
    "deconvolution": caffe_weights.deconvolution,
    "innerproduct": caffe_weights.inner_product,
    "batchnorm": caffe_weights.batchnorm,
    "bn": caffe_weights.learned_norm,
    "scale": caffe_weights.scale,
    "prelu": caffe_weights.prelu,
    "normalize": caffe_weights.normalize,
    "pooling": _pooling,
    "lrn": _lrn,
    "relu": _relu,
    "relu6": _plain("relu6"),
    "elu": _plain("elu"),
    "sigmoid": _plain("sigmoid"),
    "tanh": _plain("tanh"),
    "swish": _plain("silu"),
    "dropout": _dropout,
    "softmax": _softmax,
    "power": _power,
    "concat": _concat,
    "eltwise": _eltwise,
    "axpy": _axpy,
    "crop": crop,
    "interp": interp,
    "flatten": _flatten,
    "reshape": _reshape,
    "shufflechannel": _shuffle,
}
