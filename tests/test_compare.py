"""Networks side by side: which parts are rows, what they cost, and what is compared with what."""

import pytest

import convcalc
from convcalc.answers.compare import compare


def named(text):
    return convcalc.loads(f"input: [8, 4, 4]\n{text}")


def rows(comparison):
    """Each part with its parameters in each network, None where there is no such part."""
    return {
        part.name: tuple(share and share.cost.params for share in part.shares)
        for part in comparison.parts
    }


INCEPTION = [convcalc.load("inception3a#naive"), convcalc.load("inception3a#reduced")]


def test_two_designs_are_compared_branch_by_branch():
    comparison = compare(INCEPTION)
    # Szegedy et al. 2014, Figure 2: 1·1·192·64, 3·3·192·128 and 5·5·192·32 against the reductions'
    # 192·96 + 9·96·128, 192·16 + 25·16·32 and 192·32
    assert [
        (part.name, *[(share.cost.params, share.cost.macs, share.leaving[0]) for share in part.shares])
        for part in comparison.parts
    ] == [
        ("1x1", (12288, 9633792, (64, 28, 28)), (12288, 9633792, (64, 28, 28))),
        ("3x3", (221184, 173408256, (128, 28, 28)), (129024, 101154816, (128, 28, 28))),
        ("5x5", (153600, 120422400, (32, 28, 28)), (15872, 12443648, (32, 28, 28))),
        ("pool", (0, 0, (192, 28, 28)), (6144, 4816896, (32, 28, 28))),
    ]
    assert [(share.cost.params, share.cost.macs, share.leaving[0]) for share in comparison.totals] == [
        (387072, 303464448, (416, 28, 28)),
        (163328, 128049152, (256, 28, 28)),
    ]


def test_the_first_network_is_the_baseline_unless_another_is_named():
    assert compare(INCEPTION).base.cost.params == 387072
    assert compare(INCEPTION, baseline=1).base.cost.params == 163328
    assert compare(INCEPTION, baseline=1).base.leaving[0] == (256, 28, 28)


def test_the_networks_stay_in_their_order():
    comparison = compare(INCEPTION[::-1])
    assert [network.title for network in comparison.networks] == [
        "inception3a#reduced",
        "inception3a#naive",
    ]
    assert rows(comparison)["5x5"] == (15872, 153600)


def test_parts_are_the_union_in_the_order_in_which_they_appear():
    first = named("layers: [{a: conv 1x1 1}, {c: conv 1x1 2}]")
    second = named("layers: [{b: conv 1x1 3}, {a: conv 1x1 4}, {d: conv 1x1 5}]")
    # 8·1 and 1·2 weights; 8·3, 3·4 and 4·5
    assert list(rows(compare([first, second])).items()) == [
        ("a", (8, 12)),
        ("c", (2, None)),
        ("b", (None, 24)),
        ("d", (None, 20)),
    ]


def test_a_part_is_everything_under_its_name():
    first = named("layers: [{a: [conv 1x1 2, {b: [conv 1x1 3, {branches: {c: conv 1x1 1}}]}]}]")
    # 8·2 + 2·3 + 3·1
    assert rows(compare([first])) == {"a": (25,)}
    assert compare([first]).parts[0].shares[0].leaving[0] == (1, 4, 4)


def test_networks_without_a_name_in_common_are_a_row_each():
    first, second = named("layers: [{a: relu}]"), named("layers: [{b: relu}]")
    assert rows(compare([first, second])) == {}
    assert rows(compare([first, second], rows="parts")) == {"a": (0, None), "b": (None, 0)}


def test_a_number_is_no_name_in_common():
    first, second = named("layers: [conv 1x1 1]"), named("layers: [conv 1x1 2]")
    assert rows(compare([first, second])) == {}
    assert rows(compare([first, second], rows="parts")) == {"conv1": (8, 16)}


