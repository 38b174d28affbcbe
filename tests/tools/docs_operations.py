"""Every operation with its options, formula and example, as docs/operations.md shows them."""

from __future__ import annotations

import sys

from docs_shell import Shell

import convcalc
from convcalc.language.foreign_operations import FOREIGN_OPERATIONS
from convcalc.language.signature import SIGNATURES
from convcalc.ops import MERGES, OPS, Operation
from convcalc.ops.shapes import shape_text
from convcalc.text.docstrings import docstring_of

INPUT = [64, 28, 28]  # what the examples are given


def operations(sh: Shell) -> str:
    """A table of contents by the rooms of the code, then a section for each operation."""
    contents, sections = ["| kind | operations |", "|:--|:--|"], []
    for room, names in by_room().items():
        links = " · ".join(f"[{name}](#{name})" for name in names)
        contents.append(f"| {room} | {links} |")
        sections.append(f"## {room.capitalize()}\n\n{said_of_room(names)}\n")
        sections += [section(OPS[name]) for name in names]
    return "\n".join(["", *contents, "", *sections])


def by_room() -> dict[str, list[str]]:
    rooms: dict[str, list[str]] = {}
    for name, operation in OPS.items():
        room = operation.__module__.rpartition(".")[2]
        rooms.setdefault(room.replace("ization", "isation"), []).append(name)
    return rooms


def said_of_room(names: list[str]) -> str:
    """What the file says of itself in which these operations stand."""
    said = sys.modules[OPS[names[0]].__module__].__doc__
    return (said or "").partition("\n\n")[0].replace("\n", " ")


def section(operation: type[Operation]) -> str:
    """What it does, its options, its formula, an example with its shapes, and its other names."""
    name = operation.name
    said = " ".join(docstring_of(operation).split())
    lines = [f"### {name}", "", f"{usage(operation)}: {said}.", ""]
    if operation.options:
        lines += ["| option | default | value |", "|:--|:--|:--|"]
        for option, one in operation.options.items():
            default = one.default_text or "required"
            lines.append(f"| `{option}` | {default} | {one.kind.expects} |")
        lines.append("")
    lines += [f"* {part.strip()}" for part in operation.formula.split(";")]
    if name not in MERGES:
        lines.append(f"* Example: {example(operation.example)}")
    if called := FOREIGN_OPERATIONS.get(name):
        lines.append(f"* Elsewhere: {', '.join(f'`{word}`' for word in called.split())}")
    return "\n".join([*lines, ""])


def usage(operation: type[Operation]) -> str:
    if operation.name in MERGES:
        return f"`merge: {operation.name}` of branches"
    return f"`{SIGNATURES[operation.name].usage}`"


def example(line: str) -> str:
    """An example with what comes out of it and what it costs."""
    (layer,) = convcalc.loads(f"{{input: {INPUT}, layers: '{line}'}}").layers
    shapes = f"{shape_text(layer.inputs[0])} → {shape_text(layer.output)}"
    return f"`{line}`, {shapes}, {layer.params:,} params, {layer.macs:,} multiply-adds"
