"""Why a part is cheaper: its products, and the widest reduction that still pays."""

import pytest

import convcalc
from convcalc.answers.compare import compare
from convcalc.answers.why import reasons


def pair(plain, reduced, shape="[8, 6, 6]"):
    """The reduction that one part is of another."""
    networks = [convcalc.loads(f"input: {shape}\nlayers: [{{a: {body}}}]") for body in (plain, reduced)]
    ((_, found),) = [reason.sides for reason in reasons(compare(networks))]
    return found.reduction


def limits(plain, reduced, shape="[8, 6, 6]"):
    reduction = pair(plain, reduced, shape)
    return reduction and (reduction.most_params, reduction.most_macs)


def test_the_reductions_of_inception_3a_pay_up_to_164_and_154_channels():
    networks = [convcalc.load("inception3a#naive"), convcalc.load("inception3a#reduced")]
    found = {
        reason.name: reason.sides[1].reduction and reason.sides[1].reduction.most_params
        for reason in reasons(compare(networks))
    }
    # r (192 + 9·128) < 9·192·128 = 221,184 holds for 164 (220,416) and not for 165 (221,760);
    # r (192 + 25·32) < 25·192·32 = 153,600 holds for 154 (152,768) and not for 155 (153,760)
    assert found == {"1x1": None, "3x3": 164, "5x5": 154, "pool": None}


@pytest.mark.parametrize(
    ("plain", "around"),
    [
        ("conv 3x3 16", "[conv 1x1 {}, conv 3x3 16]"),
        ("conv 1x3 16", "[conv 1x1 {}, conv 1x3 16]"),
        ("conv 3x3/2 16", "[conv 1x1 {}, conv 3x3/2 16]"),
        ("conv 3x3 16 valid", "[conv 1x1 {}, relu, conv 3x3 16 valid]"),
        ("conv 3x3/3 16 dilation=2", "[conv 1x1 {}, conv 3x3/3 16 dilation=2]"),
    ],
)
def test_the_widest_that_pays_is_cheaper_and_the_next_is_not(plain, around):
    def costs(body):
        network = convcalc.loads(f"input: [8, 6, 6]\nlayers: [{body}]")
        return network.total.weights, network.total.macs

    params, macs = limits(plain, around.format(2))
    for place, most in enumerate((params, macs)):
        assert costs(around.format(most))[place] < costs(plain)[place]
        assert costs(around.format(most + 1))[place] >= costs(plain)[place]


def test_two_bodies_written_in_place_are_compared_as_wholes(run):
    line = ["compare", "--why", "--input", "192x28x28", "-e", "conv 5x5 32"]
    ran = run(*line, "-e", "[conv 1x1 16, conv 5x5 32]")
    assert ran.code == 0
    assert "weights  5×5×192×32   1×1×192×16 + 5×5×16×32     0.10   154 channels" in ran.out
    # r (192 + 25·32) < 25·192·32 = 153,600 holds for 154 (152,768) and not for 155 (153,760)
    assert "\n with r channels between, r × (192 + 5×5×32) < 5×5×192×32 holds up to r = 154" in ran.out


def test_equal_limits_are_said_to_hold_for_both(run):
    both = "the same limits hold for multiply-adds"
    assert both in run("compare", "inception3a", "--why").out
    line = ["compare", "--why", "--input", "8x6x6", "-e", "conv 3x3/2 16", "-e"]
    assert both not in run(*line, "[conv 1x1 2, conv 3x3/2 16]").out


def test_a_stride_makes_two_limits():
    # 3·3·8·16 = 1152 weights against r (8 + 144): 7 channels (1064), not 8 (1216). At 3×3 and 6×6
    # positions 9·1152 = 10,368 multiply-adds against r (36·8 + 9·144) = 1584 r: 6, not 7
    assert limits("conv 3x3/2 16", "[conv 1x1 2, conv 3x3/2 16]") == (7, 6)


def test_norms_activations_and_dropout_may_stand_between():
    body = "[conv 1x1 2, batchnorm, relu, dropout, conv 3x3 16, batchnorm, relu]"
    assert limits("[conv 3x3 16, batchnorm]", body) == (7, 7)


@pytest.mark.parametrize(
    ("plain", "reduced"),
    [
        ("conv 3x3 16", "[conv 1x1 2, conv 5x5 16]"),
        ("conv 3x3 16", "[conv 1x1 2, conv 3x3 8]"),
        ("conv 3x3 16", "[conv 1x1 2, maxpool 3x3, conv 3x3 16]"),
        ("conv 3x3 16", "[conv 1x1/2 2, conv 3x3 16]"),
        ("conv 3x3 16", "[conv 1x1 4 groups=2, conv 3x3 16]"),
        ("conv 3x3 16 groups=2", "[conv 1x1 4, conv 3x3 16 groups=2]"),
        ("conv 1x1 16", "[conv 1x1 4, conv 1x1 16]"),
        ("conv 3x3 16", "[conv 3x3 4, conv 3x3 16]"),
        ("[conv 3x3 8, conv 3x3 16]", "[conv 1x1 4, conv 3x3 16]"),
        ("conv 3x3 16", "{branches: {x: conv 1x1 4, y: conv 3x3 16}}"),
    ],
)
def test_other_forms_have_formulas_and_no_limit(plain, reduced):
    assert limits(plain, reduced) is None


def test_a_reduction_may_never_pay():
    # 3·3·1·2 = 18 weights against r (1 + 18)
    assert limits("conv 3x3 2", "[conv 1x1 1, conv 3x3 2]", "[1, 6, 6]") == (0, 0)


def test_depth_0_leaves_no_parts_to_explain(run):
    ran = run("compare", "mobilenet_v1", "mobilenet_v1@alpha=0.5", "--why", "--depth", "0")
    said = "error: --why explains parts, and --depth 0 leaves none; leave one of them out\n"
    assert ran == (2, "", said)


def test_networks_without_common_parts_are_told(run):
    many = f"[{', '.join(['conv 1x1 2'] * 5)}]"  # more products than are written out
    ran = run("compare", "--input", "3x4x4", "-e", "conv 1x1 2", "-e", many, "--why")
    assert (ran.code, ran.out) == (2, "")
    assert "--why compares part by part" in ran.err


def test_many_products_are_only_counted(run):
    body = "[conv 1x1 2, conv 1x1 2, conv 1x1 2, conv 1x1 2, conv 1x1 2]"
    arguments = ["--input", "3x4x4", "-e", f"{{a: {body}}}", "-e", "{a: conv 1x1 2}"]
    # 3·2 + 4 · 2·2
    assert "22, 5 products" in run("compare", *arguments, "--why").out
