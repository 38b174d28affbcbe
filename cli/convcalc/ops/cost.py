"""What an operation costs, derived from the facts that it states: exact integers that add."""

from collections.abc import Collection
from math import prod
from operator import itemgetter
from typing import NamedTuple

from .base import TENSOR_KINDS, Operation
from .shapes import Shape


class Cost(NamedTuple):
    """Elements of parameters and state, multiply-adds and activations, per image."""

    weights: int = 0
    biases: int = 0
    norm: int = 0  # scales and shifts of normalisation, slopes
    buffers: int = 0  # state that is not trained
    macs: int = 0
    activations: int = 0  # output elements of the operations that multiply and add

    @property
    def params(self) -> int:
        return self.weights + self.biases + self.norm

    @property
    def flops(self) -> int:
        return 2 * self.macs

    def __add__(self, other: "Cost") -> "Cost":  # type: ignore[override]
        return sum_of([self, other])


NOTHING = Cost()


def sum_of(costs: Collection[Cost]) -> Cost:
    """The sum of the costs."""
    return Cost(*(sum(map(itemgetter(place), costs)) for place in range(len(NOTHING))))


def without_weights(cost: Cost) -> Cost:
    """The cost of a layer whose weights are another layer's, and counted there."""
    return Cost(macs=cost.macs, activations=cost.activations)


# The quantities by which networks are compared, in the order in which they are shown.
COUNTS = ("params", "weights", "biases", "norm", "buffers", "macs", "flops", "activations")


def cost_of(operation: Operation, y: Shape, *inputs: Shape) -> Cost:
    """The cost of an operation with an output of shape `y` and inputs of these shapes."""
    tensors = operation.weight_shapes(*inputs)
    if not tensors:
        return NOTHING
    counts = {"weights": 0, "biases": 0, "norm": 0, "buffers": 0}
    for tensor, dims in tensors.items():
        counts[TENSOR_KINDS[tensor]] += prod(dims.values())
    positions = operation.positions(y, *inputs)
    if positions is None:
        return Cost(**counts)
    return Cost(**counts, macs=counts["weights"] * prod(positions.values()), activations=prod(y))
