"""The language: blocks and their arguments, parameters, variants, defaults, inputs, limits."""

from textwrap import dedent

import pytest

import convcalc
from convcalc.network.inline import load_body
from convcalc.network.limits import Steps
from convcalc.network.loading import plans_in
from convcalc.network.overrides import Overrides
from convcalc.reader.source import Source


def network(text, variant=None, **parameters):
    return convcalc.loads(dedent(text), variant, **parameters)


def outputs(text, variant=None, **parameters):
    return [layer.output for layer in network(text, variant, **parameters).layers]


def written(text, variant=None, **parameters):
    return [layer.written for layer in network(text, variant, **parameters).layers]


def problems(text, variant=None, **parameters):
    with pytest.raises(convcalc.SpecError) as caught:
        network(text, variant, **parameters)
    return caught.value.problems


def places(text):
    return [(problem.mark.line, problem.mark.column) for problem in problems(text)]


def blocks(define, layers, head="input: [8, 16, 16]"):
    """A document with these blocks, one a line."""
    lines = "".join(f"  {line}\n" for line in define.splitlines())
    return f"{head}\ndefine:\n{lines}layers: {layers}\n"


class TestShorthand:
    @pytest.mark.parametrize(
        "body",
        [
            "conv 3x5/2x1 4 1x2 groups=2 bias",
            "conv 3x5/2x1 4 padding=1x2 bias=true groups=2",
            "conv kernel_size=3x5 stride=2x1 out_channels=4 padding=1x2 groups=2 bias",
            "conv 3x5 stride=2x1 out_channels=4 padding=1x2 groups=2 bias",
            "conv kernel_size=3x5/2x1 out_channels=4 padding=1x2 groups=2 bias",
            "  conv   3x5/2x1   4   1x2   bias   groups=2  ",
            (
                "{op: conv, kernel_size: [3, 5], stride: [2, 1], out_channels: 4, padding: [1, 2], "
                "groups: 2, bias: true}"
            ),
            (
                "{bias: 'true', padding: 1x2, groups: '2', out_channels: 4, stride: 2x1, "
                "kernel_size: 3x5, op: conv}"
            ),
            "{op: conv, kernel_size: 3x5/2x1, out_channels: 4, padding: 1x2, groups: 2, bias: true}",
        ],
    )
    def test_every_way_to_write_a_layer_is_the_same_layer(self, body):
        (layer,) = network(f"input: [8, 16, 16]\nlayers: {body}").layers
        # height (16 + 2 − 3)//2 + 1 = 8, width 16 + 4 − 5 + 1 = 16
        assert layer.output == (4, 8, 16)
        # 3·5·4·4 = 240 weights and 4 biases, 240·8·16
        assert (layer.params, layer.cost.biases, layer.macs) == (244, 4, 30720)

    @pytest.mark.parametrize(
        ("text", "height", "width"),
        [("3", 14, 14), ("[3, 3]", 14, 14), ("[3, 1]", 14, 16), ("3x1", 14, 16), ("3/2", 7, 7)],
    )
    def test_a_kernel_spelled_out_may_be_one_number_or_a_pair(self, text, height, width):
        body = f"{{op: maxpool, kernel_size: {text}, padding: valid}}"
        assert outputs(f"input: [8, 16, 16]\nlayers: {body}") == [(8, height, width)]

    @pytest.mark.parametrize(
        ("body", "word"),
        [
            ("conv 3x3/2 4 stride=1", "stride=1"),
            ("conv 3x3 4 bias bias", "bias"),
            ("conv 3x3 4 bias bias=false", "bias=false"),
            ("conv 3x3 4 out_channels=4", "out_channels=4"),
            ("conv 3x3 4 groups=2 groups=2", "groups=2"),
            ("conv 3x3 4 same padding=same", "padding=same"),
            ("conv 3x3 4 groups=2 same", "same"),
            ("conv 3x3 4 bias same", "same"),
            ("conv 3x3 4 same 7", "7"),
            ("conv 3x3 4 Groups=2", "Groups=2"),
            ("conv 3x3 4 strides=2", "strides=2"),
            ("conv 3x3 4 groups", "groups"),
            ("maxpool 3x3 4x4 4", "4"),
            ("cnov 3x3 4", "cnov"),
            ("Conv 3x3 4", "Conv"),
        ],
    )
    def test_a_slip_is_an_error_at_its_word(self, body, word):
        found = problems(f"input: [8, 16, 16]\nlayers: {body}")
        at = len("layers: ") + body.rindex(word) + 1
        assert (2, at, len(word)) in [problem.mark for problem in found]

    def test_a_missing_argument_is_an_error_at_the_call(self):
        assert places("input: [8, 16, 16]\nlayers: [relu, conv 3x3]") == [(2, 16)]
        assert places("input: [8, 16, 16]\nlayers: [relu, {op: conv, out_channels: 3}]") == [(2, 21)]

    def test_every_slip_of_a_file_is_reported_in_the_order_of_the_text(self):
        text = """\
            input: [8, 16, 16]
            layers:
              - conv 3x3 4 groups=5
              - cnov 3x3 4
              - branches: {a: rleu, b: conv 3x3 4 strid=2}
              - {op: rleu, x: 1}
            expect: {parms: 3}
            """
        assert places(text) == [(3, 16), (4, 5), (5, 19), (5, 39), (6, 10), (7, 10)]


