"""`convcalc verify`: what NumPy measures is what was computed, and a wrong formula is caught."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import pytest

import convcalc
from convcalc.answers.machine_memory import memory_available
from convcalc.answers.verify import memory_needed, verify
from convcalc.commands import verify as verify_command
from convcalc.commands.program import main
from convcalc.network.context import applied
from convcalc.ops import OPS
from convcalc.ops.base import TENSOR_KINDS
from convcalc.ops.merges import Concat
from convcalc.ops.window import windows

Conv, DepthwiseConv, ConvTranspose = OPS["conv"], OPS["dwconv"], OPS["conv_transpose"]
AvgPool, Linear = OPS["avgpool"], OPS["linear"]


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def call(capfd, monkeypatch):
    """Runs `convcalc verify` in this process."""
    for name in ("FORCE_COLOR", "COLUMNS", "CONVCALC_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments):
        code = main(["verify", *arguments])
        return Ran(code, *capfd.readouterr())

    return call


# ---- agreement ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["inception3a#naive"],
        ["inception3a#reduced"],
        ["googlenet#paper", "--input", "3x96x96"],
        ["googlenet#caffe", "--input", "3x111x97"],
        ["mobilenet_v2", "--input", "3x33x32"],
        ["squeezenet#v1.1", "--input", "3x65x64"],
        ["resnet18", "--input", "3x32x40"],
        ["-e", "[conv_transpose 3x3/2 6 1 output_padding=1 bias, softmax]", "--input", "4x5x7"],
        ["-e", "conv_transpose 2x3/3x2 6 groups=2 dilation=2", "--input", "4x5x7"],
        ["--input", "4x5x7", "-e", "{branches: {gate: global_avgpool, x: identity}, merge: mul}"],
        ["--input", "4x6x8", "-e", "[avgpool 3x3/2 1 ceil_mode count_include_pad, lrn, prelu]"],
        ["-e", "[identity, {aux: [flatten, linear 2 bias]}, slice 1 3]", "--input", "4x6x8"],
        ["-e", "[]", "--input", "1x1x1"],
    ],
)
def test_what_is_measured_is_what_was_computed(call, arguments):
    ran = call(*arguments, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    (model,) = json.loads(ran.out)["models"]
    assert model["verified"] is True
    for layer in model["layers"]:
        assert layer["measured"] == {key: layer[key] for key in ("output", "params", "macs")}


def test_the_table_of_one_network(call):
    ran = call("inception3a#reduced")
    assert ran.code == 0
    assert re.search(r"3x3/conv2 +128×28×28 +✓ +110,592 +✓ +86,704,128 +✓", ran.out)
    assert re.search(r"total +256×28×28 +✓ +163,328 +✓ +128,049,152 +✓", ran.out)
    assert "✓ 7 layers run with NumPy; every shape, weight and multiply-add measured" in ran.out
    assert "seed 0" in ran.out


def test_several_networks_have_a_line_each(call):
    ran = call("inception3a")
    assert re.search(r"✓ inception3a#naive +4 +387,072 +303,464,448", ran.out)
    assert re.search(r"✓ inception3a#reduced +7 +163,328 +128,049,152", ran.out)
    assert "2 networks run with NumPy" in ran.out


def test_all_are_the_shipped_configs(call, monkeypatch):
    monkeypatch.setattr(verify_command, "shipped_names", lambda: ["conv1x1", "inception3a"])
    ran = call("--all", "--format", "json")
    names = [(model["name"], model["variant"]) for model in json.loads(ran.out)["models"]]
    assert names == [("conv1x1", None), ("inception3a", "naive"), ("inception3a", "reduced")]
    assert ran.code == 0


def test_the_seed(call):
    ran = call("inception3a#reduced", "--seed", "5")
    assert ran.code == 0
    assert "seed 5" in ran.out
    assert call("inception3a#reduced", "--seed", "-1").code == 2


def test_json_is_that_of_summary_and_what_was_measured(call, capfd):
    document = json.loads(call("inception3a#reduced", "--format", "json").out)
    assert main(["summary", "inception3a#reduced", "--format", "json"]) == 0
    for model in document["models"]:
        assert model.pop("verified") is True
        for layer in model["layers"]:
            measured = layer.pop("measured")
            assert set(measured) == {"output", "params", "macs"}
    assert document == json.loads(capfd.readouterr().out)


def test_csv_is_tidy(call):
    lines = call("inception3a#reduced", "--format", "csv").out.splitlines()
    assert lines[0] == (
        "network,path,op,output,params,macs,measured_output,measured_params,measured_macs,agrees"
    )
    row = "inception3a#reduced,1x1/conv1,conv,64x28x28,12288,9633792,64x28x28,12288,9633792,true"
    assert lines[1].lower() in (row, row.replace("1x1/conv1", "1x1"))
    assert len(lines) == 9


def test_a_deep_network_without_normalisation_runs_quietly(call):
    ran = call("-e", "{repeat: 300, layers: [conv 1x1 8]}", "--input", "8x2x2")
    assert (ran.code, ran.err) == (0, "")


# ---- seeded faults: each would be a wrong number in every answer --------------------------------------


def _keep(name, change):
    """A method's replacement that changes what the method answers."""

    def patch(kind):
        method = getattr(kind, name)
        return lambda self, *shapes: change(self, method(self, *shapes), *shapes)

    return patch


