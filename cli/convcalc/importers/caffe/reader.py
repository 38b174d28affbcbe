"""Caffe's prototxt files to a graph: which layers there are, what they read, and what leaves.

BVLC/caffe, src/caffe/proto/caffe.proto and src/caffe/net.cpp. What each layer computes stands in
`caffe_layers`.
"""

from typing import NamedTuple

from ...ops.shapes import Shape
from ...text.problems import Report
from ..graph import INPUT, Graph, GraphBuilder, GraphHead, ModelFile, ModelFileError, Module
from ..reading.files import MAX_NODES, read_text, report_of, shown
from . import layers as caffe_layers
from .context import FLAGS, CaffeLayer, CaffeNetwork
from .prototxt import Message, read_prototxt

_INPUTS = ("input", "dummydata")
_DATA = ("data", "imagedata", "windowdata", "memorydata", "hdf5data", "annotateddata", "densedata")
_LOSSES = {
    "softmaxwithloss": "softmax",
    "softmaxloss": "softmax",
    "multinomiallogisticloss": "",
    "infogainloss": "",
    "euclideanloss": "",
    "hingeloss": "",
    "contrastiveloss": "",
    "smoothl1loss": "",
    "sigmoidcrossentropyloss": "sigmoid",
}
_WITHOUT_OUTPUT = ("accuracy", "silence", "argmax", "hdf5output", "accuracytopk")
_IMAGE = ("transform_param", "image_data_param", "data_param", "window_data_param", "memory_data_param")


class _Loss(NamedTuple):
    """What a loss judges, and how much it weighs."""

    node: int
    name: str
    weight: float
    is_of_train: bool


def read(given: ModelFile) -> Graph:
    """The graph of a prototxt.

    Raises SpecError with what is wrong in it, Unreadable for layers that are unknown.
    """
    text = read_text(given)
    report = report_of(given, text)
    return _Reader(given, report, read_prototxt(text, report)).graph()


