"""Values that a command line or a program gives instead of a specification's own."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..ops.options import SIZE
from ..ops.shapes import MOST_AXES, Shape
from ..reader.spec import INPUT
from ..text.numbers import VALUE_EXPECTED, is_value, number_text, read_number
from ..text.problems import UsageError
from ..text.wording import listed, quoted, suggestion


class Overrides(NamedTuple):
    """The values that replace a specification's own."""

    parameters: Mapping[str, str] = MappingProxyType({})
    input_shape: Shape | None = None
    input_name: str = "--input"  # the word for it in messages

    @property
    def texts(self) -> dict[str, str]:
        """Every value as a network is called by it: each number in its shortest notation."""
        texts = {name: plain_value(text) for name, text in self.parameters.items()}
        if self.input_shape is not None:
            texts[INPUT] = "x".join(map(str, self.input_shape))
        return texts

    def with_values(self, values: Mapping[str, str]) -> "Overrides":
        """These values, beaten by those behind the `@` of a SPEC; raises UsageError."""
        if not values:
            return self
        own = {name: text for name, text in values.items() if name != INPUT}
        check_parameters(own)
        parameters = {**self.parameters, **own}
        if INPUT not in values:
            return self._replace(parameters=parameters)
        return Overrides(parameters, read_input(values[INPUT], INPUT), INPUT)


def plain_value(text: str) -> str:
    """A number in its shortest notation; a word as it is."""
    try:
        return number_text(read_number(text))
    except ValueError:
        return text


def read_input(text: str, name: str = "--input") -> Shape:
    """`192x28x28` or `[192, 28, 28]` as channels, height, width.

    Raises UsageError, which says what `name` must be.
    """
    bare = text.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = "x".join(size.strip() for size in bare[1:-1].split(","))
    try:
        # Shapes in tables have the multiplication sign, and may be copied from there.
        shape = tuple(SIZE.read(size) for size in bare.lower().replace("×", "x").split("x"))
    except ValueError:
        shape = ()
    if not 1 <= len(shape) <= MOST_AXES + 1:
        what = f"{name} must be CxHxW such as 3x224x224, of one to four sizes"
        raise UsageError(f"{what}, not {quoted(text)}{_input_hint(text)}")
    return shape


def _input_hint(text: str) -> str:
    """What to write for sizes with other signs between them: `3,224,224`, `(3, 224, 224)`."""
    sizes = re.split(r"[\s,*;:/x×]+", text.strip("()[]{} "))
    if not 2 <= len(sizes) <= MOST_AXES + 1 or not all(
        size.isascii() and size.isdigit() for size in sizes
    ):
        return ""
    return f"; write {'x'.join(sizes)}"


def check_parameters(parameters: Mapping[str, str]) -> None:
    """Raise UsageError for what is no value of a parameter."""
    for name, value in parameters.items():
        if not is_value(value):
            raise UsageError(f"parameter {name} must be {VALUE_EXPECTED}, not {quoted(value)}")


def refuse_unknown(names: Iterable[str], known: Iterable[str], whose: str = "") -> None:
    """Raise UsageError for a parameter that no network declares, or not the one it is meant for."""
    known = dict.fromkeys(known)
    for name in names:
        if name not in known:
            have = f"there are {listed(known)}" if known else "none is declared"
            what = f"{whose} has no parameter" if whose else "no parameter"
            raise UsageError(f'{what} "{name}"{suggestion(name, known, have)}')
