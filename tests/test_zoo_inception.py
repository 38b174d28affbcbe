"""The Inception networks that ship, against what others measured and published."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from convcalc import load, loads
from convcalc.commands.program import main

HERE = Path(__file__).parent
CONFIGS = HERE.parent / "configs"

MEASURED = {"conv": "Conv2d", "batchnorm": "BatchNorm2d", "linear": "Linear"}  # PyTorch's names

# Szegedy et al. 2014, Figure 2 with the sizes of Table 1: params, multiply-adds, output.
MODULES = {
    "3a_naive": (387072, 303464448, (416, 28, 28)),
    "3a_reduced": (163328, 128049152, (256, 28, 28)),
    "3b_naive": (1089536, 854196224, (672, 28, 28)),
    "3b_reduced": (388096, 304267264, (480, 28, 28)),
    "4a_naive": (1566720, 307077120, (928, 14, 14)),
    "4a_reduced": (375552, 73608192, (512, 14, 14)),
    "4b_naive": (1933312, 378929152, (960, 14, 14)),
    "4b_reduced": (448512, 87908352, (512, 14, 14)),
    "4c_naive": (2064384, 404619264, (960, 14, 14)),
    "4c_reduced": (509440, 99850240, (512, 14, 14)),
    "4d_naive": (2203648, 431915008, (976, 14, 14)),
    "4d_reduced": (604672, 118515712, (528, 14, 14)),
    "4e_naive": (3345408, 655699968, (1232, 14, 14)),
    "4e_reduced": (867328, 169996288, (832, 14, 14)),
    "5a_naive": (5271552, 258306048, (1536, 7, 7)),
    "5a_reduced": (1042432, 51079168, (832, 7, 7)),
    "5b_naive": (5857280, 287006720, (1728, 7, 7)),
    "5b_reduced": (1442816, 70697984, (1024, 7, 7)),
}
# What TF-Slim's own tests state, as channels, height, width; Inception-v4 has the paper's names.
END_POINTS = {
    "inception_v2": {
        "Conv2d_1a_7x7": [64, 112, 112],
        "MaxPool_2a_3x3": [64, 56, 56],
        "Conv2d_2b_1x1": [64, 56, 56],
        "Conv2d_2c_3x3": [192, 56, 56],
        "MaxPool_3a_3x3": [192, 28, 28],
        "Mixed_3b": [256, 28, 28],
        "Mixed_3c": [320, 28, 28],
        "Mixed_4a": [576, 14, 14],
        "Mixed_4b": [576, 14, 14],
        "Mixed_4c": [576, 14, 14],
        "Mixed_4d": [576, 14, 14],
        "Mixed_4e": [576, 14, 14],
        "Mixed_5a": [1024, 7, 7],
        "Mixed_5b": [1024, 7, 7],
        "Mixed_5c": [1024, 7, 7],
    },
    "inception_v4": {
        "Stem": [384, 35, 35],
        "Inception-A1": [384, 35, 35],
        "Inception-A4": [384, 35, 35],
        "Reduction-A": [1024, 17, 17],
        "Inception-B1": [1024, 17, 17],
        "Inception-B7": [1024, 17, 17],
        "Reduction-B": [1536, 8, 8],
        "Inception-C1": [1536, 8, 8],
        "Inception-C3": [1536, 8, 8],
    },
}

NETWORKS = ["googlenet_torchvision", "inception_v2", "inception_v3", "inception_v4"]
SHIPPED = [(name, None) for name in NETWORKS] + [("inception_modules", name) for name in MODULES]


def table(name: str) -> list[dict[str, str]]:
    """The rows of a file under data/; its first line says where they are from."""
    with (HERE / "data" / name).open(encoding="utf-8") as file:
        source = next(file)
        assert source.startswith("# source: ")
        return list(csv.DictReader(file))


def layers_in_json(spec: str, capsys: pytest.CaptureFixture[str]) -> list[dict]:
    assert main(["summary", spec, "--format", "json"]) == 0
    (model,) = json.loads(capsys.readouterr().out)["models"]
    return model["layers"]


def end_points(layers: list[dict]) -> dict[str, dict]:
    """The last layer under each top-level name, side heads left out."""
    return {layer["path"].partition("/")[0]: layer for layer in layers if not layer["aux"]}


def costly_layers(name: str) -> Iterator[tuple[str, str, int, int]]:
    for layer in load(name).layers:
        if layer.op in MEASURED and not layer.aux:
            yield MEASURED[layer.op], "x".join(map(str, layer.output)), layer.params, layer.macs


@pytest.mark.parametrize(("name", "variant"), SHIPPED)
def test_what_a_config_expects_of_itself_holds(name: str, variant: str | None) -> None:
    network = load(name, variant)
    assert {"params", "macs", "output"} <= set(network.expect)
    for key, fact in network.expect.items():
        actual = network.output_shape if key == "output" else getattr(network.total, key)
        assert fact.value == actual, key


@pytest.mark.parametrize("variant", MODULES)
def test_googlenets_modules(variant: str) -> None:
    network = load("inception_modules", variant)
    assert (network.total.params, network.total.macs, network.output_shape) == MODULES[variant]


def test_the_modules_are_all_that_the_file_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "inception_modules", "--format", "json"]) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    assert [model["variant"] for model in models] == list(MODULES)


@pytest.mark.parametrize("module", ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"])
def test_a_reduced_module_is_googlenets(module: str) -> None:
    alone = load("inception_modules", f"{module}_reduced").layers
    within = [x for x in load("googlenet", "paper").layers if x.path.startswith(f"{module}/")]
    assert [(x.op, x.input, x.output, x.params, x.macs) for x in alone] == [
        (x.op, x.input, x.output, x.params, x.macs) for x in within
    ]


def test_googlenet_of_torchvision() -> None:
    total = load("googlenet_torchvision").total
    assert (total.params, total.buffers, total.macs) == (6624904, 14560, 1498376192)


def test_inception_v2_of_tf_slim() -> None:
    # inception_v2_test.py there: 10,173,112 variables up to Mixed_5c, moving statistics included.
    network = load("inception_v2")
    base = [layer.cost for layer in network.layers if layer.path != "Logits"]
    assert sum(cost.params + cost.buffers for cost in base) == 10173112
    assert network.total.macs == 1934857216


def test_inception_v3() -> None:
    total = load("inception_v3").total
    assert (total.params, total.buffers) == (23834568, 34432)
    assert (total.macs, total.activations) == (5713216096, 8968488)


def test_inception_v3_with_its_head() -> None:
    network = load("inception_v3", heads=1)
    assert network.total.params == 23834568
    assert network.total_with_aux.params == 27161264  # torchvision's num_params


@pytest.mark.parametrize("side", [75, 224, 321])
def test_inception_v3_at_another_size(side: int) -> None:
    network = load("inception_v3", input_shape=(3, side, side))
    assert (network.total.params, network.output_shape) == (23834568, (1000,))


def test_inception_v3_of_keras_has_no_gamma() -> None:
    text = (CONFIGS / "inception_v3.yaml").read_text(encoding="utf-8")
    keras = "\nvariants: {keras: {defaults: {batchnorm: {scale: false}}}}\n"
    total = loads(text + keras, "keras").total
    assert total.params + total.buffers == 23851784
    assert total.macs == 5713216096


def test_inception_v4() -> None:
    total = load("inception_v4").total
    assert (total.params, total.macs) == (42679816, 12253974624)


@pytest.mark.parametrize("name", ["googlenet_torchvision", "inception_v3"])
def test_layers_one_by_one(name: str) -> None:
    measured = [
        (row["type"], row["output"], int(row["params"]), int(row["macs"]))
        for row in table(f"{name}_layers.csv")
    ]
    assert list(costly_layers(name)) == measured


@pytest.mark.parametrize("name", ["inception_v2", "inception_v3"])
def test_receptive_fields(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    ends = end_points(layers_in_json(name, capsys))
    published = [row for row in table("inception_receptive_field.csv") if row["network"] == name]
    assert published
    for row in published:
        size, stride = int(row["receptive_field"]), int(row["stride"])
        end = ends[row["end_point"]]
        assert (end["receptive_field"], end["stride"]) == ([size] * 2, [stride] * 2), row


@pytest.mark.parametrize("name", END_POINTS)
def test_end_points(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    ends = end_points(layers_in_json(name, capsys))
    assert {point: ends[point]["output"] for point in END_POINTS[name]} == END_POINTS[name]
