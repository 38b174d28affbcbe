"""What other frameworks call our operations."""

from __future__ import annotations

import re
from functools import lru_cache

from ..ops import OPS

# Our operation, and what others call it: in small letters, without separators and 1d, 2d, 3d.
FOREIGN_OPERATIONS = {
    "adaptive_avgpool": "adaptiveaveragepool adaptiveaveragepooling adaptiveavgpooling",
    "adaptive_maxpool": "adaptivemaxpooling",
    "add": "eltwise elementwiseadd shortcut sum",
    "avgpool": "averagepool averagepooling avgpooling meanpool",
    "batchnorm": "batchnormalization batchnormalisation bn frozenbatchnorm spatialbn syncbatchnorm",
    "channel_shuffle": "shufflechannel",
    "concat": "cat concatenate depthconcat",
    "conv": "convolution convolutional",
    "conv_transpose": "convtransposed deconv deconvolution transposedconv upconv",
    "crop": "centercrop cropping",
    "dropout": "featuredropout spatialdropout",
    "dwconv": "depthwise dw depthwiseconv depthwiseconvolution dwconvolution",
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

# Layers that the language does not have, and what can be done instead.
_INSTEAD = {
    "convcalc has no recurrent layers": "convlstm gru gruc lstm lstmcell recurrent rnn simplernn",
    "convcalc has no attention": (
        "attention mha multiheadattention selfattention transformer transformerencoder "
        "transformerencoderlayer vit"
    ),
    "convcalc has no embeddings": "embed embedding positionalembedding positionembedding",
    "linear flattens what enters, and flatten makes a vector": "reshape squeeze unsqueeze view",
    "convcalc has no layer that reorders axes": "permute transpose",
    "write maxpool or avgpool": "pool pooling",
    "write global_avgpool or global_maxpool": "globalpool globalpooling",
    "write batchnorm, layernorm or groupnorm": "norm normalisation normalization",
    "write conv 1x1 with a number of channels": "pointwise pointwiseconv pw pwconv",
    "write linear for each of its layers": "mlp",
    "write identity for a layer that does nothing": "nop none null pass",
    "a loss has no part in the network; leave it out": (
        "argmax crossentropy crossentropyloss loss nllloss"
    ),
    "define a block: se(q): [global_avgpool, conv 1x1 $q, relu, conv 1x1 $in, sigmoid, mul in]": (
        "se seblock selayer squeezeexcite squeezeexcitation"
    ),
    "a block is written under define:": (
        "basicblock bottleneck c2f c3 csp fire fusedmbconv inceptionblock invertedresidual mbconv "
        "residualblock spp sppf"
    ),
    "write [dwconv 3x3, conv 1x1 64]": "depthwiseseparable dsconv sepconv separable separableconv",
    "write add NAME, for the output of the layer NAME": "residual skip skipconnection",
    "write from NAME to go on from a layer, or concat NAME": "route",
    "layers stand in a list: [conv 3x3 64, relu]": "sequence sequential",
    "input: is a key of the file, not a layer": "data input inputlayer",
    "what the last layer gives leaves the network; {out: ...} makes one more output": (
        "output outputs yolo"
    ),
    "write {repeat: 3, layers: ...}": "loop repeat times",
    "write {branches: {a: ..., b: ...}}": "branch branches parallel",
    "pad writes zeros only": "reflectionpad replicationpad",
    "write softmax, which costs the same": "logsoftmax softmin",
    "convcalc ops lists them": (
        "alphadropout celu crelu droppath fractionalmaxpool geglu glu hardshrink hardtanh lppool "
        "maxunpool rmsnorm rrelu softshrink softsign swiglu tanhshrink threshold"
    ),
}


def our_word(word: str) -> str | None:
    """The operation that is meant by another spelling, or by another framework's word."""
    return _ours().get(_folded(word))


def said_instead(word: str) -> str | None:
    """What to do instead of a layer of another framework that the language does not have."""
    folded = _folded(word)
    return next((instead for instead, words in _INSTEAD.items() if folded in words.split()), None)


@lru_cache
def _ours() -> dict[str, str]:
    elsewhere = {word: ours for ours, words in FOREIGN_OPERATIONS.items() for word in words.split()}
    return {
        **{word: ours for word, ours in elsewhere.items() if ours in OPS},
        **{_folded(word): word for word in OPS},
    }


def _folded(word: str) -> str:
    """One spelling for `nn.ConvTranspose2d` and `conv_transpose`."""
    return re.sub(r"[123]d|[^a-z0-9]", "", word.rpartition(".")[2].casefold())
