"""Names and paths: what is named keeps its name, what is not is numbered, and no path stands twice."""

import pytest

import convcalc
from convcalc.network.inline import load_body


def network(body, *, define="", input_shape="[8, 16, 16]"):
    blocks = f"define:\n{define}\n" if define else ""
    return convcalc.loads(f"input: {input_shape}\n{blocks}layers: {body}")


def paths(body, **more):
    return [layer.path for layer in network(body, **more).layers]


def groups(body, **more):
    net = network(body, **more)
    layers = {layer.path for layer in net.layers}
    return [item.path for item in net.items if item.path not in layers]


def mistake(body, **more):
    with pytest.raises(convcalc.SpecError) as caught:
        network(body, **more)
    (problem,) = caught.value.problems
    return problem


class TestNumbering:
    def test_what_has_no_name_is_numbered_by_its_kind(self):
        assert paths("[conv 1x1 4, relu, conv 1x1 4, relu, maxpool 3x3, conv 1x1 4]") == [
            "conv1",
            "relu1",
            "conv2",
            "relu2",
            "maxpool1",
            "conv3",
        ]

    def test_a_spelled_out_layer_is_numbered_like_shorthand(self):
        assert paths("[relu, {op: relu}, relu]") == ["relu1", "relu2", "relu3"]

    def test_a_single_layer_is_numbered_too(self):
        assert paths("conv 1x1 4") == ["conv1"]

    def test_numbers_skip_a_name_that_was_written_before(self):
        assert paths("[{relu1: sigmoid}, relu, relu]") == ["relu1", "relu2", "relu3"]

    def test_numbers_skip_a_name_that_is_written_later(self):
        assert paths("[relu, relu, {relu2: sigmoid}, relu]") == ["relu1", "relu3", "relu2", "relu4"]

    def test_numbers_skip_a_name_in_a_list_within_the_list(self):
        assert paths("[relu, [sigmoid, {relu1: sigmoid}], relu]") == [
            "relu2",
            "sigmoid1",
            "relu1",
            "relu3",
        ]

    def test_each_group_counts_for_itself(self):
        assert paths("[relu, {a: [relu, relu]}, relu, {b: [relu]}]") == [
            "relu1",
            "a/relu1",
            "a/relu2",
            "relu2",
            "b/relu1",
        ]

    def test_a_name_in_another_group_is_not_skipped(self):
        assert paths("[relu, {a: [{relu2: relu}]}, relu]") == ["relu1", "a/relu2", "relu2"]

    def test_an_unnamed_list_opens_no_group(self):
        assert paths("[[relu, [relu]], [], [[relu]]]") == ["relu1", "relu2", "relu3"]

    def test_block_calls_are_numbered_by_the_blocks_name(self):
        define = "  mb: [relu]\n  other: relu"
        assert paths("[mb, other, mb, {mb3: mb}, mb]", define=define) == [
            "mb1/relu1",
            "other1/relu1",
            "mb2/relu1",
            "mb3/relu1",
            "mb4/relu1",
        ]

    def test_a_block_and_an_operation_whose_numbers_meet_stay_apart(self):
        assert paths("[relu, relu1, relu1]", define="  relu1: [sigmoid]") == [
            "relu1",
            "relu11/sigmoid1",
            "relu12/sigmoid1",
        ]

    def test_a_number_that_a_blocks_number_has_taken_is_skipped(self):
        found = paths("[relu1, {repeat: 11, layers: relu}]", define="  relu1: [sigmoid]")
        assert found[0] == "relu11/sigmoid1"
        assert found[-2:] == ["relu10", "relu12"]

    def test_branches_in_a_list_are_numbered_by_their_merge(self):
        two = "{branches: {a: relu, b: relu}, merge: add}"
        concat = "{branches: {a: relu}}"
        assert paths(f"[{two}, {concat}, {two}]") == [
            "add1/a",
            "add1/b",
            "add1/add",
            "concat1/a",
            "concat1/concat",
            "add2/a",
            "add2/b",
            "add2/add",
        ]

    def test_branches_skip_a_name_that_is_taken(self):
        assert paths("[{add1: relu}, {branches: {a: relu}, merge: add}]") == [
            "add1",
            "add2/a",
            "add2/add",
        ]

    def test_side_heads_are_numbered(self):
        assert paths("[{aux: relu}, relu, {aux: [relu, linear 3]}]") == [
            "aux1/relu1",
            "relu1",
            "aux2/relu1",
            "aux2/linear1",
        ]

    def test_side_heads_skip_a_name_that_is_taken(self):
        assert paths("[{aux: relu}, {aux1: relu}]") == ["aux2/relu1", "aux1"]


