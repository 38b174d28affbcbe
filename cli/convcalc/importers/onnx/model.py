"""An ONNX file, decoded as far as it concerns a network, in one walk over its graph."""

from typing import NamedTuple

from ..graph import ModelFile, ModelFileError
from ..reading.files import MAX_NODES
from ..reading.trace import Weight
from .parts import (
    SMALL,
    MessageBytes,
    OnnxNode,
    OpenSizes,
    read_node,
    read_tensor,
    read_text,
    read_value_info,
)
from .wire import LEN, FileBytes, PartBytes, WireError, WireField, fields

MAX_PARTS = 400_000  # nodes, weights and sizes of tensors
MAX_FIELDS = 2_000_000  # in these
MAX_GRAPH_BYTES = 64 * 1024**2  # of everything but weights


class OnnxModel(NamedTuple):
    """A model, as far as it concerns a network."""

    opset: int
    name: str
    nodes: tuple[OnnxNode, ...]
    weights: dict[str, Weight]
    inputs: tuple[tuple[str, OpenSizes], ...]
    outputs: tuple[str, ...]
    sizes: dict[str, OpenSizes]  # of tensors in between, where the file states them


def read_model(given: ModelFile) -> OnnxModel:
    """The model in a file; raises ModelFileError where there is none that can be read."""
    try:
        with open(given.path, "rb") as file:
            return _Decoder(FileBytes(file, MAX_PARTS, MAX_FIELDS)).model()
    except OSError as error:
        raise ModelFileError(given.label, f"cannot be read: {error.strerror}") from None
    except (WireError, UnicodeDecodeError) as error:
        raise ModelFileError(given.label, f"the ONNX file is damaged: {error}") from None


class _Decoder:
    """Walks once through a file, and stops where it holds more than a network needs."""

    def __init__(self, data: FileBytes) -> None:
        self._data = data
        self._left = MAX_GRAPH_BYTES
        self.nodes: list[OnnxNode] = []
        self.weights: dict[str, Weight] = {}
        self.inputs: list[tuple[str, OpenSizes]] = []
        self.outputs: list[str] = []
        self.sizes: dict[str, OpenSizes] = {}
        self.name = ""

    def model(self) -> OnnxModel:
        opset = graphs = 0
        for field in fields(self._data):
            if field.number == 7 and field.kind == LEN:
                graphs += 1
                self._graph(field)
            elif field.number == 8 and field.kind == LEN:
                opset = max(opset, _opset(self._data, field))
        if not graphs:
            raise WireError("it has no graph")
        return OnnxModel(
            opset,
            self.name,
            tuple(self.nodes),
            self.weights,
            tuple(self.inputs),
            tuple(self.outputs),
            self.sizes,
        )

    def _graph(self, graph: WireField) -> None:
        for field in fields(self._data, graph.start, graph.end):
            if field.kind != LEN:
                continue
            match field.number:
                case 1:
                    self._add_node(field)
                case 2:
                    self.name = read_text(self._data, field)
                case 5:
                    tensor = read_tensor(*self._part(field))
                    self.weights[tensor.key] = tensor
                case 11:
                    self.inputs.append(read_value_info(*self._read(field)))
                case 12:
                    self.outputs.append(read_value_info(*self._read(field))[0])
                case 13:
                    name, sizes = read_value_info(*self._read(field))
                    self.sizes[name] = sizes
                case 15:
                    raise WireError("weights that are stored as sparse tensors, which are not read")

    def _add_node(self, field: WireField) -> None:
        if len(self.nodes) == MAX_NODES:
            raise WireError(f"more than {MAX_NODES:,} nodes")
        self.nodes.append(read_node(*self._part(field)))

    def _part(self, field: WireField) -> tuple[MessageBytes, int, int]:
        """A part that may hold a weight: large ones stay in the file."""
        if field.end - field.start > SMALL:
            return self._data, field.start, field.end
        return self._read(field)

    def _read(self, field: WireField) -> tuple[PartBytes, int, int]:
        size = field.end - field.start
        self._left -= size
        if self._left < 0:
            raise WireError(f"more than {MAX_GRAPH_BYTES // 1024**2} MiB besides its weights")
        return self._data.part(field.start, field.end), 0, size


def _opset(data: MessageBytes, field: WireField) -> int:
    domain, version = "", 0
    for inner in fields(data, field.start, field.end):
        if inner.number == 1:
            domain = read_text(data, inner)
        elif inner.number == 2:
            version = inner.value
    return version if domain in ("", "ai.onnx") else 0
