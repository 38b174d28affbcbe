"""Model files that were damaged on the way: read or refused, and soon."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from model_files import call, given, keras, layer, node, onnx, program, tensor, zipped
from pytorch_graphs import SIZES

from convcalc.importers.graph import Graph, ModelFileError, Unreadable
from convcalc.importers.keras import reader as keras_reader
from convcalc.importers.onnx import reader as onnx_reader
from convcalc.importers.pytorch import reader as pytorch_reader
from convcalc.importers.sniff import tell

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


@pytest.mark.parametrize("size", [0, 1, 7])
def test_sizes_that_contradict_each_other_are_no_fault_of_the_importer(run, tmp_path, size):
    """The whole way: a size that changes nothing is read, any other is refused with what is wrong."""
    path, whole = tmp_path / "net.json", json.loads(PROGRAM)
    values = whole["graph_module"]["graph"]["tensor_values"].values()
    codes = set()
    for dim in [dim for value in values for dim in value["sizes"]]:
        before, dim["as_int"] = dim["as_int"], size
        path.write_text(json.dumps(whole))
        ran = run("import", str(path))
        codes.add(ran.code)
        assert ran.code in (0, 2), ran.err
        dim["as_int"] = before
    assert codes == {0, 2}


def test_every_cut_is_read_or_refused(tmp_path):
    for data in (ONNX, zipped({"config.json": KERAS})):
        for size in range(0, len(data), 23):
            check(read(tmp_path, data[:size]))


MODELS = Path(__file__).parent / "data" / "models"
WORDS = ["{", "}", "[net]", "\n", '"', "-1", "0", "9" * 30, "=", "#", "\x00", "$", "layer {", "- "]


@pytest.mark.parametrize("name", ["lenet.prototxt", "residual.cfg"])
def test_damaged_texts_are_written_or_refused(run, tmp_path, full, name):
    """The whole way: what a damaged number makes of the sizes must be written and read back too."""
    random_ = random.Random(name)
    path, text = tmp_path / name, (MODELS / name).read_text()
    for _ in range(60 if full else 15):
        path.write_text(damaged(random_, text))
        ran = run("import", str(path))
        assert ran.code in (0, 2), ran.err
        assert "Traceback" not in ran.err


def damaged(random_: random.Random, text: str) -> str:
    """The text with a word put in, a part left out, or a number exchanged, a few times."""
    for _ in range(random_.choice([1, 2, 5])):
        at = random_.randrange(len(text))
        numbers = [found.span() for found in re.finditer("[0-9]+", text)]
        if (kind := random_.randrange(3)) == 0:
            text = text[:at] + random_.choice(WORDS) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + random_.choice([1, 5, 80]) :]
        elif numbers:
            start, end = random_.choice(numbers)
            number = random_.choice(["0", "1", "3", "7", "64", "100000", "-2", "1.5"])
            text = text[:start] + number + text[end:]
    return text
