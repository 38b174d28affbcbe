"""Model files that were made to do harm, or were damaged on the way: read or refused, and soon."""

from __future__ import annotations

import copy
import json
import random
import struct
import time
import tracemalloc
from collections.abc import Callable

import pytest
from model_files import call, field, given, keras, layer, message, node, onnx, program, tensor, zipped

from convcalc.importers import keras as keras_reader
from convcalc.importers import onnx as onnx_reader
from convcalc.importers import onnx_model
from convcalc.importers import pytorch as pytorch_reader
from convcalc.importers.graph import Graph, ModelFileError, Unreadable
from convcalc.importers.sniff import tell

SIZES = {
    "x": (1, 3, 8, 8),
    "p_w": (8, 3, 3, 3),
    "p_b": (8,),
    "p_g": (8,),
    "c": (1, 8, 6, 6),
    "r": (1, 8, 6, 6),
    "n": (1, 8, 6, 6),
    "h": (1, 4, 6, 6),
    "i": (1, 4, 6, 6),
    "k": (1, 8, 6, 6),
    "m": (1, 8, 3, 3),
    "f": (1, 72),
    "p_l": (5, 72),
    "y": (1, 5),
}
PROGRAM = program(
    [
        call("conv2d.default", "c", input="x", weight="p_w", bias="p_b", stride=[1, 1], padding=[0, 0]),
        call("batch_norm.default", "n", input="c", weight="p_g", bias="p_b", eps=1e-5),
        call("relu_.default", "r", self="n"),
        call("chunk.default", "h i", self="r", chunks=2, dim=1),
        call("cat.default", "k", tensors=["h", "i"], dim=1),
        call("max_pool2d.default", "m", self="k", kernel_size=[2, 2], stride=[2, 2]),
        call("view.default", "f", self="m", size=[1, 72]),
        call("linear.default", "y", input="f", weight="p_l"),
    ],
    SIZES,
)
ONNX = onnx(
    [
        node("Conv", "x w b", "c", name="/a/Conv", pads=[0, 0, 0, 0], strides=[1, 1]),
        node("BatchNormalization", "c b b b b", "n", epsilon=1e-5),
        node("Clip", "n low high", "r"),
        node("Split", "r", "h i", axis=1),
        node("Concat", "h i", "k", axis=1),
        node("MaxPool", "k", "m", kernel_shape=[2, 2], strides=[2, 2]),
        node("Shape", "m", "s"),
        node("Gather", "s at", "g"),
        node("Concat", "g rest", "t", axis=0),
        node("Reshape", "m t", "f"),
        node("Gemm", "f l", "y", transB=1),
    ],
    [
        *(tensor("w", (8, 3, 3, 3)), tensor("b", (8,)), tensor("l", (5, 72))),
        *(tensor("at", (1,), [0], whole=True), tensor("rest", (1,), [-1], whole=True)),
        *(tensor("low", (), [0.0]), tensor("high", (), [6.0])),
    ],
)
KERAS = keras(
    [
        layer("InputLayer", "i", batch_shape=[None, 8, 8, 3]),
        layer("Conv2D", "c", "i", filters=8, kernel_size=[3, 3], strides=[1, 1], padding="valid"),
        layer("BatchNormalization", "b", "c", axis=-1),
        layer("ReLU", "r", "b", max_value=6.0),
        layer("ZeroPadding2D", "z", "r", padding=[[0, 1], [0, 1]]),
        layer("DepthwiseConv2D", "d", "z", kernel_size=[3, 3], strides=[2, 2]),
        layer("GlobalAveragePooling2D", "g", "d", keepdims=True),
        layer("Multiply", "m", "d g"),
        layer("Reshape", "s", "m", target_shape=[-1]),
        layer("Dense", "y", "s", units=5, activation="softmax"),
    ]
)
READERS: dict[str, Callable[..., Graph]] = {
    "pytorch": pytorch_reader.read,
    "onnx": onnx_reader.read,
    "keras": keras_reader.read,
}
VALUES = [
    None,
    -1,
    0,
    1,
    3,
    64,
    10**13,
    1.5,
    float("inf"),
    float("nan"),
    True,
    "",
    "a",
    [],
    {},
    [1, 2],
    [[1, 2], [3, 4]],
    [None],
]


def read(tmp_path, data) -> Graph | None:
    """The graph of a file that may be anything; None where it is refused as it should be."""
    made = given(tmp_path, data)
    try:
        told = tell(made.path, made.label)
        return READERS[told.reader](made) if told and told.reader in READERS else None
    except (ModelFileError, Unreadable):
        return None


