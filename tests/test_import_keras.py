"""Keras models: what each layer amounts to, and what it costs by Keras's rules."""

from __future__ import annotations

import json

import pytest
from model_files import given, keras, layer, zipped

from convcalc.importers.graph import Graph, ModelFileError, Module, Unreadable
from convcalc.importers.keras import reader

# 8×8 with 3 channels; a convolution to 4 channels, whose kernel has 3·3·3·4 = 108 elements.
INPUT = layer("InputLayer", "input_layer", batch_shape=[None, 8, 8, 3])
CONV = layer("Conv2D", "stem", "input_layer", filters=4, kernel_size=[3, 3])


def read(tmp_path, layers, shape=None, **options) -> Graph:
    return reader.read(given(tmp_path, keras(layers, **options), shape))


def behind(tmp_path, *layers, **options) -> Graph:
    """The graph of some layers behind the convolution, which gives 4×6×6."""
    return read(tmp_path, [INPUT, CONV, *layers], **options)


def ops(graph: Graph) -> list[str]:
    return [node.op for node in graph.nodes]


def refusals(error) -> list[tuple[str, int, str]]:
    return [(one.what, one.times, one.first) for one in error.value.obstacles]


def test_a_convolution_costs_what_its_kernel_and_output_say(tmp_path):
    graph = behind(tmp_path)
    (conv,) = graph.nodes
    # 108 weights and 4 biases; each of the 108 is used at 6·6 = 36 places.
    assert (conv.op, conv.output, conv.params, conv.macs) == ("conv", (4, 6, 6), 112, 3888)
    assert (conv.name, conv.place) == ("stem", 'layer "stem"')
    assert (graph.tool, graph.units_read, graph.input, graph.name) == ("Keras", 2, (3, 8, 8), "net")


def test_names_that_keras_made_up_are_none(tmp_path):
    for kind, name in (("Conv2D", "conv2d_26"), ("Conv2D", "conv2d")):
        made = layer(kind, name, "input_layer", filters=4, kernel_size=3)
        assert read(tmp_path, [INPUT, made]).nodes[0].name == ""
    made = layer("Conv2D", "conv2", "input_layer", filters=4, kernel_size=3)
    assert read(tmp_path, [INPUT, made]).nodes[0].name == "conv2"


def test_strides_padding_groups_and_an_activation(tmp_path):
    made = layer(
        "Conv2D",
        "c",
        "stem",
        filters=8,
        kernel_size=[3, 5],
        strides=[2, 1],
        padding="same",
        groups=2,
        use_bias=False,
        activation="relu",
    )
    _, conv, relu = behind(tmp_path, made).nodes
    # 3·5·2·8 = 240 weights, at 3·6 = 18 places.
    assert (conv.output, conv.params, conv.macs, conv.option("padding")) == (
        (8, 3, 6),
        240,
        4320,
        "same",
    )
    assert (relu.op, relu.output) == ("relu", (8, 3, 6))


def test_depthwise_and_separable_convolutions(tmp_path):
    depthwise = layer("DepthwiseConv2D", "d", "stem", kernel_size=3, depth_multiplier=2)
    conv = behind(tmp_path, depthwise).nodes[1]
    # 3·3·4·2 = 72 weights and 8 biases, at 4·4 = 16 places.
    assert (conv.output, conv.params, conv.macs, conv.option("groups")) == ((8, 4, 4), 80, 1152, 4)
    separable = layer("SeparableConv2D", "s", "stem", filters=5, kernel_size=3)
    deep, point = behind(tmp_path, separable).nodes[1:]
    # 3·3·4 = 36 at 16 places; then 4·5 = 20 and 5 biases at the same.
    assert [(one.params, one.macs) for one in (deep, point)] == [(36, 576), (25, 320)]


