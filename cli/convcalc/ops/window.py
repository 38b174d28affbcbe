"""Sliding windows: how a kernel, a stride and padding change the size along an axis."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from .options import Padding, Sizes
from .shapes import OperationError, axes_text

OUTPUT_FORMULA = (
    "out = ⌈in / stride⌉ if same, else ⌊(in + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1"
)


class Window(Protocol):
    """Which windows of the input the positions of the output are, along one axis."""

    @property
    def size(self) -> int:
        """How many elements the input has."""

    @property
    def stride(self) -> int:
        """How many elements the next window is further on."""

    @property
    def span(self) -> int:
        """How many elements a window spans, from its first to its last."""

    @property
    def pads(self) -> tuple[int, int]:
        """How many elements are added before and behind; below 0 so many are cut off."""

    @property
    def output(self) -> int:
        """How many windows there are; below 1 where none fits."""

    @property
    def formula(self) -> str:
        """The formula of the output with its numbers."""


class Margin(NamedTuple):
    """So many elements are added before and behind along an axis; below 0 they are cut off."""

    size: int
    pads: tuple[int, int]
    stride: int = 1
    span: int = 1

    @property
    def output(self) -> int:
        return self.size + sum(self.pads)

    @property
    def formula(self) -> str:
        changes = "".join(f" {'−' if pad < 0 else '+'} {abs(pad)}" for pad in self.pads)
        return f"{self.size}{changes} = {self.output}"


class Sliding(NamedTuple):
    """A kernel that slides along an axis of `size` elements; `padding` None is "same"."""

    size: int
    kernel: int
    stride: int
    padding: int | None
    dilation: int = 1
    ceil_mode: bool = False

    @property
    def span(self) -> int:
        return self.dilation * (self.kernel - 1) + 1

    @property
    def pads(self) -> tuple[int, int]:
        """Zeros before and after; "same" puts an odd one at the end (TensorFlow's rule)."""
        if self.padding is not None:
            return self.padding, self.padding
        needed = max((self.output - 1) * self.stride + self.span - self.size, 0)
        return needed // 2, needed - needed // 2

    @property
    def output(self) -> int:
        if self.padding is None:
            return -(-self.size // self.stride)
        room = self.size + 2 * self.padding - self.span
        if not self.ceil_mode:
            return room // self.stride + 1
        places = self._rounded_up
        # PyTorch drops a last window that would start in the padding at the end.
        return places - ((places - 1) * self.stride >= self.size + self.padding)

    @property
    def _rounded_up(self) -> int:
        """How many windows there are if the last one may reach beyond the padding."""
        room = self.size + sum(self.pads) - self.span
        return -(-room // self.stride) + 1

    @property
    def formula(self) -> str:
        if self.padding is None:
            before, after = self.pads
            each = f"{before} on each side" if before == after else f"{before} before, {after} after"
            return f"ceil({self.size} / {self.stride}) = {self.output}, same padding: {each}"
        room = f"{self.size} + 2·{self.padding} − {self.dilation}·({self.kernel} − 1) − 1"
        if not self.ceil_mode:
            return f"floor(({room}) / {self.stride}) + 1 = {self.output}"
        dropped = self._rounded_up - self.output
        less = " − 1 (a last window in the padding)" if dropped else ""
        return f"ceil(({room}) / {self.stride}) + 1{less} = {self.output}"


@lru_cache(maxsize=4096)
def windows(
    sizes: Sizes,
    kernel: Sizes,
    stride: Sizes,
    padding: Padding,
    dilation: Sizes,
    ceil_mode: bool = False,
) -> tuple[Sliding, ...]:
    """The windows along axes of these sizes.

    The answers are kept, because most layers of a network have the sizes and kernel of another.
    Raises OperationError where the kernel does not fit into the padded input.
    """
    pads = (None,) * len(kernel) if isinstance(padding, str) else padding
    each = zip(sizes, kernel, stride, pads, dilation, strict=True)
    found = tuple(Sliding(*one, ceil_mode) for one in each)
    if min(window.output for window in found) < 1:
        raise OperationError(_misfit(found), "kernel_size")
    return found


def _misfit(found: Sequence[Sliding]) -> str:
    spans = "×".join(str(window.span) for window in found)
    sides = "×".join(str(window.size + sum(window.pads)) for window in found)
    return (
        f"a kernel that spans {spans} does not fit into {sides} ({axes_text(len(found))}, padding "
        'included); "same" padding always fits'
    )
