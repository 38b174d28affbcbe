"""Every operation: what comes out of it and what it costs, worked out by hand."""

import pytest

import convcalc
from convcalc.ops import OPS, WORDS
from convcalc.ops.shapes import OperationError
from convcalc.ops.window import Sliding

NOTHING = (0, 0, 0, 0, 0, 0)


def last(body, shape):
    return convcalc.loads(f"input: {list(shape)}\nlayers: {body}").layers[-1]


def counts(layer):
    cost = layer.cost
    return cost.weights, cost.biases, cost.norm, cost.buffers, cost.macs, cost.activations


# body, input, output, (weights, biases, norm, buffers, macs, activations) of its last layer
CONVOLUTIONS = [
    # 3·4 = 12 weights, each used at 3·3 positions; 4·9 values
    ("conv 1x1 4", (3, 3, 3), (4, 3, 3), (12, 0, 0, 0, 108, 36)),
    # 3·3·8·16 = 1152 weights at 6·10 positions; 16·60 values
    ("conv 3x3 16", (8, 6, 10), (16, 6, 10), (1152, 0, 0, 0, 69120, 960)),
    # a bias for each of the 16 channels, and no multiply-add for it
    ("conv 3x3 16 bias", (8, 6, 10), (16, 6, 10), (1152, 16, 0, 0, 69120, 960)),
    ("conv 3x3 16 bias=false", (8, 6, 10), (16, 6, 10), (1152, 0, 0, 0, 69120, 960)),
    # 1·7·8·16 = 896 weights at 60 positions, or at 6·(10 − 7 + 1) = 24
    ("conv 1x7 16", (8, 6, 10), (16, 6, 10), (896, 0, 0, 0, 53760, 960)),
    ("conv 1x7 16 valid", (8, 6, 10), (16, 6, 4), (896, 0, 0, 0, 21504, 384)),
    # 7·1: the height shrinks and not the width, 4·6 positions
    ("conv 7x1 16 valid", (8, 10, 6), (16, 4, 6), (896, 0, 0, 0, 21504, 384)),
    # 3·3·4·5 = 180 weights; the stride 2x1 halves the height alone: ceil(7/2)·9 = 36 positions
    ("conv 3x3/2x1 5", (4, 7, 9), (5, 4, 9), (180, 0, 0, 0, 6480, 180)),
    # 2 in_channels for each of the 16 filters: 3·3·2·16 = 288 weights, ·60
    ("conv 3x3 16 groups=4", (8, 6, 10), (16, 6, 10), (288, 0, 0, 0, 17280, 960)),
    # as many groups as channels: 3·3·1·8 = 72
    ("conv 3x3 8 groups=8", (8, 6, 10), (8, 6, 10), (72, 0, 0, 0, 4320, 480)),
    # the first layer of GoogLeNet (Szegedy et al. 2014, Table 1): 7·7·3·64 = 9408, ·112·112
    ("conv 7x7/2 64", (3, 224, 224), (64, 112, 112), (9408, 0, 0, 0, 118013952, 802816)),
    # a dilation spans more and weighs no more: 9 − (2·2 + 1) + 1 = 5
    ("conv 3x3 1 valid dilation=2", (1, 9, 9), (1, 5, 5), (9, 0, 0, 0, 225, 25)),
    ("conv 3x3 1 valid dilation=3x1", (1, 9, 9), (1, 3, 7), (9, 0, 0, 0, 189, 21)),
]
DEPTHWISE = [
    # 3·3 weights for each of 8 channels, ·60
    ("dwconv 3x3", (8, 6, 10), (8, 6, 10), (72, 0, 0, 0, 4320, 480)),
    # 3 filters a channel: 24 channels, 216 weights, ·60
    ("dwconv 3x3 multiplier=3", (8, 6, 10), (24, 6, 10), (216, 0, 0, 0, 12960, 1440)),
    ("dwconv 3x3 multiplier=3 bias", (8, 6, 10), (24, 6, 10), (216, 24, 0, 0, 12960, 1440)),
    # 72 weights at 3·5 positions
    ("dwconv 3x3/2", (8, 6, 10), (8, 3, 5), (72, 0, 0, 0, 1080, 120)),
    ("dwconv 3x3/2x1 valid", (8, 6, 10), (8, 2, 8), (72, 0, 0, 0, 1152, 128)),
    # a span of 2·2 + 1 = 5: 2·6 positions
    ("dwconv 3x3 valid dilation=2", (8, 6, 10), (8, 2, 6), (72, 0, 0, 0, 864, 96)),
    ("dwconv 5x3 1", (2, 6, 10), (2, 4, 10), (30, 0, 0, 0, 1200, 80)),
]
TRANSPOSED = [
    # (5 − 1)·1 + 3 = 7 and (6 − 1)·1 + 3 = 8; 3·3·8·4 = 288 weights, each used at the 5·6 positions
    # of the input; 4·7·8 values
    ("conv_transpose 3x3 4", (8, 5, 6), (4, 7, 8), (288, 0, 0, 0, 8640, 224)),
    # U-Net's (Ronneberger et al. 2015): twice the size, 2·2·8·4 = 128 weights
    ("conv_transpose 2x2/2 4", (8, 5, 6), (4, 10, 12), (128, 0, 0, 0, 3840, 480)),
    # DCGAN's (Radford et al. 2015): 4·2 − 2 + 4 = 10, 4·4·8·4 = 512 weights
    ("conv_transpose 4x4/2 4 1", (8, 5, 6), (4, 10, 12), (512, 0, 0, 0, 15360, 480)),
    # 4·2 − 2 + 3 + 1 = 10 and 5·2 − 2 + 3 + 1 = 12
    ("conv_transpose 3x3/2 4 1 output_padding=1", (8, 5, 6), (4, 10, 12), (288, 0, 0, 0, 8640, 480)),
    # height 4·2 + 3 = 11, width 5·1 + 3 = 8
    ("conv_transpose 3x3/2x1 4", (8, 5, 6), (4, 11, 8), (288, 0, 0, 0, 8640, 352)),
    # height 4 + 3 = 7 less 2·1, width 5 + 3 = 8 less 0
    ("conv_transpose 3x3 4 1x0", (8, 5, 6), (4, 5, 8), (288, 0, 0, 0, 8640, 160)),
    # a span of 2·2 + 1 = 5: 4 + 5 = 9 and 5 + 5 = 10
    ("conv_transpose 3x3 4 dilation=2", (8, 5, 6), (4, 9, 10), (288, 0, 0, 0, 8640, 360)),
    # each input channel reaches 4/2 = 2 output channels: 3·3·8·2 = 144 weights
    ("conv_transpose 3x3 4 groups=2 bias", (8, 5, 6), (4, 7, 8), (144, 4, 0, 0, 4320, 224)),
]
LINEAR = [
    # 3·4·5 = 60 features enter
    ("linear 10", (3, 4, 5), (10,), (600, 0, 0, 0, 600, 10)),
    ("linear 10 bias", (3, 4, 5), (10,), (600, 10, 0, 0, 600, 10)),
    ("[flatten, linear 10]", (3, 4, 5), (10,), (600, 0, 0, 0, 600, 10)),
    ("[linear 7, linear 10 bias]", (3, 4, 5), (10,), (70, 10, 0, 0, 70, 10)),
    ("[global_avgpool, linear 10]", (3, 4, 5), (10,), (30, 0, 0, 0, 30, 10)),
]
NORMALIZATION = [
    # γ and β are trained, running mean and variance are not
    ("batchnorm", (8, 6, 10), (8, 6, 10), (0, 0, 16, 16, 0, 0)),
    ("batchnorm scale=false", (8, 6, 10), (8, 6, 10), (0, 0, 8, 16, 0, 0)),
    ("batchnorm center=false", (8, 6, 10), (8, 6, 10), (0, 0, 8, 16, 0, 0)),
    ("batchnorm scale=false center=false", (8, 6, 10), (8, 6, 10), (0, 0, 0, 16, 0, 0)),
    ("[flatten, batchnorm]", (3, 4, 5), (60,), (0, 0, 120, 120, 0, 0)),
    # over the channels at each position: γ and β for each channel, nothing that runs along
    ("layernorm", (8, 6, 10), (8, 6, 10), (0, 0, 16, 0, 0, 0)),
    ("layernorm center=false", (8, 6, 10), (8, 6, 10), (0, 0, 8, 0, 0, 0)),
    ("layernorm scale=false", (8, 6, 10), (8, 6, 10), (0, 0, 8, 0, 0, 0)),
    ("[flatten, layernorm]", (3, 4, 5), (60,), (0, 0, 120, 0, 0, 0)),
    # a factor for each channel, and a bias
    ("scale", (8, 6, 10), (8, 6, 10), (0, 0, 8, 0, 0, 0)),
    ("scale bias", (8, 6, 10), (8, 6, 10), (0, 8, 8, 0, 0, 0)),
    # a slope for each channel
    ("prelu", (8, 6, 10), (8, 6, 10), (0, 0, 8, 0, 0, 0)),
    ("[flatten, prelu]", (3, 4, 5), (60,), (0, 0, 60, 0, 0, 0)),
    # one slope for all
    ("prelu shared", (8, 6, 10), (8, 6, 10), (0, 0, 1, 0, 0, 0)),
    # γ and β for each of the 8 channels, whatever the groups; no running values
    ("groupnorm 4", (8, 6, 10), (8, 6, 10), (0, 0, 16, 0, 0, 0)),
    ("groupnorm 4 center=false eps=0.001", (8, 6, 10), (8, 6, 10), (0, 0, 8, 0, 0, 0)),
    ("[flatten, groupnorm 6]", (3, 4, 5), (60,), (0, 0, 120, 0, 0, 0)),
    ("instancenorm", (8, 6, 10), (8, 6, 10), NOTHING),
    ("instancenorm scale center", (8, 6, 10), (8, 6, 10), (0, 0, 16, 0, 0, 0)),
    # SSD's (Liu et al. 2015): a factor for each channel
    ("l2norm", (512, 38, 38), (512, 38, 38), (0, 0, 512, 0, 0, 0)),
    ("l2norm scale=false", (8, 6, 10), (8, 6, 10), NOTHING),
    ("[flatten, l2norm]", (3, 4, 5), (60,), (0, 0, 60, 0, 0, 0)),
    ("factor 0.1", (8, 6, 10), (8, 6, 10), NOTHING),
    ("lrn", (8, 6, 10), (8, 6, 10), NOTHING),
    ("lrn 5 alpha=0.0001 beta=0.75 k=2", (8, 6, 10), (8, 6, 10), NOTHING),
]
POOLING = [
    ("maxpool 3x3", (8, 6, 10), (8, 6, 10), NOTHING),
    ("maxpool 3x3/2", (64, 112, 112), (64, 56, 56), NOTHING),
    ("maxpool 2x1/2x1 valid", (8, 7, 10), (8, 3, 10), NOTHING),
    ("avgpool 3x3", (8, 6, 10), (8, 6, 10), NOTHING),
    # GoogLeNet's side heads: (14 − 5)/3 + 1 = 4
    ("avgpool 5x5/3 valid", (512, 14, 14), (512, 4, 4), NOTHING),
    ("avgpool 3x3/2 1 count_include_pad", (8, 6, 10), (8, 3, 5), NOTHING),
    ("global_avgpool", (8, 6, 10), (8, 1, 1), NOTHING),
    ("global_maxpool", (8, 6, 10), (8, 1, 1), NOTHING),
    # 3 elements with 1 between span 5: 6 − 5 + 1 = 2 and 10 − 5 + 1 = 6
    ("maxpool 3x3 valid dilation=2", (8, 6, 10), (8, 2, 6), NOTHING),
    # whatever enters; what enters may be smaller too
    ("adaptive_avgpool 6", (256, 13, 13), (256, 6, 6), NOTHING),
    ("adaptive_avgpool 7x3", (8, 6, 10), (8, 7, 3), NOTHING),
    ("adaptive_maxpool 1", (8, 6, 10), (8, 1, 1), NOTHING),
    ("channel_mean", (8, 6, 10), (1, 6, 10), NOTHING),
    ("channel_max", (8, 6, 10), (1, 6, 10), NOTHING),
    ("[flatten, channel_max]", (3, 4, 5), (1,), NOTHING),
]
ACTIVATIONS = [
    *("relu", "relu6", "leaky_relu", "leaky_relu slope=0.2", "elu", "sigmoid", "tanh", "silu"),
    *("hardswish", "hardsigmoid", "gelu", "softmax", "dropout", "dropout 0.7", "dropout p=1"),
    *("mish", "softplus", "selu", "logsigmoid", "elu alpha=2", "gelu approximate=tanh"),
    "identity",
]
WITHOUT_COST = [
    *((body, (3, 4, 5), (3, 4, 5), NOTHING) for body in ACTIVATIONS),
    *((f"[flatten, {body}]", (3, 4, 5), (60,), NOTHING) for body in ACTIVATIONS),
]
REARRANGED = [
    ("flatten", (3, 4, 5), (60,), NOTHING),
    ("[flatten, flatten]", (3, 4, 5), (60,), NOTHING),
    ("upsample 2", (8, 6, 10), (8, 12, 20), NOTHING),
    ("upsample scale=3 mode=nearest", (8, 6, 10), (8, 18, 30), NOTHING),
    # the channels 2, 3 and 4
    ("slice 2 5", (8, 6, 10), (3, 6, 10), NOTHING),
    ("slice 0 8", (8, 6, 10), (8, 6, 10), NOTHING),
    ("channel_shuffle 4", (8, 6, 10), (8, 6, 10), NOTHING),
    ("upsample 2x1", (8, 6, 10), (8, 12, 10), NOTHING),
    ("upsample 2 mode=bilinear align_corners", (8, 6, 10), (8, 12, 20), NOTHING),
    ("resize 65", (8, 6, 10), (8, 65, 65), NOTHING),
    ("resize 3x4 mode=bilinear", (8, 6, 10), (8, 3, 4), NOTHING),
    # 6 + 2·1 and 10 + 2·0
    ("pad 1x0", (8, 6, 10), (8, 8, 10), NOTHING),
    ("pad before=1 after=2x0 channels=3", (8, 6, 10), (11, 9, 11), NOTHING),
    ("pad channels=8", (8, 6, 10), (16, 6, 10), NOTHING),
    ("crop 3", (8, 6, 10), (8, 3, 3), NOTHING),
    ("crop 3x4 offset=3x6", (8, 6, 10), (8, 3, 4), NOTHING),
    # Shi et al. 2016: 3·3 = 9 channels make one of three times the size; and back
    ("pixel_shuffle 3", (9, 6, 10), (1, 18, 30), NOTHING),
    ("pixel_unshuffle 2", (3, 6, 10), (12, 3, 5), NOTHING),
]
# One axis and three, as in PyTorch's Conv1d and Conv3d.
OTHER_AXES = [
    # M5's first layer (Dai et al. 2016): 80·1·128 = 10240 weights at 8000/4 = 2000 positions
    ("conv 80/4 128", (1, 8000), (128, 2000), (10240, 0, 0, 0, 20480000, 256000)),
    # (9 − 2·2 − 1) + 1 = 5 positions of 3·4·6 = 72 weights
    ("conv 3 6 valid dilation=2 bias", (4, 9), (6, 5), (72, 6, 0, 0, 360, 30)),
    ("dwconv 5/2", (4, 9), (4, 5), (20, 0, 0, 0, 100, 20)),
    # 3·2 + 4 = 10
    ("conv_transpose 4/2 6", (4, 4), (6, 10), (96, 0, 0, 0, 384, 60)),
    ("conv_transpose 4/2 6 same", (4, 4), (6, 8), (96, 0, 0, 0, 384, 48)),
    # a stride beyond the kernel leaves zeros behind: 4·3
    ("conv_transpose 2/3 6 padding=same", (4, 4), (6, 12), (48, 0, 0, 0, 192, 72)),
    ("maxpool 4/4 valid", (4, 10), (4, 2), NOTHING),
    ("global_avgpool", (4, 9), (4, 1), NOTHING),
    ("pixel_shuffle 2", (4, 9), (2, 18), NOTHING),
    ("batchnorm", (4, 9), (4, 9), (0, 0, 8, 8, 0, 0)),
    ("lrn", (4, 9), (4, 9), NOTHING),
    # R(2+1)D's stem (Tran et al. 2018): 7·7·3·45 = 6615 weights at 16·56·56 = 50176 positions
    ("conv 1x7x7/1x2x2 45", (3, 16, 112, 112), (45, 16, 56, 56), (6615, 0, 0, 0, 331914240, 2257920)),
    # one number for all axes where it is named
    (
        "{op: conv, kernel_size: 3, out_channels: 2}",
        (1, 4, 5, 6),
        (2, 4, 5, 6),
        (54, 0, 0, 0, 6480, 240),
    ),
    ("maxpool 2x2x2/2 padding=0x0x0", (8, 4, 6, 8), (8, 2, 3, 4), NOTHING),
    ("avgpool 1x3x3/1x2x2", (8, 4, 6, 8), (8, 4, 3, 4), NOTHING),
    ("adaptive_avgpool 1x2x3", (8, 4, 6, 8), (8, 1, 2, 3), NOTHING),
    ("pixel_unshuffle 2", (1, 4, 6, 8), (8, 2, 3, 4), NOTHING),
    ("upsample 1x2x2 mode=bilinear", (8, 4, 6, 8), (8, 4, 12, 16), NOTHING),
    ("linear 10", (8, 4, 6, 8), (10,), (15360, 0, 0, 0, 15360, 10)),
    # a vector that enters
    ("linear 10", (8,), (10,), (80, 0, 0, 0, 80, 10)),
    ("relu", (8,), (8,), NOTHING),
]
ALL = [
    *CONVOLUTIONS,
    *DEPTHWISE,
    *TRANSPOSED,
    *LINEAR,
    *NORMALIZATION,
    *POOLING,
    *WITHOUT_COST,
    *REARRANGED,
    *OTHER_AXES,
]


