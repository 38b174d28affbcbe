"""How a tensor of the source looks at what one of our nodes gives.

A framework turns tensors about: it flattens, splits, transposes, and back. Most of that is no
layer but a way to get at one: channels last for a norm over channels, channels in groups that swap
places, which is a channel shuffle. So each dimension of a tensor is kept as the parts of the
node's axes that it runs over, outermost first. A reshape only cuts and joins parts, a transpose
only moves dimensions, and what the whole amounts to is read off when a layer needs it.
"""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

MAX_RANK = 16  # dimensions of a tensor
BATCH = -1
REPEAT = -2  # the same elements again, of a tensor that is spread over another's size


class AxisLoop(NamedTuple):
    """A loop over a part of an axis: `size` steps of `stride` elements along it.

    Axes count from 0, the channels; the batch and what repeats are below 0. A loop of one step is
    left out everywhere.
    """

    axis: int
    stride: int
    size: int


Dim = tuple[AxisLoop, ...]


class View(NamedTuple):
    """A tensor: what a node gives, looked at in `dims`, times `factor` and plus `offset`.

    Where `over` is a node, it is divided by what that gives before.
    """

    node: int
    dims: tuple[Dim, ...]
    factor: float = 1.0
    offset: float = 0.0
    over: int | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(prod(part.size for part in dim) for dim in self.dims)


def axis_dim(axis: int, size: int) -> Dim:
    """A dimension that runs over all of an axis."""
    return (AxisLoop(axis, 1, size),) if size != 1 else ()


def plain(batch: int, shape: Sequence[int]) -> tuple[Dim, ...]:
    """The dimensions of a tensor as we have it: batch, channels, the axes."""
    axes = [axis_dim(axis, size) for axis, size in enumerate(shape)]
    return (axis_dim(BATCH, batch), *axes)


def axis_order(dims: Sequence[Dim], batch: int, shape: Sequence[int]) -> list[int] | None:
    """Which of our dimensions each is, where they are ours in another order; else None."""
    ours = plain(batch, shape)
    order = [ours.index(dim) for dim in dims if dim in ours]
    return order if len(order) == len(dims) and sorted(order) == list(range(len(ours))) else None


def reshape(dims: Sequence[Dim], sizes: Sequence[int]) -> tuple[Dim, ...] | None:
    """The dimensions after a reshape, None where a part would have to be cut unevenly."""
    if len(sizes) > MAX_RANK:
        return None
    parts = [part for dim in dims for part in dim][::-1]
    made = []
    for size in sizes:
        dim: list[AxisLoop] = []
        while size > 1 and parts:
            part = parts.pop()
            if size % part.size:
                if part.size % size:
                    return None
                inner = part.size // size
                parts.append(AxisLoop(part.axis, part.stride, inner))
                part = AxisLoop(part.axis, part.stride * inner, size)
            size //= part.size
            dim.append(part)
        if size != 1:
            return None
        made.append(_joined(dim))
    return None if parts else tuple(made)


def _joined(dim: Sequence[AxisLoop]) -> Dim:
    joined: list[AxisLoop] = []
    for part in dim:
        if joined and joined[-1].axis == part.axis and joined[-1].stride == part.stride * part.size:
            part = AxisLoop(part.axis, part.stride, joined.pop().size * part.size)
        joined.append(part)
    return tuple(joined)


def axes_of(dims: Sequence[Dim]) -> frozenset[int]:
    """The axes that some dimensions run over."""
    return frozenset(part.axis for dim in dims for part in dim)


def spread(dims: Sequence[Dim], sizes: Sequence[int]) -> tuple[Dim, ...] | None:
    """The dimensions of a tensor that is repeated until it has the sizes, None if that cannot be."""
    front = len(sizes) - len(dims)
    if not 0 <= front <= MAX_RANK:
        return None
    made: list[Dim] = [()] * front + list(dims)
    for at, size in enumerate(sizes):
        known = prod(part.size for part in made[at])
        if known == 1 and size > 1:
            made[at] = (AxisLoop(REPEAT, 1, size),)
        elif size not in (1, known):
            return None
    return tuple(made)


def gathered(dims: Sequence[Dim]) -> tuple[Dim, ...]:
    """The dimensions without what repeats."""
    return tuple(() if dim and dim[0].axis == REPEAT else dim for dim in dims)


def shuffle_groups(dims: Sequence[Dim], batch: int, shape: Sequence[int]) -> int | None:
    """The groups of the channel shuffle that the dimensions amount to."""
    if not shape or len(dims) != len(shape) + 1 or tuple(dims[2:]) != plain(batch, shape)[2:]:
        return None
    match dims[1]:
        # Channels g·n + i are read as i·g + g's place: groups of n become the inner loop.
        case (AxisLoop(0, 1, inner), AxisLoop(0, stride, groups)) if stride == inner:
            return groups if inner * groups == shape[0] else None
    return None


def pixel_factor(dims: Sequence[Dim], batch: int, shape: Sequence[int]) -> int | None:
    """The factor of the pixel shuffle that the dimensions amount to."""
    axes = len(shape) - 1
    if len(dims) != axes + 2 or axes == 0 or not dims[2:] or not dims[2]:
        return None
    factor = dims[2][-1].size
    if shape[0] % factor**axes:
        return None
    wanted = [axis_dim(BATCH, batch)]
    left = shape[0] // factor**axes
    wanted.append((AxisLoop(0, factor**axes, left),) if left > 1 else ())
    for axis in range(1, axes + 1):
        inner = AxisLoop(0, factor ** (axes - axis), factor)
        wanted.append((*axis_dim(axis, shape[axis]), inner))
    return factor if tuple(dims) == tuple(wanted) else None


def unshuffle_factor(dims: Sequence[Dim], batch: int, shape: Sequence[int]) -> int | None:
    """The factor of the pixel unshuffle that the dimensions amount to."""
    axes = len(shape) - 1
    if len(dims) != axes + 2 or axes == 0 or len(dims[1]) < axes:
        return None
    factor = dims[1][-1].size
    if any(size % factor for size in shape[1:]):
        return None
    inner = tuple(AxisLoop(axis, 1, factor) for axis in range(1, axes + 1))
    wanted = [axis_dim(BATCH, batch), (*axis_dim(0, shape[0]), *inner)]
    for axis, size in enumerate(shape[1:], start=1):
        left = size // factor
        wanted.append((AxisLoop(axis, factor, left),) if left > 1 else ())
    return factor if tuple(dims) == tuple(wanted) else None
