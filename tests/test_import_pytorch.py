"""PyTorch exports: what each call amounts to, and what it costs by the file's own sizes."""

from __future__ import annotations

import pytest
from model_files import call
from pytorch_graphs import CALL, CONV, behind, ops, read, refusals

from convcalc.importers.graph import COUNTED_AGAIN, Unreadable


def test_a_convolution_costs_what_its_weight_and_output_say(tmp_path):
    graph = read(tmp_path, [CALL], CONV, "c")
    (conv,) = graph.nodes
    # 108 weights and 4 biases; each of the 108 is used at 6·6 = 36 places.
    assert (conv.op, conv.output, conv.params, conv.macs) == ("conv", (4, 6, 6), 112, 3888)
    assert dict(conv.options) == {
        "kernel_size": (3, 3),
        "out_channels": 4,
        "stride": (1, 1),
        "padding": (0, 0),
        "dilation": (1, 1),
        "groups": 1,
        "bias": True,
    }
    assert (graph.tool, graph.units_read, graph.input, graph.heads[0].node) == (
        "PyTorch",
        1,
        (3, 8, 8),
        0,
    )


def test_strides_paddings_and_groups_are_read(tmp_path):
    sizes = {"x": (1, 4, 9, 9), "p_w": (8, 2, 3, 5), "y": (1, 8, 5, 3)}
    options = {"bias": None, "stride": [2, 4], "padding": [1, 2], "groups": 2}
    made = call("conv2d.default", "y", input="x", weight="p_w", **options)
    (conv,) = read(tmp_path, [made], sizes).nodes
    # 8·2·3·5 = 240 weights, at 5·3 = 15 places.
    assert (conv.params, conv.macs, conv.option("bias")) == (240, 3600, False)
    assert (conv.option("stride"), conv.option("padding"), conv.option("groups")) == ((2, 4), (1, 2), 2)


def test_padding_in_words_stays_a_word(tmp_path):
    same = {"x": (1, 3, 8, 8), "p_w": (4, 3, 3, 3), "y": (1, 4, 8, 8)}
    made = call(
        "conv2d.padding", "y", input="x", weight="p_w", bias=None, stride=[1, 1], padding="'same"
    )
    assert read(tmp_path, [made], same).nodes[0].option("padding") == "same"


def test_a_transposed_convolution_multiplies_at_each_input(tmp_path):
    sizes = {"x": (1, 8, 5, 5), "p_w": (8, 4, 2, 2), "p_b": (4,), "y": (1, 4, 10, 10)}
    made = call("conv_transpose2d.input", "y", input="x", weight="p_w", bias="p_b", stride=[2, 2])
    (up,) = read(tmp_path, [made], sizes).nodes
    # 8·4·2·2 = 128 weights and 4 biases, at 5·5 = 25 places.
    assert (up.op, up.output, up.params, up.macs) == ("conv_transpose", (4, 10, 10), 132, 3200)


def test_axes_are_as_many_as_the_weight_has(tmp_path):
    line = {"x": (1, 2, 64), "p_w": (4, 2, 9), "y": (1, 4, 56)}
    (conv,) = read(tmp_path, [call("conv1d.default", "y", input="x", weight="p_w")], line).nodes
    assert (conv.output, conv.option("kernel_size"), conv.macs) == ((4, 56), (9,), 4 * 2 * 9 * 56)


def test_a_batch_counts_nothing(tmp_path):
    sizes = {name: (5, *shape[1:]) if name in "xc" else shape for name, shape in CONV.items()}
    flat = call("flatten.using_ints", "f", self="c", start_dim=1)
    last = call("linear.default", "y", input="f", weight="p_l")
    graph = read(tmp_path, [CALL, flat, last], sizes | {"f": (5, 144), "p_l": (10, 144), "y": (5, 10)})
    assert ops(graph) == ["conv", "flatten", "linear"]
    assert (graph.params, graph.macs) == (112 + 1440, 3888 + 1440)


