"""What changed between two versions of a network, layer by layer."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..network.distinct_titles import told_apart
from ..network.layer import Layer
from ..network.model import Network
from ..ops.base import Operation
from ..ops.cost import NOTHING, Cost
from ..ops.shapes import Shape
from .baseline import Growth
from .layer_identity import KnownLayer, joined_by_name, known_layers
from .matching import out_of_order, pair_up, partners
from .rewiring import Renamed, Wiring

_WINDOW = ("padding", "ceil_mode")  # options that only say where a window stands

EDITED, FOLLOWS, ADDED, REMOVED, MOVED = "edited", "follows", "added", "removed", "moved"


class Edit(NamedTuple):
    """An option with its two values."""

    option: str
    old: str
    new: str


class Change(NamedTuple):
    """A layer that changed; where it was added or removed it has one version only."""

    kind: str
    old: Layer | None
    new: Layer | None
    edits: tuple[Edit, ...] = ()
    is_moved: bool = False
    is_rewired: bool = False  # whether other layers feed it, or it counts elsewhere

    @property
    def layer(self) -> Layer:
        """The layer as it is, or was."""
        layer = self.new or self.old
        assert layer is not None
        return layer

    @property
    def input(self) -> tuple[Shape, Shape] | None:
        """The two shapes that enter, if they differ."""
        if self.old and self.new and self.old.input != self.new.input:
            return self.old.input, self.new.input
        return None

    @property
    def is_aux(self) -> bool:
        """Whether it was and is in a side head, and so in no total."""
        return all(layer.aux for layer in (self.old, self.new) if layer)


class Unchanged(NamedTuple):
    """The layers of the main path that are as they were, and their cost."""

    layers: int
    cost: Cost


class Diff(NamedTuple):
    """Two versions of a network, None where there is none, and the layers that changed."""

    old: Network | None
    new: Network | None
    changes: tuple[Change, ...]
    unchanged: Unchanged
    ends: Renamed | None = None  # the layers whose outputs leave, where these are others

    @property
    def network(self) -> Network:
        """The network as it is, or was."""
        network = self.new or self.old
        assert network is not None
        return network

    @property
    def is_changed(self) -> bool:
        """Whether they differ. Branches that cost nothing may show in the shapes alone."""
        return bool(self.changes or self.input or self.output or self.ends) or not (
            self.old and self.new
        )

    @property
    def is_edited(self) -> bool:
        """Whether more has changed than names, places and lines."""
        kinds = {change.kind for change in self.changes}
        changed = self.input or self.output or self.ends or kinds - {MOVED}
        return bool(changed or not (self.old and self.new))

    @property
    def was(self) -> Cost:
        return self.old.total if self.old else NOTHING

    @property
    def now(self) -> Cost:
        return self.new.total if self.new else NOTHING

    @property
    def input(self) -> tuple[Shape, Shape] | None:
        """The network's two inputs, if they differ."""
        if self.old and self.new and self.old.input_shape != self.new.input_shape:
            return self.old.input_shape, self.new.input_shape
        return None

    @property
    def output(self) -> tuple[tuple[Shape, ...], tuple[Shape, ...]] | None:
        """What leaves the two networks, if it differs."""
        if self.old and self.new and self.old.leaving != self.new.leaving:
            return self.old.leaving, self.new.leaving
        return None


def diffs_told_apart(diffs: Iterable[Diff]) -> list[Diff]:
    """The diffs; networks of different files with one title are called by their SPECs."""
    diffs = list(diffs)
    networks = told_apart(one.network for one in diffs)
    return [_called(one, network.called) for one, network in zip(diffs, networks, strict=True)]


def _called(one: Diff, title: str | None) -> Diff:
    old, new = (network and network.replace(called=title) for network in (one.old, one.new))
    return one._replace(old=old, new=new) if title else one


class Grown(NamedTuple):
    """A figure that grew by more than is allowed."""

    title: str
    quantity: str
    was: int
    now: int
    allowed: str


def grown(diffs: Iterable[Diff], growth: Mapping[str, Growth]) -> list[Grown]:
    """The figures that grew too much, of networks that existed before."""
    return [
        Grown(one.network.title, quantity, was, now, allowance.text)
        for one in diffs
        for quantity, allowance in growth.items()
        if one.old and one.new
        for was, now in [(getattr(one.was, quantity), getattr(one.now, quantity))]
        if now > allowance.limit(was)
    ]