@pytest.mark.parametrize(("body", "shape", "output", "cost"), ALL, ids=[row[0] for row in ALL])
def test_shape_and_cost(body, shape, output, cost):
    layer = last(body, shape)
    assert layer.output == output
    assert counts(layer) == cost


def test_every_operation_has_a_row_here():
    assert {last(body, shape).op for body, shape, _, _ in ALL} >= set(WORDS)


# One axis of a window: text after the operation's name, the size that enters, the size that leaves.
SAME = [
    # ceil(size / stride), whatever the kernel
    ("1x1", 5, 5),
    ("3x3", 5, 5),
    ("2x2", 5, 5),
    ("4x4", 1, 1),
    ("7x7", 2, 2),
    ("3x3/2", 7, 4),
    ("3x3/2", 8, 4),
    ("2x2/2", 7, 4),
    ("1x1/2", 7, 4),
    ("4x4/3", 10, 4),
    ("3x3/5", 4, 1),
]
VALID = [
    # size − kernel + 1 places, every stride-th of them
    ("1x1 {} valid", 5, 5),
    ("3x3 {} valid", 5, 3),
    ("5x5 {} valid", 5, 1),
    ("2x2/2 {} valid", 7, 3),
    ("3x3/2 {} valid", 7, 3),
    ("3x3/2 {} valid", 8, 3),
    ("3x3/2 {} 0", 9, 4),
]
ZEROS = [
    # 7 + 2 = 9 elements, 7 places, every second one
    ("3x3 {} 1", 7, 7),
    ("3x3/2 {} 1", 7, 4),
    # 8 + 2 = 10, 8 places, every second one
    ("3x3/2 {} 1", 8, 4),
    # 224 + 6 = 230, 224 places, every second one
    ("7x7/2 {} 3", 224, 112),
    ("5x5 {} 2x2", 6, 6),
    # 5 + 2 = 7, 6 places: an even kernel with padding grows the map
    ("2x2 {} 1", 5, 6),
]


