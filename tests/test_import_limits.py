"""Model files that were made to do harm: limits hold whatever a file says of itself."""

from __future__ import annotations

import json
import struct
import time
import tracemalloc

import pytest
from model_files import call, field, given, keras, layer, message, node, onnx, program, tensor
from pytorch_graphs import SIZES

from convcalc.importers.graph import ModelFileError, Unreadable
from convcalc.importers.keras import reader as keras_reader
from convcalc.importers.onnx import model as onnx_model
from convcalc.importers.onnx import reader as onnx_reader
from convcalc.importers.pytorch import reader as pytorch_reader
from convcalc.specs.importing import import_model
from convcalc.specs.opening import open_model


def test_deep_nesting_is_refused(tmp_path):
    deep = {"class_name": "Sequential", "config": {"layers": []}}
    for _ in range(60):
        deep = {"class_name": "Sequential", "config": {"name": "s", "layers": [deep]}}
    with pytest.raises(ModelFileError, match="more than 16 models within each other"):
        keras_reader.read(given(tmp_path, json.dumps(deep)))
    with pytest.raises(ModelFileError, match="nested too deeply"):
        keras_reader.read(given(tmp_path, '{"class_name":' + "[" * 100_000))


def test_models_that_call_each_other_without_end_are_refused_at_once(tmp_path):
    # Each of fifteen models calls the one in it eight times: 8^15 calls of the innermost layer.
    inner = layer("Dense", "fc", "i", units=4)
    for depth in range(15):
        entered = layer("InputLayer", "i", batch_shape=[None, 4])
        tree = json.loads(keras([entered, inner]))
        calls = layer("Functional", "x", "i")["inbound_nodes"]
        for at in range(7):
            calls += layer("Functional", "x", f"f{depth}")["inbound_nodes"]
            calls[-1]["args"][0]["config"]["keras_history"][1] = at
        inner = {**tree, "name": f"f{depth}", "inbound_nodes": calls}
    top = keras([layer("InputLayer", "i", batch_shape=[None, 4]), inner])
    start = time.perf_counter()
    with pytest.raises(ModelFileError, match=r"its calls read [0-9,]+ tensors, more than 100,000"):
        keras_reader.read(given(tmp_path, top))
    assert time.perf_counter() - start < 2


def test_a_chain_of_constants_does_not_grow_without_end(tmp_path):
    nodes = [node("Mul", f"k{at} k{at}", f"k{at + 1}") for at in range(500)]
    reshape = node("Reshape", "x k500", "y")
    with pytest.raises(Unreadable) as error:
        onnx_reader.read(given(tmp_path, onnx([*nodes, reshape], [tensor("k0", (1,), [7], whole=True)])))
    assert error.value.obstacles[0].what == "a computed constant beyond 10^18"


def test_sizes_beyond_reason_are_refused_before_they_are_multiplied(tmp_path):
    huge = SIZES | {"c": (1, 8, 10**12, 10**12)}
    made = call("conv2d.default", "c", input="x", weight="p_w")
    with pytest.raises(Unreadable):
        pytorch_reader.read(given(tmp_path, program([made], huge, "c")))
    weight = message(*((1, 10**9) for _ in range(40)), (2, 1), (8, "w"))
    with pytest.raises(ModelFileError, match="impossible sizes"):
        onnx_reader.read(given(tmp_path, onnx([], [weight])))


def chain(count: int) -> bytes:
    """A model of as many nodes in a row."""
    graph = field(1, node("Relu", "x", "x")) * count + onnx_graph_end()
    return message((1, 8), (7, graph), (8, message((2, 17))))


def test_many_nodes_take_linear_time(tmp_path):
    def timed(count: int) -> float:
        made = given(tmp_path, chain(count))
        started = time.process_time()
        assert len(onnx_reader.read(made).nodes) == count
        return time.process_time() - started

    few, many = timed(500), timed(5_000)
    assert many < 40 * max(few, 0.005)


def test_many_layers_are_written_in_linear_time(tmp_path, full):
    """Activations stay together on a line, however many there are."""

    def timed(count: int) -> float:
        (tmp_path / "net.onnx").write_bytes(chain(count))
        started = time.process_time()
        imported = import_model(open_model(str(tmp_path / "net.onnx")))
        assert len(imported.network.layers) == count
        return time.process_time() - started

    timed(10)  # what is imported first is no part of it
    unit = 1_000 if full else 500
    few, many = timed(unit), timed(8 * unit)
    assert many < 20 * max(few, 0.02)


def test_the_number_of_nodes_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_model, "MAX_NODES", 100)
    assert len(onnx_reader.read(given(tmp_path, chain(100))).nodes) == 100
    with pytest.raises(ModelFileError, match="more than 100 nodes"):
        onnx_reader.read(given(tmp_path, chain(101)))


def onnx_graph_end() -> bytes:
    whole = onnx([], outputs="x")
    return whole[whole.index(b"\x12\x03net") : whole.rindex(field(8, message((1, ""), (2, 17))))]


def test_weights_take_no_memory(tmp_path):
    heavy = tensor("w", (8, 3, 3, 3)) + field(9, b"\0" * 5_000_000)
    made = given(tmp_path, onnx([node("Conv", "x w", "y")], [heavy]))
    tracemalloc.start()
    onnx_reader.read(made)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("limit", ["MAX_FIELDS", "MAX_PARTS"])