class TestBlocks:
    INCEPTION = (
        "inception(c1, r3, c3):\n"
        "  branches:\n"
        "    1x1: conv 1x1 $c1\n"
        "    3x3: [conv 1x1 $r3, conv 3x3 $c3]"
    )

    @pytest.mark.parametrize(
        "call",
        [
            "inception 2 3 4",
            "inception 2 3 c3=4",
            "inception 2 c3=4 r3=3",
            "inception r3=3 c3=4 c1=2",
            "{op: inception, c1: 2, r3: 3, c3: 4}",
            "{c3: 4, r3: 3, c1: 2, op: inception}",
        ],
    )
    def test_arguments_are_given_by_position_or_by_name(self, call):
        assert outputs(blocks(self.INCEPTION, call)) == [
            (2, 16, 16),
            (3, 16, 16),
            (4, 16, 16),
            (6, 16, 16),
        ]

    @pytest.mark.parametrize(
        ("call", "word"),
        [
            ("inception 2 3", "inception 2 3"),
            ("inception 2 3 4 5", "5"),
            ("inception 2 r3=3 4", "4"),
            ("inception 2 3 c1=2", "c1=2"),
            ("inception 2 3 c4=2", "c4=2"),
            ("incption 2 3 4", "incption"),
        ],
    )
    def test_a_wrong_call_is_an_error_at_its_word(self, call, word):
        found = problems(blocks(self.INCEPTION, call))
        assert (7, 9 + call.index(word), len(word)) in [problem.mark for problem in found]

    def test_a_block_may_have_no_arguments_and_then_no_parentheses(self):
        assert outputs(blocks("a: relu\nb(): relu\nc ( ): relu", "[a, b, c]")) == [(8, 16, 16)] * 3

    def test_a_block_stands_for_a_layer_a_list_or_branches(self):
        define = "a(n): conv 1x1 $n\nb: [relu, a 3]\nc: {branches: {x: a 1, y: b}}"
        assert outputs(blocks(define, "[a 5, b, c]")) == [
            (5, 16, 16),
            (5, 16, 16),
            (3, 16, 16),
            (1, 16, 16),
            (3, 16, 16),
            (3, 16, 16),
            (4, 16, 16),
        ]

    def test_a_default_stands_in_for_an_argument_that_is_not_given(self):
        define = "blk(c, k=3x3, act=relu): [conv $k $c valid, $act]"
        assert written(blocks(define, "[blk 4, blk 4 5x5, blk 4 act=sigmoid]")) == [
            "conv 3x3 4 valid",
            "relu",
            "conv 5x5 4 valid",
            "relu",
            "conv 3x3 4 valid",
            "sigmoid",
        ]

    def test_a_default_may_use_parameters_in_and_earlier_arguments(self):
        define = "blk(a, b=$(a*n), c=$(in//2), d=$(b+c)): [conv 1x1 $a, conv 1x1 $b, conv 1x1 $d]"
        head = "parameters: {n: 3}\ninput: [8, 16, 16]"
        text = blocks(define, "[conv 1x1 10, blk 2, blk 2 4 c=1]", head)
        # first call: b = 2·3, c = 10//2, d = 6 + 5; second call: b = 4, c = 1, d = 4 + 1
        assert [shape[0] for shape in outputs(text)] == [10, 2, 6, 11, 2, 4, 5]

    def test_in_a_default_an_argument_hides_a_parameter(self):
        head = "parameters: {n: 2}\ninput: [8, 16, 16]"
        assert outputs(blocks("blk(n, b=$(n+1)): conv 1x1 $b", "blk 5", head)) == [(6, 16, 16)]

    @pytest.mark.parametrize("default", ["$b", "$(b+1)", "$last", "$nobody"])
    def test_a_default_uses_only_what_is_known_before_it(self, default):
        text = blocks(f"blk(a=1, b={default}, last=3): conv 1x1 $b", "[blk, blk 1, blk 1 2]")
        assert [line for line, _ in places(text)] == [3]

    def test_an_argument_without_a_default_may_not_follow_one_with(self):
        assert places(blocks("blk(a=1, b): conv 1x1 $b", "relu")) == [(3, 12)]

    @pytest.mark.parametrize("argument", ["in", "a-b", "1a", "a b", "$a"])
    def test_an_argument_is_one_word_and_not_in(self, argument):
        text = blocks(f"blk({argument}): relu", "[relu]")
        assert places(text) == [(3, 7)]

    def test_an_argument_stands_once(self):
        assert places(blocks("blk(a, b, a): relu", "relu")) == [(3, 13)]

    def test_an_argument_may_be_part_of_a_word(self):
        define = "blk(k, s, n): [conv $(k)x1/$s $n, conv 1x$k/$(s)x1 $(2*n) groups=$n, maxpool 3x3/$s]"
        text = blocks(define, "blk 7 2 4")
        assert written(text) == ["conv 7x1/2 4", "conv 1x7/2x1 8 groups=4", "maxpool 3x3/2"]
        assert outputs(text) == [(4, 8, 8), (8, 4, 8), (8, 2, 4)]

    def test_an_argument_may_be_a_kernel_a_padding_or_an_operation(self):
        define = "blk(k, p, act): [conv $k 4 $p, $act, {op: $act}]"
        text = blocks(define, "[blk 3x1/2 valid relu, blk 3x3 1x0 sigmoid]")
        assert written(text) == [
            "conv 3x1/2 4 valid",
            "relu",
            "relu",
            "conv 3x3 4 1x0",
            "sigmoid",
            "sigmoid",
        ]
        assert outputs(text)[::3] == [(4, 7, 8), (4, 7, 6)]

    def test_an_operation_given_as_an_argument_may_take_arguments(self):
        text = blocks("blk(op, c): [$op 3x3 $c]", "[blk conv 4]")
        assert outputs(text) == [(4, 16, 16)]

    def test_an_argument_is_a_number_only_where_one_is_needed(self):
        define = "blk(act): [$act]\nsum(n): [conv 1x1 $(n+1)]"
        assert outputs(blocks(define, "[blk relu, sum 3]"))[-1] == (4, 16, 16)
        (problem,) = problems(blocks(define, "[sum relu]"))
        assert problem.mark[:2] == (4, 21)
        assert '"relu"' in problem.message

    def test_a_bare_word_in_a_block_call_is_positional_even_if_it_is_an_options_name(self):
        text = blocks("blk(bias, act): [conv 1x1 $bias, $act]", "blk 3 relu")
        assert written(text) == ["conv 1x1 3", "relu"]
        (problem, *_) = problems(blocks("blk(act): [$act]", "blk bias"))
        assert '"bias"' in problem.message

    def test_an_argument_is_evaluated_where_the_call_stands(self):
        define = "inner(c): conv 1x1 $c\nouter(c): [inner $(c*2), inner $c, conv 1x1 $c]"
        assert [shape[0] for shape in outputs(blocks(define, "outer 5"))] == [10, 5, 5]

    def test_a_block_does_not_see_its_callers_arguments(self):
        define = "inner: conv 1x1 $c\nouter(c): [inner, conv 1x1 $c]"
        head = "parameters: {c: 2}\ninput: [8, 16, 16]"
        assert [shape[0] for shape in outputs(blocks(define, "[outer 5, conv 1x1 $c]", head))] == [
            2,
            5,
            2,
        ]
        (problem,) = problems(blocks(define, "outer 5"))
        assert problem.mark[:2] == (3, 19)

    def test_an_argument_hides_a_parameter_within_its_block_alone(self):
        head = "parameters: {c: 2}\ninput: [8, 16, 16]"
        text = blocks("blk(c): conv 1x1 $c", "[conv 1x1 $c, blk 7, conv 1x1 $c]", head)
        assert [shape[0] for shape in outputs(text)] == [2, 7, 2]

    def test_blocks_may_be_defined_after_their_use(self):
        assert outputs(blocks("a: b 3\nb(n): conv 1x1 $n", "a")) == [(3, 16, 16)]

    @pytest.mark.parametrize(
        ("define", "line"),
        [
            ("a: a", 3),
            ("a: [relu, a]", 3),
            ("a: {branches: {x: a}}", 3),
            ("a: b\nb: c\nc: a", 5),
            ("a: {repeat: 2, layers: [{x: a}]}", 3),
            ("a: {aux: a}", 3),
        ],
    )
    def test_a_block_may_not_call_itself(self, define, line):
        found = problems(blocks(define, "a"))
        assert {problem.mark.line for problem in found} == {line}

    def test_a_block_that_its_own_argument_names_is_found_too(self):
        found = problems(blocks("a(op): $op relu", "a a"))
        assert {problem.mark.line for problem in found} == {3}

    def test_a_block_may_be_called_again_after_it_has_ended(self):
        assert outputs(blocks("a: relu\nb: [a, a]", "[a, b, a]")) == [(8, 16, 16)] * 4

    def test_an_error_in_a_block_names_the_call(self):
        text = blocks("inner(c): conv 9x9 $c valid\nouter: [relu, inner 3]", "[maxpool 3x3/2, outer]")
        (problem,) = problems(text)
        assert problem.mark[:2] == (3, 18)
        assert [note.mark[:2] for note in problem.related] == [(4, 17), (5, 25)]

    def test_a_block_that_is_never_called_is_checked_but_for_its_shapes(self):
        assert outputs(blocks("a(c): conv 99x99 $c valid groups=7", "relu")) == [(8, 16, 16)]
        assert places(blocks("a: rleu", "relu")) == [(3, 6)]
        assert places(blocks("a: conv 3x3 4 strides=2", "relu")) == [(3, 17)]
        assert places(blocks("a: conv 3x3 $c", "relu")) == [(3, 15)]

    @pytest.mark.parametrize("name", ["conv", "relu", "global_avgpool", "layers", "aux", "op"])
    def test_a_block_takes_no_name_of_the_language(self, name):
        assert places(blocks(f"{name}(c): sigmoid", "flatten"))[0] == (3, 3)

    def test_a_block_is_defined_once_whatever_its_arguments(self):
        assert places(blocks("a(c): relu\na: relu", "relu")) == [(4, 3)]

    def test_calls_may_nest_64_deep(self):
        def chain(depth):
            lines = [f"b{level}: b{level + 1}" for level in range(1, depth)] + [f"b{depth}: relu"]
            return blocks("\n".join(lines), "b1")

        assert outputs(chain(64)) == [(8, 16, 16)]
        assert len(problems(chain(65))) == 1


