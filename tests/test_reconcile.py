"""What each counter prints, against what each counter printed; and why, adding up."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import convcalc
from convcalc.counters import reconcile as module
from convcalc.counters.conventions import CONVENTIONS, FAMILIES, Convention, family_of
from convcalc.counters.reconcile import FigureCounter, Like, reconcile
from convcalc.network.inline import load_body
from convcalc.network.model import Network
from convcalc.network.overrides import read_input
from convcalc.ops import OPS
from convcalc.ops.activation import Relu
from convcalc.reader.source import shipped_data

DATA = Path(__file__).resolve().parent / "data"
TOOLS = [convention.key for convention in CONVENTIONS]

GOOGLENET = """
input: [3, 224, 224]
defaults: {conv: {bias: true}, linear: {bias: true}}
define:
  cr(kernel, c): [conv $kernel $c, relu]
  inception(c1, r3, c3, r5, c5, proj):
    branches:
      1x1:  cr 1x1 $c1
      3x3:  [cr 1x1 $r3, cr 3x3 $c3]
      5x5:  [cr 1x1 $r5, cr 5x5 $c5]
      pool: [maxpool 3x3, cr 1x1 $proj]
layers:
  - [cr 7x7/2 64, maxpool 3x3/2, lrn, cr 1x1 64, cr 3x3 192, lrn, maxpool 3x3/2]
  - [inception 64 96 128 16 32 32, inception 128 128 192 32 96 64, maxpool 3x3/2]
  - [inception 192 96 208 16 48 64, inception 160 112 224 24 64 64, inception 128 128 256 24 64 64]
  - [inception 112 144 288 32 64 64, inception 256 160 320 32 128 128, maxpool 3x3/2]
  - [inception 256 160 320 32 128 128, inception 384 192 384 48 128 128]
  - [avgpool 7x7 valid, dropout 0.4, linear 1000]
"""
INCEPTION = """
input: [192, 28, 28]
defaults: {conv: {bias: true}}
branches:
  1x1:  [conv 1x1 64, relu]
  3x3:  [conv 1x1 96, relu, conv 3x3 128, relu]
  5x5:  [conv 1x1 16, relu, conv 5x5 32, relu]
  pool: [maxpool 3x3, conv 1x1 32, relu]
