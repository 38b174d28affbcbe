"""What nodes compute from constants alone: weights turned about, and arithmetic with sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import product
from math import ceil, floor, inf, isfinite, prod
from operator import mul

from ...ops.options import MAX_SIZE
from ..reading.trace import Refusal, Weight
from .arguments import OnnxArguments

_FEW = 1024  # elements of a constant that is computed
_LARGEST = 10**18
_COMPUTED = "weights that the file computes"

Floats = tuple[float, ...]


def _made(
    given: OnnxArguments, sizes: Sequence[int], numbers: Floats | None, fixed: bool = False
) -> Weight:
    if numbers and any(abs(number) > _LARGEST for number in numbers):
        raise Refusal("a computed constant beyond 10^18")
    return Weight(given.node.outputs[0], tuple(sizes), fixed, numbers)


def _constant(given: OnnxArguments) -> Weight:
    for name, value in given.node.attributes.items():
        if isinstance(value, Weight):
            return value._replace(key=given.node.outputs[0])
        if name in ("value_int", "value_float") and isinstance(value, (int, float)):
            return _made(given, (), (value,))
        if name in ("value_ints", "value_floats") and isinstance(value, list):
            return _made(given, (len(value),), tuple(value))
    raise Refusal("a constant of another kind than numbers", is_unknown=True)


def _constant_of_shape(given: OnnxArguments) -> Weight:
    sizes = given.wholes(0)
    if any(not 0 <= size <= MAX_SIZE for size in sizes) or prod(sizes) > MAX_SIZE:
        raise Refusal("a constant of impossible sizes", is_unknown=True)
    value = given.node.attributes.get("value")
    number = value.number if isinstance(value, Weight) else 0.0
    is_known = number is not None and prod(sizes) <= _FEW
    return _made(given, sizes, (number or 0,) * prod(sizes) if is_known else None)


def _identity(given: OnnxArguments) -> Weight:
    """TorchScript's exporter writes weights of equal values once; they are different weights."""
    return given.constant(0)._replace(key=given.node.outputs[0])


def _same(given: OnnxArguments) -> Weight:
    weight = given.constant(0)
    to_whole = given.node.op == "Cast" and given.whole("to", 0) in (6, 7)
    if to_whole and weight.numbers is not None and all(map(isfinite, weight.numbers)):
        weight = weight._replace(numbers=tuple(int(number) for number in weight.numbers))
    return weight


def _reshape(given: OnnxArguments) -> Weight:
    weight = given.constant(0)
    return weight._replace(sizes=reshaped(given, weight.sizes))


