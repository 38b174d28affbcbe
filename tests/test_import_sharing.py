"""Weights that several layers have, and heads that wait: how these are written."""

import pytest
from drawn_graph import Drawn

from convcalc.importers.graph import INPUT, GraphBuilder, GraphHead, Module, Unreadable


@pytest.fixture
def drawn():
    return Drawn()


def test_a_layer_stands_again_by_its_name(drawn):
    a = drawn.conv(INPUT)
    b = drawn.conv(drawn.pool(a), shares=a)
    assert drawn.written(GraphHead(b)) == ["- shared1: conv 1x1 4", "- maxpool 2x2/2", "- again shared1"]


def test_a_row_of_layers_is_one(drawn):
    a = drawn.conv(INPUT)
    b = drawn.conv(drawn.layer("tanh", a))
    c = drawn.conv(drawn.pool(drawn.layer("relu", b)), shares=a)
    d = drawn.layer("relu", drawn.conv(drawn.layer("tanh", c), shares=b))
    assert drawn.written(GraphHead(d)) == [
        "- shared1: [conv 1x1 4, tanh, conv 1x1 4, relu]",
        "- maxpool 2x2/2",
        "- again shared1",
    ]


def test_a_row_of_which_a_part_stands_elsewhere_is_cut(drawn):
    """First both convolutions again, then the second alone."""
    a = drawn.conv(INPUT)
    b = drawn.conv(a)
    c = drawn.conv(drawn.conv(drawn.pool(b), shares=a), shares=b)
    d = drawn.conv(drawn.layer("tanh", c), shares=b)
    assert drawn.written(GraphHead(d)) == [
        "- shared1: conv 1x1 4",
        "- shared2: conv 1x1 4",
        "- maxpool 2x2/2",
        "- again shared1",
        "- again shared2",
        "- tanh",
        "- again shared2",
    ]


def test_branches_that_share_a_layer_stand_one_behind_the_other(drawn):
    """As in CBAM (Woo et al. 2018, arXiv:1807.06521, Figure 2): branches do not see each other."""
    a = drawn.conv(drawn.layer("tanh", INPUT))
    b = drawn.conv(drawn.layer("sigmoid", INPUT), shares=a)
    assert drawn.written(GraphHead(drawn.layer("add", a, b))) == [
        "- tanh",
        "- shared1: conv 1x1 4",
        "- from in",
        "- sigmoid",
        "- again shared1",
        "- add shared1",
    ]


def test_a_layer_in_a_branch_is_found_by_its_path(drawn):
    a = drawn.conv(drawn.layer("tanh", INPUT))
    merged = drawn.layer("add", drawn.layer("relu", INPUT), a)
    b = drawn.conv(drawn.pool(merged), shares=a)
    assert drawn.written(GraphHead(b))[-1] == "- again skip1/residual/shared1"


def test_branches_beside_a_shortcut_have_a_name_where_they_are_gone_into(drawn):
    a = drawn.conv(drawn.layer("tanh", INPUT))
    b = drawn.conv(drawn.pool(drawn.layer("add", INPUT, a)), shares=a)
    assert drawn.written(GraphHead(b))[-1] == "- again skip1/residual/shared1"


def test_each_copy_in_a_row_is_one_of_the_first(drawn):
    a = drawn.conv(INPUT)
    c = drawn.conv(drawn.conv(a, shares=a), shares=a)
    assert drawn.written(GraphHead(c)) == ["- shared1: conv 1x1 4", "- again shared1", "- again shared1"]


def test_what_a_long_skip_reads_ends_a_row(drawn):
    """As in U-Net: the first of two copies is read again far behind, by its name."""
    a = drawn.conv(INPUT)
    b = drawn.conv(a)
    read = drawn.conv(drawn.layer("tanh", b), shares=a)
    x = drawn.pool(drawn.conv(read, shares=b))
    for op in ("sigmoid", "silu", "gelu", "elu", "selu"):
        x = drawn.layer(op, x)
    end = drawn.concat(drawn.enlarged(x), read)
    lines = drawn.written(GraphHead(end))
    assert lines[:2] == ["- shared1: conv 1x1 4", "- shared2: conv 1x1 4"]
    assert "- skip1: again shared1" in lines


def test_zeros_in_front_stay_where_a_layer_stands_elsewhere_without_them(drawn):
    pad = drawn.builder.add("pad", INPUT, output=(4, 10, 10), padding=(1, 1))
    options = {"kernel_size": (3, 3), "padding": (0, 0), "out_channels": 4}
    a = drawn.builder.add("conv", pad, output=(4, 8, 8), params=144, macs=144 * 64, **options)
    b = drawn.builder.add("conv", a, output=(4, 6, 6), macs=144 * 36, shares=a, **options)
    assert drawn.written(GraphHead(b)) == ["- pad 1", "- shared1: conv 3x3 4 valid", "- again shared1"]


