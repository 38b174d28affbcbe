"""A network's totals, by the names that machine output has for them."""

from __future__ import annotations

from ..ops.cost import COUNTS, Cost
from .memory import BYTES, peak_activations
from .model import Network

TOTALS = (*COUNTS, "peak_activations", "weight_bytes", "peak_activation_bytes")
DEFAULT_DTYPE = "float32"


def counts_of(cost: Cost) -> dict[str, int]:
    """Every count of a cost by its name."""
    return {count: getattr(cost, count) for count in COUNTS}


def total_of(network: Network, name: str, aux: bool, dtype: str) -> int:
    """One total; the peak of memory, which takes longest to find, only where it is asked for."""
    if name in COUNTS:
        count: int = getattr(network.total_with_aux if aux else network.total, name)
        return count
    return totals_of(network, aux, dtype)[name]


def totals_of(network: Network, aux: bool = False, dtype: str = DEFAULT_DTYPE) -> dict[str, int]:
    """Counts, the peak of memory, and both in bytes of that type; side heads only with `aux`.

    `weight_bytes` are those of all parameters.
    """
    cost = network.total_with_aux if aux else network.total
    peak = peak_activations(network, aux)
    return {
        **counts_of(cost),
        "peak_activations": peak,
        "weight_bytes": cost.params * BYTES[dtype],
        "peak_activation_bytes": peak * BYTES[dtype],
    }
