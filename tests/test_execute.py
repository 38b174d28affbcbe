"""The values that running a network gives, against definitions written out as loops."""

from __future__ import annotations

import json
import math
import tracemalloc
import weakref
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import convcalc
from convcalc.execute import image, random_weights, run
from convcalc.execute import kernels as kernels_module
from convcalc.execute.kernels import forward
from convcalc.execute.running import LayerTensors, execute
from convcalc.ops import OPS

SIZES = [(1, 1), (4, 5), (7, 6)]


class Tensors:
    """Gives a layer the tensors of a test, and refuses another shape; makes those that are missing."""

    border = 0.0

    def __init__(self, **given):
        self.given = {name: np.asarray(values, np.float32) for name, values in given.items()}
        self.random = np.random.default_rng(7)

    def ask(self, name, *shape, fan_in=1):
        if name not in self.given:
            values = self.random.standard_normal(shape).astype(np.float32)
            self.given[name] = np.abs(values) + 0.1 if name == "running_var" else values
        assert self.given[name].shape == shape
        return self.given[name]

    def products(self, sums):
        pass


def array(*shape, seed=1):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def operate(name, *inputs, tensors=None, **options):
    """An operation's output; it must leave what enters as it was."""
    before = [x.copy() for x in inputs]
    operation = OPS[name](**options).on(*(x.shape for x in inputs))
    y = forward(operation, list(inputs), tensors or Tensors())
    assert y.dtype == np.float32
    assert all(np.array_equal(old, x) for old, x in zip(before, inputs, strict=True))
    return y


def assert_same(found, expected):
    np.testing.assert_allclose(found, np.asarray(expected), rtol=1e-4, atol=1e-5)
    assert found.shape == np.asarray(expected).shape


# ---- the definitions ---------------------------------------------------------------------------------


def places(size, kernel, stride, padding, dilation=1, ceil_mode=False):
    """The indices under each window along an axis, those outside the image included."""
    span = dilation * (kernel - 1) + 1
    if padding == "same":
        count = math.ceil(size / stride)
        before = max((count - 1) * stride + span - size, 0) // 2
    else:
        before = padding
        steps = Fraction(size + 2 * padding - span, stride)
        count = (math.ceil(steps) if ceil_mode else math.floor(steps)) + 1
        if ceil_mode and (count - 1) * stride >= size + padding:
            count -= 1
    first = [place * stride - before for place in range(count)]
    return [[start + tap * dilation for tap in range(kernel)] for start in first]


def both_places(x, kernel, stride, padding, **more):
    dilation = more.pop("dilation", (1, 1))
    pads = ("same", "same") if padding == "same" else padding
    return [
        places(size, kernel[axis], stride[axis], pads[axis], dilation[axis], **more)
        for axis, size in enumerate(x.shape[1:])
    ]


def conv(x, weight, kernel, stride, padding, dilation, groups=1, bias=None):
    rows, columns = both_places(x, kernel, stride, padding, dilation=dilation)
    _, height, width = x.shape
    _, _, entering, leaving = weight.shape
    y = np.zeros((leaving, len(rows), len(columns)))
    for out, top, left in np.ndindex(y.shape):
        value = 0.0 if bias is None else float(bias[out])
        group = out // (leaving // groups)
        for (i, row), (j, column) in product(enumerate(rows[top]), enumerate(columns[left])):
            if 0 <= row < height and 0 <= column < width:
                for channel in range(entering):
                    pixel = x[group * entering + channel, row, column]
                    value += float(pixel) * float(weight[i, j, channel, out])
        y[out, top, left] = value
    return y


def conv_transpose(x, weight, stride, padding, output_padding, dilation, groups, bias=None):
    channels, height, width = x.shape
    kh, kw, _, leaving = weight.shape
    size = [
        (n - 1) * s - 2 * p + d * (k - 1) + extra + 1
        for n, s, p, d, k, extra in zip(
            (height, width), stride, padding, dilation, (kh, kw), output_padding, strict=True
        )
    ]
    y = np.zeros((leaving * groups, *size))
    for channel, row, column, i, j, out in np.ndindex(channels, height, width, kh, kw, leaving):
        down = row * stride[0] + i * dilation[0] - padding[0]
        right = column * stride[1] + j * dilation[1] - padding[1]
        if 0 <= down < size[0] and 0 <= right < size[1]:
            group = channel // (channels // groups)
            product_ = float(x[channel, row, column]) * float(weight[i, j, channel, out])
            y[group * leaving + out, down, right] += product_
    return y if bias is None else y + np.asarray(bias)[:, None, None]


