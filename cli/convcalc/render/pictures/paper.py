"""Pictures for a page, in pixels: what SVG, PNG and TikZ share."""

from __future__ import annotations

from collections.abc import Sequence

from ...draw.facts import Facts
from ...draw.metrics import PIXELS
from ...draw.picture import picture
from ...draw.sheet import Panel, Sheet
from ...draw.subject import Look, Subject
from ...draw.tree import boxes
from ...network.model import Network
from . import svg

_MOST_ON_A_PAGE = 400  # boxes; more are no picture beside a table


def sheet_of(subjects: Sequence[Subject], look: Look) -> Sheet:
    """The subjects side by side with one scale of bars."""
    panels = []
    for subject in subjects:
        canvas = picture(subject.facts, subject.tree(look.depth), PIXELS, look.is_up)
        panels.append(Panel(subject.facts, canvas, subject.title, " · ".join(subject.counts)))
    return Sheet(panels, look.bars, look.is_up)


def svgs_for_page(networks: Sequence[Network]) -> list[str]:
    """The networks side by side, as deep as a page can show them; nothing where it cannot."""
    subjects = [Subject(network, Facts.of(network), None, False) for network in networks]
    deepest = max((subject.deepest for subject in subjects), default=0)
    for depth in (None, *range(deepest - 1, 0, -1)):
        trees = [subject.uncounted(depth) for subject in subjects]
        if 0 < sum(1 for tree in trees for _ in boxes(tree)) <= _MOST_ON_A_PAGE:
            return ["".join(svg.draw(sheet_of(subjects, Look(depth))))]
    return []
