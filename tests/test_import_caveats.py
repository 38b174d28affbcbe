"""Where the counts are not those of the file's own tensors: every command that prints them says so."""

from __future__ import annotations

import pytest
from model_files import call, node, onnx, program, tensor

import convcalc

# Two convolutions 1x1 of 3 to 4 and 4 to 4 channels have 12 and 16 weights; a norm has 4 factors and
# 4 summands, and 4 means and 4 variances, which are buffers.
WEIGHTS = [tensor("w", (4, 3, 1, 1)), tensor("v", (4, 4, 1, 1))]
SIZES = {
    "x": (1, 3, 8, 8),
    "p_w": (4, 3, 1, 1),
    "p_v": (4, 4, 1, 1),
    **dict.fromkeys(("p_g", "p_b", "b_m", "b_s"), (4,)),
    **dict.fromkeys("cdey", (1, 4, 8, 8)),
}


def norms(first: str, second: str, value: int = 2, **options: object) -> bytes:
    """ONNX: both convolutions, each before a norm of the tensors of these names."""
    nodes = [
        node("Conv", "x w", "c"),
        node("BatchNormalization", f"c {first}", "d", name="bn1"),
        node("Conv", "d v", "e"),
        node("BatchNormalization", f"e {second}", "y", name="bn2", **options),
    ]
    names = dict.fromkeys([*first.split(), *second.split()])
    return onnx(nodes, [*WEIGHTS, *(tensor(name, (4,), [value, 1, 1, 1]) for name in names)])


def torch_norm(reads: str, gives: str, *, m: str | None = "b_m", s: str | None = "b_s", **weights):
    weights = {"weight": "p_g", "bias": "p_b", **weights}
    kept = {"running_mean": m, "running_var": s}
    return call("batch_norm.default", gives, input=reads, **weights, **kept, training=m is None)


def torch(*calls: dict, without: str = "") -> bytes:
    sizes = {name: size for name, size in SIZES.items() if name not in without.split()}
    return program(calls, sizes).encode()


FIRST = call("conv2d.default", "c", input="x", weight="p_w")
SECOND = call("conv2d.default", "e", input="d", weight="p_v")
WITH_BIAS = [
    call("conv2d.default", "c", input="x", weight="p_w", bias="p_b"),
    call("conv2d.default", "y", input="c", weight="p_v", bias="p_b"),
]
INSTANCE = call(
    "instance_norm.default", "y", input="c", running_mean="b_m", running_var="b_s", use_input_stats=False
)

DEAD = torch_norm("y", "d", m=None, s=None, weight=None, bias=None)

TWICE = "params that the file has once for several uses are counted again"
NO_SUCH = "buffers are counted for running statistics that the file does not have"
MORE = "running statistics of the file are not counted among the buffers"
CASES = {
    "a norm twice": (norms("g b m s", "g b m s"), 36, 8, []),
    "a norm at its start": (
        norms("g b m s", "g b m s", value=1),  # a tool that stores equal tensors once
        44,
        16,
        [f'{TWICE}, 8 in all, first: node "bn2"'],
    ),
    "another eps": (
        norms("g b m s", "g b m s", epsilon=0.5),
        44,
        16,
        [f'{TWICE}, 8 in all, first: node "bn2"', f'{NO_SUCH}, 8 in all, first: node "bn2"'],
    ),
    "factors alone": (norms("g b m s", "g b2 m2 s2"), 44, 16, [f'{TWICE}, 4 in all, first: node "bn2"']),
    "all but statistics": (
        norms("g b m s", "g b m2 s2"),
        36,
        8,
        [f'{MORE}, 8 in all, first: node "bn2"'],
    ),
    "what no node reads": (
        onnx(
            [node("Conv", "x w", "y")],
            [*WEIGHTS, tensor("bn.num_batches_tracked", (), [7], whole=True)],
        ),
        12,
        0,
        ['weights that no node reads are left out, 16 in all, first: "v"'],
    ),
    "InstanceNorm2d(4) in ONNX": (
        onnx(
            [node("Conv", "x w", "c"), node("InstanceNormalization", "c g b", "y", name="norm")],
            [WEIGHTS[0], tensor("g", (4,), [1, 1, 1, 1]), tensor("b", (4,), [0, 0, 0, 0])],
        ),
        12,
        0,
        ['params of norms whose factors are all 1 are left out, 8 in all, first: node "norm"'],
    ),
    "a bias": (torch(*WITH_BIAS, without="p_g"), 36, 0, [f'{TWICE}, 4 in all, first: call "y"']),
    "a module twice": (
        torch(FIRST, torch_norm("c", "d"), SECOND, torch_norm("e", "y")),
        36,
        8,
        [],
    ),
    "what nothing reads": (
        torch(FIRST | {"outputs": [{"as_tensor": {"name": "y"}}]}),
        12,
        0,
        ['params that no call reads are left out, 24 in all, first: parameter "v"'],
    ),
    "track_running_stats=False": (
        torch(FIRST, torch_norm("c", "y", m=None, s=None), without="p_v"),
        20,
        8,
        [f'{NO_SUCH}, 8 in all, first: call "y"'],
    ),
    "affine=False twice": (
        torch(
            FIRST,
            torch_norm("c", "d", weight=None, bias=None),
            torch_norm("d", "y", weight=None, bias=None),
            without="p_v p_g p_b",
        ),
        12,
        16,
        [f'{NO_SUCH}, 8 in all, first: call "y"'],
    ),
    "InstanceNorm2d(4, track_running_stats=True)": (
        torch(FIRST, INSTANCE, without="p_v p_g p_b"),
        12,
        0,
        [f'{MORE}, 8 in all, first: call "y"'],
    ),
    "what no output needs": (
        torch(
            FIRST | {"outputs": [{"as_tensor": {"name": "y"}}]},
            call("conv2d.default", "e", input="y", weight="p_v"),
            without="p_g p_b",
        ),
        12,
        0,
        ['params that no output needs are left out, 16 in all, first: call "e"'],
    ),
    "a norm without statistics that no output needs": (
        torch(FIRST | {"outputs": [{"as_tensor": {"name": "y"}}]}, DEAD, without="p_v p_g p_b"),
        12,
        0,
        [],
    ),
}


@pytest.fixture
def model(tmp_path):
    def write(data: bytes) -> str:
        path = tmp_path / "net.model"
        path.write_bytes(data)
        return str(path)

    return write


@pytest.mark.parametrize("case", CASES)
def test_counts_that_are_not_the_files_are_told(run, model, case):
    data, params, buffers, caveats = CASES[case]
    path = model(data)
    told = "".join(f"convcalc: {path}: {caveat}\n" for caveat in caveats)
    ran = run("summary", path, "--field", "params,buffers")
    assert (ran.code, ran.out, ran.err) == (0, f"{params}\t{buffers}\n", told)
    comments = run("import", path).out.partition("\nname:")[0].replace("\n# ", " ")
    assert all(caveat in comments for caveat in caveats)


COMMANDS = [
    ("summary",),
    ("compare",),
    ("explain",),
    ("check", "--max", "params=36"),
    ("sweep", "input=3x8x8"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_every_command_tells_it_once(run, model, words):
    path = model(CASES["a bias"][0])
    command, *options = words
    ran = run(command, path, *options)
    assert (ran.code, ran.err) == (
        0,
        f'convcalc: {path}: {TWICE}, 4 in all, first: call "y"\n',
    )


def test_python_has_it_too(model):
    caveats = (f'{TWICE}, 4 in all, first: call "y"',)
    assert convcalc.load(model(CASES["a bias"][0])).caveats == caveats
