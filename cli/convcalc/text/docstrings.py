"""What a class or function says of itself, also where `python -OO` leaves no docstrings."""

import inspect
import sys
from typing import Any


def docstring_of(thing: Any) -> str:
    """Its docstring, from the source where the interpreter has none; empty where there is no source."""
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