def reshaped(given: OnnxArguments, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes that a node gives a tensor whose elements stay in order."""
    rank, node = len(sizes), given.node
    if node.op == "Flatten":
        axis = given.whole("axis", 1) + (rank if given.whole("axis", 1) < 0 else 0)
        return prod(sizes[:axis]), prod(sizes[axis:])
    if node.op == "Squeeze":
        listed = given.listed("axes", 1)
        gone = given.axes(listed, rank) if listed else [at for at, size in enumerate(sizes) if size == 1]
        return tuple(size for at, size in enumerate(sizes) if at not in gone)
    if node.op == "Unsqueeze":
        axes = given.listed("axes", 1)
        added = given.axes(axes, rank + len(axes))
        left = iter(sizes)
        return tuple(1 if at in added else next(left, 1) for at in range(rank + len(axes)))
    return _target(given, sizes)


def _target(given: OnnxArguments, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Reshape's sizes: 0 keeps one, −1 is what is left."""
    wanted = list(given.wholes(1))
    keeps = not given.whole("allowzero", 0)
    for at, size in enumerate(wanted):
        if size == 0 and keeps and at < len(sizes):
            wanted[at] = sizes[at]
    rest = prod(size for size in wanted if size != -1)
    if wanted.count(-1) == 1 and rest > 0:
        wanted[wanted.index(-1)] = prod(sizes) // rest
    if prod(wanted) != prod(sizes) or min(wanted, default=1) < 0:
        raise Refusal("a Reshape to sizes with another number of elements")
    return tuple(wanted)


def _transpose(given: OnnxArguments) -> Weight:
    weight = given.constant(0)
    rank = len(weight.sizes)
    order = given.axes(given.attributes("perm", tuple(range(rank))[::-1]), rank)
    if sorted(order) != list(range(rank)):
        raise Refusal("a permutation that is none")
    sizes = tuple(weight.sizes[at] for at in order)
    if weight.numbers is None:
        return weight._replace(sizes=sizes)
    steps = [_strides(weight.sizes)[at] for at in order]
    return weight._replace(sizes=sizes, numbers=_picked(weight.numbers, map(range, sizes), steps))


def _strides(sizes: Sequence[int]) -> list[int]:
    return [prod(sizes[at + 1 :]) for at in range(len(sizes))]


def _picked(numbers: Floats, rows: Iterable[Iterable[int]], steps: Sequence[int]) -> Floats:
    """The values at every combination of places along the axes."""
    return tuple(numbers[sum(map(mul, places, steps))] for places in product(*rows))


def _concat(given: OnnxArguments) -> Weight:
    weights = [given.constant(at) for at in range(len(given.node.inputs))]
    numbers: list[float] = []
    for weight in weights:
        if len(weight.sizes) != 1 or weight.numbers is None:
            raise Refusal(_COMPUTED)
        numbers += weight.numbers
    return _made(given, (len(numbers),), tuple(numbers[:_FEW]))


def _gather(given: OnnxArguments) -> Weight:
    data, at = given.constant(0), given.constant(1)
    if len(data.sizes) != 1 or data.numbers is None or at.numbers is None:
        return _made(given, (), None, fixed=True)
    count = data.sizes[0]
    places = [int(index) for index in at.numbers]
    if not all(-count <= index < count for index in places):
        raise Refusal("a Gather outside a tensor")
    return _made(given, at.sizes, tuple(data.numbers[index] for index in places))


def _slice(given: OnnxArguments) -> Weight:
    data = given.constant(0)
    if data.numbers is None:
        return _made(given, (), None, fixed=True)
    starts, ends = given.listed("starts", 1), given.listed("ends", 2)
    axes = given.axes(given.listed("axes", 3) or tuple(range(len(starts))), len(data.sizes))
    steps = given.wholes(4) if given.has(4) else (1,) * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        raise Refusal("Slice whose bounds do not fit")
    rows = [range(size) for size in data.sizes]
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        # An end before the first element is how a row is read backwards to its start.
        rows[axis] = rows[axis][start : None if step < 0 and end < -len(rows[axis]) else end : step]
    numbers = _picked(data.numbers, rows, _strides(data.sizes))
    return _made(given, [len(row) for row in rows], numbers)


def _shape(given: OnnxArguments) -> Weight:
    sizes = given.constant(0).sizes
    return _made(given, (len(sizes),), sizes)


def _arithmetic(rule: Callable[[float, float], float], given: OnnxArguments) -> Weight:
    """Element by element, a single number with all of another."""
    left, right = given.constant(0), given.constant(1)
    if left.numbers is None or right.numbers is None or not (left.elements and right.elements):
        return _made(given, left.sizes, None, fixed=True)
    if left.elements != right.elements and 1 not in (left.elements, right.elements):
        raise Refusal(_COMPUTED)
    count = max(left.elements, right.elements)
    pairs = zip(
        left.numbers * (count // left.elements), right.numbers * (count // right.elements), strict=True
    )
    sizes = left.sizes if left.elements == count and len(left.sizes) >= len(right.sizes) else right.sizes
    try:
        return _made(given, sizes, tuple(rule(one, other) for one, other in pairs))
    except (ZeroDivisionError, OverflowError, TypeError):
        raise Refusal(_COMPUTED) from None


def _rounded(rule: Callable[[float], float], given: OnnxArguments) -> Weight:
    weight = given.constant(0)
    if weight.numbers is None or not all(map(isfinite, weight.numbers)):
        return _made(given, weight.sizes, None, fixed=True)
    return _made(given, weight.sizes, tuple(float(rule(number)) for number in weight.numbers))


def _clip(given: OnnxArguments) -> Weight:
    """Kept within bounds, of which either may be left out."""
    weight, low, high = given.constant(0), given.weight(1), given.weight(2)
    least = low.number if low else -inf
    most = high.number if high else inf
    if weight.numbers is None or least is None or most is None:
        return _made(given, weight.sizes, None, fixed=True)
    return _made(given, weight.sizes, tuple(min(max(one, least), most) for one in weight.numbers))


def _divided(one: float, other: float) -> float:
    return int(one / other) if isinstance(one, int) and isinstance(other, int) else one / other


def _range(given: OnnxArguments) -> Weight:
    bounds = [given.wholes(at) for at in range(3)]
    if any(len(bound) != 1 for bound in bounds) or not bounds[2][0]:
        raise Refusal(_COMPUTED)
    (start,), (stop,), (step,) = bounds
    numbers = tuple(range(start, stop, step)[: _FEW + 1])
    if len(numbers) > _FEW:
        raise Refusal(_COMPUTED)
    return _made(given, (len(numbers),), numbers)


def _where(given: OnnxArguments) -> Weight:
    test, yes, no = given.constant(0), given.constant(1), given.constant(2)
    if not (test.numbers and yes.numbers and no.numbers):
        return _made(given, yes.sizes, None, fixed=True)
    count = max(test.elements, yes.elements, no.elements)
    rows = [numbers * (count // len(numbers)) for numbers in (test.numbers, yes.numbers, no.numbers)]
    chosen = tuple(one if is_true else other for is_true, one, other in zip(*rows, strict=False))
    return _made(given, (len(chosen),), chosen)


def _reduce_product(given: OnnxArguments) -> Weight:
    return _made(given, (), (prod(given.numbers(0)),))


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "Add": lambda one, other: one + other,
    "Sub": lambda one, other: one - other,
    "Mul": lambda one, other: one * other,
    "Div": _divided,
    "Equal": lambda one, other: int(one == other),
}
CONSTANTS: dict[str, Callable[[OnnxArguments], Weight]] = {
    **{op: partial(_arithmetic, rule) for op, rule in _ARITHMETIC.items()},
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "Identity": _identity,
    "Cast": _same,
    "Reshape": _reshape,
    "Flatten": _reshape,
    "Squeeze": _reshape,
    "Unsqueeze": _reshape,
    "Transpose": _transpose,
    "Concat": _concat,
    "Gather": _gather,
    "Slice": _slice,
    "Shape": _shape,
    "Range": _range,
    "Where": _where,
    "Ceil": partial(_rounded, ceil),
    "Floor": partial(_rounded, floor),
    "Clip": _clip,
    "ReduceProd": _reduce_product,
}