def _shifted(conv, _, x):
    padding = tuple(pad + 1 for pad in conv.padding)
    return windows(x[1:], conv.kernel_size, conv.stride, padding, conv.dilation)


def _transposed(_, shapes, x):
    return {name: dict(reversed(dims.items())) for name, dims in shapes.items()}


class Fault(NamedTuple):
    """A change to the analytic side, a body that shows it, and what the table then has.

    The table's values are output, params and multiply-adds, as computed and as measured.
    """

    kind: type
    patch: object
    body: str
    computed: str
    measured: str


FAULTS = {
    "groups ignored in multiply-adds": Fault(
        Conv,
        ("positions", lambda op, dims, x, y: {**dims, "groups": op.groups}),
        "conv 3x3 6 groups=2",
        "6×6×6 108 7,776",
        "6×6×6 108 3,888",
    ),
    "dilation ignored in a shape": Fault(
        Conv,
        ("windows", lambda op, _, x: windows(x[1:], op.kernel_size, op.stride, op.padding, (1, 1))),
        "conv 3x3 6 valid dilation=2",
        "6×4×4 216 3,456",
        "6×2×2 216 864",
    ),
    "padding off by one": Fault(
        Conv, ("windows", _shifted), "conv 3x3 6 1", "6×8×8 216 13,824", "6×6×6 216 7,776"
    ),
    "stride ignored by pooling": Fault(
        AvgPool,
        ("windows", lambda op, _, x: windows(x[1:], op.kernel_size, (1, 1), op.padding, (1, 1))),
        "avgpool 3x3/2",
        "4×6×6 0 0",
        "4×3×3 0 0",
    ),
    "a transposed convolution counted on its output": Fault(
        ConvTranspose,
        ("positions", lambda op, dims, y, x: {"height": y[1], "width": y[2]}),
        "conv_transpose 2x2/2 6",
        "6×12×12 96 13,824",
        "6×12×12 96 3,456",
    ),
    "output padding ignored": Fault(
        ConvTranspose,
        ("output_shape", lambda op, y, x: (y[0], *(side - 1 for side in y[1:]))),
        "conv_transpose 2x2/2 6 output_padding=1",
        "6×12×12 96 3,456",
        "6×13×13 96 3,456",
    ),
    "the depthwise multiplier ignored": Fault(
        DepthwiseConv,
        (
            "weight_shapes",
            lambda op, shapes, x: {"weight": {**shapes["weight"], "multiplier": 1}},
        ),
        "dwconv 3x3 multiplier=2",
        "8×6×6 36 1,296",
        "8×6×6 72 2,592",
    ),
    "a transposed weight": Fault(
        Conv,
        ("weight_shapes", _transposed),
        "conv 3x3 6",
        "6×6×6 216 7,776",
        "6×6×6 216 7,776 weight 3×3×4×6",
    ),
    "a linear layer that does not flatten": Fault(
        Linear,
        ("weight_shapes", lambda op, _, x: {"weight": {"in": x[0], "out": op.out_features}}),
        "linear 5",
        "5 20 20",
        "5 720 720",
    ),
    "a concat that loses a branch": Fault(
        Concat,
        ("output_shape", lambda op, y, *ends: (y[0] - ends[-1][0], *y[1:])),
        "{branches: {a: conv 1x1 3, b: conv 1x1 2}}",
        "3×6×6 0 0",
        "5×6×6 0 0",
    ),
    "a bias forgotten": Fault(
        Conv,
        ("weight_shapes", lambda op, shapes, x: {"weight": shapes["weight"]}),
        "conv 1x1 6 bias",
        "6×6×6 24 864",
        "6×6×6 30 864 weight 1×1×4×6, bias 6",
    ),
}


