"""The shipped configs: the figures of the papers, row by row and layer by layer."""

import csv
from pathlib import Path

import pytest
from shipped_networks import networks

import convcalc
from convcalc.reader.shipped import shipped_names

DATA = Path(__file__).parent / "data"

# Szegedy et al. 2014, arXiv:1409.4842, Table 1: the rows with weights, and what follows exactly from
# each row's printed sizes: part, output (channels, height, width), weights, with biases, multiply-adds.
# (Its own params column is mostly rounded with K = 1024; six rows do not follow from the sizes.)
GOOGLENET_TABLE_1 = [
    ("conv1", (64, 112, 112), 9408, 9472, 118013952),
    ("pool1", (64, 56, 56), 0, 0, 0),
    ("conv2", (192, 56, 56), 114688, 114944, 359661568),
    ("pool2", (192, 28, 28), 0, 0, 0),
    ("3a", (256, 28, 28), 163328, 163696, 128049152),
    ("3b", (480, 28, 28), 388096, 388736, 304267264),
    ("pool3", (480, 14, 14), 0, 0, 0),
    ("4a", (512, 14, 14), 375552, 376176, 73608192),
    ("4b", (512, 14, 14), 448512, 449160, 87908352),
    ("4c", (512, 14, 14), 509440, 510104, 99850240),
    ("4d", (528, 14, 14), 604672, 605376, 118515712),
    ("4e", (832, 14, 14), 867328, 868352, 169996288),
    ("pool4", (832, 7, 7), 0, 0, 0),
    ("5a", (832, 7, 7), 1042432, 1043456, 51079168),
    ("5b", (1024, 7, 7), 1442816, 1444080, 70697984),
    ("pool5", (1024, 1, 1), 0, 0, 0),
    ("fc", (1000,), 1024000, 1025000, 1024000),
]
TABLE_1_TOTAL = (6990272, 6998552, 1582671872)


def part(network, name):
    """The layers of one part, by the first segment of their paths."""
    return [layer for layer in network.layers if layer.path.partition("/")[0] == name]


def sums(layers):
    return sum(layer.params for layer in layers), sum(layer.macs for layer in layers)


@pytest.mark.parametrize(
    ("name", "output", "weights", "with_biases", "macs"),
    GOOGLENET_TABLE_1,
    ids=[row[0] for row in GOOGLENET_TABLE_1],
)
def test_googlenet_is_table_1_row_by_row(name, output, weights, with_biases, macs):
    paper = part(convcalc.load("googlenet", "paper"), name)
    caffe = part(convcalc.load("googlenet", "caffe"), name)
    assert paper[-1].output == caffe[-1].output == output
    assert sums(paper) == (weights, macs)
    assert sums(caffe) == (with_biases, macs)


def test_googlenets_totals():
    paper, caffe = convcalc.load("googlenet#paper"), convcalc.load("googlenet#caffe")
    assert (paper.total.params, caffe.total.params, paper.total.macs) == TABLE_1_TOTAL
    assert caffe.total.macs == paper.total.macs
    assert (paper.total.biases, caffe.total.biases) == (0, 8280)
    assert caffe.total.weights == paper.total.weights == 6990272


def test_googlenets_table_has_all_its_parts():
    names = dict.fromkeys(
        layer.path.partition("/")[0] for layer in convcalc.load("googlenet#paper").layers
    )
    listed = [row[0] for row in GOOGLENET_TABLE_1]
    assert [name for name in names if name in listed] == listed
    assert set(names) - set(listed) == {"aux1", "aux2", "dropout1", "softmax1"}


def test_googlenets_side_heads():
    # Szegedy et al. 2014, section 5, after 4a (512 channels) and 4d (528): 5×5/3 average pooling leaves
    # 4×4, then 128 channels, 1024 features, 1000 classes:
    # 512·128 + 4·4·128·1024 + 1024·1000 and 528·128 + 2097152 + 1024000 weights
    paper = convcalc.load("googlenet#paper")
    assert sums(part(paper, "aux1")) == (3186688, 4169728)
    assert sums(part(paper, "aux2")) == (3188736, 4202496)
    assert all(layer.aux for name in ("aux1", "aux2") for layer in part(paper, name))
    assert not any(layer.aux for layer in paper.layers if not layer.path.startswith("aux"))
    # bvlc_googlenet of Caffe, all three classifiers
    assert convcalc.load("googlenet#caffe").total_with_aux.params == 13378280


