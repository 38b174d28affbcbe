"""Networks side by side: by their parts where they share names, else a row for each network."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..network.layer import Layer, total
from ..network.model import Network
from ..ops.cost import Cost
from ..ops.shapes import Shape
from ..ops.totals import BYTES_OF, DEFAULT_DTYPE, PEAK, element_bytes
from ..text.problems import UsageError
from ..text.wording import counted

if TYPE_CHECKING:
    from ..counters.reconcile import Like

MAX_SIDE_BY_SIDE = 3  # networks; more are a row each
MOST_SHARES = 60_000  # parts times networks that are set side by side


class Share(NamedTuple):
    """What a network or one part of it costs, and the shapes that leave it."""

    cost: Cost
    leaving: tuple[Shape, ...]  # of a network with several outputs all of them
    like: int | None = None  # the figure of the tool that was asked for
    peak: int = 0  # activations of a whole network that are alive at once, if asked for

    def figure(self, total: str, dtype: str = DEFAULT_DTYPE) -> int:
        """One of TOTALS by its name; bytes of elements of that type."""
        if total in BYTES_OF:
            return self.figure(BYTES_OF[total]) * element_bytes(dtype)
        count: int = self.peak if total == PEAK else getattr(self.cost, total)
        return count


class PartShares(NamedTuple):
    """A part by its name, and its share in each network; None where a network lacks the part."""

    name: str
    shares: tuple[Share | None, ...]


class Comparison(NamedTuple):
    networks: tuple[Network, ...]
    totals: tuple[Share, ...]
    baseline: int  # the network that ratios are to
    parts: tuple[PartShares, ...]  # empty where each network is a row of its own
    like: "Like | None" = None

    @property
    def base(self) -> Share:
        return self.totals[self.baseline]


def compare(
    networks: Sequence[Network],
    baseline: int = 0,
    rows: str | None = None,
    depth: int = 1,
    aux: bool = False,
    like: "Like | None" = None,
    with_peaks: bool = False,
) -> Comparison:
    """Compare networks by their parts, which are the first `depth` segments of the paths.

    `rows` is "parts" or "networks"; without it there is a row a part where few networks have
    written names in common, and not too many. With `aux` the side heads count too. `like` is a
    tool whose figures are wanted too. Only with `with_peaks` the peak of each network is found.

    Raises UsageError where there are too many parts to set side by side.
    """
    shares = [_parts(network, depth, aux, like) for network in networks]
    names = dict.fromkeys(name for parts in shares for name in parts)
    is_small = len(names) * len(networks) <= MOST_SHARES
    if rows == "parts" and not is_small:
        what = f"{counted(len(names), 'part')} of {counted(len(networks), 'network')}"
        raise UsageError(f"{what} are too many to be set side by side; --rows networks")
    by_parts = rows == "parts" if rows else depth > 0 and is_small and _are_by_parts(networks)
    shown = names if by_parts else ()
    return Comparison(
        networks=tuple(networks),
        totals=tuple(_whole(network, aux, like, with_peaks) for network in networks),
        baseline=baseline,
        parts=tuple(PartShares(name, tuple(parts.get(name) for parts in shares)) for name in shown),
        like=like,
    )


def _whole(network: Network, aux: bool, like: "Like | None", with_peaks: bool) -> Share:
    cost = network.total_with_aux if aux else network.total
    peak = network.peak_activations(aux) if with_peaks else 0
    return Share(cost, network.leaving, like and like.total(network, aux), peak)


def have_common_parts(networks: Sequence[Network]) -> bool:
    return bool(frozenset.intersection(*(network.top_names for network in networks)))


def _are_by_parts(networks: Sequence[Network]) -> bool:
    return len(networks) <= MAX_SIDE_BY_SIDE and have_common_parts(networks)


def _parts(network: Network, depth: int, aux: bool, like: "Like | None") -> dict[str, Share]:
    """The items at that depth, and the layers above that depth, by path."""
    parts = {}
    for index, item in enumerate(network.items):
        is_part = item.depth == depth - 1 or (isinstance(item, Layer) and item.depth < depth)
        if is_part and not item.is_silent and (aux or not item.aux):
            layers = network.part(index, aux)
            figure = like and like.prints(network, layers)
            parts[item.path] = Share(total(layers), (item.output,), figure)
    return parts
