"""A number that is quoted of a model in PyTorch, and a translation by hand that forgot something."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

# LeNet in PyTorch, of nn.Conv2d(1, 6, 5), nn.MaxPool2d(2), nn.Linear(400, 120) and so on:
# 156 + 2,416 + 48,120 + 10,164 + 850 params, 117,600 + 240,000 + 48,000 + 10,080 + 840 multiply-adds
PARAMS, MACS = 61_706, 416_520
LENET = """\
input: 1x32x32
layers:
  - [conv 5x5 6, relu, maxpool {pool}]
  - [conv 5x5 16, relu, maxpool {pool}]
  - [flatten, linear 120, relu, linear 84, relu, linear 10]
"""
BIASED = "conv: {bias: true, padding: valid}, linear: {bias: true}"


@pytest.fixture
def claim(run: Any, tmp_path: Path) -> Any:
    """What is said of a number that is claimed of a text."""

    def claim(text: str, number: int | str, *more: str) -> Any:
        (tmp_path / "net.yaml").write_text(text)
        ran = run("reconcile", str(tmp_path / "net.yaml"), "--claim", str(number), *more)
        return ran.code, ran.out

    return claim


def defaults_of(found: Any) -> str | None:
    code, out = found
    readings = json.loads(out)["claims"][0]["readings"]
    assert code == 0
    return readings[0]["defaults"]


@pytest.mark.parametrize(
    ("pool", "number", "line"),
    [
        # 32 times the params, and 2.2 times where the pools have their stride
        (
            "2x2",
            PARAMS,
            f"{BIASED}, maxpool: {{padding: valid, stride: 2}}",
        ),
        ("2x2", MACS, "conv: {padding: valid}, maxpool: {padding: valid, stride: 2}"),
        (
            "2x2/2",
            PARAMS,
            BIASED + ", maxpool: {padding: valid}",
        ),
        ("2x2/2", 2 * MACS, "conv: {padding: valid}, maxpool: {padding: valid}"),
        (
            "2x2/2",
            "61.7k",
            BIASED + ", maxpool: {padding: valid}",
        ),
    ],
)
def test_the_line_that_gives_the_number_is_found(claim: Any, pool: str, number: Any, line: str) -> None:
    text = LENET.format(pool=pool)
    assert defaults_of(claim(text, number, "--format", "json")) == f"defaults: {{{line}}}"
    code, out = claim(f"defaults: {{{line}}}\n{text}", number, "--format", "json")
    assert (code, json.loads(out)["claims"][0]["readings"][0]["defaults"]) == (0, None)


@pytest.mark.parametrize(
    ("body", "number", "line"),
    [
        # 3·4 + 4 and 4·10 + 10; then 3·3·4 at 2·2 places; then 4·2·2 values at the end
        ("conv 1x1 4, global_avgpool, linear 10", 66, "conv: {bias: true}, linear: {bias: true}"),
        ("conv 3x3 4", 432, "conv: {padding: valid}"),
        ("maxpool 2x2, linear 1", 12, "maxpool: {stride: 2}"),
        # what a layer says itself stays: only the second has a bias
        ("conv 1x1 4 bias=false, conv 1x1 4", 3 * 4 + 4 * 4 + 4, "conv: {bias: true}"),
        # the stride of most of the kernels
        ("maxpool 2x1, maxpool 2x1, maxpool 4x1, linear 1", 12, "maxpool: {stride: 2x1}"),
    ],
)
def test_each_slip_is_tried_by_itself(claim: Any, body: str, number: int, line: str) -> None:
    text = f"input: 3x4x4\nlayers: [{body}]\n"
    assert defaults_of(claim(text, number, "--format", "json")) == f"defaults: {{{line}}}"


def test_what_the_file_says_of_itself_stays(claim: Any) -> None:
    text = "input: 3x4x4\ndefaults: {conv: {bias: true}}\nlayers: [conv 3x3 4]\n"
    assert defaults_of(claim(text, 432, "--format", "json")) == "defaults: {conv: {padding: valid}}"
    assert claim(text.replace("true", "false"), 3 * 9 * 4 + 4)[0] == 1


def test_a_variant_is_mended_as_it_is(run: Any, tmp_path: Path) -> None:
    text = "input: 3x4x4\nvariants: {a: {layers: [conv 3x3 4]}, b: {layers: [conv 1x1 8]}}\n"
    (tmp_path / "net.yaml").write_text(text)
    ran = run("reconcile", f"{tmp_path}/net.yaml", "--claim", "32", "--format", "json")
    explained = {one["variant"]: one["explained"] for one in json.loads(ran.out)["claims"]}
    assert explained == {"a": False, "b": True}  # 3·8 + 8


def test_what_explains_it_without_a_slip_comes_first(claim: Any) -> None:
    # 150 + 2,400 + 16·8·8·120 + 10,080 + 840
    assert defaults_of(claim(LENET.format(pool="2x2/2"), 136_350, "--format", "json")) is None


def test_the_page_says_the_line(claim: Any) -> None:
    _, out = claim(LENET.format(pool="2x2/2"), PARAMS)
    assert "parameters with bias, valid padding\n" in out
    line = "{conv: {bias: true, padding: valid}, linear: {bias: true}, maxpool: {padding: valid}}"
    assert f" the line that gives it, as PyTorch has it: defaults: {line}\n" in out


def test_a_body_on_the_command_line_has_no_such_line(run: Any) -> None:
    assert run("reconcile", "--input", "3x4x4", "-e", "conv 1x1 4", "--claim", "17").code == 1
