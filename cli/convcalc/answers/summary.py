"""One network as a tree of groups and layers, down to a depth, or as a sorted list of layers."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..network.layer import NETWORK_INPUT, Group, Item, Layer, total
from ..network.model import Network
from ..network.receptive import ReceptiveField
from ..ops.cost import Cost

if TYPE_CHECKING:
    from ..counters.reconcile import Like

MOST_TREE_ROWS = 40  # of a tree whose depth nobody asked for
MOST_TOP_ROWS = 20_000  # of its top level, above which it has the total alone


class SummaryRow(NamedTuple):
    """A group or layer. `guide` are the lines of the tree in front of it."""

    item: Item
    label: str
    guide: str
    cost: Cost
    field: ReceptiveField | None  # at its output
    content: tuple[Item, ...]  # what a group that is shown closed has in it
    like: int | None = None  # what a tool prints that was asked for
    alive: int | None = None  # activation elements while it runs; of a group, the most; None if empty


class SideHead(NamedTuple):
    """A side head that is not in the total; `after` is the layer that feeds it."""

    row: SummaryRow
    after: str


class Summary(NamedTuple):
    network: Network
    rows: tuple[SummaryRow, ...]
    side_heads: tuple[SideHead, ...]
    total: Cost
    field: ReceptiveField | None  # at the network's output
    depth: int
    deepest: int
    is_cut: bool  # whether layers deeper than `depth` are not shown
    like: "Like | None" = None
    total_like: int | None = None
    sort: str | None = None
    alive: int = 0  # the peak of activations

    @property
    def weighed(self) -> str:
        """The count whose shares and bars are shown."""
        return self.sort or "macs"


def summarize(
    network: Network,
    depth: int | None = None,
    sort: str | None = None,
    aux: bool = False,
    like: "Like | None" = None,
    measured: bool = True,
) -> Summary:
    """The tree down to `depth`, or the deepest one within 40 rows; with `sort` its layers instead.

    Where nobody asked for a depth and the top level alone is endless, there is the total alone.

    `sort` is a count by which the layers are ordered, the largest first. With `aux` the side
    heads stand in their place and in the total. `like` is a tool whose figures are wanted too.

    Without `measured` no receptive field and no peak of memory is found, which take as long as the rest.
    """
    shown = [
        index for index, item in enumerate(network.items) if (aux or not item.aux) and not item.is_silent
    ]
    deepest = max((network.items[index].depth + 1 for index in shown), default=0)
    if depth is None:
        depth = _fitting_depth([network.items[index].depth for index in shown], deepest)
    tree = [index for index in shown if network.items[index].depth < depth]
    table = _Rows(network, aux, like, measured)
    return Summary(
        network=network,
        rows=tuple(table.by_cost(shown, sort) if sort else table.tree(tree, depth)),
        side_heads=() if aux else tuple(table.side_heads()),
        total=network.total_with_aux if aux else network.total,
        field=table.last_field,
        depth=min(depth, deepest),
        deepest=deepest,
        is_cut=not sort and depth < deepest,
        like=like,
        total_like=like and like.total(network, aux),
        sort=sort,
        alive=network.peak_activations(aux) if measured else 0,
    )


def _fitting_depth(depths: Sequence[int], deepest: int) -> int:
    fitting = [
        depth
        for depth in range(1, deepest + 1)
        if sum(each < depth for each in depths) <= MOST_TREE_ROWS
    ]
    is_endless = sum(each < 1 for each in depths) > MOST_TOP_ROWS
    return max(fitting, default=0 if is_endless else 1)


class _Rows:
    """Makes the rows of one network."""

    def __init__(self, network: Network, aux: bool, like: "Like | None", measured: bool) -> None:
        self.network = network
        self.aux = aux
        self.like = like
        self.fields: dict[str, ReceptiveField | None] = {}
        self.alive: dict[str, int] = {}
        if measured:
            paths = [layer.path for layer in network.layers]
            self.fields = dict(zip(paths, network.receptive_fields, strict=True))
            self.alive = dict(zip(paths, network.alive_activations(aux), strict=True))

    def row(self, index: int, label: str, guide: str = "", closed: bool = False) -> SummaryRow:
        network, item = self.network, self.network.items[index]
        inner: tuple[Item, ...] = ()
        if closed and isinstance(item, Group):
            inside = network.items[index + 1 : item.stop]
            inner = tuple(one for one in inside if one.depth == item.depth + 1)
        layers = network.part(index, self.aux)
        main = [layer for layer in layers if layer.aux == item.aux]
        field = self.fields.get(main[-1].path) if main else None
        like = self.like and self.like.prints(network, layers)
        alive = max((self.alive.get(layer.path, 0) for layer in layers), default=None)
        return SummaryRow(item, label, guide, total(layers), field, inner, like, alive)

    @property
    def last_field(self) -> ReceptiveField | None:
        """The receptive field at the end of the main path; None for a network with outputs."""
        if len(self.network.ends) > 1 or self.network.ends[0] < 0:
            return None
        return self.fields.get(self.network.layers[self.network.ends[0]].path)

    def by_cost(self, indices: Sequence[int], sort: str) -> list[SummaryRow]:
        layers = [index for index in indices if isinstance(self.network.items[index], Layer)]
        rows = [self.row(index, self.network.items[index].path) for index in layers]
        return sorted(rows, key=lambda row: getattr(row.cost, sort), reverse=True)

    def tree(self, indices: Sequence[int], depth: int) -> list[SummaryRow]:
        """Rows with their tree lines, built from the end, where the last item of a group is known."""
        rows = []
        continued: set[int] = set()  # the depths at which another item follows in the same group
        for index in reversed(indices):
            item = self.network.items[index]
            outer = ("│ " if level in continued else "  " for level in range(1, item.depth))
            own = "├ " if item.depth in continued else "└ "
            guide = "".join([*outer, own]) if item.depth else ""
            continued = {level for level in continued if level < item.depth} | {item.depth}
            rows.append(self.row(index, item.name, guide, closed=item.depth == depth - 1))
        return rows[::-1]

    def side_heads(self) -> Iterator[SideHead]:
        network, end = self.network, 0
        for index, item in enumerate(network.items):
            if index < end or not isinstance(item, Group) or item.kind != "aux":
                continue
            end = item.stop  # including the side heads within it
            if inside := network.part(index, True):
                source = inside[0].sources[0]
                yield SideHead(self.row(index, item.path), self.feeder(source, item.depth))

    def feeder(self, source: int, depth: int) -> str:
        """What feeds a side head: a layer, or the group beside the head that ends with that layer."""
        if source == NETWORK_INPUT:
            return "the input"
        return "/".join(self.network.layers[source].path.split("/")[: depth + 1])
