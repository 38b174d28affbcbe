"""`expect`: the exact figures that a specification states of itself."""

from typing import NamedTuple

from ..ops.options import MAX_SIZE
from ..ops.shapes import MOST_AXES, Shape
from ..ops.totals import PEAK, TOTALS
from ..reader.nodes import Entry, Mapping, Node, Sequence, Text, describe
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .written_shapes import size_nodes

EXPECT_KEYS = ("params", "weights", "biases", "macs", "activations", "output", PEAK)

_MOST_DIGITS = 36


Shapes = tuple[Shape, ...]


class Expected(NamedTuple):
    """A number, a shape, or the shapes of several outputs, and where it is written."""

    value: int | Shape | Shapes
    mark: Mark


def read_expect(expect: Entry, report: Report) -> dict[str, Expected]:
    """The exact facts under `expect`."""
    node = expect.value
    if not isinstance(node, Mapping):
        report.add(node.mark, f'"expect" must be a mapping, not {describe(node)}')
        return {}
    expected = {}
    for name, entry in node.entries.items():
        if name not in EXPECT_KEYS:
            meant = _meant(name, report)
            report.add(entry.key.mark, f'unknown key {quoted(name)} in "expect"{meant}')
            continue
        try:
            expected[name] = Expected(_read_expected(name, entry.value), entry.key.mark)
        except ValueError as error:
            what = f"{name} must be {error}, not {describe(entry.value)}"
            report.add(entry.value.mark, what)
    return expected


def _meant(name: str, report: Report) -> str:
    """What a key that is no fact may have been meant as."""
    from ..ops.foreign_figures import our_figure  # only needed where something is wrong

    ours = our_figure(name, (*EXPECT_KEYS, *TOTALS))
    if ours in EXPECT_KEYS:
        return f'; did you mean "{ours}"?'
    if ours == "flops":
        return "; write macs: flops are 2 × macs"
    alike = () if ours else EXPECT_KEYS  # weight_bytes is no slip of weights
    return report.hint(name, alike, f"it may have {listed(EXPECT_KEYS)}")


def _read_expected(name: str, node: Node) -> int | Shape | Shapes:
    if name == "output":
        return _read_shapes(node)
    text = node.value if isinstance(node, Text) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise ValueError("an exact whole number, in digits only")
    return int(text)


def _read_shapes(node: Node) -> Shape | Shapes:
    """A shape, or a list of those of several outputs."""
    if (
        isinstance(node, Sequence)
        and node.items
        and all(isinstance(one, Sequence) for one in node.items)
    ):
        return tuple(map(_read_shape, node.items))
    return _read_shape(node)


def _read_shape(node: Node) -> Shape:
    items = size_nodes(node) or []
    sizes = [item.value for item in items if isinstance(item, Text) and item.value.isascii()]
    whole = [int(size) for size in sizes if size.isdigit() and len(size) <= len(str(MAX_SIZE))]
    if len(whole) != len(items) or not 1 <= len(whole) <= MOST_AXES + 1:
        raise ValueError("a shape such as [channels, height, width], 64x56x56 or [features]")
    return tuple(whole)