class TestGroups:
    def test_a_name_on_one_layer_names_the_layer(self):
        assert paths("[{a: relu}, {b: {op: sigmoid}}]") == ["a", "b"]
        assert groups("[{a: relu}]") == []

    def test_a_name_on_a_list_opens_a_group_even_for_one_layer(self):
        assert paths("[{a: [relu]}, {b: []}]") == ["a/relu1"]
        assert groups("[{a: [relu]}, {b: []}]") == ["a", "b"]

    def test_a_name_on_a_block_call_replaces_its_number(self):
        define = "  blk: [relu, relu]\n  one: relu"
        assert paths("[{a: blk}, blk, {b: {op: blk}}, {c: one}]", define=define) == [
            "a/relu1",
            "a/relu2",
            "blk1/relu1",
            "blk1/relu2",
            "b/relu1",
            "b/relu2",
            "c/relu1",
        ]

    def test_a_name_on_a_repeat_opens_a_group(self):
        assert paths("[{a: {repeat: 2, layers: [relu, sigmoid]}}, relu]") == [
            "a/relu1",
            "a/sigmoid1",
            "a/relu2",
            "a/sigmoid2",
            "relu1",
        ]

    def test_a_name_on_a_side_head_replaces_its_number(self):
        net = network("[{head: {aux: [relu, linear 3]}}, relu, {aux: relu}]")
        assert [(layer.path, layer.aux) for layer in net.layers] == [
            ("head/relu1", True),
            ("head/linear1", True),
            ("relu1", False),
            ("aux1/relu1", True),
        ]

    def test_a_name_on_a_name_is_a_group_of_one(self):
        assert paths("[{a: {b: relu}}, {c: {d: {e: [relu]}}}]") == ["a/b", "c/d/e/relu1"]
        assert groups("[{a: {b: relu}}]") == ["a"]

    def test_groups_nest_to_any_depth(self):
        assert paths("[{3a: [{b: [conv 1x1 2, {c: [relu]}]}]}]") == ["3a/b/conv1", "3a/b/c/relu1"]

    def test_a_block_within_a_block_is_a_group_within_its_group(self):
        define = "  inner: [relu]\n  outer: [inner, {x: inner}, relu]"
        assert paths("outer", define=define) == [
            "outer1/inner1/relu1",
            "outer1/x/relu1",
            "outer1/relu1",
        ]


