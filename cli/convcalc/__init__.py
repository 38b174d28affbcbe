"""convcalc: what a convolutional network costs, from its YAML description.

>>> import convcalc
>>> net = convcalc.load("inception3a", "reduced")
>>> net.total.params, net.output_shape
(163328, (256, 28, 28))
"""

from __future__ import annotations

__version__ = "0.2.0"
__all__ = ["ConvcalcError", "Network", "SpecError", "UsageError", "load", "loads"]

TYPE_CHECKING = False  # as typing has it, without importing that for --version
if TYPE_CHECKING:
    from typing import Any

    from .library import load, loads
    from .network.model import Network
    from .text.problems import ConvcalcError, SpecError, UsageError


def __dir__() -> list[str]:
    """The public names, also before the first of them is used."""
    return sorted([*__all__, *(name for name in globals() if name.startswith("__"))])


def __getattr__(name: str) -> Any:
    """Import the library on first use: a command line that only asks for help needs none of it."""
    if name in __all__:
        from . import library
        from .text import problems as errors

        return getattr(library, name, None) or getattr(errors, name)
    raise AttributeError(f"module 'convcalc' has no attribute {name!r}")
