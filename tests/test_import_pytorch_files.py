"""PyTorch exports: names, what is refused, and what is no program."""

from __future__ import annotations

import json

import pytest
from model_files import call, given, program, zipped
from pytorch_graphs import CALL, CONV, behind, read, refusals

from convcalc.importers.graph import INPUT, ModelFileError, Module, Unreadable
from convcalc.importers.pytorch import reader as pytorch


def test_modules_are_scopes_and_layers_of_torch_nn_are_names(tmp_path):
    stack = (
        "L__self__,,net.Net;L__self__layer1,layer1,torch.nn.modules.container.Sequential;"
        "L__self__layer1_0,layer1.0,net.Block;L__self__layer1_0_conv1,layer1.0.conv1@1,"
        "torch.nn.modules.conv.Conv2d"
    )
    (conv,) = read(tmp_path, [CALL | {"metadata": {"nn_module_stack": stack}}], CONV, "c").nodes
    assert conv.scope == (Module("layer1", "Sequential"), Module("0", "Block"))
    assert (conv.name, conv.place) == ("conv1", 'call "c"')


def test_several_outputs_have_the_names_that_they_are_returned_by(tmp_path):
    graph = behind(tmp_path, [call("relu.default", "y", self="c")], {"y": (1, 4, 6, 6)}, "c y")
    assert [(head.node, head.name) for head in graph.heads] == [(0, "c"), (1, "y")]


def test_parameters_that_nothing_reads_are_told(tmp_path):
    graph = read(tmp_path, [CALL], CONV | {"p_unused": (7, 11)}, "c", frozen="p_w")
    assert graph.params == 112
    assert graph.caveats == (
        'params that no call reads are left out, 77 in all, first: parameter "unused"',
    )
    assert graph.notes == ("1 parameters do not require gradients; they are counted",)


def stored(**places) -> str:
    """Where parameters stand in the zip file: a member, and where in it the first element is."""
    entries = {
        name: {"path_name": path, "tensor_meta": {"storage_offset": {"as_int": start}}}
        for name, (path, start) in places.items()
    }
    return json.dumps({"config": entries})


@pytest.mark.parametrize(
    ("again", "left_out"),
    [
        (("weight_0", 0), ""),  # the convolution's weight under a second name
        (("weight_0", 108), "108 in all"),  # behind it in the same member
        (("weight_1", 0), "108 in all"),
    ],
)
def test_a_second_name_of_a_parameter_is_not_told_as_unread(tmp_path, again, left_out):
    made = program([CALL], CONV | {"p_again": (4, 3, 3, 3)}, "c", frozen="p_w p_again")
    weights = stored(w=("weight_0", 0), again=again)
    members = {"models/model.json": made, "data/weights/model_weights_config.json": weights}
    graph = pytorch.read(given(tmp_path, zipped(members)))
    assert graph.params == 112
    assert [left_out in caveat for caveat in graph.caveats] == ([True] if left_out else [])
    frozen = 2 if left_out else 1
    assert graph.notes == (f"{frozen} parameters do not require gradients; they are counted",)


def test_an_unread_parameter_of_two_names_is_told_once(tmp_path):
    made = program([CALL], CONV | {"p_k": (7, 11), "p_l": (7, 11)}, "c")
    weights = stored(k=("weight_0", 0), l=("weight_0", 0))
    members = {"net/models/m.json": made, "net/data/weights/m_weights_config.json": weights}
    (caveat,) = pytorch.read(given(tmp_path, zipped(members))).caveats
    assert caveat == 'params that no call reads are left out, 77 in all, first: parameter "k"'


def test_everything_unknown_is_told_at_once(tmp_path):
    calls = [
        call("erfinv.default", "a", self="c"),
        call("erfinv.default", "b", self="a"),
        call("matmul.default", "d", self="b", other="b"),
        call("softmax.int", "y", self="d", dim=3),
    ]
    with pytest.raises(Unreadable) as error:
        behind(tmp_path, calls, dict.fromkeys("abdy", (1, 4, 6, 6)))
    # The softmax is over rows, but of what was refused; it may only follow from that.
    assert refusals(error) == [
        ("aten.erfinv.default", 2, 'call "a"'),
        ("a product of two tensors of the network (attention)", 1, 'call "d"'),
    ]
    assert (error.value.params, error.value.macs) == (112, 3888)


