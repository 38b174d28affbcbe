"""Which layer is which by their order, where no name tells."""

from collections.abc import Hashable, Sequence

from ..network.model import Network
from .layer_identity import KnownLayer, Partners
from .rewiring import Wiring

_MOST_ALIGNED = 1_000  # layers; the time grows with their square


def by_order(
    old: Network, new: Network, before: Sequence[KnownLayer], after: Sequence[KnownLayer]
) -> Partners:
    """The longest common sequence of what layers do, what enters them and which they read by name.

    Those that are read have partners themselves: a first round, which looks at no name, finds them.
    """
    if max(len(before), len(after)) > _MOST_ALIGNED:
        return {}
    found = _common([_sign(one) for one in before], [_sign(one) for one in after])
    if not any(one.layer.reads for one in (*before, *after)):
        return found
    wiring = Wiring(old, new, before, after, found)
    return _common(
        [(_sign(one), wiring.read_before(one.layer_place)) for one in before],
        [(_sign(one), wiring.read_after(one.layer_place)) for one in after],
    )


def _sign(one: KnownLayer) -> Hashable:
    return one.layer.operation, one.layer.inputs


def _common(old: Sequence[Hashable], new: Sequence[Hashable]) -> Partners:
    """The longest common sequence of the two."""
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]  # of what is common from here on
    for was in reversed(range(len(old))):
        row, below = lengths[was], lengths[was + 1]
        for now in reversed(range(len(new))):
            same = old[was] == new[now]
            row[now] = below[now + 1] + 1 if same else max(below[now], row[now + 1])
    found, was, now = {}, 0, 0
    while was < len(old) and now < len(new):
        if old[was] == new[now]:
            found[now] = was
            was, now = was + 1, now + 1
        elif lengths[was + 1][now] >= lengths[was][now + 1]:
            was += 1
        else:
            now += 1
    return found
