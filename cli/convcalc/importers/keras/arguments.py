"""A Keras layer's settings, by what they must be, and its tensors with channels where we have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard

from ...ops.options import MAX_SIZE
from ..reading.tensor_views import View
from ..reading.trace import Refusal, Trace, Weight
from .model import KerasCall, KerasLayer


class KerasArguments:
    """What a layer was made with and called with; a Refusal where it cannot be written."""

    def __init__(
        self, layer: KerasLayer, call: KerasCall, views: list[View], path: str, is_first: bool
    ) -> None:
        self.layer = layer
        self.views = views
        self.numbers = [other for other in call.others if _is_number(other)]
        self._settings = layer.settings
        self._path = path
        self.is_first = is_first
        self.trained: set[str] = set()  # the weights that it asked for, but statistics

    @property
    def view(self) -> View:
        return self.views[0]

    @property
    def axes(self) -> int:
        """How many axes the layer's windows have."""
        return len(self.view.sizes) - 2

    @property
    def channel_axis(self) -> int:
        """Which dimension the model has its channels in."""
        return 1 if self.is_first else len(self.view.sizes) - 1

    @property
    def channels(self) -> int:
        """How many channels the layer has before it."""
        if len(self.view.sizes) < 2:
            raise Refusal(f"{self.layer.kind} of a tensor without channels")
        return self.view.sizes[self.channel_axis]

    def has(self, name: str) -> bool:
        return self._settings.get(name) is not None

    def ours(self, view: View) -> View:
        """The tensor with its channels behind the batch."""
        if self.is_first or len(view.dims) < 3:
            return view
        batch, *axes, channels = view.dims
        return view._replace(dims=(batch, channels, *axes))

    def theirs(self, view: View) -> View:
        """The tensor with its channels where the model has them."""
        if self.is_first or len(view.dims) < 3:
            return view
        batch, channels, *axes = view.dims
        return view._replace(dims=(batch, *axes, channels))

    def weight(self, name: str, *sizes: int) -> Weight:
        made = self.statistic(name, *sizes)
        self.trained.add(made.key)
        return made

    def statistic(self, name: str, *sizes: int) -> Weight:
        """A tensor that the layer keeps and does not train."""
        return Weight(f"{self._path}/{name}", sizes)

    def value(self, name: str, default: Any = None) -> Any:
        value = self._settings.get(name)
        return default if value is None else value

    def whole(self, name: str, default: int | None = None, least: int = 1) -> int:
        value = self.value(name, default)
        if type(value) is not int or not least <= value <= MAX_SIZE:
            raise Refusal(f'{self.layer.kind} whose "{name}" is no whole number')
        return value

    def number(self, name: str, default: float) -> float:
        value = self.value(name, default)
        if not _is_number(value):
            raise Refusal(f'{self.layer.kind} whose "{name}" is no number')
        return value

    def flag(self, name: str, default: bool) -> bool:
        return bool(self.value(name, default))

    def text(self, name: str, default: str = "") -> str:
        value = self.value(name, default)
        return value if isinstance(value, str) else default

    def steps(
        self, name: str, default: int | tuple[int, ...], axes: int | None = None
    ) -> tuple[int, ...]:
        """A number for each axis; one may stand for all."""
        count = self.axes if axes is None else axes
        value = self.value(name, default)
        values = tuple(value) if isinstance(value, (list, tuple)) else (value,)
        values = values * count if len(values) == 1 else values
        is_right = all(type(item) is int and 0 < item <= MAX_SIZE for item in values)
        if len(values) != count or not is_right:
            raise Refusal(f'{self.layer.kind} whose "{name}" does not fit its input')
        return values

    def sides(self, name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Zeros, or what is cropped, before and after: one number, one for each axis, or two."""
        value = self.value(name, 1)
        rows = value if isinstance(value, list) else [value] * self.axes
        if self.axes == 1 and len(rows) == 2:
            rows = [rows]
        pairs = [row if isinstance(row, list) else [row, row] for row in rows]
        flat = [size for pair in pairs for size in pair]
        is_right = all(type(size) is int and 0 <= size <= MAX_SIZE for size in flat)
        if len(pairs) != self.axes or len(flat) != 2 * self.axes or not is_right:
            raise Refusal(f'{self.layer.kind} whose "{name}" does not fit its input')
        return tuple(flat[::2]), tuple(flat[1::2])

    def is_channel_axis(self, default: int) -> bool:
        """Whether the setting `axis` is that of the channels."""
        axis = self.value("axis", default)
        axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
        rank = len(self.view.sizes)
        return type(axis) is int and -rank <= axis < rank and axis % rank == self.channel_axis

    def check(self) -> None:
        """Refuse what adds weights to any layer, and channels that are not where the model has them."""
        kind, order = self.layer.kind, self.layer.data_format
        if self.has("lora_rank"):
            remedy = "save it as it was before enable_lora()"
            raise Refusal(f"{kind} with the weights of LoRA", remedy, is_unknown=True)
        if order and (order == "channels_first") != self.is_first:
            what = f'{kind} with data_format "{order}" behind layers with another'
            raise Refusal(what, is_unknown=True)


def _is_number(value: Any) -> TypeGuard[float]:
    return type(value) in (int, float)


KerasHandler = Callable[[Trace, KerasArguments], View]
