"""Formulas with their numbers: which tensors, at how many positions, from which windows."""

import re

import pytest

import convcalc
from convcalc.answers.explain import explain
from convcalc.render.formats.latex import draw

REDUCED = convcalc.load("inception3a#reduced")


def network(layers, shape="[8, 4, 4]"):
    return convcalc.loads(f"input: {shape}\nlayers: {layers}")


def sizes(formula):
    return [tuple(tensor.values()) for tensor in formula.tensors]


def single(layers, shape="[8, 4, 4]"):
    """The formula of a network's only layer."""
    net = network(layers, shape)
    return explain(net, net.layers[-1].path).single


def test_a_network_is_the_formulas_of_its_layers_with_parameters():
    explanation = explain(REDUCED)
    # 1×1×192×64 + 1×1×192×96 + 3×3×96×128 + 1×1×192×16 + 5×5×16×32 + 1×1×192×32 = 163,328
    assert [(formula.layer.path, *sizes(formula)) for formula in explanation.formulas] == [
        ("1x1", (1, 1, 192, 64)),
        ("3x3/conv1", (1, 1, 192, 96)),
        ("3x3/conv2", (3, 3, 96, 128)),
        ("5x5/conv1", (1, 1, 192, 16)),
        ("5x5/conv2", (5, 5, 16, 32)),
        ("pool/conv1", (1, 1, 192, 32)),
    ]
    assert (explanation.total.params, explanation.total.macs) == (163328, 128049152)
    assert explanation.single is None


def test_a_layer_is_its_own_formula():
    explanation = explain(REDUCED, "5x5/conv2")
    formula = explanation.single
    assert [list(tensor.items()) for tensor in formula.tensors] == [
        [("kernel height", 5), ("kernel width", 5), ("in_channels", 16), ("out_channels", 32)]
    ]
    assert list(formula.positions.items()) == [("output height", 28), ("output width", 28)]
    assert [window.formula for window in formula.windows] == [
        "ceil(28 / 1) = 28, same padding: 2 on each side"
    ] * 2
    assert (explanation.total.params, explanation.total.macs) == (12800, 10035200)


def test_a_group_is_the_formulas_of_its_layers():
    explanation = explain(REDUCED, "3x3")
    assert [formula.layer.path for formula in explanation.formulas] == ["3x3/conv1", "3x3/conv2"]
    assert (explanation.total.params, explanation.total.macs) == (129024, 101154816)
    assert explanation.single is None


def test_a_layer_without_parameters_is_shown_only_where_it_is_asked_for():
    assert explain(REDUCED, "pool/maxpool1").single.layer.op == "maxpool"
    assert [formula.layer.path for formula in explain(REDUCED, "pool").formulas] == ["pool/conv1"]
    net = network("[{a: [relu]}]")
    assert explain(net, "a").formulas == ()
    assert explain(net, "a").single is None


@pytest.mark.parametrize(
    ("layer", "tensors", "positions"),
    [
        ("conv 3x5 6 bias", [(3, 5, 8, 6), (6,)], (4, 4)),
        ("conv 3x3/2 6 groups=2", [(3, 3, 4, 6)], (2, 2)),
        ("dwconv 3x3 multiplier=2 bias", [(3, 3, 8, 2), (16,)], (4, 4)),
        ("dwconv 3x3/4x2", [(3, 3, 8, 1)], (1, 2)),
        # a transposed convolution's weights are used at the input's positions
        ("conv_transpose 3x3/2 6 groups=2", [(3, 3, 8, 3)], (4, 4)),
        # every weight of a linear layer is used once: no positions to multiply by
        ("linear 5 bias", [(128, 5), (5,)], ()),
        # γ and β; running mean and variance are no parameters, and nothing is multiplied
        ("batchnorm", [(8,), (8,)], None),
        ("batchnorm scale=false", [(8,)], None),
        ("layernorm", [(8,), (8,)], None),
        ("scale bias", [(8,), (8,)], None),
        ("prelu", [(8,)], None),
        ("relu", [], None),
        ("maxpool 3x3", [], None),
    ],
)
def test_the_tensors_and_positions_of_an_operation(layer, tensors, positions):
    formula = single(layer)
    assert sizes(formula) == tensors
    found = formula.positions
    assert (None if found is None else tuple(found.values())) == positions


