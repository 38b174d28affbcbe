"""convcalc for Python programs: load, loads, and what they return."""

import dataclasses
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import convcalc

PLAIN = "input: [8, 4, 4]\nlayers: conv 1x1 3\n"
VARIANTS = (
    "input: [8, 4, 4]\n"
    "parameters: {n: 2}\n"
    "layers: conv 1x1 $n\n"
    "variants: {small: {}, large: {parameters: {n: 5}}}\n"
)


class TestLoad:
    def test_a_shipped_config_is_found_by_its_name(self, folder):
        assert convcalc.load("conv1x1").total.params == 12
        assert convcalc.load("inception3a", "reduced").total.params == 163328
        assert convcalc.load("inception3a#reduced").total.params == 163328

    def test_a_file_is_found_by_its_path(self, folder):
        path = folder / "mine.yaml"
        path.write_text(PLAIN)
        for way in (path, str(path), "mine.yaml", "./mine.yaml", Path("mine.yaml")):
            assert convcalc.load(way).output_shape == (3, 4, 4)

    def test_a_file_without_a_name_has_its_stem(self, folder):
        (folder / "mine.v2.yaml").write_text(PLAIN)
        assert convcalc.load("mine.v2.yaml").name == "mine.v2"
        (folder / "named.yaml").write_text("name: other\n" + PLAIN)
        assert convcalc.load("named.yaml").name == "other"

    def test_a_file_comes_before_a_shipped_config(self, folder):
        (folder / "googlenet").write_text(PLAIN)
        assert convcalc.load("googlenet").output_shape == (3, 4, 4)

    def test_a_variant_stands_behind_the_last_sharp(self, folder):
        (folder / "mine.yaml").write_text(VARIANTS)
        assert convcalc.load("mine.yaml#large").output_shape == (5, 4, 4)
        assert convcalc.load("mine.yaml", "large").output_shape == (5, 4, 4)

    def test_a_file_whose_own_name_has_a_sharp_is_found_whole(self, folder):
        (folder / "a#large.yaml").write_text(PLAIN)
        (folder / "a").write_text(VARIANTS)
        assert convcalc.load("a#large.yaml").output_shape == (3, 4, 4)
        assert convcalc.load("a#large.yaml").variant is None
        assert convcalc.load("a#large").output_shape == (5, 4, 4)
        (folder / "a#large").write_text(PLAIN)
        with pytest.raises(convcalc.UsageError, match="could be a variant"):
            convcalc.load("a#large")

    def test_a_file_with_a_sharp_may_have_variants_too(self, folder):
        (folder / "a#b.yaml").write_text(VARIANTS)
        assert convcalc.load("a#b.yaml#large").output_shape == (5, 4, 4)
        assert convcalc.load("a#b.yaml", "small").output_shape == (2, 4, 4)

    @pytest.mark.parametrize("word", ["nobody", "nobody.yaml", "nobody#small", "conv1x1#", "#", ""])
    def test_what_names_nothing_is_an_error(self, folder, word):
        with pytest.raises(convcalc.UsageError):
            convcalc.load(word)

    def test_a_folder_is_an_error(self, folder):
        with pytest.raises(convcalc.UsageError):
            convcalc.load(folder)

    def test_a_mistake_names_the_file_and_the_place(self, folder):
        (folder / "mine.yaml").write_text("input: [8, 4, 4]\nlayers: [rleu, cnov 1x1 3]\n")
        with pytest.raises(convcalc.SpecError) as caught:
            convcalc.load("mine.yaml")
        first, second = str(caught.value).splitlines()
        assert first.startswith("mine.yaml:2:10: error: ")
        assert second.startswith("mine.yaml:2:16: error: ")


class TestVariants:
    def test_several_and_none_named_is_an_error_that_lists_them(self):
        with pytest.raises(convcalc.UsageError, match="small, large"):
            convcalc.loads(VARIANTS)

    def test_one_alone_needs_no_name(self):
        net = convcalc.loads(PLAIN + "variants: {only: {}}")
        assert net.variant == "only"

    def test_an_unknown_one_is_an_error(self):
        with pytest.raises(convcalc.UsageError, match="large"):
            convcalc.loads(VARIANTS, "lrage")
        with pytest.raises(convcalc.UsageError, match="small"):
            convcalc.loads(PLAIN, "small")

    def test_its_name_is_part_of_the_title(self):
        assert convcalc.load("inception3a#naive").title == "inception3a#naive"
        assert convcalc.load("conv1x1").title == "conv1x1"