def test_branches_with_their_shortcut_are_a_part_that_stands_again(drawn):
    """What enters them may not be called `in` there: that would be the network's input."""
    a = drawn.conv(INPUT)
    b = drawn.layer("add", a, INPUT)
    c = drawn.layer("relu", drawn.conv(b))
    pooled = drawn.pool(c)
    d = drawn.conv(pooled, shares=a)
    e = drawn.conv(drawn.layer("add", d, pooled), shares=drawn.builder.nodes[c].inputs[0])
    lines = drawn.written(GraphHead(e))
    assert lines[0] == "- shared1:"
    assert "add in" not in " ".join(lines)
    assert lines[-1] == "- again shared1"


def test_a_head_within_it_ends_a_row(drawn):
    a = drawn.conv(INPUT)
    b = drawn.conv(a)
    c = drawn.conv(drawn.layer("tanh", b), shares=a)
    d = drawn.conv(c, shares=b)
    assert drawn.written(GraphHead(c), GraphHead(d)) == [
        "- shared1: conv 1x1 4",
        "- shared2: conv 1x1 4",
        "- tanh",
        "- again shared1",
        "- out: []",
        "- out: again shared2",
    ]


def test_a_head_that_stands_again_is_named_by_its_module(drawn):
    pooled = drawn.pool(drawn.conv(drawn.layer("tanh", drawn.conv(INPUT))))
    drawn.scope = (Module("head", "Heads"), Module("cls", "GraphHead"))
    a = drawn.conv(INPUT)
    b = drawn.conv(drawn.layer("relu", a), bias=False)
    c = drawn.conv(drawn.layer("relu", drawn.conv(pooled, shares=a)), shares=b, bias=False)
    assert drawn.written(GraphHead(b), GraphHead(c))[0] == "- out: {cls: [conv 1x1 4, relu, conv 1x1 4]}"


def test_what_counts_owns_the_weights_and_comes_first(drawn):
    a = drawn.conv(INPUT)  # of a side head
    b = drawn.conv(drawn.pool(INPUT), shares=a)
    lines = drawn.written(GraphHead(a, aux=True), GraphHead(b))
    assert lines == [
        "- maxpool 2x2/2",
        "- shared1: conv 1x1 4",
        "- from in",
        "- aux: again shared1",
        "- from shared1",
    ]


def test_what_counts_has_nothing_of_a_side_head(drawn):
    """The branches of the side head are made of a layer that counts, but they themselves do not."""
    a = drawn.conv(INPUT)
    aside = drawn.layer("add", drawn.conv(a, shares=a), a)
    pooled = drawn.pool(a)
    b = drawn.layer("add", drawn.conv(pooled, shares=a), pooled)
    again = drawn.layer("tanh", b)
    end = drawn.layer("add", drawn.conv(again, shares=a), again)
    lines = drawn.written(GraphHead(aside, aux=True), GraphHead(end))
    assert [line for line in lines if "again" in line][-1] == "- again shared2"


def test_outputs_stand_in_their_order(drawn):
    a = drawn.layer("relu", INPUT)
    b = drawn.layer("tanh", a)
    first, last = drawn.layer("sigmoid", b), drawn.layer("silu", b)
    assert drawn.written(GraphHead(first), GraphHead(a), GraphHead(last)) == [
        "- skip1: relu",
        "- skip2: tanh",
        "- out: sigmoid",
        "- from skip1",
        "- out: []",
        "- from skip2",
        "- out: silu",
    ]


def test_same_padding_is_written_where_all_that_share_a_layer_have_it(drawn):
    """3x3/2 with one zero on each side is `same` of 7, but not of 8, whose zero would stand behind."""
    builder = GraphBuilder("net", (4, 7, 7))
    options = {"kernel_size": (3, 3), "stride": (2, 2), "padding": (1, 1), "out_channels": 4}
    a = builder.add("conv", INPUT, output=(4, 4, 4), params=144, macs=144 * 16, **options)
    b = builder.add("conv", a, output=(4, 2, 2), macs=144 * 4, shares=a, **options)
    drawn.builder = builder
    assert drawn.written(GraphHead(b)) == ["- shared1: conv 3x3/2 4 1", "- again shared1"]


def test_weights_of_a_layer_that_no_output_needs_are_those_of_the_next(drawn):
    a = drawn.conv(INPUT)
    b = drawn.conv(drawn.pool(INPUT), shares=a)
    assert drawn.written(GraphHead(b)) == ["- [maxpool 2x2/2, conv 1x1 4]"]


def test_weights_of_a_layer_that_is_not_the_same_are_refused(drawn):
    a = drawn.conv(INPUT)
    b = drawn.conv(drawn.pool(a), shares=a, groups=2)
    c = drawn.conv(b, shares=a, dilation=(2, 2))
    with pytest.raises(
        Unreadable, match="2 × conv that shares weights with a layer that is not the same"
    ):
        drawn.written(GraphHead(c))
