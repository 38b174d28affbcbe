"""What is allowed but was probably not meant, because other tools read it in another way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..ops import OPS
from ..ops.pooling import Pool
from ..text.problems import Mark
from .bodies import Body, Call, Resolved, parts_of
from .shorthand import is_like_a_stride
from .signature import Signature
from .specification import Specification

_EVEN = r"[0-9]*[02468](?:x[0-9]*[02468])*"  # 2x2, but not 2x2/2 nor 1x2


class _OperationCall(NamedTuple):
    """The call of an operation, and whether the file's `defaults` give it a stride."""

    resolved: Resolved
    has_default_stride: bool

    @property
    def name(self) -> str:
        return self.resolved.target.name if isinstance(self.resolved.target, Signature) else ""

    def text(self, option: str) -> str:
        """The text that is given for an option; empty where there is none."""
        one = self.resolved.arranged.get(option)
        return one.text if one else ""

    def by_place(self, option: str) -> str:
        """The text that is given for an option without its name; empty where there is none."""
        one = self.resolved.arranged.get(option)
        return one.text if one and one.option is None else ""

    @property
    def up_to_kernel(self) -> str:
        return f"{self.name} {self.text('kernel_size')}"


def doubtful_calls(specifications: Iterable[Specification]) -> list[tuple[Mark, str]]:
    """The first slip of each kind in a file, with its place. One is enough to look at the others."""
    first: dict[object, tuple[Mark, str]] = {}
    for specification in specifications:
        slips: dict[int, list[tuple[object, str]]] = {}  # lines that are written alike share their words
        for call in _calls(specification):
            words = id(call.words)
            if words not in slips:
                slips[words] = list(_slips(specification, call))
            for kind, what in slips[words]:
                first[kind] = min(first.get(kind, (call.mark, what)), (call.mark, what))
    return sorted(first.values())


def _calls(specification: Specification) -> Iterator[Call]:
    blocks = specification.calls.blocks.values()
    waiting: list[Body] = [specification.body, *(block.body for block in blocks)]
    while waiting:
        body = waiting.pop()
        if isinstance(body, Call):
            yield body
        else:
            waiting += parts_of(body)


def _slips(specification: Specification, call: Call) -> Iterator[tuple[object, str]]:
    resolved = call.words.resolved
    if resolved and isinstance(resolved.target, Signature):
        strides = specification.calls.builder.defaults.get(resolved.target.name, {})
        for kind in (_stride_as_padding, _unstrided, _wide_padding, _tiny_map):
            if what := kind(_OperationCall(resolved, "stride" in strides)):
                yield kind, what


def _stride_as_padding(layer: _OperationCall) -> str | None:
    """The hint for a padding that PyTorch would take for the stride: `conv 3x3 64 2`."""
    padding = layer.by_place("padding")
    kernel, channels = layer.text("kernel_size"), layer.text("out_channels")
    has_stride = layer.text("stride") or "/" in kernel or layer.has_default_stride
    if not kernel or has_stride or not is_like_a_stride(padding):
        return None
    sides = kernel if "x" in kernel else f"{kernel}x{kernel}"
    strided = " ".join(filter(None, (layer.name, f"{sides}/{padding}", channels)))
    return (
        f"{layer.resolved.written} has padding {padding} and stride 1; write {strided} for a stride of "
        f"{padding}, or padding={padding} if this is meant"
    )


def _unstrided(layer: _OperationCall) -> str | None:
    """The hint for pooling without a stride, whose kernel PyTorch and Keras would take for one."""
    if not issubclass(OPS[layer.name], Pool) or layer.text("stride") or layer.has_default_stride:
        return None
    kernel = layer.text("kernel_size")
    if not re.fullmatch(_EVEN, kernel) or is_like_a_stride(layer.by_place("padding")):
        return None
    return (
        f"{layer.up_to_kernel} has stride 1; write {layer.up_to_kernel}/{kernel.split('x')[0]} "
        "to make the map smaller, or stride=1 if this is meant"
    )


def _wide_padding(layer: _OperationCall) -> str | None:
    """The hint for a padding beyond the kernel, which may be meant as a number of channels."""
    padding, kernel = layer.by_place("padding"), layer.text("kernel_size")
    if not padding.isdigit() or _stride_as_padding(layer):
        return None
    sides = kernel.partition("/")[0].split("x")
    if not all(side.isdigit() and int(side) < int(padding) for side in sides):
        return None
    return (
        f"the last number of {layer.resolved.written} is padding, {padding} zeros on each side; "
        "the channels that enter are not written, and padding= says that it is meant"
    )


def _tiny_map(layer: _OperationCall) -> str | None:
    """The hint for a size that may be meant as a factor: `resize 2`."""
    size = layer.by_place("size")
    if layer.name != "resize" or size not in ("2", "4", "8"):
        return None
    return (
        f"{layer.resolved.written} makes each side {size} long; write upsample {size} for one {size} "
        f"times as long, or size={size} if this is meant"
    )
