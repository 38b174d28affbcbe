"""What other frameworks call our operations."""

from __future__ import annotations

import re
from functools import lru_cache

from ..ops import WORDS

# Ours, and what it is called elsewhere: in small letters, without separators and 1d, 2d, 3d.
CALLED = {
    "adaptive_avgpool": "adaptiveaveragepool adaptiveaveragepooling adaptiveavgpooling",
    "adaptive_maxpool": "adaptivemaxpooling",
    "add": "eltwise elementwiseadd shortcut sum",
    "avgpool": "averagepool averagepooling avgpooling meanpool",
    "batchnorm": "batchnormalization batchnormalisation bn frozenbatchnorm spatialbn syncbatchnorm",
    "channel_shuffle": "shufflechannel",
    "concat": "cat concatenate depthconcat route",
    "conv": "convolution convolutional",
    "conv_transpose": "convtransposed deconv deconvolution transposedconv upconv",
    "crop": "centercrop cropping",
    "dropout": "featuredropout spatialdropout",
    "dwconv": "depthwise depthwiseconv depthwiseconvolution dwconvolution",
    "elu": "exponentiallinearunit",
    "gelu": "gaussianerrorlinearunit",
    "global_avgpool": "gap globalaveragepool globalaveragepooling globalavgpooling globalmeanpool",
    "global_maxpool": "globalmaxpooling gmp",
    "groupnorm": "gn groupnormalization groupnormalisation",
    "hardsigmoid": "hsigmoid",
    "hardswish": "hswish",
    "identity": "noop passthrough",
    "instancenorm": "instancenormalization instancenormalisation",
    "l2norm": "l2normalization l2normalize normalize unitnormalization",
    "layernorm": "layernormalization layernormalisation ln",
    "leaky_relu": "leaky lrelu",
    "linear": "addmm connected dense fc fullyconnected gemm innerproduct",
    "lrn": "crossmaplrn localresponsenorm localresponsenormalization",
    "maxpool": "maxpooling",
    "mul": "multiply",
    "pad": "constantpad padding zeropad zeropadding",
    "pixel_shuffle": "depthtospace subpixel",
    "pixel_unshuffle": "reorg spacetodepth",
    "prelu": "parametricrelu",
    "resize": "interp interpolate resizing",
    "scale": "layerscale",
    "sigmoid": "logistic",
    "silu": "swish",
    "slice": "chunk narrow split",
    "upsample": "nearestupsample upsampling upsamplingbilinear upsamplingnearest",
}

# What looks like one of ours and is something else, or several of ours.
_NONE_OF_OURS = frozenset(
    (
        *(
            "alphadropout",
            "celu",
            "crelu",
            "droppath",
            "fractionalmaxpool",
            "geglu",
            "glu",
            "hardshrink",
        ),
        *("hardtanh", "logsoftmax", "lppool", "maxunpool", "permute", "pooling", "reflectionpad"),
        *("replicationpad", "reshape", "rmsnorm", "rrelu", "separableconv", "softmin", "softshrink"),
        *("softsign", "swiglu", "tanhshrink", "threshold", "transpose"),
    )
)


def our_word(word: str) -> str | None:
    """The operation that this is another spelling of, or another framework's word for."""
    return _ours().get(_folded(word))


def is_none_of_ours(word: str) -> bool:
    """Whether this is another framework's word for something that no operation of ours is."""
    return _folded(word) in _NONE_OF_OURS


@lru_cache
def _ours() -> dict[str, str]:
    elsewhere = {word: ours for ours, words in CALLED.items() for word in words.split()}
    return {
        **{word: ours for word, ours in elsewhere.items() if ours in WORDS},
        **{_folded(word): word for word in WORDS},
    }


def _folded(word: str) -> str:
    """`nn.ConvTranspose2d` and `conv_transpose` alike."""
    return re.sub(r"[123]d|[^a-z0-9]", "", word.rpartition(".")[2].casefold())
