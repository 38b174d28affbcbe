"""What a command line puts in the place of a specification's own values."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..ops.options import SIZE
from ..ops.shapes import MOST_AXES, Shape
from ..reader.source import INPUT
from ..text.numbers import VALUE_EXPECTED, is_value
from ..text.problems import UsageError
from ..text.wording import listed, quoted, suggestion


class Overrides(NamedTuple):
    """What replaces a specification's own values."""

    parameters: Mapping[str, str] = MappingProxyType({})
    input_shape: Shape | None = None
    input_name: str = "--input"  # what gave it, for messages

    def with_values(self, values: Mapping[str, str]) -> "Overrides":
        """Those that a SPEC has of its own beat the ones for all; raises UsageError."""
        if not values:
            return self
        own = {name: text for name, text in values.items() if name != INPUT}
        check_parameters(own)
        parameters = {**self.parameters, **own}
        if INPUT not in values:
            return self._replace(parameters=parameters)
        return Overrides(parameters, read_input(values[INPUT], INPUT), INPUT)


def read_input(text: str, name: str = "--input") -> Shape:
    """`192x28x28` or `[192, 28, 28]` as channels, height, width.

    Raises UsageError, which says what `name` must be.
    """
    bare = text.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = "x".join(size.strip() for size in bare[1:-1].split(","))
    try:
        # A shape may be copied from a table, where it has the multiplication sign.
        shape = tuple(SIZE.read(size) for size in bare.lower().replace("×", "x").split("x"))
    except ValueError:
        shape = ()
    if not 1 <= len(shape) <= MOST_AXES + 1:
        what = f"{name} must be CxHxW such as 3x224x224, of one to four sizes"
        raise UsageError(f"{what}, not {quoted(text)}")
    return shape


def check_parameters(parameters: Mapping[str, str]) -> None:
    """Raise UsageError for what is no value of a parameter."""
    for name, value in parameters.items():
        if not is_value(value):
            raise UsageError(f"parameter {name} must be {VALUE_EXPECTED}, not {quoted(value)}")


def refuse_unknown(names: Iterable[str], known: Iterable[str], whose: str = "") -> None:
    """Raise UsageError for a parameter that nobody declares, or not the network it is meant for."""
    known = dict.fromkeys(known)
    for name in names:
        if name not in known:
            have = f"there are {listed(known)}" if known else "none is declared"
            what = f"{whose} has no parameter" if whose else "no parameter"
            raise UsageError(f'{what} "{name}"{suggestion(name, known, have)}')
