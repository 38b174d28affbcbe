"""darknet's cfg files, with sizes and counts worked out by hand."""

import pytest

from convcalc.importers.darknet import reader as darknet
from convcalc.importers.graph import ModelFile, ModelFileError, Unreadable
from convcalc.text.problems import SpecError

NET = "[net]\nwidth=9\nheight=8\nchannels=3\n"
CONV = "[convolutional]\nbatch_normalize=1\nfilters=4\nsize=3\nstride=2\npad=1\nactivation=leaky\n"


@pytest.fixture
def read(tmp_path):
    def read(text, **given):
        path = tmp_path / "net.cfg"
        path.write_text(text)
        return darknet.read(ModelFile(str(path), "net.cfg", **given))

    return read


def test_a_convolution_keeps_its_norm_and_activation(read):
    conv, norm, leaky = read(NET + CONV).nodes
    # (8 + 2 - 3) / 2 + 1 = 4 high, (9 + 2 - 3) / 2 + 1 = 5 wide; 3*3*3*4 = 108 weights
    assert (conv.output, conv.params, conv.macs) == ((4, 4, 5), 108, 108 * 20)
    assert conv.option("bias") is False
    assert (norm.op, norm.params) == ("batchnorm", 8)
    assert (leaky.op, leaky.option("slope")) == ("leaky_relu", "0.1")


def test_without_a_norm_there_is_a_bias_and_the_default_is_logistic(read):
    conv, sigmoid = read(NET + "[convolutional]\nfilters=2\n").nodes
    assert (conv.params, conv.option("bias")) == (3 * 2 + 2, True)
    assert sigmoid.op == "sigmoid"


@pytest.mark.parametrize(
    ("size", "stride", "expected", "before"),
    [
        (2, 2, (4, 5), 0),  # (8 + 1 - 2) / 2 + 1 and (9 + 1 - 2) / 2 + 1
        (2, 1, (8, 9), 0),
        (3, 2, (4, 5), 1),  # (8 + 2 - 3) / 2 + 1 and (9 + 2 - 3) / 2 + 1
        (5, 1, (8, 9), 2),
    ],
)
def test_pools_have_size_minus_one_zeros(read, size, stride, expected, before):
    (pool,) = read(NET + f"[maxpool]\nsize={size}\nstride={stride}\n").nodes
    assert pool.output == (3, *expected)
    assert pool.option("padding") == (before, before)


def test_routes_and_shortcuts_count_from_the_start_or_from_here(read):
    text = NET + CONV + "[convolutional]\nfilters=4\nactivation=linear\n[shortcut]\nfrom=-2\n"
    text += "activation=linear\n[route]\nlayers=-1, 0\n[route]\nlayers=-1\ngroups=2\ngroup_id=1\n"
    add, concat, part = read(text).nodes[-3:]
    assert (add.op, add.inputs) == ("add", (3, 2))
    assert (concat.op, concat.inputs, concat.output) == ("concat", (4, 2), (8, 4, 5))
    assert (part.op, part.option("start"), part.option("stop")) == ("slice", 4, 8)


def test_detections_are_outputs(read):
    text = NET + CONV + "[yolo]\n[route]\nlayers=0\n" + CONV + "[yolo]\n"
    graph = read(text)
    assert [(head.node, head.name) for head in graph.heads] == [(2, "yolo1"), (5, "yolo2")]
    assert graph.nodes[3].inputs == (2,)


def test_a_crop_sets_the_size(read):
    assert read(NET + "[crop]\ncrop_height=4\ncrop_width=6\n" + CONV).input == (3, 4, 6)


def test_what_is_unknown_is_told_with_what_the_rest_costs(read):
    text = NET + CONV + "[shortcut]\nfrom=-1\n[lstm]\n[lstm]\n"
    text = text.replace("from=-1", "from=-1\nweights_type=per_feature")
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert [(one.what, one.times, one.first) for one in caught.value.obstacles] == [
        ("[shortcut] with weights", 1, "line 12"),
        ("[lstm]", 2, "line 15"),
    ]
    assert (caught.value.params, caught.value.macs) == (116, 2160)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (NET + "[convolutional]\nsize=x\n", "6:6", 'size must be a whole number from 1, not "x"'),
        (NET + "[convolutional]\nsize = 0\n", "6:8", 'size must be a whole number from 1, not "0"'),
        (NET + CONV + "[route]\nlayers=7\n", "13:8", "layers=7 names no layer before this one"),
        (NET + CONV + "[route]\nlayers=\n", "13:8", "[route] needs layers, whole numbers such as -1,8"),
        (NET + "filters 3\n", "5:1", 'expected "key=value" or "[section]", not "filters3"'),
        ("[convolutional]\n", "1:1", "a darknet cfg begins with [net]"),
    ],
)
def test_broken_files_are_told_with_their_place(read, text, place, message):
    with pytest.raises(SpecError) as caught:
        read(text)
    assert str(caught.value) == f"net.cfg:{place}: error: {message}"


def test_the_size_of_the_input_may_be_given(read):
    with pytest.raises(ModelFileError, match="add --input"):
        read("[net]\n" + CONV)
    assert read("[net]\n" + CONV, input=(3, 8, 9)).nodes[0].output == (4, 4, 5)


def test_sizes_beyond_what_is_counted_are_refused(run, tmp_path):
    path = tmp_path / "net.cfg"
    wide = "[convolutional]\nfilters=999999999999\n"
    path.write_text(NET + wide + "[route]\nlayers=-1\n" + wide + "[route]\nlayers=-1,-3\n")
    told = "line 11: a size beyond 10^12, the most that is counted"
    assert run("import", str(path)) == (2, "", f"{path}: error: {told}\n")


def test_an_input_that_the_strides_do_not_divide_is_told_which_would_be(run, tmp_path):
    """As in YOLOv3: what was made smaller twice is made larger again, beside an earlier map."""
    down = "[convolutional]\nfilters=4\nsize=3\nstride=2\npad=1\n"
    text = "[net]\nheight=32\nwidth=32\nchannels=3\n" + down * 3
    path = tmp_path / "net.cfg"
    path.write_text(text + "[upsample]\nstride=2\n[route]\nlayers=-1,1\n")
    assert run("import", str(path)).code == 0
    remedy = "      height and width of the input must be multiples of 8\n"
    for size in ("3x36x32", "3x32x36"):
        assert remedy in run("import", str(path), "--input", size).err
    path.write_text(text + "[upsample]\nstride=4\n[route]\nlayers=-1,1\n")
    ran = run("import", str(path))
    assert "[route] of maps of unequal sizes" in ran.err
    assert "multiples" not in ran.err  # no input would do


def test_a_transposed_convolution_multiplies_at_each_input(run, read, tmp_path):
    text = "[deconvolutional]\nfilters=2\nsize=4\nstride=2\npadding=1\nactivation=relu\n"
    graph = read("[net]\nheight=8\nwidth=8\nchannels=3\n" + text)
    made, _ = graph.nodes
    # 4·4·3·2 = 96 weights and 2 biases, each at 8·8 places; (8 − 1)·2 + 4 − 2 = 16
    assert (made.op, made.output, made.params, made.macs) == ("conv_transpose", (2, 16, 16), 98, 6144)
    assert run("import", str(tmp_path / "net.cfg")).code == 0
    normal = read("[net]\nheight=8\nwidth=8\nchannels=3\n" + text + "batch_normalize=1\n")
    assert [node.params for node in normal.nodes] == [96, 4, 0]
