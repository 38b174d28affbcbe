"""Compare what NumPy measured with what was computed, layer by layer."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ..network.layer import Layer
from ..network.model import Network
from ..ops.cost import Cost
from ..text.problems import UsageError

if TYPE_CHECKING:
    from ..execute import Measured

_FLOAT = 4  # bytes
_BUFFERS = 64 * 1024**2  # bytes for windows, and for NumPy itself


class Check(NamedTuple):
    """A layer, and what running it showed; None where it could not be run."""

    layer: Layer
    measured: "Measured | None"

    @property
    def tensors_agree(self) -> bool:
        """Whether each tensor was asked for in the shape that was computed."""
        return self.measured is not None and dict(self.measured.tensors) == _tensor_shapes(self.layer)

    @property
    def agrees(self) -> bool:
        found, layer = self.measured, self.layer
        return (
            found is not None
            and self.tensors_agree
            and (found.output, found.params, found.macs) == (layer.output, layer.params, layer.macs)
        )


class Verification(NamedTuple):
    """A network that was run. `fault` says why a layer could not be.

    Side heads are run too; `aux` tells whether they are in the total.
    """

    network: Network
    seed: int
    checks: tuple[Check, ...]
    fault: str | None
    aux: bool

    @property
    def total(self) -> Cost:
        return self.network.total_with_aux if self.aux else self.network.total

    @property
    def agrees(self) -> bool:
        return all(check.agrees for check in self.checks)


def _tensor_shapes(layer: Layer) -> Mapping[str, tuple[int, ...]]:
    shapes = layer.operation.weight_shapes(*layer.inputs)
    return {name: tuple(dims.values()) for name, dims in shapes.items()}


def verify(network: Network, seed: int = 0, aux: bool = False) -> Iterator[Check | Verification]:
    """Run a network: a check for each layer as it is done, and at last all of them.

    Raises UsageError where NumPy is missing.
    """
    try:
        from ..execute import measure
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        raise UsageError('verify needs NumPy; pip install "convcalc[numpy]"') from None
    checks: list[Check] = []
    fault = None
    try:
        for layer, measured in measure(network, seed):
            checks.append(Check(layer, measured))
            yield checks[-1]
    except MemoryError:
        what = f"running {network.title} takes more memory than there is; a smaller --input helps"
        raise UsageError(what) from None
    except ValueError as error:
        fault = str(error)
        done = {check.layer.path for check in checks}
        checks += [Check(layer, None) for layer in network.layers if layer.path not in done]
    yield Verification(network, seed, tuple(checks), fault, aux)


def memory_needed(network: Network) -> int:
    """An upper estimate of the bytes that running a network takes."""
    layers = network.layers
    tensors = max((layer.params for layer in layers), default=0)
    elements = (layer.operation.elements(layer.output, *layer.inputs) for layer in layers)
    largest = max(elements, default=0)
    # A layer's tensors and inputs exist twice while its multiply-adds are counted on ones.
    return _FLOAT * (network.peak_activations(aux=True) + 2 * tensors + 3 * largest) + _BUFFERS


def require_memory(network: Network, limit: int) -> None:
    """Raise UsageError where running a network would take more than `limit` bytes."""
    needed = memory_needed(network)
    if needed > limit:
        raise UsageError(
            f"running {network.title} takes about {_megabytes(needed)}, more than the "
            f"{_megabytes(limit)} allowed; a smaller --input or a larger --max-memory helps"
        )


def _megabytes(count: int) -> str:
    return f"{-(-count // 10**6):,} MB"
