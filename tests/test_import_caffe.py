"""Caffe's prototxt files: what a layer computes, which layers there are, and what leaves."""

import pytest

from convcalc.importers.caffe import reader as caffe
from convcalc.importers.graph import COUNTED_AGAIN, ModelFile, ModelFileError, Unreadable
from convcalc.text.problems import SpecError

INPUT = 'input: "data"\ninput_dim: 10\ninput_dim: 3\ninput_dim: 8\ninput_dim: 8\n'


def layer(kind, name, bottom="data", top=None, more=""):
    top = f'top: "{top or name}"'
    return f'layer {{ name: "{name}" type: "{kind}" bottom: "{bottom}" {top} {more} }}\n'


@pytest.fixture
def read(tmp_path):
    def read(text, **given):
        path = tmp_path / "net.prototxt"
        path.write_text(text)
        return caffe.read(ModelFile(str(path), "net.prototxt", **given))

    return read


def test_a_convolution_has_a_bias_unless_it_says_otherwise(read):
    more = "convolution_param { num_output: 4 kernel_size: 3 stride: 2 pad: 1 }"
    (node,) = read(INPUT + layer("Convolution", "conv1", more=more)).nodes
    # (8 + 2*1 - 3) / 2 + 1 = 4 down; 3*3*3*4 = 108 weights and 4 biases; 108 at 4*4 places
    assert (node.output, node.params, node.macs) == ((4, 4, 4), 112, 1728)
    assert node.option("bias") is True
    (node,) = read(INPUT + layer("Convolution", "c", more=more.replace("}", "bias_term: false }"))).nodes
    assert (node.params, node.option("bias")) == (108, False)


@pytest.mark.parametrize(
    ("word", "params"), [("false", 3), ("False", 3), ("f", 3), ("0", 3), ("true", 4), ("t", 4), ("1", 4)]
)
def test_a_flag_is_written_in_all_ways_that_protobuf_knows(read, word, params):
    more = f"convolution_param {{ num_output: 1 kernel_size: 1 bias_term: {word} }}"
    assert read(INPUT + layer("Convolution", "c", more=more)).nodes[0].params == params


@pytest.mark.parametrize(
    ("more", "word"), [("coeff: 1.0 coeff: 1", "add"), ("coeff: -1 coeff: 1", ""), ("coeff: x", "")]
)
def test_a_sum_has_no_factor(read, more, word):
    text = INPUT + layer("ReLU", "r") + pair("Eltwise", "r data", f"eltwise_param {{ {more} }}")
    if word:
        assert read(text).nodes[-1].op == word
        return
    with pytest.raises(Unreadable, match="Eltwise with factors"):
        read(text)


def test_kernels_may_differ_by_axis_and_groups_divide_weights(read):
    more = "convolution_param { num_output: 6 kernel_h: 1 kernel_w: 5 group: 3 dilation: 1 }"
    (node,) = read(INPUT + layer("Convolution", "c", more=more)).nodes
    # 1*5 * 3/3 * 6 = 30 and 6 biases; 8 x (8 - 5 + 1)
    assert (node.output, node.params, node.macs) == ((6, 8, 4), 36, 30 * 32)


@pytest.mark.parametrize(
    ("kernel", "pad", "padding", "sizes"),
    [  # of 8×8: 8 − 7 + 1 = 2 without zeros, and 8 + 2·3 − 7 + 1 = 8 with three on each side
        ("kernel_h: 1 kernel_w: 7", "pad_w: 3", (0, 3), (8, 8)),
        ("kernel_h: 7 kernel_w: 1", "pad_h: 3", (3, 0), (8, 8)),
        ("kernel_h: 1 kernel_w: 7", "pad_h: 3", (3, 0), (14, 2)),
    ],
)
@pytest.mark.parametrize("kind", ["Convolution", "ConvolutionDepthwise"])
def test_padding_along_one_axis_leaves_none_along_the_other(read, kind, kernel, pad, padding, sizes):
    more = f"convolution_param {{ num_output: 6 {kernel} {pad} }}"
    (node,) = read(INPUT + layer(kind, "c", more=more)).nodes
    assert (node.output, node.option("padding")) == ((6, *sizes), padding)