def diff_all(old: Sequence[Network], new: Sequence[Network]) -> list[Diff]:
    """Pair each network with its earlier version: two single ones with each other, else by variant.

    A variant that is gone and a new one like it are taken for one that was renamed.
    """
    if len(old) == 1 and len(new) == 1:
        return [diff(old[0], new[0])]
    earlier = {network.variant: network for network in old}
    gone = [one for one in old if one.variant not in {network.variant for network in new}]
    come = [one for one in new if one.variant not in earlier]
    renamed = pair_up([_parts(one) for one in gone], [_parts(one) for one in come])
    earlier |= {come[now].variant: gone[was] for now, was in renamed.items()}
    left = [one for was, one in enumerate(gone) if was not in renamed.values()]
    return [
        *(diff(earlier.get(network.variant), network) for network in new),
        *(diff(network, None) for network in left),
    ]


def _parts(network: Network) -> Counter[tuple[str, Operation]]:
    return Counter((layer.path, layer.operation) for layer in network.layers)


def diff(old: Network | None, new: Network | None) -> Diff:
    """The layers that differ, in their order."""
    joins = joined_by_name(old) | joined_by_name(new)
    before, after = known_layers(old, joins), known_layers(new, joins)
    found = partners(old, new, before, after)
    moved = out_of_order(found)
    removed = deque(sorted(set(range(len(before))) - set(found.values())))
    changes: list[Change] = []
    same: list[Cost] = []
    wiring = Wiring(old, new, before, after, found, moved) if old and new else None
    for place, one in enumerate(after):
        earlier = found.get(place)
        if earlier is None:
            changes.append(Change(ADDED, None, one.layer))
            continue
        while removed and removed[0] < earlier:
            changes.append(Change(REMOVED, before[removed.popleft()].layer, None))
        was, now = before[earlier], one
        rewired = wiring.changed(was.layer_place, now.layer_place) if wiring else ()
        edges = [*_head_edit(was.layer, now.layer), *(Edit(*how) for how in rewired)]
        if change := _change(was, now, place in moved, edges):
            changes.append(change)
        elif not one.layer.aux:
            same.append(one.layer.cost)
    changes += (Change(REMOVED, before[place].layer, None) for place in removed)
    unchanged = Unchanged(len(same), sum(same, NOTHING))
    return Diff(old, new, tuple(changes), unchanged, wiring.ends() if wiring else None)


def _head_edit(old: Layer, new: Layer) -> Iterator[Edit]:
    """Whether a layer counts, which it does not in a side head."""
    if old.aux != new.aux:
        was, now = ("a side head" if layer.aux else "the main path" for layer in (old, new))
        yield Edit("in", was, now)


def _change(
    before: KnownLayer, after: KnownLayer, is_moved: bool, rewired: Sequence[Edit]
) -> Change | None:
    """How a layer differs from its earlier version; None where it does not.

    Another number in its name, because of other layers, is no change.
    """
    old, new = before.layer, after.layer
    is_moved = is_moved or before.family != after.family
    edits = tuple(_edits(old, new))
    is_edited = old.operation != new.operation and not _is_driven(old, new, edits)
    if rewired:
        return Change(EDITED, old, new, (*edits, *rewired), is_moved, is_rewired=True)
    if is_edited and not _is_same_window(old, new):
        return Change(EDITED, old, new, edits, is_moved)
    if is_edited:
        edits = ()
    if is_moved:
        return Change(MOVED, old, new, edits, is_moved)
    return Change(FOLLOWS, old, new, edits) if edits or old.input != new.input else None


def _edits(old: Layer, new: Layer) -> Iterator[Edit]:
    """The options that differ; empty where the operation is another."""
    if old.op != new.op or old.operation == new.operation:
        return
    for name, option in old.operation.options.items():
        values = [getattr(layer.operation, name) for layer in (old, new)]
        if values[0] != values[1]:
            yield Edit(name, *map(option.kind.show, values))


def _is_same_window(old: Layer, new: Layer) -> bool:
    """Whether both do the same: padding 1 of a 3x3 kernel is what "same" gives."""
    if old.op != new.op or old.inputs != new.inputs or old.output != new.output:
        return False
    before, after = (vars(one.operation) | dict.fromkeys(_WINDOW) for one in (old, new))
    windows = [one.operation.windows(*one.inputs) for one in (old, new)]
    pads = [[(one.pads, one.output) for one in along or ()] for along in windows]
    return before == after and bool(pads[0]) and pads[0] == pads[1]


def _is_driven(old: Layer, new: Layer, edits: Sequence[Edit]) -> bool:
    """Whether the options differ only because other channels enter."""
    were, are = dict(old.driven), dict(new.driven)
    return bool(edits) and all(
        edit.option in are and were.get(edit.option) == are[edit.option] for edit in edits
    )
