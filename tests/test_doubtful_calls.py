"""Notes on what is allowed and was probably not meant."""

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
def test_pooling_without_a_stride_is_noted(run, tmp_path, text):
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


WIDE = "is padding, "


@pytest.mark.parametrize(
    ("layer", "padding"), [("conv 3x3 3 64", 64), ("dwconv 3x3/2 64", 64), ("conv 1x1 8 9", 9)]
)
def test_a_padding_wider_than_its_kernel_is_noted(run, tmp_path, layer, padding):
    err = noted(run, tmp_path, f"layers: [relu, {layer}]")
    assert f":2:16: the last number of {layer} is padding, {padding} zeros on each side" in err


@pytest.mark.parametrize(
    "layer", ["conv 3x3 4 1", "conv 3x3 4 3", "dwconv 5x5 2", "conv 3x3 4 padding=9", "conv 1x9 4 8"]
)
def test_a_padding_that_a_window_leaves_is_not(run, tmp_path, layer):
    assert WIDE not in noted(run, tmp_path, f"layers: [{layer}]")


AS_STRIDE = {
    "conv 3x3 16 2": "conv 3x3/2 16",
    "conv 1x1 16 2": "conv 1x1/2 16",
    "conv 5x5 16 2 bias": "conv 5x5/2 16",
    "conv_transpose 4x4 16 2": "conv_transpose 4x4/2 16",
    "dwconv 3x3 2": "dwconv 3x3/2",
    "maxpool 5x5 2": "maxpool 5x5/2",
    "avgpool 4x4 2": "avgpool 4x4/2",
}


@pytest.mark.parametrize("layer", AS_STRIDE)
def test_a_bare_third_number_is_noted_as_padding_and_not_as_stride(run, tmp_path, layer):
    err = noted(run, tmp_path, f"layers: [relu, {layer}, identity, {layer}]")
    what = f"{layer} has padding 2 and stride 1; write {AS_STRIDE[layer]} for a stride of 2"
    assert err == f"convcalc: {tmp_path}/net.yaml:2:16: {what}, or padding=2 if this is meant\n"


@pytest.mark.parametrize(
    "layer",
    [
        *("conv 3x3 16 padding=2", "conv 3x3/2 16 2", "conv 3x3 16 2 stride=1", "conv 3x3/1 16 2"),
        *(
            "pad 2",
            "conv 3x3 16 1",
            "conv 3x3 16 0",
            "conv 11x11 16 5",
            "{op: conv, kernel_size: 3, out_channels: 4, padding: 2}",
        ),
    ],
)
def test_a_padding_that_is_named_or_behind_a_stride_is_not(run, tmp_path, layer):
    assert noted(run, tmp_path, f"layers: [{layer}]") == ""


def test_a_stride_among_the_defaults_is_enough(run, tmp_path):
    assert noted(run, tmp_path, "defaults: {conv: {stride: 2}}\nlayers: [conv 3x3 16 2]") == ""


def test_a_size_that_may_be_a_factor_is_noted(run, tmp_path):
    err = noted(run, tmp_path, "layers: [resize 2]")
    assert ":2:10: resize 2 makes each side 2 long; write upsample 2 for one 2 times as long" in err
    assert noted(run, tmp_path, "layers: [resize size=2]") == ""
    assert noted(run, tmp_path, "layers: [resize 2x2, resize 16]") == ""


def ordered(run, tmp_path, entering, *words):
    (tmp_path / "net.yaml").write_text(f"input: {entering}\nlayers: [conv 3x3 4]")
    return run("summary", str(tmp_path / "net.yaml"), *words, "--field", "params").err


def test_channels_that_seem_to_stand_last_are_noted(run, tmp_path):
    note = "the input 32×32×3 has 32 channels, height 32 and width 3; is 3×32×32 meant?"
    assert note in ordered(run, tmp_path, "[32, 32, 3]")
    assert note in ordered(run, tmp_path, "[3, 32, 32]", "--input", "32x32x3")


@pytest.mark.parametrize(
    "entering", ["[3, 32, 32]", "[32, 16, 3]", "[8, 8, 3]", "{channels: 32, height: 32, width: 3}"]
)
def test_other_inputs_are_not_noted(run, tmp_path, entering):
    assert ordered(run, tmp_path, entering) == ""