def test_what_a_call_is_part_of_is_told(tmp_path):
    calls = [
        call("scaled_dot_product_attention.default", "a", query="c", key="c", value="c"),
        call("log1p.default", "y", self="a"),
    ]
    with pytest.raises(Unreadable) as error:
        behind(tmp_path, calls, dict.fromkeys("ay", (1, 4, 6, 6)))
    assert [(one.what, one.remedy) for one in error.value.obstacles] == [
        ("aten.scaled_dot_product_attention.default (attention)", ""),
        ("aten.log1p.default", "export without run_decompositions()"),
    ]


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (call("softmax.int", "y", self="c", dim=3), "softmax over other axes than the channels"),
        (
            call("mul.Tensor", "y", self="c", other="b_k"),
            "scale whose weights are computed, or not trained",
        ),
        (call("add.Tensor", "y", self="c", other=2), "a constant added to a tensor"),
        (
            call("pad.default", "y", self="c", pad=[1, 1], mode="'reflect"),
            "padding by reflect",
        ),
        (
            call("cat.default", "y", tensors=["c", "c"], dim=2),
            "a concat along another axis than the channels",
        ),
        (
            call("conv2d.default", "y", input="c", weight="x"),
            'conv2d whose "weight" is computed by the network',
        ),
        (
            call("conv2d.default", "y", input="c", weight="p_w", stride=[0, 1]),
            'conv2d whose "stride" does not fit 2 axes',
        ),
        (call("relu.default", "y", self="nowhere"), "relu of a tensor that nothing gives"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(tmp_path, made, what):
    with pytest.raises(Unreadable) as error:
        behind(tmp_path, [made], {"b_k": (4, 1, 1), "y": (1, 4, 6, 6)})
    assert refusals(error)[0][0] == what


UP = call("conv_transpose2d.input", "y", input="c", weight="p_u", bias="p_v")
DENSE = [call("flatten.using_ints", "f", self="c"), call("linear.default", "y", input="f", weight="p_d")]


@pytest.mark.parametrize(
    ("calls", "sizes", "what"),
    [
        (
            [],
            {"p_w": (4, 2, 3, 3)},
            "conv whose weight of 4×2×3×3 does not fit the 3 channels that enter",
        ),
        (
            [],
            {"p_w": (4, 3, 0, 3)},
            "conv whose weight of 4×3×0×3 does not fit the 3 channels that enter",
        ),
        ([], {"p_b": (5,)}, "conv whose bias of 5 does not fit its weight of 4×3×3×3"),
        ([], {"c": (1, 4, 0, 6)}, "conv whose output would be 4×0×6"),
        (
            [UP],
            {"p_u": (3, 2, 2, 2), "p_v": (2,), "y": (1, 2, 7, 7)},
            "conv_transpose whose weight of 3×2×2×2 does not fit the 4 channels that enter",
        ),
        (
            [UP],
            {"p_u": (4, 2, 2, 2), "p_v": (4,), "y": (1, 2, 7, 7)},
            "conv_transpose whose bias of 4 does not fit its weight of 4×2×2×2",
        ),
        (
            DENSE,  # 4·6·6 = 144
            {"f": (1, 144), "p_d": (10, 143), "y": (1, 10)},
            "linear whose weight of 10×143 does not fit the 144 channels that enter",
        ),
    ],
)
def test_sizes_that_contradict_each_other_are_refused(tmp_path, calls, sizes, what):
    with pytest.raises(Unreadable) as error:
        read(tmp_path, [CALL, *calls], CONV | sizes, "y" if calls else "c")
    assert refusals(error)[0][0] == what


@pytest.mark.parametrize(
    "member",
    [
        *("models/model.json", "archive/models/model.json", "net/models/m.json"),
        "serialized_exported_program.json",  # before PyTorch 2.8
    ],
)
def test_the_program_is_found_in_a_zip_file(tmp_path, member):
    data = zipped({"data/weights/weight_0": b"\0" * 10, member: program([CALL], CONV, "c")})
    assert pytorch.read(given(tmp_path, data)).params == 112


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            program([CALL], CONV, "c", major=7),
            "version 7 of PyTorch's schema .* save it again with PyTorch 2.7",
        ),
        ("{}", "does not say which version"),
        (json.dumps({"schema_version": {"major": 8}}), "damaged: it has no graph"),
        (program([CALL], CONV | {"x": (1,)}, "c"), "sizes 1; batch and channels are needed"),
        (program([CALL], CONV | {"x": (0, 3, 8, 8)}, "c"), "sizes 0×3×8×8; each must be at least 1"),
        (program([CALL], CONV, "c").replace('"as_int": 108', '"as_int": -1'), None),
        (program([CALL], CONV | {"c": (1, 4, 6, -6)}, "c"), "damaged: a size that is none"),
    ],
)
def test_a_file_that_is_no_program_is_an_error(tmp_path, text, message):
    if message is None:
        assert pytorch.read(given(tmp_path, text)).params == 112
        return
    with pytest.raises(ModelFileError, match=message):
        pytorch.read(given(tmp_path, text))