class TestIn:
    """`$in` is what enters the nearest enclosing block or branches, else the network."""

    def test_outside_blocks_and_branches_it_is_the_networks_input(self):
        text = "input: [8, 16, 16]\nlayers: [conv 1x1 3, conv 1x1 $in, {a: [conv 1x1 $(in*2)]}]"
        assert [shape[0] for shape in outputs(text)] == [3, 8, 16]

    def test_in_a_block_it_is_what_enters_the_block(self):
        text = blocks("blk: [conv 1x1 3, conv 1x1 $in, conv 1x1 $in]", "[conv 1x1 5, blk, blk]")
        assert [shape[0] for shape in outputs(text)] == [5, 3, 5, 5, 3, 5, 5]

    def test_in_a_branch_it_is_what_enters_the_branches(self):
        text = """\
            input: [8, 16, 16]
            layers:
              - conv 1x1 6
              - {branches: {a: [conv 1x1 2, conv 1x1 $in], b: conv 1x1 $(in//3)}}
              - conv 1x1 $in
            """
        assert [shape[0] for shape in outputs(text)] == [6, 2, 6, 2, 8, 8]

    def test_branches_in_a_block_are_nearer_than_the_block(self):
        define = "blk: [conv 1x1 3, {branches: {a: conv 1x1 $in}}, conv 1x1 $in]"
        assert [shape[0] for shape in outputs(blocks(define, "[blk]"))] == [3, 3, 3, 8]

    def test_a_block_in_branches_is_nearer_than_the_branches(self):
        text = blocks("blk: [relu, conv 1x1 $in]", "[{branches: {a: [conv 1x1 5, blk, conv 1x1 $in]}}]")
        assert [shape[0] for shape in outputs(text)] == [5, 5, 5, 8, 8]

    def test_a_gate_ends_with_as_many_channels_as_enter(self):
        define = (
            "se(r): {branches: {x: identity, gate: [global_avgpool, conv 1x1 $(in//r), relu,"
            " conv 1x1 $in, sigmoid]}, merge: mul}"
        )
        net = network(blocks(define, "[conv 1x1 32, se 4]"))
        assert net.output_shape == (32, 16, 16)
        # 8·32 for the first layer, 32·8 and 8·32 for the gate
        assert [layer.params for layer in net.layers if layer.params] == [256, 256, 256]

    def test_in_an_argument_it_is_what_it_is_at_the_call(self):
        text = blocks("blk(c): [conv 1x1 $c, conv 1x1 $in]", "[conv 1x1 5, blk $in]")
        assert [shape[0] for shape in outputs(text)] == [5, 8, 5]

    def test_a_round_changes_it_and_names_and_side_heads_do_not(self):
        text = """\
            input: [8, 16, 16]
            layers:
              - conv 1x1 3
              - {repeat: 2, layers: conv 1x1 $(in+1)}
              - aux: [conv 1x1 $in]
            """
        assert [shape[0] for shape in outputs(text)] == [3, 4, 5, 8]

    def test_of_a_vector_it_is_the_number_of_features(self):
        text = "input: [2, 3, 4]\nlayers: [flatten, {branches: {a: linear $(in//2)}}]"
        assert outputs(text)[1] == (12,)