class TestBranches:
    INNER = "{branches: {b: relu, c: [relu]}}"
    ITS_PATHS = ("b", "c/relu1", "concat")

    def under(self, prefix):
        return [f"{prefix}{path}" for path in self.ITS_PATHS]

    def test_the_whole_body_of_a_document_adds_no_segment(self):
        text = "input: [8, 4, 4]\nbranches: {b: relu, c: [relu]}"
        assert [layer.path for layer in convcalc.loads(text).layers] == self.under("")
        assert paths(self.INNER) == self.under("")

    def test_the_whole_body_written_in_place_adds_no_segment(self):
        layers = load_body(self.INNER, (8, 4, 4)).layers
        assert [layer.path for layer in layers] == self.under("")

    def test_the_whole_body_of_a_variant_adds_no_segment(self):
        text = "input: [8, 4, 4]\nlayers: relu\nvariants: {v: {branches: {b: relu, c: [relu]}}}"
        assert [layer.path for layer in convcalc.loads(text, "v").layers] == self.under("")

    def test_the_whole_body_of_a_block_adds_no_segment(self):
        assert paths("[blk]", define=f"  blk: {self.INNER}") == self.under("blk1/")
        assert paths("[{x: blk}]", define=f"  blk: {self.INNER}") == self.under("x/")

    def test_the_whole_body_of_a_name_adds_no_segment(self):
        assert paths(f"[{{x: {self.INNER}}}]") == self.under("x/")

    def test_the_whole_body_of_a_branch_adds_no_segment(self):
        assert paths(f"{{branches: {{x: {self.INNER}}}}}") == [*self.under("x/"), "concat"]

    def test_branches_among_other_layers_are_a_group_of_their_own(self):
        assert paths(f"[{self.INNER}]") == self.under("concat1/")
        assert paths(f"[{{x: [relu, {self.INNER}]}}]") == ["x/relu1", *self.under("x/concat1/")]

    def test_branches_under_aux_and_repeat_are_a_group_of_their_own(self):
        assert paths(f"[{{aux: {self.INNER}}}]") == self.under("aux1/concat1/")
        assert paths(f"{{repeat: 2, layers: {self.INNER}}}") == [
            *self.under("concat1/"),
            *self.under("concat2/"),
        ]

    def test_a_group_within_a_repeat_counts_anew_each_time(self):
        residual = "{branches: {shortcut: identity, residual: [relu, relu]}, merge: add}"
        assert paths(f"[{{repeat: 2, layers: [{residual}, relu]}}]") == [
            "add1/shortcut",
            "add1/residual/relu1",
            "add1/residual/relu2",
            "add1/add",
            "relu1",
            "add2/shortcut",
            "add2/residual/relu1",
            "add2/residual/relu2",
            "add2/add",
            "relu2",
        ]

    @pytest.mark.parametrize("merge", ["concat", "add", "mul"])
    def test_the_merge_is_the_last_layer_of_its_group_with_its_kind_as_name(self, merge):
        net = network(f"[{{x: {{branches: {{a: relu, b: relu}}, merge: {merge}}}}}, relu]")
        last = net.layers[2]
        assert (last.path, last.op) == (f"x/{merge}", merge)
        assert last.input == (8, 16, 16)

    def test_a_merge_has_the_shape_at_the_branching_point_as_its_input(self):
        net = network("[conv 1x1 5, {branches: {a: conv 1x1 3, b: [conv 1x1 7]}}]")
        assert (net.layers[-1].input, net.layers[-1].output) == ((5, 16, 16), (10, 16, 16))

    def test_a_merge_whose_name_a_branch_has_taken_is_numbered(self):
        assert paths("{branches: {concat: relu, a: relu}}") == ["concat", "a", "concat1"]
        assert paths("{branches: {concat1: relu, concat: relu}}") == ["concat1", "concat", "concat2"]
        assert paths("[{branches: {add: relu, mul: relu}, merge: add}]") == [
            "add1/add",
            "add1/mul",
            "add1/add1",
        ]


class TestRepeats:
    def test_a_name_that_is_repeated_is_numbered(self):
        assert paths("[{repeat: 3, layers: {x: relu}}]") == ["x1", "x2", "x3"]
        assert paths("[{repeat: 2, layers: [{x: relu}, sigmoid]}]") == [
            "x1",
            "sigmoid1",
            "x2",
            "sigmoid2",
        ]

    def test_a_group_that_is_repeated_is_numbered(self):
        assert paths("[{repeat: 2, layers: {x: [relu, {y: relu}]}}]") == [
            "x1/relu1",
            "x1/y",
            "x2/relu1",
            "x2/y",
        ]

    def test_a_repeated_name_skips_a_name_that_is_written(self):
        assert paths("[{repeat: 2, layers: {x: relu}}, {x2: relu}]") == ["x1", "x3", "x2"]

    def test_a_repeat_within_a_repeat_goes_on_counting(self):
        twice = "{repeat: 2, layers: {x: relu}}"
        assert paths(f"[{{repeat: 2, layers: [{twice}, relu]}}]") == [
            "x1",
            "x2",
            "relu1",
            "x3",
            "x4",
            "relu2",
        ]

    def test_a_name_in_a_group_within_a_repeat_is_not_numbered(self):
        assert paths("[{repeat: 2, layers: {x: [{y: relu}]}}]") == ["x1/y", "x2/y"]
        branches = "{branches: {a: {y: relu}}, merge: add}"
        assert paths(f"[{{repeat: 2, layers: {branches}}}]") == [
            "add1/a/y",
            "add1/add",
            "add2/a/y",
            "add2/add",
        ]

    def test_a_side_head_within_a_repeat_is_numbered(self):
        assert paths("[{repeat: 2, layers: [relu, {aux: linear 2}]}]") == [
            "relu1",
            "aux1/linear1",
            "relu2",
            "aux2/linear1",
        ]
        assert paths("[{repeat: 2, layers: [{h: {aux: linear 2}}, relu]}]") == [
            "h1/linear1",
            "relu1",
            "h2/linear1",
            "relu2",
        ]

    def test_two_repeats_of_blocks_share_the_count(self):
        twice = "{repeat: 2, layers: blk}"
        assert paths(f"[{twice}, {twice}]", define="  blk: [relu]") == [
            "blk1/relu1",
            "blk2/relu1",
            "blk3/relu1",
            "blk4/relu1",
        ]


