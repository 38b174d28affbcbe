"""The values that operations give, against PyTorch's, where it is installed; it is in no requirement.

    pip install torch && python -m pytest tests/test_torch.py

Each operation is drawn with random options on random maps of one to three axes, odd and even. What
PyTorch refuses must be refused. test_execute.py has literals and loops for those without PyTorch.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest

from convcalc.execute.kernels import forward
from convcalc.ops import OPS
from convcalc.ops.shapes import OperationError

torch = pytest.importorskip("torch")
F = pytest.importorskip("torch.nn.functional")
warnings.filterwarnings("ignore", module="torch")
TRIALS = 120


class Tensors:
    """Random tensors, kept under their names."""

    border = 0.0

    def __init__(self, random_: np.random.Generator) -> None:
        self.random = random_
        self.given: dict[str, Any] = {}

    def ask(self, name: str, *shape: int, fan_in: int = 1) -> Any:
        values = self.random.standard_normal(shape).astype(np.float32)
        self.given[name] = np.abs(values) + 0.1 if name == "running_var" else values
        return self.given[name]

    def products(self, sums: Any) -> None:
        pass


class Drawn(NamedTuple):
    """An operation's options, the same of PyTorch, and what these do with a batch of one."""

    options: dict[str, Any]
    call: Callable[[Any, dict[str, Any]], Any]
    shape: tuple[int, ...]


def sizes(draw: random.Random, axes: int, least: int, most: int) -> tuple[int, ...]:
    return tuple(draw.randint(least, most) for _ in range(axes))


def shape_of(draw: random.Random, axes: int, channels: int | None = None) -> tuple[int, ...]:
    return (channels or draw.choice([1, 2, 3, 4, 6, 8]), *sizes(draw, axes, 1, 9 if axes < 3 else 6))


def weight(given: dict[str, Any], axes: int) -> Any:
    """(out_channels, in_channels / groups, kernel...), from ours with the kernel first."""
    tensor = torch.tensor(given["weight"])
    return tensor.permute(axes + 1, axes, *range(axes))


def of(given: dict[str, Any], name: str) -> Any:
    return torch.tensor(given[name]) if name in given else None


def conv(draw: random.Random, axes: int) -> Drawn:
    groups = draw.choice([1, 1, 2])
    x = shape_of(draw, axes)
    stride, dilation = sizes(draw, axes, 1, 3), sizes(draw, axes, 1, 2)
    padding, kernel = sizes(draw, axes, 0, 2), sizes(draw, axes, 1, 4)
    options = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    options |= {"groups": groups, "out_channels": draw.choice([2, 3, 4]), "bias": draw.random() < 0.5}

    def call(x: Any, given: dict[str, Any]) -> Any:
        function = [F.conv1d, F.conv2d, F.conv3d][axes - 1]
        if x.shape[1] % groups or options["out_channels"] % groups:
            raise RuntimeError
        if not given:  # only whether it fits is asked
            blank = torch.zeros(options["out_channels"], x.shape[1] // groups, *kernel)
            return function(x, blank, None, stride, padding, dilation, groups)
        return function(x, weight(given, axes), of(given, "bias"), stride, padding, dilation, groups)

    return Drawn(options, call, x)


def dwconv(draw: random.Random, axes: int) -> Drawn:
    x = shape_of(draw, axes)
    multiplier = draw.choice([1, 2])
    stride, padding, kernel = sizes(draw, axes, 1, 3), sizes(draw, axes, 0, 2), sizes(draw, axes, 1, 4)
    options = {"kernel_size": kernel, "stride": stride, "padding": padding, "multiplier": multiplier}

    def call(x: Any, given: dict[str, Any]) -> Any:
        function = [F.conv1d, F.conv2d, F.conv3d][axes - 1]
        channels = x.shape[1]
        if not given:
            blank = torch.zeros(channels * multiplier, 1, *kernel)
            return function(x, blank, None, stride, padding, 1, channels)
        own = torch.tensor(given["weight"]).reshape(*kernel, channels * multiplier)
        own = own.permute(axes, *range(axes)).unsqueeze(1)
        return function(x, own, None, stride, padding, 1, channels)

    return Drawn(options, call, x)


def conv_transpose(draw: random.Random, axes: int) -> Drawn:
    groups, x = draw.choice([1, 1, 2]), shape_of(draw, axes)
    options = {
        "kernel_size": sizes(draw, axes, 1, 4),
        "stride": sizes(draw, axes, 1, 3),
        "padding": sizes(draw, axes, 0, 2),
        "output_padding": sizes(draw, axes, 0, 1),
        "dilation": sizes(draw, axes, 1, 2),
    }
    kernel, stride, padding, extra, dilation = options.values()
    options |= {"groups": groups, "out_channels": draw.choice([2, 4]), "bias": draw.random() < 0.5}

    def call(x: Any, given: dict[str, Any]) -> Any:
        function = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][axes - 1]
        if x.shape[1] % groups:
            raise RuntimeError
        if not given:
            own = torch.zeros(x.shape[1], options["out_channels"] // groups, *kernel)
        else:
            own = torch.tensor(given["weight"]).permute(axes, axes + 1, *range(axes))
        return function(x, own, of(given, "bias"), stride, padding, extra, groups, dilation)

    return Drawn(options, call, x)


def maxpool(draw: random.Random, axes: int) -> Drawn:
    options = pooling(draw, axes) | {"dilation": sizes(draw, axes, 1, 2)}

    def call(x: Any, given: dict[str, Any]) -> Any:
        function = [F.max_pool1d, F.max_pool2d, F.max_pool3d][axes - 1]
        return function(x, **options)

    return Drawn(options, call, shape_of(draw, axes))


def avgpool(draw: random.Random, axes: int) -> Drawn:
    options = pooling(draw, axes) | {"count_include_pad": draw.random() < 0.5}

    def call(x: Any, given: dict[str, Any]) -> Any:
        function = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][axes - 1]
        return function(x, **options)

    return Drawn(options, call, shape_of(draw, axes))