class TestParameters:
    TEXT = """\
        parameters: {alpha: 1, res: 16}
        input: [8, $res, $(res*2)]
        layers: conv 1x1 $(32*alpha)
        variants:
          own: {}
          half: {parameters: {alpha: 0.5}}
          small: {parameters: {res: 4}, layers: conv 1x1 $(res*alpha)}
        """

    def test_a_document_gives_its_own_values(self):
        assert network(self.TEXT, "own").output_shape == (32, 16, 32)

    def test_a_variant_comes_before_the_document(self):
        assert network(self.TEXT, "half").output_shape == (16, 16, 32)
        assert network(self.TEXT, "small").output_shape == (4, 4, 8)

    def test_what_the_caller_sets_comes_before_both(self):
        assert network(self.TEXT, "own", alpha=0.25).output_shape == (8, 16, 32)
        assert network(self.TEXT, "half", alpha=2).output_shape == (64, 16, 32)
        assert network(self.TEXT, "small", res=5, alpha="3").output_shape == (15, 5, 10)

    def test_an_unknown_parameter_is_an_error(self):
        with pytest.raises(convcalc.UsageError, match="beta"):
            network(self.TEXT, "own", beta=1)

    def test_a_variant_may_declare_one_of_its_own(self):
        text = "input: [8, 4, 4]\nlayers: relu\nvariants: {a: {parameters: {n: 3}, layers: conv 1x1 $n}}"
        assert network(text).output_shape == (3, 4, 4)
        assert network(text, n=5).output_shape == (5, 4, 4)

    def test_they_work_in_blocks_arguments_and_repeats(self):
        head = "parameters: {n: 2, k: 3}\ninput: [8, 16, 16]"
        text = blocks("blk(c): [conv $(k)x$k $(c*n)]", "{repeat: $(n+1), layers: blk $k}", head)
        assert written(text) == ["conv 3x3 6"] * 3
        assert written(text, n=1) == ["conv 3x3 3"] * 2

    @pytest.mark.parametrize(
        "value", ["-1", "1e3", "1_000", "0x10", ".5", "5.", "'1 '", "$a", "[1]", "1k", "½"]
    )
    def test_one_is_a_plain_number(self, value):
        assert places(f"parameters: {{alpha: {value}}}\ninput: [8, 4, 4]\nlayers: relu") == [(1, 21)]

    def test_a_number_may_be_quoted_and_start_with_zeros(self):
        text = "parameters: {a: '3', b: 010, c: \"0.50\"}\ninput: [$a, $b, $(c*4)]\nlayers: relu"
        assert network(text).input_shape == (3, 10, 2)

    @pytest.mark.parametrize("name", ["in", "a-b", "1a", "$a"])
    def test_a_name_is_one_word_and_not_in(self, name):
        assert places(f"parameters: {{{name}: 1}}\ninput: [8, 4, 4]\nlayers: relu") == [(1, 14)]

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("input: [8, 4, 4]\nlayers: [relu, conv 1x1 $m]", (2, 25)),
            ("input: [8, 4, 4]\nlayers: [relu, conv 1x1 $(2*m)]", (2, 25)),
            ("input: [8, 4, $m]\nlayers: relu", (1, 15)),
            ("input: [8, 4, 4]\nlayers: {repeat: $m, layers: relu}", (2, 18)),
            ("input: [8, 4, 4]\nlayers: $m", (2, 9)),
        ],
    )
    def test_an_unknown_name_is_an_error_at_its_word(self, text, place):
        assert places(text) == [place]

    @pytest.mark.parametrize(
        "text",
        [
            "defaults: {conv: {groups: $n}}\nlayers: conv 1x1 2",
            "layers: relu\nexpect: {params: $n}",
            "layers: relu\nbudget: {params: $n}",
            "layers: {branches: {a: relu, b: relu}, merge: $m}",
        ],
    )
    def test_they_work_nowhere_else(self, text):
        assert len(problems(f"parameters: {{n: 2}}\ninput: [8, 4, 4]\n{text}")) == 1

    @pytest.mark.parametrize(
        "text", ["$", "$ n", "${n}", "$1", "conv 1x1 $", "conv 1x1 $(n", "conv 1x1 $-"]
    )
    def test_a_dollar_needs_a_name_or_an_expression(self, text):
        assert problems(f"parameters: {{n: 2}}\ninput: [8, 4, 4]\nlayers: '{text}'")[0].mark.line == 3

    def test_an_expression_that_a_comma_cuts_asks_for_quotes(self):
        found = problems("input: [8, 4, 4]\nlayers: [conv 1x1 $(max(2, 3))]")
        assert "quotes" in found[0].message
        text = 'input: [8, 4, 4]\nlayers: ["conv 1x1 $(max(2, 3))"]'
        assert network(text).output_shape == (3, 4, 4)


class TestInput:
    @pytest.mark.parametrize(
        "text",
        [
            "[3, 4, 5]",
            "{channels: 3, height: 4, width: 5}",
            "{width: 5, channels: 3, height: 4}",
            "['3', \"4\", 5]",
            "[$c, $(c+1), $(c*2-1)]",
            "{channels: $c, height: 4, width: $(2+c)}",
            "3x4x5",
            "3×4×5",
            "$(c)x4x$(c + 2)",
        ],
    )
    def test_it_is_a_list_a_mapping_or_a_text(self, text):
        assert network(f"parameters: {{c: 3}}\ninput: {text}\nlayers: relu").input_shape == (3, 4, 5)

    @pytest.mark.parametrize(
        "text",
        [
            "[3, 4, 5, 6, 7]",
            "[]",
            "{channels: 3, height: 4}",
            "{channels: 3, height: 4, width: 5, length: 6}",
            "{features: 3, length: 4}",
            "{length: 4}",
            "3xfour",
            "3, 4, 5",
            "[0, 4, 5]",
            "[3, -4, 5]",
            "[3, 4.5, 5]",
            "[3, 4, [5]]",
            "[3, 4, 1000000000001]",
            "[3, 4, five]",
            "[3, 4, $in]",
            "[3, 4, $(1//2)]",
        ],
    )
    def test_anything_else_is_an_error_where_it_stands(self, text):
        (problem,) = problems(f"input: {text}\nlayers: relu")
        assert problem.mark.line == 1
        assert problem.mark.column >= 8

    @pytest.mark.parametrize(
        ("text", "shape"),
        [
            ("[7]", (7,)),
            ("{features: 7}", (7,)),
            ("[3, 4]", (3, 4)),
            ("{length: 4, channels: 3}", (3, 4)),
            ("[3, 4, 5, 6]", (3, 4, 5, 6)),
            ("{channels: 3, height: 5, width: 6, depth: 4}", (3, 4, 5, 6)),
        ],
    )
    def test_it_has_any_number_of_axes_up_to_three(self, text, shape):
        assert network(f"input: {text}\nlayers: relu").input_shape == shape

    def test_a_document_without_one_is_an_error_at_its_start(self):
        assert places("name: x\nlayers: relu") == [(1, 1)]

    def test_the_caller_may_replace_it(self):
        text = "input: [8, 4, 4]\nlayers: conv 1x1 $in"
        assert convcalc.loads(text, input_shape=(5, 6, 7)).output_shape == (5, 6, 7)
        assert convcalc.loads("layers: conv 1x1 $in", input_shape=(5, 6, 7)).output_shape == (5, 6, 7)