class TestObjections:
    @pytest.mark.parametrize("name", ["op", "branches", "merge", "repeat", "layers", "aux"])
    def test_a_word_of_the_language_names_no_branch(self, name):
        problem = mistake(f"{{branches: {{a: relu, {name}: relu}}}}")
        assert (problem.mark.line, problem.mark.column) == (2, len("layers: {branches: {a: relu, ") + 1)

    @pytest.mark.parametrize(
        "name", ["a b", "a/b", "/", "a#b", "#", "a\\tb", "a\\u00a0b", "\\u0001", "\\u200b", ""]
    )
    def test_a_name_has_no_white_space_slash_sharp_or_control_character(self, name):
        assert mistake(f'[{{"{name}": relu}}]').mark.line == 2
        assert mistake(f'{{branches: {{"{name}": relu}}}}').mark.line == 2
        text = f'input: [8, 4, 4]\nlayers: relu\nvariants: {{"{name}": {{}}}}'
        with pytest.raises(convcalc.SpecError):
            convcalc.loads(text)

    @pytest.mark.parametrize(
        "name", ["1x1", "3a", "Mixed_5b", "b.1", "pool-proj", "größe", "5x5_(a)", "$"]
    )
    def test_any_other_word_may_be_a_name(self, name):
        assert paths(f'[{{"{name}": relu}}]') == [name]
        assert paths(f'{{branches: {{"{name}": relu}}}}') == [name, "concat"]

    @pytest.mark.parametrize("name", ["conv", "relu", "global_avgpool", "identity"])
    def test_an_operation_names_no_list_item(self, name):
        problem = mistake(f"[relu, {{{name}: 3x3 64}}]")
        assert problem.mark.column == len("layers: [relu, {") + 1
        assert f"- {name} 3x3 64" in problem.message

    def test_an_operation_may_name_a_branch(self):
        assert paths("{branches: {conv: relu, identity: relu}}") == ["conv", "identity", "concat"]

    @pytest.mark.parametrize(
        "body",
        [
            "[{a: relu}, {a: relu}]",
            "[{a: relu}, [sigmoid, {a: relu}]]",
            "[{a: relu}, {repeat: 2, layers: {a: relu}}]",
            "[{a: relu}, {a: {aux: relu}}]",
            "[{a: [relu]}, {a: {branches: {b: relu}}}]",
            "{branches: {a: relu, a: relu}}",
        ],
    )
    def test_a_name_stands_once_in_a_group(self, body):
        problem = mistake(body)
        assert problem.mark.column == len("layers: ") + body.rindex("a: ") + 1
        assert "line 2" in problem.message

    def test_every_repetition_of_a_name_cites_the_first(self):
        with pytest.raises(convcalc.SpecError) as caught:
            network("\n  - a: relu\n  - a: relu\n  - a: relu")
        assert [problem.mark.line for problem in caught.value.problems] == [4, 5]
        assert all("line 3" in problem.message for problem in caught.value.problems)

    def test_a_name_may_stand_again_in_another_group(self):
        assert paths("[{a: [{a: [{a: relu}]}]}, {b: [{a: relu}]}]") == ["a/a/a", "b/a"]
