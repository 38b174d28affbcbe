"""What a person would write: names of blocks, branches, groups and arguments."""

import time

import pytest
from drawn_graph import Drawn

from convcalc.importers.graph import INPUT, GraphHead, Module
from convcalc.importers.writing.naming import TakenNames


@pytest.fixture
def drawn():
    return Drawn()


def times(count, make, source=INPUT):
    """The same thing one behind the other."""
    for _ in range(count):
        source = make(source)
    return source


def widened(drawn, make):
    """Three of something, each of which something wider enters, so that they are no repeat."""
    x = INPUT
    for width in (8, 12, 20):
        x = make(drawn.layer("softmax", drawn.conv(x, width)))
        drawn.scope = ()
    return x


# ---- blocks, by their form --------------------------------------------------------------------------


def bottleneck(drawn, x, width=2):
    """He et al. 2015, arXiv:1512.03385, Figure 5, right."""
    y = drawn.layer("relu", drawn.norm(drawn.conv(x, width)))
    y = drawn.layer("relu", drawn.norm(drawn.conv(y, width, 3)))
    y = drawn.norm(drawn.conv(y, drawn.builder.shape(x)[0]))
    return drawn.layer("relu", drawn.layer("add", y, x))


def inverted_residual(drawn, x):
    """Sandler et al. 2018, arXiv:1801.04381, Figure 3."""
    channels = drawn.builder.shape(x)[0]
    y = drawn.layer("relu6", drawn.norm(drawn.conv(x, 6 * channels)))
    y = drawn.layer("relu6", drawn.norm(drawn.dwconv(y)))
    return drawn.layer("add", drawn.norm(drawn.conv(y, channels)), x)


def se(drawn, x):
    """Hu et al. 2017, arXiv:1709.01507, Figure 1."""
    shape = drawn.builder.shape(x)
    y = drawn.builder.add("global_avgpool", x, output=(shape[0], 1, 1))
    y = drawn.layer("relu", drawn.conv(y, 2))
    y = drawn.layer("sigmoid", drawn.conv(y, shape[0]))
    return drawn.layer("tanh", drawn.layer("mul", x, y))


def dense(drawn, x):
    """Huang et al. 2016, arXiv:1608.06993, Figure 1."""
    y = drawn.conv(drawn.layer("relu", drawn.norm(drawn.conv(drawn.layer("relu", x), 8))), 2, 3)
    return drawn.concat(x, y)


def fire(drawn, x):
    """Iandola et al. 2016, arXiv:1602.07360, Figure 1."""
    drawn.scope = (Module(str(len(drawn.builder.nodes))),)
    squeezed = drawn.layer("relu", drawn.conv(x, 2))
    one = drawn.layer("relu", drawn.conv(squeezed, 8))
    three = drawn.layer("relu", drawn.conv(squeezed, 8, 3))
    return drawn.concat(one, three)


@pytest.mark.parametrize(
    "make", [bottleneck, inverted_residual, se, fire], ids=lambda make: make.__name__
)
def test_a_block_is_called_what_papers_call_its_form(drawn, make):
    end = widened(drawn, lambda x: make(drawn, x))
    blocks = [line.partition(":")[0].partition("(")[0] for line in drawn.defined(GraphHead(end))]
    assert make.__name__ in blocks


def test_squeeze_and_expand_are_one_without_any_name(drawn):
    x = INPUT
    for width in (2, 4, 6):
        squeezed = drawn.layer("relu", drawn.conv(x, width))
        one = drawn.layer("relu", drawn.conv(squeezed, 4 * width))
        three = drawn.layer("relu", drawn.conv(squeezed, 4 * width, 3))
        x = drawn.pool(drawn.concat(one, three))
    assert "- fire 4" in drawn.written(GraphHead(x))


def test_blocks_of_one_form_are_told_apart_by_their_gates(drawn):
    def gated(x):
        y = drawn.layer("relu6", drawn.norm(drawn.conv(x, 4)))
        y = drawn.layer("relu6", drawn.norm(drawn.dwconv(y)))
        drawn.scope = ()
        y = se(drawn, y)
        return drawn.layer("add", drawn.norm(drawn.conv(y, drawn.builder.shape(x)[0])), x)

    x = INPUT
    for width in (8, 12, 20):
        x = drawn.layer("softmax", inverted_residual(drawn, drawn.conv(x, width)))
        x = drawn.layer("softmax", gated(drawn.conv(x, width)))
    text = drawn.text(GraphHead(x))
    assert "inverted_residual_se" in text


