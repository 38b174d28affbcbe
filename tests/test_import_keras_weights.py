"""Keras layers whose weights depend on more than their channels, and who trains them."""

from __future__ import annotations

from typing import Any

import pytest
from model_files import given, keras, layer

from convcalc.importers.graph import Graph, Unreadable
from convcalc.importers.keras import reader

INPUT = layer("InputLayer", "i", batch_shape=[None, 8, 6, 4])
VECTOR = layer("InputLayer", "i", batch_shape=[None, 7])
FIRST = layer("Conv2D", "c", "i", filters=5, kernel_size=1, data_format="channels_first")
LAST = layer("Conv2D", "c", "i", filters=5, kernel_size=1, data_format="channels_last")


def read(tmp_path, *layers: dict[str, Any]) -> Graph:
    return reader.read(given(tmp_path, keras(layers)))


def refused(tmp_path, *layers: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Unreadable) as error:
        read(tmp_path, *layers)
    return [(one.what, one.first) for one in error.value.obstacles]


# The slopes of an input of 8×6 with 4 channels, or of 7 elements, by the axes that share them.
@pytest.mark.parametrize(
    ("entered", "shared", "slopes"),
    [(INPUT, [1, 2], 4), (INPUT, [1, 2, 3], 1), (VECTOR, None, 7), (VECTOR, [1], 1), (VECTOR, 1, 1)],
)
def test_a_prelu_has_a_slope_for_what_is_not_shared(tmp_path, entered, shared, slopes):
    graph = read(tmp_path, entered, layer("PReLU", "p", "i", shared_axes=shared))
    assert [(one.op, one.params) for one in graph.nodes] == [("prelu", slopes)]


# 6, 8, 24 and 192 slopes, none of which are one a channel.
@pytest.mark.parametrize("shared", [[1, 3], [2, 3], [1, 1], []])
def test_a_prelu_with_other_slopes_is_refused(tmp_path, shared):
    what = "a PReLU with a slope for each element, or for each place on an axis"
    assert refused(tmp_path, INPUT, layer("PReLU", "p", "i", shared_axes=shared)) == [
        (what, 'layer "p"')
    ]


@pytest.mark.parametrize("shared", [[0], [4], [True], ["1"], {}])
def test_shared_axes_that_are_none_are_refused(tmp_path, shared):
    what = 'PReLU whose "shared_axes" are none of its input'
    assert refused(tmp_path, INPUT, layer("PReLU", "p", "i", shared_axes=shared)) == [
        (what, 'layer "p"')
    ]


def test_a_prelu_of_channels_that_come_first_shares_the_axes_behind(tmp_path):
    graph = read(tmp_path, INPUT, FIRST, layer("PReLU", "p", "c", shared_axes=[2, 3]))
    assert graph.nodes[1].params == 5


# 8·6·4 = 192 elements: two weights each in a norm, one in a PReLU.
@pytest.mark.parametrize(
    ("made", "params"),
    [
        (layer("BatchNormalization", "n", "f"), 384),
        (layer("LayerNormalization", "n", "f"), 384),
        (layer("GroupNormalization", "n", "f", groups=-1), 384),
        (layer("PReLU", "n", "f"), 192),
    ],
)
def test_behind_a_flatten_each_element_has_weights(tmp_path, made, params):
    graph = read(tmp_path, INPUT, layer("Flatten", "f", "i"), made)
    assert [(one.output, one.params) for one in graph.nodes] == [((192,), 0), ((192,), params)]


@pytest.mark.parametrize("kind", ["BatchNormalization", "LayerNormalization", "PReLU"])
def test_weights_by_an_axis_that_took_the_channels_place_are_refused(tmp_path, kind):
    turned = layer("Permute", "t", "i", dims=[3, 1, 2])
    made = layer(kind, "n", "t", **({"shared_axes": [1, 2]} if kind == "PReLU" else {}))
    what = f"{kind} over another axis than the channels"
    assert refused(tmp_path, INPUT, turned, made) == [(what, 'layer "n"')]


def test_weights_that_no_operation_has_are_refused(tmp_path):
    rms = layer("LayerNormalization", "n", "i", rms_scaling=True)
    assert refused(tmp_path, INPUT, rms) == [("LayerNormalization with rms_scaling", 'layer "n"')]
    lora = layer("Dense", "d", "i", units=6, lora_rank=2)
    assert refused(tmp_path, VECTOR, lora) == [("Dense with the weights of LoRA", 'layer "d"')]


def test_running_statistics_of_a_norm_without_weights_are_told_when_it_is_called_twice(tmp_path):
    norm = layer("BatchNormalization", "n", "i", scale=False, center=False)
    norm["inbound_nodes"] += layer("x", "x", "r")["inbound_nodes"]
    last = layer("ReLU", "last", "n")
    last["inbound_nodes"][0]["args"][0]["config"]["keras_history"][1] = 1
    graph = read(tmp_path, INPUT, norm, layer("ReLU", "r", "n"), last)
    # A mean and a variance for each of 4 channels, once too often.
    what = "buffers are counted for running statistics that the file does not have"
    assert graph.caveats == (f'{what}, 8 in all, first: layer "n"',)


def test_weights_that_are_not_trained_are_told(tmp_path):
    norm = layer("BatchNormalization", "n", "i", trainable=False)
    fixed = layer("Dense", "d", "n", units=2, trainable=False, use_bias=False)
    graph = read(tmp_path, INPUT, norm, fixed, layer("Dense", "e", "d", units=2, trainable=True))
    assert graph.notes == ("3 parameters do not require gradients; they are counted",)


def test_layers_of_differing_data_format_are_refused(tmp_path):
    for first, other in ((LAST, "channels_first"), (FIRST, "channels_last")):
        pool = layer("GlobalAveragePooling2D", "p", "c", data_format=other)
        what = f'GlobalAveragePooling2D with data_format "{other}" behind layers with another'
        assert refused(tmp_path, INPUT, first, pool) == [(what, 'layer "p"')]


def test_a_flatten_has_as_many_elements_by_any_data_format(tmp_path):
    flat = layer("Flatten", "f", "c", data_format="channels_first")
    graph = read(tmp_path, INPUT, LAST, flat, layer("Dense", "d", "f", units=3))
    # 4·5 + 5 of the convolution; 8·6·5 = 240 elements, for 3 units with a bias.
    assert [one.params for one in graph.nodes if one.params] == [25, 723]


def test_channels_that_a_reshape_made_are_those_of_the_layer_behind_it(tmp_path):
    shaped = layer("Reshape", "r", "i", target_shape=[8, 24])
    conv = layer("Conv1D", "c", "r", filters=3, kernel_size=3)
    with pytest.raises(Unreadable) as error:
        read(tmp_path, INPUT, shaped, conv)
    # The Reshape is refused, and nothing else; 3·24·3 weights and 3 biases are read, at 6 places.
    assert [one.first for one in error.value.obstacles] == ['layer "c"']
    assert (error.value.params, error.value.macs) == (219, 1296)