class TestParameters:
    @pytest.mark.parametrize("value", [4, "4", 4.0, Decimal(4), Fraction(4), "4.0", Decimal("4.00")])
    def test_a_number_is_given_as_any_kind_of_number(self, value):
        text = "input: [8, 4, 4]\nparameters: {n: 2}\nlayers: conv 1x1 $(2*n)"
        assert convcalc.loads(text, n=value).output_shape == (8, 4, 4)

    @pytest.mark.parametrize("value", [0.35, "0.35", Decimal("0.35"), Fraction(7, 20)])
    def test_a_share_is_exact(self, value):
        # 32·0.35 = 11.2, of which 10 times is a whole number
        text = "input: [8, 4, 4]\nparameters: {alpha: 1}\nlayers: conv 1x1 $(32*alpha*10)"
        assert convcalc.loads(text, alpha=value).output_shape == (112, 4, 4)

    def test_an_unknown_one_is_an_error(self):
        with pytest.raises(convcalc.UsageError, match="beta"):
            convcalc.loads(VARIANTS, "small", beta=1)
        with pytest.raises(convcalc.UsageError, match="n"):
            convcalc.loads(PLAIN, n=1)

    @pytest.mark.parametrize("value", [-1, "x", "", float("nan"), float("inf"), "1e3", None])
    def test_what_is_no_number_is_an_error_where_one_is_needed(self, value):
        with pytest.raises(convcalc.ConvcalcError):
            convcalc.loads(VARIANTS, "small", n=value)


class TestNetwork:
    def test_it_carries_the_facts(self):
        net = convcalc.load("inception3a", "reduced")
        assert (net.input_shape, net.output_shape) == ((192, 28, 28), (256, 28, 28))
        assert (net.total.params, net.total.weights, net.total.biases) == (163328, 163328, 0)
        # 64 + 96 + 128 + 16 + 32 + 32 channels of 28·28
        assert net.total.activations == 288512
        layer = net.layers[1]
        assert (layer.path, layer.op, layer.written) == ("3x3/conv1", "conv", "conv 1x1 96")
        assert (layer.input, layer.output) == ((192, 28, 28), (96, 28, 28))
        assert (layer.params, layer.macs, layer.cost.activations) == (18432, 14450688, 75264)
        assert layer.aux is False

    def test_a_line_counts_from_one(self):
        net = convcalc.loads("input: [8, 4, 4]\nlayers:\n  - relu\n\n  - {a: [relu,\n     sigmoid]}\n")
        assert [layer.line for layer in net.layers] == [3, 5, 6]

    def test_its_repr_is_one_line(self):
        assert repr(convcalc.load("inception3a", "reduced")) == (
            "inception3a#reduced: 192×28×28 → 256×28×28, 163,328 params, 128,049,152 multiply-adds"
        )
        assert repr(convcalc.load("googlenet", "paper")) == (
            "googlenet#paper: 3×224×224 → 1000, 6,990,272 params, 1,582,671,872 multiply-adds"
        )

    def test_its_attributes_cannot_be_assigned(self):
        net = convcalc.loads(VARIANTS, "small")
        for name in ("name", "input_shape", "layers", "total", "parameters", "anything"):
            with pytest.raises((AttributeError, dataclasses.FrozenInstanceError)):
                setattr(net, name, None)
        assert net.total.params == 16

    def test_its_layers_cannot_be_changed(self):
        net = convcalc.loads(VARIANTS, "small")
        assert isinstance(net.layers, tuple)
        assert net.layers is net.layers
        with pytest.raises(AttributeError):
            net.layers[0].path = "other"

    def test_its_mappings_cannot_be_changed(self):
        net = convcalc.loads(VARIANTS + "expect: {params: 1}\nbudget: {params: 1}\n", "small")
        for mapping in (net.parameters, net.expect, net.budget):
            with pytest.raises(TypeError):
                mapping["n"] = 3
            with pytest.raises((TypeError, AttributeError)):
                mapping.clear()

    def test_two_loads_of_one_text_are_independent_and_alike(self):
        first, second = convcalc.loads(PLAIN), convcalc.loads(PLAIN)
        assert first is not second
        assert [layer.cost for layer in first.layers] == [layer.cost for layer in second.layers]


class TestTexts:
    def test_bytes_order_marks_and_line_ends_make_no_difference(self):
        for text in (PLAIN, "\ufeff" + PLAIN, PLAIN.replace("\n", "\r\n"), PLAIN.replace("\n", "\r")):
            assert convcalc.loads(text).output_shape == (3, 4, 4)

    def test_every_error_is_a_convcalc_error(self):
        assert issubclass(convcalc.SpecError, convcalc.ConvcalcError)
        assert issubclass(convcalc.UsageError, convcalc.ConvcalcError)
        assert not issubclass(convcalc.UsageError, convcalc.SpecError)

    def test_a_lone_surrogate_is_an_error_and_no_crash(self):
        with pytest.raises(convcalc.SpecError):
            convcalc.loads("name: \ud800\n" + PLAIN)

    def test_an_unknown_attribute_of_the_package_is_an_error(self):
        with pytest.raises(AttributeError, match="nothing"):
            convcalc.nothing  # noqa: B018