@pytest.fixture
def fresh_costs():
    """Costs are remembered by operation and shapes; none of a wrong formula may remain."""
    applied.cache_clear()
    yield
    applied.cache_clear()


def assert_caught(ran, computed, measured):
    assert (ran.code, ran.err) == (1, "")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    first = next(place for place, line in enumerate(lines) if "computed" in line)
    assert lines[first].startswith("✗ ")
    assert lines[first].endswith(f" computed {computed}")
    assert lines[first + 1].removeprefix("│ ").startswith(f"measured {measured}")
    assert "This is a fault in convcalc, not in your file" in ran.out


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.usefixtures("fresh_costs")
def test_a_wrong_formula_is_caught(call, monkeypatch, name):
    fault = FAULTS[name]
    assert call("-e", fault.body, "--input", "4x6x6").code == 0
    applied.cache_clear()
    method, change = fault.patch
    monkeypatch.setattr(fault.kind, method, _keep(method, change)(fault.kind))
    assert_caught(call("-e", fault.body, "--input", "4x6x6"), fault.computed, fault.measured)


@pytest.mark.parametrize(
    ("tensor", "counted_as", "body", "computed", "measured"),
    [
        ("bias", "weights", "conv 1x1 6 bias", "6×6×6 30 1,080", "6×6×6 30 864"),
        ("running_mean", "norm", "batchnorm", "4×6×6 12 0", "4×6×6 8 0"),
    ],
)
@pytest.mark.usefixtures("fresh_costs")
def test_a_tensor_counted_as_what_it_is_not(
    call, monkeypatch, tensor, counted_as, body, computed, measured
):
    monkeypatch.setitem(TENSOR_KINDS, tensor, counted_as)
    assert_caught(call("-e", body, "--input", "4x6x6"), computed, measured)


@pytest.fixture
def wrong_padding(monkeypatch, fresh_costs):
    monkeypatch.setattr(Conv, "windows", _keep("windows", _shifted)(Conv))


@pytest.mark.usefixtures("wrong_padding")
def test_only_the_layers_that_differ_are_shown(call):
    ran = call("-e", "[relu, conv 3x3 6 1, global_avgpool]", "--input", "4x6x6")
    assert "2 of 3 layers agree" in ran.out
    assert "relu" not in ran.out.split("✗", 1)[1]


@pytest.mark.usefixtures("wrong_padding")
def test_layers_that_could_not_be_run_are_named(call):
    body = "[conv 3x3 6 1, conv 8x8 2 valid, relu]"  # the second fits only where the first is wrong
    ran = call("-e", body.replace("8x8 2 valid", "8x8 2 0"), "--input", "4x6x6", "--format", "json")
    assert ran.code == 1
    (model,) = json.loads(ran.out)["models"]
    assert model["verified"] is False
    assert [layer["measured"] is None for layer in model["layers"]] == [False, True, True]
    table = call("-e", body, "--input", "4x6x6")
    assert table.code == 1
    assert table.out.count("not run") >= 2