def test_what_keeps_its_input_is_dense(drawn):
    end = times(3, lambda x: drawn.pool(drawn.conv(dense(drawn, x))))
    lines = drawn.defined(GraphHead(end))
    start = next(place for place, line in enumerate(lines) if line.startswith("dense:"))
    assert lines[start + 1 : start + 4] == [
        "branches:",
        "old: identity",
        "new: [relu, conv 1x1 8, batchnorm, relu, conv 3x3 2]",
    ]


def test_a_block_that_is_numbered_is_not_called_like_a_stage_of_the_source(drawn):
    # As in ResNet of Caffe: the two blocks of stage 1 are one repeat, those of stage 2 are not.
    x = drawn.conv(INPUT, 8)
    for name in ("res1a", "res1b", "res2a", "res2b"):
        x = drawn.conv(x, 8, 5) if name == "res2b" else x
        drawn.scope = (Module(name),)
        x = bottleneck(drawn, x)
        drawn.scope = ()
    assert "- {repeat: 3, layers: bottleneck}" in drawn.written(GraphHead(x))
    assert "- res2b: bottleneck" in drawn.written(GraphHead(x))


def test_a_shortcut_with_layers_projects(drawn):
    """Option B of He et al. 2015, section 4.1; the rest of a row has identities."""
    x = INPUT
    for width in (4, 8, 16):
        y = drawn.norm(drawn.conv(drawn.layer("relu", drawn.norm(drawn.conv(x, width, 3))), width, 3))
        x = drawn.layer("relu", drawn.layer("add", y, drawn.norm(drawn.conv(x, width))))
        for _ in range(2):
            y = drawn.norm(
                drawn.conv(drawn.layer("relu", drawn.norm(drawn.conv(x, width, 3))), width, 3)
            )
            x = drawn.layer("relu", drawn.layer("add", y, x))
    text = drawn.text(GraphHead(x))
    assert "residual_projected(c)" in text
    assert "shortcut: [conv 1x1 $c, batchnorm]" in text


# ---- names of the source ----------------------------------------------------------------------------


def test_a_class_of_the_source_names_its_block(drawn):
    def make(x):
        drawn.scope = (Module(str(len(drawn.builder.nodes)), "_MyUnit"),)
        y = drawn.layer("sigmoid", drawn.layer("tanh", drawn.conv(x)))
        return drawn.layer("softmax", drawn.layer("silu", drawn.conv(y, kernel=3)))

    assert "my_unit: " in drawn.text(GraphHead(widened(drawn, make)))


def test_a_class_that_says_nothing_gives_way_to_the_form(drawn):
    def make(x):
        drawn.scope = (Module(str(len(drawn.builder.nodes)), "Block"),)
        return drawn.layer("softmax", inverted_residual(drawn, x))

    assert "inverted_residual:\n" in drawn.text(GraphHead(widened(drawn, make)))


def test_numbered_names_make_groups(drawn):
    """Keras' MobileNetV2, whose layers stand in one list."""

    def make(x, number, channels):
        name = f"block_{number}_"
        y = drawn.layer("relu6", drawn.norm(drawn.conv(x, 24, name=name + "expand"), name=name + "BN"))
        y = drawn.layer("relu6", drawn.norm(drawn.dwconv(y, name=name + "depthwise")))
        return drawn.norm(drawn.conv(y, channels, name=name + "project"))

    x = drawn.norm(drawn.conv(INPUT, name="Conv1"), name="bn_Conv1")
    for number, channels in enumerate((4, 6, 10)):
        x = make(x, number, channels)
    assert drawn.written(GraphHead(x)) == [
        "- Conv1: [conv 1x1 4, batchnorm]",
        "- block_0: inverted 4",
        "- block_1: inverted 6",
        "- block_2: inverted 10",
    ]


def test_a_norm_behind_a_merge_is_no_part_of_its_group(drawn):
    """Keras' DenseNet: its last norm stands behind the last block, and not in it."""
    one, three = drawn.conv(INPUT, name="block_1_a"), drawn.conv(INPUT, kernel=3, name="block_1_b")
    merged = drawn.builder.add("concat", one, three, output=(8, 8, 8), name="block_1_concat")
    assert drawn.written(GraphHead(drawn.layer("relu", drawn.norm(merged, name="bn")))) == [
        "- block_1: {branches: {a: conv 1x1 4, b: conv 3x3 4}}",
        "- [batchnorm, relu]",
    ]


