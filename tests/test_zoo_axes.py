"""Networks of one, two and three axes and with the newer operations, held against published figures.

The params are those that torchvision, timm or the authors' code count; the multiply-adds are of
convolutions and linear layers.
"""

from __future__ import annotations

import pytest

import convcalc

# Shipped configs, at another size too: params and multiply-adds.
SHIPPED = {
    ("m5", None): (26_915, 1_880_256),
    ("espcn", None): (22_729, 163_458_400),
    ("r2plus1d_18", None): (31_505_325, 40_519_080_960),
    ("mobilenet_v3_large", None): (5_483_032, 216_589_760),
    ("efficientnet_b0", None): (5_288_548, 385_814_752),
    ("cbam_resnet50", None): (28_073_576, 4_095_573_110),
    # 13·13 at the end, which adaptive pooling brings to 6·6
    ("alexnet", (3, 256, 256)): (61_100_840, 927_124_160),
    # 1·1, brought to 7·7
    ("vgg16", (3, 32, 32)): (138_357_544, None),
}

# Tran et al. 2015, arXiv:1412.0767, Figure 3, for Sports-1M.
C3D = """
input: [3, 16, 112, 112]
defaults: {conv: {bias: true}, linear: {bias: true}}
define:
  conv3(c): [conv 3x3x3 $c, relu]
layers:
  - [conv3 64, maxpool 1x2x2/1x2x2]
  - [conv3 128, maxpool 2x2x2/2]
  - [conv3 256, conv3 256, maxpool 2x2x2/2]
  - [conv3 512, conv3 512, maxpool 2x2x2/2]
  - [conv3 512, conv3 512, maxpool 2x2x2/2 0x1x1]
  - [linear 4096, relu, dropout, linear 4096, relu, dropout, linear 487]
"""

# Lim et al. 2017, arXiv:1707.02921, the baseline for twice the size, without its fixed mean shifts.
EDSR = """
input: [3, 64, 64]
defaults: {conv: {bias: true}}
define:
  block: {branches: {residual: [conv 3x3 64, relu, conv 3x3 64], shortcut: identity}, merge: add}
layers:
  - conv 3x3 64
  - branches: {body: [{repeat: 16, layers: block}, conv 3x3 64], shortcut: identity}
    merge: add
  - [conv 3x3 256, pixel_shuffle 2, conv 3x3 3]
"""

# Han et al. 2020, arXiv:1911.11907, Table 1, as timm's ghostnet_100 has it.
GHOST_BLOCKS = """
input: [3, 224, 224]
define:
  ghost(c, act=identity):
    - [conv 1x1 $(c//2), batchnorm, $act]
    - branches: {primary: identity, cheap: [dwconv 3x3, batchnorm, $act]}
  se(q):
    branches:
      x: identity
      gate: [global_avgpool, conv 1x1 $q bias, relu, conv 1x1 $in bias, hardsigmoid]
    merge: mul
layers:
"""


def ghostnet() -> str:
    """Its rows written out; a 0 stands for no squeeze and excitation."""
    rows = [  # kernel, expanded, out, squeezed, stride
        *((3, 16, 16, 0, 1), (3, 48, 24, 0, 2), (3, 72, 24, 0, 1), (5, 72, 40, 20, 2)),
        *((5, 120, 40, 32, 1), (3, 240, 80, 0, 2), (3, 200, 80, 0, 1), (3, 184, 80, 0, 1)),
        *((3, 184, 80, 0, 1), (3, 480, 112, 120, 1), (3, 672, 112, 168, 1), (5, 672, 160, 168, 2)),
        *((5, 960, 160, 0, 1), (5, 960, 160, 240, 1), (5, 960, 160, 0, 1), (5, 960, 160, 240, 1)),
    ]
    layers = ["[conv 3x3/2 16, batchnorm, relu]"]
    entering = 16
    for kernel, expanded, out, squeezed, stride in rows:
        k = f"{kernel}x{kernel}"
        middle = [f"dwconv {k}/{stride}", "batchnorm"] if stride > 1 else []
        gate = [f"se {squeezed}"] if squeezed else []
        body = ", ".join([f"ghost {expanded} relu", *middle, *gate, f"ghost {out}"])
        same = stride == 1 and entering == out
        short = "identity" if same else f"[dwconv {k}/{stride}, batchnorm, conv 1x1 {out}, batchnorm]"
        layers.append(f"{{branches: {{residual: [{body}], shortcut: {short}}}, merge: add}}")
        entering = out
    layers.append("[conv 1x1 960, batchnorm, relu, global_avgpool, conv 1x1 1280 bias, relu]")
    layers.append("linear 1000 bias")
    return GHOST_BLOCKS + "".join(f"  - {layer}\n" for layer in layers)


# Ronneberger et al. 2015, arXiv:1505.04597, Figure 1.
UNET = """
input: [1, 572, 572]
defaults: {conv: {bias: true}, conv_transpose: {bias: true}}
define:
  double(c): [conv 3x3 $c valid, relu, conv 3x3 $c valid, relu]
  down(c): [maxpool 2x2/2 valid, double $c]
  up(c, skip): [u: conv_transpose 2x2/2 $c, from $skip, crop like=u, concat u, double $c]
layers:
  - e1: double 64
  - e2: down 128
  - e3: down 256
  - e4: down 512
  - bottom: down 1024
  - d4: up 512 e4
  - d3: up 256 e3
  - d2: up 128 e2
  - d1: up 64 e1
  - conv 1x1 2
"""

WRITTEN = {
    "c3d": (C3D, 79_991_015, 38_548_959_232),
    "edsr": (EDSR, 1_369_859, 5_622_202_368),
    "ghostnet_100": (ghostnet(), 5_182_508, 141_150_512),
    "unet": (UNET, 31_030_658, 150_428_424_448),
}


@pytest.mark.parametrize(("name", "shape"), SHIPPED)
def test_a_shipped_network_costs_what_is_published(name: str, shape: tuple[int, ...] | None) -> None:
    total = convcalc.load(name, input_shape=shape).total
    params, macs = SHIPPED[name, shape]
    assert total.params == params
    assert macs is None or total.macs == macs


@pytest.mark.parametrize("name", WRITTEN)
def test_a_network_costs_what_is_published(name: str) -> None:
    text, params, macs = WRITTEN[name]
    total = convcalc.loads(text).total
    assert (total.params, total.macs) == (params, macs)


def test_unet_ends_at_the_size_of_the_paper() -> None:
    assert convcalc.loads(UNET).output_shape == (2, 388, 388)


def test_the_side_heads_of_torchvisions_googlenet() -> None:
    assert convcalc.load("googlenet_torchvision").total_with_aux.params == 13_004_888
