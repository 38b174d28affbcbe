"""The shipped networks beside Inception, against what others have published or measured of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import convcalc

TESTS = Path(__file__).resolve().parent
CONFIGS = TESTS.parent / "configs"

NETWORKS = [
    "alexnet",
    "mobilenet_v1",
    "mobilenet_v2",
    "resnet18",
    "resnet50#v1",
    "resnet50#v1.5",
    "squeezenet#v1.0",
    "squeezenet#v1.0_torchvision",
    "squeezenet#v1.1",
    "vgg16",
]


def spec(name: str) -> str:
    """A shipped network as a path, whatever files the working folder has."""
    config, mark, variant = name.partition("#")
    return f"{CONFIGS / config}.yaml{mark}{variant}"


def text(config: str) -> str:
    return (CONFIGS / f"{config}.yaml").read_text("utf-8")


def table(name: str) -> list[dict[str, str]]:
    """A file of tests/data, without the line that cites its source."""
    with open(TESTS / "data" / name, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.fixture
def printed(capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command line and gives what it prints."""
    from convcalc.commands.program import main

    def printed(*arguments: str) -> str:
        capfd.readouterr()
        code = main(arguments)
        out, err = capfd.readouterr()
        assert (code, err) == (0, "")
        return out

    return printed


# --- What each config says of itself


@pytest.mark.parametrize("name", NETWORKS)
def test_a_config_is_what_it_expects_to_be(name):
    network = convcalc.load(spec(name))
    assert network.source
    assert {"params", "macs", "output"} <= set(network.expect)
    for key, fact in network.expect.items():
        actual = network.output_shape if key == "output" else getattr(network.total, key)
        assert actual == fact.value, key


# --- torchvision


@pytest.mark.parametrize(
    ("name", "params", "buffers", "conv_macs", "linear_macs"),
    [
        ("resnet18", 11_689_512, 9_600, 1_813_561_344, 512_000),
        ("resnet50#v1.5", 25_557_032, 53_120, 4_087_136_256, 2_048_000),
        ("vgg16", 138_357_544, 0, 15_346_630_656, 123_633_664),
        ("alexnet", 61_100_840, 0, 655_566_528, 58_621_952),
        ("squeezenet#v1.0_torchvision", 1_248_424, 0, 818_924_576, 0),
        ("mobilenet_v2", 3_504_872, 34_112, 299_494_272, 1_280_000),
    ],
)
def test_torchvision_networks(name, params, buffers, conv_macs, linear_macs):
    network = convcalc.load(spec(name))
    total = network.total
    linear = sum(layer.macs for layer in network.layers if layer.op == "linear")
    assert (total.params, total.buffers) == (params, buffers)
    assert (total.macs - linear, linear) == (conv_macs, linear_macs)


def test_squeezenet_v1_1_at_torchvisions_input_shape():
    """torchvision's weights state 1,235,496 parameters and 0.349 G multiply-adds."""
    network = convcalc.load(spec("squeezenet#v1.1"), input_shape=(3, 224, 224))
    assert (network.total.params, network.total.macs) == (1_235_496, 349_151_936)


@pytest.mark.parametrize(
    ("name", "activations"), [("resnet50#v1.5", 11_114_984), ("mobilenet_v2", 6_679_112)]
)
def test_activations(name, activations):
    assert convcalc.load(spec(name)).total.activations == activations


TYPES = {"conv": "Conv2d", "dwconv": "Conv2d", "batchnorm": "BatchNorm2d", "linear": "Linear"}


def torch_shape_text(shape: tuple[int, ...]) -> str:
    """As the file has it, where what enters a linear layer has been flattened."""
    return "x".join(map(str, shape)).removesuffix("x1x1")


@pytest.mark.parametrize("name", ["resnet50#v1.5", "mobilenet_v2"])
def test_torchvision_layers_one_by_one(name):
    config = name.partition("#")[0]
    measured = [
        (row["type"], row["in_shape"], row["out_shape"], int(row["params"]), int(row["macs"]))
        for row in table(f"{config}_layers.csv")
    ]
    computed = [
        (
            TYPES[layer.op],
            torch_shape_text(layer.input),
            torch_shape_text(layer.output),
            layer.params,
            layer.macs,
        )
        for layer in convcalc.load(spec(name)).layers
        if layer.op in TYPES
    ]
    assert computed == measured


# --- The papers' tables


@pytest.mark.parametrize(("name", "hundred_million"), [("resnet18", 18), ("resnet50#v1", 38)])
def test_resnet_table_1(name, hundred_million):
    """Output sizes, and 1.8 and 3.8 G "FLOPs (multiply-adds)"."""
    network = convcalc.load(spec(name))
    sizes = {layer.path.partition("/")[0]: layer.output[1:] for layer in network.layers}
    assert list(sizes.items())[:5] == [
        ("conv1", (112, 112)),
        ("conv2_x", (56, 56)),
        ("conv3_x", (28, 28)),
        ("conv4_x", (14, 14)),
        ("conv5_x", (7, 7)),
    ]
    assert network.total.macs // 10**8 == hundred_million


def test_squeezenet_module_by_module():
    network = convcalc.load(spec("squeezenet#v1.0"))
    computed: dict[str, tuple[int, int]] = {}
    for layer in network.layers:
        part = layer.path.partition("/")[0]
        params, macs = computed.get(part, (0, 0))
        computed[part] = params + layer.params, macs + layer.macs
    computed["total"] = network.total.params, network.total.macs
    published = {
        row["layer"]: (int(row["params"]), int(row["macs_at_227"]))
        for row in table("squeezenet_v1.0_fire.csv")
    }
    assert {part: counts for part, counts in computed.items() if any(counts)} == published