class TestDefaults:
    def test_they_hold_for_the_whole_file(self):
        text = blocks(
            "blk: conv 3x3 4",
            "[conv 3x3 4, blk, {op: conv, kernel_size: 3, out_channels: 4}, dwconv 3x3]",
            "defaults: {conv: {bias: true, padding: valid}}\ninput: [8, 16, 16]",
        )
        net = network(text)
        assert [layer.cost.biases for layer in net.layers] == [4, 4, 4, 0]
        assert net.output_shape == (4, 10, 10)

    def test_what_a_layer_says_comes_first(self):
        text = """\
            defaults: {conv: {bias: true, padding: valid, stride: 2}}
            input: [8, 16, 16]
            layers: [conv 3x3/1 4 same bias=false, conv 3x3 4]
            """
        net = network(text)
        assert [(layer.cost.biases, layer.output) for layer in net.layers] == [
            (0, (4, 16, 16)),
            (4, (4, 7, 7)),
        ]

    @pytest.mark.parametrize(
        ("defaults", "place"),
        [
            ("{cnov: {bias: true}}", (1, 12)),
            ("{conv: {bais: true}}", (1, 19)),
            ("{conv: {bias: maybe}}", (1, 25)),
            ("{conv: {out_channels: 3}}", (1, 19)),
            ("{relu: {bias: true}}", (1, 19)),
            ("{conv: bias}", (1, 18)),
            ("[conv]", (1, 11)),
        ],
    )
    def test_they_are_options_that_an_operation_has(self, defaults, place):
        assert places(f"defaults: {defaults}\ninput: [8, 4, 4]\nlayers: sigmoid") == [place]


class TestVariants:
    DOCUMENT = """\
        name: base
        source: the paper
        description: as it is
        input: {channels: 8, height: 16, width: 12}
        parameters: {n: 4, m: 6}
        defaults: {conv: {bias: true, padding: valid}, linear: {bias: true}}
        define:
          blk(c): conv 3x3 $c
          other: conv 1x1 5
        layers: [blk $n, other, conv 1x1 $m]
        expect: {params: 1, macs: 2}
        budget: {params: 3k, macs: 4M}
        variants:
          v: VARIANT
        """

    def overlaid(self, variant):
        return network(self.DOCUMENT.replace("VARIANT", variant))

    def shapes(self, variant):
        return [layer.output for layer in self.overlaid(variant).layers]

    def test_an_empty_overlay_is_the_whole_document(self):
        net = self.overlaid("{}")
        assert (net.title, net.source, net.description) == ("base#v", "the paper", "as it is")
        assert [layer.output for layer in net.layers] == [(4, 14, 10), (5, 14, 10), (6, 14, 10)]
        # 3·3·8·4 + 4, 4·5 + 5, 5·6 + 6
        assert [layer.params for layer in net.layers] == [292, 25, 36]

    def test_texts_are_replaced(self):
        net = self.overlaid("{name: other, source: a blog}")
        assert (net.title, net.source, net.description) == ("other#v", "a blog", "as it is")

    def test_an_input_that_is_a_mapping_is_merged_by_key(self):
        assert self.overlaid("{input: {height: 20}}").input_shape == (8, 20, 12)

    def test_an_input_that_is_a_list_is_replaced(self):
        assert self.overlaid("{input: [8, 9, 9]}").input_shape == (8, 9, 9)

    def test_parameters_are_merged_by_name(self):
        assert [shape[0] for shape in self.shapes("{parameters: {n: 9}}")] == [9, 5, 6]

    def test_defaults_are_merged_by_option(self):
        net = self.overlaid("{defaults: {conv: {bias: false}, dwconv: {bias: true}}}")
        assert [layer.params for layer in net.layers] == [288, 20, 30]
        assert net.output_shape == (6, 14, 10)
        net = self.overlaid("{defaults: {conv: {padding: same}}, layers: [conv 3x3 4, linear 3]}")
        # the biases of conv and linear stay
        assert [layer.cost.biases for layer in net.layers] == [4, 3]
        assert net.layers[0].output == (4, 16, 12)

    def test_blocks_are_merged_by_name(self):
        assert self.shapes("{define: {other: conv 1x1 7}}")[:2] == [(4, 14, 10), (7, 14, 10)]

    def test_a_block_is_the_same_whatever_its_arguments(self):
        shapes = self.shapes('{define: {"blk(c, k=1x1)": conv $k $(c*2)}}')
        assert shapes == [(8, 16, 12), (5, 16, 12), (6, 16, 12)]

    def test_layers_replace_layers(self):
        assert self.shapes("{layers: [other]}") == [(5, 16, 12)]

    def test_branches_replace_layers(self):
        assert self.shapes("{branches: {a: other, b: other}}") == [
            (5, 16, 12),
            (5, 16, 12),
            (10, 16, 12),
        ]

    def test_facts_are_merged_by_quantity(self):
        net = self.overlaid("{expect: {macs: 5, output: [1]}, budget: {macs: 6, flops: 7}}")
        assert {key: fact.value for key, fact in net.expect.items()} == {
            "params": 1,
            "macs": 5,
            "output": (1,),
        }
        assert {rule.quantity: rule.value for rule in net.budget} == {
            "params": 3000,
            "macs": 6,
            "flops": 7,
        }

    def test_layers_replace_branches_and_their_merge(self):
        text = """\
            input: [8, 4, 4]
            branches: {a: relu, b: relu}
            merge: add
            variants: {v: {layers: [sigmoid]}, w: {branches: {c: relu, d: relu, e: relu}}}
            """
        assert [layer.op for layer in network(text, "v").layers] == ["sigmoid"]
        # the branches c, d and e alone, and no longer with the document's merge
        assert network(text, "w").output_shape == (24, 4, 4)
        assert len(network(text, "w").layers) == 4

    def test_a_variant_may_hold_what_the_document_lacks(self):
        text = "variants: {a: {input: [3, 4, 4], layers: relu}, b: {input: [5, 6, 6], layers: flatten}}"
        assert network(text, "a").output_shape == (3, 4, 4)
        assert network(text, "b").output_shape == (180,)

    def test_one_variant_does_not_change_another(self):
        text = """\
            input: [8, 4, 4]
            parameters: {n: 1}
            define: {blk: conv 1x1 $n}
            layers: blk
            variants:
              a: {parameters: {n: 2}, define: {blk: conv 1x1 $(n*10)}}
              b: {}
              c: {parameters: {n: 3}}
            """
        assert [network(text, name).output_shape[0] for name in "abc"] == [20, 1, 3]

    @pytest.mark.parametrize(
        ("variants", "place"),
        [
            ("{v: {layesr: relu}}", (3, 16)),
            ("{v: relu}", (3, 15)),
            ("[v]", (3, 11)),
            ("{v: {layers: relu, branches: {a: relu}}}", (3, 30)),
            ("{v: {layers: rleu}}", (3, 24)),
            ("{a: {}, v: {parameters: {n: -1}}}", (3, 39)),
        ],
    )
    def test_a_wrong_overlay_is_an_error_where_it_stands(self, variants, place):
        assert places(f"input: [8, 4, 4]\nlayers: relu\nvariants: {variants}") == [place]

    def test_a_mistake_in_the_document_is_reported_once_for_all_variants(self):
        text = "input: [8, 4, 4]\nlayers: [rleu, conv 9x9 4 valid]\nvariants: {a: {}, b: {}, c: {}}"
        assert places(text) == [(2, 10)]


