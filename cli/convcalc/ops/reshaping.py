"""The operations that pass values on as they are, in another place or fewer of them."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import ClassVar

from .base import Countables, Operation, check_groups, feature_map
from .options import NAME, NATURAL, OFFSET, SHARE, SIZE, SIZES, ZEROS, Sizes, option, side_by_side
from .resampling import ToSize
from .shapes import OperationError, Shape, shape_text
from .window import Margin, Sliding, Window


class Passing(Operation):
    """An operation that passes values on; no counter counts any of them."""

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {}


class Dropout(Passing):
    """drops a share `p` of the values in training; nothing in inference"""

    name: ClassVar[str] = "dropout"
    example: ClassVar[str] = "dropout 0.5"
    shares_input: ClassVar[bool] = True
    arguments: ClassVar[tuple[str, ...]] = ("p",)

    p: Fraction = option(SHARE, default=Fraction(1, 2))


class Flatten(Passing):
    """a feature map as a vector, in channel, height, width order"""

    name: ClassVar[str] = "flatten"
    formula: ClassVar[str] = "out = channels · sizes, a vector"
    shares_input: ClassVar[bool] = True

    def output_shape(self, x: Shape) -> Shape:
        return (prod(x),)

    def windows(self, x: Shape) -> None:
        return None


class Identity(Passing):
    """nothing; the shortcut of a residual"""

    name: ClassVar[str] = "identity"
    shares_input: ClassVar[bool] = True


class Slice(Passing):
    """the channels from `start` up to and without `stop`"""

    name: ClassVar[str] = "slice"
    formula: ClassVar[str] = "out = stop − start channels"
    example: ClassVar[str] = "slice 0 64"
    arguments: ClassVar[tuple[str, ...]] = ("start", "stop")
    shares_input: ClassVar[bool] = True

    start: int = option(NATURAL)
    stop: int = option(SIZE)

    def check(self) -> None:
        if self.start >= self.stop:
            raise OperationError(f"stop={self.stop} is not behind start={self.start}", "stop")

    def output_shape(self, x: Shape) -> Shape:
        if self.stop > x[0]:
            raise OperationError(f"stop={self.stop} is beyond the {x[0]} channels that enter", "stop")
        return self.stop - self.start, *x[1:]


class ChannelShuffle(Passing):
    """the first channel of each of the `groups`, then the second of each, and so on"""

    name: ClassVar[str] = "channel_shuffle"
    example: ClassVar[str] = "channel_shuffle 2"
    arguments: ClassVar[tuple[str, ...]] = ("groups",)

    groups: int = option(SIZE)

    def output_shape(self, x: Shape) -> Shape:
        check_groups(self.groups, x[0], "channels")
        return x


class PixelShuffle(Operation):
    """`factor` times as many positions along each axis, filled from the channels (Shi et al. 2016)"""

    name: ClassVar[str] = "pixel_shuffle"
    formula: ClassVar[str] = "channels / factor^axes; out = in · factor"
    example: ClassVar[str] = "pixel_shuffle 2"
    arguments: ClassVar[tuple[str, ...]] = ("factor",)

    factor: int = option(SIZE)

    def output_shape(self, x: Shape) -> Shape:
        channels, *axes = feature_map(self, x)
        each = self.factor ** len(axes)
        if channels % each:
            power = "" if len(axes) == 1 else f"^{len(axes)} = {each}"
            raise OperationError(
                f"{self.factor}{power} does not divide the {channels} channels that enter", "factor"
            )
        return channels // each, *(size * self.factor for size in axes)

    def windows(self, x: Shape) -> None:
        return None


class PixelUnshuffle(Operation):
    """`factor` neighbours along each axis become channels; undoes pixel_shuffle"""

    name: ClassVar[str] = "pixel_unshuffle"
    formula: ClassVar[str] = "channels · factor^axes; out = in / factor"
    example: ClassVar[str] = "pixel_unshuffle 2"
    arguments: ClassVar[tuple[str, ...]] = ("factor",)

    factor: int = option(SIZE)

    def output_shape(self, x: Shape) -> Shape:
        channels, *axes = feature_map(self, x)
        if any(size % self.factor for size in axes):
            sides = shape_text(tuple(axes))
            raise OperationError(f"{self.factor} does not divide {sides} along each axis", "factor")
        return channels * self.factor ** len(axes), *(size // self.factor for size in axes)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(Sliding(size, self.factor, self.factor, 0) for size in x[1:])


class Pad(Operation):
    """zeros are added on both sides, or `before` and `after`; `channels` adds channels of zeros"""

    name: ClassVar[str] = "pad"
    formula: ClassVar[str] = "out = in + 2·padding + before + after; channels more of them"
    example: ClassVar[str] = "pad 1x0"
    arguments: ClassVar[tuple[str, ...]] = ("padding",)

    padding: Sizes = option(ZEROS, default=0)
    before: Sizes = option(ZEROS, default=0)
    after: Sizes = option(ZEROS, default=0)
    channels: int = option(NATURAL, default=0)

    def check(self) -> None:
        around, at_ends = (_is_any(self.padding), _is_any(self.before) or _is_any(self.after))
        if around and at_ends:
            raise OperationError("padding is for both sides; give it, or before and after", "padding")
        if not (around or at_ends or self.channels):
            raise OperationError("pad needs zeros per side such as 1, before=, after= or channels=")

    def output_shape(self, x: Shape) -> Shape:
        return feature_map(self, x)[0] + self.channels, *(window.output for window in self.windows(x))

    def windows(self, x: Shape) -> tuple[Window, ...]:
        each = zip(x[1:], self.padding, self.before, self.after, strict=True)
        return tuple(Margin(size, (both + first, both + last)) for size, both, first, last in each)


def _is_any(sizes: Sizes) -> bool:
    return any(size for (size,) in side_by_side(sizes))


class Crop(ToSize):
    """the middle, or the part that starts at `offset`; as large as `size`, or as what `like` names"""

    name: ClassVar[str] = "crop"
    formula: ClassVar[str] = "out = size; it starts at ⌊(in − size) / 2⌋, or at offset"
    example: ClassVar[str] = "crop 5x5"
    arguments: ClassVar[tuple[str, ...]] = ("size",)

    size: Sizes = option(SIZES, default="")
    like: str = option(NAME, default="")
    offset: Sizes | str = option(OFFSET, default="center")

    def output_shape(self, x: Shape) -> Shape:
        channels, *axes = feature_map(self, x)
        size = self.sizes(x)
        if any(max(window.pads) > 0 for window in self.windows(x)):
            at = "" if isinstance(self.offset, str) else f" from {shape_text(self.offset)} on"
            what = f"{shape_text(size)}{at} does not fit into {shape_text(tuple(axes))}"
            raise OperationError(what, "size" if isinstance(self.offset, str) else "offset")
        return channels, *size

    def windows(self, x: Shape) -> tuple[Window, ...]:
        size = self.sizes(x)
        starts = (
            tuple((whole - part) // 2 for whole, part in zip(x[1:], size, strict=True))
            if isinstance(self.offset, str)
            else self.offset
        )
        each = zip(x[1:], size, starts, strict=True)
        return tuple(Margin(whole, (-start, start + part - whole)) for whole, part, start in each)
