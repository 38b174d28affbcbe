"""A network as PyTorch modules, the way that docs/counters.md says counters are taken to see it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection
from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from convcalc.network.layer import NETWORK_INPUT, Layer
from convcalc.network.model import Network


class Built(nn.Module):
    """Runs a network's layers in order: modules, or functions with the parameters that they need."""

    def __init__(self, network: Network, functional: Collection[str] = ()) -> None:
        super().__init__()
        self.layers = network.layers
        self.steps: list[Callable[..., Tensor]] = []
        for place, layer in enumerate(self.layers):
            if layer.shares is not None:  # the same module once more
                self.steps.append(self.steps[layer.shares])
                continue
            is_function = bool({layer.op, layer.path} & set(functional))
            part = MODULES[layer.op](layer) if layer.op in MODULES else nn.Identity()
            step: Callable[..., Tensor] = part
            if is_function or layer.op in OPERATORS:
                part = _parameters(part)
                step = _function(layer, part, is_function)
            self.steps.append(step)
            setattr(self, f"part{place}", part)

    def forward(self, x: Tensor) -> Tensor:
        made = {NETWORK_INPUT: x}
        for place, (layer, step) in enumerate(zip(self.layers, self.steps, strict=True)):
            made[place] = step(*(made[source] for source in layer.sources))
        return made[len(self.layers) - 1]


def _parameters(module: nn.Module) -> nn.ParameterDict:
    """A module's parameters without it, by their own names."""
    return nn.ParameterDict({name.rpartition(".")[2]: one for name, one in module.named_parameters()})


def _function(layer: Layer, held: nn.ParameterDict, is_named: bool) -> Callable[..., Tensor]:
    table = FUNCTIONS if is_named else OPERATORS
    return lambda *inputs: table[layer.op](layer, held, *inputs)


# ---- modules ----------------------------------------------------------------------------------------