class TestDocument:
    def test_layers_and_branches_never_stand_together(self):
        assert places("input: [8, 4, 4]\nlayers: relu\nbranches: {a: relu}") == [(3, 1)]

    def test_one_of_them_must_stand(self):
        assert places("name: x\ninput: [8, 4, 4]") == [(1, 1)]

    def test_a_merge_needs_branches(self):
        assert places("input: [8, 4, 4]\nlayers: relu\nmerge: add") == [(3, 1)]

    def test_an_unknown_key_is_an_error(self):
        assert places("input: [8, 4, 4]\nlayer: relu\nlayers: relu") == [(2, 1)]

    def test_what_is_expected_and_allowed_is_read_exactly(self):
        net = network("""\
            input: [8, 4, 4]
            layers: relu
            expect: {params: 12, weights: 0, biases: 007, macs: '34', activations: 5, output: [8, 4, 4]}
            budget: {params: 170k, macs: 1.5M, flops: 2G, activations: 12345678901234567}
            """)
        assert {key: fact.value for key, fact in net.expect.items()} == {
            "params": 12,
            "weights": 0,
            "biases": 7,
            "macs": 34,
            "activations": 5,
            "output": (8, 4, 4),
        }
        assert {rule.quantity: rule.value for rule in net.budget} == {
            "params": 170_000,
            "macs": 1_500_000,
            "flops": 2_000_000_000,
            "activations": 12_345_678_901_234_567,
        }
        assert net.expect["macs"].mark[:2] == (3, 47)
        assert [rule.mark[:2] for rule in net.budget if rule.quantity == "flops"] == [(4, 36)]

    @pytest.mark.parametrize(
        "facts",
        [
            "expect: {params: 170k}",
            "expect: {params: 1.0}",
            "expect: {params: -1}",
            "expect: {params: [1]}",
            "expect: {flops: 12}",
            "expect: {output: twelve}",
            "expect: {output: [1, 2, 3, 4, 5]}",
            "expect: {output: [a]}",
            "expect: 12",
            "budget: {params: 256Ki}",
            "budget: {weight_bytes: 256KB}",
            "budget: {params: 1.5}",
            "budget: {params: 1.2345k}",
            "budget: {params: 170K}",
            "budget: {params: 1 M}",
            "budget: {params: k}",
            "budget: {params: 1e6}",
            "budget: {output: [8, 4, 4]}",
            "budget: [params]",
        ],
    )
    def test_any_other_fact_is_an_error_where_it_stands(self, facts):
        (problem,) = problems(f"input: [8, 4, 4]\nlayers: relu\n{facts}")
        assert problem.mark.line == 3
        assert problem.mark.column > len("expect: ")

    def test_facts_are_not_judged_when_a_file_is_loaded(self):
        net = network("input: [8, 4, 4]\nlayers: relu\nexpect: {params: 99}\nbudget: {macs: 0}")
        assert net.total.params == 0

    def test_an_empty_list_is_the_identity(self):
        net = network("input: [8, 4, 4]\nlayers: []")
        assert (net.layers, net.output_shape) == ((), (8, 4, 4))
        assert outputs("input: [8, 4, 4]\nbranches: {a: [], b: conv 1x1 3}") == [(3, 4, 4), (11, 4, 4)]


class TestRepeat:
    @pytest.mark.parametrize(
        ("count", "channels"), [("0", 8), ("1", 9), ("3", 11), ("$n", 10), ("$(n*2)", 12)]
    )
    def test_the_body_is_written_that_often(self, count, channels):
        # each time one channel more
        head = "parameters: {n: 2}\ninput: [8, 4, 4]"
        text = blocks(
            "more: {branches: {x: identity, y: conv 1x1 1}}", f"{{repeat: {count}, layers: more}}", head
        )
        assert network(text).output_shape == (channels, 4, 4)

    @pytest.mark.parametrize(
        "count", ["-1", "1.5", "two", "$(1//2-1)", "$(3*0.5)", "[2]", "1000000000001"]
    )
    def test_a_count_is_a_whole_number(self, count):
        assert places(f"input: [8, 4, 4]\nlayers: {{repeat: {count}, layers: relu}}") == [(2, 18)]

    def test_it_needs_a_body_and_nothing_else(self):
        assert places("input: [8, 4, 4]\nlayers: {repeat: 2}") == [(2, 10)]
        assert places("input: [8, 4, 4]\nlayers: {repeat: 2, layers: relu, name: x}") == [(2, 35)]

    @pytest.mark.parametrize(
        "body",
        [
            "{repeat: 1000000000000, layers: relu}",
            "{repeat: 1000000000000, layers: []}",
            "{repeat: 10000, layers: {repeat: 10000, layers: []}}",
            "{repeat: 1000, layers: {repeat: 1000, layers: {repeat: 0, layers: []}}}",
            "{repeat: 100000, layers: [[], [], [], [], [], [], [], [], [], []]}",
        ],
    )
    def test_the_expansion_has_a_limit_even_where_it_is_empty(self, body):
        assert len(problems(f"input: [8, 4, 4]\nlayers: {body}")) == 1

    def test_blocks_that_double_each_other_meet_the_limit(self):
        define = (
            "\n".join(f"b{level}: [b{level + 1}, b{level + 1}]" for level in range(40)) + "\nb40: []"
        )
        assert len(problems(blocks(define, "b0"))) == 1