def pooling(draw: random.Random, axes: int) -> dict[str, Any]:
    return {
        "kernel_size": sizes(draw, axes, 1, 4),
        "stride": sizes(draw, axes, 1, 3),
        "padding": sizes(draw, axes, 0, 2),
        "ceil_mode": draw.random() < 0.5,
    }


def adaptive(name: str) -> Callable[[random.Random, int], Drawn]:
    def drawn(draw: random.Random, axes: int) -> Drawn:
        size = sizes(draw, axes, 1, 8)
        function = getattr(F, f"adaptive_{name}_pool{axes}d")
        return Drawn({"size": size}, lambda x, _: function(x, size), shape_of(draw, axes))

    return drawn


def resampled(name: str) -> Callable[[random.Random, int], Drawn]:
    def drawn(draw: random.Random, axes: int) -> Drawn:
        mode = draw.choice(["nearest", "bilinear"])
        corners = draw.random() < 0.5
        own = "nearest" if mode == "nearest" else ["linear", "bilinear", "trilinear"][axes - 1]
        given = {"size": sizes(draw, axes, 1, 12)}
        ours: dict[str, Any] = given
        if name == "upsample":
            ours = {"scale": sizes(draw, axes, 1, 3)}
            given = {"scale_factor": tuple(map(float, ours["scale"]))}

        def call(x: Any, _: Any) -> Any:
            # None is nearest's default; it refuses whatever else is given.
            flag = corners if mode == "bilinear" or corners else None
            return F.interpolate(x, mode=own, align_corners=flag, **given)

        return Drawn({**ours, "mode": mode, "align_corners": corners}, call, shape_of(draw, axes))

    return drawn


def pad(draw: random.Random, axes: int) -> Drawn:
    before, after = sizes(draw, axes, 0, 2), sizes(draw, axes, 1, 2)
    more = draw.choice([0, 2])
    ends = [n for pair in reversed(list(zip(before, after, strict=True))) for n in pair]
    return Drawn(
        {"before": before, "after": after, "channels": more},
        lambda x, _: F.pad(x, [*ends, 0, more]),
        shape_of(draw, axes),
    )


def norms(name: str) -> Callable[[random.Random, int], Drawn]:
    def drawn(draw: random.Random, axes: int) -> Drawn:
        x, eps = shape_of(draw, axes), draw.choice([1e-5, 1e-3])
        options: dict[str, Any] = {"scale": draw.random() < 0.7, "eps": Fraction(str(eps))}
        if name != "l2norm":
            options["center"] = draw.random() < 0.7
        groups = draw.choice([1, 2, 3])
        if name == "groupnorm":
            options["groups"] = groups

        def call(x: Any, given: dict[str, Any]) -> Any:
            gamma, beta = of(given, "gamma"), of(given, "beta")
            if name == "batchnorm":
                mean, variance = of(given, "running_mean"), of(given, "running_var")
                return F.batch_norm(x, mean, variance, gamma, beta, eps=eps) if given else x
            if name == "groupnorm":
                return F.group_norm(x, groups, gamma, beta, eps)
            if name == "instancenorm":
                return F.instance_norm(x, weight=gamma, bias=beta, eps=eps)
            if name == "layernorm":
                last = x.movedim(1, -1)
                return F.layer_norm(last, (x.shape[1],), gamma, beta, eps).movedim(-1, 1)
            y = F.normalize(x, eps=eps)
            return y if gamma is None else y * gamma.reshape(-1, *[1] * axes)

        return Drawn(options, call, x)

    return drawn


def lrn(draw: random.Random, axes: int) -> Drawn:
    size = draw.choice([1, 2, 3, 5])
    options = {"size": size, "alpha": Fraction(1, 2), "k": Fraction(2)}

    def call(x: Any, given: dict[str, Any]) -> Any:
        return F.local_response_norm(x, size, 0.5, 0.75, 2.0)

    return Drawn(options, call, shape_of(draw, axes))


