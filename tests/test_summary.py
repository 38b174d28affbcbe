"""One network as a tree: which rows, how deep, in which order, and what adds up."""

import pytest

import convcalc
from convcalc.answers.by_operation import summarize_by_operation
from convcalc.answers.summary import summarize


def network(layers):
    return convcalc.loads(f"input: [8, 4, 4]\nlayers: {layers}")


def rows(summary):
    return [(row.guide + row.label, row.cost.params) for row in summary.rows]


REDUCED = convcalc.load("inception3a#reduced")
NESTED = network(
    "[conv 1x1 2, {a: [conv 1x1 3, {b: [conv 1x1 4, conv 1x1 5]}, conv 1x1 6]}, conv 1x1 7]"
)


def test_groups_stand_before_their_layers_and_cost_their_sum():
    # Szegedy et al. 2014, Figure 2(b)
    assert rows(summarize(REDUCED)) == [
        ("1x1", 12288),
        ("3x3", 129024),
        ("├ conv1", 18432),
        ("└ conv2", 110592),
        ("5x5", 15872),
        ("├ conv1", 3072),
        ("└ conv2", 12800),
        ("pool", 6144),
        ("├ maxpool1", 0),
        ("└ conv1", 6144),
    ]
    assert (summarize(REDUCED).total.params, summarize(REDUCED).total.macs) == (163328, 128049152)


def test_a_row_knows_its_output_and_how_it_is_written():
    items = [row.item for row in summarize(REDUCED).rows]
    assert [(item.written, item.output) for item in items[:4]] == [
        ("conv 1x1 64", (64, 28, 28)),
        ("", (128, 28, 28)),
        ("conv 1x1 96", (96, 28, 28)),
        ("conv 3x3 128", (128, 28, 28)),
    ]


def test_guides_go_on_beside_what_follows_in_an_outer_group():
    # 8·2, then 2·3 + (3·4 + 4·5) + 5·6, then 6·7
    assert rows(summarize(NESTED)) == [
        ("conv1", 16),
        ("a", 68),
        ("├ conv1", 6),
        ("├ b", 32),
        ("│ ├ conv1", 12),
        ("│ └ conv2", 20),
        ("└ conv2", 30),
        ("conv2", 42),
    ]


def test_guides_end_with_the_last_of_a_group():
    assert [
        label for label, _ in rows(summarize(network("[{a: [relu, {b: [relu]}]}, {c: [relu]}]")))
    ] == [
        "a",
        "├ relu1",
        "└ b",
        "  └ relu1",
        "c",
        "└ relu1",
    ]


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (1, [("conv1", 16), ("a", 68), ("conv2", 42)]),
        (
            2,
            [("conv1", 16), ("a", 68), ("├ conv1", 6), ("├ b", 32), ("└ conv2", 30), ("conv2", 42)],
        ),
        (0, []),
    ],
)
def test_the_tree_ends_at_its_depth(depth, expected):
    summary = summarize(NESTED, depth=depth)
    assert rows(summary) == expected
    assert (summary.depth, summary.deepest) == (depth, 3)
    assert summary.total.params == 126


def test_a_depth_beyond_the_deepest_is_the_deepest():
    summary = summarize(NESTED, depth=9)
    assert (summary.depth, summary.deepest) == (3, 3)
    assert rows(summary) == rows(summarize(NESTED, depth=3))


def test_a_closed_group_knows_what_is_directly_in_it():
    closed = summarize(NESTED, depth=1).rows[1]
    assert [item.name for item in closed.content] == ["conv1", "b", "conv2"]
    opened = summarize(NESTED, depth=2).rows
    assert [(row.label, [item.name for item in row.content]) for row in opened] == [
        ("conv1", []),
        ("a", []),
        ("conv1", []),
        ("b", ["conv1", "conv2"]),
        ("conv2", []),
        ("conv2", []),
    ]


def groups_of_nine(more):
    """Four groups of nine layers are 40 rows; then so many more layers."""
    names = [f"{{g{number}: {{repeat: 9, layers: relu}}}}" for number in range(4)]
    return network("[" + ", ".join(names + ["relu"] * more) + "]")


def test_the_tree_is_as_deep_as_40_rows_allow():
    full = summarize(groups_of_nine(more=0))
    assert (len(full.rows), full.depth, full.deepest) == (40, 2, 2)
    cut = summarize(groups_of_nine(more=1))
    assert (len(cut.rows), cut.depth, cut.deepest) == (5, 1, 2)
    asked = summarize(groups_of_nine(more=1), depth=2)
    assert (len(asked.rows), asked.depth) == (41, 2)