def test_mobilenet_v2_width_and_resolution_in_one_sweep(printed):
    """The authors' 22 rows: weights of conv and linear with 1001 classes, both columns cut off."""
    out = printed(
        "sweep",
        spec("mobilenet_v2"),
        "alpha=0.35,0.5,0.75,1,1.3,1.4",
        "res=96..224..32",
        "--set",
        "classes=1001",
        "--format",
        "csv",
    )
    computed = {
        (float(row["alpha"]), int(row["res"])): (int(row["macs"]) // 10**6, int(row["weights"]) // 10**4)
        for row in csv.DictReader(io.StringIO(out))
    }
    published = {
        (float(row["width"]), int(row["resolution"])): (
            int(row["million_macs"]),
            int(row["million_params"].replace(".", "")),
        )
        for row in table("mobilenet_v2_sweep.csv")
    }
    assert (len(computed), len(published)) == (30, 22)
    assert {key: computed[key] for key in published} == published


# Rows whose multiply-adds are wrong in the source, with the exact ones.
WRONG_IN_THE_SOURCE = {
    ("0.75", "224"): 325_400_448,
    ("0.75", "192"): 239_273_472,
    ("0.75", "160"): 166_396_800,
    ("0.75", "128"): 106_770_432,
    ("0.25", "192"): 30_212_608,
}


@pytest.mark.parametrize(
    "row", table("mobilenet_v1_sweep.csv"), ids=lambda row: f"{row['width']}-{row['resolution']}"
)
def test_mobilenet_v1_width_and_resolution(row):
    network = convcalc.load(spec("mobilenet_v1"), alpha=row["width"], res=row["resolution"])
    published = int(row["million_macs"]) * 10**6
    is_close = abs(network.total.macs - published) < 10**6
    exact = WRONG_IN_THE_SOURCE.get((row["width"], row["resolution"]))
    if exact is None:
        assert is_close
    else:
        assert network.total.macs == exact
        assert not is_close


# How its authors count parameters: running statistics, no scale, and a class for the background.
TF_SLIM = """
variants:
  tf_slim: {parameters: {classes: 1001}, defaults: {batchnorm: {scale: false}}}
"""


@pytest.mark.parametrize("width", ["1.0", "0.75", "0.5", "0.25"])
def test_mobilenet_v1_params_as_its_authors_count_them(width):
    total = convcalc.loads(text("mobilenet_v1") + TF_SLIM, alpha=width).total
    rows = [row for row in table("mobilenet_v1_sweep.csv") if row["width"] == width]
    assert len(rows) == 4
    assert {f"{(total.params + total.buffers) / 10**6:.2f}"} == {row["million_params"] for row in rows}


# --- Keras, which counts running statistics as parameters


@pytest.mark.parametrize(
    ("name", "count"),
    [("mobilenet_v1", 4_253_864), ("mobilenet_v2", 3_538_984), ("vgg16", 138_357_544)],
)
def test_keras_networks(name, count):
    total = convcalc.load(spec(name)).total
    assert total.params + total.buffers == count


def test_keras_resnet50_has_a_bias_in_every_conv():
    keras = "  keras: {defaults: {conv: {bias: true}}}\n"
    total = convcalc.loads(text("resnet50") + keras, "keras").total
    assert total.params + total.buffers == 25_636_712


# --- Receptive fields of TF-Slim's end points


def fields(printed: Callable[..., str], name: str) -> dict[str, tuple[object, object]]:
    """The receptive field and the stride where each part ends."""
    (model,) = json.loads(printed("summary", spec(name), "--format", "json"))["models"]
    return {
        layer["path"].partition("/")[0]: (layer["receptive_field"], layer["stride"])
        for layer in model["layers"]
    }


def published_fields(name: str) -> dict[str, tuple[list[int], list[int]]]:
    return {
        row["part"]: ([int(row["receptive_field"])] * 2, [int(row["effective_stride"])] * 2)
        for row in table("tf_slim_receptive_field.csv")
        if row["config"] == name
    }


@pytest.mark.parametrize(("name", "count"), [("vgg16", 13), ("mobilenet_v1", 14)])
def test_receptive_field_and_stride(printed, name, count):
    computed, published = fields(printed, name), published_fields(name)
    assert len(published) == count
    assert {part: computed[part] for part in published} == published


def test_receptive_field_of_resnet50(printed):
    """TF-Slim strides in a block's last unit and the paper in the next one's first: equal fields."""
    computed, published = fields(printed, "resnet50#v1"), published_fields("resnet50#v1")
    assert [computed[part][0] for part in published] == [field for field, _ in published.values()]
    assert [computed[part][1][0] for part in published] == [4, 8, 16, 32]
    assert [stride[0] for _, stride in published.values()] == [8, 16, 32, 32]


def test_receptive_field_of_resnet50_with_the_stride_in_the_3x3(printed):
    computed = fields(printed, "resnet50#v1.5")
    assert [computed[f"conv{row}_x"][0][0] for row in (2, 3, 4, 5)] == [35, 91, 267, 427]


def test_no_receptive_field_behind_the_pooling(printed):
    computed = fields(printed, "vgg16")
    assert [computed[part] for part in ("fc6", "fc7", "fc8")] == [(None, None)] * 3