def test_more_than_three_networks_are_a_row_each():
    network = named("layers: [{a: conv 1x1 1}]")
    assert rows(compare([network] * 3)) == {"a": (8, 8, 8)}
    assert rows(compare([network] * 4)) == {}
    assert rows(compare([network] * 4, rows="parts")) == {"a": (8, 8, 8, 8)}
    assert len(compare([network] * 4).totals) == 4


def test_a_row_each_can_be_asked_for():
    comparison = compare(INCEPTION, rows="networks")
    assert comparison.parts == ()
    assert [share.cost.params for share in comparison.totals] == [387072, 163328]


def test_one_network_alone_has_its_parts():
    assert rows(compare(INCEPTION[1:])) == {
        "1x1": (12288,),
        "3x3": (129024,),
        "5x5": (15872,),
        "pool": (6144,),
    }


def test_depth_0_has_totals_only():
    comparison = compare(INCEPTION, depth=0)
    assert comparison.parts == ()
    assert [share.cost.macs for share in comparison.totals] == [303464448, 128049152]


def test_a_greater_depth_opens_the_parts():
    assert rows(compare(INCEPTION[1:], depth=2)) == {
        "1x1": (12288,),
        "3x3/conv1": (18432,),
        "3x3/conv2": (110592,),
        "5x5/conv1": (3072,),
        "5x5/conv2": (12800,),
        "pool/maxpool1": (0,),
        "pool/conv1": (6144,),
    }
    assert rows(compare(INCEPTION[1:], depth=9)) == rows(compare(INCEPTION[1:], depth=2))


def test_a_layer_that_is_no_group_is_a_part_at_every_depth():
    deep = named("layers: [{a: conv 1x1 2}, {b: [conv 1x1 3, {c: [conv 1x1 4]}]}]")
    assert rows(compare([deep], depth=1)) == {"a": (16,), "b": (18,)}
    assert rows(compare([deep], depth=2)) == {"a": (16,), "b/conv1": (6,), "b/c": (12,)}
    assert rows(compare([deep], depth=3)) == {"a": (16,), "b/conv1": (6,), "b/c/conv1": (12,)}


def test_a_concat_has_no_row_and_another_merge_has_one():
    assert list(rows(compare([named("branches: {a: relu, b: relu}")]))) == ["a", "b"]
    assert list(rows(compare([named("branches: {a: relu, b: relu}\nmerge: add")]))) == ["a", "b", "add"]


def test_side_heads_are_parts_only_where_they_are_asked_for():
    network = named("layers: [{a: conv 1x1 2}, {aux: conv 1x1 3}, {b: conv 1x1 4}]")
    assert rows(compare([network])) == {"a": (16,), "b": (8,)}
    assert compare([network]).totals[0].cost.params == 24
    assert rows(compare([network], aux=True)) == {"a": (16,), "aux1": (6,), "b": (8,)}
    assert compare([network], aux=True).totals[0].cost.params == 30
    assert compare([network], aux=True).totals[0].leaving[0] == (4, 4, 4)


def test_googlenets_parts_are_the_rows_of_its_table():
    networks = [convcalc.load("googlenet#paper"), convcalc.load("googlenet#caffe")]
    parts = rows(compare(networks))
    # Szegedy et al. 2014, Table 1, without and with a bias for each output channel
    assert parts["3a"] == (163328, 163696)
    assert parts["5b"] == (1442816, 1444080)
    assert parts["fc"] == (1024000, 1025000)
    assert "aux1" not in parts
    assert [sum(column) for column in zip(*parts.values(), strict=True)] == [6990272, 6998552]


@pytest.mark.parametrize(
    ("shape", "layer", "noun"),
    [
        ("5", "linear", "features"),
        ("5x99", "conv 3", "channels"),
        ("5x9x9", "conv 3x3", "channels"),
        ("5x4x9x9", "conv 3x3x3", "channels"),
    ],
)
def test_outputs_of_another_width_are_told_in_channels_or_features(run, shape, layer, noun):
    out = run("compare", "--input", shape, "-e", f"{layer} 64", "-e", f"{layer} 32").out
    assert (
        f"\n outputs differ: 32 {noun} instead of 64, so the next module's input is narrower too\n"
        in out
    )
