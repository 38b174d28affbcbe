"""Build operations from texts, with a file's own defaults for their options."""

import re
from typing import Any

from ..ops import OPS
from ..ops.base import Operation
from ..ops.shapes import OperationError
from ..text.wording import quoted, suggestion
from .signature import SIGNATURES, OptionTexts

_SEVERAL = r"[^,=]+(,\w+=[^,=]+)+"  # 2,padding=1


class Builder:
    """Builds operations from texts, with a file's own defaults for their options."""

    def __init__(self, defaults: dict[str, dict[str, str]]) -> None:
        self.defaults = defaults

    def build(self, name: str, values: OptionTexts) -> Operation:
        """The operation of that name; raises OperationError with the option at fault."""
        options = {option: (text, False) for option, text in self.defaults.get(name, {}).items()}
        given = options | _with_stride(values)
        read = {option: read_value(name, option, *one) for option, one in given.items()}
        return OPS[name](**read)


def _with_stride(given: OptionTexts) -> OptionTexts:
    """`3x3/2`, the papers' notation, as a kernel and a stride."""
    text, by_place = given.get("kernel_size", ("", False))
    kernel, slash, stride = text.partition("/")
    if not slash:
        return given
    if "stride" in given:
        raise OperationError(f"stride is given twice, in {quoted(text)} and as an option", "stride")
    return given | {"kernel_size": (kernel, by_place), "stride": (stride, False)}


def read_value(name: str, option: str, text: str, by_place: bool = False) -> Any:
    """The value of an option. An OperationError says what it should have been."""
    kind = SIGNATURES[name].kinds[option]
    assert kind is not None
    try:
        return kind.read(text) if by_place else kind.read_named(text)
    except ValueError:
        hint = _slip_hint(name, option, text, by_place)
        what = f"{option} must be {kind.expects}, not {quoted(text)}{hint}"
        raise OperationError(what, option) from None


def _slip_hint(name: str, option: str, text: str, by_place: bool) -> str:
    """The hint for a word that is no value: what may have been meant."""
    from .foreign_values import in_our_notation  # only needed where something is wrong

    kind = SIGNATURES[name].kinds[option]
    assert kind is not None
    if re.fullmatch(_SEVERAL, text):
        return f"; no comma stands between words: {option}={text.replace(',', ' ')}"
    if ours := in_our_notation(kind, text, by_place):
        comma = "; no comma stands between words" if text.endswith(",") else ""
        return f"; write {ours}{comma}"
    return suggestion(text, SIGNATURES[name].kinds) if by_place and text[:1].isalpha() else ""
