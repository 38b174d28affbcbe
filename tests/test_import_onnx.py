"""ONNX files: what each node amounts to, and what it costs by sizes computed by ONNX's rules."""

from __future__ import annotations

import pytest
from model_files import node, tensor
from onnx_graphs import WEIGHTS, behind, number, ops, read, refusals, whole

from convcalc.importers.graph import COUNTED_AGAIN, Unreadable


def test_a_convolution_costs_what_its_weight_and_output_say(tmp_path):
    graph = behind(tmp_path, [], outputs="c")
    (conv,) = graph.nodes
    # 108 weights and 4 biases; each of the 108 is used at 6·6 = 36 places.
    assert (conv.op, conv.output, conv.params, conv.macs) == ("conv", (4, 6, 6), 112, 3888)
    assert (graph.tool, graph.units, graph.units_read, graph.input) == ("ONNX", "nodes", 1, (3, 8, 8))


def test_strides_pads_groups_and_dilations_are_read(tmp_path):
    # (9 + 2 + 2 − 2·2 − 1)/2 + 1 = 5 rows; (9 + 0 + 0 − 4 − 1)/4 + 1 = 2 columns.
    made = node("Conv", "x w", "y", strides=[2, 4], pads=[2, 0, 2, 0], group=2, dilations=[2, 1])
    (conv,) = read(tmp_path, [made], [tensor("w", (8, 2, 3, 5))], sizes=(1, 4, 9, 9)).nodes
    assert (conv.output, conv.macs) == ((8, 5, 2), 240 * 10)
    assert (conv.option("padding"), conv.option("groups"), conv.option("dilation")) == (
        (2, 0),
        2,
        (2, 1),
    )


def test_automatic_padding_is_tensorflow_s(tmp_path):
    for word, expected in (("SAME_UPPER", "same"), ("VALID", (0, 0))):
        made = node("Conv", "x w", "y", auto_pad=word, strides=[2, 2])
        (conv,) = read(tmp_path, [made], WEIGHTS).nodes
        assert conv.option("padding") == expected
    # 8 → 4 by a kernel of 3 and a stride of 2 needs one zero; SAME_LOWER has it in front.
    made = node("Conv", "x w", "y", auto_pad="SAME_LOWER", strides=[2, 2])
    pad, conv = read(tmp_path, [made], WEIGHTS).nodes
    assert pad.options == (("before", (1, 1)), ("after", (0, 0)))
    assert conv.output == (4, 4, 4)


def test_zeros_that_differ_are_a_pad_in_front(tmp_path):
    pad, conv = read(tmp_path, [node("Conv", "x w", "y", pads=[0, 0, 1, 1])], WEIGHTS).nodes
    assert (pad.op, pad.output, conv.option("padding"), conv.output) == (
        "pad",
        (3, 9, 9),
        (0, 0),
        (4, 7, 7),
    )


def test_pools_round_up_and_drop_a_window_in_the_zeros(tmp_path):
    # PyTorch's rule, ONNX's since opset 19: of 6, windows of 2 at a stride of 3 with a zero around
    # start at −1, 2 and 5, which is in the map; at a stride of 5 without zeros at 0 and 5.
    made = node("MaxPool", "c", "y", kernel_shape=[2, 2], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1)
    pool = behind(tmp_path, [made]).nodes[1]
    assert (pool.op, pool.output, pool.option("ceil_mode")) == ("maxpool", (4, 3, 3), True)
    made = node("AveragePool", "c", "y", kernel_shape=[2, 2], strides=[5, 5], ceil_mode=1)
    assert behind(tmp_path, [made]).nodes[1].output == (4, 2, 2)


def test_a_window_with_the_whole_map_in_it_is_global(tmp_path):
    # The zoo's inception_v1: 7×7 over 6×6, with a row and a column of zeros that do not count.
    made = node("AveragePool", "c", "y", kernel_shape=[7, 7], pads=[0, 0, 1, 1])
    assert ops(behind(tmp_path, [made])) == ["conv", "global_avgpool"]
    counted = node("AveragePool", "c", "y", kernel_shape=[7, 7], pads=[0, 0, 1, 1], count_include_pad=1)
    assert ops(behind(tmp_path, [counted])) == ["conv", "pad", "avgpool"]


def test_the_end_of_a_classifier(tmp_path):
    nodes = [
        node("GlobalAveragePool", "c", "g"),
        node("Flatten", "g", "f"),
        node("Gemm", "f m n", "l", transB=1),
        node("Softmax", "l", "y"),
    ]
    graph = behind(tmp_path, nodes, [tensor("m", (10, 4)), tensor("n", (10,))])
    assert ops(graph) == ["conv", "global_avgpool", "flatten", "linear", "softmax"]
    assert (graph.nodes[3].params, graph.nodes[3].macs) == (50, 40)


