"""The modules of a PyTorch model that a call stands in."""

import re

from ..graph import Module

_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")
_AGAIN = re.compile(r"@[0-9]+$")  # a module's second call


def read_modules(stack: str) -> tuple[tuple[Module, ...], str]:
    """The modules around a call, from `key,path,class;...`, and the name of its layer.

    A module's own name is what its path adds to the one before.
    """
    scope: list[Module] = []
    before = kind = ""
    for entry in stack.split(";"):
        _, _, rest = entry.partition(",")
        path, _, kind = rest.rpartition(",")
        path = _AGAIN.sub("", path)
        own = path[len(before) + 1 :] if before and path.startswith(before + ".") else path
        if own:
            scope.append(Module(own, kind.rpartition(".")[2]))
        before = path or before
    if scope and kind.startswith("torch.nn.") and scope[-1].kind not in _CONTAINERS:
        own = scope.pop().name
        return tuple(scope), "" if own.isdigit() else own  # a Sequential's numbers are no names
    return tuple(scope), ""