class TestMerges:
    @pytest.mark.parametrize(
        ("branches", "merge", "output"),
        [
            ("{a: conv 1x1 3, b: conv 1x1 4}", "concat", (7, 4, 6)),
            ("{a: conv 1x1 3}", "concat", (3, 4, 6)),
            ("{a: [flatten, linear 3], b: linear 4}", "concat", (7,)),
            ("{a: identity, b: conv 1x1 8}", "add", (8, 4, 6)),
            ("{a: linear 3, b: linear 3, c: linear 3}", "add", (3,)),
            ("{a: identity, b: sigmoid}", "mul", (8, 4, 6)),
            # gates of 8 × 1 × 1 or 8, in any place, several of them
            ("{a: identity, g: global_avgpool}", "mul", (8, 4, 6)),
            ("{g: global_avgpool, a: identity}", "mul", (8, 4, 6)),
            ("{g: [global_avgpool, flatten], a: identity}", "mul", (8, 4, 6)),
            ("{g: global_avgpool, a: identity, h: linear 8, b: relu}", "mul", (8, 4, 6)),
            ("{g: global_avgpool, h: linear 8}", "mul", (8, 1, 1)),
            ("{h: linear 8, g: global_avgpool}", "mul", (8, 1, 1)),
            ("{g: linear 8, h: linear 8}", "mul", (8,)),
            # one row, one channel, and both, all along the whole
            (
                "{a: identity, g: maxpool 4x1/4x1, h: conv 1x1 1, i: [conv 1x1 1, global_avgpool]}",
                "mul",
                (8, 4, 6),
            ),
        ],
    )
    def test_branches_come_together(self, branches, merge, output):
        text = f"input: [8, 4, 6]\nbranches: {branches}\nmerge: {merge}"
        assert network(text).output_shape == output
        assert outputs(text)[-1] == output

    @pytest.mark.parametrize(
        ("branches", "merge"),
        [
            ("{a: identity, b: maxpool 3x3/2}", "concat"),
            ("{a: identity, b: maxpool 3x3/2x1}", "concat"),
            ("{a: identity, b: conv 1x1 9}", "add"),
            ("{a: identity, b: maxpool 3x3/1x2}", "add"),
            ("{a: identity, b: global_avgpool}", "add"),
            ("{a: identity, b: [global_avgpool, conv 1x1 4]}", "mul"),
            ("{a: identity, b: maxpool 3x3/2}", "mul"),
            ("{a: identity, b: maxpool 2x1/2x1}", "mul"),
            ("{a: linear 3, b: linear 4}", "mul"),
            ("{a: linear 3, b: linear 4}", "add"),
            ("{a: identity, b: flatten}", "concat"),
            ("{a: flatten, b: global_avgpool}", "concat"),
            ("{a: flatten, b: identity}", "add"),
        ],
    )
    def test_branches_that_do_not_fit_are_an_error_in_the_text(self, branches, merge):
        (problem,) = problems(f"input: [8, 4, 6]\nbranches: {branches}\nmerge: {merge}")
        assert problem.mark.line == 2

    @pytest.mark.parametrize("merge", ["sum", "Concat", "[add]", "''"])
    def test_an_unknown_merge_is_an_error(self, merge):
        assert places(f"input: [8, 4, 6]\nbranches: {{a: relu}}\nmerge: {merge}") == [(3, 8)]

    def test_no_branch_is_an_error(self):
        assert places("input: [8, 4, 6]\nbranches: {}") == [(2, 1)]

    def test_the_error_points_at_the_layer_that_changed_the_size(self):
        text = """\
            input: [8, 28, 28]
            branches:
              1x1: conv 1x1 64
              5x5: [conv 1x1 16, conv 5x5 32 valid, relu]
            """
        (problem,) = problems(text)
        assert problem.mark == (4, 22, len("conv 5x5 32 valid"))
        assert "32×24×24" in problem.message
        assert "64×28×28" in problem.message

    def test_a_broken_branch_is_not_also_said_not_to_fit(self):
        text = "input: [8, 4, 4]\nbranches: {a: conv 9x9 3 valid, b: relu, c: relu}\nmerge: add"
        assert places(text) == [(2, 20)]

    def test_what_follows_a_broken_branch_is_not_reported(self):
        branches = "{branches: {a: conv 9x9 3 valid, b: conv 1x1 5}}"
        assert places(f"input: [8, 4, 4]\nlayers: [{branches}, conv 1x1 4 groups=2]") == [(2, 30)]

    def test_what_follows_a_broken_layer_is_not_reported(self):
        after = "conv 1x1 4 groups=3, {branches: {a: relu, b: flatten}}"
        assert places(f"input: [8, 4, 4]\nlayers: [conv 9x9 3 valid, {after}]") == [(2, 15)]


class TestSideHeads:
    TEXT = "input: [8, 4, 4]\nlayers: [relu, {aux: [conv 1x1 3, linear 5]}, conv 1x1 2]"

    def test_one_is_fed_by_its_place_and_leaves_the_main_path_alone(self):
        assert [(layer.path, layer.input, layer.aux) for layer in network(self.TEXT).layers] == [
            ("relu1", (8, 4, 4), False),
            ("aux1/conv1", (8, 4, 4), True),
            ("aux1/linear1", (3, 4, 4), True),
            ("conv1", (8, 4, 4), False),
        ]

    def test_blocks_and_branches_within_one_are_aside_too(self):
        body = "[{aux: [{branches: {a: relu, b: [blk]}}, {aux: relu}]}, relu]"
        net = network(blocks("blk: [relu]", body))
        assert [layer.aux for layer in net.layers] == [True, True, True, True, False]

    def test_a_mistake_within_one_is_reported_and_does_not_hide_others(self):
        text = "input: [8, 4, 4]\nlayers: [{aux: conv 9x9 1 valid}, conv 1x1 2 groups=3]"
        assert places(text) == [(2, 21), (2, 46)]