class ChannelsLast(nn.Module):
    """A layer norm over the channels at each position."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, x: Tensor) -> Tensor:
        return _channels_last(self.norm, x)


def _channels_last(norm: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return norm(x) if x.dim() == 2 else norm(x.movedim(1, -1)).movedim(-1, 1)


def _for_axes(place: Any, name: str, layer: Layer) -> Any:
    """`Conv2d` for height and width."""
    return getattr(place, f"{name}{max(1, len(layer.input) - 1)}d")


def _pads(layer: Layer) -> tuple[int, ...]:
    """The padding in numbers; a module has the same before and after."""
    windows = layer.operation.windows(layer.input) or ()
    assert all(before == after for before, after in (window.pads for window in windows))
    return tuple(window.pads[0] for window in windows)


def _conv(layer: Layer) -> nn.Module:
    one = layer.operation
    groups = layer.input[0] if layer.op == "dwconv" else one.groups
    sizes = (layer.input[0], layer.output[0], one.kernel_size, one.stride, _pads(layer))
    return _for_axes(nn, "Conv", layer)(*sizes, one.dilation, groups, one.bias)


def _conv_transpose(layer: Layer) -> nn.Module:
    one = layer.operation
    sizes = (layer.input[0], one.out_channels, one.kernel_size, one.stride, one.padding)
    return _for_axes(nn, "ConvTranspose", layer)(
        *sizes, one.output_padding, one.groups, one.bias, one.dilation
    )


def _linear(layer: Layer) -> nn.Module:
    size = torch.Size(layer.input).numel()
    linear = nn.Linear(size, layer.output[0], layer.operation.bias)
    return linear if len(layer.input) == 1 else nn.Sequential(nn.Flatten(), linear)


def _batchnorm(layer: Layer) -> nn.Module:
    norm = _for_axes(nn, "BatchNorm", layer)(layer.input[0], affine=layer.operation.scale)
    for tensor in (*norm.parameters(), norm.running_mean, norm.running_var):
        nn.init.uniform_(tensor)  # an exporter stores equal tensors once
    return norm


def _layernorm(layer: Layer) -> nn.Module:
    scale, center = layer.operation.scale, layer.operation.center
    return ChannelsLast(nn.LayerNorm(layer.input[0], elementwise_affine=scale, bias=center))


def _maxpool(layer: Layer) -> nn.Module:
    one = layer.operation
    sizes = (one.kernel_size, one.stride, _pads(layer), one.dilation)
    return _for_axes(nn, "MaxPool", layer)(*sizes, ceil_mode=one.ceil_mode)


def _avgpool(layer: Layer) -> nn.Module:
    one = layer.operation
    sizes = (one.kernel_size, one.stride, _pads(layer))
    return _for_axes(nn, "AvgPool", layer)(*sizes, one.ceil_mode, one.count_include_pad)


def _scale(layer: Layer) -> nn.Module:
    names = ("gamma", "bias") if layer.operation.bias else ("gamma",)
    return nn.ParameterDict(
        {name: torch.rand(layer.input[0], *[1] * (len(layer.input) - 1)) for name in names}
    )


MODULES: dict[str, Callable[[Layer], nn.Module]] = {
    "conv": _conv,
    "dwconv": _conv,
    "conv_transpose": _conv_transpose,
    "scale": _scale,
    "linear": _linear,
    "batchnorm": _batchnorm,
    "layernorm": _layernorm,
    "maxpool": _maxpool,
    "avgpool": _avgpool,
    "global_maxpool": lambda layer: _for_axes(nn, "AdaptiveMaxPool", layer)(1),
    "global_avgpool": lambda layer: _for_axes(nn, "AdaptiveAvgPool", layer)(1),
    "adaptive_avgpool": lambda layer: _for_axes(nn, "AdaptiveAvgPool", layer)(layer.output[1:]),
    "lrn": lambda layer: nn.LocalResponseNorm(layer.operation.size),
    "upsample": lambda layer: nn.Upsample(scale_factor=layer.operation.scale),
    "prelu": lambda layer: nn.PReLU(layer.input[0]),
    "softmax": lambda _: nn.Softmax(1),
    "dropout": lambda _: nn.Dropout(),
    "flatten": lambda _: nn.Flatten(),
    "identity": lambda _: nn.Identity(),
    **{
        name: lambda _, kind=kind: kind()
        for name, kind in {
            "relu": nn.ReLU,
            "relu6": nn.ReLU6,
            "leaky_relu": nn.LeakyReLU,
            "elu": nn.ELU,
            "sigmoid": nn.Sigmoid,
            "tanh": nn.Tanh,
            "silu": nn.SiLU,
            "hardswish": nn.Hardswish,
            "hardsigmoid": nn.Hardsigmoid,
            "gelu": nn.GELU,
        }.items()
    },
}


# ---- functions --------------------------------------------------------------------------------------


def _sum(layer: Layer, held: Any, *inputs: Tensor) -> Tensor:
    return reduce(operator.add, inputs)


def _product(layer: Layer, held: Any, *inputs: Tensor) -> Tensor:
    return reduce(operator.mul, inputs)


def _shuffled(layer: Layer, held: Any, x: Tensor) -> Tensor:
    groups = layer.operation.groups
    apart = x.reshape(x.shape[0], groups, x.shape[1] // groups, *x.shape[2:])
    return apart.transpose(1, 2).reshape(x.shape)


def _scaled(layer: Layer, held: Any, x: Tensor) -> Tensor:
    return x * held["gamma"] + held["bias"] if layer.operation.bias else x * held["gamma"]


# What is no module: operators, and factors with a parameter of the network's own.
OPERATORS: dict[str, Callable[..., Tensor]] = {
    "add": _sum,
    "mul": _product,
    "concat": lambda layer, held, *inputs: torch.cat(inputs, 1),
    "slice": lambda layer, held, x: x[:, layer.operation.start : layer.operation.stop],
    "channel_shuffle": _shuffled,
    "scale": _scaled,
}


def _weights(held: Any) -> list[Tensor]:
    return [held[name] for name in ("weight", "bias") if name in held]


def _conv_of(layer: Layer, held: Any, x: Tensor) -> Tensor:
    one = layer.operation
    groups = layer.input[0] if layer.op == "dwconv" else one.groups
    weight, bias = (*_weights(held), None)[:2]
    return _for_axes(F, "conv", layer)(x, weight, bias, one.stride, _pads(layer), one.dilation, groups)


def _conv_transpose_of(layer: Layer, held: Any, x: Tensor) -> Tensor:
    one = layer.operation
    weight, bias = (*_weights(held), None)[:2]
    sizes = (one.stride, one.padding, one.output_padding, one.groups, one.dilation)
    return _for_axes(F, "conv_transpose", layer)(x, weight, bias, *sizes)


def _linear_of(layer: Layer, held: Any, x: Tensor) -> Tensor:
    return F.linear(torch.flatten(x, 1), *_weights(held))


def _batchnorm_of(layer: Layer, held: Any, x: Tensor) -> Tensor:
    mean, variance = torch.zeros(layer.input[0]), torch.ones(layer.input[0])
    return F.batch_norm(x, mean, variance, *_weights(held))


def _layernorm_of(layer: Layer, held: Any, x: Tensor) -> Tensor:
    shape = (layer.input[0],)
    return _channels_last(lambda last: F.layer_norm(last, shape, *_weights(held)), x)


def _maxpool_of(layer: Layer, held: Any, x: Tensor) -> Tensor:
    one = layer.operation
    sizes = (one.kernel_size, one.stride, _pads(layer), one.dilation)
    return _for_axes(F, "max_pool", layer)(x, *sizes, ceil_mode=one.ceil_mode)


def _avgpool_of(layer: Layer, held: Any, x: Tensor) -> Tensor:
    one = layer.operation
    sizes = (one.kernel_size, one.stride, _pads(layer))
    return _for_axes(F, "avg_pool", layer)(x, *sizes, one.ceil_mode, one.count_include_pad)


def _added(layer: Layer, held: Any, *inputs: Tensor) -> Tensor:
    return reduce(torch.add, inputs)


def _multiplied(layer: Layer, held: Any, *inputs: Tensor) -> Tensor:
    return reduce(torch.mul, inputs)


FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "conv": _conv_of,
    "dwconv": _conv_of,
    "conv_transpose": _conv_transpose_of,
    "linear": _linear_of,
    "batchnorm": _batchnorm_of,
    "layernorm": _layernorm_of,
    "maxpool": _maxpool_of,
    "avgpool": _avgpool_of,
    "global_maxpool": lambda layer, held, x: _for_axes(F, "adaptive_max_pool", layer)(x, 1),
    "global_avgpool": lambda layer, held, x: _for_axes(F, "adaptive_avg_pool", layer)(x, 1),
    "lrn": lambda layer, held, x: F.local_response_norm(x, layer.operation.size),
    "upsample": lambda layer, held, x: F.interpolate(x, scale_factor=layer.operation.scale),
    "prelu": lambda layer, held, x: F.prelu(x, held["weight"]),
    "softmax": lambda layer, held, x: F.softmax(x, 1),
    "dropout": lambda layer, held, x: F.dropout(x, training=False),
    "flatten": lambda layer, held, x: torch.flatten(x, 1),
    **{
        name: lambda layer, held, x, name=name: getattr(F, name)(x)
        for name in ("relu", "relu6", "leaky_relu", "elu", "silu", "hardswish", "hardsigmoid", "gelu")
    },
    "sigmoid": lambda layer, held, x: torch.sigmoid(x),
    "tanh": lambda layer, held, x: torch.tanh(x),
    "add": _added,
    "mul": _multiplied,
}
