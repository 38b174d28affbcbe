"""What a reader gives: a flat list of nodes in our own operations, with the source's counts.

A reader states what its file says and tidies nothing. It gives explicit numbers for padding,
leaves `pad`, `identity` and `dropout` in, and makes no groups: the later steps do that once for all
formats. What it cannot read it refuses by `GraphBuilder.refuse` and goes on, so that the user
sees everything that stands in the way at once.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..ops.shapes import Shape
from ..text.escape import visible
from ..text.problems import FileError, Mark

COUNTED_AGAIN = "params that the file has once for several uses are counted again"
INPUT = -1  # among a node's inputs: the network's input

OptionValue = bool | int | str | tuple[int, ...]  # of an option


class ModelFile(NamedTuple):
    """A model file, and what the user says of it."""

    path: str
    label: str  # the file's name in messages
    input: Shape | None = None  # where given, it replaces the file's own
    phase: str = "test"  # of a Caffe network: "test" or "train"


class Module(NamedTuple):
    """A module around a node: its own name (`layer1`, `0`) and its class, if the source has it."""

    name: str
    kind: str = ""


class SourceNode(NamedTuple):
    """A call of one of our operations.

    `op` is our word, merges (`concat`, `add`, `mul`) included. `options` are its options by our
    names; those that have our default may be left out. Sizes by axis are tuples with a number for
    each axis, outermost first: `("kernel_size", (3, 3))`, `("padding", (1, 1))`, the zeros on each
    side; `"same"` and `"valid"` only where the source says so. Zeros that differ before and after
    are a `pad` node in front. Flags are bools, whole numbers ints, other numbers their decimal
    text (`"0.1"`, `"0.00001"`).

    `params` are all trainable elements, `macs` the multiply-adds, both computed from the shapes of
    the source's own tensors, never by our operations: they are what ours are compared with.

    `name` is what a person called it: `""` where a tool made it up (`conv2d_26`, `Conv_12`).
    `scope` are the modules around it, outermost first, without repeated prefixes. `place` is where
    the source has it, as a message says it: `line 12`, `node "/layer1/0/conv1/Conv"`.
    """

    op: str
    inputs: tuple[int, ...]  # the nodes whose outputs enter it, by place, in the order of a concat
    output: Shape
    options: tuple[tuple[str, OptionValue], ...] = ()
    params: int = 0
    macs: int = 0
    name: str = ""
    scope: tuple[Module, ...] = ()
    place: str = ""
    shares: int | None = None  # the node whose weights it uses; its own `params` are then 0
    zeros: tuple[int, ...] = ()  # on each side, where a later step has found that `same` says them

    def option(self, name: str, default: OptionValue | None = None) -> OptionValue | None:
        """The value of an option, where the node gives it."""
        return next((value for key, value in self.options if key == name), default)


class GraphHead(NamedTuple):
    """A node whose output leaves the network; `aux` ones are not counted."""

    node: int
    name: str = ""
    aux: bool = False


class Graph(NamedTuple):
    """A network as a file has it. Nodes stand in the order of execution: inputs before users.

    Of the heads that are not `aux`, a single one is the network's end; several are its outputs,
    in this order. What no head needs is left out by a later step, with a note.
    """

    tool: str  # "Caffe", "darknet", "PyTorch", "ONNX", "Keras"
    units: str  # what the source's own things are called: "layers", "calls", "nodes"
    units_read: int  # how many of these there are
    name: str  # the model's, "" where the file has none
    input: Shape
    nodes: tuple[SourceNode, ...]
    heads: tuple[GraphHead, ...]
    notes: tuple[str, ...] = ()  # each liberty taken, a sentence; they become comments
    caveats: tuple[str, ...] = ()  # where a count is not the file's; told with every figure too

    @property
    def params(self) -> int:
        return sum(node.params for node in self.nodes)

    @property
    def macs(self) -> int:
        return sum(node.macs for node in self.nodes)


def needed_nodes(nodes: Sequence[SourceNode], heads: Iterable[GraphHead]) -> set[int]:
    """The nodes that the heads need, and INPUT where it is one of what they need."""
    needed = {head.node for head in heads}
    for number in range(len(nodes) - 1, -1, -1):
        if number in needed:
            needed.update(nodes[number].inputs)
    return needed


class ModelFileError(FileError):
    """A file that is broken, too large, or lacks what is needed; one sentence that names it."""

    def __init__(self, label: str, message: str) -> None:
        message = visible(message)
        super().__init__(f"{visible(label)}: error: {message}", [(None, message)])


class Obstacle(NamedTuple):
    """A construct that cannot be written, how often it stands in the file, and what can be done."""

    what: str  # `MatMul of two maps (attention)`
    times: int
    first: str  # the place of the first
    remedy: str

    @property
    def mark(self) -> Mark | None:
        """The place of the first in a file of text."""
        word, _, number = self.first.partition(" ")
        return Mark(int(number), 1, 1) if word == "line" and number.isdigit() else None

    @property
    def sentence(self) -> str:
        """What it is, how often and where, in one line."""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return visible(f"cannot be written: {self.times:,} × {self.what}, first: {self.first}{remedy}")


class Caveat(NamedTuple):
    """How many more or fewer of something are counted than the file has, and where first."""

    what: str  # `params that no output needs are left out`
    number: int
    first: str  # the place of the first

    @property
    def sentence(self) -> str:
        return visible(f"{self.what}, {self.number:,} in all, first: {self.first}")


class Unreadable(FileError):
    """A model that cannot be written as a specification, with everything that stands in the way."""

    def __init__(self, label: str, obstacles: Iterable[Obstacle], params: int, macs: int) -> None:
        self.label = label
        self.obstacles = tuple(obstacles)
        self.params = params  # of what could be read
        self.macs = macs
        faults = [(one.mark, one.sentence) for one in self.obstacles]
        super().__init__("\n".join(self._lines()), faults)

    def _lines(self) -> Iterable[str]:
        yield f"{visible(self.label)}: cannot be written as a specification"
        counts = [f"{one.times:,} × {visible(one.what)}" for one in self.obstacles]
        width = max(map(len, counts), default=0)
        for count, one in zip(counts, self.obstacles, strict=True):
            yield f"  {count:{width}}  first: {visible(one.first)}"
            if one.remedy:
                yield f"      {one.remedy}"
        yield f"what can be read costs {self.params:,} params and {self.macs:,} multiply-adds"


class GraphBuilder:
    """What a reader fills while it walks through a file.

    >>> builder = Builder("net.cfg")
    >>> conv = builder.add("conv", INPUT, output=(8, 4, 4), kernel_size=(1, 1), out_channels=8)
    >>> builder.shape(conv)
    (8, 4, 4)
    """

    def __init__(self, label: str, input_shape: Shape = ()) -> None:
        self.label = label
        self.input = input_shape
        self.nodes: list[SourceNode] = []
        self.heads: list[GraphHead] = []
        self._notes: dict[str, None] = {}
        self._caveats: list[tuple[int | None, Caveat]] = []
        self._obstacles: dict[str, Obstacle] = {}
        self._guessed: set[int] = set()  # nodes whose shapes follow from a guess

    def add(
        self,
        op: str,
        *inputs: int,
        output: Shape,
        params: int = 0,
        macs: int = 0,
        name: str = "",
        scope: tuple[Module, ...] = (),
        place: str = "",
        shares: int | None = None,
        **options: OptionValue | None,
    ) -> int:
        """Add a node and return its number; an option that is None is left out."""
        given = tuple((key, value) for key, value in options.items() if value is not None)
        node = SourceNode(op, inputs, output, given, params, macs, name, scope, place, shares)
        self.nodes.append(node)
        number = len(self.nodes) - 1
        if not self._guessed.isdisjoint(inputs):
            self._guessed.add(number)
        return number

    def refuse(
        self,
        what: str,
        place: str,
        remedy: str = "",
        *,
        inputs: tuple[int, ...] = (),
        output: Shape = (),
        guess: Shape = (1,),
    ) -> int:
        """Note what cannot be written; the node that is returned lets the rest be read.

        `what` is the construct without its place, so that equal ones are counted together. Where
        `output` is not known, what follows from `guess` is read but costs nothing that is told.
        """
        known = self._obstacles.get(what, Obstacle(what, 0, place, remedy))
        self._obstacles[what] = known._replace(times=known.times + 1)
        number = self.add("identity", *inputs, output=output or guess, place=place)
        if not output:
            self._guessed.add(number)
        return number

    def note(self, sentence: str) -> None:
        """A liberty that was taken, said once."""
        self._notes[sentence] = None

    def caveat(self, what: str, number: int, place: str, node: int | None = None) -> None:
        """A count that is not the file's; of a `node`, it is told only if a head needs that."""
        self._caveats.append((node, Caveat(what, number, place)))

    def _told(self) -> tuple[str, ...]:
        """The caveats as sentences; equal ones are added up."""
        needed = needed_nodes(self.nodes, self.heads)
        sums: dict[str, Caveat] = {}
        for node, one in self._caveats:
            if node is None or node in needed:
                known = sums.get(one.what, one._replace(number=0))
                sums[one.what] = known._replace(number=known.number + one.number)
        return tuple(caveat.sentence for caveat in sums.values())

    def shape(self, number: int) -> Shape:
        """The shape of what leaves a node, or of the network's input."""
        return self.input if number == INPUT else self.nodes[number].output

    @property
    def is_refused(self) -> bool:
        return bool(self._obstacles)

    def graph(self, tool: str, units: str, count: int, name: str = "") -> Graph:
        """The graph; raises Unreadable where anything was refused."""
        nodes, heads, notes = tuple(self.nodes), tuple(self.heads), tuple(self._notes)
        graph = Graph(tool, units, count, name, self.input, nodes, heads, notes, self._told())
        if self._obstacles:
            read = [node for number, node in enumerate(nodes) if number not in self._guessed]
            params, macs = sum(node.params for node in read), sum(node.macs for node in read)
            raise Unreadable(self.label, self._obstacles.values(), params, macs)
        return graph
