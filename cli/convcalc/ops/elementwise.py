"""The operations that treat each value alone, or only rearrange them."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import ClassVar

from .base import Countables, Dims, Operation, check_groups, feature_map
from .options import NATURAL, NEAREST, NUMBER, SHARE, SIZE, option
from .shapes import OperationError, Shape


class Activation(Operation):
    """A function of each value alone."""


class Rearrangement(Operation):
    """Values passed on as they are, of which no counter counts any."""

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {}


class Relu(Activation):
    """max(x, 0)"""

    name: ClassVar[str] = "relu"


class Relu6(Activation):
    """min(max(x, 0), 6)"""

    name: ClassVar[str] = "relu6"


class LeakyRelu(Activation):
    """x where it is positive, else `slope` × x"""

    name: ClassVar[str] = "leaky_relu"

    slope: Fraction = option(NUMBER, default=Fraction(1, 100))


class Prelu(Activation):
    """leaky_relu with a learned slope for each channel (He et al. 2015)"""

    name: ClassVar[str] = "prelu"

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        return {"slope": {"channels": x[0]}}

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {"prelu: values": prod(y), "prelu: parameters": x[0]}


class Elu(Activation):
    """x where it is positive, else exp(x) − 1"""

    name: ClassVar[str] = "elu"


class Sigmoid(Activation):
    """1 / (1 + exp(−x))"""

    name: ClassVar[str] = "sigmoid"


class Tanh(Activation):
    """hyperbolic tangent"""

    name: ClassVar[str] = "tanh"


class Silu(Activation):
    """x × sigmoid(x), also called swish"""

    name: ClassVar[str] = "silu"


class HardSwish(Activation):
    """x × hardsigmoid(x)"""

    name: ClassVar[str] = "hardswish"


class HardSigmoid(Activation):
    """min(max(x + 3, 0), 6) / 6"""

    name: ClassVar[str] = "hardsigmoid"


class Gelu(Activation):
    """x × the share of the normal distribution below x"""

    name: ClassVar[str] = "gelu"


class Softmax(Operation):
    """exponentials over channels that add to 1"""

    name: ClassVar[str] = "softmax"

    def countables(self, y: Shape, x: Shape) -> Countables:
        # Of n values: n exponentials, n - 1 additions, n divisions.
        steps = prod(x[1:]) * (3 * x[0] - 1)
        return {"softmax: values": prod(y), "softmax: steps": steps}


class Dropout(Rearrangement):
    """drops a share `p` of the values in training; nothing in inference"""

    name: ClassVar[str] = "dropout"
    shares_input: ClassVar[bool] = True
    arguments: ClassVar[tuple[str, ...]] = ("p",)

    p: Fraction = option(SHARE, default=Fraction(1, 2))


class Flatten(Rearrangement):
    """a feature map as a vector, in channel, height, width order"""

    name: ClassVar[str] = "flatten"
    shares_input: ClassVar[bool] = True

    def output_shape(self, x: Shape) -> Shape:
        return (prod(x),)

    def windows(self, x: Shape) -> None:
        return None


class Identity(Rearrangement):
    """nothing; the shortcut of a residual"""

    name: ClassVar[str] = "identity"
    shares_input: ClassVar[bool] = True


class Upsample(Operation):
    """each value `scale` times in height and in width"""

    name: ClassVar[str] = "upsample"
    arguments: ClassVar[tuple[str, ...]] = ("scale",)

    scale: int = option(SIZE)
    mode: str = option(NEAREST, default="nearest")

    def output_shape(self, x: Shape) -> Shape:
        channels, height, width = feature_map(self, x)
        return channels, height * self.scale, width * self.scale

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {
            "upsample: inputs": prod(x),
            "upsample: outputs": prod(y),
            "upsample: output positions": prod(y[1:]),
        }

    def windows(self, x: Shape) -> None:
        return None


class Slice(Rearrangement):
    """the channels from `start` up to and without `stop`"""

    name: ClassVar[str] = "slice"
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


class ChannelShuffle(Rearrangement):
    """channels dealt out: the first of each of the `groups`, then the second, and so on"""

    name: ClassVar[str] = "channel_shuffle"
    arguments: ClassVar[tuple[str, ...]] = ("groups",)

    groups: int = option(SIZE)

    def output_shape(self, x: Shape) -> Shape:
        check_groups(self.groups, x[0], "channels")
        return x
