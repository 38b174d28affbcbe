"""The command `import`: what is written, and what is refused."""

import hashlib
import os

import model_files
import pytest

import convcalc
from convcalc.specs import importing
from convcalc.specs.importing import import_model
from convcalc.specs.opening import open_model
from convcalc.specs.reading_back import difference

CFG = """\
[net]
width=8
height=8
channels=3
[convolutional]
batch_normalize=1
filters=4
size=3
pad=1
activation=leaky
[convolutional]
batch_normalize=1
filters=4
size=3
pad=1
activation=leaky
[shortcut]
from=-2
activation=linear
[avgpool]
[connected]
output=10
activation=linear
[softmax]
"""

# 3*3*3*4 + 8 + 3*3*4*4 + 8 and 4*10 + 10; 108 and 144 at 64 places and 40 once
WRITTEN = """\
name: tiny
source: "darknet, tiny.cfg, sha256 {digest}"
input: [3, 8, 8]
layers:
  - [conv 3x3 4, batchnorm, leaky_relu slope=0.1]
  - branches:
      residual: [conv 3x3 4, batchnorm, leaky_relu slope=0.1]
      shortcut: identity
    merge: add
  - [global_avgpool, linear 10 bias, softmax]
expect: {{params: 318, macs: 16168, output: [10]}}
"""


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.cfg"
    path.write_text(CFG)
    return path


def test_a_model_file_is_written_as_a_person_would(run, tiny):
    ran = run("import", str(tiny))
    digest = hashlib.sha256(CFG.encode()).hexdigest()[:12]
    assert (ran.code, ran.out) == (0, WRITTEN.format(digest=digest))
    assert ran.err == (
        f"{tiny}: 6 sections → 10 layers in 11 lines; 318 params, 16,168 multiply-adds, "
        "counted twice and equal\n"
    )


def test_outputs_and_what_crosses_have_names(run, tmp_path):
    """As YOLOv3's: a detection, then back to the map before it, beside one from further up."""
    conv = "[convolutional]\nbatch_normalize=1\nfilters={}\nsize=3\nstride={}\npad=1\nactivation=leaky\n"
    down = conv.format(8, 1) + conv.format(16, 2) + conv.format(16, 1) * 8
    text = CFG.split("[convolutional]")[0] + down
    text += conv.format(4, 1) + "[convolutional]\nfilters=3\nactivation=linear\n[yolo]\n"
    text += "[route]\nlayers=-4\n[upsample]\nstride=2\n[route]\nlayers=-1,0\n"
    text += conv.format(4, 1) + "[convolutional]\nfilters=3\nactivation=linear\n[yolo]\n"
    (tmp_path / "net.cfg").write_text(text)
    ran = run("import", str(tmp_path / "net.cfg"))
    assert ran.code == 0, ran.err
    rows = ran.out.partition("layers:\n")[2].splitlines()
    assert rows == [
        "  - skip1: conv_bn_leaky 8",
        "  - [conv_bn_leaky 16 2, {repeat: 8, layers: conv_bn_leaky 16}]",
        "  - yolo1: {out: yolo}",
        "  - [upsample 2, concat skip1]",
        "  - yolo2: {out: yolo}",
        rows[-1],
    ]


def test_what_may_have_been_edited_is_written_over_by_force_only(run, tiny, tmp_path):
    target = tmp_path / "tiny.yaml"
    assert run("import", str(tiny), "-o", str(target)).code == 0
    first = target.read_text()
    target.write_text(edited := first.replace("conv 3x3 4", "conv 3x3 5"))
    told = "is there already, and may have been edited; write to another file, or add --force to write"
    ran = run("import", str(tiny), "-o", str(target))
    assert (ran.code, ran.out, ran.err) == (2, "", f'error: "{target}" {told} over it\n')
    assert target.read_text() == edited
    assert run("import", str(tiny), "-o", str(target), "--force").code == 0
    assert target.read_text() == first


def test_an_empty_file_is_filled(run, tiny, tmp_path):
    """As mktemp makes one."""
    target = tmp_path / "tiny.yaml"
    target.touch()
    assert run("import", str(tiny), "-o", str(target)).code == 0
    assert target.read_text().startswith("name: tiny\n")


def test_what_is_written_guards_itself(run, tiny, tmp_path):
    target = tmp_path / "tiny.yaml"
    assert run("import", str(tiny), "-o", str(target)).code == 0
    assert run("check", str(target)).code == 0
    assert convcalc.load(target).total.params == 318


def test_the_input_may_be_another(run, tiny):
    ran = run("import", str(tiny), "--input", "3x16x16")
    assert "input: [3, 16, 16]" in ran.out
    assert "macs: 64552" in ran.out  # 252 * 256 + 40


def test_the_file_itself_is_not_written_over(run, tiny):
    ran = run("import", str(tiny), "-o", str(tiny))
    assert ran.code == 2
    assert tiny.read_text() == CFG


