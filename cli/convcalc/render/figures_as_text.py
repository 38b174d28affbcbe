"""Numbers, shapes and bars as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..ops.shapes import Shape, shape_text
from ..text.numbers import UNITS

COUNT_TITLES = {"macs": "multiply-adds", "flops": "FLOPs"}  # what people read; else the key
NO_RATIO = "–"
CONVENTION = "multiply-adds of conv and linear, per image"
FOOTER = f"{CONVENTION}; FLOPs = 2 × multiply-adds"

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def total_title(total: str) -> str:
    """`multiply-adds`, `weight bytes`"""
    return COUNT_TITLES.get(total, total.replace("_", " "))


def count_text(number: int) -> str:
    """`163,328`, or `−175,415,296` with a minus sign as wide as a digit."""
    return f"{number:,}".replace("-", "−")


def unit_decimals(smallest: int, unit: str) -> int:
    """The decimals that leave the smallest figure of a column three digits, from one to three."""
    tenths = 10 * smallest // UNITS[unit]
    return 1 if tenths >= 100 else 2 if tenths >= 10 else 3


def unit_text(number: int, unit: str, decimals: int) -> str:
    """`138.4` of millions, rounded half up without floats; only none at all is 0."""
    if not number:
        return "0"
    size, steps = UNITS[unit], 10**decimals
    rounded = (2 * steps * number + size) // (2 * size)
    if not rounded:
        return f"<0.{1:0{decimals}d}"
    return f"{rounded // steps:,}.{rounded % steps:0{decimals}d}"


def delta_text(number: int) -> str:
    """`+18,432`, `−223,744`, `0`"""
    return f"+{number:,}" if number > 0 else count_text(number)


def hundredths(part: int, whole: int) -> str:
    """The ratio with two decimals, rounded half up without floats."""
    rounded = (200 * part + whole) // (2 * whole)
    return f"{rounded // 100:,}.{rounded % 100:02d}"


def ratio_text(part: int, whole: int) -> str:
    """`0.42`; a ratio that is too small for two decimals is not shown as 0."""
    if not whole:
        return NO_RATIO
    text = hundredths(part, whole)
    return "<0.01" if part and text == "0.00" else text


def side_text(part: int, whole: int) -> str:
    """The ratio, where it matters on which side of 1 it is: `<1.00` and `>1.00` are no 1.00."""
    text = ratio_text(part, whole)
    if text != "1.00" or part == whole:
        return text
    return "<1.00" if part < whole else ">1.00"


def share_text(part: int, whole: int) -> str:
    """`79.0 %`, rounded half up without floats."""
    rounded = (2000 * part + whole) // (2 * whole) if whole else 0
    return f"{rounded // 10:,}.{rounded % 10} %" if rounded or not part else "<0.1 %"


def change_text(delta: int, base: int) -> str:
    """`+79.0 %` or `−12.5 %` of what it was."""
    if not base:
        return NO_RATIO
    sign = "+" if delta > 0 else "−" if delta < 0 else ""
    return sign + share_text(abs(delta), base)


def bar(part: int, whole: int, width: int) -> str:
    """A bar of up to `width` columns, in eighths of one."""
    eighths = (2 * part * width * 8 + whole) // (2 * whole) if whole else 0
    eighths = max(eighths, 1 if part else 0)
    full, rest = divmod(eighths, 8)
    return "█" * full + _EIGHTHS[rest].strip()


def times(sizes: Iterable[int]) -> str:
    """`3×3×96×128`"""
    return "×".join(map(str, sizes))


def path_shapes(shapes: Sequence[Shape]) -> str:
    """The shapes of several outputs, one after the other."""
    return " ".join(map(path_shape, shapes))


def path_shape(shape: Shape) -> str:
    """`192x28x28`, as on the command line."""
    return shape_text(shape).replace("×", "x")


def buffers_text(most: int, is_same: bool) -> str:
    """What bytes of weights are of, and what they leave out: so many, or up to so many."""
    count = f"{most:,}" if is_same else f"up to {most:,}"
    return f"bytes of weights: of the params; {count} buffers, such as running means, come on top"