def test_channels_last_norms_and_linear_layers_are_ours(tmp_path):
    # ConvNeXt: permute, layer_norm, linear, permute back. The linear layer is a 1×1 convolution.
    calls = [
        call("permute.default", "p", self="c", dims=[0, 2, 3, 1]),
        call(
            "layer_norm.default",
            "n",
            input="p",
            normalized_shape=[4],
            weight="p_g",
            bias="p_h",
            eps=1e-6,
        ),
        call("linear.default", "l", input="n", weight="p_l", bias="p_m"),
        call("permute.default", "y", self="l", dims=[0, 3, 1, 2]),
    ]
    last = {"p": (1, 6, 6, 4), "n": (1, 6, 6, 4), "l": (1, 6, 6, 5), "y": (1, 5, 6, 6)}
    graph = behind(tmp_path, calls, last | {"p_g": (4,), "p_h": (4,), "p_l": (5, 4), "p_m": (5,)})
    _, norm, dense = graph.nodes
    assert (norm.op, norm.params, norm.option("eps")) == ("layernorm", 8, "0.000001")
    # 5·4 = 20 weights and 5 biases, at 36 places.
    assert (dense.op, dense.output, dense.params, dense.macs) == ("conv", (5, 6, 6), 25, 720)
    assert graph.heads[0].node == 2


def test_squeeze_and_excitation_is_a_gate(tmp_path):
    calls = [
        call("mean.dim", "m", self="c", dim=[2, 3]),
        call("linear.default", "l", input="m", weight="p_l"),
        call("sigmoid.default", "s", self="l"),
        call("view.default", "v", self="s", size=[1, 4, 1, 1]),
        call("mul.Tensor", "y", self="c", other="v"),
    ]
    sizes = {"m": (1, 4), "l": (1, 4), "s": (1, 4), "v": (1, 4, 1, 1), "y": (1, 4, 6, 6), "p_l": (4, 4)}
    graph = behind(tmp_path, calls, sizes)
    assert ops(graph) == ["conv", "global_avgpool", "flatten", "linear", "sigmoid", "mul"]
    assert graph.nodes[-1].inputs == (0, 4)
    assert graph.nodes[-1].output == (4, 6, 6)


def test_chunks_and_concats_are_of_channels(tmp_path):
    calls = [
        call("chunk.default", "a b", self="c", chunks=2, dim=1),
        call("cat.default", "y", tensors=["b", "a"], dim=1),
    ]
    graph = behind(tmp_path, calls, {"a": (1, 2, 6, 6), "b": (1, 2, 6, 6), "y": (1, 4, 6, 6)})
    assert ops(graph) == ["conv", "slice", "slice", "concat"]
    assert [graph.nodes[at].options for at in (1, 2)] == [
        (("start", 0), ("stop", 2)),
        (("start", 2), ("stop", 4)),
    ]
    assert graph.nodes[3].inputs == (2, 1)


def test_the_hard_swish_that_is_written_out_is_told(tmp_path):
    calls = [
        call("add.Tensor", "a", self="c", other=3),
        call("clamp.default", "k", self="a", min=0, max=6),
        call("mul.Tensor", "m", self="c", other="k"),
        call("div.Tensor", "y", self="m", other=6),
    ]
    graph = behind(tmp_path, calls, dict.fromkeys("akmy", (1, 4, 6, 6)))
    assert ops(graph) == ["conv", "hardsigmoid", "mul"]


def test_a_constant_factor_is_a_layer_and_a_factor_per_channel_has_weights(tmp_path):
    calls = [
        call("mul.Tensor", "m", self="c", other="p_g"),
        call("mul.Tensor", "y", self="m", other=0.5),
    ]
    graph = behind(tmp_path, calls, {"p_g": (4, 1, 1), "m": (1, 4, 6, 6), "y": (1, 4, 6, 6)})
    assert [(node.op, node.params) for node in graph.nodes[1:]] == [("scale", 4), ("factor", 0)]
    assert graph.nodes[2].options == (("number", "0.5"),)


