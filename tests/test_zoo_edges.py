"""Published networks whose layers are joined by names, held against the figures of their code.

The params are those that torchvision, timm or the authors' code count; the multiply-adds are of
convolutions and linear layers.
"""

from __future__ import annotations

import pytest

import convcalc
from convcalc.answers.verify import Verification, verify

# Ultralytics' YOLOv8n, without the fixed convolution that decodes its boxes.
YOLOV8N = """
input: [3, 640, 640]
define:
  conv_bn(k, c): [conv $k $c, batchnorm, silu]
  plain(c): [conv_bn 3x3 $c, conv_bn 3x3 $c]
  bottleneck(c): [plain $c, add in]
  c2f(c, n, unit=bottleneck):
    - all: conv_bn 1x1 $c
    - b: slice $(c//2) $c
    - {repeat: $n, layers: [b: $unit $(c//2), all: [from all, concat b], from b]}
    - [from all, conv_bn 1x1 $c]
  sppf(c): [x: conv_bn 1x1 $(c//2), y: maxpool 5x5, z: maxpool 5x5, w: maxpool 5x5,
            from x, concat y z w, conv_bn 1x1 $c]
  tower(c, last): [conv_bn 3x3 $c, conv_bn 3x3 $c, conv 1x1 $last bias]
  detect: {branches: {box: tower 64 64, class: tower 80 80}}
layers:
  - [conv_bn 3x3/2 16, conv_bn 3x3/2 32, c2f 32 1]
  - [conv_bn 3x3/2 64, p3: c2f 64 2]
  - [conv_bn 3x3/2 128, p4: c2f 128 2]
  - [conv_bn 3x3/2 256, c2f 256 1, p5: sppf 256]
  - [upsample 2, concat p4, n4: c2f 128 1 plain]
  - [upsample 2, concat p3, c2f 64 1 plain]
  - out: detect
  - [conv_bn 3x3/2 64, concat n4, c2f 128 1 plain]
  - out: detect
  - [conv_bn 3x3/2 128, concat p5, c2f 256 1 plain]
  - out: detect
"""

# Zoph et al. 2017, arXiv:1707.07012, NASNet-A (6 @ 4032), Figure 4, as Keras and timm have it.
# A cell takes what comes from the cell before it (x) and from the one before that (y).
NASNET = """
input: [3, 331, 331]
define:
  fit(c): [relu, conv 1x1 $c, batchnorm]
  half(k, c, s=1): [relu, dwconv $k/$s, conv 1x1 $c, batchnorm]
  sep(k, c, s=1): [half $k $c $s, half $k $c]
  halved(c):  # to half the size, a half of the channels from every other pixel
    - relu
    - branches:
        even: [avgpool 1x1/2, conv 1x1 $(c//2)]
        odd: [pad after=1, crop like=in offset=1, avgpool 1x1/2, conv 1x1 $(c//2)]
    - batchnorm
  normal(x, y, c):
    - s0: {branches: {x: [from $x, sep 5x5 $c], y: [from $y, sep 3x3 $c]}, merge: add}
    - s1: {branches: {x: [from $y, sep 5x5 $c], y: [from $y, sep 3x3 $c]}, merge: add}
    - s2: [from $x, avgpool 3x3, add $y]
    - s3: {branches: {x: [from $y, avgpool 3x3], y: [from $y, avgpool 3x3]}, merge: add}
    - s4: [from $x, sep 3x3 $c, add $x]
    - [from $y, concat s0 s1 s2 s3 s4]
  reduced(x, y, c):
    - s0: {branches: {x: [from $x, sep 5x5 $c 2], y: [from $y, sep 7x7 $c 2]}, merge: add}
    - s1: {branches: {x: [from $x, maxpool 3x3/2], y: [from $y, sep 7x7 $c 2]}, merge: add}
    - s2: {branches: {x: [from $x, avgpool 3x3/2], y: [from $y, sep 5x5 $c 2]}, merge: add}
    - s3: [from s0, avgpool 3x3, add s1]
    - s4: {branches: {x: [from s0, sep 3x3 $c], y: [from $x, maxpool 3x3/2]}, merge: add}
    - [from s1, concat s2 s3 s4]
  cell(before, c): [x: fit $c, y: [from $before, fit $c], normal x y $c]
  first(before, c): [x: fit $c, y: [from $before, halved $c], normal x y $c]
  reduction(before, c): [x: fit $c, y: [from $before, fit $c], reduced x y $c]
  stem1(c): [x: fit $c, reduced x in $c]
  stem2(before, c): [x: fit $c, y: [from $before, halved $c], reduced x y $c]
layers:
  - stem: [conv 3x3/2 96 valid, batchnorm]
  - [s1: stem1 42, s2: stem2 stem 84]
  - [a1: first s1 168, a2: cell s2 168, a3: cell a1 168]
  - [a4: cell a2 168, a5: cell a3 168, a6: cell a4 168]
  - [r1: reduction a5 336]
  - [b1: first a5 336, b2: cell r1 336, b3: cell b1 336]
  - [b4: cell b2 336, b5: cell b3 336, b6: cell b4 336]
  - [r2: reduction b5 672]
  - [c1: first b5 672, c2: cell r2 672, c3: cell c1 672]
  - [c4: cell c2 672, c5: cell c3 672, c6: cell c4 672]
  - [relu, global_avgpool, linear 1000 bias]
"""