def test_a_matrix_and_a_bias_behind_are_a_linear_layer(tmp_path):
    nodes = [node("Flatten", "c", "f"), node("MatMul", "f m", "l"), node("Add", "l n", "y")]
    graph = behind(tmp_path, nodes, [tensor("m", (144, 10)), tensor("n", (10,))])
    assert ops(graph) == ["conv", "flatten", "linear"]
    linear = graph.nodes[2]
    assert (linear.output, linear.params, linear.macs, linear.option("bias")) == (
        (10,),
        1450,
        1440,
        True,
    )


def test_a_bias_as_a_node_of_its_own_passes_a_reshape(tmp_path):
    # Paddle: the bias is reshaped to 1×C×1×1 and added.
    nodes = [
        node("Conv", "x w", "c"),
        node("Reshape", "b s", "r"),
        node("Add", "c r", "y"),
    ]
    (conv,) = read(tmp_path, nodes, [*WEIGHTS, whole("s", 1, 4, 1, 1)]).nodes
    assert (conv.params, conv.option("bias")) == (112, True)


def test_a_batch_norm_has_two_trained_numbers_a_channel(tmp_path):
    four = [tensor(name, (4,)) for name in "ghmv"]
    made = node("BatchNormalization", "c g h m v", "y", epsilon=1e-3)
    graph = behind(tmp_path, [made], four)
    norm = graph.nodes[1]
    assert (norm.op, norm.params, norm.option("eps")) == ("batchnorm", 8, "0.001")
    assert not graph.notes


def test_a_file_without_batch_norms_says_so(tmp_path):
    assert "exporters fold them" in behind(tmp_path, [], outputs="c").notes[0]


def test_a_hard_swish_and_a_gelu_that_are_written_out_are_told(tmp_path):
    nodes = [
        node("Add", "c three", "a"),
        node("Clip", "a zero six", "k"),
        node("Mul", "c k", "m"),
        node("Div", "m six", "y"),
    ]
    constants = [number("three", 3.0), number("zero", 0.0), number("six", 6.0)]
    assert ops(behind(tmp_path, nodes, constants)) == ["conv", "hardsigmoid", "mul"]
    nodes = [
        node("Div", "c root", "d"),
        node("Erf", "d", "e"),
        node("Add", "e one", "a"),
        node("Mul", "c a", "m"),
        node("Mul", "m half", "y"),
    ]
    constants = [number("root", 2**0.5), number("one", 1.0), number("half", 0.5)]
    assert ops(behind(tmp_path, nodes, constants)) == ["conv", "gelu"]


def test_a_clip_is_a_relu6_by_attributes_or_inputs(tmp_path):
    old = node("Clip", "c", "y", min=0.0, max=6.0)
    assert ops(behind(tmp_path, [old], opset=9)) == ["conv", "relu6"]
    new = node("Clip", "c zero six", "y")
    assert ops(behind(tmp_path, [new], [number("zero", 0.0), number("six", 6.0)])) == ["conv", "relu6"]


def test_a_group_norm_is_an_instance_norm_of_groups(tmp_path):
    nodes = [
        node("Reshape", "c groups", "r"),
        node("InstanceNormalization", "r ones zeros", "n"),
        node("Reshape", "n back", "b4"),
        node("Mul", "b4 g", "m"),
        node("Add", "m h", "y"),
    ]
    weights = [
        *(whole("groups", 0, 2, -1), whole("back", 1, 4, 6, 6)),
        *(tensor("ones", (2,), [1, 1]), tensor("zeros", (2,), [0, 0])),
        *(tensor("g", (4, 1, 1)), tensor("h", (4, 1, 1))),
    ]
    norm = behind(tmp_path, nodes, weights).nodes[1]
    assert (norm.op, norm.params) == ("groupnorm", 8)
    assert dict(norm.options) == {"groups": 2, "scale": True, "center": True}


def test_a_layer_norm_that_is_written_out_is_one(tmp_path):
    nodes = [
        node("Transpose", "c", "t", perm=[0, 2, 3, 1]),
        node("ReduceMean", "t", "mean", axes=[-1]),
        node("Sub", "t mean", "d"),
        node("Pow", "d two", "q"),
        node("ReduceMean", "q", "v", axes=[-1]),
        node("Add", "v eps", "e"),
        node("Sqrt", "e", "s"),
        node("Div", "d s", "n"),
        node("Mul", "n g", "m"),
        node("Add", "m h", "a"),
        node("Transpose", "a", "y", perm=[0, 3, 1, 2]),
    ]
    weights = [number("two", 2.0), number("eps", 1e-6), tensor("g", (4,)), tensor("h", (4,))]
    norm = behind(tmp_path, nodes, weights, opset=13).nodes[1]
    assert (norm.op, norm.params, norm.option("eps")) == ("layernorm", 8, "0.000001")