def test_another_input_than_the_exported_one_is_an_error(tmp_path):
    with pytest.raises(ModelFileError, match="was exported for 3×8×8, not 3×16×16; export it again"):
        pytorch.read(given(tmp_path, program([CALL], CONV, "c"), (3, 16, 16)))
    assert pytorch.read(given(tmp_path, program([CALL], CONV, "c"), (3, 8, 8))).input == (3, 8, 8)


def test_a_size_that_was_left_open_is_the_one_of_the_export(tmp_path):
    text = program([CALL], CONV, "c")
    batch = {"as_expr": {"expr_str": "s0", "hint": {"as_int": 2}}}
    tree = json.loads(text)
    for name in ("x", "c"):
        tree["graph_module"]["graph"]["tensor_values"][name]["sizes"][0] = batch
    assert pytorch.read(given(tmp_path, json.dumps(tree))).macs == 3888


def test_two_inputs_are_an_error(tmp_path):
    tree = json.loads(program([CALL], CONV, "c"))
    inputs = tree["graph_module"]["signature"]["input_specs"]
    inputs.append({"user_input": {"arg": {"as_tensor": {"name": "c"}}}})
    with pytest.raises(ModelFileError, match="has 2 inputs; one can be written"):
        pytorch.read(given(tmp_path, json.dumps(tree)))


def test_a_program_without_a_tensor_at_its_end_is_an_error(tmp_path):
    tree = json.loads(program([CALL], CONV, "c"))
    tree["graph_module"]["signature"]["output_specs"] = [{"user_output": {"arg": {"as_int": 8}}}]
    with pytest.raises(ModelFileError, match="the network returns no tensor; one at least is needed"):
        pytorch.read(given(tmp_path, json.dumps(tree)))


@pytest.mark.parametrize("name", ["x", "p_w", "p_b", "c"])
def test_a_tensor_whose_sizes_are_missing_is_an_error(tmp_path, name):
    tree = json.loads(program([CALL], CONV, "c"))
    del tree["graph_module"]["graph"]["tensor_values"][name]
    with pytest.raises(ModelFileError, match=f'damaged: the sizes of "{name}" are missing'):
        pytorch.read(given(tmp_path, json.dumps(tree)))


def test_the_input_itself_may_be_an_end(tmp_path):
    graph = read(tmp_path, [], {"x": (1, 3, 8, 8)}, "x")
    assert graph.heads[0].node == INPUT


def test_every_convolution_whose_weights_are_computed_is_counted(tmp_path):
    """As those of a network without norms, whose kernels are standardised whenever it runs."""
    sizes = {"p_v": (4, 4, 1, 1), "v": (4, 4, 1, 1), "d": (1, 4, 6, 6), "y": (1, 4, 6, 6)}
    calls = [
        call("tanh.default", "v", self="p_v"),
        call("conv2d.default", "d", input="c", weight="v"),
        call("conv2d.default", "y", input="d", weight="v"),
    ]
    with pytest.raises(Unreadable) as error:
        behind(tmp_path, calls, sizes)
    what = "conv whose weights are computed, or not trained"
    assert refusals(error) == [(what, 2, 'call "d"')]
