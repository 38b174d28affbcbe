"""darknet's sections with weights: each keeps its batch norm and its activation."""

from __future__ import annotations

from math import prod
from typing import Any

from ...ops.shapes import Shape
from ..graph import GraphBuilder
from .cfg import Section

_ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "leaky": ("leaky_relu", {"slope": "0.1"}),
    "relu": ("relu", {}),
    "relu6": ("relu6", {}),
    "logistic": ("sigmoid", {}),
    "tanh": ("tanh", {}),
    "mish": ("mish", {}),
    "swish": ("silu", {}),
    "elu": ("elu", {}),
    "selu": ("selu", {}),
    "gelu": ("gelu", {}),
}


class Weighted:
    """Reads these sections into a builder."""

    def __init__(self, builder: GraphBuilder) -> None:
        self.builder = builder

    def refuse(
        self, what: str, section: Section, flow: int, output: Shape = (), remedy: str = ""
    ) -> int:
        guess = self.builder.shape(flow)
        return self.builder.refuse(
            what, section.place, remedy, inputs=(flow,), output=output, guess=guess
        )

    def convolutional(self, section: Section, x: int) -> int:
        size, stride, dilation = (section.whole(key, 1, 1) for key in ("size", "stride", "dilation"))
        strides = section.whole("stride_y", stride, 1), section.whole("stride_x", stride, 1)
        filters, groups = section.whole("filters", 1, 1), section.whole("groups", 1, 1)
        dilation = dilation if size > 1 else 1
        pad = size // 2 if section.whole("pad", 0) else section.whole("padding", 0)
        shape = self.builder.shape(x)
        if len(shape) != 3 or shape[0] % groups or filters % groups:
            return self.refuse("[convolutional] whose input does not fit", section, x)
        for key in ("antialiasing", "deform", "share_index", "assisted_excitation", "xnor_net"):
            if section.whole(key, 0):
                return self.refuse(f"[convolutional] with {key}", section, x)
        span = dilation * (size - 1) + 1
        pads = (pad * dilation, pad * dilation)
        output = (filters, *slid(shape[1:], span, strides, pads))
        weights = shape[0] // groups * filters * size * size
        is_normal = bool(section.whole("batch_normalize", 0))
        conv = self.builder.add(
            "conv",
            x,
            output=output,
            params=weights + (0 if is_normal else filters),
            macs=weights * prod(output[1:]),
            place=section.place,
            kernel_size=(size, size),
            out_channels=filters,
            stride=strides,
            padding=pads,
            dilation=(dilation, dilation),
            groups=groups,
            bias=not is_normal,
        )
        return self._finished(section, conv, is_normal, "logistic")

    def deconvolutional(self, section: Section, x: int) -> int:
        size, stride, filters = (section.whole(key, 1, 1) for key in ("size", "stride", "filters"))
        pad = size // 2 if section.whole("pad", 0) else section.whole("padding", 0)
        shape = self.builder.shape(x)
        output = (filters, *((axis - 1) * stride + size - 2 * pad for axis in shape[1:]))
        if len(shape) != 3 or min(output) < 1:
            return self.refuse("[deconvolutional] whose input does not fit", section, x)
        weights = shape[0] * filters * size * size
        is_normal = bool(section.whole("batch_normalize", 0))
        made = self.builder.add(
            "conv_transpose",
            x,
            output=output,
            params=weights + (0 if is_normal else filters),
            macs=weights * prod(shape[1:]),
            place=section.place,
            kernel_size=(size, size),
            out_channels=filters,
            stride=(stride, stride),
            padding=(pad, pad),
            bias=not is_normal,
        )
        return self._finished(section, made, is_normal, "logistic")

    def connected(self, section: Section, x: int) -> int:
        features, entering = section.whole("output", 1, 1), prod(self.builder.shape(x))
        is_normal = bool(section.whole("batch_normalize", 0))
        linear = self.builder.add(
            "linear",
            x,
            output=(features,),
            params=entering * features + (0 if is_normal else features),
            macs=entering * features,
            place=section.place,
            out_features=features,
            bias=not is_normal,
        )
        return self._finished(section, linear, is_normal, "logistic")

    def batchnorm(self, section: Section, x: int) -> int:
        shape = self.builder.shape(x)
        return self._finished(section, x, True, "linear") if shape else x

    def _finished(self, section: Section, x: int, is_normal: bool, default: str) -> int:
        """Batch norm and activation, which darknet keeps in the layer before."""
        shape = self.builder.shape(x)
        if is_normal:
            x = self.builder.add("batchnorm", x, output=shape, params=2 * shape[0], place=section.place)
        return self.activated(section, x, default)

    def activated(self, section: Section, x: int, default: str) -> int:
        name = section.text("activation", default).lower()
        if name == "linear":
            return x
        if name not in _ACTIVATIONS:
            return self.refuse(f"activation={name[:60]}", section, x, self.builder.shape(x))
        op, options = _ACTIVATIONS[name]
        shape = self.builder.shape(x)
        return self.builder.add(op, x, output=shape, place=section.place, **options)

    def activation(self, section: Section, x: int) -> int:
        return self.activated(section, x, "linear")


def slid(
    sizes: tuple[int, ...], span: int, strides: tuple[int, ...], pads: tuple[int, int]
) -> tuple[int, ...]:
    """(size + padding - kernel) / stride + 1, rounded down, at least 1."""
    return tuple(
        max((size + sum(pads) - span) // stride + 1, 1)
        for size, stride in zip(sizes, strides, strict=True)
    )
