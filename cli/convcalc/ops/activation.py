"""Activation functions."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import ClassVar

from .base import Countables, Dims, Operation
from .options import APPROXIMATION, FLAG, NUMBER, option
from .shapes import Shape


class Activation(Operation):
    """A function of each value alone."""


class Relu(Activation):
    """max(x, 0)"""

    name: ClassVar[str] = "relu"


class Relu6(Activation):
    """min(max(x, 0), 6)"""

    name: ClassVar[str] = "relu6"


class LeakyRelu(Activation):
    """x where it is positive, else `slope` × x"""

    name: ClassVar[str] = "leaky_relu"
    example: ClassVar[str] = "leaky_relu slope=0.1"

    slope: Fraction = option(NUMBER, default=Fraction(1, 100))


class Prelu(Activation):
    """leaky_relu with a learned slope for each channel, or one `shared` by all (He et al. 2015)"""

    name: ClassVar[str] = "prelu"
    formula: ClassVar[str] = "params = channels, or 1 if shared"

    shared: bool = option(FLAG, default=False)

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        return {"slope": {"channels": 1 if self.shared else x[0]}}

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {"prelu: values": prod(y), "prelu: parameters": 1 if self.shared else x[0]}


class Elu(Activation):
    """x where it is positive, else `alpha` × (exp(x) − 1)"""

    name: ClassVar[str] = "elu"
    example: ClassVar[str] = "elu alpha=0.5"

    alpha: Fraction = option(NUMBER, default=Fraction(1))


class Selu(Activation):
    """elu with a slope and an alpha that keep mean 0 and variance 1 (Klambauer et al. 2017)"""

    name: ClassVar[str] = "selu"


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
    """x × the share of the normal distribution below x, or its approximation with `tanh`"""

    name: ClassVar[str] = "gelu"
    example: ClassVar[str] = "gelu approximate=tanh"

    approximate: str = option(APPROXIMATION, default="none")

    def countables(self, y: Shape, x: Shape) -> Countables:
        return {"gelu" if self.approximate == "none" else "gelu (tanh)": prod(y)}


class Mish(Activation):
    """x × tanh(softplus(x))"""

    name: ClassVar[str] = "mish"


class Softplus(Activation):
    """log(1 + exp(x))"""

    name: ClassVar[str] = "softplus"


class LogSigmoid(Activation):
    """log(sigmoid(x))"""

    name: ClassVar[str] = "logsigmoid"


class Softmax(Operation):
    """exponentials over channels that add to 1"""

    name: ClassVar[str] = "softmax"

    def countables(self, y: Shape, x: Shape) -> Countables:
        # Of n values: n exponentials, n - 1 additions, n divisions.
        steps = prod(x[1:]) * (3 * x[0] - 1)
        return {"softmax: values": prod(y), "softmax: steps": steps}