def test_the_first_level_is_shown_however_long_it_is():
    summary = summarize(network("{repeat: 50, layers: relu}"))
    assert (len(summary.rows), summary.depth) == (50, 1)


def test_concats_and_side_heads_that_are_not_shown_are_not_counted_as_rows():
    pairs = "{repeat: 13, layers: {branches: {a: relu, b: []}}}"
    # 13 groups of a layer and an empty group: 39 rows, and 13 concats that have none
    summary = summarize(network(f"[{pairs}, relu, aux: [relu]]"))
    assert (len(summary.rows), summary.depth) == (40, 2)


def test_googlenet_is_shown_as_its_table():
    summary = summarize(convcalc.load("googlenet#paper"))
    assert (summary.depth, summary.deepest, len(summary.rows)) == (1, 3, 19)
    # Szegedy et al. 2014, Table 1
    assert [row.cost.params for row in summary.rows] == [
        *(9408, 0, 114688, 0, 163328, 388096, 0, 375552, 448512, 509440, 604672, 867328, 0),
        *(1042432, 1442816, 0, 0, 1024000, 0),
    ]
    assert summary.rows[4].item.written == "inception 64 96 128 16 32 32"


def test_side_heads_stand_aside_with_what_feeds_them():
    summary = summarize(convcalc.load("googlenet#paper"))
    assert [(head.row.label, head.after, head.row.cost.params) for head in summary.side_heads] == [
        ("aux1", "4a", 3186688),
        ("aux2", "4d", 3188736),
    ]
    assert summary.total.params == 6990272


def test_a_side_head_at_the_start_is_fed_by_the_input():
    summary = summarize(network("[{aux: linear 3}, relu]"))
    assert [(head.row.label, head.after) for head in summary.side_heads] == [("aux1", "the input")]


def test_a_side_head_in_a_group_has_its_whole_path():
    summary = summarize(network("[relu, {a: [relu, {head: {aux: linear 3}}, sigmoid]}]"))
    assert [(head.row.label, head.after) for head in summary.side_heads] == [("a/head", "a/relu1")]


def test_side_heads_stand_in_their_place_where_they_are_asked_for():
    summary = summarize(convcalc.load("googlenet#paper"), depth=1, aux=True)
    labels = [row.label for row in summary.rows]
    assert (labels[8], labels[12]) == ("aux1", "aux2")
    assert labels[7] == "4a"
    assert summary.side_heads == ()
    # 6990272 + 3186688 + 3188736
    assert summary.total.params == 13365696 == sum(row.cost.params for row in summary.rows)


def test_sorted_rows_are_layers_by_their_paths_with_the_largest_first():
    summary = summarize(REDUCED, sort="macs")
    assert [(row.label, row.guide, row.cost.macs) for row in summary.rows] == [
        ("3x3/conv2", "", 86704128),
        ("3x3/conv1", "", 14450688),
        ("5x5/conv2", "", 10035200),
        ("1x1", "", 9633792),
        ("pool/conv1", "", 4816896),
        ("5x5/conv1", "", 2408448),
        ("pool/maxpool1", "", 0),
    ]


def test_rows_may_be_sorted_by_any_count_and_equals_keep_their_order():
    net = network("[conv 1x1 2 bias, batchnorm, {a: relu}, {b: [conv 1x1 8, relu]}]")

    # params 18, 4, 0, 16, 0; biases 2, 0, 0, 0, 0; buffers 0, 4, 0, 0, 0
    def by(count):
        return [row.label for row in summarize(net, sort=count).rows]

    assert by("params") == ["conv1", "b/conv1", "batchnorm1", "a", "b/relu1"]
    assert by("biases") == ["conv1", "batchnorm1", "a", "b/conv1", "b/relu1"]
    assert by("buffers") == ["batchnorm1", "conv1", "a", "b/conv1", "b/relu1"]
    assert by("activations") == ["b/conv1", "conv1", "batchnorm1", "a", "b/relu1"]


def test_a_network_without_layers_has_no_rows():
    summary = summarize(network("[]"))
    assert (summary.rows, summary.side_heads, summary.total.params) == ((), (), 0)


def test_a_side_head_within_a_side_head_is_listed_once():
    """The outer head has 2 × 2 weights of its own and 2 × 3 in the inner one."""
    network = convcalc.loads("input: [2, 1, 1]\nlayers: [relu, {aux: [conv 1x1 2, {aux: linear 3}]}]\n")
    (head,) = summarize(network).side_heads
    assert (head.row.label, head.row.cost.params, head.after) == ("aux1", 10, "relu1")