def test_channels_last_convolutions_of_tensorflow_cancel_out(tmp_path):
    nodes = [
        node("Mul", "x scale", "m"),
        node("Transpose", "m", "t", perm=[0, 3, 1, 2]),
        node("Conv", "t w b", "c"),
        node("Transpose", "c", "u", perm=[0, 2, 3, 1]),
        node("Relu", "u", "y"),
    ]
    graph = read(tmp_path, nodes, [*WEIGHTS, number("scale", 0.5)], sizes=("N", 8, 8, 3))
    assert (graph.input, ops(graph)) == ((3, 8, 8), ["factor", "conv", "relu"])
    assert graph.nodes[2].output == (4, 6, 6)
    assert graph.notes[0] == "an output is returned with its elements arranged as 6×6×4; left out"


def test_a_single_channel_is_brought_to_the_front_by_a_reshape(tmp_path):
    nodes = [node("Reshape", "x s", "r"), node("Conv", "r v", "y")]
    weights = [whole("s", -1, 1, 9, 7), tensor("v", (4, 1, 3, 3))]
    graph = read(tmp_path, nodes, weights, sizes=("N", 9, 7, 1))
    assert (graph.input, ops(graph), graph.nodes[0].output) == ((1, 9, 7), ["conv"], (4, 7, 5))


def test_a_position_that_is_added_to_the_input_is_told_with_its_size(tmp_path):
    nodes = [node("Add", "x p", "a"), node("Conv", "a w b", "y")]
    graph = read(tmp_path, nodes, [*WEIGHTS, tensor("p", (1, 3, 8, 8))])
    what = "constants that shift or scale the input, and may be params, are left out"
    assert graph.caveats == (f'{what}, 192 in all, first: the Add of "a"',)  # 3·8·8


def test_a_tensor_that_a_norm_has_twice_is_told_as_counted_again(tmp_path):
    made = node("BatchNormalization", "c g g m v", "y")
    graph = behind(tmp_path, [made], [tensor(name, (4,)) for name in "gmv"])
    assert (graph.params, graph.nodes[1].params) == (120, 8)  # 112 and twice the 4
    assert graph.caveats == (f'{COUNTED_AGAIN}, 4 in all, first: the BatchNormalization of "y"',)


def test_the_input_may_be_normalized_by_constants(tmp_path):
    nodes = [
        *(node("Sub", "x mean", "s"), node("Div", "s mean", "d"), node("Add", "d one", "a")),
        node("Conv", "a w b", "y"),
    ]
    weights = [*WEIGHTS, tensor("mean", (3, 1, 1)), number("one", 1.0)]
    graph = read(tmp_path, nodes, weights)
    assert (ops(graph), graph.params) == (["conv"], 112)
    assert graph.notes[0] == "the file adds constants to its input; left out, they cost nothing"
    what = "constants that shift or scale the input, and may be params, are left out"
    assert graph.caveats == (f'{what}, 3 in all, first: the Sub of "s"',)


def test_a_constant_that_widens_the_input_is_refused(tmp_path):
    wide = [node("Mul", "x k", "m"), node("GlobalAveragePool", "m", "y")]
    with pytest.raises(Unreadable) as caught:
        read(tmp_path, wide, [tensor("k", (1, 3, 1, 1))], sizes=("N", 1, 8, 8))
    assert refusals(caught)[0][:2] == ("a constant of 1×3×1×1 widens the input", 1)


def test_resizing_is_by_scales_or_sizes(tmp_path):
    scales = tensor("s", (4,), [1, 1, 2, 2])
    up = behind(tmp_path, [node("Resize", "c  s", "y", mode="nearest")], [scales]).nodes[1]
    assert (up.op, up.output, up.option("scale")) == ("upsample", (4, 12, 12), (2, 2))
    old = behind(tmp_path, [node("Upsample", "c s", "y", mode="linear")], [scales], opset=9).nodes[1]
    assert (old.output, old.option("mode")) == ((4, 12, 12), "bilinear")
    to = node("Resize", "c   n", "y", coordinate_transformation_mode="align_corners", mode="linear")
    resize = behind(tmp_path, [to], [whole("n", 1, 4, 9, 7)]).nodes[1]
    assert (resize.op, resize.output) == ("resize", (4, 9, 7))
    assert dict(resize.options) == {"mode": "bilinear", "align_corners": True, "size": (9, 7)}