def test_googlenet_is_the_measured_network_layer_by_layer():
    # data/googlenet_layers.csv: the convolutions, pools and linear layer of the paper's network with
    # biases, measured on PyTorch modules in the order of their execution
    with (DATA / "googlenet_layers.csv").open(encoding="utf-8") as file:
        measured = list(csv.DictReader(file))
    types = {
        "conv": "Conv2d",
        "maxpool": "MaxPool2d",
        "avgpool": "AvgPool2d",
        "global_avgpool": "AvgPool2d",
        "linear": "Linear",
    }
    layers = [
        layer for layer in convcalc.load("googlenet#caffe").layers if layer.op in types and not layer.aux
    ]
    computed = [
        {
            "type": types[layer.op],
            # the module's linear layer has a flatten before it
            "input": "1024" if layer.op == "linear" else "x".join(map(str, layer.input)),
            "output": "x".join(map(str, layer.output)),
            "params": str(layer.params),
            "macs": str(layer.macs),
        }
        for layer in layers
    ]
    for row in measured:
        del row["layer"]
    assert len(measured) == 72
    assert computed == measured


def test_inception_3a_is_figure_2():
    # Szegedy et al. 2014, Figure 2, with the sizes of Table 1's row 3a
    naive, reduced = convcalc.load("inception3a#naive"), convcalc.load("inception3a#reduced")
    assert (naive.input_shape, naive.output_shape) == ((192, 28, 28), (416, 28, 28))
    assert (reduced.input_shape, reduced.output_shape) == ((192, 28, 28), (256, 28, 28))
    # 192·64 + 9·192·128 + 25·192·32 = 12288 + 221184 + 153600, at 784 positions
    assert (naive.total.params, naive.total.macs) == (387072, 303464448)
    assert [(layer.path, layer.params) for layer in naive.layers] == [
        ("1x1", 12288),
        ("3x3", 221184),
        ("5x5", 153600),
        ("pool", 0),
        ("concat", 0),
    ]
    assert (reduced.total.params, reduced.total.macs) == (163328, 128049152)
    assert [(layer.path, layer.params, layer.macs) for layer in reduced.layers] == [
        ("1x1", 12288, 9633792),
        ("3x3/conv1", 18432, 14450688),
        ("3x3/conv2", 110592, 86704128),
        ("5x5/conv1", 3072, 2408448),
        ("5x5/conv2", 12800, 10035200),
        ("pool/maxpool1", 0, 0),
        ("pool/conv1", 6144, 4816896),
        ("concat", 0, 0),
    ]


def test_inception_3a_is_a_part_of_googlenet():
    alone = convcalc.load("inception3a#reduced").layers
    within = part(convcalc.load("googlenet#paper"), "3a")
    assert [(layer.op, layer.input, layer.output, layer.cost) for layer in alone] == [
        (layer.op, layer.input, layer.output, layer.cost) for layer in within
    ]


def test_the_1x1_convolution():
    # four filters of 1·1·3 weights, each at 3·3 positions
    net = convcalc.load("conv1x1")
    assert (net.total.params, net.total.macs, net.output_shape) == (12, 108, (4, 3, 3))


each_config = pytest.mark.parametrize("name", shipped_names())


def test_the_configs_that_the_readme_names_are_shipped():
    assert {"conv1x1", "inception3a", "googlenet"} <= set(shipped_names())


@each_config
def test_what_a_config_expects_of_itself_holds(name):
    for network in networks(name):
        facts = {
            "params": network.total.params,
            "weights": network.total.weights,
            "biases": network.total.biases,
            "macs": network.total.macs,
            "activations": network.total.activations,
            "output": network.leaving if network.outputs else network.output_shape,
        }
        expected = {fact: one.value for fact, one in network.expect.items()}
        assert {"params", "macs", "output"} <= set(expected)
        assert (network.title, expected) == (network.title, {fact: facts[fact] for fact in expected})


@each_config
def test_what_a_config_allows_itself_holds(name):
    for network in networks(name):
        for rule in network.budget:
            assert getattr(network.total, rule.quantity) <= rule.value, network.title


@each_config
def test_a_config_cites_its_source_and_is_named_as_its_file(name):
    for network in networks(name):
        assert network.source, network.title
        assert network.name == name