def test_a_side_head_within_a_group_is_not_in_the_groups_row():
    """16 weights of the 1×1 convolution; the head's 2 × 3 × 16 positions are aside."""
    network = convcalc.loads("input: [8, 4, 4]\nlayers: [{g: [conv 1x1 2, {aux: linear 3}]}]\n")
    assert summarize(network, depth=1).rows[0].cost.params == 16
    assert summarize(network, depth=1, aux=True).rows[0].cost.params == 16 + 32 * 3


def test_shares_and_bars_follow_the_count_by_which_layers_are_sorted():
    assert summarize(REDUCED).weighed == "macs"
    assert summarize(REDUCED, sort="params").weighed == "params"


def test_a_row_knows_what_is_alive_while_it_runs():
    # Elements at 4×4: 8·16 enter. conv1 gives 2·16; then a, b read it, each is kept for the concat.
    branching = network("[conv 1x1 2, {branches: {a: conv 1x1 3, b: conv 1x1 5}}]")
    assert [(row.label, row.alive) for row in summarize(branching).rows] == [
        ("conv1", (8 + 2) * 16),
        ("concat1", (3 + 5 + 3 + 5) * 16),
        ("a", (2 + 3) * 16),
        ("b", (2 + 3 + 5) * 16),
    ]
    assert summarize(branching).alive == (3 + 5 + 8) * 16


def test_a_row_for_each_operation_and_kernel():
    # Elements at 4×4, so multiply-adds are 16 times the weights: 9·8·4 + 9·4·4 = 432 in conv 3x3/1
    # and /2, but the second has only 2×2 positions: 288·16 + 144·4 = 5184
    mixed = network(
        "[conv 3x3 4, relu, conv 3x3/2 4, batchnorm, conv 3x3 4 groups=2, "
        "conv 3x3 4 dilation=2, maxpool 2x2, linear 2 bias]"
    )
    summary = summarize_by_operation(mixed)
    assert [(row.name, row.layers, row.cost.params, row.cost.macs) for row in summary.rows] == [
        ("conv 3x3", 2, 432, 5184),
        ("conv 3x3 dilated", 1, 144, 576),
        ("conv 3x3 grouped", 1, 72, 288),
        ("linear", 1, 34, 32),  # 16 features to 2, and 2 biases
        ("batchnorm", 1, 8, 0),
        ("others", 2, 0, 0),
    ]
    assert summary.total.layers == 8
    assert [row.name for row in summarize_by_operation(mixed, "params").rows][3:] == [
        "linear",
        "batchnorm",
        "others",
    ]


@pytest.mark.parametrize("option", [["--depth", "1"], ["--columns", "params"], ["--like", "thop"]])
def test_by_operation_refuses_what_it_does_not_heed(run, option):
    ran = run("summary", "inception3a", "--by", "operation", *option)
    assert (ran.code, ran.out) == (2, "")
    assert f"leave out {option[0]}" in ran.err


def test_outputs_stand_below_the_total_with_their_shapes(run, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(
        "input: [3, 8, 8]\n"
        "layers: [{out: []}, a: conv 1x1 4, {out: {head: [relu, conv 1x1 2]}}, g: [b: tanh], "
        "maxpool 2x2/2, {out: {x: []}}, from g/b, {out: linear 5}]\n"
    )
    lines = run("summary", str(path)).out.splitlines()
    total = next(place for place, line in enumerate(lines) if line.startswith(" total"))
    assert [line.split() for line in lines[total : total + 5]] == [
        ["total", "4", "outputs", "1,300", "2,560"],
        ["the", "input", "output", "1", "3×8×8"],
        ["head", "output", "2", "2×8×8"],
        ["x", "output", "3", "4×4×4"],
        ["linear1", "output", "4", "5"],
    ]
    assert "output 1" not in run("summary", str(path), "--columns", "params").out


def test_of_very_many_outputs_the_first_are_listed(run, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("input: [3, 8, 8]\nlayers: [relu, {repeat: 45, layers: [tanh, {out: []}]}]\n")
    out = run("summary", str(path)).out
    assert "output 40 " in out
    assert "output 41 " not in out
    assert "\n 5 more\n" in out


def test_nothing_is_alive_in_a_group_without_layers(run, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("input: [3, 8, 8]\nlayers: [relu, {a: []}]\n")
    columns = ["--columns", "peak_activations,peak_activation_bytes"]
    (row,) = [line for line in run("summary", str(path), *columns).out.splitlines() if " a" in line[:3]]
    assert row.split() == ["a"]