def test_a_deconvolution_has_a_dilation(read):
    more = "convolution_param { num_output: 4 kernel_size: 3 stride: 2 dilation: 2 }"
    (node,) = read(INPUT + layer("Deconvolution", "d", more=more)).nodes
    # 2*(8 - 1) + 2*(3 - 1) + 1 = 19; 3*3*3*4 = 108 weights, each at 8*8 places of the input
    assert (node.output, node.params, node.macs) == ((4, 19, 19), 112, 108 * 64)
    assert node.option("dilation") == (2, 2)


@pytest.mark.parametrize(
    ("size", "stride", "pad", "expected"),
    [
        (3, 2, 0, 4),  # (8 - 3) / 2 = 2.5 up, and 1
        (2, 2, 0, 4),
        (3, 2, 1, 5),  # (8 + 2 - 3) / 2 = 3.5 up, and 1; the last window starts at 8 - 1, in the map
        (2, 2, 1, 5),  # (8 + 2 - 2) / 2 + 1 = 5; it starts at 7
        (2, 3, 1, 3),  # (8 + 2 - 2) / 3 = 2.7 up is 3, and 1; the fourth would start in the padding
    ],
)
def test_pools_round_up(read, size, stride, pad, expected):
    more = f"pooling_param {{ pool: MAX kernel_size: {size} stride: {stride} pad: {pad} }}"
    (node,) = read(INPUT + layer("Pooling", "p", more=more)).nodes
    assert node.output == (3, expected, expected)


def test_batchnorm_and_scale_are_one(read):
    text = INPUT + layer("BatchNorm", "bn", top="bn")
    (node,) = read(text).nodes
    assert (node.params, node.option("scale"), node.option("center")) == (0, False, False)
    text += layer("Scale", "scale", bottom="bn", top="bn", more="scale_param { bias_term: true }")
    (node,) = read(text).nodes
    assert (node.op, node.params, node.options) == ("batchnorm", 6, ())


def test_a_flattening_product_counts_what_enters(read):
    more = "inner_product_param { num_output: 10 }"
    (node,) = read(INPUT + layer("InnerProduct", "fc", more=more)).nodes
    assert (node.output, node.params, node.macs) == ((10,), 3 * 8 * 8 * 10 + 10, 1920)


def test_names_with_slashes_are_modules(read):
    (node,) = read(INPUT + layer("ReLU", "inception_3a/relu_1x1")).nodes
    assert [module.name for module in node.scope] == ["inception_3a"]
    assert node.name == "relu_1x1"


def test_light_losses_are_side_heads_and_accuracies_nothing(read):
    text = (
        INPUT
        + layer("ReLU", "a")
        + 'layer { name: "l1/loss" type: "SoftmaxWithLoss" bottom: "a" loss_weight: 0.3 }\n'
        + layer("ReLU", "b", bottom="a")
        + 'layer { name: "l2/loss" type: "SoftmaxWithLoss" bottom: "b" loss_weight: 1 }\n'
        + 'layer { name: "top" type: "Accuracy" bottom: "b" bottom: "label" }\n'
    )
    graph = read(text)
    assert [node.op for node in graph.nodes] == ["relu", "softmax", "relu", "softmax"]
    assert [(head.node, head.name, head.aux) for head in graph.heads] == [
        (1, "l1", True),
        (3, "l2", False),
    ]


def test_the_older_format_is_read_with_the_newer(read):
    text = (
        'layers { name: "data" type: DATA top: "data" transform_param { crop_size: 8 } }\n'
        'layers { name: "c" type: CONVOLUTION bottom: "data" top: "c"\n'
        "  convolution_param < num_output: 2 kernel_size: 1 > }\n" + layer("ReLU", "r", bottom="c")
    )
    graph = read(text)
    assert graph.input == (3, 8, 8)
    assert [node.op for node in graph.nodes] == ["conv", "relu"]


def test_phases_choose_layers(read):
    text = INPUT + layer("ReLU", "a")
    text += layer("Dropout", "d", bottom="a", top="a", more="exclude { phase: TRAIN }")
    text += layer("Softmax", "s", bottom="a", more="include { phase: TEST }")
    assert [node.op for node in read(text).nodes] == ["relu", "dropout", "softmax"]
    graph = read(text, phase="train")
    assert [node.op for node in graph.nodes] == ["relu"]


def test_weights_of_one_name_are_shared(read):
    more = 'param { name: "w" } param { name: "b" } convolution_param { num_output: 2 kernel_size: 1 }'
    text = INPUT + layer("Convolution", "a", more=more) + layer("Convolution", "b", more=more)
    graph = read(text)
    first, second = graph.nodes
    assert (first.params, first.shares) == (8, None)
    assert (second.params, second.macs, second.shares) == (0, 6 * 64, 0)
    assert graph.caveats == ()