@pytest.mark.usefixtures("wrong_padding")
def test_of_several_networks_the_wrong_ones_follow_in_full(call):
    ran = call("-e", "conv 3x3 6 1", "-e", "relu", "--input", "4x6x6")
    assert ran.code == 1
    assert re.search(r"✗ conv 3x3 6 1 ", ran.out)
    assert re.search(r"✓ relu ", ran.out)
    assert re.search(r"computed +6×8×8", ran.out)
    assert "1 not as computed" in ran.out


# ---- without NumPy -----------------------------------------------------------------------------------

SOURCE = Path(convcalc.__file__).parents[1]


@pytest.fixture
def without_numpy(tmp_path):
    """Runs convcalc in a process of its own, in which NumPy cannot be imported."""
    raising = 'raise ModuleNotFoundError("No module named \'numpy\'", name="numpy")\n'
    (tmp_path / "numpy.py").write_text(raising, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{SOURCE}", "PYTHONUTF8": "1"}

    def run(*arguments):
        command = [sys.executable, "-m", "convcalc", *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    return run


def test_verify_without_numpy_says_how_to_get_it(without_numpy):
    ran = without_numpy("verify", "inception3a")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == 'error: verify needs NumPy; pip install "convcalc[numpy]"\n'


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "inception3a"),
        ("sweep", "mobilenet_v1", "alpha=0.5,1"),
        ("verify", "--help"),
        *(
            pytest.param(words, marks=pytest.mark.full)
            for words in (
                ("summary", "googlenet#paper"),
                ("explain", "inception3a#reduced"),
                ("list",),
                ("show", "inception3a"),
                ("ops",),
            )
        ),
    ],
)
def test_everything_else_works_without_numpy(without_numpy, arguments):
    ran = without_numpy(*arguments)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout


# ---- memory ------------------------------------------------------------------------------------------


def test_too_much_memory_is_refused_with_the_figures(call):
    ran = call("inception3a#reduced", "--max-memory", "1M")
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(
        r"error: running inception3a#reduced takes about \d+ MB, more than the 1 MB allowed; "
        r"a smaller --input or a larger --max-memory helps\n",
        ran.err,
    )
    assert call("inception3a#reduced", "--max-memory", "1 GB").code == 0


def test_a_network_beyond_every_memory_is_refused_unasked(call):
    ran = call("-e", "conv 3x3 64", "--input", "3x1000000x1000000")
    assert ran.code == 2
    assert re.search(r"takes about [\d,]+ MB, more than the [\d,]+ MB allowed", ran.err)


@pytest.mark.parametrize("text", ["lots", "-1", "1.5", "4TB", ""])
def test_a_wrong_limit(call, text):
    ran = call("inception3a", f"--max-memory={text}")
    assert ran.code == 2
    assert ran.err == f'error: --max-memory must be a number such as 500M or 4Gi, not "{text}"\n'


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        ("[conv 3x3 64, relu, maxpool 3x3/2, batchnorm, linear 250, gelu]", "16, 48, 48"),
        ("conv 3x3 4 dilation=700", "4, 32, 32"),
        ("conv 2x2/900 4 900", "4, 32, 32"),
        ("conv_transpose 3x3/50 4 600", "4, 32, 32"),
        ("[lrn 5, avgpool 3x3, softmax, layernorm, upsample 2]", "32, 160, 160"),
        ("{branches: {a: identity, b: [dwconv 5x5, silu]}, merge: add}", "64, 128, 128"),
        ("[linear 9999, gelu]", "999, 1, 1"),
    ],
)
def test_the_estimate_is_an_upper_one(body, shape):
    net = convcalc.loads(f"{{input: [{shape}], layers: [{body}]}}")
    tracemalloc.start()
    try:
        for _ in verify(net):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < memory_needed(net)