def pool(x, kernel, stride, padding, ceil_mode, kind, count_include_pad=False):
    ceil_mode = ceil_mode and padding != "same"
    rows, columns = both_places(x, kernel, stride, padding, ceil_mode=ceil_mode)
    channels, height, width = x.shape
    y = np.zeros((channels, len(rows), len(columns)))
    for channel, top, left in np.ndindex(y.shape):
        places_ = list(product(rows[top], columns[left]))
        inside = [place for place in places_ if 0 <= place[0] < height and 0 <= place[1] < width]
        values = [float(x[channel, row, column]) for row, column in inside]
        if kind == "max":
            y[channel, top, left] = max(values)
        elif not count_include_pad:
            y[channel, top, left] = sum(values) / len(values)
        elif padding == "same":
            y[channel, top, left] = sum(values) / len(places_)
        else:  # the padding counts, what ceil_mode adds behind it does not
            down, right = height + padding[0], width + padding[1]
            counted = [place for place in places_ if place[0] < down and place[1] < right]
            y[channel, top, left] = sum(values) / len(counted)
    return y


def fits(size, kernel, padding, dilation=(1, 1)):
    return padding == "same" or all(
        n + 2 * p >= d * (k - 1) + 1 for n, k, p, d in zip(size, kernel, padding, dilation, strict=True)
    )


# ---- convolutions ------------------------------------------------------------------------------------

KERNELS = [(1, 1), (2, 2), (3, 3), (1, 3), (4, 1)]
STRIDES = [(1, 1), (2, 2), (3, 1)]
PADDINGS = ["same", (0, 0), (1, 1), (2, 0)]


def test_a_convolution_by_hand():
    x = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
    weight = np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1)
    valid = operate(
        "conv", x, tensors=Tensors(weight=weight), kernel_size=(2, 2), out_channels=1, padding=(0, 0)
    )
    assert_same(valid, [[[27, 37], [57, 67]]])  # 0·1 + 1·2 + 3·3 + 4·4 first: not flipped
    same = operate("conv", x, tensors=Tensors(weight=weight), kernel_size=(2, 2), out_channels=1)
    assert_same(same, [[[27, 37, 17], [57, 67, 29], [20, 23, 8]]])  # the odd zeros behind


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_convolutions(kernel, padding):
    for size, stride, dilation in product(SIZES, STRIDES, [(1, 1), (2, 1)]):
        if not fits(size, kernel, padding, dilation):
            continue
        x, bias = array(2, *size), array(3)
        weight = array(*kernel, 2, 3, seed=2)
        options = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        y = operate("conv", x, tensors=Tensors(weight=weight), out_channels=3, **options)
        assert_same(y, conv(x, weight, kernel, stride, padding, dilation))
        tensors = Tensors(weight=weight, bias=bias)
        y = operate("conv", x, tensors=tensors, out_channels=3, bias=True, **options)
        assert_same(y, conv(x, weight, kernel, stride, padding, dilation, bias=bias))


