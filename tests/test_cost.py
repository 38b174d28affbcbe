"""Costs add up: of layers, of groups, of the network; each quantity means what it says."""

import pytest

import convcalc
from convcalc.ops.cost import COUNTS, NOTHING, Cost

SMALL = """\
input: [3, 8, 8]
layers:
  - conv 3x3/2 4 bias      # 3·3·3·4 = 108 weights, 4 biases; 4×4×4 leaves: 108·16 = 1728; 64 values
  - batchnorm              # 4 + 4 in norm, 4 + 4 in buffers
  - relu
  - dwconv 3x3             # 3·3·4 = 36 weights, 36·16 = 576; 64 values
  - maxpool 2x2/2
  - aux: [conv 1x1 5, linear 7 bias]   # 20 weights, 20·4 = 80, 20 values; 20·7 = 140, 7 biases, 7 values
  - global_avgpool
  - linear 10 bias         # 4·10 = 40 weights, 10 biases; 10 values
  - softmax
"""


def test_a_network_costs_what_its_layers_cost_without_side_heads():
    total = convcalc.loads(SMALL).total
    assert total.weights == 108 + 36 + 40
    assert total.biases == 4 + 10
    assert total.norm == 8
    assert total.buffers == 8
    assert total.macs == 1728 + 576 + 40
    assert total.activations == 64 + 64 + 10


def test_params_are_weights_biases_and_norm_without_buffers():
    assert convcalc.loads(SMALL).total.params == 184 + 14 + 8


def test_flops_are_twice_the_multiply_adds():
    assert convcalc.loads(SMALL).total.flops == 4688


def test_side_heads_count_where_they_are_asked_for():
    total = convcalc.loads(SMALL).total_with_aux
    assert total == Cost(
        weights=184 + 20 + 140,
        biases=14 + 7,
        norm=8,
        buffers=8,
        macs=2344 + 80 + 140,
        activations=138 + 20 + 7,
    )


def test_every_layer_has_a_cost_of_its_own():
    layers = convcalc.loads(SMALL).layers
    assert [(layer.op, layer.params, layer.macs) for layer in layers] == [
        ("conv", 112, 1728),
        ("batchnorm", 8, 0),
        ("relu", 0, 0),
        ("dwconv", 36, 576),
        ("maxpool", 0, 0),
        ("conv", 20, 80),
        ("linear", 147, 140),
        ("global_avgpool", 0, 0),
        ("linear", 50, 40),
        ("softmax", 0, 0),
    ]


@pytest.mark.parametrize("merge", ["concat", "add", "mul"])
def test_a_merge_costs_nothing(merge):
    text = f"input: [3, 8, 8]\nbranches: {{a: conv 1x1 3, b: identity}}\nmerge: {merge}"
    layer = convcalc.loads(text).layers[-1]
    assert layer.op == merge
    assert layer.cost == NOTHING == Cost(0, 0, 0, 0, 0, 0)


def test_costs_add_quantity_by_quantity():
    assert Cost(1, 2, 3, 4, 5, 6) + Cost(10, 20, 30, 40, 50, 60) == Cost(11, 22, 33, 44, 55, 66)
    assert sum([Cost(1, 2, 3, 4, 5, 6)] * 3, NOTHING) == Cost(3, 6, 9, 12, 15, 18)
    cost = Cost(weights=1, biases=20, norm=300, buffers=4000, macs=50000, activations=600000)
    assert [getattr(cost, name) for name in COUNTS] == [321, 1, 20, 300, 4000, 50000, 100000, 600000]


def test_a_cost_cannot_be_changed():
    with pytest.raises(AttributeError):
        convcalc.loads(SMALL).total.macs = 0


def test_integers_stay_exact_beyond_what_a_float_holds():
    # 3·3·999999937·999999937 weights: 999999937² = 999999874000003969
    text = "input: [999999937, 1, 1]\nlayers: conv 3x3 999999937"
    total = convcalc.loads(text).total
    assert total.weights == total.macs == 8_999_998_866_000_035_721
    assert total.flops == 17_999_997_732_000_071_442


def test_a_bias_a_normalisation_and_an_activation_multiply_nothing():
    plain = convcalc.loads("input: [3, 8, 8]\nlayers: conv 3x3 4")
    dressed = convcalc.loads("input: [3, 8, 8]\nlayers: [conv 3x3 4 bias, batchnorm, relu, lrn]")
    assert plain.total.macs == dressed.total.macs == 108 * 64
    assert plain.total.activations == dressed.total.activations == 256


def test_the_same_layer_at_another_place_costs_what_it_does_there():
    text = "input: [3, 8, 8]\nlayers: [conv 3x3 3, maxpool 2x2/2, conv 3x3 3, conv 1x1 6, conv 3x3 3]"
    # 81 weights at 64 and at 16 positions, 18 at 16; then 162 at 16
    assert [layer.macs for layer in convcalc.loads(text).layers] == [5184, 0, 1296, 288, 2592]


def test_the_output_is_in_memory_while_a_later_side_head_runs():
    text = "{input: [4, 4, 4], layers: [conv 1x1 8, {aux: [conv 1x1 2, conv 1x1 20]}]}"
    network = convcalc.loads(text)
    # 64 enter and 128 leave; the head's last layer has 32 and 320 beside these 128
    assert network.peak_activations() == 64 + 128
    assert network.peak_activations(aux=True) == 128 + 32 + 320
    # with no main layer the image is the output: 64, and 32 and 320
    head = convcalc.loads(text.replace("conv 1x1 8, ", ""))
    assert head.peak_activations(aux=True) == 64 + 32 + 320
