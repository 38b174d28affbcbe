"""The names of a network's totals in machine output, and which of them are bytes."""

from __future__ import annotations

from ..text.problems import UsageError
from ..text.wording import listed, quoted
from .cost import COUNTS

PEAK = "peak_activations"
BYTES_OF = {"weight_bytes": "params", "peak_activation_bytes": PEAK}  # of all parameters
TOTALS = (*COUNTS, PEAK, *BYTES_OF)

BYTES = {"float32": 4, "float16": 2, "int8": 1}  # an element
DEFAULT_DTYPE = "float32"


def element_bytes(dtype: str) -> int:
    """The bytes of an element of that type; raises UsageError for one that is not known."""
    if dtype not in BYTES:
        raise UsageError(f"dtype must be one of {listed(BYTES)}, not {quoted(dtype)}")
    return BYTES[dtype]
