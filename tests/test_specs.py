"""Model files as SPECs: what stands behind them is a description that nobody has seen."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from model_files import given, program
from pytorch_graphs import CALL, CONV

import convcalc

MODELS = Path(__file__).parent / "data" / "models"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    for path in MODELS.iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_model_file_is_a_network_like_others(run):
    # Caffe's LeNet: 5*5*20 + 20 + 5*5*20*50 + 50 + 800*500 + 500 + 500*10 + 10
    assert run("summary", "lenet.prototxt", "--field", "params").out == "431080\n"
    assert run("compare", "lenet.prototxt", "residual.cfg").code == 0
    assert run("explain", "lenet.prototxt", "conv2").code == 0
    assert run("verify", "lenet.prototxt").code == 0
    assert run("diff", "lenet.prototxt", "residual.cfg").code == 0
    assert convcalc.load("lenet.prototxt").total.params == 431080


def test_its_layers_stand_on_no_line(run):
    document = json.loads(run("summary", "lenet.prototxt", "--format", "json").out)
    assert {layer["line"] for layer in document["models"][0]["layers"]} == {None}
    assert document["models"][0]["file"] == "lenet.prototxt"


def test_it_does_not_judge_itself(run):
    assert run("check", "lenet.prototxt").err.startswith("convcalc: no rule to check in 1 file; ")
    assert run("check", "lenet.prototxt", "--max", "params=431080").code == 0
    assert run("check", "lenet.prototxt", "--max", "params=431079").code == 1
    assert run("check", "lenet.prototxt", "--baseline", "lock.json", "--update").code == 0
    assert run("check", "lenet.prototxt", "--baseline", "lock.json").code == 0


def test_a_rule_for_it_stands_in_no_line_of_it(run):
    asked = ("check", "lenet.prototxt", "--max", "params=1", "--format")
    assert "lenet.prototxt:" not in run("check", "lenet.prototxt", "--max", "params=1").out
    assert run(*asked, "github").out.startswith("::error file=lenet.prototxt,title=max.params::")
    (result,) = json.loads(run(*asked, "json").out)["results"]
    assert (result["file"], result["line"], result["column"]) == ("lenet.prototxt", None, None)
    (found,) = json.loads(run(*asked, "sarif").out)["runs"][0]["results"]
    place = {"physicalLocation": {"artifactLocation": {"uri": "lenet.prototxt"}}}
    assert found["locations"] == [place]
    assert ">lenet.prototxt: LeNet has " in run(*asked, "junit").out


def test_verify_says_that_its_own_weights_had_no_part(run):
    told = "random weights, in the description that was read from "
    assert f"{told}lenet.prototxt\n" in run("verify", "lenet.prototxt").out
    assert f"{told}lenet.prototxt, residual.cfg\n" in run("verify", "lenet.prototxt", "residual.cfg").out
    assert told not in run("verify", "inception3a#naive").out


def test_reconcile_refuses_what_an_exporter_may_have_changed(run):
    ran = run("reconcile", "lenet.prototxt", "residual.cfg")
    assert (ran.code, ran.out) == (2, "")
    first, second = filter(None, ran.err.splitlines())
    assert first.startswith("lenet.prototxt: error: counters run PyTorch's modules, and exporters fold ")
    assert second.startswith("residual.cfg: error: ")
    assert run("reconcile", "lenet.prototxt", "--claim", "431080").code == 2


def test_reconcile_takes_what_pytorch_exported(run, tmp_path):
    file = given(tmp_path, program([CALL], CONV, "c")).path
    ran = run("reconcile", file, "--format", "json")
    # a 3x3 convolution of 3 channels to 4 that gives 6x6: 3*3*3*4*6*6
    assert (ran.code, json.loads(ran.out)["models"][0]["tools"]["fvcore"]) == (0, 3888)


def test_another_input_is_read_from_the_file_again(run):
    # 9x9 leaves an odd row: darknet's conv pads both sides, `same` only the end of an even one
    ran = run("summary", "residual.cfg", "--input", "3x9x9", "--format", "json")
    layers = json.loads(ran.out)["models"][0]["layers"]
    # (9 + 2 - 3) / 2 + 1 = 5, (5 + 2 - 3) / 2 + 1 = 3, (3 + 2 - 3) / 2 + 1 = 2
    assert [layer["output"] for layer in layers if layer["op"] == "conv"][1::3] == [
        [32, 5, 5],
        [64, 3, 3],
        [128, 2, 2],
    ]


def test_it_has_no_variants_and_no_parameters(run):
    told = 'error: lenet.prototxt is a model file and has no variants, so no "small"\n'
    assert run("summary", "lenet.prototxt#small") == (2, "", told)
    assert run("summary", "lenet.prototxt", "--set", "alpha=1").code == 2


def test_what_is_wrong_with_several_is_told_at_once(run):
    Path("net.pth").write_bytes(b"\x80\x02")
    Path("net.cfg").write_text("[net]\nwidth=8\nheight=8\nchannels=3\n[lstm]\n")
    ran = run("compare", "net.pth", "net.cfg", "nowhere")
    assert ran.code == 2
    assert ran.err.startswith("net.pth: error: this is a Python pickle, ")
    assert "\nnet.cfg: cannot be written as a specification\n  1 × [lstm]  first: line 5\n" in ran.err
    assert '\nerror: no file and no shipped config "nowhere"' in ran.err


@pytest.mark.parametrize("word", ["net.yaml", "inception3a", "net.txt"])
def test_no_importer_is_loaded_for_a_specification(word):
    text = "input: [3, 4, 4]\nlayers: conv 1x1 2\n"
    Path("net.yaml").write_text(text)
    Path("net.txt").write_text(text)
    program = (
        "import sys\n"
        "from convcalc.commands.program import main\n"
        f"assert main(['summary', {word!r}, '--format', 'json']) == 0\n"
        "loaded = [name for name in sys.modules if name.startswith('convcalc.importers.')]\n"
        "print(loaded, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # The first bytes of a file that is not called .yaml are looked at.
    assert done.stderr == ("['convcalc.importers.sniff']\n" if word == "net.txt" else "[]\n")


def test_what_cannot_be_written_is_told_at_its_line(run, folder):
    """Of a text the line of each construct, of other files no line at all."""
    text = (folder / "residual.cfg").read_text()
    (folder / "rnn.cfg").write_text(text + "[lstm]\n[gru]\n")
    last = text.count("\n")
    (folder / "net.onnx").write_text("version https://git-lfs.github.com/spec/v1\n")
    ran = run("check", "rnn.cfg", "net.onnx", "--format", "json")
    assert ran.code == 2
    errors = json.loads(ran.out)["errors"]
    assert [(one["file"], one["line"], one["column"]) for one in errors] == [
        ("rnn.cfg", last + 1, 1),
        ("rnn.cfg", last + 2, 1),
        ("net.onnx", None, None),
    ]
    assert errors[0]["message"] == f"cannot be written: 1 × [lstm], first: line {last + 1}"
    assert errors[2]["message"].startswith("this is a Git LFS pointer")
    said = run("check", "rnn.cfg", "net.onnx", "--format", "github").out
    assert f"::error file=rnn.cfg,line={last + 1},col=1,title=" in said
    assert "::error file=net.onnx,title=" in said
    cases = run("check", "rnn.cfg", "net.onnx", "--format", "junit").out
    assert f'name="line {last + 2}, column 1"' in cases
    assert 'classname="net.onnx" name="the file"' in cases
    assert f">rnn.cfg:{last + 1}:1: cannot be written" in cases
    sarif = json.loads(run("check", "net.onnx", "--format", "sarif").out)
    (found,) = sarif["runs"][0]["results"]
    assert "region" not in found["locations"][0]["physicalLocation"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("layer {\n}\n", "a model file (caffe)"),
        ("PK\x03\x04", "a zip file, as PyTorch and Keras save models"),
        ("import torch\n", "Python code, which is never run; "),
        ("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ],
)
def test_standard_input_is_no_model(run, monkeypatch, text, what):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    ran = run("summary", "-")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: standard input is {what}")
    assert ran.err.endswith("; models are read from files: name it in place of -\n")


def test_a_file_without_its_suffix_and_a_layer_behind_a_slash_are_told(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ok.yaml").write_text("input: [3, 8, 8]\nlayers: [conv 3x3 4]\n")
    assert 'config "ok"; did you mean "ok.yaml"?' in run("summary", "ok").err
    told = "; a layer's path is a word of its own: ok.yaml conv1"
    assert told in run("explain", "ok.yaml/conv1").err
    assert '"ok.yaml" is a file of your own; show prints the shipped' in run("show", "ok.yaml").err