@pytest.mark.parametrize(
    ("names", "shares", "caveat"),
    [
        ('param { name: "w" }', 0, "biases of layers that have the weights of another are not counted"),
        ('param { } param { name: "w" }', None, COUNTED_AGAIN),
        ('param: "w"', 0, "biases of layers that have the weights of another are not counted"),
    ],
)
def test_a_part_of_the_weights_that_is_shared_is_told(read, names, shares, caveat):
    more = f"{names} convolution_param {{ num_output: 2 kernel_size: 1 }}"
    graph = read(INPUT + layer("Convolution", "a", more=more) + layer("Convolution", "b", more=more))
    assert graph.nodes[1].shares == shares
    assert graph.caveats == (f"{caveat}, 2 in all, first: line 7",)  # a bias for each of 2 filters


NAMED = 'param { name: "g" } param { name: "b" } scale_param { bias_term: true }'


@pytest.mark.parametrize(
    ("names", "again"),
    [
        (NAMED, 6),
        (NAMED.replace('"b"', '"k"'), 3),
        (NAMED.replace('"b"', '"k"').replace('"g"', '"h"'), 0),
    ],
)
def test_a_scale_behind_a_norm_that_has_the_weights_of_another_is_told(read, names, again):
    text = INPUT + layer("BatchNorm", "m", top="m") + layer("Scale", "s", "m", "m", NAMED)
    text += layer("BatchNorm", "n", "m", "n") + layer("Scale", "t", "n", "n", names)
    graph = read(text)
    assert [node.params for node in graph.nodes] == [6, 6]  # factors and offsets of 3 channels
    expected = (f"{COUNTED_AGAIN}, {again} in all, first: line 9",) if again else ()
    assert graph.caveats == expected


def test_a_norm_of_forks_shares_its_factors_and_offsets(read):
    more = 'param { name: "g" } param { name: "b" }'
    graph = read(INPUT + layer("BN", "a", more=more) + layer("BN", "b", bottom="a", more=more))
    assert [(node.params, node.shares) for node in graph.nodes] == [(6, None), (0, 0)]
    assert graph.caveats == ()


def test_a_slice_has_a_node_for_each_top(read):
    text = INPUT + 'layer { name: "s" type: "Slice" bottom: "data" top: "a" top: "b"\n'
    text += "slice_param { slice_point: 1 } }\n" + layer("ReLU", "r", bottom="b")
    first, second, relu = read(text).nodes
    assert (first.output, second.output, relu.inputs) == ((1, 8, 8), (2, 8, 8), (1,))


def test_everything_unknown_is_told_at_once(read):
    text = (
        INPUT
        + layer("ROIPooling", "r")
        + layer("ROIPooling", "s")
        + layer("Convolution", "c", more="convolution_param { num_output: 1 kernel_size: 1 }")
        + layer("LRN", "n", more="lrn_param { norm_region: WITHIN_CHANNEL }")
        + layer("InnerProduct", "f", bottom="r", more="inner_product_param { num_output: 9 }")
    )
    with pytest.raises(Unreadable) as caught:
        read(text)
    # What follows from a layer that is unknown is not told: its size is a guess.
    assert str(caught.value) == (
        "net.prototxt: cannot be written as a specification\n"
        "  2 × ROIPooling           first: line 6\n"
        "  1 × LRN within channels  first: line 9\n"
        "what can be read costs 4 params and 192 multiply-adds"
    )


def test_a_convolution_of_several_maps_is_refused(read):
    text = (
        INPUT + layer("ReLU", "a") + 'layer { name: "c" type: "Convolution" bottom: "a" bottom: "data"'
    )
    with pytest.raises(Unreadable, match="Convolution with 2 bottoms"):
        read(text + ' top: "c" convolution_param { num_output: 1 kernel_size: 1 } }')


