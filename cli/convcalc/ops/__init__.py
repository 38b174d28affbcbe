"""The operations. A new one is a class and an entry in this table."""

from __future__ import annotations

from .base import Operation
from .convolution import Conv, ConvTranspose, DepthwiseConv, Linear
from .elementwise import (
    ChannelShuffle,
    Dropout,
    Elu,
    Flatten,
    Gelu,
    HardSigmoid,
    HardSwish,
    Identity,
    LeakyRelu,
    Prelu,
    Relu,
    Relu6,
    Sigmoid,
    Silu,
    Slice,
    Softmax,
    Tanh,
    Upsample,
)
from .merges import Add, Concat, Merge, Mul
from .normalization import BatchNorm, LayerNorm, LocalResponseNorm, Scale
from .pooling import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool

OPS: dict[str, type[Operation]] = {
    operation.name: operation
    for operation in (
        Conv,
        DepthwiseConv,
        ConvTranspose,
        Linear,
        MaxPool,
        AvgPool,
        GlobalAvgPool,
        GlobalMaxPool,
        BatchNorm,
        LayerNorm,
        Scale,
        LocalResponseNorm,
        Relu,
        Relu6,
        LeakyRelu,
        Prelu,
        Elu,
        Sigmoid,
        Tanh,
        Silu,
        HardSwish,
        HardSigmoid,
        Gelu,
        Softmax,
        Dropout,
        Upsample,
        Slice,
        ChannelShuffle,
        Flatten,
        Identity,
        Concat,
        Add,
        Mul,
    )
}

# Those of any number of inputs.
MERGES: dict[str, type[Merge]] = {merge.name: merge for merge in (Concat, Add, Mul)}

# Those of one input, with whose names a layer begins.
WORDS = {name: operation for name, operation in OPS.items() if name not in MERGES}