@pytest.mark.parametrize(("text", "size", "output"), SAME + VALID + ZEROS)
def test_padding_decides_the_size(text, size, output):
    conv = text.replace("{}", "1") if "{}" in text else f"{text} 1"
    assert last(f"conv {conv}", (1, size, size)).output == (1, output, output)
    without_channels = text.replace(" {}", "")
    assert last(f"dwconv {without_channels}", (1, size, size)).output == (1, output, output)
    assert last(f"maxpool {without_channels}", (1, size, size)).output == (1, output, output)
    assert last(f"avgpool {without_channels}", (1, size, size)).output == (1, output, output)


def test_a_convolution_may_have_more_padding_than_half_its_kernel():
    # 4 + 2·3 = 10 elements for a single weight
    assert last("conv 1x1 2 3", (1, 4, 4)).output == (2, 10, 10)


def test_height_and_width_are_padded_each_by_its_own_number():
    # height 5 + 2·2 − 3 + 1 = 7, width 5 − 3 + 1 = 3
    assert last("conv 3x3 4 2x0", (1, 5, 5)).output == (4, 7, 3)
    assert last("conv 3x3 4 padding=0x2", (1, 5, 5)).output == (4, 3, 7)


def test_same_padding_covers_a_dilated_kernel():
    assert last("conv 3x3 4 dilation=4", (1, 5, 6)).output == (4, 5, 6)
    assert last("conv 3x3/2 4 dilation=4", (1, 5, 6)).output == (4, 3, 3)


