"""The operations. Each is a class with an entry in the table `OPS`."""

from __future__ import annotations

from .activation import (
    Elu,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    LogSigmoid,
    Mish,
    Prelu,
    Relu,
    Relu6,
    Selu,
    Sigmoid,
    Silu,
    Softmax,
    Softplus,
    Tanh,
)
from .base import Operation
from .convolution import Conv, ConvTranspose, DepthwiseConv, Linear
from .merges import Add, Concat, Merge, Mul
from .normalization import (
    BatchNorm,
    Factor,
    GroupNorm,
    InstanceNorm,
    L2Norm,
    LayerNorm,
    LocalResponseNorm,
    Scale,
)
from .pooling import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AvgPool,
    ChannelMax,
    ChannelMean,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool,
)
from .resampling import Resize, Upsample
from .reshaping import (
    ChannelShuffle,
    Crop,
    Dropout,
    Flatten,
    Identity,
    Pad,
    PixelShuffle,
    PixelUnshuffle,
    Slice,
)

OPS: dict[str, type[Operation]] = {
    operation.name: operation
    for operation in (
        *(Conv, DepthwiseConv, ConvTranspose, Linear),
        *(MaxPool, AvgPool, GlobalAvgPool, GlobalMaxPool, AdaptiveAvgPool, AdaptiveMaxPool),
        *(ChannelMean, ChannelMax),
        *(BatchNorm, LayerNorm, GroupNorm, InstanceNorm, L2Norm, LocalResponseNorm, Scale, Factor),
        *(Relu, Relu6, LeakyRelu, Prelu, Elu, Selu, Sigmoid, Tanh, Silu, HardSwish, HardSigmoid),
        *(Gelu, Mish, Softplus, LogSigmoid, Softmax),
        *(Upsample, Resize, Pad, Crop, PixelShuffle, PixelUnshuffle),
        *(Slice, ChannelShuffle, Dropout, Flatten, Identity),
        *(Concat, Add, Mul),
    )
}

# The version since which a name has been an operation's, where it was free before.
SINCE = dict.fromkeys(
    (
        *("adaptive_avgpool", "adaptive_maxpool", "channel_mean", "channel_max", "crop", "factor"),
        *("groupnorm", "instancenorm", "l2norm", "logsigmoid", "mish", "pad", "pixel_shuffle"),
        *("pixel_unshuffle", "resize", "selu", "softplus", "concat", "add", "mul"),
    ),
    "0.2",
)

# Those of any number of inputs.
MERGES: dict[str, type[Merge]] = {merge.name: merge for merge in (Concat, Add, Mul)}

# Those of one input, with whose names a layer begins.
WORDS = {name: operation for name, operation in OPS.items() if name not in MERGES}
