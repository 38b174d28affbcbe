"""Keras models within models: which call is which, and what enters them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from model_files import given, keras, layer

from convcalc.importers.graph import Graph, ModelFileError
from convcalc.importers.keras import reader

INPUT = layer("InputLayer", "i", batch_shape=[None, 8, 8, 3])
# 3·3·3·3 weights and 3 biases, which leave 3×8×8 as it is.
SAME = layer("Conv2D", "c", "j", filters=3, kernel_size=3, padding="same")
INNER = layer("InputLayer", "j", batch_shape=[None, 8, 8, 3])


def read(tmp_path, layers: list[dict[str, Any]], outputs: Any, **settings: Any) -> Graph:
    model = json.loads(keras(layers))
    model["config"] |= {"output_layers": outputs, **settings}
    return reader.read(given(tmp_path, json.dumps(model)))


def inner(name: str, *calls: str, kind: str = "Functional") -> dict[str, Any]:
    """A model of one convolution, and what each of its calls reads."""
    nodes = [layer("x", "x", reads)["inbound_nodes"][0] for reads in calls]
    return {**json.loads(keras([INNER, SAME], kind=kind)), "name": name, "inbound_nodes": nodes}


def edges(graph: Graph) -> list[tuple[str, tuple[int, ...], int | None]]:
    return [(one.op, one.inputs, one.shares) for one in graph.nodes]


def test_keras_3_counts_the_calls_of_a_functional_model_from_one_in_its_outputs(tmp_path):
    graph = read(tmp_path, [INPUT, inner("body", "i")], ["body", 1, 0])
    assert edges(graph) == [("conv", (-1,), None)]
    assert graph.heads[0].node == 0
    twice = [INPUT, inner("body", "i", "r"), layer("ReLU", "r", "i")]
    assert [one.node for one in read(tmp_path, twice, [["body", 2, 0], ["body", 1, 0]]).heads] == [2, 0]


def test_keras_3_counts_those_of_a_sequential_model_from_zero(tmp_path):
    twice = [INPUT, inner("body", "i", "r", kind="Sequential"), layer("ReLU", "r", "i")]
    # The second call reads the ReLU, node 0 is the convolution of the first.
    for call, node in ((0, 0), (1, 2)):
        assert [one.node for one in read(tmp_path, twice, [["body", call, 0]]).heads] == [node]


def test_keras_2_counts_them_from_one_everywhere(tmp_path):
    old = {"batch_input_shape": [None, 8, 8, 3]}
    model = {
        **json.loads(keras([INNER, SAME])),
        "name": "body",
        "inbound_nodes": [[["i", 0, 0, {}]], [["r", 0, 0, {}]]],
    }
    layers = [
        {"class_name": "InputLayer", "config": old, "name": "i", "inbound_nodes": []},
        model,
        {
            "class_name": "ReLU",
            "config": {},
            "name": "r",
            "inbound_nodes": [[["body", 1, 0, {}]]],
        },
    ]
    graph = read(tmp_path, layers, [["body", 2, 0]])
    assert edges(graph) == [("conv", (-1,), None), ("relu", (0,), None), ("conv", (1,), 0)]
    assert graph.heads[0].node == 2


def test_the_inputs_of_a_model_are_in_its_own_order_and_not_that_of_its_layers(tmp_path):
    # The model takes b, then a, and returns the cut of b beside a: 3 and 5 channels in this order.
    wide = layer("Conv2D", "wide", "i", filters=5, kernel_size=1)
    within = [
        layer("InputLayer", "a", batch_shape=[None, 8, 8, 5]),
        layer("InputLayer", "b", batch_shape=[None, 8, 8, 3]),
        layer("Conv2D", "c", "b", filters=2, kernel_size=1),
        layer("Concatenate", "cat", "c a"),
    ]
    model = json.loads(keras(within))
    model["config"]["input_layers"] = [["b", 0, 0], ["a", 0, 0]]
    body = {**model, "name": "body", "inbound_nodes": layer("x", "x", "i wide")["inbound_nodes"]}
    graph = read(tmp_path, [INPUT, wide, body], [["body", 1, 0]])
    # 3·5 + 5 weights of the wide one; 3·2 + 2 of the other, which reads the image.
    assert [(one.op, one.params, one.output[0]) for one in graph.nodes] == [
        ("conv", 20, 5),
        ("conv", 8, 2),
        ("concat", 0, 7),
    ]


def test_a_call_without_its_tensors_is_an_error(tmp_path):
    body = inner("body", "i")
    del body["inbound_nodes"][0]["args"][0]["config"]["keras_history"]
    message = 'damaged: the model "net" of 1 input layer is called with 0 tensors'
    with pytest.raises(ModelFileError, match=message):
        read(tmp_path, [INPUT, body], ["body", 1, 0])


def test_a_size_that_is_true_is_none(tmp_path):
    entered = layer("InputLayer", "i", batch_shape=[None, True])
    with pytest.raises(ModelFileError, match="does not say what enters"):
        read(tmp_path, [entered, layer("Dense", "fc", "i", units=2)], ["fc", 0, 0])