def test_ceil_mode_keeps_the_last_window_that_is_only_partly_there():
    # windows at 0, 2, 4: 3 elements fit from 0 and 2; from 4 only two of 6 elements are left
    assert last("maxpool 3x3/2 valid", (1, 6, 6)).output == (1, 2, 2)
    assert last("maxpool 3x3/2 valid ceil_mode", (1, 6, 6)).output == (1, 3, 3)
    assert last("avgpool 3x3/2 valid ceil_mode", (1, 6, 6)).output == (1, 3, 3)
    # windows that fit exactly leave nothing to round
    assert last("maxpool 3x3/2 valid ceil_mode", (1, 7, 7)).output == (1, 3, 3)
    # torchvision's googlenet: 112 to 56 and 28 to 14, by 3x3/2 without padding
    assert last("maxpool 3x3/2 valid ceil_mode", (64, 112, 112)).output == (64, 56, 56)
    assert last("maxpool 3x3/2 valid ceil_mode", (480, 28, 28)).output == (480, 14, 14)


def test_ceil_mode_drops_a_last_window_that_would_start_in_the_padding():
    # padded to 7; windows of 2 at 0, 2, 4 and 6, where 6 is the zero behind the 5 elements
    assert last("maxpool 2x2/2 1 ceil_mode", (1, 5, 5)).output == (1, 3, 3)
    # padded to 6; windows at 0, 2 and 4, where 4 holds the last of the 4 elements
    assert last("maxpool 2x2/2 1 ceil_mode", (1, 4, 4)).output == (1, 3, 3)
    # without padding: windows of 1 at 0, 3 and 6, where 6 is behind the 5 elements
    assert last("maxpool 1x1/3 valid ceil_mode", (1, 5, 5)).output == (1, 2, 2)


