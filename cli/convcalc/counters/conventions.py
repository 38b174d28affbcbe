"""How each counter counts: a row per tool, read off its source and measured with that version.

`counts` says how often a tool counts what the operations state as countable; of a family that has no
entry there, `ignores` says that its count is 0. What is in neither is not known, and shown so.
A tool is added by adding a row; what only it can count, an operation states in `countables`.
"""

from collections.abc import Mapping
from typing import NamedTuple


class ParamsRule(NamedTuple):
    """Which elements a tool reports as parameters."""

    kinds: tuple[str, ...] = ("weights", "biases", "norm")
    unseen: tuple[str, ...] = ()  # operations whose parameters it does not see
    counts: Mapping[str, int] = {}  # countables that it takes for parameters
    functional: bool = True  # whether it sees those of operations that are called as functions
    why: str = ""  # what a reader may ask of a figure that is not the usual one


class Convention(NamedTuple):
    """A tool's rule."""

    key: str
    name: str
    says: str  # the unit that it claims
    version: str
    source: str  # where in its repository the rule stands
    multiple: int  # how often it counts a multiply-add of a convolution or a linear layer
    counts: Mapping[str, int]
    ignores: tuple[str, ...]
    functional: Mapping[str, int] | None = None  # `counts` of operations called as functions, if other
    per_batch: bool = True  # whether its figure is a multiple of the batch
    last_call: bool = False  # whether of a module that runs again only the last call counts
    params: ParamsRule | None = ParamsRule()  # None where it does not report any


def family_of(countable: str) -> str:
    """`max pool` of `max pool: inputs`"""
    return countable.partition(":")[0]


MULTIPLY_ADDS = "multiply-adds"

