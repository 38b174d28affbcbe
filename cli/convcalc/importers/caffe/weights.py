"""Caffe's layers that have something to learn, and the norms around them."""

from __future__ import annotations

from math import prod

from .context import CaffeLayer, CaffeNetwork, slid


def convolution(network: CaffeNetwork, call: CaffeLayer) -> int:
    message = call.layer.message("convolution_param")
    shape = network.builder.shape(call.inputs[0])
    kernel = network.pair(message, "kernel_size", 0, 1)
    stride = network.pair(message, "stride", 1, 1)
    pad, dilation = network.pair(message, "pad", 0), network.pair(message, "dilation", 1, 1)
    filters = network.whole(message, "num_output", 0, 1)
    groups = shape[0] if "depthwise" in call.kind else network.whole(message, "group", 1, 1)
    if len(shape) != 3 or shape[0] % groups or filters % groups:
        return network.refuse(call, "whose input does not fit", (filters, 1, 1))
    has_bias = network.flag(message, "bias_term", True)
    output = (filters, *slid(shape, kernel, stride, pad, dilation))
    weights = prod(kernel) * (shape[0] // groups) * filters
    return network.add(
        "conv",
        call,
        output=output,
        params=weights + (filters if has_bias else 0),
        macs=weights * prod(output[1:]),
        kernel_size=kernel,
        out_channels=filters,
        stride=stride,
        padding=pad,
        dilation=dilation,
        groups=groups,
        bias=has_bias,
    )


def deconvolution(network: CaffeNetwork, call: CaffeLayer) -> int:
    message = call.layer.message("convolution_param")
    shape = network.builder.shape(call.inputs[0])
    kernel = network.pair(message, "kernel_size", 0, 1)
    stride, pad = network.pair(message, "stride", 1, 1), network.pair(message, "pad", 0)
    dilation = network.pair(message, "dilation", 1, 1)
    filters, groups = network.whole(message, "num_output", 0, 1), network.whole(message, "group", 1, 1)
    if len(shape) != 3 or shape[0] % groups or filters % groups:
        return network.refuse(call, "whose input does not fit", (filters, 1, 1))
    has_bias = network.flag(message, "bias_term", True)
    axes = zip(shape[1:], kernel, stride, pad, dilation, strict=True)
    output = (filters, *(s * (size - 1) + d * (k - 1) + 1 - 2 * p for size, k, s, p, d in axes))
    weights = prod(kernel) * shape[0] * (filters // groups)
    return network.add(
        "conv_transpose",
        call,
        output=output,
        params=weights + (filters if has_bias else 0),
        macs=weights * prod(shape[1:]),
        kernel_size=kernel,
        out_channels=filters,
        stride=stride,
        padding=pad,
        dilation=dilation,
        groups=groups,
        bias=has_bias,
    )


def inner_product(network: CaffeNetwork, call: CaffeLayer) -> int:
    message = call.layer.message("inner_product_param")
    entering = prod(network.builder.shape(call.inputs[0]))
    features = network.whole(message, "num_output", 0, 1)
    if message.text("axis", "1") != "1":
        return network.refuse(call, "along another axis", (features,))
    has_bias = network.flag(message, "bias_term", True)
    weights = entering * features
    params = weights + (features if has_bias else 0)
    return network.add(
        "linear",
        call,
        output=(features,),
        params=params,
        macs=weights,
        out_features=features,
        bias=has_bias,
    )


def batchnorm(network: CaffeNetwork, call: CaffeLayer) -> int:
    """Means and variances alone; a Scale behind it has what is learned."""
    shape = network.builder.shape(call.inputs[0])
    return network.add("batchnorm", call, output=shape, scale=False, center=False)


def learned_norm(network: CaffeNetwork, call: CaffeLayer) -> int:
    """The batch norm of forks for segmentation, which has its factors and offsets itself."""
    shape = network.builder.shape(call.inputs[0])
    return network.add("batchnorm", call, output=shape, params=2 * shape[0])


def scale(network: CaffeNetwork, call: CaffeLayer) -> int:
    """A factor for each channel; behind a BatchNorm the two are one batch norm."""
    message = call.layer.message("scale_param")
    has_bias = network.flag(message, "bias_term", False)
    shape = network.builder.shape(call.inputs[0])
    if len(call.inputs) == 2:
        gate = network.builder.shape(call.inputs[1])
        if has_bias or gate not in (shape, shape[:1], (shape[0], 1, 1)):
            return network.refuse(call, "by another map, with a bias or of another shape")
        return network.add("mul", call, output=shape)
    if message.text("axis", "1") != "1" or message.text("num_axes", "1") != "1":
        return network.refuse(call, "along other axes")
    params = shape[0] * (2 if has_bias else 1)
    x, nodes = call.inputs[0], network.builder.nodes
    norm = nodes[x] if x >= 0 else None
    if norm and norm.op == "batchnorm" and norm.option("scale") is False and x == len(nodes) - 1:
        options = () if has_bias else (("center", False),)
        nodes[x] = norm._replace(options=options, params=params)
        network.count_each(call, x, shape[0])
        return x
    return network.add("scale", call, output=shape, params=params, bias=has_bias)


def prelu(network: CaffeNetwork, call: CaffeLayer) -> int:
    shape = network.builder.shape(call.inputs[0])
    is_shared = network.flag(call.layer.message("prelu_param"), "channel_shared", False)
    params = 1 if is_shared else shape[0]
    return network.add("prelu", call, output=shape, params=params, shared=is_shared or None)


def normalize(network: CaffeNetwork, call: CaffeLayer) -> int:
    """SSD's normalisation (Liu et al. 2015, arXiv:1512.02325)."""
    message = call.layer.message("norm_param")
    shape = network.builder.shape(call.inputs[0])
    is_whole = network.flag(message, "across_spatial", True)
    if is_whole or network.flag(message, "channel_shared", True):
        return network.refuse(call, "over height and width, or with one factor")
    return network.add("l2norm", call, output=shape, params=shape[0])
