"""What a reader knows while it follows tensors through a graph: views, weights, the present call."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite, prod
from typing import NamedTuple

from ...ops.options import MAX_SIZE
from ...ops.shapes import Shape
from ..graph import COUNTED_AGAIN, INPUT, GraphBuilder, Module, OptionValue, SourceNode
from .tensor_views import (
    REPEAT,
    Dim,
    View,
    axes_of,
    pixel_factor,
    plain,
    reshape,
    shuffle_groups,
    unshuffle_factor,
)

Options = Mapping[str, OptionValue | None]

_PREPARES = ("slice", "factor", "concat", "identity")
_CLOSE = 1e-5  # constants are of 32 bits


class Weight(NamedTuple):
    """A tensor that the file holds: its name, however it is turned about, and its sizes now.

    `numbers` are its values, where they are few and known. `fixed` ones are computed, or not
    trained. One that `is_uniform` is known to have the same value everywhere, as norms have before
    training; one that `is_trained` is known to be a parameter, or computed from one, which an ONNX
    file does not say.
    """

    key: str
    sizes: tuple[int, ...]
    fixed: bool = False
    numbers: tuple[float, ...] | None = None
    is_uniform: bool = False
    is_trained: bool = False

    @property
    def elements(self) -> int:
        return prod(self.sizes)

    @property
    def number(self) -> float | None:
        """Its value, where it is a single one."""
        return self.numbers[0] if self.numbers and self.elements == 1 else None


Held = View | Weight  # what a tensor of the source is to a reader


class CallSite(NamedTuple):
    """Where the present call stands in the source, for the nodes that are made of it."""

    place: str = ""
    name: str = ""
    scope: tuple[Module, ...] = ()


class Refusal(Exception):
    """A call that cannot be written; `str()` is the construct, and `remedy` what can be done.

    One that `is_unknown` is told wherever it stands. Any other, about sizes or what goes into a
    call, is not told behind a call that was refused: it may only follow from that.
    """

    def __init__(self, what: str, remedy: str = "", is_unknown: bool = False) -> None:
        super().__init__(what)
        self.remedy = remedy
        self.is_unknown = is_unknown


class Trace:
    """The nodes so far, and how the source's tensors look at them."""

    def __init__(self, builder: GraphBuilder, batch: int) -> None:
        self.builder = builder
        self.batch = batch
        self.at = CallSite()
        self._owners: dict[str, int] = {}  # which node counts a weight
        self.left_out: set[str] = set()  # weights that no node counts, and that were told of
        self._settled: dict[View, int] = {}
        self._data: set[int] = {INPUT}  # the network's input, cut and scaled at most
        self._guesses: set[int] = set()  # nodes that come behind one that was refused

    def input(self) -> View:
        return View(INPUT, plain(self.batch, self.builder.input))

    def shape(self, node: int) -> Shape:
        return self.builder.shape(node)

    def new(
        self,
        op: str,
        *inputs: int,
        output: Sequence[int],
        options: Options | None = None,
        weights: Sequence[Weight] = (),
        macs: int = 0,
        dims: tuple[Dim, ...] | None = None,
    ) -> View:
        """Add a node; `dims` is how its tensor looks at it, if not plainly. None is no option."""
        shape = tuple(output)
        if not all(0 < size <= MAX_SIZE for size in shape) or not 0 <= macs <= MAX_SIZE**2:
            raise Refusal(f"{op} whose output would be {sizes_text(shape)}")
        given = tuple((key, value) for key, value in (options or {}).items() if value is not None)
        params, shares = self._learn(op, given, weights)
        number = len(self.builder.nodes)
        node = SourceNode(op, inputs, shape, given, params, macs, shares=shares)
        self.builder.nodes.append(node._replace(**self.at._asdict()))
        for weight in weights:
            self._owners.setdefault(weight.key, number)
        if not self._guesses.isdisjoint(inputs):
            self._guesses.add(number)
        if op in _PREPARES and self._data.issuperset(inputs):
            self._data.add(number)
        return View(number, plain(self.batch, shape) if dims is None else dims)

    def helper(self, op: str, node: int, output: Sequence[int], options: Options | None = None) -> int:
        """Add a node without weights that the source has no call of its own for."""
        made = self.new(op, node, output=output, options=options).node
        self.builder.nodes[made] = self.builder.nodes[made]._replace(name="")
        return made

    def refuse(self, refusal: Refusal, inputs: Sequence[View], *results: Sequence[int]) -> list[View]:
        """Note what cannot be written, and go on with tensors of the sizes that it has."""
        nodes = tuple(view.node for view in inputs)
        is_guess = not self._guesses.isdisjoint(nodes)
        views: list[View] = []
        for sizes in results:
            shape = tuple(max(size, 1) for size in sizes[1:])  # a file may state a size of 0
            if views or (is_guess and not refusal.is_unknown):
                number = self.builder.add("identity", *nodes, output=shape)
            else:
                number = self.builder.refuse(
                    str(refusal), self.at.place, refusal.remedy, inputs=nodes, output=shape
                )
            self._guesses.add(number)
            views.append(View(number, plain(sizes[0] if sizes else 1, shape)))
        return views

    def bare(self, view: View) -> View:
        """The view without factor and offset, which become a layer or a note."""
        if view.over is not None:
            return self._refused("Erf outside a GELU", view)
        if abs(view.offset) > _CLOSE:
            if not self.is_data(view):
                return self._refused("a constant added to a tensor", view)
            self.note_shift()
        if abs(view.factor - 1) <= _CLOSE:
            return View(view.node, view.dims)
        if view.factor < 0:
            return self._refused("a tensor with its sign changed", view)
        key = View(view.node, (), view.factor)
        if key not in self._settled:
            shape = self.shape(view.node)
            number = self.helper(
                "factor", view.node, shape, options={"number": number_text(view.factor)}
            )
            self._settled[key] = number
        return View(self._settled[key], view.dims)

    def is_data(self, view: View) -> bool:
        """Whether a tensor is the network's input, which many files shift and scale by constants."""
        return view.node in self._data

    def note_shift(self) -> None:
        self.builder.note("the file adds constants to its input; left out, they cost nothing")

    def settle(self, view: View) -> int:
        """The node that gives the tensor as it is, made where the view turns something about."""
        if view not in self._settled:
            bare = self.bare(view)
            node = self._written(bare)
            self._settled[view] = self._turned(bare) if node is None else node
        return self._settled[view]

    def end(self, view: View) -> int:
        """The node of an output; how that is turned about in the end is no matter of the network."""
        bare = self.bare(view)
        node = self._written(bare)
        if node is not None:
            return node
        if REPEAT in axes_of(bare.dims):
            return self._turned(bare)
        sizes = sizes_text(bare.sizes[1:])
        self.builder.note(f"an output is returned with its elements arranged as {sizes}; left out")
        return bare.node

    def _written(self, view: View) -> int | None:
        """The node that gives what a view looks at, None where no operation does that."""
        node, shape = view.node, self.shape(view.node)
        whole = plain(self.batch, shape)
        if view.dims == whole:
            return node
        if len(view.dims) == 2 and view.dims[0] == whole[0]:
            return self._flattened(view, node)
        sizes = view.sizes[1:]
        if groups := shuffle_groups(view.dims, self.batch, shape):
            return self.helper("channel_shuffle", node, shape, options={"groups": groups})
        if factor := pixel_factor(view.dims, self.batch, shape):
            return self.helper("pixel_shuffle", node, sizes, options={"factor": factor})
        if factor := unshuffle_factor(view.dims, self.batch, shape):
            return self.helper("pixel_unshuffle", node, sizes, options={"factor": factor})
        return None

    def _flattened(self, view: View, node: int) -> int | None:
        parts, shape = view.dims[1], self.shape(node)
        ours = [part for dim in plain(self.batch, shape)[1:] for part in dim]
        if sorted(parts) != ours:
            return None
        if list(parts) != ours:
            self.builder.note(
                "the file flattens maps with the channels last; here they come first,"
                " which changes the order of a vector and none of its sizes"
            )
        return self.helper("flatten", node, (prod(shape),))

    def _turned(self, view: View) -> int:
        shape = self.shape(view.node)
        is_moved = reshape(plain(self.batch, shape), view.sizes) != view.dims
        turned = "transposed and seen as" if is_moved else "seen as"
        axes = f"a tensor of {len(shape) + 1} axes {turned} one of {len(view.sizes)}"
        return self._refused(axes, view).node

    def _refused(self, what: str, view: View) -> View:
        return self.refuse(Refusal(what), [view], view.sizes)[0]

    def _learn(
        self, op: str, options: tuple[object, ...], weights: Sequence[Weight]
    ) -> tuple[int, int | None]:
        """How many parameters are new, and the node whose weights are used again."""
        if any(weight.fixed for weight in weights):
            raise Refusal(f"{op} whose weights are computed, or not trained", is_unknown=True)
        owners = [self._owners.get(weight.key) for weight in weights]
        first = owners[0] if owners else None
        is_initial = all(weight.is_uniform for weight in weights)
        if first is not None and len(set(owners)) == 1 and not is_initial:
            former = self.builder.nodes[first]
            if (former.op, former.options) == (op, options):
                return 0, first
        if first is not None and any(len(weight.sizes) > 1 for weight in weights) and not is_initial:
            raise Refusal(f"{op} that shares weights with a layer that is not the same")
        self._tell_of_repeated(weights)
        return sum(weight.elements for weight in weights), None

    def _tell_of_repeated(self, weights: Sequence[Weight]) -> None:
        """Tell of weights that are counted again; a tool may store equal ones once, shared or not."""
        seen: set[str] = set()
        for weight in weights:
            if weight.key in self._owners or weight.key in seen:
                self.builder.caveat(COUNTED_AGAIN, weight.elements, self.at.place)
            seen.add(weight.key)

    def check_statistics(self, node: int, statistics: Sequence[Weight]) -> None:
        """Tell where a norm keeps other running statistics than are counted for it."""
        made = self.builder.nodes[node]
        counted = 2 * made.output[0] if made.op == "batchnorm" and made.shares is None else 0
        kept = 0
        for one in statistics:
            is_own = self._owners.setdefault(one.key, node) == node
            kept += one.elements * (is_own or one.is_uniform)  # a tool stores equal tensors once
        if counted > kept:
            what = "buffers are counted for running statistics that the file does not have"
            self.builder.caveat(what, counted - kept, self.at.place, node)
        elif counted < kept:
            what = "running statistics of the file are not counted among the buffers"
            self.builder.caveat(what, kept - counted, self.at.place, node)

    def amend(self, node: int, weight: Weight, option: str) -> bool:
        """Give a node one weight more, and the option that says so; say whether that was possible."""
        old = self.builder.nodes[node]
        if weight.fixed or old.shares is not None:
            return False
        self._tell_of_repeated([weight])
        self._owners.setdefault(weight.key, node)
        kept = tuple(pair for pair in old.options if pair[0] != option)
        self.builder.nodes[node] = old._replace(
            options=(*kept, (option, True)), params=old.params + weight.elements
        )
        return True


def number_text(number: float) -> str:
    """A constant of 32 bits in decimals, as it was meant: 0.1, not 0.10000000149."""
    if not isfinite(number):
        raise Refusal("a constant that is no finite number")
    return format(Decimal(f"{number:.7g}"), "f")


def sizes_text(sizes: Sequence[int]) -> str:
    return "×".join(map(str, sizes)) or "a single number"