class TestBodiesInPlace:
    def test_one_is_named_as_it_is_written(self):
        net = load_body("[conv 1x1 16, conv 5x5 32]", (192, 28, 28))
        assert net.title == "conv 1x1 16, conv 5x5 32"
        assert net.output_shape == (32, 28, 28)
        # Szegedy et al. 2014, Figure 2(b): 1·1·192·16 + 5·5·16·32
        assert net.total.params == 15_872
        assert load_body("conv 5x5 32", (192, 28, 28)).title == "conv 5x5 32"

    def test_it_is_any_body_of_the_language(self):
        text = (
            "{branches: {x: identity, g: [global_avgpool, conv 1x1 $(in//4), conv 1x1 $in]}, merge: mul}"
        )
        assert load_body(text, (8, 4, 4)).output_shape == (8, 4, 4)
        assert load_body("{repeat: 2, layers: {a: [relu]}}", (8, 4, 4)).layers[1].path == "a2/relu1"
        assert load_body("[]", (8, 4, 4)).layers == ()

    @pytest.mark.parametrize(
        "text", ["cnov 3x3 4", "[relu, blk]", "conv 3x3 $n", "conv 9x9 4 valid", "[", ""]
    )
    def test_a_mistake_is_an_error_of_the_specification(self, text):
        with pytest.raises(convcalc.SpecError):
            load_body(text, (8, 4, 4))


class TestWhatIsExpanded:
    def test_groups_have_a_kind_and_are_written_as_their_author_did(self):
        define = "pair(c): {branches: {a: conv 1x1 $c, b: relu}}\nline(c): [conv 1x1 $c, relu]"
        body = "\n- pair 4\n- line c=4\n- x: [relu]\n- {branches: {a: [relu], b: {y: relu}}, merge: add}"
        body += "\n- r: {repeat: 2, layers: relu}"
        net = network(blocks(define, f"{body}\n- aux: linear 5"))
        groups = [item for item in net.items if not hasattr(item, "cost")]
        assert [(group.path, group.kind, group.written, group.line) for group in groups] == [
            ("pair1", "concat", "pair 4", 6),
            ("line1", "layers", "line c=4", 7),
            ("x", "layers", "", 8),
            ("add1", "add", "", 9),
            ("add1/a", "layers", "", 9),
            ("add1/b", "layers", "", 9),
            ("r", "layers", "", 10),
            ("aux1", "aux", "", 11),
        ]
        whole, map_ = (8, 16, 16), (4, 16, 16)
        assert [(group.input, group.output) for group in groups] == [
            *((whole, (12, 16, 16)), ((12, 16, 16), map_), (map_, map_), (map_, map_)),
            *((map_, map_), (map_, map_), (map_, map_), (map_, (5,))),
        ]

    def test_a_layer_has_the_shapes_of_all_its_sources(self):
        text = "{branches: {a: conv 1x1 3, b: identity, c: [relu, conv 1x1 6]}}"
        net = load_body(text, (8, 4, 4))
        assert [layer.inputs for layer in net.layers] == [
            ((8, 4, 4),),
            ((8, 4, 4),),
            ((8, 4, 4),),
            ((8, 4, 4),),
            ((3, 4, 4), (8, 4, 4), (6, 4, 4)),
        ]
        assert net.layers[-1].input == (8, 4, 4)

    def test_a_network_is_merged_only_where_it_is_branches_and_nothing_else(self):
        branches = "{branches: {a: relu, b: relu}, merge: add}"
        assert network(f"input: [8, 4, 4]\nlayers: {branches}").merge == "add"
        assert network(f"input: [8, 4, 4]\nlayers: [relu, {{x: {branches}}}]").merge is None

    def test_a_merge_stands_where_its_branches_are_written(self):
        body = "\n- relu\n- branches:\n    a: relu\n    b: relu\n"
        assert [(one.op, one.line) for one in network(f"input: [8, 4, 4]\nlayers:{body}").layers] == [
            *(("relu", 3), ("relu", 5), ("relu", 6), ("concat", 4)),
        ]

    def test_a_repeat_numbers_its_own_names_and_not_those_within_its_branches(self):
        body = "{repeat: 2, layers: [{x: relu}, {branches: {a: [{y: relu}], b: relu}}]}"
        assert [layer.path for layer in network(f"input: [8, 4, 4]\nlayers: {body}").layers] == [
            *("x1", "concat1/a/y", "concat1/b", "concat1/concat"),
            *("x2", "concat2/a/y", "concat2/b", "concat2/concat"),
        ]

    def test_every_body_is_a_step_and_a_set_of_branches_is_one_more(self):
        body = "[relu, {branches: {a: [relu], b: relu}}, {repeat: 2, layers: relu}]"
        text = f"input: [8, 4, 4]\nlayers: {body}"
        (plan,) = plans_in(Source("-", "-", "-", text.encode()), None)
        steps = Steps()
        assert plan.try_network(Overrides(), plan.report, steps)
        # the list and relu; branches twice; in a the list, by its name and by itself, with its relu;
        # b's relu; the repeat and its two
        assert steps.taken == 2 + 2 + 3 + 1 + 3

    def test_a_merge_whose_path_is_too_long_is_reported_at_its_branches(self):
        names = [*["n" * 127] * 7, "n" * 122]  # 1,020 characters with their slashes
        groups = "".join(f"[{{{name}: " for name in names)
        body = f"{groups}{{branches: {{a: relu}}}}{'}]' * len(names)}"
        text = f"input: [8, 4, 4]\nlayers: {body}\n"
        with pytest.raises(convcalc.SpecError) as refused:
            network(text)
        (problem,) = refused.value.problems
        assert problem.message == "a path of more than 1,024 characters"
        assert problem.mark[:2] == (2, text.splitlines()[1].index("{branches") + 1)

    def test_a_default_follows_from_what_enters_as_its_argument_does(self):
        net = network(blocks("f(a, b=$(2 * a), c=3): [conv 1x1 $b, conv 1x1 $c]", "[f $in]"))
        assert [[name for name, _ in layer.driven] for layer in net.layers] == [["out_channels"], []]