def test_ceil_mode_changes_nothing_for_same_padding():
    assert last("maxpool 3x3/2 ceil_mode", (1, 6, 6)).output == (1, 3, 3)
    assert last("maxpool 2x2/2 ceil_mode", (1, 5, 5)).output == (1, 3, 3)


def operation(name, **options):
    """For height and width."""
    return OPS[name](**options).on((1, 1, 1))


def fault(build):
    with pytest.raises(OperationError) as caught:
        build()
    return caught.value


def test_groups_must_divide_both_numbers_of_channels():
    def grouped(in_channels, out_channels, groups):
        conv = operation("conv", kernel_size=(1, 1), out_channels=out_channels, groups=groups)
        return conv.output_shape((in_channels, 5, 5))

    assert grouped(8, 12, 4) == (12, 5, 5)
    for channels in ((9, 12), (8, 10)):
        error = fault(lambda channels=channels: grouped(*channels, 4))
        assert error.option == "groups"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("conv", {"out_channels": 4}),
        ("dwconv", {}),
        ("maxpool", {}),
        ("avgpool", {}),
    ],
)
def test_a_kernel_that_does_not_fit_is_the_kernels_fault(name, options):
    fits = operation(name, kernel_size=(5, 2), padding=(0, 0), **options)
    assert fits.output_shape((4, 5, 9))[1:] == (1, 8)
    for kernel in ((6, 2), (2, 10)):
        too_large = operation(name, kernel_size=kernel, padding=(0, 0), **options)
        assert fault(lambda conv=too_large: conv.output_shape((4, 5, 9))).option == "kernel_size"