def test_side_heads_are_listed_but_not_in_the_total(capfdbinary, tmp_path):
    """Of 2 × 3 weights on the main path and 4 in the head only the first are the network's."""
    spec = tmp_path / "net.yaml"
    spec.write_text("input: [2, 1, 1]\nlayers: [conv 1x1 3, {aux: [conv 1x1 1, linear 1]}]\n")
    assert main(["verify", str(spec)]) == 0
    lines = [line.split() for line in capfdbinary.readouterr().out.decode().splitlines()]
    assert ["total", "3×1×1", "✓", "6", "✓", "6", "✓"] in lines
    assert ["side", "heads,", "not", "in", "the", "total", "4", "4"] in lines


@pytest.mark.full
def test_a_sum_of_more_ones_than_float32_can_count_is_exact(capfdbinary):
    """4099 · 4099 = 16,801,801 is odd and beyond 2^24 = 16,777,216."""
    assert main(["verify", "--input", "1x4099x4099", "-e", "linear 1"]) == 0
    assert "16,801,801" in capfdbinary.readouterr().out.decode()


GIGABYTE = 1024**3
MACHINE = {"proc/meminfo": "MemTotal: 9000000 kB\nMemAvailable: 8388608 kB\n"}  # 8 GiB


def system(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(root)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8 * GIGABYTE),
        (  # version 2: 2 GiB are allowed and 1 GiB is used, of which files give back 0.5 GiB
            {
                "proc/self/cgroup": "0::/a/b\n",
                "sys/fs/cgroup/a/memory.max": "max\n",
                "sys/fs/cgroup/a/memory.current": f"{GIGABYTE}\n",
                "sys/fs/cgroup/a/b/memory.max": f"{2 * GIGABYTE}\n",
                "sys/fs/cgroup/a/b/memory.current": f"{GIGABYTE}\n",
                "sys/fs/cgroup/a/b/memory.stat": f"anon 7\ninactive_file {GIGABYTE // 2}\n",
            },
            3 * GIGABYTE // 2,
        ),
        (  # the group around it has less: 1 GiB of which 0.75 GiB are used
            {
                "proc/self/cgroup": "0::/a/b\n",
                "sys/fs/cgroup/a/memory.max": f"{GIGABYTE}\n",
                "sys/fs/cgroup/a/memory.current": f"{3 * GIGABYTE // 4}\n",
                "sys/fs/cgroup/a/b/memory.max": f"{2 * GIGABYTE}\n",
                "sys/fs/cgroup/a/b/memory.current": f"{GIGABYTE}\n",
            },
            GIGABYTE // 4,
        ),
        (  # version 1, seen from within a container, which mounts its own group as the top
            {
                "proc/self/cgroup": "9:name=systemd:/\n4:cpu,memory:/docker/1f\n0::/\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{GIGABYTE}\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{GIGABYTE // 2}\n",
                "sys/fs/cgroup/memory/memory.stat": f"total_inactive_file {GIGABYTE // 4}\n",
            },
            3 * GIGABYTE // 4,
        ),
        (  # version 1 writes no limit as a number beyond any memory
            {
                "proc/self/cgroup": "4:memory:/\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": "4096\n",
            },
            8 * GIGABYTE,
        ),
        (  # more is used than is allowed now
            {
                "proc/self/cgroup": "0::/\n",
                "sys/fs/cgroup/memory.max": "1024\n",
                "sys/fs/cgroup/memory.current": "4096\n",
            },
            0,
        ),
    ],
)
def test_the_memory_that_is_free_within_control_groups(tmp_path, files, expected):
    assert memory_available(system(tmp_path, MACHINE | files)) == expected


def test_the_memory_of_this_machine_is_known():
    assert 0 < memory_available() < 2**60
