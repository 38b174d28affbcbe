"""Pictures for a page, in pixels: what SVG, PNG and TikZ share."""

from __future__ import annotations

from collections.abc import Sequence

from ...draw.panels import Panel, Panels
from ...draw.picture import picture
from ...draw.pixels_and_cells import PIXELS
from ...draw.topology import Topology
from ...draw.tree import boxes
from ...draw.what_is_drawn import DrawOptions, Target
from ...network.model import Network
from . import svg

_MOST_ON_A_PAGE = 400  # boxes; a picture of more is too large beside a table


def panels_of(targets: Sequence[Target], options: DrawOptions) -> Panels:
    """The targets side by side with one scale of bars."""
    panels = []
    for target in targets:
        canvas = picture(target.topology, target.tree(options.depth), PIXELS, options.is_up)
        panels.append(Panel(target.topology, canvas, target.title, " · ".join(target.counts)))
    return Panels(panels, options.bars, margin=10, least=3, is_up=options.is_up)


def svgs_for_page(networks: Sequence[Network]) -> list[str]:
    """The networks side by side, as deep as a page can show them; none if it cannot."""
    targets = [Target(network, Topology.of(network), None, False) for network in networks]
    deepest = max((target.deepest for target in targets), default=0)
    for depth in (None, *range(deepest - 1, 0, -1)):
        trees = [target.uncounted(depth) for target in targets]
        if 0 < sum(1 for tree in trees for _ in boxes(tree)) <= _MOST_ON_A_PAGE:
            return ["".join(svg.draw(panels_of(targets, DrawOptions(depth))))]
    return []