TOGETHER = "; a name, a colon and a value belong together"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (INPUT + layer("ReLU", "a", bottom="x"), 'net.prototxt:6:40: error: no layer above gives "x"'),
        ("layer {", "net.prototxt:1:1: error: the file ends within the braces of line 1"),
        ("layer { name ^ }", "net.prototxt:1:14: error: '^ }' is no word of the text format"),
        ("layer { name: }", 'net.prototxt:1:9: error: "name" has no value' + TOGETHER),
        ("layer {\n  stray\n  top: 'c'\n}", 'net.prototxt:2:3: error: "stray" has no value' + TOGETHER),
        ("layer {\n  top c\n}", 'net.prototxt:2:3: error: "top" has no value' + TOGETHER),
        ("layer {\n  top: 'c'\n}\nstray", 'net.prototxt:4:1: error: "stray" has no value' + TOGETHER),
        ("layer {\n  'c'\n}", 'net.prototxt:2:3: error: "c" is out of its place'),
        ("layer {\n}\n }", 'net.prototxt:3:2: error: "}" is out of its place'),
        (
            INPUT + layer("Convolution", "c", more="convolution_param { num_output: x kernel_size: 1 }"),
            'net.prototxt:6:95: error: num_output must be a whole number from 1, not "x"',
        ),
        (  # an octal 8, and no ten
            INPUT
            + layer("Convolution", "c", more="convolution_param { num_output: 010 kernel_size: 1 }"),
            'net.prototxt:6:95: error: num_output must be a whole number from 1, not "010"',
        ),
        ("layer {" + "a {" * 100, "net.prototxt:1:199: error: braces within braces more than 64 deep"),
    ],
)
def test_broken_files_are_told_with_their_line(read, text, message):
    with pytest.raises(SpecError) as caught:
        read(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (
            "Convolution",
            "convolution_param {\nkernel_size: 1 num_output: 3 num_output: 4 }",
            '7:42: error: a second num_output, "4"; leave one out, here or on line 7',
        ),
        (
            "Pooling",
            "pooling_param {\nkernel_size: 3\nkernel_size: 2 }",  # of a convolution it may stand twice
            '8:14: error: a second kernel_size, "2"; leave one out, here or on line 7',
        ),
        (
            "PReLU",
            "prelu_param { }\nprelu_param { channel_shared: true }",
            "7:1: error: a second prelu_param; leave one out, here or on line 6",
        ),
        (
            "ReLU",
            '\ntype: "PReLU"',
            '7:7: error: a second type, "PReLU"; leave one out, here or on line 6',
        ),
        (
            "Convolution",
            "convolution_param {\nnum_output: 3 kernel_size: [1, 1, 3] }",
            "7:35: error: kernel_size is given 3 times; once or twice is right, for height and width",
        ),
        (
            "Convolution",
            "convolution_param {\nnum_output: 3 kernel_size: [x, 1] }",
            '7:29: error: kernel_size must be a whole number from 1, not "x"',
        ),
        (
            "Convolution",
            "convolution_param {\nnum_output: 3 kernel_size: 3 stride_h: 2 }",
            "7:40: error: stride_h without stride_w; add stride_w, or write stride for both",
        ),
        (
            "Deconvolution",
            "convolution_param {\nnum_output: 3 kernel_w: 3 }",
            "7:25: error: kernel_w without kernel_h; add kernel_h, or write kernel_size for both",
        ),
        (
            "Convolution",
            "convolution_param {\nnum_output: 3 kernel_size: 1 kernel_h: 3 }",
            "7:40: error: kernel_h beside kernel_size; leave one of the two out",
        ),
        (
            "Convolution",
            "convolution_param {\nnum_output: 3 kernel_size: 1 pad: 1 pad_h: 3 pad_w: 3 }",
            "7:44: error: pad_h beside pad; leave one of the two out",
        ),
        (
            "Pooling",
            "pooling_param {\nkernel_size: 2 pad_w: 1 }",  # only a convolution takes the other as 0
            "7:23: error: pad_w without pad_h; add pad_h, or write pad for both",
        ),
        (
            "InnerProduct",
            "inner_product_param {\nnum_output: 3 bias_term: no }",
            '7:26: error: bias_term must be true or false, not "no"',
        ),
    ],
)
def test_values_that_cannot_be_are_told_with_their_place(read, kind, fields, message):
    with pytest.raises(SpecError) as caught:
        read(INPUT + layer(kind, "a", more=fields))
    assert str(caught.value) == f"net.prototxt:{message}"


def test_the_size_of_the_input_may_be_given(read):
    text = 'layer { name: "data" type: "Data" top: "data" }\n' + layer("ReLU", "r")
    with pytest.raises(ModelFileError, match="add --input 3x224x224"):
        read(text)
    assert read(text, input=(3, 4, 5)).nodes[0].output == (3, 4, 5)


