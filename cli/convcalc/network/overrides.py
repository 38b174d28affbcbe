"""What a command line puts in the place of a specification's own values."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..ops.options import SIZE
from ..ops.shapes import MOST_AXES, Shape
from ..text.numbers import NUMBER_EXPECTED, read_number
from ..text.problems import UsageError
from ..text.wording import quoted


class Overrides(NamedTuple):
    """What replaces a specification's own values."""

    parameters: Mapping[str, str] = MappingProxyType({})
    input_shape: Shape | None = None


def read_input(text: str) -> Shape:
    """`192x28x28` or `[192, 28, 28]` as channels, height, width; raises UsageError."""
    bare = text.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = "x".join(size.strip() for size in bare[1:-1].split(","))
    try:
        # A shape may be copied from a table, where it has the multiplication sign.
        shape = tuple(SIZE.read(size) for size in bare.lower().replace("×", "x").split("x"))
    except ValueError:
        shape = ()
    if not 1 <= len(shape) <= MOST_AXES + 1:
        what = "--input must be CxHxW such as 3x224x224, of one to four sizes"
        raise UsageError(f"{what}, not {quoted(text)}")
    return shape


def check_parameters(parameters: Mapping[str, str]) -> None:
    """Raise UsageError for a parameter's value that is no number."""
    for name, value in parameters.items():
        try:
            read_number(value)
        except ValueError:
            what = f"parameter {name} must be {NUMBER_EXPECTED}, not {quoted(value)}"
            raise UsageError(what) from None