def test_a_layer_has_the_counts_that_a_document_has():
    """conv 3x3 from 2 to 4 channels on 5 × 5 with a bias: 3·3·2·4 = 72 weights; then γ and β of 4."""
    conv, norm = convcalc.loads("input: [2, 5, 5]\nlayers: [conv 3x3 4 bias, batchnorm]\n").layers
    assert (conv.weights, conv.biases, conv.params, conv.macs, conv.activations) == (
        72,
        4,
        76,
        1800,
        100,
    )
    assert (norm.norm, norm.buffers, norm.params, norm.macs, norm.activations) == (8, 8, 8, 0, 0)


SHAPE = "input_shape must be such as (channels, height, width), whole numbers from 1 to 10^12"


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (
            lambda: convcalc.load("inception3a#naive", "reduced"),
            "two variants are named, naive and reduced",
        ),
        (
            lambda: convcalc.load("conv1x1", input_shape=(3, 8, 8, 8, 8)),
            f"{SHAPE}, not (3, 8, 8, 8, 8)",
        ),
        (
            lambda: convcalc.load("conv1x1", input_shape=(3, 8.5, 8)),
            f"{SHAPE}, not (3, 8.5, 8)",
        ),
        (
            lambda: convcalc.load("conv1x1", input_shape=(3, 0, 8)),
            f"{SHAPE}, not (3, 0, 8)",
        ),
        (
            lambda: convcalc.load("mobilenet_v1", alpha=Fraction(1, 3)),
            "1/3 has no end as a decimal number",
        ),
    ],
)
def test_an_argument_that_names_nothing_is_refused(call, what):
    with pytest.raises(convcalc.UsageError) as refused:
        call()
    assert str(refused.value) == what


def test_bytes_are_no_text():
    with pytest.raises(TypeError, match=r"^loads takes a text, not bytes$"):
        convcalc.loads(b"layers: []")  # type: ignore[arg-type]


def test_a_layer_has_each_count_as_an_attribute():
    net = convcalc.loads("{input: [3, 8, 8], layers: [conv 3x3 4 bias, batchnorm scale=false]}")
    counts = ("params", "weights", "biases", "norm", "buffers", "macs", "activations")
    assert [tuple(getattr(layer, count) for count in counts) for layer in net.layers] == [
        (112, 108, 4, 0, 0, 6912, 256),  # 3×3×3×4 weights, at 8×8 places
        (4, 0, 0, 4, 8, 0, 0),  # β; running mean and variance
    ]


@pytest.mark.parametrize(
    ("words", "load", "options"),
    [
        (["inception3a#reduced"], ["inception3a", "reduced"], {}),
        (["mobilenet_v1@alpha=0.5", "--dtype", "int8"], ["mobilenet_v1@alpha=0.5"], {"dtype": "int8"}),
        (["googlenet_torchvision", "--aux"], ["googlenet_torchvision"], {"aux": True}),
        (["retinanet_r50_fpn"], ["retinanet_r50_fpn"], {}),  # several outputs, shared weights
        (["m5"], ["m5"], {}),  # one axis
    ],
    ids=lambda one: one[0] if isinstance(one, list) else "",
)
def test_a_network_gives_the_document_that_the_command_prints(run, words, load, options):
    printed = json.loads(run("summary", *words, "--format", "json").out)
    assert convcalc.load(*load).to_dict(**options) == printed["models"][0]


def test_a_type_of_unknown_size_is_refused():
    with pytest.raises(convcalc.UsageError, match='must be one of float32, float16, int8, not "int4"'):
        convcalc.load("conv1x1").to_dict(dtype="int4")


def test_the_dictionary_of_a_network_is_its_own_to_change():
    net = convcalc.load("conv1x1")
    net.to_dict()["totals"]["params"] = 0
    net.to_dict()["layers"][0]["output"].append(7)
    assert net.to_dict()["totals"]["params"] == 12
    assert net.to_dict()["layers"][0]["output"] == list(net.output_shape)


def test_a_network_has_all_of_its_fields_and_no_others():
    network = convcalc.load("inception3a", "reduced")
    assert network.replace(called="mine").title == "mine"
    with pytest.raises(TypeError, match="bugdet"):
        network.replace(bugdet=())
    with pytest.raises(TypeError, match="'items'"):
        convcalc.Network(name="net")
    with pytest.raises(AttributeError):
        network.name = "other"
    with pytest.raises(AttributeError):
        del network.name
