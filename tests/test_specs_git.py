"""Model files at git revisions, and those that folders pass over."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from model_files import node, onnx, tensor

MODELS = Path(__file__).parent / "data" / "models"
LENET = MODELS / "lenet.prototxt"
NOTE = "convcalc: {} passed over; a path or pattern that names one has it read, such as {}\n"


def conv(channels: int) -> bytes:
    """A 1x1 convolution of the 3 channels that enter: binary, as git keeps any file."""
    return onnx([node("Conv", "x w", "y", "/head/conv/Conv")], [tensor("w", (channels, 3, 1, 1))])


@pytest.fixture(autouse=True)
def repo(tmp_path, monkeypatch):
    """A repository with a Caffe and an ONNX network, which the work tree has in another version."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    Path("nets").mkdir()
    shutil.copy(LENET, "nets/lenet.prototxt")
    Path("nets/net.onnx").write_bytes(conv(8))
    commit()
    wider = LENET.read_text().replace("num_output: 500", "num_output: 600")
    Path("nets/lenet.prototxt").write_text(wider)
    Path("nets/net.onnx").write_bytes(conv(9))


def git(*arguments):
    subprocess.run(["git", *arguments], check=True)


def commit():
    git("add", "--all")
    git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-q", "-m", "nets")


# 800·500 + 500 + 500·10 + 10 of LeNet's 431,080 become 800·600 + 600 + 600·10 + 10
WIDER = 431080 + 81100


def test_a_revision_of_a_model_is_read_in_any_command(run):
    assert run("summary", "HEAD:nets/lenet.prototxt", "--field", "params").out == "431080\n"
    assert run("summary", "nets/lenet.prototxt", "--field", "params").out == f"{WIDER}\n"
    assert run("summary", "HEAD:nets/net.onnx", "--field", "params").out == "24\n"
    document = json.loads(run("summary", "HEAD:nets/net.onnx", "--format", "json").out)
    (model,) = document["models"]
    assert (model["name"], model["file"]) == ("net", "HEAD:nets/net.onnx")
    assert model["layers"][0]["line"] is None


def test_a_revision_is_imported_as_the_file_was(run):
    told = run("import", "HEAD:nets/lenet.prototxt")
    shutil.copy(LENET, "lenet.prototxt")
    assert told.out == run("import", "lenet.prototxt").out
    assert told.err.startswith("HEAD:nets/lenet.prototxt: 9 layers")


@pytest.mark.parametrize(
    "words",
    [
        ("HEAD:nets/lenet.prototxt", "nets/lenet.prototxt"),
        ("nets/lenet.prototxt",),
        ("--since", "HEAD", "nets/lenet.prototxt"),
        ("--since", "HEAD", "nets/[ls]*"),
    ],
    ids=" ".join,
)
def test_what_changed_in_a_model(run, words):
    Path("nets/setup.py").write_text("import setuptools\n")
    ran = run("diff", *words, "--format", "csv")
    assert (ran.code, ran.err) == (0, "")
    deltas = [int(row["params_delta"]) for row in csv.DictReader(io.StringIO(ran.out))]
    assert sum(deltas) == 81100
    assert run("diff", *words, "--exit-code").code == 1


@pytest.mark.parametrize(
    "words",
    [("HEAD:net.onnx", "net.onnx"), ("net.onnx",), ("--since", "HEAD", "net.onnx")],
    ids=" ".join,
)
def test_counts_that_are_not_the_files_are_told_of_both_versions(run, words):
    """The second convolution has the bias of the first; the first version's have two channels more."""
    nodes = [node("Conv", "x w b", "c"), node("Conv", "c v b", "y", "last")]
    for channels in (6, 4):
        sizes = {"w": (channels, 3, 1, 1), "v": (channels, channels, 1, 1), "b": (channels,)}
        Path("net.onnx").write_bytes(onnx(nodes, [tensor(*one) for one in sizes.items()]))
        if channels == 6:
            commit()
    ran = run("diff", *words)
    told = "params that the file has once for several uses are counted again, {} in all"
    assert sorted(ran.err.splitlines()) == [
        f'convcalc: HEAD:net.onnx: {told.format(6)}, first: node "last"',
        f'convcalc: net.onnx: {told.format(4)}, first: node "last"',
    ]


