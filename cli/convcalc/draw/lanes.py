"""Lanes for lines at the side, so that two lines at the same height are never in one."""

from collections.abc import Mapping

Span = tuple[int, int]


def lanes(spans: Mapping[int, Span]) -> dict[int, int]:
    """The lane of each line. The nearest is 0, and short lines get the nearest free ones."""
    found: dict[int, int] = {}
    taken: list[list[Span]] = []
    for number, span in sorted(spans.items(), key=lambda one: (one[1][1] - one[1][0], one)):
        lane = next((lane for lane, others in enumerate(taken) if _is_free(span, others)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append(span)
        found[number] = lane
    return found


def _is_free(span: Span, others: list[Span]) -> bool:
    return all(span[1] < start or stop < span[0] for start, stop in others)
