"""A node's inputs and attributes, by what they must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ..reading.output_sizes import Sides, same_sides
from ..reading.tensor_views import View
from ..reading.trace import Held, Refusal, Trace, Weight
from .parts import OnnxNode


class OnnxArguments:
    """What a node was given; a Refusal where it is not what can be written."""

    def __init__(
        self, node: OnnxNode, held: Mapping[str, Held | None], uses: Counter[str], opset: int
    ) -> None:
        self.node = node
        self.opset = opset
        self._held = held
        self._uses = uses

    @property
    def inputs(self) -> list[Held]:
        return [held for name in self.node.inputs if (held := self._held.get(name))]

    @property
    def views(self) -> list[View]:
        """The tensors of the network among the inputs."""
        return [held for held in self.inputs if isinstance(held, View)]

    @property
    def has_weight(self) -> bool:
        return any(isinstance(held, Weight) for held in self.inputs)

    @property
    def is_unknown(self) -> bool:
        """Whether an input's size is unknown, because of a node that was refused."""
        return any(name and self._held.get(name) is None for name in self.node.inputs)

    @property
    def is_constant(self) -> bool:
        return not self.is_unknown and not self.views

    def has(self, at: int) -> bool:
        return at < len(self.node.inputs) and bool(self.node.inputs[at])

    def input(self, at: int) -> Held:
        held = self._held.get(self.node.inputs[at]) if self.has(at) else None
        if held is None:
            raise Refusal(f"{self.node.op} without its input {at + 1}")
        return held

    def view(self, at: int = 0) -> View:
        held = self.input(at)
        if not isinstance(held, View):
            raise Refusal(f"{self.node.op} of a constant")
        return held

    def weight(self, at: int) -> Weight | None:
        """A constant, None where there is none."""
        return self.constant(at) if self.has(at) else None

    def constant(self, at: int) -> Weight:
        held = self.input(at)
        if not isinstance(held, Weight):
            raise Refusal(f"{self.node.op} whose weights are computed by the network")
        return held

    def weights(self, *places: int) -> tuple[Weight, ...]:
        return tuple(weight for at in places if (weight := self.weight(at)))

    def is_alone(self, at: int) -> bool:
        """Whether nothing else reads the input."""
        return self._uses[self.node.inputs[at]] == 1

    def numbers(self, at: int) -> tuple[float, ...]:
        """A constant's values."""
        weight = self.weight(at)
        if weight is None or weight.numbers is None:
            raise Refusal(f"{self.node.op} whose sizes are computed by the network")
        return weight.numbers

    def wholes(self, at: int) -> tuple[int, ...]:
        numbers = self.numbers(at)
        if not all(isinstance(number, int) for number in numbers):
            raise Refusal(f"{self.node.op} whose sizes are no whole numbers")
        return tuple(int(number) for number in numbers)

    def listed(self, name: str, at: int) -> tuple[int, ...]:
        """Whole numbers that are an attribute or, in newer opsets, an input; empty if neither."""
        if name in self.node.attributes:
            return self.attributes(name, ())
        return self.wholes(at) if self.has(at) else ()

    def attributes(self, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
        value = self.node.attributes.get(name)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
            raise Refusal(f'{self.node.op} whose "{name}" are no whole numbers')
        return tuple(value)

    def number(self, name: str, default: float) -> float:
        value = self.node.attributes.get(name, default)
        if not isinstance(value, (int, float)):
            raise Refusal(f'{self.node.op} whose "{name}" is no number')
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.number(name, default)
        if not isinstance(value, int):
            raise Refusal(f'{self.node.op} whose "{name}" is no whole number')
        return value

    def text(self, name: str, default: str = "") -> str:
        value = self.node.attributes.get(name, default)
        return value if isinstance(value, str) else default

    def steps(self, name: str, axes: int) -> tuple[int, ...]:
        """A stride or dilation for each axis."""
        values = self.attributes(name, (1,) * axes)
        if len(values) != axes or min(values, default=1) < 1:
            raise Refusal(f'{self.node.op} whose "{name}" does not fit {axes} axes')
        return values

    def kernel(self, axes: int) -> tuple[int, ...]:
        """A pool's window."""
        if "kernel_shape" not in self.node.attributes:
            raise Refusal(f"{self.node.op} without a kernel")
        return self.steps("kernel_shape", axes)

    def sides(
        self,
        sizes: tuple[int, ...],
        kernel: tuple[int, ...],
        stride: tuple[int, ...],
        dilation: tuple[int, ...],
    ) -> tuple[Sides, bool]:
        """The zeros before and after, and whether the file only says that they are TensorFlow's."""
        auto, axes = self.text("auto_pad", "NOTSET"), len(kernel)
        if auto in ("SAME_UPPER", "SAME_LOWER"):
            sides = same_sides(sizes, kernel, stride, dilation)
            return (sides, True) if auto == "SAME_UPPER" else (Sides(*sides[::-1]), False)
        pads = self.attributes("pads", (0,) * (2 * axes)) if auto == "NOTSET" else (0,) * (2 * axes)
        if len(pads) != 2 * axes or min(pads, default=0) < 0:
            raise Refusal(f"{self.node.op} whose padding does not fit {axes} axes")
        return Sides(pads[:axes], pads[axes:]), False

    def axes(self, values: tuple[int, ...], rank: int) -> tuple[int, ...]:
        """Axes, counted from the front."""
        if any(not -rank <= value < rank for value in values):
            raise Refusal(f"{self.node.op} along an axis that the tensor does not have")
        return tuple(value % rank for value in values)

    def axis(self, default: int, rank: int) -> int:
        return self.axes((self.whole("axis", default),), rank)[0]


OnnxHandler = Callable[[Trace, OnnxArguments], Held | Sequence[Held]]