def test_what_cannot_be_written_is_refused_whole(run, tmp_path):
    path = tmp_path / "x.cfg"
    path.write_text(CFG.replace("[softmax]", "[lstm]\n[gru]\n[lstm]"))
    ran = run("import", str(path), "-o", str(tmp_path / "x.yaml"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"{path}: cannot be written as a specification\n"
        "  2 × [lstm]  first: line 24\n"
        "  1 × [gru]   first: line 25\n"
        "what can be read costs 318 params and 16,168 multiply-adds\n"
    )
    assert not (tmp_path / "x.yaml").exists()


def test_other_files_are_told_for_what_they_are(run, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_text("version https://git-lfs.github.com/spec/v1\n")
    told = "this is a Git LFS pointer, not the file itself; fetch it with: git lfs pull"
    assert run("import", str(path)) == (2, "", f"{path}: error: {told}\n")
    path = tmp_path / "net.txt"
    path.write_text("hello")
    formats = "PyTorch's .pt2, ONNX, Keras, Caffe's prototxt and darknet's cfg can be"
    told = f"no model that can be read; {formats}"
    assert run("import", str(path)) == (2, "", f"{path}: error: {told}\n")


@pytest.mark.parametrize("name", ["pytorch", "onnx", "keras"])
def test_every_format_is_written(run, tmp_path, name):
    # A convolution of 3 to 4 channels, 3·3·3·4 weights and 4 biases, at 6·6 places; then a ReLU.
    sizes = {"x": (1, 3, 8, 8), "p_w": (4, 3, 3, 3), "p_b": (4,), "c": (1, 4, 6, 6), "y": (1, 4, 6, 6)}
    conv = model_files.call("conv2d.default", "c", input="x", weight="p_w", bias="p_b")
    layer = model_files.layer
    files = {
        "pytorch": model_files.zipped(
            {
                "net/models/model.json": model_files.program(
                    [conv, model_files.call("relu.default", "y", self="c")], sizes
                )
            }
        ),
        "onnx": model_files.onnx(
            [model_files.node("Conv", "x w b", "c"), model_files.node("Relu", "c", "y")],
            [model_files.tensor("w", (4, 3, 3, 3)), model_files.tensor("b", (4,))],
        ),
        "keras": model_files.keras(
            [
                layer("InputLayer", "input_1", batch_shape=[None, 8, 8, 3]),
                layer("Conv2D", "conv2d", "input_1", filters=4, kernel_size=3, activation="relu"),
            ]
        ).encode(),
    }
    path = tmp_path / "net"
    path.write_bytes(files[name])
    ran = run("import", str(path))
    assert ran.code == 0, ran.err
    assert "layers:\n  - [conv 3x3 4 valid bias, relu]\n" in ran.out
    assert "expect: {params: 112, macs: 3888, output: [4, 6, 6]}\n" in ran.out


def test_a_file_that_is_not_there(run):
    assert run("import", "nowhere.cfg") == (2, "", "nowhere.cfg: error: No such file or directory\n")


def test_a_model_is_read_from_a_file_only(run, tmp_path):
    fifo = tmp_path / "net.cfg"
    os.mkfifo(fifo)
    told = "this is no file; a model is read from one"
    assert run("import", str(fifo)) == (2, "", f"{fifo}: error: {told}\n")
    assert run("import", str(tmp_path)) == (2, "", f"{tmp_path}: error: {told}\n")


def test_a_file_that_changes_while_it_is_read(run, tiny, monkeypatch):
    tell = importing.tell

    def tell_and_change(path, label):
        told = tell(path, label)
        tiny.write_text(CFG + "[softmax]\n")
        return told

    monkeypatch.setattr(importing, "tell", tell_and_change)
    assert run("import", str(tiny)) == (
        2,
        "",
        f"{tiny}: error: the file has changed while it was read\n",
    )


def test_names_are_data(run, tmp_path):
    path = tmp_path / "net.prototxt"
    path.write_text(
        'name: "a: #{$x}\\"\n[b" input: "data" input_dim: 1 input_dim: 3 input_dim: 4 input_dim: 4\n'
        'layer { name: "conv: - [$c, #x" type: "Convolution" bottom: "data" top: "c"\n'
        "convolution_param { num_output: 2 kernel_size: 1 } }\n"
        'layer { name: "relu" type: "Convolution" bottom: "c" top: "d"\n'
        "convolution_param { num_output: 3 kernel_size: 1 } }\n".replace('"\n[b', "'\\n[b")
    )
    ran = run("import", str(path))
    assert ran.code == 0, ran.err
    assert "  - conv_c_x: conv 1x1 2 bias\n  - conv 1x1 3 bias\n" in ran.out


def test_a_fault_of_the_importer_writes_nothing(run, tiny, tmp_path, monkeypatch):
    described = importing.describe

    def wrong(graph, origin):
        description = described(graph, origin)
        return description._replace(body=description.body.replace("linear 10", "linear 11"))

    monkeypatch.setattr(importing, "describe", wrong)
    ran = run("import", str(tiny), "-o", str(tmp_path / "x.yaml"))
    assert ran.code == 3
    assert (
        "what was written is not what was read: linear1 (line 21): what leaves is 11, not 10" in ran.err
    )
    assert not (tmp_path / "x.yaml").exists()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("linear 10 bias", "linear 10", "the params are 40, not 50"),
        ("slope=0.1", "slope=0.2", "(slope=Fraction(1, 5)), not"),
        ("merge: add", "merge: mul", "the operation is mul, not add"),
        (", softmax]", "]", "nothing stands for line 24"),
        ("softmax]", "softmax, relu]", "relu1 is one layer too many"),
        ("[3, 8, 8]", "[3, 8, 9]", "the input is 3×8×9, not 3×8×8"),
        ("      shortcut: identity\n", "      shortcut: softmax\n", "the operation is softmax, not add"),
        (
            "[global_avgpool, linear 10 bias, softmax]",
            "{aux: [global_avgpool, linear 10 bias, softmax]}",
            "it is a side head's",
        ),
    ],
)
def test_reading_back_tells_what_differs(tiny, old, new, fault):
    imported = import_model(open_model(str(tiny)))
    text = imported.description.text
    assert old in text
    assert fault in difference(imported.description, convcalc.loads(text.replace(old, new)))