def test_a_dilated_kernel_fits_by_its_span():
    # 3 weights with 2 between each span 7
    conv = operation("conv", kernel_size=(3, 3), out_channels=1, padding=(0, 0), dilation=(3, 3))
    assert conv.output_shape((1, 7, 7)) == (1, 1, 1)
    assert fault(lambda: conv.output_shape((1, 6, 7))).option == "kernel_size"


@pytest.mark.parametrize("name", ["maxpool", "avgpool"])
def test_pooling_is_padded_by_at_most_half_its_kernel(name):
    for kernel, padding in (((3, 3), (1, 1)), ((2, 4), (1, 2)), ((5, 1), (2, 0))):
        assert operation(name, kernel_size=kernel, padding=padding).padding == padding
    for kernel, padding in (((3, 3), (2, 2)), ((2, 4), (2, 2)), ((5, 1), (2, 1))):
        error = fault(lambda k=kernel, p=padding: operation(name, kernel_size=k, padding=p))
        assert error.option == "padding"


@pytest.mark.parametrize(
    "body",
    [
        *("conv 1x1 2", "dwconv 1x1", "conv_transpose 1x1 2", "maxpool 1x1", "avgpool 1x1"),
        *("global_avgpool", "global_maxpool", "lrn", "upsample 2", "resize 2", "pad 1", "crop 1"),
        *("adaptive_avgpool 1", "adaptive_maxpool 1", "instancenorm", "pixel_shuffle 1"),
        "pixel_unshuffle 1",
    ],
)
def test_what_slides_over_a_feature_map_refuses_a_vector_and_says_so(body):
    with pytest.raises(convcalc.SpecError) as caught:
        last(f"[flatten, {body}]", (3, 4, 5))
    (problem,) = caught.value.problems
    assert problem.mark.column == len("layers: [flatten, ") + 1
    assert "vector" in problem.message
    assert "60" in problem.message


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("conv 3x3 4 groups=5", "groups=5"),
        ("conv 9x9 4 valid", "9x9"),
        ("maxpool 3x3 2", " 2"),
        ("maxpool 3x3 padding=2", "padding=2"),
        ("conv 0x3 4", "0x3"),
        ("conv 3 4", " 3"),
        ("conv 3x3/0 4", "3x3/0"),
        ("conv 3x3 0", " 0"),
        ("conv 3x3 four", "four"),
        ("conv 3x3 1000000000001", "1000000000001"),
        ("conv 3x3 4 most", "most"),
        ("conv 3x3 4 bias=yes", "bias=yes"),
        ("dropout 1.01", "1.01"),
        ("lrn alpha=1e-4", "alpha=1e-4"),
        ("linear 10.5", "10.5"),
        ("flatten 2", "2"),
        ("linear", "linear"),
        ("conv_transpose 3x3 4 wide", "wide"),
        ("conv_transpose 3x3/2 4 same output_padding=1", "output_padding=1"),
        ("conv_transpose 3x3 4 groups=3", "groups=3"),
        ("conv_transpose 3x3/2 4 output_padding=2", "output_padding=2"),
        # 5 + 3 = 8 less 2·4 leaves nothing
        ("conv_transpose 3x3 4 4", " 4"),
        ("upsample 0", "0"),
        ("upsample 1.5", "1.5"),
        ("upsample 2 mode=cubic", "mode=cubic"),
        ("upsample 2 align_corners", "align_corners"),
        ("resize 4x4 align_corners=true", "align_corners=true"),
        ("groupnorm 3", "3"),
        ("pixel_shuffle 3", "3"),
        ("pixel_unshuffle 4", "4"),
        ("crop 7", "7"),
        ("crop 6x7", "6x7"),
        ("crop 5 offset=2", "offset=2"),
        ("pad", "pad"),
        ("pad 2 before=1", "2"),
        ("adaptive_avgpool 0", "0"),
        ("factor", "factor"),
        ("gelu approximate=erf", "approximate=erf"),
        # another number of axes than the two that enter
        ("conv 3/2 4", "3/2"),
        ("conv 3x3x3 4", "3x3x3"),
        ("conv 3x3/1x1x1 4", "3x3/1x1x1"),
        ("conv 3x3 4 1x1x1", "1x1x1"),
        ("dwconv 3", "3"),
        ("maxpool 3x3 dilation=1x1x1", "dilation=1x1x1"),
        ("upsample 2x2x2", "2x2x2"),
        ("resize 2x2x2", "2x2x2"),
        ("crop 2x2x2", "2x2x2"),
        ("pad 1x1x1", "1x1x1"),
        ("adaptive_avgpool 2x2x2", "2x2x2"),
        ("slice 3 9", "9"),
        ("slice 3 3", " 3"),
        ("slice 3", "slice 3"),
        ("channel_shuffle 3", "3"),
        ("leaky_relu 0.1", "0.1"),
        ("scale 2", "2"),
    ],
)
def test_an_error_points_at_the_word_that_is_at_fault(body, word):
    with pytest.raises(convcalc.SpecError) as caught:
        last(body, (8, 6, 6))
    (problem,) = caught.value.problems
    line = f"layers: {body}"
    at = line.rindex(word) + len(word) - len(word.lstrip())
    assert (problem.mark.line, problem.mark.column) == (2, at + 1)
    assert problem.mark.length == len(word.strip())


