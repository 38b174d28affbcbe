"""What a reader of Caffe's layers has at hand: the layer, what has been read, and numbers of fields."""

from typing import NamedTuple

from ...ops.shapes import Shape
from ...text.problems import Report
from ..graph import COUNTED_AGAIN, GraphBuilder, Module, OptionValue
from ..reading.decimals import decimal_text
from ..reading.files import shown
from .prototxt import Message

Pair = tuple[int, int]  # height, width

FLAGS = {
    **dict.fromkeys(("true", "True", "t", "1"), True),
    **dict.fromkeys(("false", "False", "f", "0"), False),
}


class CaffeLayer(NamedTuple):
    """A layer of the file and the nodes that enter it."""

    kind: str
    layer: Message
    name: str
    scope: tuple[Module, ...]
    inputs: list[int]

    @property
    def place(self) -> str:
        return self.layer.place

    @property
    def what(self) -> str:
        return self.layer.text("type")[:60]


class CaffeNetwork:
    """What has been read so far."""

    def __init__(self, builder: GraphBuilder, report: Report, blobs: dict[str, int]) -> None:
        self.builder = builder
        self.report = report
        self.blobs = blobs  # the node that a name stands for at this point of the file
        self.shared: dict[str, int] = {}  # the node that has the weights of a name
        self.train_only: dict[int, bool] = {}

    def whole(self, message: Message, name: str, default: int, least: int = 0) -> int:
        text = message.text(name, str(default))
        return self._number(message, name, text, max(default, least), least)

    def pair(self, message: Message, name: str, default: int, least: int = 0, most: int = 2) -> Pair:
        """`kernel_size: 3`, twice for height and width, or `kernel_h` and `kernel_w`."""
        stem = "kernel" if name == "kernel_size" else name
        sides = [one for one in (f"{stem}_h", f"{stem}_w") if message.texts(one)]
        if sides:
            self._check_sides(message, name, sides, may_lack=least == 0 and most > 1)
            height, width = (self.whole(message, f"{stem}_{axis}", least, least) for axis in "hw")
            return height, width
        given = message.texts(name)
        if len(given) < 2 or most < 2:
            both = self.whole(message, name, default, least)
            return both, both
        height, width = (self._number(message, name, given[at], least, least, at) for at in range(2))
        if len(given) > most:
            what = f"{name} is given {len(given)} times; once or twice is right, for height and width"
            self.report.add(message.mark_of(name), what)
        return height, width

    def _check_sides(self, message: Message, name: str, sides: list[str], may_lack: bool) -> None:
        """Report what Caffe stops at: a size for one axis alone, or beside the one for both.

        Of a convolution's padding it takes the axis that is not given as 0.
        """
        first = sides[0]
        if message.texts(name):
            self.report.add(message.mark_of(first), f"{first} beside {name}; leave one of the two out")
        elif len(sides) == 1 and not may_lack:
            lacking = first[:-1] + {"h": "w", "w": "h"}[first[-1]]
            what = f"{first} without {lacking}; add {lacking}, or write {name} for both"
            self.report.add(message.mark_of(first), what)

    def _number(
        self, message: Message, name: str, text: str, otherwise: int, least: int, at: int = 0
    ) -> int:
        is_decimal = text.isdigit() and (text == "0" or text[0] != "0")  # 010 would be octal
        if is_decimal and len(text) < 13 and int(text) >= least:
            return int(text)
        what = f"{name} must be a whole number from {least}, not {shown(text)}"
        self.report.add(message.mark_of(name, at), what)
        return otherwise

    def decimal(self, message: Message, name: str, default: str) -> str:
        text = message.text(name, default)
        try:
            return decimal_text(text)
        except ValueError:
            self.report.add(message.mark_of(name), f"{name} must be a number, not {shown(text)}")
            return default

    def flag(self, message: Message, name: str, default: bool) -> bool:
        """`true` or `false`, in all the ways that protobuf knows."""
        text = message.text(name)
        if text and text not in FLAGS:
            what = f"{name} must be true or false, not {shown(text)}"
            self.report.add(message.mark_of(name), what)
        return FLAGS.get(text, default)

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
        biases = output[0] if options.get("bias") or op == "batchnorm" else 0
        shares = self._shares(call, biases) if params else None
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
        if params and shares is None:
            self.shared.update(dict.fromkeys(filter(None, _weights(call)), number))
        return number

    def _shares(self, call: CaffeLayer, biases: int) -> int | None:
        """The layer whose weights this one has. Of a part that is shared otherwise only a note tells."""
        weight, bias = ([self.shared.get(name) for name in _weights(call)] + [None, None])[:2]
        if biases and weight is not None and bias is None:
            what = "biases of layers that have the weights of another are not counted"
            self.builder.caveat(what, biases, call.place)
        if biases and weight is None and bias is not None:
            self.builder.caveat(COUNTED_AGAIN, biases, call.place)
        return weight

    def count_each(self, call: CaffeLayer, node: int, elements: int) -> None:
        """Of weights of so many elements each that a node has just got, tell which are another's too."""
        for name in filter(None, _weights(call)):
            if self.shared.setdefault(name, node) != node:
                self.builder.caveat(COUNTED_AGAIN, elements, call.place)

    def refuse(self, call: CaffeLayer, why: str = "", guess: Shape | None = None) -> int:
        x = call.inputs[:1]
        shape = guess or (self.builder.shape(x[0]) if x else (1,))
        what = f"{call.what} {why}".strip()
        return self.builder.refuse(what, call.place, inputs=tuple(x), guess=shape)


def _weights(call: CaffeLayer) -> list[str]:
    """The names by which layers share their weights, in either format; "" shares nothing."""
    return [param.text("name") for param in call.layer.messages("param")] or call.layer.texts("param")


def slid(
    shape: Shape, kernel: Pair, stride: Pair, pad: Pair, dilation: Pair = (1, 1)
) -> tuple[int, ...]:
    """The places at which a window of one kernel stops, rounded down."""
    axes = zip(shape[1:], kernel, stride, pad, dilation, strict=True)
    return tuple((size + 2 * p - (d * (k - 1) + 1)) // s + 1 for size, k, s, p, d in axes)