def normalised(axes, *after):
    """x / max(√Σx², ε) in four nodes, as exporters write torch.nn.functional.normalize."""
    length = node("ReduceL2", "c", "l", axes=axes, keepdims=1)
    made = [node("Clip", "l small", "k"), node("Expand", "k sizes", "e"), node("Div", "c e", "y")]
    return [length, *made, *after], [number("small", 1e-12), whole("sizes", 1, 4, 6, 6)]


def test_division_by_the_length_of_the_channels_is_an_l2_norm(tmp_path):
    graph = behind(tmp_path, *normalised([1]))
    assert ops(graph) == ["conv", "l2norm"]
    assert graph.nodes[1].option("scale") is False
    nodes, weights = normalised([1], node("Mul", "y s", "z"))
    scaled = behind(tmp_path, nodes, [*weights, tensor("s", (1, 4, 1, 1))], outputs="z")
    assert ops(scaled) == ["conv", "l2norm"]
    assert (scaled.nodes[1].option("scale"), scaled.nodes[1].params) == (True, 4)
    with pytest.raises(Unreadable) as caught:
        behind(tmp_path, *normalised([2]))
    assert refusals(caught)[0][:2] == ("the length of something else than the channels", 1)


def test_other_quotients_of_tensors_are_refused(tmp_path):
    nodes = [node("ReduceL2", "c", "l", axes=[1], keepdims=1), node("Relu", "c", "r")]
    with pytest.raises(Unreadable) as caught:
        behind(tmp_path, [*nodes, node("Div", "r l", "y")])
    assert refusals(caught)[0][:2] == ("a quotient of tensors", 1)
    with pytest.raises(Unreadable):
        behind(tmp_path, [nodes[0], node("Relu", "l", "y")])  # the length itself


def test_all_rows_of_a_tensor_in_order_are_the_tensor(tmp_path):
    """As PyTorch's exporter writes as_strided: the numbers of all elements, in the shape wanted."""
    flat = [node("GlobalAveragePool", "c", "g"), node("Reshape", "g four", "f")]
    rows = tensor("rows", (1, 4, 1, 1), range(4), whole=True)
    nodes = [*flat, node("Gather", "f rows", "s"), node("Relu", "s", "y")]
    graph = behind(tmp_path, nodes, [whole("four", 4), rows])
    assert ops(graph) == ["conv", "global_avgpool", "relu"]
    turned = tensor("rows", (1, 4, 1, 1), [0, 2, 1, 3], whole=True)
    with pytest.raises(Unreadable) as caught:
        behind(tmp_path, nodes, [whole("four", 4), turned])
    assert refusals(caught)[0][:2] == ("Gather of some rows of a tensor", 1)


LAST = node("Transpose", "c", "last", perm=[0, 2, 3, 1])  # 6×6×4, as TensorFlow has it


def test_a_gate_with_its_channels_last_is_a_gate(tmp_path):
    pooled = node("ReduceMean", "last", "p", axes=[1, 2], keepdims=1)
    for product in (node("Mul", "last p", "m"), node("Mul", "p last", "m")):
        back = node("Transpose", "m", "y", perm=[0, 3, 1, 2])
        graph = behind(tmp_path, [LAST, pooled, product, back])
        assert ops(graph) == ["conv", "global_avgpool", "mul"]
        assert (sorted(graph.nodes[2].inputs), graph.nodes[2].output) == ([0, 1], (4, 6, 6))


def test_zeros_around_maps_with_their_channels_last(tmp_path):
    sides = whole("sides", 0, 1, 0, 0, 0, 2, 3, 0)
    back = node("Transpose", "p", "y", perm=[0, 3, 1, 2])
    graph = behind(tmp_path, [LAST, node("Pad", "last sides", "p"), back], [sides])
    assert ops(graph) == ["conv", "pad"]
    assert graph.nodes[1].output == (4, 9, 9)
    assert graph.nodes[1].options == (("before", (1, 0)), ("after", (2, 3)))


def test_zeros_that_the_file_computes(tmp_path):
    """As timm writes TensorFlow's padding: max((⌈size / 2⌉ − 1)·2 + 3 − size, 0), of 5 here 2."""
    computed = [
        node("Ceil", "half", "up"),
        node("Floor", "half", "down"),  # 3 and 2
        node("Sub", "up down", "one"),
        node("Mul", "one five", "large"),
        node("Clip", "large  two", "most"),
        node("Cast", "most", "most7", to=7),
        node("Concat", "none most7 most7 none most7 most7", "pads", axis=0),
    ]
    numbers = [tensor("half", (1,), [2.5]), tensor("five", (1,), [5.0]), number("two", 2.0)]
    made = [*computed, node("Pad", "c pads", "y")]
    graph = behind(tmp_path, made, [*numbers, whole("none", 0, 0)])
    assert graph.nodes[1].options == (("padding", (2, 2)),)