@pytest.mark.parametrize(
    ("layer", "height", "width"),
    [
        (
            "conv 3x3/2 6",
            "ceil(6 / 2) = 3, same padding: 0 before, 1 after",
            "ceil(7 / 2) = 4, same padding: 1 on each side",
        ),
        (
            "maxpool 2x2",
            "ceil(6 / 1) = 6, same padding: 0 before, 1 after",
            "ceil(7 / 1) = 7, same padding: 0 before, 1 after",
        ),
        (
            "dwconv 1x1/3",
            "ceil(6 / 3) = 2, same padding: 0 on each side",
            "ceil(7 / 3) = 3, same padding: 0 on each side",
        ),
        (
            "conv 3x3/2 6 1x0 dilation=2x1",
            "floor((6 + 2·1 − 2·(3 − 1) − 1) / 2) + 1 = 2",
            "floor((7 + 2·0 − 1·(3 − 1) − 1) / 2) + 1 = 3",
        ),
        (
            "maxpool 3x3/2 valid ceil_mode",
            "ceil((6 + 2·0 − 1·(3 − 1) − 1) / 2) + 1 = 3",
            "ceil((7 + 2·0 − 1·(3 − 1) − 1) / 2) + 1 = 3",
        ),
    ],
)
def test_the_windows_say_how_height_and_width_come_about(layer, height, width):
    assert [window.formula for window in single(layer, "[8, 6, 7]").windows] == [height, width]


def test_only_what_slides_has_windows():
    for layer in ("linear 3", "relu", "batchnorm", "global_avgpool", "flatten"):
        assert single(layer).windows == ()


def positions(layers):
    found = explain(network(layers)).common_positions
    return None if found is None else tuple(found.values())


def test_common_positions_are_those_of_all_that_multiplies():
    assert tuple(explain(REDUCED).common_positions.values()) == (28, 28)
    assert tuple(explain(REDUCED, "5x5").common_positions.values()) == (28, 28)
    assert explain(convcalc.load("googlenet#paper")).common_positions is None
    assert positions("[conv 1x1 3, relu, conv 3x3 4, maxpool 2x2/2]") == (4, 4)
    assert positions("[conv 1x1 3, conv 3x3/2 4]") is None
    assert positions("[conv 3x3/2x1 3, dwconv 1x1]") == (2, 4)


def test_a_linear_layer_has_no_height_and_width_in_common():
    assert positions("[conv 1x1 3, linear 4]") is None
    assert positions("linear 4") is None


def test_what_multiplies_nothing_has_no_positions_in_common():
    assert positions("[relu, batchnorm]") is None
    assert positions("[]") is None


def test_side_heads_are_explained_where_they_are_asked_for():
    net = network("[conv 1x1 3, {aux: [conv 1x1 2, linear 5]}, conv 1x1 4]")
    assert [formula.layer.path for formula in explain(net).formulas] == ["conv1", "conv2"]
    assert [formula.layer.path for formula in explain(net, aux=True).formulas] == [
        "conv1",
        "aux1/conv1",
        "aux1/linear1",
        "conv2",
    ]
    assert [formula.layer.path for formula in explain(net, "aux1").formulas] == [
        "aux1/conv1",
        "aux1/linear1",
    ]
    # 8·3 + 3·4; the head 3·2 + 32·5
    assert explain(net).total.params == 36
    assert explain(net, aux=True).total.params == 202
    assert explain(net, "aux1").total.params == 166


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "3x3/conv3",
            'inception3a#reduced has no layer "3x3/conv3"; under "3x3": 3x3/conv1, 3x3/conv2',
        ),
        (
            "3x3/conv1/deeper",
            'inception3a#reduced has no layer "3x3/conv1/deeper"; under "3x3": 3x3/conv1, 3x3/conv2',
        ),
        ("pol", 'inception3a#reduced has no layer "pol"; did you mean "pool"?'),
        ("zzz", 'inception3a#reduced has no layer "zzz"; it has 1x1, 3x3, 5x5, pool, concat'),
    ],
)
def test_an_unknown_path_is_answered_with_what_there_is(path, message):
    with pytest.raises(convcalc.UsageError) as caught:
        explain(REDUCED, path)
    assert str(caught.value) == message


