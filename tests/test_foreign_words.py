"""Another framework's word gets ours as its suggestion, and never one that only looks alike."""

from __future__ import annotations

import pytest

import convcalc
from convcalc import SpecError
from convcalc.language.foreign_options import FOREIGN_OPTIONS
from convcalc.ops import OPS

MEANT = {
    # PyTorch
    "nn.Conv2d": "conv",
    "Conv3d": "conv",
    "ConvTranspose2d": "conv_transpose",
    "Linear": "linear",
    "MaxPool2d": "maxpool",
    "AvgPool1d": "avgpool",
    "F.max_pool2d": "maxpool",
    "AdaptiveAvgPool2d": "adaptive_avgpool",
    "BatchNorm2d": "batchnorm",
    "SyncBatchNorm": "batchnorm",
    "LayerNorm": "layernorm",
    "GroupNorm": "groupnorm",
    "InstanceNorm2d": "instancenorm",
    "LocalResponseNorm": "lrn",
    "ReLU": "relu",
    "Relu": "relu",
    "ReLU6": "relu6",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "SiLU": "silu",
    "GELU": "gelu",
    "Hardswish": "hardswish",
    "Hardsigmoid": "hardsigmoid",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softmax": "softmax",
    "Softmax2d": "softmax",
    "Dropout2d": "dropout",
    "Flatten": "flatten",
    "Identity": "identity",
    "PixelShuffle": "pixel_shuffle",
    "ChannelShuffle": "channel_shuffle",
    "Upsample": "upsample",
    "UpsamplingNearest2d": "upsample",
    "ZeroPad2d": "pad",
    "interpolate": "resize",
    # Keras and TensorFlow
    "layers.Conv2DTranspose": "conv_transpose",
    "DepthwiseConv2D": "dwconv",
    "Dense": "linear",
    "MaxPooling2D": "maxpool",
    "AveragePooling2D": "avgpool",
    "GlobalAveragePooling2D": "global_avgpool",
    "GlobalMaxPooling2D": "global_maxpool",
    "BatchNormalization": "batchnorm",
    "LayerNormalization": "layernorm",
    "UpSampling2D": "upsample",
    "ZeroPadding2D": "pad",
    "Cropping2D": "crop",
    "SpatialDropout2D": "dropout",
    "swish": "silu",
    "depth_to_space": "pixel_shuffle",
    "space_to_depth": "pixel_unshuffle",
    # Caffe, ONNX and darknet
    "Convolution": "conv",
    "Deconvolution": "conv_transpose",
    "InnerProduct": "linear",
    "Gemm": "linear",
    "LRN": "lrn",
    "GlobalAveragePool": "global_avgpool",
    "LpNormalization": None,
    "convolutional": "conv",
    "connected": "linear",
    "leaky": "leaky_relu",
    "logistic": "sigmoid",
    "reorg": "pixel_unshuffle",
    # Merges
    "torch.cat": "concat",
    "Concatenate": "concat",
    "Concat": "concat",
    "Add": "add",
    "Eltwise": "add",
    "shortcut": "add",
    "Multiply": "mul",
    # What looks alike and is another thing
    "CELU": None,
    "GLU": None,
    "RReLU": None,
    "LogSoftmax": None,
    "ReflectionPad2d": None,
    "Transpose": None,
    "SeparableConv2D": None,
}


def said_of(word: str) -> str:
    with pytest.raises(SpecError) as caught:
        convcalc.loads(f"{{input: [8, 4, 4], layers: ['{word}']}}")
    return str(caught.value)


@pytest.mark.parametrize("word", [word for word, ours in MEANT.items() if ours in {None, *OPS}])
def test_what_another_framework_calls_an_operation(word: str) -> None:
    said = said_of(word)
    assert f'unknown operation "{word}"' in said
    if ours := MEANT[word]:
        assert f'did you mean "{ours}"?' in said
    else:
        assert "did you mean" not in said


@pytest.mark.parametrize(
    ("operation", "word", "ours"),
    [
        ("conv", "kernel", "kernel_size"),  # Caffe's kernel_size is ours
        ("conv", "filters", "out_channels"),  # Keras, darknet
        ("conv", "num_output", "out_channels"),  # Caffe
        ("conv", "out", "out_channels"),
        ("conv", "strides", "stride"),  # Keras, ONNX
        ("conv", "pads", "padding"),  # ONNX
        ("conv", "pad", "padding"),  # Caffe, darknet
        ("conv", "dilation_rate", "dilation"),  # Keras
        ("conv", "group", "groups"),  # Caffe, ONNX
        ("conv", "use_bias", "bias"),  # Keras
        ("conv", "bias_term", "bias"),  # Caffe
        ("maxpool", "size", "kernel_size"),  # darknet
        ("maxpool", "pool_size", "kernel_size"),  # Keras
        ("dwconv", "depth_multiplier", "multiplier"),  # Keras
        ("linear", "units", "out_features"),  # Keras
        ("linear", "output", "out_features"),  # darknet
        ("dropout", "rate", "p"),  # Keras
        ("groupnorm", "num_groups", "groups"),  # PyTorch
        ("leaky_relu", "negative_slope", "slope"),  # PyTorch
        ("upsample", "scale_factor", "scale"),  # PyTorch
        ("pixel_shuffle", "upscale_factor", "factor"),  # PyTorch
        ("batchnorm", "epsilon", "eps"),  # Keras
        ("lrn", "local_size", "size"),  # Caffe
        ("adaptive_avgpool", "output_size", "size"),  # PyTorch
    ],
)
def test_what_another_framework_calls_an_option(operation: str, word: str, ours: str) -> None:
    assert f'unknown option "{word}" of {operation}; did you mean "{ours}"?' in said_of(
        f"{operation} {word}=2"
    )


def test_no_option_is_called_by_the_word_of_another() -> None:
    for operation in OPS.values():
        for option in operation.options:
            words = FOREIGN_OPTIONS.get(option, "").split()
            others = {other.replace("_", "") for other in operation.options if other != option}
            assert not others.intersection(words)


def test_a_default_and_the_list_of_operations_get_it_too(run) -> None:
    with pytest.raises(SpecError, match='did you mean "conv"'):
        convcalc.loads("{input: [8, 4, 4], defaults: {Conv2d: {bias: true}}, layers: []}")
    assert 'did you mean "conv"?' in run("ops", "Conv2d").err
