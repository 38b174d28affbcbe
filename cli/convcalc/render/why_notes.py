"""The sentences below a comparison with reasons: why a reduction pays, or why no limit is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..answers.compare import Comparison
from ..answers.reduction import Reduction, Unlike
from ..answers.why import WHOLE, Reason, Side
from ..ops.shapes import shape_text
from ..text.wording import shell_word
from .compare import labels_of
from .figures_as_text import count_text, delta_text, times
from .table_parts import GLUE, Data, Note, note

_MOST_NOTES = 6  # parts that have a sentence each


class _Place(NamedTuple):
    """A part of one network."""

    name: str
    network: int
    side: Side


def reason_notes(comparison: Comparison, reasons: Sequence[Reason]) -> list[Note]:
    """Why a reduction is cheaper, for each part that is one; else why there is none."""
    others = [at for at in range(len(comparison.networks)) if at != comparison.baseline]
    places = [_Place(one.name, at, side) for one in reasons for at in others if (side := one.sides[at])]
    limits = [place for place in places if place.side.reduction]
    notes = [*_limit_notes(comparison, limits), *_unlike_notes(comparison, places)]
    notes += _swapped_note(comparison, places)
    if not others:
        notes.append(note("a limit is told of two designs: a larger kernel, and the same behind a 1×1"))
    if others and not notes and not any(one.depth_inside for one in reasons):
        notes.append(note("no part has a 1×1 convolution in front of the same larger one: no limit"))
    return [*notes, *_inside_note(reasons)]


def _limit_notes(comparison: Comparison, limits: Sequence[_Place]) -> list[Note]:
    labels = labels_of(comparison.networks)
    several = len({one.network for one in limits}) > 1
    found: dict[tuple[str, Reduction], str] = {}
    for place in limits:
        if place.side.reduction:
            found.setdefault((place.name, place.side.reduction), labels[place.network])
    told = list(found.items())[:_MOST_NOTES]
    notes = [_limit_note(name, label if several else "", one) for (name, one), label in told]
    if found and all(one.most_params == one.most_macs for _, one in found):
        notes.append(note("the same limits hold for multiply-adds"))
    return notes


def _limit_note(name: str, label: str, one: Reduction) -> Note:
    """Each channel of a reduction costs less than it saves."""
    kernel, out = times(one.kernel), one.out_channels
    between = f" + {one.between}" if one.between else ""
    surplus = f" {delta_text(one.surplus)[0]} {abs(one.surplus):,}" if one.surplus else ""
    each = f"{one.in_channels} + {kernel}×{out}{between}"
    plain = f"{kernel}×{one.in_channels}×{out}{surplus}"
    limit = f"holds {_up_to(one.most_params)}"
    if one.most_macs != one.most_params:
        limit += f", for multiply-adds {_up_to(one.most_macs)}"
    than = "not" if one.width < one.in_channels else "no fewer than"
    reads = f"the {kernel} reads {one.width:,} channels, {than} {one.in_channels:,};"
    rule = f"with r channels, r × ({each}) < {plain}".replace(" ", GLUE)
    text = f"{reads} {rule} {limit.replace(' ', GLUE)}{_excess_text(one)}"
    subject = " of ".join(part for part in (name * (name != WHOLE), label) if part)
    return note(Data(subject), f": {text}") if subject else note(text)


def _up_to(width: int) -> str:
    return f"up to r = {width:,}" if width else "for no r"


def _excess_text(one: Reduction) -> str:
    """`; its 232 make 65,632 params more`, of a reduction that is too wide to pay."""
    over = []
    if one.width > one.most_params:
        over.append(f"{count_text(one.more_params)} params")
    if one.width > one.most_macs:
        over.append(f"{count_text(one.more_macs)} multiply-adds")
    return f"; its {one.width:,} make {' and '.join(over)} more" if over else ""


def _unlike_notes(comparison: Comparison, places: Sequence[_Place]) -> Iterator[Note]:
    """What differs where a part is nearly a reduction of the baseline's."""
    labels = labels_of(comparison.networks)
    found = [(one, one.side.unlike) for one in places if one.side.unlike]
    for one, unlike in found[:_MOST_NOTES]:
        here, there = _unlike_texts(unlike)
        what = f"no limit, because the {unlike.what} differ: {there}"
        if one.name == WHOLE:
            yield note(f"{what} and {here}")
        else:
            base, other = Data(labels[comparison.baseline]), Data(labels[one.network])
            yield note(Data(one.name), f": {what} in ", base, f", {here} in ", other)


def _unlike_texts(unlike: Unlike) -> tuple[str, str]:
    """What the other has, and what the baseline has."""
    if unlike.what == "kernels":
        return unlike.other.written, unlike.base.written
    shapes = [getattr(one, unlike.what[:-1]) for one in (unlike.other, unlike.base)]
    return shape_text(shapes[0]), shape_text(shapes[1])


def _swapped_note(comparison: Comparison, places: Sequence[_Place]) -> Iterator[Note]:
    """The note that the baseline has the reductions, and which network is to be the baseline."""
    swapped = next((one for one in places if one.side.is_reduced), None)
    if swapped:
        plain = comparison.networks[swapped.network].title
        what = "a limit is told of what is compared to the larger convolution: "
        yield note(what, Data(f"--baseline {shell_word(plain)}", is_whole=True))


def _inside_note(reasons: Sequence[Reason]) -> Iterator[Note]:
    """The note that groups have parts of their own, which have formulas and perhaps limits."""
    groups = [one for one in reasons if one.depth_inside]
    if groups:
        first, depth = groups[0], groups[0].depth_inside
        if groups[1:]:
            more = f" and {len(groups) - 1:,} more are groups; --depth {depth} shows their parts"
        else:
            more = f" is a group; --depth {depth} shows its parts"
        yield note(Data(first.name), more)
