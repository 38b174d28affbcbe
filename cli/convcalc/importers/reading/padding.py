"""Zeros around an input: when they are what the language calls `same`."""

from __future__ import annotations

from collections.abc import Iterable

from ...ops.shapes import Shape
from ..graph import OptionValue, SourceNode

_Pads = tuple[tuple[int, int], ...]  # for each axis the zeros before and after


def with_same(node: SourceNode, x: Shape) -> SourceNode:
    """The node with `padding` same, where every window then stops at the same places."""
    if node.option("padding", "same") == "same":
        return node
    pads = _zeros(node, len(x) - 1)
    padding = _padding(node, x, pads)
    zeros = tuple(before for before, _ in pads) if padding == "same" else ()
    return _set(node, padding)._replace(zeros=zeros)


def with_pad(node: SourceNode, pad: SourceNode, x: Shape) -> SourceNode | None:
    """The node with the zeros of the `pad` in front of it, `x` entering that; None if it cannot.

    Averages would count those zeros, so they are the node's own only where it counts its own, and
    has no more of them than half its kernel.
    """
    extra = _pad_zeros(pad, len(x) - 1)
    if extra is None or node.option("padding") == "same":
        return None
    if node.op == "avgpool" and not node.option("count_include_pad"):
        return None
    own = _zeros(node, len(x) - 1)
    pads = tuple((a + c, b + d) for (a, b), (c, d) in zip(own, extra, strict=True))
    if node.op == "avgpool" and is_beyond_half(_numbers(node.option("kernel_size"), len(own)), pads):
        return None
    padding = _padding(node, x, pads)
    return None if padding is None else _set(node, padding)


def pad_options(before: tuple[int, ...], after: tuple[int, ...]) -> dict[str, OptionValue]:
    """The zeros on both sides as options of `pad`."""
    if not any((*before, *after)):
        return {}
    return {"padding": before} if before == after else {"before": before, "after": after}


def is_beyond_half(kernel: Iterable[int], pads: Iterable[Iterable[int]]) -> bool:
    """Whether there are more zeros on a side than a pool may have, which is half its kernel."""
    return any(max(zeros) > size // 2 for size, zeros in zip(kernel, pads, strict=True))


def without_unread_flag(node: SourceNode) -> SourceNode:
    """The node without `count_include_pad`, where there are no zeros that would count."""
    if node.option("padding") == "same" or any(map(any, _zeros(node, 1))):
        return node
    return _without(node, "count_include_pad")


def _without(node: SourceNode, name: str) -> SourceNode:
    return node._replace(options=tuple(pair for pair in node.options if pair[0] != name))


def without_ceil(node: SourceNode, x: Shape) -> SourceNode:
    """The node without `ceil_mode`, where rounding down gives as many windows."""
    if not node.option("ceil_mode") or node.option("padding") == "same":
        return node
    pads = _zeros(node, len(x) - 1)
    every = zip(_axes(node, x), pads, strict=True)
    floors = tuple((size + sum(zeros) - span) // stride + 1 for (size, span, stride), zeros in every)
    if floors != node.output[1:]:
        return node
    return _without(node, "ceil_mode")


def _padding(node: SourceNode, x: Shape, pads: _Pads) -> OptionValue | None:
    """How these zeros are written; None where the language cannot."""
    is_counted = bool(node.option("count_include_pad")) and any(map(any, pads))
    if all(
        _is_same(axis, zeros, size, is_counted)
        for axis, zeros, size in zip(_axes(node, x), pads, node.output[1:], strict=True)
    ):
        return "same"
    if all(before == after for before, after in pads):
        return tuple(before for before, _ in pads)
    return None


def _is_same(axis: tuple[int, int, int], pads: tuple[int, int], output: int, is_counted: bool) -> bool:
    """Whether `same` gives as many windows, and the first of them starts where this one does.

    Zeros behind the last window are not read; where there are too few, the window that is rounded
    up meets what `same` puts there. An average that counts zeros needs the very same ones.
    """
    size, span, stride = axis
    needed = max((output - 1) * stride + span - size, 0)
    if output != -(-size // stride) or needed // 2 != pads[0]:
        return False
    return not is_counted or needed - needed // 2 == pads[1]


def _axes(node: SourceNode, x: Shape) -> list[tuple[int, int, int]]:
    """Size, span of the kernel and stride along each axis."""
    count = len(x) - 1
    kernel, stride, dilation = (
        _numbers(node.option(name, 1), count) for name in ("kernel_size", "stride", "dilation")
    )
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    return list(zip(x[1:], spans, stride, strict=True))


def _zeros(node: SourceNode, count: int) -> _Pads:
    padding = node.option("padding", 0)
    return tuple((one, one) for one in _numbers(0 if padding == "valid" else padding, count))


def _pad_zeros(pad: SourceNode, count: int) -> _Pads | None:
    """The zeros of a `pad`, None where it pads channels."""
    if pad.option("channels"):
        return None
    both = _numbers(pad.option("padding", 0), count)
    before = _numbers(pad.option("before", 0), count)
    after = _numbers(pad.option("after", 0), count)
    return tuple((z + b, z + a) for z, b, a in zip(both, before, after, strict=True))


def _numbers(value: OptionValue | None, count: int) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (int(value or 0),) * count


def _set(node: SourceNode, padding: OptionValue | None) -> SourceNode:
    if padding is None:
        return node
    kept = [(key, value) for key, value in node.options if key != "padding"]
    if padding == "same" and node.option("ceil_mode"):  # it has no effect then
        kept = [(key, value) for key, value in kept if key != "ceil_mode"]
    return node._replace(options=(*kept, ("padding", padding)))
