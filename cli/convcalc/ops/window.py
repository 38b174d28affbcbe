"""Sliding windows: how a kernel, a stride and padding change a height or a width."""

from typing import NamedTuple

from .options import Padding, Pair
from .shapes import OperationError, Shape


class Window(NamedTuple):
    """A kernel that slides along one axis of `size` elements; `padding` None is "same"."""

    size: int
    kernel: int
    stride: int
    padding: int | None
    dilation: int = 1
    ceil_mode: bool = False

    @property
    def span(self) -> int:
        """The elements from a kernel's first to its last."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def pads(self) -> Pair:
        """Zeros before and after; "same" puts an odd one at the end (TensorFlow's rule)."""
        if self.padding is not None:
            return self.padding, self.padding
        needed = max((self.output - 1) * self.stride + self.span - self.size, 0)
        return needed // 2, needed - needed // 2

    @property
    def output(self) -> int:
        """The number of places at which the kernel stops; below 1 where it does not fit."""
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
        """The places where a last window may reach beyond the padding."""
        room = self.size + sum(self.pads) - self.span
        return -(-room // self.stride) + 1

    @property
    def formula(self) -> str:
        """The output written out with its numbers."""
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


def windows(
    x: Shape,
    kernel: Pair,
    stride: Pair,
    padding: Padding,
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> tuple[Window, Window]:
    """The windows along the height and the width of `x`.

    Raises OperationError where the kernel does not fit into the padded input.
    """
    pads = (None, None) if isinstance(padding, str) else padding
    both = (
        Window(x[1], kernel[0], stride[0], pads[0], dilation[0], ceil_mode),
        Window(x[2], kernel[1], stride[1], pads[1], dilation[1], ceil_mode),
    )
    if pads != (None, None) and min(both[0].output, both[1].output) < 1:
        spans = "×".join(str(window.span) for window in both)
        sides = "×".join(str(window.size + sum(window.pads)) for window in both)
        raise OperationError(
            f"a kernel that spans {spans} does not fit into {sides} (height × width, padding "
            'included); "same" padding always fits',
            "kernel_size",
        )
    return both