def shuffle(draw: random.Random, axes: int) -> Drawn:
    """Of two axes PyTorch's; of others the same with one axis after the other by reshape."""
    factor = draw.choice([1, 2, 3])
    x = shape_of(draw, axes, draw.choice([1, 2]) * factor**axes + draw.choice([0, 0, 1]))

    def call(x: Any, _: Any) -> Any:
        if axes == 2:
            return F.pixel_shuffle(x, factor)
        split = x.reshape(1, -1, *[factor] * axes, *x.shape[2:])
        order = [n for axis in range(axes) for n in (2 + axes + axis, 2 + axis)]
        return split.permute(0, 1, *order).reshape(1, -1, *(n * factor for n in x.shape[2:]))

    return Drawn({"factor": factor}, call, x)


def unshuffle(draw: random.Random, axes: int) -> Drawn:
    factor = draw.choice([1, 2, 3])
    x = (2, *(n * factor for n in sizes(draw, axes, 1, 3)))
    return Drawn({"factor": factor}, lambda x, _: F.pixel_unshuffle(x, factor), x)


def plain(function: Callable[[Any], Any], **options: Any) -> Callable[[random.Random, int], Drawn]:
    return lambda draw, axes: Drawn(options, lambda x, _: function(x), shape_of(draw, axes))


def prelu(draw: random.Random, axes: int) -> Drawn:
    options = {"shared": draw.random() < 0.5}
    shape = shape_of(draw, axes)
    return Drawn(options, lambda x, given: F.prelu(x, of(given, "slope")) if given else x, shape)


OPERATIONS: dict[str, Callable[[random.Random, int], Drawn]] = {
    "conv": conv,
    "dwconv": dwconv,
    "conv_transpose": conv_transpose,
    "maxpool": maxpool,
    "avgpool": avgpool,
    "adaptive_avgpool": adaptive("avg"),
    "adaptive_maxpool": adaptive("max"),
    "upsample": resampled("upsample"),
    "resize": resampled("resize"),
    "pad": pad,
    "lrn": lrn,
    "pixel_shuffle": shuffle,
    "prelu": prelu,
    **{name: norms(name) for name in ("batchnorm", "layernorm", "groupnorm", "instancenorm", "l2norm")},
    "elu": plain(lambda x: F.elu(x, 1.5), alpha=Fraction(3, 2)),
    "gelu": plain(F.gelu),
    "selu": plain(F.selu),
    "mish": plain(F.mish),
    "softplus": plain(F.softplus),
    "logsigmoid": plain(F.logsigmoid),
    "sigmoid": plain(torch.sigmoid),
    "silu": plain(F.silu),
    "hardswish": plain(F.hardswish),
    "hardsigmoid": plain(F.hardsigmoid),
    "softmax": plain(lambda x: F.softmax(x, 1)),
    "channel_mean": plain(lambda x: x.mean(1, keepdim=True)),
    "channel_max": plain(lambda x: x.amax(1, keepdim=True)),
    "factor": plain(lambda x: x * 0.1, number=Fraction(1, 10)),
}
MODES = {"gelu": plain(lambda x: F.gelu(x, approximate="tanh"), approximate="tanh")}
CASES = [*OPERATIONS.items(), *MODES.items()]
# Of these PyTorch has two axes only.
TWO_AXES = [("pixel_unshuffle", unshuffle)]


def is_nothing(call: Callable[[Any, dict[str, Any]], Any], batch: Any) -> bool:
    """Whether PyTorch refuses too, or gives a tensor without elements."""
    try:
        return bool(call(batch, {}).numel() == 0)
    except (RuntimeError, ValueError):
        return True


@pytest.mark.parametrize(
    ("name", "drawn", "axes"),
    [
        *((name, drawn, axes) for name, drawn in CASES for axes in (1, 2, 3)),
        *((name, drawn, 2) for name, drawn in TWO_AXES),
    ],
)
def test_values_are_those_of_pytorch(name: str, drawn: Callable[..., Drawn], axes: int) -> None:
    draw, random_ = random.Random(f"{name}{axes}"), np.random.default_rng(axes)
    run = 0
    for _ in range(TRIALS):
        options, call, shape = drawn(draw, axes)
        x = random_.standard_normal(shape).astype(np.float32) * 3
        tensors = Tensors(random_)
        batch = torch.tensor(x)[None]
        try:
            operation = OPS[name](**options).on(shape)
            output = operation.output_shape(shape)
        except OperationError:
            assert is_nothing(call, batch), (options, shape)
            continue
        y = forward(operation, [x], tensors)
        if name == "avgpool" and axes == 3 and min(np.subtract(shape[1:], options["kernel_size"])) < 0:
            continue  # avg_pool3d alone wants the kernel to fit without the padding
        expected = call(batch, tensors.given)[0].numpy()
        assert y.shape == output == expected.shape, (options, shape)
        np.testing.assert_allclose(y, expected, rtol=2e-4, atol=2e-4, err_msg=f"{options} {shape}")
        run += 1
    assert run >= TRIALS // 10