class _Reader:
    def __init__(self, given: ModelFile, report: Report, root: Message) -> None:
        self.given = given
        self.report = report
        self.root = root
        layers = [*root.messages("layers"), *root.messages("layer")]
        self.layers = sorted(layers, key=lambda layer: layer.mark)
        if not layers:
            raise ModelFileError(given.label, "no layers")
        if len(layers) > MAX_NODES:
            raise ModelFileError(given.label, f"more than {MAX_NODES:,} layers")
        self.others: list[str] = []  # inputs besides the first
        image, shape = self._input()
        self.network = CaffeNetwork(GraphBuilder(given.label, shape), report, {image: INPUT})
        for name in self.others:
            refused = self.network.builder.refuse(f'a second input, "{name[:60]}"', "line 1")
            self.network.blobs[name] = refused
        self.losses: list[_Loss] = []

    def graph(self) -> Graph:
        for layer in self.layers:
            if self._is_in(layer, self.given.phase):
                self._layer(layer, is_of_train=False)
            elif self._is_in(layer, "train") and not _is_data(layer):
                self._layer(layer, is_of_train=True)
        self.report.raise_any()
        builder = self.network.builder
        if not builder.nodes:
            raise ModelFileError(self.given.label, "no layers but data")
        builder.heads = self._heads()
        return builder.graph("Caffe", "layers", len(self.layers), self.root.text("name"))

    # What enters.

    def _input(self) -> tuple[str, Shape]:
        """The blob of the image, and its shape without the batch."""
        image, shape = self._declared()
        if self.given.input:
            return image, self.given.input
        if not shape:
            what = "the file does not say how large its input is; add --input 3x224x224, say"
            raise ModelFileError(self.given.label, what)
        return image, shape

    def _declared(self) -> tuple[str, Shape]:
        if names := self.root.texts("input"):
            self.others = names[1:]
            dims = self.root.texts("input_dim")[:4]
            shapes = self.root.messages("input_shape")
            return names[0], _sizes(dims or (shapes[0].texts("dim") if shapes else []))
        inputs = [layer for layer in self.layers if _kind(layer) in _INPUTS]
        datas = [layer for layer in self.layers if _is_data(layer)]
        datas.sort(key=lambda layer: not self._is_in(layer, self.given.phase))
        for layer in (*inputs, *datas):
            name = (layer.texts("top") or [""])[0]
            shapes = [
                *layer.message("input_param").messages("shape"),
                *layer.message("dummy_data_param").messages("shape"),
            ]
            shape = _sizes(shapes[0].texts("dim")) if shapes else _image_size(layer)
            return name, shape
        return "data", ()

    def _is_in(self, layer: Message, phase: str) -> bool:
        """Whether a layer is in a phase's network, by `include` and `exclude`."""
        included = [rule.text("phase").lower() for rule in layer.messages("include")]
        excluded = [rule.text("phase").lower() for rule in layer.messages("exclude")]
        if any(included):
            return phase in included
        return phase not in excluded

    # What follows.

    def _layer(self, layer: Message, is_of_train: bool) -> None:
        kind = _kind(layer)
        if _is_data(layer) or kind in _INPUTS or kind in _WITHOUT_OUTPUT:
            return
        blobs = self.network.blobs
        bottoms = layer.texts("bottom")
        if kind in _LOSSES:
            if bottoms and bottoms[0] in blobs:
                self._loss(layer, kind, layer.text("name"), is_of_train)
            return
        for at, bottom in enumerate(bottoms):
            if bottom not in blobs:
                self.report.add(layer.mark_of("bottom", at), f"no layer above gives {shown(bottom)}")
                blobs[bottom] = INPUT  # said once
        name, scope = _split(layer.text("name"))
        call = CaffeLayer(kind, layer, name, scope, [blobs[bottom] for bottom in bottoms])
        tops = layer.texts("top") or [layer.text("name")]
        for top, output in zip(tops, caffe_layers.outputs(self.network, call), strict=False):
            blobs[top] = output
            self.network.train_only[output] = is_of_train

    def _loss(self, layer: Message, kind: str, name: str, is_of_train: bool) -> None:
        x = self.network.blobs[layer.texts("bottom")[0]]
        own, scope = _split(name)
        builder = self.network.builder
        if op := _LOSSES[kind]:
            shape = builder.shape(x)
            x = builder.add(op, x, output=shape, name=own, scope=scope, place=layer.place)
        try:
            weight = float([*layer.texts("loss_weight"), "1"][0])  # of the first top
        except ValueError:
            weight = 1.0
        head = scope[0].name if scope else own
        self.losses.append(_Loss(x, head, weight, is_of_train))

    # What leaves.

    def _heads(self) -> list[GraphHead]:
        """What the losses judge, the lighter ones as side heads, else whatever nobody reads."""
        nodes = self.network.builder.nodes
        if not self.losses:
            used = {source for node in nodes for source in node.inputs}
            ends = [number for number in range(len(nodes)) if number not in used]
            train = self.network.train_only
            return [GraphHead(end, nodes[end].name, train.get(end, False)) for end in ends]
        heaviest = max(loss.weight for loss in self.losses)
        return [
            GraphHead(loss.node, loss.name, loss.weight < heaviest or loss.is_of_train)
            for loss in self.losses
        ]


def _split(name: str) -> tuple[str, tuple[Module, ...]]:
    """`inception_3a/1x1` as a name and the module around it."""
    *modules, own = name.split("/")
    return own, tuple(Module(module) for module in modules if module)


def _kind(layer: Message) -> str:
    """`Convolution`, and `CONVOLUTION` of the older format, as one word."""
    return layer.text("type").lower().replace("_", "")


def _is_data(layer: Message) -> bool:
    return _kind(layer) in _DATA or (_kind(layer) == "python" and not layer.texts("bottom"))


def _sizes(dims: list[str]) -> Shape:
    """The dimensions without the batch's."""
    if len(dims) < 2 or not all(dim.isdigit() and len(dim) < 10 for dim in dims):
        return ()
    sizes = tuple(map(int, dims[1:]))
    return sizes if all(sizes) else ()


def _image_size(layer: Message) -> Shape:
    """What a data layer cuts out of its images."""
    found: dict[str, str] = {}
    for name in _IMAGE:
        for message in layer.messages(name):
            for key in ("crop_size", "channels", "height", "width", "new_height", "new_width"):
                if message.text(key):
                    found[key] = message.text(key)
    gray = any(FLAGS.get(one.text("force_gray")) for one in layer.messages("transform_param"))
    channels = found.get("channels", "1" if gray else "3")
    crop = found.get("crop_size", "0")
    if crop != "0":
        return _sizes(["1", channels, crop, crop])
    height = found.get("height") or found.get("new_height") or ""
    width = found.get("width") or found.get("new_width") or ""
    return _sizes(["1", channels, height, width])