def pair(kind, bottom, more=""):
    """A layer named `y` of several bottoms."""
    bottoms = " ".join(f'bottom: "{one}"' for one in bottom.split())
    return f'layer {{ name: "y" type: "{kind}" {bottoms} top: "y" {more} }}\n'


SMALL = layer("Pooling", "small", more="pooling_param { kernel_size: 2 stride: 2 }")  # 3×4×4


@pytest.mark.parametrize(
    ("more", "offset"),
    [
        ("axis: 2 offset: 3", (3, 3)),
        ("axis: 2 offset: 1 offset: 4", (1, 4)),
        ("axis: 1 offset: 0 offset: 2 offset: 1", (2, 1)),
        ("", (0, 0)),
    ],
)
def test_a_crop_is_as_large_as_its_second_bottom(read, more, offset):
    node = read(INPUT + SMALL + pair("Crop", "data small", f"crop_param {{ {more} }}")).nodes[-1]
    assert (node.op, node.inputs, node.output) == ("crop", (-1,), (3, 4, 4))
    assert (node.option("size"), node.option("offset")) == ((4, 4), offset)


@pytest.mark.parametrize(
    ("bottoms", "more", "why"),
    [
        ("data small", "offset: 5", "beyond its input"),
        ("data small", "axis: 3", "along other axes than height and width"),
        ("data small", "offset: 1 offset: 1 offset: 1", "beyond its input"),
        ("data small", "offset: x", "beyond its input"),
        ("data", "", "with 1 bottoms"),
    ],
)
def test_other_crops_are_refused(read, bottoms, more, why):
    with pytest.raises(Unreadable) as caught:
        read(INPUT + SMALL + pair("Crop", bottoms, f"crop_param {{ {more} }}"))
    assert [one.what for one in caught.value.obstacles] == [f"Crop {why}"]


@pytest.mark.parametrize(
    ("bottoms", "more", "op", "output"),
    [
        ("data", "height: 12 width: 20", "resize", (3, 12, 20)),
        ("data", "height: 16 width: 24", "upsample", (3, 16, 24)),
        ("data", "zoom_factor: 2", "resize", (3, 15, 15)),  # 8 + 7·1: corners stay corners
        ("data", "shrink_factor: 2", "resize", (3, 4, 4)),  # (8 − 1)/2 down, and 1
        ("small data", "", "upsample", (3, 8, 8)),
    ],
)
def test_interpolation_is_to_a_size_or_by_a_factor(read, bottoms, more, op, output):
    node = read(INPUT + SMALL + pair("Interp", bottoms, f"interp_param {{ {more} }}")).nodes[-1]
    assert (node.op, node.output) == (op, output)
    assert (node.option("mode"), node.option("align_corners")) == ("bilinear", True)


@pytest.mark.parametrize("more", ["", "height: 12", "height: 12 width: 12 pad_beg: -1"])
def test_interpolation_to_what_is_not_said_is_refused(read, more):
    with pytest.raises(Unreadable):
        read(INPUT + SMALL + pair("Interp", "data", f"interp_param {{ {more} }}"))


def test_one_layer_is_told_as_one(run, read, tmp_path):
    read(INPUT + layer("ReLU", "r"))
    assert "net.prototxt: 1 layer → 1 layer in " in run("import", str(tmp_path / "net.prototxt")).err


def test_a_gated_sum_is_a_product_and_a_sum(run, read, tmp_path):
    """Axpy, as in SE-ResNet: the gate comes first."""
    gate = layer("Pooling", "gate", more="pooling_param { pool: AVE global_pooling: true }")
    branch = layer("ReLU", "branch")
    text = INPUT + gate + branch + pair("Axpy", "gate branch data")
    graph = read(text)
    assert [(node.op, node.inputs) for node in graph.nodes[2:]] == [("mul", (1, 0)), ("add", (2, -1))]
    assert run("import", str(tmp_path / "net.prototxt")).code == 0
    with pytest.raises(Unreadable):
        read(INPUT + gate + branch + pair("Axpy", "branch gate data"))


def test_the_batch_norm_of_forks_has_its_factors_itself(read):
    (node,) = read(INPUT + layer("BN", "bn", more="bn_param { frozen: true }")).nodes
    assert (node.op, node.params, node.option("scale", True)) == ("batchnorm", 6, True)