def test_transposed_convolutions_are_by_size_or_by_kernel(tmp_path):
    same = layer("Conv2DTranspose", "t", "stem", filters=2, kernel_size=3, strides=2, padding="same")
    up = behind(tmp_path, same).nodes[1]
    # 3·3·4·2 = 72 weights and 2 biases, at 6·6 = 36 places.
    assert (up.output, up.params, up.macs) == ((2, 12, 12), 74, 2592)
    valid = layer("Conv2DTranspose", "t", "stem", filters=2, kernel_size=3, strides=2)
    assert behind(tmp_path, valid).nodes[1].output == (2, 13, 13)


def test_dense_is_on_the_last_axis(tmp_path):
    flat = [layer("Flatten", "flatten", "stem"), layer("Dense", "fc", "flatten", units=10)]
    graph = behind(tmp_path, *flat)
    assert ops(graph) == ["conv", "flatten", "linear"]
    assert (graph.nodes[2].params, graph.nodes[2].macs) == (1450, 1440)
    assert graph.notes  # the order of the elements is another one
    conv = behind(tmp_path, layer("Dense", "fc", "stem", units=10)).nodes[1]
    assert (conv.op, conv.output, conv.params, conv.macs) == ("conv", (10, 6, 6), 50, 40 * 36)


def test_pools_stride_by_their_size(tmp_path):
    pool = behind(tmp_path, layer("MaxPooling2D", "p", "stem", pool_size=[2, 3])).nodes[1]
    assert (pool.output, pool.option("stride"), pool.option("padding")) == ((4, 3, 2), (2, 3), (0, 0))
    same = layer("AveragePooling2D", "p", "stem", pool_size=4, strides=4, padding="same")
    assert behind(tmp_path, same).nodes[1].output == (4, 2, 2)


def test_global_pools_may_keep_their_axes(tmp_path):
    dense = layer("Dense", "fc", "gap", units=10)
    graph = behind(tmp_path, layer("GlobalAveragePooling2D", "gap", "stem"), dense)
    assert ops(graph) == ["conv", "global_avgpool", "flatten", "linear"]
    gap = layer("GlobalAveragePooling2D", "gap", "stem", keepdims=True)
    gate = [gap, layer("Conv2D", "g", "gap", filters=4, kernel_size=1), layer("Multiply", "m", "stem g")]
    graph = behind(tmp_path, *gate)
    assert ops(graph) == ["conv", "global_avgpool", "conv", "mul"]
    assert (graph.nodes[3].inputs, graph.nodes[3].output) == ((0, 2), (4, 6, 6))


def test_norms_say_whether_they_scale_and_center(tmp_path):
    made = layer("BatchNormalization", "bn", "stem", axis=-1, scale=False, epsilon=1e-5)
    norm = behind(tmp_path, made).nodes[1]
    assert (norm.params, norm.options) == (4, (("scale", False), ("center", True)))
    norm = behind(tmp_path, layer("BatchNormalization", "bn", "stem", axis=[3])).nodes[1]
    assert (norm.params, norm.option("eps")) == (8, "0.001")
    norm = behind(tmp_path, layer("GroupNormalization", "gn", "stem", groups=2)).nodes[1]
    assert (norm.op, norm.option("groups"), norm.params) == ("groupnorm", 2, 8)


def test_zeros_upsampling_and_cropping(tmp_path):
    pad = layer("ZeroPadding2D", "z", "stem", padding=[[0, 1], [2, 3]])
    assert dict(behind(tmp_path, pad).nodes[1].options) == {"before": (0, 2), "after": (1, 3)}
    up = layer("UpSampling2D", "u", "stem", size=[2, 3], interpolation="bilinear")
    assert behind(tmp_path, up).nodes[1].output == (4, 12, 18)
    crop = layer("Cropping2D", "k", "stem", cropping=[[1, 0], [0, 2]])
    assert behind(tmp_path, crop).nodes[-1].output == (4, 5, 4)


