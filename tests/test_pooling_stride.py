"""A note where pooling has an even kernel and no stride: other tools stride by the kernel then."""

import pytest

HEAD = "input: [3, 8, 8]\n"
NOTE = "has stride 1; write"


def noted(run, tmp_path, text, *words):
    path = tmp_path / "net.yaml"
    path.write_text(HEAD + text)
    ran = run("summary", *(words or [str(path)]), "--field", "params")
    assert ran.code == 0
    return ran.err


@pytest.mark.parametrize(
    "text",
    [
        "layers: [conv 3x3 4, maxpool 2x2]",
        "layers: [conv 3x3 4, avgpool 2x2 valid]",
        "layers: [{op: maxpool, kernel_size: [2, 2]}]",
        "define: {down: [maxpool 4x4]}\nlayers: [down]",
        "branches: {a: maxpool 2x2, b: relu}",
    ],
)
def test_it_is_noted(run, tmp_path, text):
    assert NOTE in noted(run, tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "layers: [maxpool 2x2 stride=1]",
        "layers: [maxpool 2x2/1]",
        "layers: [maxpool 2x2/2]",
        "layers: [maxpool 3x3]",
        "layers: [conv 2x2 4]",
        "layers: [{op: maxpool, kernel_size: [2, 2], stride: 1}]",
        "defaults: {maxpool: {stride: 2}}\nlayers: [maxpool 2x2]",
    ],
)
def test_nothing_is_said_where_a_stride_is_written_or_the_kernel_is_odd(run, tmp_path, text):
    assert noted(run, tmp_path, text) == ""


def test_it_is_said_once_a_file_with_the_place_of_the_first(run, tmp_path):
    text = "layers: [relu, maxpool 2x2, maxpool 2x2]\nvariants: {a: {}, b: {}}"
    path = str(tmp_path / "net.yaml")
    err = noted(run, tmp_path, text, f"{path}#a", f"{path}#b", path)
    what = "maxpool 2x2 has stride 1; write maxpool 2x2/2 to make the map smaller"
    assert err == f"convcalc: {path}:2:16: {what}, or stride=1 if this is meant\n"


def test_a_merge_by_name_is_no_pooling(run, tmp_path):
    assert NOTE not in noted(run, tmp_path, "layers: [a: conv 3x3 3, relu, mul a]")
