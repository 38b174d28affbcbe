"""Texts, lists and mappings as YAML: what fits on a line stands on one."""

from __future__ import annotations

import re
from typing import Any

WIDTH = 100
_CLEAR = 60  # up to which branches may stand on one line

_UNSAFE = re.compile(r"""[,\[\]{}]|:(?:\s|$)|\s\#|^[\s\-?:"'#&*!|>%@`]|\s$|[\x00-\x1f]""")


class Unit(list[Any]):
    """Things in a list that stay on a line where the list needs several, but are no list within it."""


def scalar(text: str) -> str:
    """The text, in quotes where YAML would read something else."""
    return quoted(text) if not text or _UNSAFE.search(text) else text


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def flow(value: Any) -> str:
    """The value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_spliced, value)) + "]"
    return scalar(value)


def _spliced(value: Any) -> str:
    return flow(value)[1:-1] if isinstance(value, Unit) else flow(value)


def entries(mapping: dict[str, Any], indent: int) -> list[str]:
    """The lines of a mapping."""
    lines: list[str] = []
    for key, value in mapping.items():
        lines += entry(key if "(" in key else scalar(key), value, indent)
    return lines


def entry(key: str, value: Any, indent: int) -> list[str]:
    """The lines of one key and its value."""
    line = f"{' ' * indent}{key}: {flow(value)}"
    is_clear = key != "branches" or len(line) <= _CLEAR
    if isinstance(value, str) or (is_clear and _fits(value, len(line))):
        return [line]
    return [f"{' ' * indent}{key}:", *block(value, indent + 2)]


def block(value: Any, indent: int) -> list[str]:
    """The lines of a list or mapping that does not fit on one."""
    if isinstance(value, dict):
        return entries(value, indent)
    if isinstance(value, str):
        return [" " * indent + scalar(value)]
    lines: list[str] = []
    for one in value:
        # A list within a list means nothing, so that one too long for a line is no list of its own.
        is_long = isinstance(one, list) and not _fits(one, indent + 2 + len(flow(one)))
        lines += block(one, indent) if is_long else item(one, indent)
    return lines


def item(value: Any, indent: int) -> list[str]:
    """The lines of one item of a list."""
    if isinstance(value, dict) and len(value) == 1:
        first, *rest = entries(value, indent + 2)
        return [f"{' ' * indent}- {first.lstrip()}", *rest]
    line = f"{' ' * indent}- {flow(value)}"
    if isinstance(value, str) or _fits(value, len(line)):
        return [line]
    first, *rest = block(value, indent + 2)
    return [f"{' ' * indent}- {first.lstrip()}", *rest]


def _fits(value: Any, width: int) -> bool:
    return width <= (_CLEAR if _has_branches(value) else WIDTH)


def _has_branches(value: Any) -> bool:
    """Whether several branches with something in them stand in it."""
    if isinstance(value, dict):
        return "branches" in value or any(map(_has_branches, value.values()))
    return isinstance(value, list) and any(map(_has_branches, value))