_RECTIFIERS = ("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "hardswish", "hardsigmoid")
_SIGMOIDS = ("sigmoid", "tanh")
_MERGES = ("add", "mul")

# The families that operations state, in the order in which they are shown.
FAMILIES = (
    MULTIPLY_ADDS,
    *("bias", "batch norm", "layer norm", "lrn", "scale"),
    *(*_RECTIFIERS, "prelu", *_SIGMOIDS, "softmax"),
    *("max pool", "average pool", "upsample"),
    *_MERGES,
)


def _macs(multiple: int, transposed: str = "transposed conv") -> dict[str, int]:
    """Every multiply-add as often; `transposed` is how the tool measures a transposed convolution."""
    return {
        "multiply-adds: conv": multiple,
        "multiply-adds: linear": multiple,
        f"multiply-adds: {transposed}": multiple,
    }


_AT_OUTPUTS = "transposed conv at outputs"
_BATCH_NORM = {"batch norm: values": 1, "batch norm: values with γ": 1}
_LRN = {"lrn: values": 3, "lrn: padded values": 1}

_FVCORE = {
    **_macs(1),
    **_BATCH_NORM,
    "layer norm: values": 4,
    "layer norm: values with γ": 1,
    "average pool: global inputs": 1,
    "average pool: adaptive inputs": 1,
    "upsample: outputs": 1,
}

_THOP = {
    **_macs(1, _AT_OUTPUTS),
    "batch norm: values": 2,
    "batch norm: values with γ": 2,
    "layer norm: values": 2,
    "layer norm: values with γ": 2,
    "prelu: values": 1,
    "softmax: steps": 1,
    "average pool: outputs": 1,
    "average pool: global inputs": 1,
    "average pool: adaptive inputs": 1,
    "average pool: global outputs": 1,
    "average pool: adaptive outputs": 1,
    "upsample: outputs": 1,
}

# It multiplies parameters: those of a convolution by output positions, all others by 1.
_TORCHINFO = {
    **_macs(1, _AT_OUTPUTS),
    "bias: conv": 1,
    "bias: transposed conv": 1,
    "bias: linear": 1,
    "batch norm: parameters": 1,
    "layer norm: parameters": 1,
    "prelu: parameters": 1,
}

# Once where it replaces the function; the module that calls the function is counted once more.
_PTFLOPS_FUNCTIONS = {
    "relu": 1,
    "relu6": 1,
    "prelu: values": 1,
    "elu": 1,
    "gelu": 1,
    "silu": 1,
    "softmax: values": 1,
    "max pool: inputs": 1,
    "max pool: global inputs": 1,
    "average pool: inputs": 1,
    "average pool: global inputs": 1,
    "average pool: adaptive inputs": 1,
    "upsample: outputs": 1,
    **_LRN,
    "add": 1,
    "mul": 1,
}

_PTFLOPS = {
    **_macs(1),
    "bias: conv": 1,
    "bias: transposed conv": 1,
    "bias: linear": 1,
    **_BATCH_NORM,
    "layer norm: values": 1,
    "relu": 2,
    "relu6": 1,
    "leaky_relu": 1,
    "prelu: values": 2,
    "elu": 2,
    "gelu": 2,
    "silu": 1,
    "softmax: values": 1,
    "max pool: inputs": 2,
    "max pool: global inputs": 2,
    "average pool: inputs": 2,
    "average pool: global inputs": 2,
    "average pool: adaptive inputs": 2,
    "upsample: outputs": 2,
    **_LRN,
}

_PTFLOPS_ATEN = {**_macs(1), "bias: conv": 1, "bias: transposed conv": 1, "bias: linear": 1}

_CALFLOPS_MACS = _macs(1, "transposed conv, groups divided by twice")

_CALFLOPS_FLOPS = {
    **_macs(2, "transposed conv, groups divided by twice"),
    "bias: conv": 1,
    "bias: transposed conv, as if of a conv": 1,
    **_BATCH_NORM,
    "layer norm: values": 4,
    "layer norm: values with γ": 1,
    "relu": 1,
    "leaky_relu": 1,
    "prelu: values": 1,
    "elu": 1,
    "gelu": 1,
    "silu": 1,
    "softmax: values": 1,
    "max pool: inputs": 1,
    "max pool: global inputs": 1,
    "average pool: inputs": 1,
    "average pool: global inputs": 1,
    "average pool: adaptive inputs": 1,
    "upsample: inputs": 1,
    **_LRN,
}
_CALFLOPS_FUNCTIONS = {**_CALFLOPS_FLOPS, "relu6": 1, "add": 1, "mul": 1}

_FLOPTH = {
    **_macs(1, _AT_OUTPUTS),
    "bias: conv": 1,
    "bias: transposed conv": 1,
    **_BATCH_NORM,
    "layer norm: values": 1,
    "relu": 1,
    "relu6": 1,
    "leaky_relu": 1,
    "prelu: values": 1,
    "elu": 1,
    "gelu": 1,
    "hardswish": 1,
    "hardsigmoid": 1,
    "tanh": 1,
    "max pool: inputs": 1,
    "max pool: global inputs": 1,
    "average pool: inputs": 1,
    "average pool: global inputs": 1,
    "average pool: adaptive inputs": 1,
    "upsample: output positions": 1,
}

# In steps that it weighs: +, × and comparing 1, ÷ 4, √ 24, exp and power 32.
_ONNX_TOOL = {
    **_macs(1, "transposed conv at outputs, by out_channels"),
    "bias: conv": 1,
    "bias: transposed conv": 1,
    "bias: linear": 1,
    "batch norm: values": 31,
    "layer norm: values": 39,
    "layer norm: positions": 25,
    "layer norm: values with γ": 1,
    "layer norm: values with β": 1,
    "scale: products": 1,
    "scale: sums": 1,
    "relu": 1,
    "relu6": 2,
    "leaky_relu": 2,
    "prelu: values": 2,
    "elu": 35,
    "gelu": 7,
    "silu": 33,
    "hardswish": 5,
    "hardsigmoid": 4,
    "sigmoid": 32,
    "tanh": 76,
    "softmax: values": 36,
    "max pool: inputs under windows": 1,
    "max pool: global inputs": 1,
    "average pool: inputs under windows": 1,
    "average pool: global inputs": 1,
    "average pool: adaptive inputs": 1,
    "average pool: global outputs": 4,
    "add": 1,
    "mul": 1,
}

_NO_NORM_AND_NO_FUNCTION = (
    *("batch norm", "layer norm", "lrn", "scale", *_RECTIFIERS, "prelu", *_SIGMOIDS, "softmax"),
    *("max pool", "average pool", "upsample", *_MERGES),
)

CONVENTIONS: tuple[Convention, ...] = (
    Convention(
        key="fvcore",
        name="fvcore",
        says="flops",
        version="0.1.5.post20221221",
        source="https://github.com/facebookresearch/fvcore/blob/HEAD/fvcore/nn/flop_count.py",
        multiple=1,
        counts=_FVCORE,
        ignores=(
            *("bias", "lrn", "scale", *_RECTIFIERS, "prelu", *_SIGMOIDS, "softmax", "max pool"),
            *_MERGES,
        ),
    ),
    Convention(
        key="thop",
        name="thop",
        says="MACs",
        version="0.1.1.post2209072238",
        source="https://github.com/Lyken17/pytorch-OpCounter/blob/HEAD/thop/vision/basic_hooks.py",
        multiple=1,
        counts=_THOP,
        ignores=("bias", "lrn", "scale", *_RECTIFIERS, *_SIGMOIDS, "max pool", *_MERGES),
        functional={},
        params=ParamsRule(
            unseen=("scale",), functional=False, why="sees only the modules that it has rules for"
        ),
    ),
    Convention(
        key="torchinfo",
        name="torchinfo",
        says="mult-adds",
        version="1.8.0",
        source="https://github.com/TylerYep/torchinfo/blob/HEAD/torchinfo/layer_info.py",
        multiple=1,
        counts=_TORCHINFO,
        ignores=(
            *("lrn", "scale", *_RECTIFIERS, *_SIGMOIDS, "softmax"),
            *("max pool", "average pool", "upsample", *_MERGES),
        ),
        functional={},
    ),
    Convention(
        key="ptflops",
        name="ptflops",
        says="MACs",
        version="0.7.5",
        source="https://github.com/sovrasov/flops-counter.pytorch/blob/HEAD/ptflops/pytorch_ops.py",
        multiple=1,
        counts=_PTFLOPS,
        ignores=("scale", "hardswish", "hardsigmoid", *_SIGMOIDS, *_MERGES),
        functional=_PTFLOPS_FUNCTIONS,
        per_batch=False,
    ),
    Convention(
        key="ptflops_aten",
        name="ptflops aten",
        says="MACs",
        version="0.7.5",
        source="https://github.com/sovrasov/flops-counter.pytorch/blob/HEAD/ptflops/aten_ops.py",
        multiple=1,
        counts=_PTFLOPS_ATEN,
        ignores=_NO_NORM_AND_NO_FUNCTION,
        per_batch=False,
    ),
    Convention(
        key="torch_flop_counter",
        name="FlopCounterMode",
        says="FLOPs",
        version="torch 2.15.0",
        source="https://github.com/pytorch/pytorch/blob/HEAD/torch/utils/flop_counter.py",
        multiple=2,
        counts=_macs(2),
        ignores=("bias", *_NO_NORM_AND_NO_FUNCTION),
        params=None,
    ),
    Convention(
        key="calflops_macs",
        name="calflops MACs",
        says="MACs",
        version="0.3.2",
        source="https://github.com/MrYxJ/calculate-flops.pytorch/blob/HEAD/calflops/pytorch_ops.py",
        multiple=1,
        counts=_CALFLOPS_MACS,
        ignores=("bias", *_NO_NORM_AND_NO_FUNCTION),
    ),
    Convention(
        key="calflops_flops",
        name="calflops FLOPs",
        says="FLOPs",
        version="0.3.2",
        source="https://github.com/MrYxJ/calculate-flops.pytorch/blob/HEAD/calflops/pytorch_ops.py",
        multiple=2,
        counts=_CALFLOPS_FLOPS,
        ignores=("scale", "relu6", "hardswish", "hardsigmoid", *_SIGMOIDS, *_MERGES),
        functional=_CALFLOPS_FUNCTIONS,
    ),
    Convention(
        key="flopth",
        name="flopth",
        says="FLOPs",
        version="0.1.6",
        source="https://github.com/vra/flopth/blob/HEAD/flopth/helper.py",
        multiple=1,
        counts=_FLOPTH,
        ignores=("lrn", "scale", "silu", "sigmoid", "softmax", *_MERGES),
        functional={},
        per_batch=False,
        last_call=True,
    ),
    Convention(
        key="onnx_tool",
        name="onnx-tool",
        says="MACs",
        version="1.0.1",
        source="https://github.com/ThanatosShinji/onnx-tool/blob/HEAD/onnx_tool/node.py",
        multiple=1,
        counts=_ONNX_TOOL,
        ignores=("upsample",),  # lrn is missing: as PyTorch exports it, the tool cannot read it
        params=ParamsRule(
            unseen=("batchnorm",),
            counts={"batch norm: channels": 4},
            why="4 a channel of batch norm, mean and variance among them",
        ),
    ),
)