def check(graph: Graph | None) -> None:
    """A graph is one, whatever the file was."""
    for number, one in enumerate(graph.nodes if graph else ()):
        assert all(-1 <= source < number for source in one.inputs)
        assert all(type(size) is int and size > 0 for size in one.output)
        assert type(one.params) is type(one.macs) is int
        assert min(one.params, one.macs) >= 0


def altered(random_: random.Random, data: bytes) -> bytes:
    """Some bytes changed, left out, or written twice."""
    made = bytearray(data)
    for _ in range(random_.choice((1, 1, 2, 5))):
        at = random_.randrange(len(made))
        match random_.randrange(4):
            case 0:
                made[at] = random_.randrange(256)
            case 1:
                made[at] ^= 1 << random_.randrange(8)
            case 2:
                del made[at : at + random_.randrange(1, 9)]
            case 3:
                made[at:at] = made[at : at + random_.randrange(1, 40)]
    return bytes(made) or b"\0"


def rewritten(random_: random.Random, text: str) -> str:
    """Some values of a JSON text replaced by others."""
    tree = json.loads(text)
    for _ in range(random_.choice((1, 1, 2, 3))):
        path, now = [], tree
        while isinstance(now, (dict, list)) and now:
            key = random_.choice(list(now)) if isinstance(now, dict) else random_.randrange(len(now))
            path.append((now, key))
            now = now[key]
        holder, key = random_.choice(path[-4:]) if path else ({}, "")
        if random_.random() < 0.2 and isinstance(holder, (dict, list)) and path:
            del holder[key]
        elif path:
            holder[key] = copy.deepcopy(random_.choice(VALUES))
    return json.dumps(tree)


def test_the_files_below_are_read_when_they_are_whole(tmp_path):
    expected = {
        # 216 weights at 36 places, 8 biases, 16 of the norm, 72·5 = 360.
        "pytorch": (216 + 8 + 16 + 360, 216 * 36 + 360),
        "onnx": (216 + 8 + 16 + 360, 216 * 36 + 360),
        # Keras: 216 and 8, 16, then 72 and 8 at 3·3 = 9 places, and 360 and 5.
        "keras": (216 + 8 + 16 + 80 + 365, 216 * 36 + 72 * 9 + 360),
    }
    for name, data in (("pytorch", PROGRAM), ("onnx", ONNX), ("keras", KERAS)):
        graph = READERS[name](given(tmp_path, data))
        check(graph)
        assert (graph.params, graph.macs) == expected[name]


@pytest.mark.parametrize("seed", range(4))
def test_damaged_bytes_are_read_or_refused(tmp_path, seed):
    random_ = random.Random(seed)
    for data in [ONNX, zipped({"models/model.json": PROGRAM}, 0), KERAS.encode(), PROGRAM.encode()]:
        for _ in range(30):
            check(read(tmp_path, altered(random_, data)))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("text", [PROGRAM, KERAS], ids=["pytorch", "keras"])
def test_other_values_are_read_or_refused(tmp_path, text, seed):
    random_ = random.Random(seed)
    for _ in range(40):
        check(read(tmp_path, rewritten(random_, text)))


def test_every_cut_is_read_or_refused(tmp_path):
    for data in (ONNX, zipped({"config.json": KERAS})):
        for size in range(0, len(data), 23):
            check(read(tmp_path, data[:size]))


def test_deep_nesting_is_refused(tmp_path):
    deep = {"class_name": "Sequential", "config": {"layers": []}}
    for _ in range(60):
        deep = {"class_name": "Sequential", "config": {"name": "s", "layers": [deep]}}
    with pytest.raises(ModelFileError, match="more than 16 models within each other"):
        keras_reader.read(given(tmp_path, json.dumps(deep)))
    with pytest.raises(ModelFileError, match="nested too deeply"):
        keras_reader.read(given(tmp_path, '{"class_name":' + "[" * 100_000))


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
    monkeypatch.setattr(onnx_model, "MAX_BYTES", 1024**2)
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


def test_names_are_kept_as_they_are(tmp_path):
    name = "a\nb: $c #d 'e' - \u202e"
    made = node("Conv", "x w", "y", name=f"/{name}/conv/Conv")
    (conv,) = onnx_reader.read(given(tmp_path, onnx([made], [tensor("w", (8, 3, 3, 3))]))).nodes
    assert conv.scope[0].name == name
    odd = node(name, "x", "y")
    with pytest.raises(Unreadable) as error:
        onnx_reader.read(given(tmp_path, onnx([odd])))
    assert "\n  1 × a\\nb: $c" in str(error.value)
