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
    assert (
        "\n the 5×5 reads 16 channels, not 192; with r channels, r × (192 + 5×5×32) < 5×5×192×32 holds"
        in ran.out
    )


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


def test_a_body_of_many_products_is_told_to_name_its_parts(run):
    many = f"[{', '.join(['conv 1x1 2'] * 5)}]"  # more products than are written out
    ran = run("compare", "--input", "3x4x4", "-e", "conv 1x1 2", "-e", many, "--why")
    said = "--why writes out up to 4 products; this body has 5. Name the parts that are to be compared"
    assert (ran.code, ran.out, ran.err) == (2, "", f"error: {said}: -e '[a: ..., b: ...]'\n")
    named = "[a: conv 1x1 2, b: [conv 1x1 2, conv 1x1 2, conv 1x1 2, conv 1x1 2]]"
    ran = run("compare", "--input", "3x4x4", "-e", "[a: conv 1x1 2]", "-e", named, "--why")
    assert (ran.code, ran.err) == (0, "")


def test_networks_without_common_parts_are_told(run):
    line = ["compare", "inception3a#naive", "inception3a#reduced", "googlenet#paper", "--why"]
    ran = run(*line)
    said = "--why compares part by part; no part is in all networks; --rows parts shows all the same"
    assert ran == (2, "", f"error: {said}\n")
    assert "164 channels" in run(*line, "--rows", "parts").out


def test_rows_by_networks_leave_no_parts_to_explain(run):
    said = "error: --why explains parts, and --rows networks leaves none; leave one of them out\n"
    assert run("compare", "inception3a", "--why", "--rows", "networks") == (2, "", said)


# Bias and batch norm of the seven channels: 7 + 2·7 params beside 8·7 + 3·3·7·8 = 560 in kernels.
_WITH_NORMS = "[conv 1x1 7 bias, batchnorm, conv 3x3 8]"


def test_biases_and_norms_between_count_in_the_limit():
    # r (8 + 3·3·8 + 3) < 3·3·8·8 = 576 holds for 6 (498) and not for 7 (581)
    found = pair("conv 3x3 8", _WITH_NORMS)
    assert (found.most_params, found.most_macs, found.more_params) == (6, 7, 5)


def test_a_slope_that_channels_share_is_no_cost_of_each():
    # r (8 + 72) + 3 < 576 holds for 7 (563); with a slope of each, r (8 + 72 + 3) < 576 does not (581)
    for slope, most in (("prelu shared", 7), ("prelu", 6)):
        body = f"[conv 1x1 1, {slope}, {slope}, {slope}, conv 3x3 8]"
        assert limits("conv 3x3 8", body) == (most, 7)


def test_what_follows_both_kernels_counts_once():
    # 576 against r·80 + 8 (bias) + 16 (batch norm): 6 (504) and not 7 (584)
    assert limits("conv 3x3 8", "[conv 1x1 1, conv 3x3 8 bias, batchnorm]")[0] == 6


def test_a_ratio_tells_on_which_side_of_1_it_is(run):
    line = ["compare", "--why", "--input", "256x28x28", "-e", "conv 5x5 96"]
    # 2,656 weights for each channel: 231 of them make 613,536 and 232 make 616,192; all 614,400.
    out = run(*line, "-e", "[conv 1x1 231, conv 5x5 96]", "-e", "[conv 1x1 232, conv 5x5 96]").out
    (params,) = (line for line in out.splitlines() if line.startswith(" params"))
    assert params.split() == ["params", "614,400", "613,536", "<1.00", "616,192", ">1.00"]


def test_a_limit_names_the_network_where_several_have_one(run):
    line = ["compare", "--why", "--input", "8x28x28", "-e", "conv 3x3 8"]
    out = run(*line, "-e", "[conv 1x1 6, conv 3x3 8]", "-e", "[conv 1x1 7, conv 3x3 8]").out
    # r (8 + 72) < 576 holds up to 7, where 560 is less.
    assert " conv 1x1 6, conv 3x3 8: the 3×3 reads 6 channels, not 8; with r channels, r × (8" in out
    assert " conv 1x1 7, conv 3x3 8: the 3×3 reads 7 channels, not 8; with r channels, r × (8" in out


def test_a_reduction_that_is_too_wide_says_by_how_much_it_is_dearer(run):
    line = ["compare", "--why", "--input", "8x28x28", "-e", "conv 3x3 8", "-e"]
    said = "r × (8 + 3×3×8 + 3) < 3×3×8×8 holds up to r = 6, for multiply-adds up to r = 7; "
    said += "its 7 make 5 params more"
    assert said in run(*line, _WITH_NORMS).out
    # 80·8 − 576 = 64 params, at 784 positions 50,176 multiply-adds
    ran = run(*line, "[conv 1x1 8, conv 3x3 8]")
    assert " the 3×3 reads 8 channels, no fewer than 8; " in ran.out
    assert "; its 8 make 64 params and 50,176 multiply-adds more\n" in ran.out


@pytest.mark.parametrize(
    ("plain", "reduced", "said"),
    [
        ("conv 3x3 8", "[conv 1x1 4, conv 5x5 8]", "the kernels differ: conv 3x3 8 and conv 5x5 8"),
        ("conv 3x3 8", "[conv 1x1 4, conv 3x3 9]", "the outputs differ: 8×6×6 and 9×6×6"),
    ],
)
def test_what_differs_from_a_reduction_is_told(run, plain, reduced, said):
    ran = run("compare", "--input", "8x6x6", "-e", plain, "-e", reduced, "--why")
    assert f" no limit, because {said}\n" in ran.out
    assert "cheaper up to" not in ran.out


def test_inputs_that_differ_are_told_for_each_part(run):
    names = [
        f"inception_modules#{name}" for name in ("3a_naive", "3a_reduced", "3b_naive", "3b_reduced")
    ]
    ran = run("compare", *names, "--why", "--depth", "2")
    differ = "inputs differ: 192×28×28 in 3a_naive, 256×28×28 in 3b_reduced"
    assert f"inception/3x3: no limit, because the {differ}" in ran.out
    assert ran.out.count("cheaper up to") == 1  # 3b has no limit, and no column


def test_a_group_says_at_which_depth_its_parts_are(run):
    names = ["inception_modules#3a_naive", "inception_modules#3a_reduced"]
    ran = run("compare", *names, "--why")
    assert " inception is a group; --depth 2 shows its parts\n" in ran.out
    assert "cheaper up to" not in ran.out
    assert "is a group" not in run("compare", *names, "--why", "--depth", "2").out


def test_a_reduced_baseline_says_what_to_compare_to(run):
    ran = run("compare", "inception3a", "--why", "--baseline", "reduced")
    told = (
        "a limit is told of what is compared to the larger convolution: --baseline 'inception3a#naive'"
    )
    assert told.replace("'", "") in ran.out


def test_where_no_part_is_a_reduction_that_is_said(run):
    ran = run("compare", "--input", "8x6x6", "-e", "conv 3x3 8", "-e", "conv 1x1 8", "--why")
    assert " no part has a 1×1 convolution in front of the same larger one: no limit\n" in ran.out


def test_many_products_are_only_counted(run):
    body = "[conv 1x1 2, conv 1x1 2, conv 1x1 2, conv 1x1 2, conv 1x1 2]"
    arguments = ["--input", "3x4x4", "-e", f"{{a: {body}}}", "-e", "{a: conv 1x1 2}"]
    # 3·2 + 4 · 2·2
    assert "22, 5 products" in run("compare", *arguments, "--why").out