def test_a_name_of_many_parts_is_none_of_any(drawn):
    def make(x):
        drawn.scope = (Module("block"),)
        y = drawn.layer("tanh", drawn.conv(x))
        drawn.scope = ()
        return drawn.pool(drawn.layer("softmax", y))

    assert "block" not in drawn.text(GraphHead(times(3, make)))


def test_branches_are_called_what_all_instances_call_them(drawn):
    x = INPUT
    for number in range(3):
        one = drawn.layer("relu", drawn.conv(x, 8, name=f"left_{number}"))
        three = drawn.layer("relu", drawn.conv(x, 8, 3, name="right"))
        x = drawn.layer("softmax", drawn.conv(drawn.concat(one, three)))
    lines = drawn.defined(GraphHead(x))
    assert "1x1: [conv 1x1 8, relu]" in lines
    assert "3x3: [conv 3x3 8, relu]" in lines


# ---- arguments --------------------------------------------------------------------------------------


def test_a_kernel_that_two_layers_share_is_one_argument_beside_its_stride(drawn):
    x = INPUT
    for number, (kernel, stride) in enumerate([(3, 2), (5, 1), (5, 2), (3, 1)]):
        drawn.scope = (Module(f"m{number}", "Unit7"),)
        y = drawn.layer("tanh", drawn.layer("lrn", drawn.conv(x, 4, kernel, stride=stride)))
        x = drawn.layer("softmax", drawn.layer("tanh", drawn.conv(y, 4, kernel)))
    text = drawn.text(GraphHead(x))
    assert "(k, s=1): [conv $k/$s 4, lrn, tanh, conv $k 4, tanh, softmax]" in text
    assert " 3x3 2\n" in text


def test_what_enters_is_no_argument(drawn):
    """The width of a squeeze is a quarter of what enters, the rest is `$in`."""
    x = INPUT
    for width in (8, 16, 24):
        x = drawn.layer("softmax", drawn.conv(x, width, 3))
        y = drawn.layer("relu", drawn.conv(x, width // 4))
        x = drawn.layer("add", drawn.layer("sigmoid", drawn.conv(y, width)), x)
    text = drawn.text(GraphHead(x))
    assert "conv 1x1 $(in//4)" in text
    assert "conv 1x1 $in" in text


def test_one_layer_is_no_block(drawn):
    end = times(
        4, lambda x: drawn.pool(drawn.layer("lrn", drawn.conv(x, 4, 3))) if False else drawn.conv(x)
    )
    assert "define" not in drawn.text(GraphHead(end))


def test_what_enlarges_and_its_skip_are_one_block(drawn):
    """U-Net: Ronneberger et al. 2015, arXiv:1505.04597, Figure 1."""
    drawn.builder.input = (4, 32, 32)
    x, skips = INPUT, []
    for width in (4, 8, 16):
        x = times(2, lambda y, c=width: drawn.layer("relu", drawn.conv(y, c, 3)), x)
        skips.append(x)
        x = drawn.pool(x)
    x = times(2, lambda y: drawn.layer("relu", drawn.conv(y, 32, 3)), x)
    for skip in reversed(skips):
        x = drawn.enlarged(x)
        x = drawn.concat(x, skip)
        width = drawn.builder.shape(skip)[0]
        x = times(2, lambda y, c=width: drawn.layer("relu", drawn.conv(y, c, 3)), x)
    assert drawn.written(GraphHead(x)) == [
        "- skip1: double 4",
        "- skip2: down 8",
        "- skip3: down 16",
        "- down 32",
        "- up skip3",
        "- double 16",
        "- up skip2",
        "- double 8",
        "- up skip1",
        "- double 4",
    ]


def test_a_great_many_names_are_found_in_time():
    """A search from 1 each time would take minutes."""
    taken = TakenNames()
    names = [taken.numbered("skip") for _ in range(30_000)]
    assert (names[-1], len(set(names))) == ("skip30000", 30_000)
    assert [taken.unique("conv1") for _ in range(30_000)][-1] == "conv1_30000"


@pytest.mark.full
def test_a_large_network_is_written_in_proportion_to_its_size():
    def timed(count):
        drawn = Drawn()
        end = times(count, lambda x: bottleneck(drawn, x))
        started = time.process_time()
        drawn.text(GraphHead(end))
        return time.process_time() - started

    few, many = timed(100), timed(1_000)  # of nine layers each
    assert many < 40 * few