def test_no_size_may_pass_the_limit():
    assert last("conv 1x1 1000000000000", (1, 1, 1)).output[0] == 10**12
    for body in (
        "dwconv 1x1 multiplier=1000000000000",
        "[conv 1x1 1000000000000, flatten]",
        "upsample 1000000000000",
        "conv_transpose 1000000000000x1 1",
        "{branches: {a: conv 1x1 1000000000000, b: identity}}",
    ):
        with pytest.raises(convcalc.SpecError):
            last(body, (8, 6, 6))


# ---- What every operation's class is ----------------------------------------------------------------


def test_what_a_class_annotates_is_an_option_and_only_options_are_given_by_position():
    for operation in OPS.values():
        own = vars(operation).get("__annotations__", {})
        assert {name for name, kind in own.items() if not kind.startswith("ClassVar")} <= set(
            operation.options
        )
        assert set(operation.arguments) <= set(operation.options)


def test_an_operation_takes_its_own_options_and_needs_those_without_a_default():
    with pytest.raises(TypeError, match="conv has no option kernel"):
        OPS["conv"](kernel=(3, 3), kernel_size=(3, 3), out_channels=64)
    with pytest.raises(TypeError, match="conv needs the option out_channels"):
        OPS["conv"](kernel_size=(3, 3))


def test_operations_are_equal_by_kind_and_options_and_set_once():
    conv = operation("conv", kernel_size=(3, 3), out_channels=64)
    same = operation("conv", kernel_size=3, out_channels=64, stride=(1, 1))
    other = operation("conv", kernel_size=(3, 3), out_channels=65)
    assert conv == same
    assert hash(conv) == hash(same)
    assert conv != other
    assert OPS["relu"]() == OPS["relu"]()
    assert OPS["relu"]() != OPS["tanh"]()
    assert repr(OPS["scale"](bias=True)) == "Scale(bias=True)"
    assert repr(OPS["linear"](out_features=3)) == "Linear(out_features=3, bias=False)"
    with pytest.raises(AttributeError):
        conv.out_channels = 65
    assert conv.out_channels == 64


