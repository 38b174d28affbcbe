"""ONNX files: what nodes compute from constants, what is refused, and what is no model."""

from __future__ import annotations

import pytest
from model_files import field, given, message, node, onnx, tensor, value_info, zipped
from onnx_graphs import CONV, WEIGHTS, behind, ops, read, refusals, whole

from convcalc.importers.graph import ModelFileError, Module, Unreadable
from convcalc.importers.onnx import reader


def test_a_bias_of_what_others_read_too_is_refused(tmp_path):
    nodes = [node("Conv", "x w", "c"), node("Add", "c b2", "a"), node("Add", "a c", "y")]
    with pytest.raises(Unreadable) as error:
        read(tmp_path, nodes, [*WEIGHTS, tensor("b2", (1, 4, 1, 1))])
    assert refusals(error)[0][0] == "a constant per channel added where no layer takes it as its bias"


def test_sizes_that_the_graph_computes_are_computed(tmp_path):
    # x.view(x.size(0), -1), as TorchScript's exporter writes it.
    nodes = [
        node("Shape", "c", "s"),
        node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n first", "u"),
        node("Concat", "u rest", "t", axis=0),
        node("Reshape", "c t", "y"),
    ]
    weights = [tensor("zero", (), [0], whole=True), whole("first", 0), whole("rest", -1)]
    assert ops(behind(tmp_path, nodes, weights)) == ["conv", "flatten"]
    # The same before opset 13, where axes are attributes.
    nodes[2] = node("Unsqueeze", "n", "u", axes=[0])
    assert ops(behind(tmp_path, nodes, weights, opset=11)) == ["conv", "flatten"]


def test_pads_that_the_graph_computes_are_computed(tmp_path):
    # PyTorch's F.pad counts from the last axis on: rows of two, in the other order, then flat.
    nodes = [
        node("ConstantOfShape", "four", "z", value=tensor("", (1,), [0], whole=True)),
        node("Concat", "front z", "all", axis=0),
        node("Reshape", "all pairs", "p"),
        node("Slice", "p minus end first minus", "s"),
        node("Transpose", "s", "t", perm=[1, 0]),
        node("Reshape", "t minus", "r"),
        node("Cast", "r", "k", to=7),
        node("Pad", "c k", "y"),
    ]
    weights = [
        *(whole("four", 4), whole("front", 1, 2, 0, 3), whole("pairs", -1, 2)),
        *(whole("minus", -1), whole("end", -(2**60)), whole("first", 0)),
    ]
    pad = behind(tmp_path, nodes, weights).nodes[1]
    # Width gets 1 and 2, height 0 and 3.
    assert dict(pad.options) == {"before": (0, 1), "after": (3, 2)}
    assert pad.output == (4, 9, 9)


def test_weights_may_be_made_by_nodes(tmp_path):
    # The zoo's light files: ConstantOfShape in place of 27 MB of weights.
    nodes = [
        node("ConstantOfShape", "s", "w", value=tensor("", (1,), [0.02])),
        node("Constant", "", "b", value=tensor("", (4,))),
        CONV,
    ]
    (conv,) = read(tmp_path, nodes, [whole("s", 4, 3, 3, 3)], outputs="c").nodes
    assert (conv.params, conv.macs) == (112, 3888)


def test_weights_that_are_stored_once_are_different_weights(tmp_path):
    # TorchScript's exporter writes equal tensors once, and an Identity for each other use.
    nodes = [node("Identity", "w", "w2"), node("Conv", "x w", "a"), node("Conv", "x w2", "c")]
    nodes.append(node("Add", "a c", "y"))
    assert [one.params for one in read(tmp_path, nodes, WEIGHTS).nodes] == [108, 108, 0]
    nodes = [node("Conv", "x w", "a"), node("Conv", "x w", "c"), node("Add", "a c", "y")]
    graph = read(tmp_path, nodes, WEIGHTS)
    assert [(one.params, one.shares) for one in graph.nodes] == [(108, None), (0, 0), (0, None)]


def test_scopes_of_both_exporters_are_read(tmp_path):
    (conv,) = read(
        tmp_path,
        [node("Conv", "x w b", "y", name="/layer1/layer1.0/conv1/Conv")],
        WEIGHTS,
    ).nodes
    assert (conv.scope, conv.name) == ((Module("layer1"), Module("0")), "conv1")
    paths = "['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d']"
    nn = "torch.nn.modules"
    kinds = f"['net.Net', '{nn}.container.Sequential', 'net.Block', '{nn}.conv.Conv2d', 'aten.conv2d']"
    stated = (("pkg.torch.onnx.name_scopes", paths), ("pkg.torch.onnx.class_hierarchy", kinds))
    made = node("Conv", "x w b", "y", name="node_conv2d")
    made += b"".join(field(9, message((1, key), (2, value))) for key, value in stated)
    (conv,) = read(tmp_path, [made], WEIGHTS).nodes
    assert (conv.scope, conv.name) == ((Module("layer1", "Sequential"), Module("0", "Block")), "conv1")
    assert conv.place == 'node "node_conv2d"'


