"""Random layers and networks: running them agrees with what is computed, and fails where it fails."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import numpy as np
import pytest
from examples import fixed
from hypothesis import assume, given
from hypothesis import strategies as st

import convcalc
from convcalc.answers.verify import verify
from convcalc.execute.kernels import forward
from convcalc.ops import MERGES, OPS, WORDS
from convcalc.ops.cost import cost_of
from convcalc.ops.shapes import OperationError


class Ones:
    """Tensors of ones; remembers their shapes and adds up the products."""

    border = 1.0

    def __init__(self):
        self.shapes = {}
        self.macs = 0

    def ask(self, name, *shape, fan_in=1):
        self.shapes[name] = shape
        return np.ones(shape, np.float32)

    def products(self, sums):
        self.macs += int(sums.sum(dtype=np.float64))


def per_axis(least, most):
    """A number for all axes, or one for each of three, of which a map may have fewer."""
    one = st.integers(least, most)
    return one | st.tuples(one, one, one)


def on_axes(options, count):
    return {
        name: value[:count] if isinstance(value, tuple) else value for name, value in options.items()
    }


sizes, steps, flags = st.integers(1, 6), per_axis(1, 3), st.booleans()
paddings = st.just("same") | per_axis(0, 3)
maps = st.builds(
    lambda channels, axes: (channels, *axes),
    sizes,
    st.lists(st.integers(1, 9), min_size=1, max_size=2) | st.tuples(*[st.integers(1, 5)] * 3),
)
shapes = maps | st.tuples(st.integers(1, 12))

SLIDING = {"kernel_size": per_axis(1, 4), "stride": steps, "padding": paddings}
RESAMPLING = {"mode": st.sampled_from(["nearest", "bilinear"]), "align_corners": flags}
POOLING = {**SLIDING, "ceil_mode": flags}
OPTIONS = {
    "conv": {
        **SLIDING,
        "dilation": steps,
        "groups": st.integers(1, 3),
        "out_channels": sizes,
        "bias": flags,
    },
    "dwconv": {**SLIDING, "dilation": steps, "multiplier": st.integers(1, 3), "bias": flags},
    "conv_transpose": {
        "kernel_size": per_axis(1, 4),
        "stride": steps,
        "padding": paddings,
        "output_padding": per_axis(0, 2),
        "dilation": steps,
        "groups": st.integers(1, 3),
        "out_channels": sizes,
        "bias": flags,
    },
    "linear": {"out_features": sizes, "bias": flags},
    "maxpool": {**POOLING, "dilation": steps},
    "avgpool": {**POOLING, "count_include_pad": flags},
    "batchnorm": {"scale": flags, "center": flags},
    "layernorm": {"scale": flags, "center": flags},
    "scale": {"bias": flags},
    "lrn": {"size": sizes},
    "leaky_relu": {"slope": st.just(Fraction(1, 5))},
    "elu": {"alpha": st.just(Fraction(2))},
    "prelu": {"shared": flags},
    "gelu": {"approximate": st.sampled_from(["none", "tanh"])},
    "factor": {"number": st.just(Fraction(1, 10))},
    "groupnorm": {"groups": st.integers(1, 3), "scale": flags, "center": flags},
    "instancenorm": {"scale": flags, "center": flags},
    "l2norm": {"scale": flags},
    "adaptive_avgpool": {"size": per_axis(1, 5)},
    "adaptive_maxpool": {"size": per_axis(1, 5)},
    "upsample": {"scale": per_axis(1, 3), **RESAMPLING},
    "resize": {"size": per_axis(1, 9), **RESAMPLING},
    "pad": {"padding": per_axis(0, 2), "channels": st.integers(0, 2)}
    | {"before": per_axis(0, 1), "after": per_axis(0, 1)},
    "crop": {"size": per_axis(1, 9), "offset": st.just("center") | per_axis(0, 3)},
    "pixel_shuffle": {"factor": st.integers(1, 3)},
    "pixel_unshuffle": {"factor": st.integers(1, 3)},
    "slice": {"start": st.integers(0, 3), "stop": st.integers(1, 6)},
    "channel_shuffle": {"groups": st.integers(1, 3)},
}


def test_every_option_is_drawn():
    """Of an operation that is not listed no option changes a shape; of one that is, all are drawn."""
    for name, kind in OPS.items():
        unlisted = set(kind.options) - set(OPTIONS.get(name, {}))
        assert unlisted <= {"alpha", "beta", "eps", "k", "like", "p"}, name


@pytest.mark.parametrize("name", WORDS)
@fixed(60)
@given(data=st.data())
def test_a_layer_runs_as_computed_or_not_at_all(name, data):
    shape = data.draw(maps if name in ("conv", "dwconv", "conv_transpose", "lrn") else shapes)
    options = on_axes(data.draw(st.fixed_dictionaries(OPTIONS.get(name, {}))), max(1, len(shape) - 1))
    try:
        operation = OPS[name](**options).on(shape)
    except OperationError:
        assume(False)  # of values that do not go together
    x, tensors = np.ones(shape, np.float32), Ones()
    try:
        output = operation.output_shape(shape)
    except OperationError:
        with pytest.raises((ValueError, TypeError), match=r"."):
            forward(operation, [x], tensors)
        return
    y = forward(operation, [x], tensors)
    assert y.shape == output
    cost = cost_of(operation, output, shape)
    assert tensors.macs == cost.macs
    expected = operation.weight_shapes(shape).items()
    assert tensors.shapes == {tensor: tuple(dims.values()) for tensor, dims in expected}


@pytest.mark.parametrize("name", ["conv", "dwconv", "conv_transpose", "maxpool", "avgpool"])
def test_a_vector_is_refused_where_a_feature_map_is_needed(name):
    options = {"kernel_size": (1, 1)} | ({"out_channels": 2} if "conv" in name[:4] else {})
    operation = OPS[name](**options).on((4,))
    with pytest.raises(OperationError):
        operation.output_shape((4,))
    with pytest.raises((ValueError, TypeError), match=r"."):
        forward(operation, [np.ones(4, np.float32)], Ones())


near = st.sampled_from([1, 2, 3])
ends = st.lists(st.tuples(near, near, near) | st.tuples(near), min_size=1, max_size=3)
related = st.builds(
    lambda whole, picks: [
        (whole, whole[:1], (whole[0], 1, 1), (1, *whole[1:]), (*whole[:2], 1))[pick] for pick in picks
    ],
    st.tuples(near, near, near),
    st.lists(st.integers(0, 4), min_size=1, max_size=4),
)


@pytest.mark.parametrize("name", MERGES)
@fixed(200)
@given(ends=ends | related)
def test_branches_merge_as_computed_or_not_at_all(name, ends):
    inputs = [np.ones(end, np.float32) for end in ends]
    merge = OPS[name]()
    try:
        output = merge.output_shape(*ends)
    except OperationError:
        with pytest.raises(ValueError, match=r"."):
            forward(merge, inputs, Ones())
        return
    assert forward(merge, inputs, Ones()).shape == output


# ---- networks ----------------------------------------------------------------------------------------

words = [
    *(
        "conv 1x1 $(in)",
        "conv 3x3 6",
        "conv 2x3/2 4 bias",
        "conv 3x3/3x2 2 1 dilation=1",
        "conv 3x3 4 dilation=2",
    ),
    *("dwconv 3x3", "dwconv 2x2/2 multiplier=2 bias", "conv 3x3 $(2*in) groups=$in"),
    *("conv_transpose 2x2/2 3", "conv_transpose 3x3/2 $(2*in) 1 groups=$in output_padding=1 bias"),
    *("maxpool 3x3/2 1 ceil_mode", "avgpool 2x2/2", "avgpool 3x3 1 count_include_pad", "maxpool 3x3/3"),
    *("batchnorm", "layernorm", "scale bias", "lrn", "prelu", "leaky_relu", "relu", "relu6", "elu"),
    *("sigmoid", "tanh", "silu", "hardswish", "hardsigmoid", "gelu", "softmax", "dropout", "identity"),
    *("upsample 2", "slice 0 1", "channel_shuffle $in"),
    *("groupnorm 1", "groupnorm $in eps=0.001", "instancenorm scale", "l2norm", "factor 0.5"),
    *(
        "adaptive_avgpool 2",
        "adaptive_maxpool 2x3",
        "channel_mean",
        "channel_max",
        "maxpool 2x2 dilation=2",
    ),
    *("selu", "mish", "softplus", "logsigmoid", "elu alpha=2", "gelu approximate=tanh", "prelu shared"),
    *("upsample 1x2 mode=bilinear", "resize 5x4", "resize 3x6 mode=bilinear align_corners", "pad 1x0"),
    *(
        "pad before=1 after=0x1 channels=2",
        "crop 3x2",
        "crop 2 offset=1x0",
        "conv_transpose 3x2/2 3 same",
    ),
    *("[conv 1x1 $(8*in), pixel_shuffle 2]", "[upsample 2, pixel_unshuffle 2]"),
]
# What keeps a shape, so that branches of it can be added and multiplied.
keeping = st.sampled_from(
    ["batchnorm", "relu", "conv 3x3 $in", "dwconv 3x3 bias", "identity", "conv 1x5 $in"]
)


def concats(bodies):
    """Branches of any kind, resized to one position so that they can be concatenated."""
    closed = bodies.map(lambda body: [*body, "global_avgpool"])
    named = st.lists(closed, min_size=1, max_size=3)
    return named.map(lambda all_: [{"branches": {f"b{i}": body for i, body in enumerate(all_)}}])


def sums(inner):
    branch = st.lists(inner, max_size=2)
    kept = st.lists(branch, min_size=1, max_size=3)
    added = kept.map(lambda all_: {f"b{i}": body for i, body in enumerate(all_)})
    return added.map(lambda branches: {"branches": branches, "merge": "add"})


def products(inner):
    gate = st.lists(inner, max_size=1).map(lambda body: [*body, "global_avgpool"])
    vector = st.just(["global_maxpool", "flatten"])
    return st.builds(
        lambda first, second, body: {"branches": {"g": first, "x": body, "h": second}, "merge": "mul"},
        *(gate | vector, gate | vector, st.lists(inner, max_size=2)),
    )


same_shape = st.recursive(keeping, lambda inner: sums(inner) | products(inner), max_leaves=6)
heads = st.sampled_from(["linear 3", "flatten", "global_avgpool"]).map(lambda head: {"aux": head})
bodies = st.recursive(
    st.lists(st.sampled_from(words) | same_shape | heads, min_size=1, max_size=4),
    concats,
    max_leaves=4,
)
ending = st.sampled_from([[], ["linear 4 bias"], ["flatten", "batchnorm", "linear 2", "softmax"]])


def on_axes_of(spec, count):
    """The same body for another number of axes: `3x2` as `3` or `3x2x3`."""
    if isinstance(spec, dict):
        return {key: on_axes_of(value, count) for key, value in spec.items()}
    if isinstance(spec, list):
        return [on_axes_of(one, count) for one in spec]
    if spec.startswith("["):
        return [on_axes_of(one, count) for one in spec[1:-1].split(", ")]
    return re.sub(r"\b(\d)x(\d)\b", lambda match: "x".join([match[1], match[2], match[1]][:count]), spec)


def try_network(spec):
    """The network; None where a kernel is larger than what enters it, or where $in, which is what
    enters the branches, does not divide what enters the layer. Nothing else may be wrong.
    """
    try:
        return convcalc.loads(json.dumps(spec))
    except convcalc.SpecError as error:
        if re.search("does not fit|leaves nothing|does not divide|a norm needs", str(error)):
            return None
        raise


@fixed(150)
@given(
    body=bodies,
    end=ending,
    channels=st.integers(1, 4),
    axes=st.lists(st.integers(3, 12), min_size=1, max_size=2) | st.tuples(*[st.integers(3, 6)] * 3),
)
def test_a_network_runs_as_computed(body, end, channels, axes):
    layers = on_axes_of(body, len(axes)) + end
    network = try_network({"input": [channels, *axes], "layers": layers})
    assume(network is not None)
    *checks, verification = verify(network)
    assert verification.fault is None
    assert verification.agrees
    assert len(checks) == len(network.layers)