def test_a_layer_that_is_not_square_has_a_formula_for_each_side(run):
    out = run("explain", "--input", "8x12x10", "-e", "conv 3x5/2x1 4 1x2", "conv1").out
    assert " output         floor((12 + 2·1 − 1·(3 − 1) − 1) / 2) + 1 = 6\n" in out
    assert "                floor((10 + 2·2 − 1·(5 − 1) − 1) / 1) + 1 = 10\n" in out


def test_a_layer_has_shares_of_its_own_in_params_and_in_multiply_adds(run):
    body = ("--input", "8x12x10", "-e", "[conv 1x1 4, linear 5]")
    # 32 of 32 + 4·12·10·5 = 2,432 params; 32·12·10 = 3,840 of 3,840 + 2,400 multiply-adds
    out = run("explain", *body, "conv1").out
    assert " 1.3 % of the network's params, 61.5 % of its multiply-adds\n" in out
    assert " output  " not in run("explain", *body, "linear1").out


def test_a_closed_group_says_what_is_in_it(run):
    named = "{m: {branches: {left: relu, right: tanh}}}"
    many = f"{{l: [{', '.join(['conv 3x3 1000'] * 9)}]}}"
    out = run("summary", "--input", "8x12x10", "-e", f"[{named}, {many}]", "--depth", "1").out
    assert re.search(r"^ m +concat of left, right +16×12×10 ", out, re.M)
    assert re.search(r"^ l +conv 3x3 1000, 8 more +1000×12×10 ", out, re.M)


def effect(spec, path):
    network = convcalc.load(spec)
    return explain(network, path).effect


def test_a_pooling_branch_hands_all_its_channels_to_the_concat():
    found = effect("inception3a#naive", "pool")
    assert (found.keeps_channels, found.keeps_positions, found.gathers) == (True, True, True)
    # Szegedy et al. 2014, Figure 2(a): 64 + 128 + 32 + 192 = 416 channels
    assert [(one.layer.path, one.channels, one.layer.output[0]) for one in found.readers] == [
        ("concat", 192, 416)
    ]
    assert found.readers[0].is_concat


def test_a_layer_without_weights_knows_what_reads_it():
    found = effect("inception3a#reduced", "pool/maxpool1")
    assert [(one.layer.path, one.is_concat, one.has_formula) for one in found.readers] == [
        ("pool/conv1", False, True)
    ]
    assert effect("inception3a#reduced", "concat").readers == ()
    assert effect("inception3a#reduced", "3x3/conv1") is None


def test_fewer_positions_are_said_to_make_what_follows_cheaper(run):
    # 112×112 to 56×56: a quarter
    out = run("explain", "resnet18", "conv2_x/maxpool1").out
    assert "0.25 of the positions" in out
    assert "64 channels stay, 112×112 becomes 56×56" in out


@pytest.mark.parametrize(
    ("body", "path", "said"),
    [
        ("[{a: conv 1x1 4}, flatten]", "flatten1", "4 channels of 1×1 become 4 features"),
        ("[{a: conv 1x1 4}, relu]", "relu1", "4 channels of 1×1 stay as they are"),
        ("[{a: linear 4}, relu]", "relu1", "4 features stay as they are"),
        (
            "[{a: linear 4}, {b: linear 3}, concat a]",
            "concat1",
            "what enters has 3 + 4 features; what leaves has 7 features",
        ),
    ],
)
def test_a_vector_has_features_where_a_map_has_channels(run, body, path, said):
    out = run("explain", "--input", "8x1x1", "-e", body, path).out
    assert f" shape          {said}\n" in out


