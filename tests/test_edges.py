"""Names as edges: what each form gives. What a broken rule says stands under tests/bad."""

from __future__ import annotations

import pytest

import convcalc
from convcalc.network.model import Network


def net(layers: str, define: str = "", head: str = "input: [4, 8, 8]") -> Network:
    blocks = f"define: {{{define}}}\n" if define else ""
    return convcalc.loads(f"{head}\n{blocks}layers: {layers}\n")


def edges(network: Network) -> dict[str, list[str | None]]:
    """Each layer's sources by path; None is the input."""
    layers = network.layers
    return {
        layer.path: [None if one < 0 else layers[one].path for one in layer.sources] for layer in layers
    }


class TestFlow:
    def test_from_goes_on_from_what_leaves_a_name(self):
        network = net("[a: conv 1x1 2, b: conv 1x1 3, from a, c: conv 1x1 5, concat b]")
        assert edges(network) == {
            "a": [None],
            "b": ["a"],
            "c": ["a"],
            "concat1": ["c", "b"],
        }
        assert network.output_shape == (8, 8, 8)  # c's 5 channels, then b's 3

    @pytest.mark.parametrize("written", ["concat a b", "{op: concat, inputs: [a, b]}"])
    def test_a_merge_takes_the_flow_and_then_the_named_in_order(self, written):
        network = net(f"[a: conv 1x1 2, b: conv 1x1 3, c: conv 1x1 5, m: {written}]")
        assert edges(network)["m"] == ["c", "a", "b"]
        assert network.layers[-1].output == (10, 8, 8)
        assert network.layers[-1].written == "concat a b"

    def test_in_is_what_enters_a_block_branches_a_round_or_the_network(self):
        network = net(
            "[conv 1x1 4, r: res, {repeat: 2, layers: [relu, add in]}, m: [relu, {branches: "
            "{x: [tanh, add in], y: sigmoid}, merge: add}], add in]",
            "res: [relu, add in]",
        )
        found = edges(network)
        assert found["r/add1"] == ["r/relu1", "conv1"]
        assert found["add1"] == ["relu1", "r/add1"]
        assert found["add2"] == ["relu2", "add1"]
        assert found["m/add1/x/add1"] == ["m/add1/x/tanh1", "m/relu1"]
        assert found["add3"] == ["m/add1/add", None]

    def test_a_name_handed_to_a_block_is_looked_for_where_it_is_written(self):
        network = net(
            "[g: [a: conv 1x1 2, b: relu], outer 5 g/a]",
            "'outer(c, s)': [a: conv 1x1 $c, inner $s], 'inner(t)': [a: relu, concat $t]",
        )
        assert edges(network)["outer1/inner1/concat1"] == ["outer1/inner1/a", "g/a"]
        assert network.layers[-1].written == "concat g/a"
        network = net(
            "[g: [a: conv 1x1 2], outer g]", "'outer(s)': inner $s/a, 'inner(t)': [relu, add $t]"
        )
        assert edges(network)["outer1/inner1/add1"] == ["outer1/inner1/relu1", "g/a"]

    def test_a_repeated_name_means_its_latest(self):
        network = net("[x: conv 1x1 4, {repeat: 3, layers: [relu, add x, x: tanh]}, sigmoid, add x]")
        found = edges(network)
        assert [found[f"add{n}"][1] for n in (1, 2, 3, 4)] == ["x", "x1", "x2", "x3"]

    def test_the_first_round_may_read_above_its_group(self):
        network = net("[x: conv 1x1 4, g: [{repeat: 2, layers: [relu, add x, x: tanh]}]]")
        found = edges(network)
        assert (found["g/add1"][1], found["g/add2"][1]) == ("x", "g/x1")

    def test_a_name_on_nothing_stands_for_what_flows_there(self):
        network = net("[a: conv 1x1 4, e: [], z: {repeat: 0, layers: relu}, f: from a, relu, add f]")
        assert edges(network)["add1"] == ["relu1", "a"]

    def test_a_side_of_an_if_stands_in_its_place(self):
        for side, op in ((1, "tanh"), (0, "relu")):
            network = net(
                f"[x: conv 1x1 4, {{if: {side}, layers: {{s: tanh}}, else: {{s: relu}}}}, add x]"
            )
            assert [layer.op for layer in network.layers] == ["conv", op, "add"]
            assert network.layers[1].path == "s"
        assert len(net("[x: conv 1x1 4, {if: 0, layers: relu}]").layers) == 1

    def test_numbers_skip_only_names_that_are_there(self):
        text = "[{if: %d, layers: {relu1: tanh}, else: {t: tanh}}, relu]"
        assert [layer.path for layer in net(text % 1).layers] == ["relu1", "relu2"]
        assert [layer.path for layer in net(text % 0).layers] == ["t", "relu1"]