def test_the_input_may_be_normalized_channel_by_channel(tmp_path):
    # torchvision's GoogLeNet and Inception v3 with weights: x[:, i] times a number, plus a number.
    calls, sizes = [], {"x": (1, 3, 8, 8), "p_w": (4, 3, 3, 3), "n": (1, 3, 8, 8), "c": (1, 4, 6, 6)}
    for at in range(3):
        names = f"s{at} u{at} m{at} a{at}".split()
        sizes |= {names[0]: (1, 8, 8)} | dict.fromkeys(names[1:], (1, 1, 8, 8))
        calls += [
            call("select.int", names[0], self="x", dim=1, index=at),
            call("unsqueeze.default", names[1], self=names[0], dim=1),
            call("mul.Tensor", names[2], self=names[1], other=0.458),
            call("add.Tensor", names[3], self=names[2], other=-0.03),
        ]
    calls.append(call("cat.default", "n", tensors=["a0", "a1", "a2"], dim=1))
    calls.append(call("conv2d.default", "c", input="n", weight="p_w"))
    graph = read(tmp_path, calls, sizes, "c")
    assert ops(graph) == ["slice"] * 3 + ["factor"] * 3 + ["concat", "conv"]
    assert graph.notes == ("the file adds constants to its input; left out, they cost nothing",)


def test_the_input_may_be_normalized_by_buffers(tmp_path):
    sizes = {"x": (1, 3, 8, 8), "b_m": (1, 3, 1, 1), "p_w": (4, 3, 3, 3), "c": (1, 4, 6, 6)}
    calls = [
        call("sub.Tensor", "s", self="x", other="b_m"),
        call("div.Tensor", "d", self="s", other="b_m"),
        call("conv2d.default", "c", input="d", weight="p_w"),
    ]
    graph = read(tmp_path, calls, sizes | dict.fromkeys("sd", (1, 3, 8, 8)), "c")
    assert (ops(graph), graph.params) == (["conv"], 108)
    assert graph.notes == ("the file shifts or scales its input by constants; left out",)


def behind_the_input(tmp_path, target, sizes):
    """A convolution behind arithmetic of the input and a parameter."""
    calls = [
        call(target, "s", self="x", other="p_s"),
        call("conv2d.default", "c", input="s", weight="p_w", bias="p_b"),
    ]
    return read(tmp_path, calls, CONV | {"p_s": sizes, "s": (1, 3, 8, 8)}, "c")


def test_a_parameter_that_scales_the_input_is_counted(tmp_path):
    graph = behind_the_input(tmp_path, "mul.Tensor", (1, 3, 1, 1))
    assert (ops(graph), graph.params, graph.notes) == (["scale", "conv"], 3 + 112, ())


@pytest.mark.parametrize("sizes", [(1, 3, 1, 1), (1, 3, 8, 8), (1,)])
def test_a_parameter_that_shifts_the_input_is_no_constant(tmp_path, sizes):
    with pytest.raises(Unreadable) as caught:
        behind_the_input(tmp_path, "add.Tensor", sizes)
    ((what, count, place),) = refusals(caught)
    assert "constant" in what
    assert (count, place) == (1, 'call "s"')


def test_a_layer_that_is_called_again_counts_once(tmp_path):
    sizes = CONV | {"p_v": (4, 4, 1, 1), "d": (1, 4, 6, 6), "y": (1, 4, 6, 6)}
    twice = [call("conv2d.default", to, input=of, weight="p_v") for of, to in (("c", "d"), ("d", "y"))]
    graph = read(tmp_path, [CALL, *twice], sizes)
    assert [(node.params, node.macs, node.shares) for node in graph.nodes] == [
        (112, 3888, None),
        (16, 576, None),
        (0, 576, 1),
    ]


def test_what_changes_a_tensor_in_place_changes_it_for_later_readers(tmp_path):
    calls = [
        call("relu_.default", "r", self="c"),
        call("add.Tensor", "y", self="c", other="x2"),
    ]
    calls.insert(0, call("sigmoid.default", "x2", self="c"))
    graph = behind(tmp_path, calls, dict.fromkeys(("r", "x2", "y"), (1, 4, 6, 6)))
    assert ops(graph) == ["conv", "sigmoid", "relu", "add"]
    assert graph.nodes[3].inputs == (2, 1)


