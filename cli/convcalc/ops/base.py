"""What an operation states about itself; everything else is derived from it."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from .options import Option, Sizes, show_sizes
from .shapes import OperationError, Shape, shape_text

if TYPE_CHECKING:
    from .window import Window

Dims = dict[str, int]  # named sizes, in the order in which a paper writes them
Countables = dict[str, int]  # `family` or `family: what exactly`, and how many there are

# What each tensor of an operation counts as; every tensor has an entry here.
TENSOR_KINDS = {
    "weight": "weights",
    "bias": "biases",
    "gamma": "norm",
    "beta": "norm",
    "slope": "norm",
    "running_mean": "buffers",
    "running_var": "buffers",
}


class Operation:
    """An operation. Its options stand in the class, and its docstring is its documentation.

    The answers given here are those of an operation that changes nothing, has no tensors and
    multiplies nothing; a class states what differs. Each method gets the shapes of all inputs: `x`
    is the only one, `*inputs` are any number.

    Operations are no dataclasses, because generating the code of so many would take most of the
    time that importing them takes.
    """

    # The options, their hash, which is asked for often, and this operation on some number of axes.
    __slots__ = ("__dict__", "_hash", "_on_axes")

    name: ClassVar[str]
    formula: ClassVar[str] = "output = input; no params, no multiply-adds"
    example: ClassVar[str]  # how it is written; the name alone unless a class states it
    shares_input: ClassVar[bool] = False  # its output is a view of its input and takes no memory
    merges: ClassVar[bool] = False  # it brings any number of inputs together
    spreads: ClassVar[bool] = False  # an input that is smaller than its output
    options: ClassVar[dict[str, Option]] = {}
    per_axis: ClassVar[tuple[str, ...]] = ()  # the options that may have a number for each axis
    arguments: ClassVar[tuple[str, ...]] = ()  # the options that shorthand takes by position
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Option)}
        cls.options = cls.options | own
        cls.per_axis = tuple(name for name, one in cls.options.items() if one.kind.per_axis)
        cls._defaults = {name: one.default for name, one in cls.options.items()}
        if "name" in vars(cls) and "example" not in vars(cls):
            cls.example = cls.name

    def __init__(self, **values: Any) -> None:
        """Raises OperationError where the values of the options do not go together."""
        vars(self).update(self._defaults | values)
        for name, value in vars(self).items():
            if name not in self.options:
                raise TypeError(f"{self.name} has no option {name}")
            if value is None:
                raise TypeError(f"{self.name} needs the option {name}")
        self.check()

    def check(self) -> None:
        """Raise OperationError where the values of the options do not go together."""

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} of {self.name} cannot be set any more")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        kept: int | None = getattr(self, "_hash", None)
        if kept is None:
            kept = hash((self.name, *vars(self).values()))
            object.__setattr__(self, "_hash", kept)
        return kept

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({options})"

    def on(self, x: Shape) -> Operation:
        """This operation for an input `x`: one number that stands for all axes becomes one for each.

        Raises OperationError where there are numbers for more or fewer axes than `x` has. A vector is
        let through: operations that refuse one say so themselves.
        """
        count = len(x) - 1
        if not self.per_axis or not count:
            return self
        known: tuple[int, Operation] | None = getattr(self, "_on_axes", None)
        if known and known[0] == count:  # which spares a sweep a twelfth
            return known[1]
        each: dict[str, Sizes] = {}
        for name in self.per_axis:
            value = vars(self)[name]
            if isinstance(value, int):
                each[name] = (value,) * count
            elif isinstance(value, tuple) and len(value) != count:
                raise OperationError(_count_fault(name, value, vars(self), x), name, axes=len(value))
        return self._with(each, count) if each else self

    def _with(self, values: dict[str, Sizes], count: int) -> Operation:
        """This operation with values that say the same for so many axes; they need no check."""
        found = object.__new__(type(self))
        vars(found).update(vars(self), **values)
        object.__setattr__(self, "_on_axes", (count, found))
        return found

    def sized(self, like: Shape) -> Operation:
        """This operation with the size of a map of shape `like`, where it takes its size from one."""
        return self

    @property
    def pools_all(self) -> bool:
        """Whether each channel becomes one value, computed from the whole channel."""
        return False

    def output_shape(self, x: Shape) -> Shape:
        """The shape that comes out for an input of shape `x`.

        Raises OperationError where the operation cannot take `x`.
        """
        return x

    def weight_shapes(self, x: Shape) -> dict[str, Dims]:
        """Each tensor of the operation, by name, with its named sizes."""
        return {}

    def positions(self, y: Shape, x: Shape) -> Dims | None:
        """The positions at which every weight is multiplied once; None if none is multiplied.

        `y` is the output's shape, here and below. The multiply-adds are the weights, without biases,
        times the product of these sizes.
        """
        return None

    def countables(self, y: Shape, x: Shape) -> Countables:
        """What other counters can count here; nothing where values are only passed on.

        Several entries may measure the same work, because counters measure it in different ways. An
        operation that states nothing has its outputs in a family of its own: whether a counter
        counts them is unknown until the counter's row says so.
        """
        return {self.name: prod(y)}

    def windows(self, x: Shape) -> tuple[Window, ...] | None:
        """The windows that slide along each axis: () where a position sees only itself.

        None where a position of the output does not see one window of the input.
        """
        return ()

    def elements(self, y: Shape, *inputs: Shape) -> int:
        """The elements of the inputs, with their padding, and of the output."""
        sides = [window.size + sum(window.pads) for window in self.windows(*inputs) or ()]
        entering = inputs[0][0] * prod(sides) if sides else sum(map(prod, inputs))
        return entering + prod(y)


def check_groups(groups: int, channels: int, which: str) -> None:
    """Raise OperationError where the channels cannot be split into equal groups."""
    if channels % groups:
        raise OperationError(f"groups={groups} does not divide {channels} {which}", "groups")


def feature_map(operation: Operation, x: Shape) -> Shape:
    """`x` itself if it has axes behind its channels; OperationError if it is a vector."""
    if len(x) > 1:
        return x
    raise OperationError(
        f"{operation.name} needs a feature map (such as channels × height × width), "
        f"but its input is a vector of {x[0]} features",
        axes=2,
    )


def _count_fault(name: str, sizes: Sizes, values: dict[str, Any], x: Shape) -> str:
    """The message where an option has numbers for more or fewer axes than `x` has."""
    count = len(x) - 1
    right = (*sizes, *sizes[-1:] * count)[:count]
    stride = values.get("stride", 1) if name == "kernel_size" else 1
    behind = f"/{show_sizes(stride)}" if isinstance(stride, int) and stride != 1 else ""
    out = values.get("out_channels", sizes[0])
    is_swapped = name == "kernel_size" and out < sizes[0]
    other = f", or {show_sizes((out,) * count)} {sizes[0]} for {sizes[0]} channels" if is_swapped else ""
    return (
        f'"{show_sizes(sizes)}{behind}" has {_numbers(len(sizes))}, the input {shape_text(x)} '
        f"{_WORDS[count]} {'axis' if count == 1 else 'axes'}; write {show_sizes(right)}{behind}{other}"
    )


_WORDS = ("no", "one", "two", "three")


def _numbers(count: int) -> str:
    return f"{_WORDS[count]} number{'' if count == 1 else 's'}"