def test_concatenate_is_along_the_channels(tmp_path):
    made = [layer("ReLU", "r", "stem", max_value=6.0), layer("Concatenate", "cat", "r stem", axis=-1)]
    graph = behind(tmp_path, *made)
    assert ops(graph) == ["conv", "relu6", "concat"]
    assert (graph.nodes[2].inputs, graph.nodes[2].output) == ((1, 0), (8, 6, 6))


def test_preprocessing_is_a_factor_and_a_note(tmp_path):
    scale = layer("Rescaling", "rescaling", "input_layer", scale=0.5, offset=-1.0)
    conv = layer("Conv2D", "stem", "rescaling", filters=4, kernel_size=3)
    graph = read(tmp_path, [INPUT, scale, conv])
    assert ops(graph) == ["factor", "conv"]
    assert graph.notes == ("the file adds constants to its input; left out, they cost nothing",)


def test_a_sequential_model_is_a_chain_without_an_input_layer(tmp_path):
    first = layer("Conv2D", "a", batch_input_shape=[None, 8, 8, 3], filters=4, kernel_size=3)
    graph = read(
        tmp_path, [first, layer("Flatten", "f"), layer("Dense", "fc", units=2)], kind="Sequential"
    )
    assert ops(graph) == ["conv", "flatten", "linear"]
    assert graph.macs == 3888 + 288


def test_a_model_within_a_model_has_weights_of_its_own_once(tmp_path):
    inner = json.loads(
        keras([layer("InputLayer", "in2", batch_shape=[None, 6, 6, 4]), twin("c", "in2")])
    )
    nested = {**inner, "name": "tower", "inbound_nodes": layer("x", "x", "stem")["inbound_nodes"]}
    nested["inbound_nodes"] += layer("x", "x", "tower")["inbound_nodes"]
    last = layer("Activation", "out", activation="relu")
    last["inbound_nodes"] = [{"args": [tensor("tower", 1)], "kwargs": {}}]
    graph = behind(tmp_path, nested, last)
    assert [(one.params, one.shares) for one in graph.nodes] == [
        (112, None),
        (148, None),
        (0, 1),
        (0, None),
    ]
    assert graph.nodes[1].scope == (Module("tower", "Functional"),)


def twin(name, reads):
    return layer("Conv2D", name, reads, filters=4, kernel_size=3, padding="same")


def tensor(name, at):
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, at, 0]}}


def test_keras_2_lists_the_tensors_of_a_call(tmp_path):
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 8, 8, 3]}, "name": "i"},
        {
            "class_name": "Conv2D",
            "config": {"filters": 4, "kernel_size": [3, 3]},
            "name": "c",
            "inbound_nodes": [[["i", 0, 0, {}]]],
        },
        {
            "class_name": "Add",
            "config": {},
            "name": "a",
            "inbound_nodes": [[["c", 0, 0, {}], ["c", 0, 0, {}]]],
        },
    ]
    graph = read(tmp_path, layers)
    assert [(one.op, one.inputs) for one in graph.nodes] == [("conv", (-1,)), ("add", (0, 0))]


def test_channels_first_is_read(tmp_path):
    first = layer("InputLayer", "i", batch_shape=[None, 3, 8, 9])
    conv = layer("Conv2D", "c", "i", filters=4, kernel_size=3, data_format="channels_first")
    graph = read(tmp_path, [first, conv, layer("BatchNormalization", "b", "c", axis=1)])
    assert (graph.input, graph.nodes[0].output, graph.nodes[1].params) == ((3, 8, 9), (4, 6, 7), 8)