"""


NETWORKS = {
    "incep3a_naive_nobias": (lambda: convcalc.load("inception3a#naive"), ()),
    "incep3a_reduced_nobias": (lambda: convcalc.load("inception3a#reduced"), ()),
    "incep3a_naive_bias": (lambda: with_bias("naive"), ()),
    "incep3a_reduced_bias": (lambda: with_bias("reduced"), ()),
    "incep_3a_relu_bias": (lambda: convcalc.loads(INCEPTION), ()),
    "googlenet_paper_bias": (lambda: convcalc.loads(GOOGLENET), ()),
    "googlenet": (lambda: convcalc.load("googlenet_torchvision"), ("relu",)),
    # The two reductions call max pooling as a function, the stem has it as modules.
    "inception_v3": (
        lambda: convcalc.load("inception_v3"),
        ("relu", "avgpool", "Mixed_6a/pool", "Mixed_7a/pool"),
    ),
    "resnet18": (lambda: convcalc.load("resnet18"), ()),
    "resnet50": (lambda: convcalc.load("resnet50#v1.5"), ()),
    "vgg16": (lambda: convcalc.load("vgg16"), ()),
    "alexnet": (lambda: convcalc.load("alexnet"), ()),
    "squeezenet1_0": (lambda: convcalc.load("squeezenet#v1.0_torchvision"), ()),
    "mobilenet_v2": (lambda: convcalc.load("mobilenet_v2"), ("global_avgpool",)),
}


def with_bias(variant: str) -> Network:
    defaults = "defaults: {conv: {bias: true}}\ninput:"
    text = shipped_data("inception3a").decode("utf-8").replace("input:", defaults, 1)
    return convcalc.loads(text, variant)


# flopth keeps the last call of a module only, and these blocks have one ReLU for several places: the
# first of each of resnet18's 8 blocks is lost, the first two of each of resnet50's 16.
LOST_RELUS = {
    "resnet18": 2 * (64 * 56**2 + 128 * 28**2 + 256 * 14**2 + 512 * 7**2),
    "resnet50": 64 * 56**2 * 6
    + 128 * (56**2 + 7 * 28**2)
    + 256 * (28**2 + 11 * 14**2)
    + 512 * (14**2 + 5 * 7**2),
}


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        next(file)  # where they are from
        return list(csv.DictReader(file))


def figures_of(network: Network, functional: tuple[str, ...] = ()) -> dict[str, int | None]:
    return {one.convention.key: one.prints for one in reconcile(network, functional).figures}


PRINTED = {row["network"]: row for row in rows_of("counters.csv")}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_counter_prints_for_a_whole_network_what_it_printed(name: str) -> None:
    make, functional = NETWORKS[name]
    network, printed = make(), PRINTED[name]
    assert (network.total.params, network.total.macs) == (int(printed["params"]), int(printed["macs"]))
    figures = figures_of(network, functional)
    for tool in TOOLS:
        if not printed[tool]:  # onnx-tool cannot read an exported LocalResponseNorm
            assert figures[tool] is None
            continue
        expected = int(printed[tool])
        expected += LOST_RELUS.get(name, 0) if tool == "flopth" else 0
        assert figures[tool] == expected, tool


def test_all_printed_networks_are_held() -> None:
    assert set(NETWORKS) == set(PRINTED)


PROBES = rows_of("counter_probes.csv")


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: f"{probe['body']} {probe['functional']}")
def test_every_counter_prints_for_an_operation_what_it_printed(probe: dict[str, str]) -> None:
    network = load_body(probe["body"], read_input(probe["input"]))
    functional = (probe["functional"],) if probe["functional"] else ()
    for figure in reconcile(network, functional).figures:
        tool = figure.convention.key
        printed = int(probe[tool]) if probe[tool] else None
        assert figure.prints == printed, tool
        if params := probe.get(f"{tool}_params"):
            assert figure.params == int(params), tool


# What no counter has been measured with: its figure is unknown.
UNMEASURED = {
    *("adaptive_maxpool", "channel_mean", "channel_max", "groupnorm"),
    *("instancenorm", "l2norm", "factor", "selu", "mish", "softplus", "logsigmoid", "resize", "pad"),
    *("crop", "pixel_shuffle", "pixel_unshuffle"),
}


@pytest.mark.parametrize(
    "body",
    [
        *("adaptive_avgpool 3", "adaptive_maxpool 2", "channel_mean", "channel_max", "groupnorm 2"),
        *("instancenorm", "l2norm", "factor 2", "selu", "mish", "softplus", "logsigmoid", "resize 2"),
        *("pad 1", "crop 2", "pixel_shuffle 2", "pixel_unshuffle 2", "upsample 2 mode=bilinear"),
        "gelu approximate=tanh",
    ],
)
def test_what_was_not_measured_is_unknown_and_not_zero(body: str) -> None:
    for figure in reconcile(load_body(f"[conv 1x1 8, {body}]", (8, 4, 4))).figures:
        assert figure.prints is None, figure.convention.key
        assert figure.counted >= 64 * 16


@pytest.mark.parametrize("shape", [(8, 4), (8, 4, 4, 4)])
def test_rules_are_known_for_height_and_width_only(shape: tuple[int, ...]) -> None:
    body = "[{op: conv, kernel_size: 1, out_channels: 8}, relu]"
    for figure in reconcile(load_body(body, shape)).figures:
        assert figure.prints is None
        assert figure.unknown == ("multiply-adds", "relu")
    flat = reconcile(load_body("linear 2", shape)).figures
    assert all(figure.prints for figure in flat)


def test_the_probes_have_every_operation() -> None:
    paths = {layer.op for probe in PROBES for layer in load(probe).layers}
    assert set(OPS) - paths == ({"identity"} - paths) | UNMEASURED


def load(probe: dict[str, str]) -> Network:
    return load_body(probe["body"], read_input(probe["input"]))


# ---- parameters ------------------------------------------------------------------------------------


def params_of(body: str, *functional: str) -> dict[str, int | None]:
    network = load_body(body, (8, 4, 4))
    return {one.convention.key: one.params for one in reconcile(network, functional).figures}


def test_a_batch_norm_has_four_tensors_for_onnx_tool_and_two_for_the_others() -> None:
    params = params_of("[conv 1x1 8, batchnorm]")
    assert (params["fvcore"], params["thop"], params["onnx_tool"]) == (64 + 16, 64 + 16, 64 + 32)
    assert params_of("[conv 1x1 8, batchnorm scale=false center=false]")["onnx_tool"] == 64 + 32
    assert params["torch_flop_counter"] is None


def test_thop_sees_the_parameters_of_modules_only() -> None:
    assert params_of("[conv 1x1 8, scale]")["thop"] == 64
    assert params_of("[conv 1x1 8, prelu]")["thop"] == 72
    assert params_of("[conv 1x1 8, linear 2]", "linear")["thop"] == 64
    assert params_of("[conv 1x1 8, linear 2]", "linear")["torchinfo"] == 64 + 256


# ---- the table -------------------------------------------------------------------------------------


def countables_of(probe: dict[str, str]) -> Iterator[tuple[str, str]]:
    network = load(probe)
    counter = FigureCounter(network)
    for layer in network.layers:
        for what in counter.countables(layer):
            yield layer.op, what


STATED = [pair for probe in PROBES for pair in countables_of(probe)]


def test_an_operation_that_computes_states_what_can_be_counted() -> None:
    passes_on = {"identity", "dropout", "flatten", "slice", "channel_shuffle", "concat"}
    assert {op for op, _ in STATED} == set(OPS) - passes_on - UNMEASURED


def test_what_is_countable_is_counted_by_a_tool_and_known_to_all() -> None:
    stated = {what for _, what in STATED}
    counted = {what for convention in CONVENTIONS for what in convention.counts}
    taken_for_params = {"batch norm: channels"}
    assert stated - taken_for_params == counted
    assert {family_of(what) for what in stated} == set(FAMILIES)
    unknown = {
        (convention.key, family)
        for convention in CONVENTIONS
        for family in set(FAMILIES) - set(convention.ignores) - set(map(family_of, convention.counts))
    }
    assert unknown == {("onnx_tool", "lrn")}


def test_of_an_operation_that_states_nothing_every_figure_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Relu, "name", "newlu")
    network = load_body("[conv 1x1 8, relu]", (8, 4, 4))
    for figure in reconcile(network).figures:
        assert (figure.prints, figure.unknown) == (None, ("newlu",))


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.key)
def test_a_row_of_the_table_is_sound(convention: Convention) -> None:
    assert not set(convention.ignores) & set(map(family_of, convention.counts))
    assert convention.source.startswith("https://github.com/")
    assert convention.counts["multiply-adds: conv"] == convention.multiple
    assert convention.counts["multiply-adds: linear"] == convention.multiple


# Counts output values, ReLUs seven times, and the values that no other tool counts.
ANOTHER = Convention(
    key="another",
    name="another [tool]",
    says="steps",
    version="9.9",
    source="https://github.com/a/b",
    multiple=3,
    counts={"multiply-adds: conv": 3, "relu": 7, "sign": 5},
    ignores=("bias",),
)


@pytest.fixture
def one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def countables(self: Any, y: Any, x: Any) -> dict[str, int]:
        return {"relu": x[0] * x[1] * x[2], "sign": 2}

    monkeypatch.setattr(Relu, "countables", countables)
    monkeypatch.setattr(module, "CONVENTIONS", (*CONVENTIONS, ANOTHER))


# 3 · (1·1·3·4·2·2) + 7 · (4·2·2) + 5 · 2 = 144 + 112 + 10
@pytest.mark.usefixtures("one_more")
def test_a_tool_is_added_by_a_row(run: Any) -> None:
    arguments = ["--input", "3x2x2", "-e", "[conv 1x1 4, relu]"]
    table = run("reconcile", *arguments, "--columns", "+version").out
    assert re.search(r"^ another \[tool\] +steps +9\.9 +266 +3× +112 +10$", table, re.M)
    assert " another \\[tool] " not in table
    markdown = run("reconcile", *arguments, "--format", "markdown").out
    assert "| `another [tool]` | steps | 266 | 3× | 112 | 10 |" in markdown
    rows = list(csv.DictReader(run("reconcile", *arguments, "--format", "csv").out.splitlines()))
    assert [(row["prints"], row["sign"]) for row in rows if row["tool"] == "another"] == [("266", "10")]
    model = json.loads(run("reconcile", *arguments, "--format", "json").out)["models"][0]
    assert model["tools"]["another"] == 266
    assert "another [tool]" in run("reconcile", *arguments, "--claim", "266").out
    summary = run("summary", *arguments, "--like", "another").out
    assert re.search(r"^ total .* 266", summary, re.M)


@pytest.mark.usefixtures("one_more")
def test_what_no_rule_is_known_for_is_no_silent_zero(run: Any) -> None:
    arguments = ["--input", "3x2x2", "-e", "[conv 1x1 4, relu]"]
    table = run("reconcile", *arguments).out
    assert re.search(r"^ not known: sign in (?!.*another).*fvcore, thop, torchinfo", table, re.M)
    assert re.search(r"^ fvcore +flops +– +1× +· +\?$", table, re.M)
    model = json.loads(run("reconcile", *arguments, "--format", "json").out)["models"][0]
    assert model["tools"]["fvcore"] is None
    assert next(one for one in model["counters"] if one["tool"] == "fvcore")["not_known"] == ["sign"]
    assert re.search(r"^ total .* –", run("summary", *arguments, "--like", "fvcore").out, re.M)


# ---- what is shown ---------------------------------------------------------------------------------


def number(cell: str) -> int:
    return int(cell.replace(",", "").replace("−", "-").replace("·", "0"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("googlenet_torchvision", "--functional", "relu"),
        ("resnet50#v1.5",),
        ("mobilenet_v2", "--functional", "conv,dwconv"),
        ("googlenet#caffe", "--aux"),
        ("-e", "[conv_transpose 3x3/2 8 groups=2 bias, layernorm, elu]", "--input", "6x5x5"),
    ],
    ids=" ".join,
)
def test_every_row_adds_up(run: Any, arguments: tuple[str, ...]) -> None:
    lines = run("reconcile", *arguments).out.splitlines()
    macs = number(re.search(r"M = ([\d,]+)", lines[0])[1])  # type: ignore[index]
    rows = [re.split(r"  +", line.strip()) for line in lines[5 : 5 + len(CONVENTIONS)]]
    assert len(rows) == len(CONVENTIONS)
    for _, _, prints, multiple, *parts in rows:
        assert number(prints) == int(multiple.rstrip("×")) * macs + sum(map(number, parts))
    figures = [number(row[2]) for row in rows]
    assert figures == sorted(figures)


def test_the_rules_of_a_family_stand_below(run: Any) -> None:
    lines = run("reconcile", "googlenet_torchvision", "--functional", "relu").out.splitlines()
    # 3,226,160 output elements of the 57 normalised convolutions, 14,560 scales and shifts
    assert (
        " batch norm     torchinfo: 14,560 parameters; "
        "fvcore, flopth, ptflops, calflops FLOPs: 2 × 3,226,160 values;" in lines
    )
    assert " called as functions, not as modules: relu" in lines
    assert " fvcore and flopth say FLOPs but count a multiply-add once" in lines


def test_different_things_of_the_same_number_stay_apart(run: Any) -> None:
    # 5 outputs with a bias of each of the layers
    out = run("reconcile", "--input", "3x1x1", "-e", "[conv 1x1 5 bias, linear 5 bias]").out
    assert re.search(r"^ bias .*torchinfo.*: 5 conv \+ 5 linear", out, re.M)


def test_side_heads_are_counted_only_when_asked_for() -> None:
    network = convcalc.load("googlenet#paper")
    without = {one.convention.key: one.prints for one in reconcile(network).figures}
    with_aux = {one.convention.key: one.prints for one in reconcile(network, aux=True).figures}
    # 4·4·512·128 + 2048·1024 + 1024·1000 and, on 528 channels, 4·4·528·128 + ...
    heads = 4_169_728 + 4_202_496
    assert with_aux["calflops_macs"] == (without["calflops_macs"] or 0) + heads


def test_parts_and_layers_have_figures_that_add() -> None:
    network = convcalc.load("resnet18")
    layers = [layer for layer in network.layers if not layer.aux]
    for convention in CONVENTIONS:
        like = Like(convention)
        assert sum(like.prints(network, [layer]) or 0 for layer in layers) == like.total(network)


def test_a_figure_like_anothers_is_a_column(run: Any) -> None:
    table = run("compare", "inception3a", "--like", "ptflops").out
    # The pools of naive and reduced: 192·28·28 inputs, counted twice by ptflops.
    assert "ptflops prints" in table
    assert re.search(r"^ pool .* 301,056 +5,117,952 ", table, re.M)
    rows = list(
        csv.DictReader(
            run("summary", "inception3a#naive", "--like", "ptflops", "--format", "csv").out.splitlines()
        )
    )
    assert sum(int(row["ptflops"]) for row in rows) == 303_765_504
    document = json.loads(run("compare", "inception3a", "--like", "ptflops", "--format", "json").out)
    assert [model["tools"] for model in document["models"]] == [
        {"ptflops": 303765504},
        {"ptflops": 128350208},
    ]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ["reconcile", "conv1x1", "--functional", "reul"],
            'no operation or layer "reul"; did you mean "relu"?',
        ),
        (["reconcile", "conv1x1", "--functional", ""], 'no operation or layer ""; name some such as'),
        (
            ["compare", "conv1x1", "--like", "onnx-tool"],
            'no counter "onnx-tool"; did you mean "onnx_tool"?',
        ),
        (["summary", "conv1x1", "--like", "[red]"], 'no counter "[red]"; there are fvcore, thop,'),
        (
            ["summary", "conv1x1", "--functional", "relu"],
            "--functional changes nothing here without --like",
        ),
        (
            ["reconcile", "conv1x1", "--columns", "verzion"],
            'no column "verzion"; did you mean "version"?',
        ),
        (["reconcile", "conv1x1", "--claim", "1", "--columns", "says"], "it goes without --claim"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_word_is_one_line_and_exit_code_2(run: Any, arguments: list[str], error: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert error in ran.err


def test_a_counter_that_keeps_the_last_call_is_said_to_do_so(run):
    body = ["-e", "[a: conv 1x1 6 bias, maxpool 2x2/2 0, again a]", "--input", "6x8x10"]
    out = run("reconcile", *body).out
    assert " of a module that runs again flopth keeps the last call\n" in out
    # 36 multiply-adds at 4·5 positions, after those at 8·10 that are not kept
    assert re.search(r" flopth +FLOPs +\S+ +1× +−2,880 ", out)
    assert "last call" not in run("reconcile", "-e", "conv 1x1 6", "--input", "6x8x10").out


def test_a_side_head_that_does_not_count_is_no_later_call():
    network = load_body("[a: conv 1x1 6, {aux: again a}]", (6, 8, 10))
    for aux, kept in ((False, 1), (True, 1)):
        (figure,) = [
            one for one in reconcile(network, aux=aux).figures if one.convention.key == "flopth"
        ]
        assert figure.prints == kept * 36 * 80
