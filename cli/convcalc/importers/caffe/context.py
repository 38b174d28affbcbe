"""What a reader of Caffe's layers has at hand: the layer, what has been read, and numbers of fields."""

from typing import NamedTuple

from ...ops.shapes import Shape
from ..graph import GraphBuilder, Module, OptionValue
from ..reading.decimals import decimal_text
from ..reading.files import Faults
from .prototxt import Message

Pair = tuple[int, int]  # height, width


class CaffeLayer(NamedTuple):
    """A layer of the file and the nodes that enter it."""

    kind: str
    layer: Message
    name: str
    scope: tuple[Module, ...]
    inputs: list[int]

    @property
    def place(self) -> str:
        return f"line {self.layer.line}"

    @property
    def what(self) -> str:
        return self.layer.text("type")[:60]


class CaffeNetwork:
    """What has been read so far."""

    def __init__(self, builder: GraphBuilder, faults: Faults, blobs: dict[str, int]) -> None:
        self.builder = builder
        self.faults = faults
        self.blobs = blobs  # the node that a name stands for at this point of the file
        self.shared: dict[str, int] = {}  # the first node that has the weights of a name
        self.train_only: dict[int, bool] = {}

    def whole(self, message: Message, name: str, default: int, least: int = 0) -> int:
        text = message.text(name, str(default))
        is_decimal = text.isdigit() and (text == "0" or text[0] != "0")  # 010 would be octal
        if is_decimal and len(text) < 13 and int(text) >= least:
            return int(text)
        what = f'{name} must be a whole number from {least}, not "{text[:60]}"'
        self.faults.add(message.line, what)
        return max(default, least)

    def pair(self, message: Message, name: str, default: int, least: int = 0) -> Pair:
        """`kernel_size: 3`, twice for height and width, or `kernel_h` and `kernel_w`."""
        stem = "kernel" if name == "kernel_size" else name
        height, width = message.text(f"{stem}_h"), message.text(f"{stem}_w")
        if height and width:
            return self.whole(message, f"{stem}_h", 0, least), self.whole(message, f"{stem}_w", 0, least)
        last = self.whole(message, name, default, least)
        given = message.texts(name)
        is_two = len(given) > 1 and given[0].isdigit() and len(given[0]) < 13
        return (int(given[0]) if is_two else last), last

    def decimal(self, message: Message, name: str, default: str) -> str:
        text = message.text(name, default)
        try:
            return decimal_text(text)
        except ValueError:
            self.faults.add(message.line, f'{name} must be a number, not "{text[:60]}"')
            return default

    def add(
        self,
        op: str,
        call: CaffeLayer,
        *inputs: int,
        output: Shape,
        params: int = 0,
        macs: int = 0,
        **options: OptionValue | None,
    ) -> int:
        shares = self._shares(call) if params else None
        number = self.builder.add(
            op,
            *(inputs or call.inputs),
            output=output,
            params=0 if shares is not None else params,
            macs=macs,
            name=call.name,
            scope=call.scope,
            place=call.place,
            shares=shares,
            **options,
        )
        if params and shares is None and (name := _weights(call)):
            self.shared[name] = number
        return number

    def _shares(self, call: CaffeLayer) -> int | None:
        name = _weights(call)
        return self.shared.get(name) if name else None

    def refuse(self, call: CaffeLayer, why: str = "", guess: Shape | None = None) -> int:
        x = call.inputs[:1]
        shape = guess or (self.builder.shape(x[0]) if x else (1,))
        what = f"{call.what} {why}".strip()
        return self.builder.refuse(what, call.place, inputs=tuple(x), guess=shape)


def _weights(call: CaffeLayer) -> str:
    """The name by which layers share weights, in either format."""
    names = [param.text("name") for param in call.layer.messages("param")] or call.layer.texts("param")
    return names[0] if names else ""


def slid(
    shape: Shape, kernel: Pair, stride: Pair, pad: Pair, dilation: Pair = (1, 1)
) -> tuple[int, ...]:
    """The places at which a window of one kernel stops, rounded down."""
    axes = zip(shape[1:], kernel, stride, pad, dilation, strict=True)
    return tuple((size + 2 * p - (d * (k - 1) + 1)) // s + 1 for size, k, s, p, d in axes)
