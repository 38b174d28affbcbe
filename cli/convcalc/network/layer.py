"""What a network is made of: layers and groups in execution order."""

from collections.abc import Iterable
from typing import NamedTuple

from ..ops.base import TENSOR_KINDS, Dims, Operation
from ..ops.cost import Cost, sum_of
from ..ops.merges import Concat
from ..ops.shapes import Shape
from ..text.problems import Mark

NOWHERE = Mark(0, 0, 0)  # of what a model file describes
NETWORK_INPUT = -1  # among a layer's sources


class Layer(NamedTuple):
    """An operation in its place. `written` is its text in the specification."""

    path: str
    depth: int  # the number of groups around it
    operation: Operation
    written: str
    input: Shape  # what enters it, or the whole set of branches that it merges
    output: Shape
    cost: Cost
    sources: tuple[int, ...]  # the layers whose outputs enter it, by place; the image is -1
    inputs: tuple[Shape, ...]  # the shapes of these outputs
    aux: bool
    mark: Mark
    driven: tuple[tuple[str, int], ...] = ()  # options that follow from `$in`, and how
    reads: tuple[int, ...] = ()  # those of its sources that are read by a name
    shares: int | None = None  # the layer that has its weights, by place
    like: int | None = None  # the layer whose size it has, by place; its values are not read

    @property
    def line(self) -> int | None:
        """The line of the file on which it is written; None in a model file."""
        return self.mark.line or None

    @property
    def op(self) -> str:
        """The operation's name."""
        return self.operation.name

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def params(self) -> int:
        return self.cost.params

    @property
    def weights(self) -> int:
        return self.cost.weights

    @property
    def biases(self) -> int:
        return self.cost.biases

    @property
    def norm(self) -> int:
        return self.cost.norm

    @property
    def buffers(self) -> int:
        return self.cost.buffers

    @property
    def macs(self) -> int:
        return self.cost.macs

    @property
    def activations(self) -> int:
        return self.cost.activations

    @property
    def trainable(self) -> list[Dims]:
        """The named sizes of each of its own trainable tensors."""
        if self.shares is not None:
            return []
        shapes = self.operation.weight_shapes(*self.inputs)
        return [dims for tensor, dims in shapes.items() if TENSOR_KINDS[tensor] != "buffers"]

    @property
    def joins_branches(self) -> bool:
        """Whether it merges branches, and not layers that it names."""
        return self.operation.merges and self.written == self.op

    @property
    def is_silent(self) -> bool:
        """Whether tables leave it out: a concat of branches, which is free and has its group's shape."""
        return isinstance(self.operation, Concat) and self.joins_branches


class Group(NamedTuple):
    """Layers under a common name: the entries of the network from the next one up to `stop`."""

    path: str
    depth: int
    kind: str  # "layers", "aux", or how branches are merged
    written: str
    input: Shape
    output: Shape
    aux: bool
    mark: Mark
    stop: int

    @property
    def line(self) -> int | None:
        """The line of the file on which it is written; None in a model file."""
        return self.mark.line or None

    @property
    def is_silent(self) -> bool:
        return False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


Item = Layer | Group


def without_line(item: Item) -> Item:
    """The item without its line, because no text that the user knows has it."""
    return item._replace(mark=NOWHERE)


class Output(NamedTuple):
    """An output of the network: a layer's, at the end of the entries from `start` to `stop`."""

    path: str | None  # None where it is the network's input
    shape: Shape
    layer: int
    by_name: bool
    start: int
    stop: int


def total(layers: Iterable[Layer]) -> Cost:
    """The sum of the layers' costs."""
    return sum_of([layer.cost for layer in layers])