# In the order in which a paper writes them; `explain` prints these names.
KERNEL = {"kernel height": 3, "kernel width": 5}
TENSORS = [
    (
        OPS["conv"](kernel_size=(3, 5), out_channels=4, bias=True),
        {"weight": KERNEL | {"in_channels": 8, "out_channels": 4}, "bias": {"out_channels": 4}},
        {"output height": 5, "output width": 6},
    ),
    (
        OPS["conv"](kernel_size=(3, 5), out_channels=4, groups=2),
        {"weight": KERNEL | {"in_channels / groups": 4, "out_channels": 4}},
        {"output height": 5, "output width": 6},
    ),
    (
        OPS["dwconv"](kernel_size=(3, 5), multiplier=2, bias=True),
        {"weight": KERNEL | {"in_channels": 8, "multiplier": 2}, "bias": {"out_channels": 16}},
        {"output height": 5, "output width": 6},
    ),
    (
        OPS["conv_transpose"](kernel_size=(3, 5), out_channels=4, bias=True),
        {"weight": KERNEL | {"in_channels": 8, "out_channels": 4}, "bias": {"out_channels": 4}},
        {"input height": 5, "input width": 6},
    ),
    (
        OPS["conv_transpose"](kernel_size=(3, 5), out_channels=4, groups=2),
        {"weight": KERNEL | {"in_channels": 8, "out_channels / groups": 2}},
        {"input height": 5, "input width": 6},
    ),
    (
        OPS["linear"](out_features=7, bias=True),
        {"weight": {"in_features": 240, "out_features": 7}, "bias": {"out_features": 7}},
        {},
    ),
    (
        OPS["batchnorm"](),
        {key: {"channels": 8} for key in ("gamma", "beta", "running_mean", "running_var")},
        None,
    ),
    (OPS["layernorm"](), {key: {"channels": 8} for key in ("gamma", "beta")}, None),
    (OPS["scale"](bias=True), {key: {"channels": 8} for key in ("gamma", "bias")}, None),
    (OPS["prelu"](), {"slope": {"channels": 8}}, None),
]


@pytest.mark.parametrize(("operation", "tensors", "positions"), TENSORS, ids=lambda one: repr(one)[:40])
def test_tensors_and_positions_have_named_sizes_in_the_order_of_a_formula(operation, tensors, positions):
    x = (8, 5, 6)
    operation = operation.on(x)
    found = operation.weight_shapes(x)
    assert found == tensors
    assert [list(sizes) for sizes in found.values()] == [list(sizes) for sizes in tensors.values()]
    assert operation.positions(operation.output_shape(x), x) == positions


@pytest.mark.parametrize(
    ("operation", "elements"),
    [
        (OPS["relu"](), 2 * 30 + 60),  # 2×5×6 in, as many out
        (OPS["conv"](kernel_size=(3, 5), out_channels=4), 2 * 7 * 10 + 4 * 30),  # padded to 7×10
        (OPS["maxpool"](kernel_size=(2, 2), stride=(2, 2), padding=(0, 0)), 60 + 2 * 2 * 3),
        (OPS["linear"](out_features=7), 60 + 7),
        (OPS["global_avgpool"](), 60 + 2),
        # 5×6 grow to 7×8 with a kernel of 3, of which a margin of 1 and 2 is cut off again
        (OPS["conv_transpose"](kernel_size=(3, 3), out_channels=4, padding=(1, 2)), 60 + 4 * 7 * 8),
    ],
    ids=repr,
)
def test_elements_are_those_that_enter_and_leave_with_their_padding(operation, elements):
    x = (2, 5, 6)
    operation = operation.on(x)
    assert operation.elements(operation.output_shape(x), x) == elements


def test_a_formula_says_that_a_last_window_in_the_padding_is_dropped():
    # 5 elements and one zero on each side; windows of 2 at 0, 2, 4 and 6, where 6 is behind all 5
    window = Sliding(size=5, kernel=2, stride=2, padding=1, ceil_mode=True)
    room = "5 + 2·1 − 1·(2 − 1) − 1"
    assert window.formula == f"ceil(({room}) / 2) + 1 − 1 (a last window in the padding) = 3"
    # of 6 elements the one at 6 holds the zero at the end: nothing is dropped
    room = "6 + 2·1 − 1·(2 − 1) − 1"
    assert window._replace(size=6).formula == f"ceil(({room}) / 2) + 1 = 4"