def test_the_number_of_fields_is_bounded(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(onnx_model, limit, 1000)
    empty = b"\x0a\x00" * (500 if limit == "MAX_FIELDS" else 40_000)  # in memory, or too large for it
    with pytest.raises(ModelFileError, match="more fields than any network needs"):
        onnx_reader.read(given(tmp_path, message((1, 8), (7, field(1, empty) * 3))))


def test_everything_but_weights_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_model, "MAX_GRAPH_BYTES", 1024**2)
    long = field(1, node("Relu", "x", "x") + field(6, "a comment" * 5000))
    with pytest.raises(ModelFileError, match="more than 1 MiB besides its weights"):
        onnx_reader.read(given(tmp_path, message((1, 8), (7, long * 30))))


def test_tensors_have_few_axes(tmp_path):
    wide = SIZES | {"c": (1, 8, 6, 6, *[1] * 13)}
    with pytest.raises(ModelFileError, match="a tensor without sizes"):
        pytorch_reader.read(given(tmp_path, program([], wide, "x")))
    target = tensor("s", (20,), [1, 3, 8, 8, *[1] * 16], whole=True)
    with pytest.raises(Unreadable, match="Reshape across channels and maps"):
        onnx_reader.read(given(tmp_path, onnx([node("Reshape", "x s", "y")], [target])))


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), 1.5, 1e300])
def test_numbers_that_are_none_are_refused(tmp_path, number):
    calls = [
        call("dropout.default", "c", input="x", p=number),
        call("softmax.int", "r", self="x", dim=number),
        call("mul.Tensor", "n", self="x", other=number),
        call("relu.default", "y", self="n"),
    ]
    sizes = SIZES | dict.fromkeys("crny", SIZES["x"])
    with pytest.raises(Unreadable):
        pytorch_reader.read(given(tmp_path, program(calls, sizes, "y")))
    nodes = [
        node("Resize", "x  scales", "a"),
        node("Flatten", "x", "b", axis=struct.unpack("<f", struct.pack("<f", min(number, 3e38)))[0]),
        node("Mul", "x k", "c"),
        node("Relu", "c", "y"),
    ]
    weights = [tensor("scales", (4,), [1, 1, 0, 1]), tensor("k", (), [min(number, 3e38)])]
    with pytest.raises(Unreadable) as error:
        onnx_reader.read(given(tmp_path, onnx(nodes, weights)))
    assert [one.what for one in error.value.obstacles][:2] == [
        "Resize by a scale that is none",
        'Flatten whose "axis" is no whole number',
    ]


def test_layers_without_their_weights_are_refused(tmp_path):
    for made in (node("Conv", "x", "y"), node("Gemm", "x", "y"), node("ConvTranspose", "x", "y")):
        with pytest.raises(Unreadable, match="without its input 2"):
            onnx_reader.read(given(tmp_path, onnx([made, node("Relu", "x", "")])))
    for target in ("conv2d.default", "conv_transpose2d.input", "linear.default"):
        for weight in ("p_none", "p_b", None):
            made = call(target, "y", input="x", weight=weight, bias="p_b")
            with pytest.raises(Unreadable, match=r"without a weight of its own|nothing gives"):
                pytorch_reader.read(given(tmp_path, program([made], SIZES, "y")))


def test_results_with_other_axes_than_their_call_gives_are_refused(tmp_path):
    calls = [
        call("cat.default", "c", tensors=["x"], dim=4),
        call("chunk.default", "h i", self="x", chunks=2, dim=3),
        call("slice.Tensor", "r", self="x", dim=3, start=0, end=4),
        call("cat.default", "y", tensors=["c", "h", "r"], dim=0),
    ]
    sizes = SIZES | {"c": (1, 3, 8, 8, 1), "h": (1,), "i": (1,), "r": (1, 3)}
    with pytest.raises(Unreadable) as error:
        pytorch_reader.read(given(tmp_path, program(calls, sizes)))
    assert [one.what for one in error.value.obstacles] == [
        "a concat of tensors whose axes differ",
        "a split whose parts have other axes",
        "a slice whose result has other axes",
    ]
    odd = program([call("relu.default", "y z", self="x")], SIZES).replace('{"name": "z"}', "3")
    assert pytorch_reader.read(given(tmp_path, odd)).params == 0


def test_a_truth_is_no_number_of_zeros(tmp_path):
    pad = layer("ZeroPadding2D", "z", "i", padding=[[0, True], [0, 1]])
    data = keras([layer("InputLayer", "i", batch_shape=[None, 8, 8, 3]), pad])
    with pytest.raises(Unreadable, match='"padding" does not fit its input'):
        keras_reader.read(given(tmp_path, data))


def test_names_are_kept_as_they_are(tmp_path):
    name = "a\nb: $c #d 'e' - \u202e"
    made = node("Conv", "x w", "y", name=f"/{name}/conv/Conv")
    (conv,) = onnx_reader.read(given(tmp_path, onnx([made], [tensor("w", (8, 3, 3, 3))]))).nodes
    assert conv.scope[0].name == name
    odd = node(name, "x", "y")
    with pytest.raises(Unreadable) as error:
        onnx_reader.read(given(tmp_path, onnx([odd])))
    assert "\n  1 × a\\nb: $c" in str(error.value)