def test_division_by_the_length_of_the_channels_is_an_l2_norm(tmp_path):
    """As torch.nn.functional.normalize is traced, and scaled by a factor a channel, as in SSD."""
    sizes = {"l": (1, 1, 6, 6), "k": (1, 1, 6, 6), "e": (1, 4, 6, 6), "d": (1, 4, 6, 6)}
    sizes |= {"p_s": (4,), "v": (1, 4, 1, 1), "y": (1, 4, 6, 6)}

    def calls(order):
        return [
            call("linalg_vector_norm.default", "l", self="c", ord=order, dim=[1], keepdim=True),
            call("clamp_min.default", "k", self="l", min=1e-12),
            call("expand.default", "e", self="k", size=[1, 4, 6, 6]),
            call("div.Tensor", "d", self="c", other="e"),
            call("view.default", "v", self="p_s", size=[1, -1, 1, 1]),
            call("mul.Tensor", "y", self="v", other="d"),
        ]

    graph = behind(tmp_path, calls(2.0), sizes)
    assert ops(graph) == ["conv", "l2norm"]
    assert (graph.nodes[1].option("scale"), graph.nodes[1].params) == (True, 4)
    with pytest.raises(Unreadable) as caught:
        behind(tmp_path, calls(1.0), sizes)
    assert refusals(caught)[0] == ("a norm of another order than 2", 1, 'call "l"')


def again(count, place):
    return (f'{COUNTED_AGAIN}, {count} in all, first: call "{place}"',)


def test_a_tensor_that_one_layer_has_twice_is_told_as_counted_again(tmp_path):
    norm = call("batch_norm.default", "y", input="c", weight="p_g", bias="p_g")
    graph = behind(tmp_path, [norm], {"p_g": (4,), "y": (1, 4, 6, 6)})
    assert (graph.params, graph.caveats[0]) == (120, *again(4, "y"))  # 112 and twice the 4
    calls = [
        call("mul.Tensor", "m", self="c", other="p_k"),
        call("add.Tensor", "y", self="m", other="p_k"),
    ]
    graph = behind(tmp_path, calls, {"p_k": (4, 1, 1), "m": (1, 4, 6, 6), "y": (1, 4, 6, 6)})
    assert (graph.params, graph.caveats) == (120, again(4, "y"))


@pytest.mark.parametrize("word", ["mul", "add", "sub", "div"])
@pytest.mark.parametrize(
    ("function", "given"),
    [
        ("exp", {}),
        ("sigmoid", {}),
        ("mul", {"other": 1.0}),
        ("upsample_bilinear2d", {"output_size": [8, 8], "align_corners": False}),
    ],
)
def test_what_is_computed_from_parameters_does_not_vanish_into_the_input(
    tmp_path, word, function, given
):
    sizes = {"x": (1, 3, 8, 8), "p_p": (1, 3, 4, 4), "e": (1, 3, 8, 8), "y": (1, 3, 8, 8)}
    if "output_size" not in given:
        sizes |= dict.fromkeys(("p_p", "e"), (1, 3, 1, 1))
    calls = [
        call(f"{function}.default", "e", self="p_p", **given),
        call(f"{word}.Tensor", "y", self="x", other="e"),
    ]
    with pytest.raises(Unreadable):
        read(tmp_path, calls, sizes)


def test_what_is_computed_from_constants_shifts_the_input(tmp_path):
    sizes = {"x": (1, 3, 8, 8), "b_m": (3, 1, 1), "e": (3, 1, 1), "y": (1, 3, 8, 8)}
    calls = [call("exp.default", "e", self="b_m"), call("sub.Tensor", "y", self="x", other="e")]
    graph = read(tmp_path, calls, sizes)
    assert graph.notes == ("the file shifts or scales its input by constants; left out",)
