"""The docstrings of classes and functions, also under `python -OO`, which removes them."""

import inspect
import sys
from typing import Any


def docstring_of(thing: Any) -> str:
    """The docstring of an object, read from its source if need be; empty where that is missing."""
    if sys.flags.optimize < 2:
        return inspect.getdoc(thing) or ""
    import ast

    thing = inspect.unwrap(thing)
    try:
        module = ast.parse(inspect.getsource(sys.modules[thing.__module__]))
    except OSError:
        return ""
    kinds = (ast.ClassDef, ast.FunctionDef)
    named = [one for one in module.body if isinstance(one, kinds) and one.name == thing.__name__]
    return next((ast.get_docstring(one) or "" for one in named), "")