@pytest.mark.parametrize(
    ("shape", "body", "title"),
    [
        ("8", "[linear 4, linear 2]", "× positions"),
        ("8x9", "[conv 3 4, linear 2]", "× output length"),
        ("8x9x9", "[conv 3x3 4, linear 2]", "× output height × width"),
    ],
)
def test_only_a_map_has_a_height_and_a_width(run, shape, body, title):
    out = run("explain", "--input", shape, "-e", body).out
    assert f" params  {title}  multiply-adds\n" in out


def test_several_specs_may_stand_before_a_path(run):
    both = run("explain", "inception3a#naive", "inception3a#reduced").out
    assert both.count("Szegedy") == 2
    # 25·192·32 of the one, 192·16 + 25·16·32 of the other
    one = run("explain", "inception3a#naive", "inception3a#reduced", "5x5").out
    assert "153,600" in one
    assert "15,872" in one


def test_the_braces_of_a_formula_join_what_is_equal_and_no_label_is_said_twice():
    text = draw(explain(convcalc.load("resnet18")))
    # He et al. 2015, Table 1: conv2_x is two blocks of two 3×3 convolutions of 64 channels, each with a
    # batch norm of γ and β; conv3_x has three of 128 channels, one that halves, and a 1×1 projection.
    assert r"+ \underbrace{4\cdot(3\times3\times64\times64) + 8\cdot64}_{\mathtt{conv2\_x}}" in text
    assert (
        r"\underbrace{3\times3\times64\times128 + 10\cdot128 + 3\cdot(3\times3\times128\times128)"
        r" + 1\times1\times64\times128}_{\mathtt{conv3\_x}}"
    ) in text


def test_a_part_with_too_many_products_for_a_brace_has_its_own_parts():
    several = ", ".join(f"conv 1x1 {width} bias" for width in (2, 3, 4, 5))
    text = draw(explain(network(f"[g: [a: [{several}], b: conv 1x1 6], h: conv 1x1 7]")))
    labels = re.findall(r"_\{\\texttt\{(.*?)\}\}", text)
    assert labels == ["g/a/conv1", "g/a/conv2", "g/a/conv3", "g/a/conv4", "g/b", "h"]
    assert r"\underbrace{1\times1\times8\times2 + 2}_{\texttt{g/a/conv1}}" in text


AGAIN = "[a: conv 3x3 4 bias, relu, b: again a, batchnorm]"


def test_weights_that_are_used_again_are_no_term_of_the_params_and_multiply_all_the_same():
    explanation = explain(network(AGAIN, "[4, 8, 8]"))
    assert [(one.layer.path, sizes(one), one.weights, one.shares) for one in explanation.formulas] == [
        ("a", [(3, 3, 4, 4), (4,)], 144, None),
        ("b", [], 144, "a"),
        ("batchnorm1", [(4,), (4,)], 0, None),
    ]
    # 3·3·4·4 + 4 + 4 + 4 params; 144 weights at 8·8 positions, twice
    assert (explanation.total.params, explanation.total.macs) == (156, 2 * 9216)
    assert explanation.weights == 288


def test_the_sum_and_each_line_hold_with_weights_that_are_used_again(run, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(f"input: [4, 8, 8]\nlayers: {AGAIN}\n")
    table = run("explain", str(path)).out
    assert "params         3×3×4×4 + 4 + 4 + 4 = 156" in table
    assert "multiply-adds  288 × 8×8 = 18,432" in table
    assert "144 of the weights are used again" in table
    (row,) = [line for line in table.splitlines() if "again a" in line]
    assert row.split() == ["b", "again", "a", "those", "of", "a", "0", "144", "×", "8×8", "9,216"]
    single = run("explain", str(path), "b").out
    assert re.search(r"multiply-adds  weights × .*\n +144 × +8 × +8  =  9,216\n", single)
    assert "shares         the weights of a\n" in single
    latex = run("explain", str(path), "--format", "latex").out
    assert r"_{\texttt{b}}" not in latex
    assert r"288 \times 8 \times 8 = 18{,}432" in latex
    assert run("explain", str(path), "--format", "csv").out.splitlines()[2] == "net,b,conv,,0,64,9216,a"
