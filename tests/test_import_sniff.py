"""What a file is: by what stands in it. Its name only says what is missing."""

from __future__ import annotations

import io
import struct
import subprocess
import sys

import pytest
from model_files import field, keras, layer, message, node, onnx, program, tensor, zipped

from convcalc.importers.graph import ModelFileError
from convcalc.importers.sniff import tell

KERAS = keras([layer("InputLayer", "i", batch_shape=[None, 8, 8, 3])])
PICKLE = b"\x80\x02}q\x00."
ONNX = onnx([node("Relu", "x", "y")])
MODELS = {
    "caffe": ['name: "net"\nlayer {\n  name: "conv"\n}\n', "# a comment\nlayers { bottom: 1 }\n"],
    "darknet": ["[net]\nwidth=416\n", "# a comment\n\n  ; another\n[network]\n", "\ufeff[net]\r\n"],
    "keras": [
        KERAS,
        '\n{"backend": "tensorflow", "class_name" : "Sequential"}',
        zipped({"config.json": KERAS}),
    ],
    "pytorch": [program([], {"x": (1, 3)}), zipped({"net/models/model.json": "{}"})],
    "onnx": [ONNX, message((2, "pytorch"), (1, 8), (7, b"")), ONNX[:-20]],
}
STRANGERS = [
    (
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "a Git LFS pointer",
        "git lfs pull",
    ),
    (zipped({"net/data.pkl": PICKLE, "net/data/0": b""}), "a pickle of torch.save", "torch.export.save"),
    (PICKLE, "a Python pickle", "torch.export.save"),
    (zipped({"net/data.pkl": PICKLE, "net/constants.pkl": PICKLE}), "TorchScript", "torch.export.save"),
    (zipped({"readme.txt": "x"}), "a zip file without a model", ".keras"),
    (struct.pack("<Q", 60) + b'{"w": {"dtype": "F32"}}', "safetensors", "torch.export.save"),
    (b"\x89HDF\r\n\x1a\n" + b"\0" * 20, "HDF5", "model.to_json()"),
    (b"\x1c\0\0\0TFL3" + b"\0" * 20, "a TensorFlow Lite model", "model.save"),
    (struct.pack("<3iQ", 0, 2, 5, 32013312) + b"\x12\x34\x56\x3f" * 9, "darknet's weights", ".cfg"),
    (struct.pack("<3ii", 0, 1, 0, 32013312) + b"\x12\x34\x56\x3f" * 9, "darknet's weights", ".cfg"),
    (message((1, "net"), (100, message((1, "conv")))), "Caffe's weights", ".prototxt"),
    (message((1, 1), (2, b"\0")), "a graph of TensorFlow", "model.save"),
    ("import torch\n\nclass Net: ...\n", "Python code", "torch.export.save"),
    ("from torch import nn\n", "Python code", "torch.export.save"),
]
YAML = [
    "name: net\ninput: [3, 8, 8]\nlayers: [conv 3x3 8]\n",
    '{"name": "net", "input": [3, 8, 8], "layers": ["relu"]}',
    "description: |\n  layer { is what Caffe writes\nlayers: [relu]\n",
    "layers:\n  - conv 3x3 8\n",
    "name: import\n",
    "name: größe\n".encode("utf-16"),
    b"name: \xff\xfe\xfd\n",
]


def told(tmp_path, data, name="file"):
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return tell(str(path), name)


@pytest.mark.parametrize(
    ("reader", "data"), [(key, one) for key, all_ in MODELS.items() for one in all_]
)
def test_a_model_is_told_by_its_content(tmp_path, reader, data):
    for name in ("file", "file.yaml", "file.py"):
        assert told(tmp_path, data, name) == (reader, "")


@pytest.mark.parametrize(("data", "what", "remedy"), STRANGERS)
def test_what_cannot_be_read_is_told_with_what_to_give(tmp_path, data, what, remedy):
    for name in ("file", "file.onnx"):
        reader, wrong = told(tmp_path, data, name)
        assert not reader
        assert wrong.startswith(what)
        assert remedy in wrong


