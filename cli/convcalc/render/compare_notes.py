"""The notes below a comparison: what it comes to, and what its ratios are to."""

from __future__ import annotations

from collections.abc import Sequence

from ..answers.compare import Comparison
from ..network.model import Network
from ..ops.shapes import channels_noun, shape_text
from ..text.numbers import UNITS
from .compare_columns import CompareLook
from .figures_as_text import FOOTER, count_text, delta_text, ratio_text
from .table_parts import Data, Note, answer, note


def notes_of(comparison: Comparison, labels: Sequence[str], look: CompareLook) -> list[Note]:
    """The notes below either kind of table."""
    networks, baseline = comparison.networks, comparison.baseline
    measures = _measures(look)
    if not comparison.parts and "input" not in look.columns:
        measures = [*input_note(networks, labels), *measures]
    if len(networks) == 1:
        return [*measures, note(FOOTER)]
    ratio = note("ratio: to ", Data(labels[baseline]), f"; {FOOTER}")
    notes = [*measures, ratio if look.has_ratios else note(FOOTER)]
    if len(networks) == 2:
        has_names = networks[0].body is None or all(one.title != one.body for one in networks)
        names = labels if has_names else ["the first", "the second"]
        notes = [_answer(comparison, names), *_output_note(comparison), *notes]
    return notes


def _measures(look: CompareLook) -> list[Note]:
    """What bytes are of, and what the units are."""
    notes = [note(f"bytes: of {look.dtype} elements")] if look.has_bytes else []
    units = [unit for unit in UNITS if unit in look.shown_units.values()]
    if units:
        sizes = ", ".join(f"{unit} = {UNITS[unit]:,}" for unit in units)
        of = "; ratios are of exact figures" if look.has_ratios else ""
        notes.append(note(f"{sizes}: each figure is rounded by itself, half up{of}"))
    return notes


def _answer(comparison: Comparison, names: Sequence[str]) -> Note:
    """The sentence that answers the question."""
    base, other = comparison.base.cost, comparison.totals[1 - comparison.baseline].cost
    if base == other:
        same = f"{count_text(base.params)} params and {count_text(base.macs)} multiply-adds"
        return answer(f"both cost the same: {same}")
    this, that = Data(names[1 - comparison.baseline]), Data(names[comparison.baseline])
    params, params_delta = _part_of(other.params, base.params)
    macs, macs_delta = _part_of(other.macs, base.macs)
    rest = f"'s params ({params_delta}) and {macs} of its multiply-adds ({macs_delta})"
    return answer(this, f" has {params} of ", that, rest)


def _part_of(count: int, base: int) -> tuple[str, str]:
    """`0.42` and `−223,744`"""
    if count == base:
        return "all", count_text(count)
    ratio = ratio_text(count, base) if base else f"{count_text(count)} instead of none"
    return ratio, delta_text(count - base)


def _output_note(comparison: Comparison) -> list[Note]:
    """The note that the outputs differ, so that the modules cannot replace each other."""
    shares = comparison.base, comparison.totals[1 - comparison.baseline]
    if any(len(share.leaving) > 1 for share in shares):
        return []
    base, other = (share.leaving[0] for share in shares)
    if base == other or base[1:] != other[1:]:
        return []
    wider = "wider" if other[0] > base[0] else "narrower"
    difference = f"outputs differ: {other[0]:,} {channels_noun(base)} instead of {base[0]:,}"
    return [note(f"{difference}, so the next module's input is {wider} too")]


def input_note(networks: Sequence[Network], labels: Sequence[str]) -> list[Note]:
    """The note that the inputs differ, so that the tasks do, too. A common input is in the heading."""
    if len({network.input_shape for network in networks}) == 1:
        return []
    parts: list[str | Data] = []
    for label, network in zip(labels, networks, strict=True):
        parts += [", " if parts else "", Data(label), f" {shape_text(network.input_shape)}"]
    return [note("inputs differ: ", *parts)]
