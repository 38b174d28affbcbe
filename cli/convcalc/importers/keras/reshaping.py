"""What each Keras layer amounts to: views, cuts, joins, arithmetic and changes of size."""

from __future__ import annotations

from math import prod

from ..reading import elementwise
from ..reading.slice_pad_resize import cut, pad, resize
from ..reading.tensor_views import View, reshape
from ..reading.trace import Refusal, Trace
from .arguments import KerasArguments, KerasHandler


def _same(trace: Trace, given: KerasArguments) -> View:
    return elementwise.activation(trace, "identity", given.view)


def _layer_scale(trace: Trace, given: KerasArguments) -> View:
    """A factor per channel, of the ConvNeXt that Keras has with it."""
    weight = given.weight("gamma", given.whole("projection_dim"))
    return elementwise.times(trace, given.view, weight, is_alone=False)


def _zero_padding(trace: Trace, given: KerasArguments) -> View:
    before, after = given.sides("padding")
    view = given.ours(given.view)
    return given.theirs(pad(trace, view, (0, 0, *before), (0, 0, *after)))


def _cropping(trace: Trace, given: KerasArguments) -> View:
    before, after = given.sides("cropping")
    view = given.ours(given.view)
    for at, (front, back) in enumerate(zip(before, after, strict=True), start=2):
        view = cut(trace, view, at, front, view.sizes[at] - back)
    return given.theirs(view)


def _upsampling(trace: Trace, given: KerasArguments) -> View:
    view, scale = given.ours(given.view), given.steps("size", 2)
    axes = tuple(size * by for size, by in zip(view.sizes[2:], scale, strict=True))
    return _resized(trace, given, view, axes)


def _resizing(trace: Trace, given: KerasArguments) -> View:
    return _resized(trace, given, given.ours(given.view), (given.whole("height"), given.whole("width")))


def _resized(trace: Trace, given: KerasArguments, view: View, axes: tuple[int, ...]) -> View:
    default = "bilinear" if given.layer.kind == "Resizing" else "nearest"
    mode = given.text("interpolation", default)
    if mode not in ("nearest", "bilinear") or len(axes) != given.axes:
        raise Refusal(f'{given.layer.kind} with interpolation "{mode}"')
    return given.theirs(resize(trace, view, axes, mode, False))


def _flatten(trace: Trace, given: KerasArguments) -> View:
    return _shaped(given.view, (prod(given.view.sizes[1:]),))


def _reshape(trace: Trace, given: KerasArguments) -> View:
    target, whole = given.value("target_shape"), prod(given.view.sizes[1:])
    if not isinstance(target, list) or not all(type(size) is int and size >= -1 for size in target):
        raise Refusal("a Reshape to sizes that are none")
    rest = prod(size for size in target if size != -1)
    return _shaped(given.view, tuple(whole // max(rest, 1) if size == -1 else size for size in target))


def _shaped(view: View, sizes: tuple[int, ...]) -> View:
    dims = reshape(view.dims, (view.sizes[0], *sizes))
    if dims is None:
        raise Refusal("a Reshape across channels and maps")
    return view._replace(dims=dims)


def _permute(trace: Trace, given: KerasArguments) -> View:
    order = given.value("dims")
    if not isinstance(order, list) or sorted(order) != list(range(1, len(given.view.dims))):
        raise Refusal("a permutation that is none")
    return given.view._replace(dims=(given.view.dims[0], *(given.view.dims[at] for at in order)))


def _add(trace: Trace, given: KerasArguments) -> View:
    if given.numbers:
        return elementwise.affine(given.view, 1.0, given.numbers[0])
    return elementwise.add(trace, *given.views)


def _scaled_sum(trace: Trace, given: KerasArguments) -> View:
    """What Inception-ResNet's blocks end in; of that name, Keras's own layer alone is known."""
    if not given.layer.module.startswith("keras.") or len(given.views) != 2:
        raise Refusal("CustomScaleLayer layer", "the class is code of your own, which is never run")
    scaled = elementwise.affine(given.views[1], given.number("scale", 1), 0.0)
    return elementwise.add(trace, given.views[0], scaled)


def _multiply(trace: Trace, given: KerasArguments) -> View:
    if given.numbers:
        return elementwise.affine(given.view, given.numbers[0], 0.0)
    view = given.views[0]
    for other in given.views[1:]:
        view = given.theirs(elementwise.mul(trace, given.ours(view), given.ours(other)))
    return view


def _concatenate(trace: Trace, given: KerasArguments) -> View:
    axis, rank = given.value("axis", -1), len(given.view.sizes)
    if type(axis) is not int or not -rank <= axis < rank:
        raise Refusal("a Concatenate along an axis that the tensors do not have")
    return elementwise.concat(trace, given.views, axis % rank)


def _rescaling(trace: Trace, given: KerasArguments) -> View:
    scale, offset = given.value("scale", 1), given.value("offset", 0)
    if not isinstance(scale, (int, float)) or not isinstance(offset, (int, float)):
        trace.builder.note("the model rescales its input by a constant for each channel; left out")
        return given.view
    return elementwise.affine(given.view, scale, offset)


def _normalization(trace: Trace, given: KerasArguments) -> View:
    trace.builder.note("the model normalises its input by fixed constants; left out, they cost nothing")
    return given.view


# What does nothing outside of training.
_SAME = ("GaussianNoise", "GaussianDropout", "ActivityRegularization", "StochasticDepth", "Identity")
KERAS_MOVES: dict[str, KerasHandler] = {
    **dict.fromkeys(_SAME, _same),
    **{f"ZeroPadding{n}D": _zero_padding for n in (1, 2, 3)},
    **{f"Cropping{n}D": _cropping for n in (1, 2, 3)},
    **{f"UpSampling{n}D": _upsampling for n in (1, 2, 3)},
    "Resizing": _resizing,
    "LayerScale": _layer_scale,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "Add": _add,
    "CustomScaleLayer": _scaled_sum,
    "Multiply": _multiply,
    "Concatenate": _concatenate,
    "Rescaling": _rescaling,
    "Normalization": _normalization,
}