# van den Oord et al. 2016, arXiv:1609.03499, Figure 4: 4 blocks of 10 layers whose dilation doubles.
# What the last one passes on is computed, and nothing reads it.
WAVENET = """
input: [256, 4096]
define:
  causal(d): [pad before=$d, conv 2 32 valid dilation=$d]
  layer(d):
    - gated: {branches: {filter: [causal $d, tanh], gate: [causal $d, sigmoid]}, merge: mul}
    - skip: conv 1 256
    - [from gated, conv 1 32, add in]
  block:
    - [a: layer 1, b: layer 2, c: layer 4, d: layer 8, e: layer 16]
    - [f: layer 32, g: layer 64, h: layer 128, i: layer 256, j: layer 512]
    - skips: [from a/skip, add b/skip c/skip d/skip e/skip f/skip g/skip h/skip i/skip j/skip]
    - from j
layers:
  - conv 1 32
  - [b1: block, b2: block, b3: block, b4: block]
  - aux: []
  - [from b1/skips, add b2/skips b3/skips b4/skips]
  - [relu, conv 1 256 bias, relu, conv 1 256 bias]
"""

# Params, multiply-adds, and the smaller input at which every layer is run.
WRITTEN = {
    "yolov8n": (YOLOV8N, 3_157_184, 4_371_456_000, (3, 32, 64)),
    "nasnetalarge": (NASNET, 88_753_150, 23_783_414_658, (3, 35, 33)),
    "wavenet": (WAVENET, 672_256, 2_751_463_424, (256, 40)),
}
SHIPPED = {
    "densenet121": (7_978_856, 2_834_161_664, (3, 32, 33)),
    "hrnet_w18": (21_299_004, 4_283_537_072, (3, 32, 32)),
    "retinanet_r50_fpn": (34_068_119, 96_880_198_400, (3, 64, 64)),
    "unet": (31_030_658, 192_384_335_872, (1, 16, 32)),
    "yolov3": (61_949_149, 32_932_037_632, (3, 32, 32)),
}
TAKES_LONG = {"nasnetalarge", "retinanet_r50_fpn", "unet", "yolov3"}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_network_costs_what_is_published(name: str) -> None:
    text, params, macs, _ = WRITTEN[name]
    total = convcalc.loads(text).total
    assert (total.params, total.macs) == (params, macs)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_network_costs_what_is_published(name: str) -> None:
    params, macs, _ = SHIPPED[name]
    total = convcalc.load(name).total
    assert (total.params, total.macs) == (params, macs)


def test_where_yolov8n_needs_most_memory() -> None:
    """Between the first convolution and its norm: 2 times 16·320·320 elements."""
    assert convcalc.loads(YOLOV8N).peak_activations() == 3_276_800


@pytest.mark.parametrize("variant", ["v1", "v1.5"])
def test_where_resnet50_needs_most_memory(variant: str) -> None:
    """What `add in` keeps, what the last norm of a bottleneck takes and what it gives: 256·56·56."""
    assert convcalc.load("resnet50", variant).peak_activations() == 3 * 256 * 56 * 56


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.full] if name in TAKES_LONG else [])
        for name in (*WRITTEN, *SHIPPED)
    ],
)
def test_running_a_network_shows_its_shapes_and_counts(name: str) -> None:
    if name in WRITTEN:
        network = convcalc.loads(WRITTEN[name][0], input_shape=WRITTEN[name][-1])
    else:
        network = convcalc.load(name, input_shape=SHIPPED[name][-1])
    *_, verification = verify(network)
    assert isinstance(verification, Verification)
    assert verification.agrees
    assert len(verification.checks) == len(network.layers)