def test_what_is_code_is_refused_and_told_with_the_rest(tmp_path):
    odd = layer("Lambda", "lambda", "stem")
    own = {**layer("Mine", "mine", "lambda"), "module": "net"}
    graph = [odd, own, layer("Lambda", "lambda_1", "mine"), layer("Dense", "fc", "lambda_1", units=2)]
    with pytest.raises(Unreadable) as error:
        behind(tmp_path, *graph)
    assert refusals(error) == [
        ("Lambda layer", 2, 'layer "lambda"'),
        ("Mine layer", 1, 'layer "mine"'),
    ]
    assert error.value.obstacles[0].remedy == "what it does is code that is not in the file"
    assert (error.value.params, error.value.macs) == (112 + 10, 3888 + 8 * 36)


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (
            layer("Conv2D", "y", "stem", filters=0, kernel_size=3),
            'Conv2D whose "filters" is no whole number',
        ),
        (layer("Conv2D", "y", "stem", filters=4, kernel_size=[3]), None),
        (
            layer("Conv2D", "y", "stem", filters=4, kernel_size=[3, 3, 3]),
            'Conv2D whose "kernel_size" does not fit',
        ),
        (layer("Conv2D", "y", "stem", filters=4, kernel_size=9), "conv whose output would be"),
        (layer("Activation", "y", "stem", activation="cubic"), 'the activation "cubic"'),
        (layer("Softmax", "y", "stem", axis=1), "softmax over other axes than the channels"),
        (layer("PReLU", "y", "stem"), "a PReLU with a slope for each element"),
        (layer("Reshape", "y", "stem", target_shape=[5, 7]), "a Reshape across channels and maps"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(tmp_path, made, what):
    if what is None:
        assert behind(tmp_path, made).nodes[1].output == (4, 4, 4)
        return
    with pytest.raises(Unreadable) as error:
        behind(tmp_path, made)
    assert refusals(error)[0][0].startswith(what)


def test_a_size_that_is_left_open_is_asked_for(tmp_path):
    opened = layer("InputLayer", "input_layer", batch_shape=[None, None, None, 3])
    with pytest.raises(ModelFileError, match="size of the input is left open; add --input 3x224x224"):
        read(tmp_path, [opened, CONV])
    assert read(tmp_path, [opened, CONV], (3, 8, 8)).macs == 3888


def test_a_keras_file_is_a_zip_with_the_same_in_it(tmp_path):
    data = zipped(
        {"metadata.json": "{}", "config.json": keras([INPUT, CONV]), "model.weights.h5": b"\x89HDF"}
    )
    assert reader.read(given(tmp_path, data)).params == 112


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"class_name": "Mine", "config": {}}',
            '"Mine" is a class of its own, whose layers are not in the file',
        ),
        ('{"class_name": "Functional", "config": {}}', "damaged: it has no layers"),
        (keras([INPUT, CONV, CONV]), "damaged: two layers have the same name"),
        (
            keras([INPUT, layer("ReLU", "a", "b"), layer("ReLU", "b", "a")]),
            "read each other in a circle",
        ),
        (
            keras([INPUT, layer("ReLU", "a", "nowhere")]),
            'the layer "a" reads "nowhere", which is not there',
        ),
        (keras([INPUT, CONV], outputs="nowhere"), "damaged: nothing gives its output"),
        (keras([INPUT, {**INPUT, "name": "second"}, CONV]), "has 2 inputs; one can be written"),
    ],
)
def test_a_file_that_is_no_model_is_an_error(tmp_path, text, message):
    with pytest.raises(ModelFileError, match=message):
        reader.read(given(tmp_path, text))


def test_the_scaled_sum_of_inception_resnet_is_known(tmp_path):
    made = layer("CustomScaleLayer", "custom_scale_layer", "relu stem", scale=0.17)
    inner = layer("ReLU", "relu", "stem")
    graph = behind(tmp_path, inner, made | {"module": "keras.src.applications.inception_resnet_v2"})
    assert ops(graph) == ["conv", "relu", "factor", "add"]
    assert graph.nodes[2].options == (("number", "0.17"),)
    assert graph.nodes[3].inputs == (1, 2)
    with pytest.raises(Unreadable) as caught:
        behind(tmp_path, inner, made | {"module": "mine"})
    assert refusals(caught) == [("CustomScaleLayer layer", 1, 'layer "custom_scale_layer"')]