@pytest.mark.parametrize(("groups", "entering", "leaving"), [(2, 4, 6), (3, 3, 3), (2, 2, 8)])
def test_grouped_convolutions(groups, entering, leaving):
    for kernel, stride, padding in product([(1, 1), (3, 2)], STRIDES, PADDINGS):
        x = array(entering, 5, 4)
        weight = array(*kernel, entering // groups, leaving, seed=2)
        options = {"kernel_size": kernel, "stride": stride, "padding": padding, "groups": groups}
        y = operate("conv", x, tensors=Tensors(weight=weight), out_channels=leaving, **options)
        assert_same(y, conv(x, weight, kernel, stride, padding, (1, 1), groups))


@pytest.mark.parametrize("most", [1, 40, 200])
def test_a_convolution_in_parts_is_the_same(monkeypatch, most):
    x, weight = array(4, 7, 6), array(3, 3, 2, 4, seed=2)
    options = {"kernel_size": (3, 3), "out_channels": 4, "groups": 2, "bias": True}
    whole = operate("conv", x, tensors=Tensors(weight=weight), **options)
    monkeypatch.setattr(kernels_module.convolution, "_MOST_COLUMNS", most)
    assert_same(operate("conv", x, tensors=Tensors(weight=weight), **options), whole)


@pytest.mark.parametrize("multiplier", [1, 3])
@pytest.mark.parametrize("padding", PADDINGS)
def test_depthwise_convolutions(padding, multiplier):
    for kernel, stride, dilation in product([(1, 1), (3, 3), (2, 3)], STRIDES, [(1, 1), (1, 2)]):
        if not fits((5, 4), kernel, padding, dilation):
            continue
        x, bias = array(2, 5, 4), array(2 * multiplier)
        weight = array(*kernel, 2, multiplier, seed=2)
        options = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        y = operate(
            *("dwconv", x),
            tensors=Tensors(weight=weight, bias=bias),
            multiplier=multiplier,
            bias=True,
            **options,
        )
        # A channel's outputs are behind each other: a convolution in as many groups as channels.
        grouped = weight.reshape(*kernel, 1, 2 * multiplier)
        assert_same(y, conv(x, grouped, kernel, stride, padding, dilation, 2, bias))


def test_a_transposed_convolution_by_hand():
    x = np.array([[[1, 2], [3, 4]]], np.float32)
    weight = np.array([[1, 10], [100, 1000]]).reshape(2, 2, 1, 1)
    y = operate(
        *("conv_transpose", x),
        tensors=Tensors(weight=weight),
        kernel_size=(2, 2),
        stride=(2, 2),
        out_channels=1,
    )
    spread = [[1, 10, 2, 20], [100, 1000, 200, 2000], [3, 30, 4, 40], [300, 3000, 400, 4000]]
    assert_same(y, [spread])


@pytest.mark.parametrize(("groups", "entering", "leaving"), [(1, 2, 3), (2, 4, 2), (3, 3, 6)])
@pytest.mark.parametrize("padding", [(0, 0), (1, 1), (2, 0)])
def test_transposed_convolutions(padding, groups, entering, leaving):
    cases = product([(3, 3), (2, 4)], STRIDES, [(1, 1), (2, 1)], [(0, 0), (1, 0), (2, 1)], [False, True])
    ran = 0
    for kernel, stride, dilation, extra, bias in cases:
        if any(e and e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
            continue
        x, weight = array(entering, 4, 5), array(*kernel, entering, leaving // groups, seed=2)
        tensors = Tensors(weight=weight, bias=array(leaving))
        y = operate(
            *("conv_transpose", x),
            tensors=tensors,
            kernel_size=kernel,
            out_channels=leaving,
            stride=stride,
            padding=padding,
            output_padding=extra,
            dilation=dilation,
            groups=groups,
            bias=bias,
        )
        summand = tensors.given["bias"] if bias else None
        assert_same(y, conv_transpose(x, weight, stride, padding, extra, dilation, groups, summand))
        ran += 1
    assert ran > 20


def test_linear_flattens_in_channel_height_width_order():
    x, weight, bias = array(2, 3, 2), array(12, 5), array(5)
    y = operate("linear", x, tensors=Tensors(weight=weight, bias=bias), out_features=5, bias=True)
    flat = [x[c, h, w] for c in range(2) for h in range(3) for w in range(2)]
    expected = [sum(flat[i] * weight[i, o] for i in range(12)) + bias[o] for o in range(5)]
    assert_same(y, expected)
    assert_same(operate("linear", x, tensors=Tensors(weight=weight), out_features=5), expected - bias)
    vector = operate("linear", x.reshape(-1), tensors=Tensors(weight=weight), out_features=5)
    assert_same(vector, expected - bias)


# ---- pooling -----------------------------------------------------------------------------------------


def test_average_pooling_by_hand():
    x = np.arange(1, 10, dtype=np.float32).reshape(1, 3, 3)
    options = {"kernel_size": (2, 2), "stride": (2, 2)}
    assert_same(operate("avgpool", x, **options), [[[3, 4.5], [7.5, 9]]])
    included = operate("avgpool", x, count_include_pad=True, **options)
    assert_same(included, [[[3, 2.25], [3.75, 2.25]]])
    assert_same(operate("avgpool", x, padding=(0, 0), **options), [[[3]]])
    # What ceil_mode adds behind the image never counts.
    for include in (False, True):
        y = operate("avgpool", x, padding=(0, 0), ceil_mode=True, count_include_pad=include, **options)
        assert_same(y, [[[3, 4.5], [7.5, 9]]])


def test_largest_values_below_zero_are_kept():
    x = -np.arange(1, 10, dtype=np.float32).reshape(1, 3, 3)
    assert operate("maxpool", x, kernel_size=(3, 3)).max() == -1


POOLS = [
    *product([(1, 1), (2, 2), (3, 3), (2, 3), (4, 5)], ["same", (0, 0)]),
    *product([(2, 2), (3, 3), (2, 3), (4, 5)], [(1, 1), (0, 1)]),
    ((4, 5), (2, 1)),
]


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize(("kernel", "padding"), POOLS)
def test_pooling(kernel, padding, ceil_mode):
    for size, stride in product([(4, 5), (7, 6), (5, 8)], [(1, 1), (2, 2), (3, 2), (4, 4), (6, 6)]):
        x = array(2, *size)
        options = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
        found = operate("maxpool", x, **options)
        assert_same(found, pool(x, kernel, stride, padding, ceil_mode, "max"))
        for include in (False, True):
            found = operate("avgpool", x, count_include_pad=include, **options)
            assert_same(found, pool(x, kernel, stride, padding, ceil_mode, "average", include))


def test_ceil_mode_lets_a_kernel_reach_over_a_small_image():
    x = array(1, 2, 2)
    options = {"kernel_size": (3, 3), "stride": (2, 2), "padding": (0, 0)}
    assert_same(operate("maxpool", x, ceil_mode=True, **options), [[[x.max()]]])
    assert_same(operate("avgpool", x, ceil_mode=True, **options), [[[x.mean()]]])
    with pytest.raises(ValueError, match="does not fit"):
        operate("maxpool", x, **options)


def test_global_pooling():
    x = array(3, 4, 5)
    means = [[[sum(float(v) for v in x[c].flat) / 20]] for c in range(3)]
    assert_same(operate("global_avgpool", x), means)
    assert_same(operate("global_maxpool", x), [[[max(x[c].flat)]] for c in range(3)])


# ---- normalisation -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 2, 4), (3,)])
@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize("scale", [False, True])
def test_batch_and_layer_normalisation(shape, scale, center):
    x, tensors = array(*shape), Tensors(gamma=[1, -2, 3], beta=[4, 5, 6])
    y = operate("batchnorm", x, tensors=tensors, scale=scale, center=center)
    mean, variance = tensors.given["running_mean"], tensors.given["running_var"]
    layered = operate("layernorm", x, tensors=tensors, scale=scale, center=center)
    for index in np.ndindex(shape):
        gamma = tensors.given["gamma"][index[0]] if scale else 1
        beta = tensors.given["beta"][index[0]] if center else 0
        root = math.sqrt(variance[index[0]] + 1e-5)
        assert y[index] == pytest.approx((x[index] - mean[index[0]]) / root * gamma + beta, abs=1e-4)
        column = [float(x[(channel, *index[1:])]) for channel in range(3)]
        middle = sum(column) / 3
        root = math.sqrt(sum((value - middle) ** 2 for value in column) / 3 + 1e-5)
        assert layered[index] == pytest.approx((x[index] - middle) / root * gamma + beta, abs=1e-4)


def test_the_epsilon_of_normalisation():
    tensors = Tensors(running_mean=[0.0], running_var=[0.0])
    x = np.ones((1,), np.float32)
    y = operate("batchnorm", x, tensors=tensors, scale=False, center=False)
    assert y[0] == pytest.approx(1 / math.sqrt(1e-5), rel=1e-5)


def test_scale():
    for x in (array(2, 3, 4), array(2)):
        tensors = Tensors(gamma=[2, 3], bias=[5, -7])
        columns = (2, *[1] * (x.ndim - 1))
        product_ = x * np.reshape([2, 3], columns)
        assert_same(operate("scale", x, tensors=tensors), product_)
        biased = operate("scale", x, tensors=tensors, bias=True)
        assert_same(biased, product_ + np.reshape([5, -7], columns))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_local_response_normalisation(size):
    x = array(5, 2, 3)
    options = {"alpha": Fraction(3, 2), "beta": Fraction(3, 4), "k": Fraction(2)}
    y = operate("lrn", x, size=size, **options)
    for c, h, w in np.ndindex(x.shape):
        # Of an even size the channel more is before, as PyTorch has it.
        near = range(c - size // 2, c - size // 2 + size)
        squares = sum(float(x[n, h, w]) ** 2 for n in near if 0 <= n < 5)
        expected = x[c, h, w] / (2 + 1.5 / size * squares) ** 0.75
        assert y[c, h, w] == pytest.approx(expected, rel=1e-4)


# ---- elementwise, and what only rearranges ----------------------------------------------------------


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def hardsigmoid(x):
    return min(max(x + 3, 0), 6) / 6


ACTIVATIONS = {
    "relu": lambda x: max(x, 0),
    "relu6": lambda x: min(max(x, 0), 6),
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    # the constants of Klambauer et al. 2017
    "selu": lambda x: 1.05070098 * (x if x > 0 else 1.67326324 * (math.exp(x) - 1)),
    "mish": lambda x: x * math.tanh(math.log(1 + math.exp(x))),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "logsigmoid": lambda x: -math.log(1 + math.exp(-x)),
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "silu": lambda x: x * sigmoid(x),
    "hardswish": lambda x: x * hardsigmoid(x),
    "hardsigmoid": hardsigmoid,
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "dropout": lambda x: x,
    "identity": lambda x: x,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    vector = np.concatenate([np.linspace(-9, 9, 73, dtype=np.float32), [50, -50]]).astype(np.float32)
    for x in (vector, vector.reshape(5, 5, 3)):
        expected = [ACTIVATIONS[name](float(value)) for value in x.flat]
        assert_same(operate(name, x), np.reshape(expected, x.shape))


@pytest.mark.parametrize("name", ["sigmoid", "silu"])
def test_small_values_keep_their_digits(name):
    x = np.float32([-8, -20, -60, -87, -1000, 1000])
    expected = [math.exp(-8) / (1 + math.exp(-8)), *map(math.exp, (-20, -60, -87)), 0, 1]
    if name == "silu":
        expected = np.multiply(expected, x)
    assert operate(name, x) == pytest.approx(expected, rel=1e-6)


def test_activations_with_slopes():
    x = array(2, 3, 3)
    slopes = {"slope": Fraction(1, 5)}
    assert_same(operate("leaky_relu", x, **slopes), np.where(x > 0, x, x / 5))
    assert_same(operate("leaky_relu", x), np.where(x > 0, x, x / 100))
    assert_same(operate("elu", x, alpha=Fraction(3)), np.where(x > 0, x, 3 * (np.exp(x) - 1)))
    assert_same(
        operate("prelu", x, tensors=Tensors(slope=[-3]), shared=True), np.where(x > 0, x, -3 * x)
    )
    # Hendrycks and Gimpel 2016, section 2
    tanh = x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    assert_same(operate("gelu", x, approximate="tanh"), tanh)
    learned = operate("prelu", x, tensors=Tensors(slope=[0.5, -2]))
    assert_same(learned, [np.where(x[0] > 0, x[0], x[0] / 2), np.where(x[1] > 0, x[1], -2 * x[1])])
    vector = operate("prelu", np.float32([-1, -1]), tensors=Tensors(slope=[0.5, -2]))
    assert_same(vector, [-0.5, 2])


def test_softmax_is_over_channels():
    for x in (array(4, 2, 3), array(4), array(4) + np.float32(1e4)):
        y = operate("softmax", x)
        for index in np.ndindex(x.shape):
            column = [float(x[(c, *index[1:])]) - float(x.max()) for c in range(4)]
            powers = [math.exp(value) for value in column]
            assert y[index] == pytest.approx(powers[index[0]] / sum(powers), rel=1e-4)


def test_upsample_slice_shuffle_flatten():
    x = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    up = [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]
    assert_same(operate("upsample", x[:1], scale=2), [up])
    assert_same(operate("slice", x, start=1, stop=2), x[1:])
    assert_same(operate("flatten", x), [0, 1, 2, 3, 4, 5, 6, 7])
    channels = np.arange(6, dtype=np.float32)
    assert_same(operate("channel_shuffle", channels, groups=2), [0, 3, 1, 4, 2, 5])
    image_ = channels.reshape(6, 1, 1)
    assert_same(operate("channel_shuffle", image_, groups=3).reshape(-1), [0, 2, 4, 1, 3, 5])


# ---- merges ------------------------------------------------------------------------------------------


def test_concat_and_add():
    x, y = array(2, 3, 4), array(3, 3, 4, seed=2)
    both = operate("concat", x, y)
    assert np.array_equal(both[:2], x)
    assert np.array_equal(both[2:], y)
    assert_same(operate("concat", array(2), array(3)), [*array(2), *array(3)])
    assert_same(operate("add", x, x, y[:2]), 2 * x + y[:2])
    assert_same(operate("add", x), x)


@pytest.mark.parametrize("gate", [(3,), (3, 1, 1)])
def test_gates_multiply(gate):
    x, factors, more = array(3, 2, 4), array(*gate, seed=2), array(3, seed=3)
    expected = [[[x[c, h, w] * factors.flat[c] for w in range(4)] for h in range(2)] for c in range(3)]
    assert_same(operate("mul", x, factors), expected)
    assert_same(operate("mul", factors, x), expected)
    again = np.asarray(expected) * more[:, None, None]
    assert_same(operate("mul", more, x, factors), again)
    assert_same(operate("mul", x, x), x * x)
    assert_same(operate("mul", array(3), array(3)), array(3) ** 2)
    assert operate("mul", array(3), factors).shape == gate


@pytest.mark.parametrize(
    ("merge", "shapes"),
    [
        ("concat", [(2, 3, 4), (2, 4, 3)]),
        ("concat", [(2,), (2, 1, 1)]),
        ("add", [(2, 3, 4), (1, 3, 4)]),
        ("add", [(2, 3, 4), (2, 1, 1)]),
        ("add", [(2,), (2, 1, 1)]),
        ("mul", [(2, 3, 4), (3,)]),
        ("mul", [(1, 3, 4), (2, 1, 1)]),
        ("mul", [(2, 3, 1), (2, 1, 4)]),
        ("mul", [(2, 3, 4), (2, 4)]),
        ("mul", [(2, 3, 4), (2, 3, 3)]),
    ],
)
def test_branches_that_do_not_fit(merge, shapes):
    with pytest.raises(ValueError, match=r"added|gate|broadcast|dimension|whole"):
        operate(merge, *(array(*shape) for shape in shapes))


@pytest.mark.parametrize("kind", OPS.values())
def test_every_operation_can_be_executed(kind):
    assert forward.dispatch(kind) is not forward.dispatch(object), f"no execution of {kind.name}"


def test_an_operation_without_execution_says_so():
    class Unknown(OPS["relu"].__mro__[1]):
        name = "unknown"

    with pytest.raises(NotImplementedError, match="unknown"):
        forward(Unknown(), [array(1)], Tensors())


# ---- run ---------------------------------------------------------------------------------------------

RESIDUAL = {
    "input": [2, 6, 6],
    "layers": [
        {"stem": "conv 3x3 4 bias"},
        {"aux": [{"head": "linear 3"}]},
        {
            "block": {
                "branches": {"a": "identity", "b": ["batchnorm", "relu", "conv 3x3 4"]},
                "merge": "add",
            }
        },
        {"pool": "global_avgpool"},
        {"fc": "linear 5"},
    ],
}


def network_of(spec):
    return convcalc.loads(json.dumps(spec))


def test_given_weights_are_used():
    net = network_of({"input": [2, 1, 1], "layers": [{"a": "conv 1x1 2 bias"}, {"b": "linear 1"}]})
    weights = {
        ("a", "weight"): np.array([[1, 2], [3, 4]]).reshape(1, 1, 2, 2),
        ("a", "bias"): np.array([10, 20]),
        ("b", "weight"): np.array([[1], [100]]),
    }
    y = run(net, np.array([5, 6]).reshape(2, 1, 1), weights)
    assert y.tolist() == [5 + 18 + 10 + 100 * (10 + 24 + 20)]
    assert y.dtype == np.float32


def test_weights_that_are_missing_are_random():
    net = network_of(RESIDUAL)
    x, weights = image(net), random_weights(net, seed=3)
    assert {path for path, _ in weights} == {"stem", "block/b/batchnorm1", "block/b/conv1", "fc"}
    assert np.array_equal(run(net, x, weights), run(net, x, seed=3))
    some = {("fc", "weight"): weights["fc", "weight"]}
    assert np.array_equal(run(net, x, some, seed=3), run(net, x, seed=3))
    assert not np.array_equal(run(net, x, some), run(net, x, seed=3))


def test_a_tensor_of_another_shape_is_refused():
    net = network_of(RESIDUAL)
    with pytest.raises(ValueError, match=r"fc weight has shape \(5, 4\); the layer needs \(4, 5\)"):
        run(net, image(net), {("fc", "weight"): np.zeros((5, 4))})


@pytest.mark.parametrize("key", [("fcc", "weight"), ("fc", "weights"), ("fc", "bias")])
def test_a_tensor_that_no_layer_takes_is_refused(key):
    net = network_of(RESIDUAL)
    with pytest.raises(KeyError, match="has no"):
        run(net, image(net), {key: np.zeros(1)})


def test_an_image_of_another_shape_is_refused():
    net = network_of(RESIDUAL)
    for shape in ((2, 6, 5), (1, 2, 6, 6), (72,)):
        with pytest.raises(ValueError, match="the network takes"):
            run(net, np.zeros(shape, np.float32))


def test_outputs_in_between_are_given_by_path():
    net = network_of(RESIDUAL)
    x = image(net)
    y, kept = run(net, x, outputs=["stem", "block/b/relu1", "block/add", "fc"])
    shapes = {path: values.shape for path, values in kept.items()}
    assert shapes["stem"] == shapes["block/add"] == (4, 6, 6)
    assert kept["block/b/relu1"].min() == 0
    assert np.array_equal(kept["fc"], y)
    assert np.array_equal(run(net, x), y)
    with pytest.raises(KeyError, match="no layer 'stemm'"):
        run(net, x, outputs=["stemm"])


def test_the_seed_decides_the_values():
    net = network_of(RESIDUAL)
    x = image(net)
    assert np.array_equal(run(net, x), run(net, x, seed=0))
    assert np.array_equal(run(net, x, seed=5), run(net, x, seed=5))
    assert not np.allclose(run(net, x, seed=5), run(net, x, seed=6))
    assert np.array_equal(image(net, 2), image(net, 2))
    assert not np.allclose(image(net, 2), image(net, 3))


def test_side_heads_run_only_where_they_are_asked_for():
    net = network_of(RESIDUAL)
    ran = [
        step.layer.path for step in execute(net, image(net), lambda layer: LayerTensors(layer, {}, 0))
    ]
    assert "aux1/head" not in ran
    y, kept = run(net, image(net), outputs=["aux1/head"])
    assert kept["aux1/head"].shape == (3,)
    assert y.shape == (5,)
    assert np.array_equal(y, run(net, image(net)))


@pytest.mark.parametrize("name", ["mobilenet_v1", "resnet18"])
def test_the_output_of_a_deep_network_depends_on_its_input(name):
    shipped = convcalc.load(name)
    text = [layer.path for layer in shipped.layers if layer.op == "linear"]
    logits = [run(shipped, image(shipped, seed), outputs=text)[1][text[-1]] for seed in (1, 2)]
    assert np.isfinite(logits).all()
    assert np.std(logits[0] - logits[1]) > 1e-3 * np.std(logits[0])


def test_arrays_are_freed_as_soon_as_no_layer_needs_them():
    net = network_of({"input": [4, 64, 64], "layers": [{"repeat": 40, "layers": ["relu"]}]})
    alive = []
    most = 0
    for step in execute(net, image(net), lambda layer: LayerTensors(layer, {}, 0)):
        alive.append(weakref.ref(step.output))
        del step
        most = max(most, sum(ref() is not None for ref in alive))
    assert most <= 2


def test_a_long_chain_takes_no_more_memory_than_a_short_one():
    def peak(layers):
        net = network_of({"input": [8, 64, 64], "layers": [{"repeat": layers, "layers": ["relu"]}]})
        x = image(net)
        tracemalloc.start()
        try:
            run(net, x)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    array_size = 8 * 64 * 64 * 4
    assert peak(60) < peak(4) + array_size // 2


def test_running_leaves_the_image_alone():
    net = network_of({"input": [2, 3, 3], "layers": ["identity", "relu", "conv 1x1 2 bias"]})
    x = image(net)
    before = x.copy()
    run(net, x)
    assert np.array_equal(x, before)


# ---- maps of one to three axes, by loops over definitions ------------------------------------------

MAPS = [(4, 7), (4, 5, 6), (4, 3, 4, 5)]


@pytest.mark.parametrize("shape", MAPS)
@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_adaptive_pooling_divides_the_map_among_its_windows(shape, size):
    x = array(*shape)
    means, most = (operate(f"adaptive_{name}", x, size=size) for name in ("avgpool", "maxpool"))
    for index in np.ndindex(*[size] * (len(shape) - 1)):
        parts = tuple(
            slice(math.floor(i * n / size), math.ceil((i + 1) * n / size))
            for i, n in zip(index, shape[1:], strict=True)
        )
        for c in range(4):
            values = [float(value) for value in x[(c, *parts)].flat]
            assert means[(c, *index)] == pytest.approx(sum(values) / len(values), abs=1e-5)
            assert most[(c, *index)] == pytest.approx(max(values))


@pytest.mark.parametrize("shape", [*MAPS, (4,)])
def test_norms_over_groups_and_positions(shape):
    x, eps = array(*shape), Fraction(1, 1000)

    def standard(values):
        mean = sum(values) / len(values)
        variance = sum((value - mean) ** 2 for value in values) / len(values)
        return [(value - mean) / math.sqrt(variance + 0.001) for value in values]

    expected = np.concatenate([standard(x[:2].ravel()), standard(x[2:].ravel())]).reshape(shape)
    assert_same(operate("groupnorm", x, groups=2, scale=False, center=False, eps=eps), expected)
    factors = {"gamma": [1, 2, 3, 4], "beta": [5, 6, 7, 8]}
    both = operate("groupnorm", x, tensors=Tensors(**factors), groups=2, eps=eps)
    by_channel = (4, *[1] * (len(shape) - 1))
    gamma, beta = (np.reshape(factors[name], by_channel) for name in ("gamma", "beta"))
    assert_same(both, expected * gamma + beta)
    if len(shape) > 1:
        each = np.stack([np.reshape(standard(channel.ravel()), channel.shape) for channel in x])
        assert_same(operate("instancenorm", x, eps=eps), each)
    lengths = np.sqrt((x.astype(float) ** 2).sum(0))
    assert_same(operate("l2norm", x, scale=False), x / lengths)
    assert_same(operate("l2norm", x, tensors=Tensors(gamma=[1, 2, 3, 4])), x / lengths * gamma)
    assert_same(operate("l2norm", np.zeros(shape, np.float32), scale=False), np.zeros(shape))


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_pixel_shuffle_fills_positions_in_the_order_of_the_axes(axes):
    x = np.arange(2 * 3**axes * 2**axes, dtype=np.float32).reshape(2 * 3**axes, *[2] * axes)
    y = operate("pixel_shuffle", x, factor=3)
    assert y.shape == (2, *[6] * axes)
    for c, *place in np.ndindex(y.shape):
        channel = c
        for position in place:  # the first axis counts most
            channel = channel * 3 + position % 3
        assert y[(c, *place)] == x[(channel, *(position // 3 for position in place))]
    assert_same(operate("pixel_unshuffle", y, factor=3), x)


@pytest.mark.parametrize("shape", MAPS)
def test_pad_and_crop(shape):
    x, axes = array(*shape), len(shape) - 1
    y = operate("pad", x, before=(1,) * axes, after=(2,) * axes, channels=1)
    assert y.shape == (5, *(size + 3 for size in shape[1:]))
    inner = (slice(None), *(slice(1, 1 + size) for size in shape[1:]))
    assert_same(y[inner][:4], x)
    assert float(np.abs(y).sum()) == pytest.approx(float(np.abs(x).sum()), rel=1e-5)
    assert_same(operate("crop", y[:4], size=shape[1:], offset=1), x)
    assert_same(operate("crop", operate("pad", x, padding=2), size=shape[1:]), x)
    # (n − 2) / 2, rounded down
    middle = tuple(slice((size - 2) // 2, (size - 2) // 2 + 2) for size in shape[1:])
    assert_same(operate("crop", x, size=2), x[(slice(None), *middle)])


def test_channel_mean_channel_max_and_factor():
    x = array(4, 2, 3)
    assert_same(operate("channel_mean", x), [sum(x) / 4])
    assert_same(operate("channel_max", x), [x.max(0)])
    assert_same(operate("factor", x, number=Fraction(1, 10)), x / 10)


# Printed by PyTorch 2.14's interpolate for [[0, 1, 4], [2, 8, 16]].
RESAMPLED = [
    (
        {"name": "upsample", "scale": 2, "mode": "bilinear"},
        [
            [0.0, 0.25, 0.75, 1.75, 3.25, 4.0],
            [0.5, 1.0625, 2.1875, 3.8125, 5.9375, 7.0],
            [1.5, 2.6875, 5.0625, 7.9375, 11.3125, 13.0],
            [2.0, 3.5, 6.5, 10.0, 14.0, 16.0],
        ],
    ),
    (
        {"name": "resize", "size": (3, 5), "mode": "bilinear", "align_corners": True},
        [[0.0, 0.5, 1.0, 2.5, 4.0], [1.0, 2.75, 4.5, 7.25, 10.0], [2.0, 5.0, 8.0, 12.0, 16.0]],
    ),
    (
        {"name": "resize", "size": (3, 2), "mode": "bilinear"},
        [[0.25, 3.25], [1.875, 8.625], [3.5, 14.0]],
    ),
    (
        {"name": "resize", "size": (3, 5)},
        [[0, 0, 1, 1, 4], [0, 0, 1, 1, 4], [2, 2, 8, 8, 16]],
    ),
]


@pytest.mark.parametrize(("options", "expected"), RESAMPLED)
def test_resampling(options, expected):
    x = np.float32([[[0, 1, 4], [2, 8, 16]]])
    assert_same(
        operate(options["name"], x, **{k: v for k, v in options.items() if k != "name"}), [expected]
    )


def test_resampling_along_one_axis():
    # as PyTorch's mode "linear"
    x = np.float32([[0, 1, 4]])
    assert_same(operate("resize", x, size=5, mode="bilinear"), [[0, 0.4, 1, 2.8, 4]])


@pytest.mark.parametrize("shape", MAPS)
def test_a_convolution_has_any_number_of_axes(shape):
    x, axes = array(*shape), len(shape) - 1
    kernel, stride = (2, 3, 2)[:axes], (1, 2, 1)[:axes]
    weight = array(*kernel, 2, 6, seed=2)  # two groups
    options = {"kernel_size": kernel, "stride": stride, "padding": 1, "dilation": 1, "groups": 2}
    y = operate("conv", x, tensors=Tensors(weight=weight), out_channels=6, **options)
    framed = np.pad(x.astype(float), [(0, 0), *[(1, 1)] * axes])
    for out, *place in np.ndindex(y.shape):
        group = out // 3
        total = sum(
            framed[(2 * group + c, *(p * s + t for p, s, t in zip(place, stride, tap, strict=True)))]
            * weight[(*tap, c, out)]
            for tap in product(*map(range, kernel))
            for c in range(2)
        )
        assert y[(out, *place)] == pytest.approx(float(total), abs=1e-4)


@pytest.mark.parametrize("shape", MAPS)
def test_same_transposed_is_the_gradient_of_same(shape):
    """Each input position adds its kernel where a convolution of the same options would read."""
    x, axes = array(*shape), len(shape) - 1
    for k, s in ((3, 2), (4, 2), (2, 3), (5, 1)):
        weight = array(*[k] * axes, 4, 1, seed=2)
        options = {"kernel_size": k, "stride": s, "padding": "same", "out_channels": 1}
        y = operate("conv_transpose", x, tensors=Tensors(weight=weight), **options)
        assert y.shape[1:] == tuple(size * s for size in shape[1:])
        before = max(k - s, 0) // 2
        expected = np.zeros(y.shape)
        for c, *place in np.ndindex(x.shape):
            for tap in product(range(k), repeat=axes):
                at = tuple(p * s + t - before for p, t in zip(place, tap, strict=True))
                if all(0 <= one < size for one, size in zip(at, y.shape[1:], strict=True)):
                    expected[(0, *at)] += x[(c, *place)] * weight[(*tap, c, 0)]
        assert_same(y, expected)


@pytest.mark.parametrize("shape", MAPS)
def test_pooling_has_any_number_of_axes_and_a_dilation(shape):
    x, axes = array(*shape), len(shape) - 1
    options = {"kernel_size": 2, "stride": 1, "padding": 0}
    most = operate("maxpool", x, dilation=2, **options)
    means = operate("avgpool", x, **options)
    for c, *place in np.ndindex(most.shape):
        taps = product((0, 2), repeat=axes)
        values = [x[(c, *(p + t for p, t in zip(place, tap, strict=True)))] for tap in taps]
        assert most[(c, *place)] == max(values)
    for c, *place in np.ndindex(means.shape):
        taps = product((0, 1), repeat=axes)
        values = [float(x[(c, *(p + t for p, t in zip(place, tap, strict=True)))]) for tap in taps]
        assert means[(c, *place)] == pytest.approx(sum(values) / len(values), abs=1e-5)