def test_growth_of_a_model_is_limited(run):
    words = ("diff", "--since", "HEAD", "nets/net.onnx", "--max-growth")
    assert run(*words, "params=3").code == 0
    assert run(*words, "params=2").code == 1


def test_a_large_model_that_is_the_same_did_not_change(run):
    """More than what is read of a file of text."""
    weight = tensor("w", (550_000, 2, 1, 1))
    Path("large.onnx").write_bytes(onnx([node("Conv", "x w", "y")], [weight], (1, 2, 1, 1)))
    commit()
    assert run("summary", "HEAD:large.onnx", "--field", "params").out == "1100000\n"
    assert "no specification changed" in run("diff", "--since", "HEAD", "large.onnx").out


def test_a_version_that_is_no_model_is_told_for_what_it_is(run):
    Path("nets/other.onnx").write_text("version https://git-lfs.github.com/spec/v1\n")
    git("add", "nets/other.onnx")
    Path("nets/other.onnx").write_bytes(conv(8))
    ran = run("diff", ":nets/other.onnx", "nets/other.onnx")
    said = "this is a Git LFS pointer, not the file itself; fetch it with: git lfs pull"
    assert (ran.code, ran.err) == (2, f":nets/other.onnx: error: {said}\n")
    ran = run("diff", "--since", "HEAD", "nets/other.onnx")
    assert (ran.code, ran.err) == (0, "")


def test_a_model_that_is_gone_since_is_no_error_of_check(run):
    Path("nets/net.onnx").unlink()
    words = ("check", "--since", "HEAD", "nets/net.onnx", "nets/lenet.prototxt", "--max", "params=1M")
    assert run(*words).code == 0


def test_what_is_written_for_reading_is_gone_afterwards(run):
    before = set(os.listdir(tempfile.gettempdir()))
    code = "from convcalc.commands.program import main; main(['summary', 'HEAD:nets/net.onnx'])"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert (
        not {name for name in os.listdir(tempfile.gettempdir()) if name.startswith("convcalc-")} - before
    )


def test_folders_pass_models_over_and_say_so(run):
    Path("nets/x.yaml").write_text("input: [3, 8, 8]\nlayers: [conv 1x1 8]\n")
    Path("nets/setup.cfg").write_text("[metadata]\nname = no network\n")
    Path("nets/broken.keras").write_bytes(b"PK\x03\x04")
    said = NOTE.format("2 model files in folders are", '"nets/lenet.prototxt"')
    ran = run("check", "nets", "--max", "params=24")
    assert (ran.code, ran.err) == (0, said)
    ran = run("check", "nets", "nets/*.prototxt", "--max", "params=24")
    assert (ran.code, ran.err) == (1, NOTE.format("1 model file in folders is", '"nets/net.onnx"'))
    ran = run("diff", "--since", "HEAD")
    assert ran.err == said
    git("checkout", "-q", "nets/net.onnx")
    assert run("diff", "--since", "HEAD").err == NOTE.format(
        "1 model file in folders is", '"nets/lenet.prototxt"'
    )


def test_a_lock_keeps_models_by_their_names(run):
    words = ("check", "nets/net.onnx", "--baseline", "nets/lock.json")
    assert run(*words, "--update").code == 0
    assert json.loads(Path("nets/lock.json").read_text())["networks"] == {
        "net.onnx": {"params": 27, "macs": 1728}
    }
    Path("nets/net.onnx").write_bytes(conv(10))
    assert run(*words).code == 1
    assert (
        run("check", "nets/net.onnx", "--input", "3x4x4", "--baseline", "l.json", "--update").code == 0
    )
    assert list(json.loads(Path("l.json").read_text())["networks"]) == ["nets/net.onnx@input=3x4x4"]
