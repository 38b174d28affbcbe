"""darknet's cfg files to a graph; sizes and counts as darknet's own source computes them.

J. Redmon, pjreddie/darknet, src/parser.c; A. Bochkovskiy's fork has more sections.
"""

from __future__ import annotations

from ...ops.shapes import Shape
from ...text.problems import Mark, Report
from ..graph import INPUT, Graph, GraphBuilder, GraphHead, ModelFile, ModelFileError
from ..reading.files import read_text, report_of, stop
from .cfg import Section, read_sections
from .weights import Weighted, slid

_NETWORKS = ("net", "network")
_ENDS = ("yolo", "region", "gaussian_yolo", "detection", "iseg")  # an output, passed on unchanged
_SILENT = ("cost", "empty", "silence")


def read(given: ModelFile) -> Graph:
    """The graph of a cfg.

    Raises SpecError with what is wrong in it, Unreadable for sections that are unknown.
    """
    text = read_text(given)
    report = report_of(given, text)
    sections = read_sections(report)
    if not sections or sections[0].name not in _NETWORKS:
        stop(report, Mark(1, 1), "a darknet cfg begins with [net]")
    return _Reader(given, report, sections).graph()


class _Reader(Weighted):
    def __init__(self, given: ModelFile, report: Report, sections: list[Section]) -> None:
        self.given = given
        self.report = report
        self.net, *self.sections = sections
        super().__init__(GraphBuilder(given.label, given.input or self._input()))
        self.outputs: list[int] = []  # of each section, the node
        self.heads: list[GraphHead] = []

    def graph(self) -> Graph:
        for section in self.sections:
            self.outputs.append(self._section(section))
        self.report.raise_any()
        if not self.builder.nodes:
            raise ModelFileError(self.given.label, "no layers")
        self.builder.heads = self.heads or [GraphHead(self.outputs[-1])]
        if len(self.heads) == 1 and self.heads[0].node != self.outputs[-1]:
            self.builder.heads = [*self.heads, GraphHead(self.outputs[-1])]
        return self.builder.graph("darknet", "sections", len(self.sections))

    def _input(self) -> Shape:
        """The size of the network's input; [crop] cuts it out of a larger image."""
        shape = tuple(self.net.whole(key, 0) for key in ("channels", "height", "width"))
        if self.sections and self.sections[0].name == "crop":
            crop = self.sections[0]
            shape = (shape[0], crop.whole("crop_height", 1), crop.whole("crop_width", 1))
        self.report.raise_any()
        if 0 not in shape:
            return shape
        if features := self.net.whole("inputs", 0):
            return (features,)
        what = "[net] has no width, height and channels; add --input 3x416x416, say"
        raise ModelFileError(self.given.label, what)

    def _section(self, section: Section) -> int:
        flow = self.outputs[-1] if self.outputs else INPUT
        if section.name in _ENDS:
            self.heads.append(GraphHead(flow, f"{section.name}{len(self.heads) + 1}"))
            return flow
        if section.name in _SILENT or (section.name == "crop" and not self.outputs):
            return flow
        kind = _SECTIONS.get(section.name)
        if kind is None:
            return self.refuse(f"[{section.name}]", section, flow)
        return kind(self, section, flow)

    def maxpool(self, section: Section, x: int) -> int:
        stride = section.whole("stride", 1, 1)
        strides = section.whole("stride_y", stride, 1), section.whole("stride_x", stride, 1)
        size = section.whole("size", stride, 1)
        padding = section.whole("padding", size - 1)
        shape = self.builder.shape(x)
        if len(shape) != 3 or section.whole("maxpool_depth", 0) or section.whole("antialiasing", 0):
            return self.refuse("[maxpool] over channels or of a vector", section, x)
        before = padding // 2
        output = (shape[0], *slid(shape[1:], size, strides, (before, padding - before)))
        return self.builder.add(
            "maxpool",
            x,
            output=output,
            place=section.place,
            kernel_size=(size, size),
            stride=strides,
            padding=(before, before),
            ceil_mode=padding % 2 == 1,
        )

    def avgpool(self, section: Section, x: int) -> int:
        channels = self.builder.shape(x)[0]
        return self.builder.add("global_avgpool", x, output=(channels, 1, 1), place=section.place)

    def upsample(self, section: Section, x: int) -> int:
        stride = section.whole("stride", 2, 1)
        channels, *axes = self.builder.shape(x)
        output = (channels, *(size * stride for size in axes))
        if section.decimal("scale", "1") != "1" or section.whole("reverse", 0):
            return self.refuse("[upsample] with scale or reverse", section, x, output)
        return self.builder.add("upsample", x, output=output, place=section.place, scale=stride)

    def reorg(self, section: Section, x: int) -> int:
        stride = section.whole("stride", 1, 1)
        channels, *axes = self.builder.shape(x)
        if section.whole("reverse", 0) or len(axes) != 2 or any(size % stride for size in axes):
            return self.refuse("[reorg] that does not divide, or reverse", section, x)
        self.builder.note("[reorg] is written as pixel_unshuffle, whose channels are in another order")
        output = (channels * stride**2, *(size // stride for size in axes))
        return self.builder.add("pixel_unshuffle", x, output=output, place=section.place, factor=stride)

    def route(self, section: Section, x: int) -> int:
        parts = [self._part(section, one) for one in self._layers(section, "layers")]
        if not parts:
            return x
        if len(parts) == 1:
            return parts[0]
        shapes = [self.builder.shape(part) for part in parts]
        output = (sum(shape[0] for shape in shapes), *shapes[0][1:])
        if any(shape[1:] != shapes[0][1:] for shape in shapes):
            what = "[route] of maps of unequal sizes"
            return self.refuse(what, section, x, output, self._size_remedy())
        return self.builder.add("concat", *parts, output=output, place=section.place)

    def _size_remedy(self) -> str:
        """Which inputs all the strides so far divide, where this is none."""
        steps = {INPUT: 1}  # of each node, the product of the strides before it
        for number, node in enumerate(self.builder.nodes):
            stride = node.option("stride", 1)
            step = steps[node.inputs[0]] * (stride[0] if isinstance(stride, tuple) else 1)
            scale = node.option("scale", 1)
            steps[number] = max(step // scale, 1) if isinstance(scale, int) else step
        deepest = max(steps.values())
        if not any(size % deepest for size in self.builder.input[1:]):
            return ""
        return f"height and width of the input must be multiples of {deepest}"

    def _part(self, section: Section, source: int) -> int:
        """One of the `groups` of channels of a route."""
        groups, which = section.whole("groups", 1, 1), section.whole("group_id", 0)
        channels, *axes = self.builder.shape(source)
        if groups == 1:
            return source
        share = channels // groups
        if channels % groups or which >= groups:
            return self.refuse("[route] whose groups do not divide", section, source)
        return self.builder.add(
            "slice",
            source,
            output=(share, *axes),
            place=section.place,
            start=which * share,
            stop=(which + 1) * share,
        )

    def shortcut(self, section: Section, x: int) -> int:
        others = self._layers(section, "from")
        shape = self.builder.shape(x)
        if section.text("weights_type", "none") != "none":
            return self.refuse("[shortcut] with weights", section, x, shape)
        if any(self.builder.shape(other) != shape for other in others):
            what = "[shortcut] of maps of unequal shapes"
            return self.refuse(what, section, x, shape, self._size_remedy())
        total = self.builder.add("add", x, *others, output=shape, place=section.place)
        return self.activated(section, total, "linear")

    def gate(self, section: Section, x: int) -> int:
        """[sam] and [scale_channels]: what an earlier layer gives, times what flows here."""
        (other, *_) = self._layers(section, "from") or [x]
        if section.whole("scale_wh", 0):
            return self.refuse("[scale_channels] with scale_wh", section, x)
        output = self.builder.shape(other)
        if self.builder.shape(x) not in (output, (output[0], 1, 1)):
            return self.refuse(f"[{section.name}] of shapes that do not fit", section, x)
        product = self.builder.add("mul", other, x, output=output, place=section.place)
        return self.activated(section, product, "linear")

    def dropout(self, section: Section, x: int) -> int:
        share = section.decimal("probability", "0.5")
        shape = self.builder.shape(x)
        return self.builder.add("dropout", x, output=shape, place=section.place, p=share)

    def softmax(self, section: Section, x: int) -> int:
        if section.whole("groups", 1, 1) > 1 or section.text("tree"):
            return self.refuse("[softmax] in groups or of a tree", section, x)
        return self.builder.add("softmax", x, output=self.builder.shape(x), place=section.place)

    def _layers(self, section: Section, key: str) -> list[int]:
        """Earlier sections, by their number or counted back from here."""
        found = []
        for number in section.wholes(key):
            at = number if number >= 0 else len(self.outputs) + number
            if 0 <= at < len(self.outputs):
                found.append(self.outputs[at])
            else:
                self.report.add(section.marks[key], f"{key}={number} names no layer before this one")
        return found


_SECTIONS = {
    "convolutional": _Reader.convolutional,
    "conv": _Reader.convolutional,
    "deconvolutional": _Reader.deconvolutional,
    "deconv": _Reader.deconvolutional,
    "connected": _Reader.connected,
    "conn": _Reader.connected,
    "batchnorm": _Reader.batchnorm,
    "activation": _Reader.activation,
    "maxpool": _Reader.maxpool,
    "max": _Reader.maxpool,
    "avgpool": _Reader.avgpool,
    "avg": _Reader.avgpool,
    "upsample": _Reader.upsample,
    "reorg": _Reader.reorg,
    "reorg3d": _Reader.reorg,
    "route": _Reader.route,
    "shortcut": _Reader.shortcut,
    "sam": _Reader.gate,
    "scale_channels": _Reader.gate,
    "dropout": _Reader.dropout,
    "softmax": _Reader.softmax,
    "soft": _Reader.softmax,
}
