"""Pictures for a page, in pixels: what SVG, PNG and TikZ share."""

from __future__ import annotations

from collections.abc import Sequence

from ...draw.metrics import PIXELS
from ...draw.picture import picture
from ...draw.sheet import Panel, Sheet
from ...draw.subject import Look, Subject


def sheet_of(subjects: Sequence[Subject], look: Look) -> Sheet:
    """The subjects side by side with one scale of bars."""
    panels = []
    for subject in subjects:
        canvas = picture(subject.facts, subject.tree(look.depth), PIXELS, look.is_up)
        panels.append(Panel(subject.facts, canvas, subject.title, " · ".join(subject.counts)))
    return Sheet(panels, look.bars, look.is_up)