@pytest.mark.parametrize("data", YAML)
def test_everything_else_is_yaml(tmp_path, data):
    for name in ("file", "net.onnx", "net.pt2"):
        assert told(tmp_path, data, name) is None


@pytest.mark.parametrize("data", ["", "[net, layers]\n", "net.pth\n"])
def test_other_text_is_yaml_unless_it_is_named_as_a_model(tmp_path, data):
    assert told(tmp_path, data) is None
    assert told(tmp_path, data, "file.yaml") is None
    for name in ("net.onnx", "net.PTH"):
        assert told(tmp_path, data, name).wrong


NAMED = {
    "pth pt bin ckpt safetensors pt2 pkl": ("a model of PyTorch", "torch.export.save("),
    "tflite pb h5 keras": ("a model of Keras or TensorFlow", 'model.save("model.keras")'),
    "mlmodel": ("a model of Core ML, which would not be read either", "torch.export.save("),
    "onnx": ("a model of ONNX", "torch.onnx.export("),
    "caffemodel": ("weights of Caffe", ".prototxt"),
    "prototxt": ("a network of Caffe", "layer {"),
    "weights": ("weights of darknet", ".cfg"),
}
CONTENTS = {b"": "an empty file", b"hello world\n": "text", b"\xff\x01\x90\xfe": "data of no kind"}


@pytest.mark.parametrize("suffix", [suffix for suffixes in NAMED for suffix in suffixes.split()])
@pytest.mark.parametrize("data", CONTENTS)
def test_what_is_named_as_a_model_and_is_none_is_told_with_what_to_give(run, tmp_path, data, suffix):
    (what, remedy) = next(said for suffixes, said in NAMED.items() if suffix in suffixes.split())
    path = tmp_path / f"net.{suffix}"
    path.write_bytes(data)
    ran = run("summary", str(path))
    assert ran.code == 2
    assert f"net.{suffix}: error: this is {CONTENTS[data]}" in ran.err
    assert f", not {what}; " in ran.err
    assert remedy in ran.err


STREAMS = [
    (ONNX, "an ONNX file"),
    (PICKLE, "a Python pickle"),
    (b"\x1c\0\0\0TFL3" + b"\0" * 20, "a TensorFlow Lite model"),
    (b"\xff\x01\x90\xfe", "no text"),
]


@pytest.mark.parametrize(("data", "what"), STREAMS)
def test_a_model_on_standard_input_is_told_to_be_named(run, monkeypatch, data, what):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    ran = run("summary", "-")
    assert ran.code == 2
    assert ran.err.startswith(f"error: standard input is {what}")
    assert ran.err.endswith("; models are read from files: name it in place of -\n")


def test_an_import_of_standard_input_asks_for_a_file(run):
    ran = run("import", "-")
    assert (ran.code, ran.err) == (2, "error: models are read from files: name it in place of -\n")


def test_code_may_begin_with_anything(tmp_path):
    assert told(tmp_path, '"""A network."""\nimport torch\n', "net.py").wrong.startswith("Python code")


def test_a_character_that_the_head_cuts_off_is_no_damage(tmp_path):
    text = "#" * (64 * 1024 - 1) + "ö\nname: net\n"
    assert told(tmp_path, text) is None


def test_a_damaged_zip_file_is_an_error(tmp_path):
    with pytest.raises(ModelFileError, match="damaged or cut off"):
        told(tmp_path, zipped({"models/model.json": "{}"})[:40])


def test_a_small_weight_in_front_does_not_hide_an_onnx_file(tmp_path):
    data = onnx([node("Relu", "x", "y")], [tensor("w", (100_000,))])
    assert told(tmp_path, data + field(14, "more")).reader == "onnx"


def test_a_text_is_told_without_any_reader(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("name: net\n")
    code = (
        "import sys\nfrom convcalc.importers.sniff import tell\n"
        f"assert tell({str(path)!r}, 'x') is None\n"
        "print(*sorted(name for name in sys.modules if name.startswith('convcalc.')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["convcalc.importers", "convcalc.importers.sniff"]