class TestOutputs:
    NET = "[a: conv 1x1 2, {out: {p: conv 1x1 3}}, b: maxpool 2x2/2, out: conv 1x1 5]"

    def test_outputs_are_what_leaves(self):
        network = net(self.NET)
        assert [(one.path, one.shape) for one in network.outputs] == [
            ("p", (3, 8, 8)),
            ("conv1", (5, 4, 4)),
        ]
        assert network.output_shape is None
        # 4·2 + 2·3 + 2·5 weights; the first two at 64 positions, the last at 16
        assert (network.total.params, network.total.macs) == (24, 64 * 14 + 16 * 10)

    def test_an_output_lives_to_the_end(self):
        network = net("[{out: {p: conv 1x1 30}}, conv 1x1 2, conv 1x1 2, out: []]")
        # While the second convolution runs: its input and output, and p, which no layer reads.
        assert network.peak_activations() == (4 + 2 + 30) * 64

    def test_what_only_an_aux_reads_is_counted(self):
        network = net("[a: conv 1x1 2, b: conv 1x1 3, aux: conv 1x1 7, from a, relu]")
        assert network.total.params == 8 + 6
        assert network.ends == (3,)


class TestAgain:
    def test_weights_count_once_and_multiply_adds_twice(self):
        network = net("[g: [conv 3x3 4 bias, batchnorm], h: again g]")
        assert network.total.params == 3 * 3 * 4 * 4 + 4 + 8
        assert network.total.macs == 2 * 64 * 144
        assert [layer.shares for layer in network.layers] == [None, None, 0, 1]
        assert [layer.path for layer in network.layers][2:] == ["h/conv1", "h/batchnorm1"]

    def test_a_head_that_is_used_again_is_its_body_and_may_be_fed_elsewhere(self):
        network = net(
            "[a: conv 1x1 4, b: maxpool 2x2/2, from a, {out: {h: [conv 1x1 3, relu]}}, "
            "from b, out: again h]"
        )
        assert [one.path for one in network.outputs] == ["h", "again1"]
        assert network.outputs[1].shape == (3, 4, 4)

    def test_outputs_inside_are_outputs_again(self):
        network = net("[g: [conv 1x1 4, {out: relu}], again g, out: tanh]")
        assert [one.path for one in network.outputs] == ["g/relu1", "again1/relu1", "tanh1"]

    def test_again_is_written_with_its_values_put_in(self):
        network = net("[g: conv 1x1 4, once g]", "once(x): again $x")
        assert network.layers[-1].written == "again g"

    def test_the_first_of_several_uses_owns_the_weights(self):
        network = net("[a: conv 1x1 4, b: again a, c: again b]")
        assert [layer.shares for layer in network.layers] == [None, 0, 0]

    def test_a_copy_has_the_line_of_its_again_and_the_layers_in_it_their_own(self):
        network = net("[a: conv 1x1 4,\n g: [relu,\n tanh],\n b: again a,\n h: again g]")
        assert [(item.path, item.line) for item in network.items] == [
            *(("a", 2), ("g", 3), ("g/relu1", 3), ("g/tanh1", 4)),
            *(("b", 5), ("h", 6), ("h/relu1", 3), ("h/tanh1", 4)),
        ]

    @pytest.mark.parametrize(
        ("read", "line", "path"), [("add g/b, ", 3, "again1/b"), ("", 2, "g/b")], ids=["once", "never"]
    )
    def test_an_unread_layer_of_a_copy_is_reported_at_its_again(self, read, line, path):
        with pytest.raises(convcalc.SpecError) as error:
            net(f"[g: [a: conv 1x1 4, b: relu, from a, tanh], {read}\n again g, relu]")
        (problem,) = error.value.problems
        assert problem.mark.line == line
        assert problem.message.startswith(f'the output of "{path}" is not used')