def test_everything_unknown_is_told_at_once(tmp_path):
    nodes = [
        node("NonZero", "c", "a", name="n1"),
        node("NonZero", "a", "b", name="n2"),
        node("MatMul", "b b", "d", name="n3"),
        node("com.acme", "d", "y", name="n4"),
    ]
    with pytest.raises(Unreadable) as error:
        behind(tmp_path, nodes)
    assert refusals(error) == [
        ("NonZero", 2, 'node "n1"'),
        ("MatMul of two maps (attention)", 1, 'node "n3"'),
        ("com.acme", 1, 'node "n4"'),
    ]
    assert (error.value.params, error.value.macs) == (112, 3888)


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (node("Clip", "c", "y", min=-1.0, max=1.0), "a clip to between -1 and 1"),
        (node("Pad", "c", "y", mode="reflect"), "Pad by reflect"),
        (
            node("Conv", "c w", "y"),
            "conv whose weight of 4×3×3×3 does not fit the 4 channels that enter",
        ),
        (node("Conv", "x w", "y", strides=[0, 1]), 'Conv whose "strides" does not fit 2 axes'),
        (node("Conv", "x c", "y"), "Conv whose weights are computed by the network"),
        (node("HardSigmoid", "c", "y"), "HardSigmoid with slope 0.2"),
        (node("Transpose", "c", "y", perm=[0, 0, 0, 0]), "a permutation that is none"),
        (node("Reshape", "c b", "y"), "Reshape whose sizes are no whole numbers"),
        (node("If", "c", "y"), "If"),
        (node("Relu", "c", "y") + field(7, "com.microsoft"), "com.microsoft.Relu"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(tmp_path, made, what):
    with pytest.raises(Unreadable) as error:
        behind(tmp_path, [made])
    assert refusals(error)[0][0] == what


def test_a_size_that_is_left_open_is_asked_for_and_the_batch_is_not(tmp_path):
    graph = onnx([CONV], WEIGHTS, sizes=("N", 3, "H", "W"), outputs="c")
    with pytest.raises(
        ModelFileError, match='size of the input "x" is left open; add --input 3x224x224'
    ):
        reader.read(given(tmp_path, graph))
    assert reader.read(given(tmp_path, graph, (3, 8, 8))).macs == 3888


def test_weights_outside_the_file_are_never_looked_for(tmp_path):
    place = [(13, message((1, "location"), (2, "/etc/passwd"))), (14, 1)]
    dims = [(1, size) for size in (4, 3, 3, 3)]
    outside = message(*dims, (2, 1), (8, "w"), *place)
    graph = read(tmp_path, [CONV], [outside, WEIGHTS[1]], outputs="c")
    assert (graph.params, graph.macs) == (112, 3888)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (onnx([CONV], WEIGHTS, opset=6), "opset 6; 7 to 26 are read"),
        (message((1, 8), (8, message((2, 17)))), "damaged: it has no graph"),
        (onnx([CONV], WEIGHTS)[:-30], "damaged: a field that is longer"),
        (onnx([CONV], [tensor("w", (4,)) + field(1, -4)]), "impossible sizes"),
        (onnx([CONV], WEIGHTS, sizes=(8,)), 'input "x" has no batch and channels'),
        (onnx([CONV], [*WEIGHTS, tensor("x", (1,))]), "has 0 inputs; one can be written"),
        (zipped({"a": "b"}), "damaged"),
    ],
)
def test_a_file_that_is_no_model_is_an_error(tmp_path, data, message):
    with pytest.raises(ModelFileError, match=message):
        reader.read(given(tmp_path, data))


def test_sizes_that_the_file_states_carry_on_behind_what_is_refused(tmp_path):
    nodes = [node("NonZero", "c", "a"), node("Conv", "a v", "y")]
    stated = field(13, value_info("a", (1, 4, 6, 6)))
    graph = message(*((1, one) for one in (CONV, *nodes)))
    graph += b"".join(field(5, one) for one in (*WEIGHTS, tensor("v", (5, 4, 1, 1)))) + stated
    graph += field(11, value_info("x", (1, 3, 8, 8))) + field(12, value_info("y", ()))
    with pytest.raises(Unreadable) as error:
        reader.read(given(tmp_path, message((1, 8), (7, graph), (8, message((2, 17))))))
    assert (error.value.params, error.value.macs) == (112 + 20, 3888 + 20 * 36)


def test_inputs_that_no_node_reads_are_none(tmp_path):
    """As the constants that were folded into others leave behind."""

    def model(reads):
        inputs = [(11, value_info("left", (1, 1, 1, 3))), (11, value_info("x", (1, 3, 8, 8)))]
        nodes = [(1, CONV), (1, node("Add", f"c {reads}", "y"))]
        graph = message(*nodes, *((5, one) for one in WEIGHTS), *inputs, (12, value_info("y", ())))
        return message((1, 8), (7, graph), (8, message((2, 17))))

    assert ops(reader.read(given(tmp_path, model("c")))) == ["conv", "add"]
    with pytest.raises(ModelFileError, match="the network has 2 inputs; one can be written"):
        reader.read(given(tmp_path, model("left")))
