"""The arguments of an ATen call, by name and by what they must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ...ops.options import Sizes
from ..reading.output_sizes import Sides
from ..reading.tensor_views import View
from ..reading.trace import Held, Refusal, Weight
from .program import AtenCall, Tensor


class PytorchArguments:
    """What a call was given; a Refusal where an argument is not what can be written."""

    def __init__(
        self, call: AtenCall, held: Mapping[str, Held], sizes: Mapping[str, Sizes], uses: Counter[str]
    ) -> None:
        self.call = call
        self._held = held
        self._sizes = sizes
        self._uses = uses
        self._given = call.arguments

    @property
    def views(self) -> list[View]:
        """The tensors of the network among the arguments."""
        known = (self._held.get(name) for name in self.names)
        return [held for held in known if isinstance(held, View)]

    @property
    def names(self) -> list[str]:
        """All tensors among the arguments, those in lists included."""
        rows = (value if isinstance(value, list) else [value] for value in self._given.values())
        return [item.name for row in rows for item in row if isinstance(item, Tensor)]

    @property
    def has_trained(self) -> bool:
        """Whether one of these is a parameter, or computed from one."""
        known = (self._held.get(name) for name in self.names)
        return any(isinstance(held, Weight) and held.is_trained for held in known)

    @property
    def is_whole(self) -> bool:
        """Whether each of these is given by something."""
        return all(name in self._held for name in self.names)

    @property
    def sizes(self) -> Sizes:
        """The sizes of the first result."""
        return self.sizes_of(self.call.outputs[0])

    def sizes_of(self, tensor: Tensor) -> Sizes:
        return self._sizes.get(tensor.name, ())

    def has(self, name: str) -> bool:
        return self._given.get(name) is not None

    def tensor(self, name: str) -> Held | None:
        """A tensor, None where the argument is no tensor or left out."""
        value = self._given.get(name)
        if not isinstance(value, Tensor):
            return None
        if value.name not in self._held:
            raise Refusal(f"{self._short()} of a tensor that nothing gives")
        return self._held[value.name]

    def view(self, name: str = "input") -> View:
        """A tensor of the network; ATen calls the first `input` or `self`."""
        value = self.tensor(name) or self.tensor("self")
        if not isinstance(value, View):
            raise Refusal(f'{self._short()} whose "{name}" is no tensor of the network')
        return value

    def weight(self, name: str) -> Weight | None:
        """A parameter, None where there is none."""
        value = self.tensor(name)
        if isinstance(value, View):
            raise Refusal(f'{self._short()} whose "{name}" is computed by the network')
        return value

    def weights(self, *names: str) -> tuple[Weight, ...]:
        return tuple(weight for name in names if (weight := self.weight(name)))

    def several(self, name: str) -> list[Held]:
        value = self._given.get(name)
        items = value if isinstance(value, list) else []
        return [
            self._held[item.name]
            for item in items
            if isinstance(item, Tensor) and item.name in self._held
        ]

    def is_alone(self, name: str) -> bool:
        """Whether nothing else reads the tensor."""
        value = self._given.get(name)
        return isinstance(value, Tensor) and self._uses[value.name] == 1

    def number(self, name: str, default: float) -> float:
        value = self._given.get(name, default)
        if not isinstance(value, (int, float)):
            raise Refusal(f'{self._short()} whose "{name}" is no number')
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.number(name, default)
        if not isinstance(value, int):
            raise Refusal(f'{self._short()} whose "{name}" is no whole number')
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        return bool(self.number(name, default))

    def text(self, name: str, default: str) -> str:
        value = self._given.get(name, default)
        return value if isinstance(value, str) else default

    def wholes(self, name: str) -> tuple[int, ...]:
        value = self._given.get(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(item, int) for item in items):
            raise Refusal(f'{self._short()} whose "{name}" are no whole numbers')
        return tuple(items)

    def steps(
        self, name: str, axes: int, default: int | tuple[int, ...], least: int = 1
    ) -> tuple[int, ...]:
        """A number for each axis; one may stand for all."""
        values = self.wholes(name) or default
        if isinstance(values, int):
            values = (values,)
        values = values * axes if len(values) == 1 else values
        if len(values) != axes or min(values, default=least) < least:
            raise Refusal(f'{self._short()} whose "{name}" does not fit {axes} axes')
        return values

    def sides(self, name: str, axes: int) -> Sides:
        padding = self.steps(name, axes, 0, least=0)
        return Sides(padding, padding)

    def dims(self, name: str, rank: int) -> list[int]:
        """Dimensions, counted from the front; all of them where none is given."""
        values = self.wholes(name) or tuple(range(rank))
        return [self._dim(value, rank) for value in values]

    def dim(self, name: str, rank: int, default: int) -> int:
        return self._dim(self.whole(name, default), rank)

    def _dim(self, value: int, rank: int) -> int:
        if not -rank <= value < rank:
            raise Refusal(f"{self._short()} along a dimension that the tensor does not have")
        return value % rank

    def _short(self) -> str:
        return self.call.target.removeprefix("torch.ops.aten.").partition(".")[0]
