"""`input`: the shape that enters, which may depend on the file's parameters."""

from collections.abc import Collection
from collections.abc import Mapping as MappingOf
from typing import NamedTuple

from ..ops.options import SIZE
from ..ops.shapes import Shape
from ..reader.nodes import Entry, Mapping, Node, Sequence, Text, describe
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .template import Template, TemplateError, read_template

AXES = ("channels", "height", "width")


class _Size(NamedTuple):
    template: Template
    text: str
    mark: Mark


InputSizes = tuple[_Size, ...]  # empty where a problem with them has been reported


def read_input_sizes(entry: Entry, parameters: Collection[str], report: Report) -> InputSizes:
    """The three sizes as they are written; none where they are not, which is reported."""
    nodes = _axis_nodes(entry.value)
    if nodes is None:
        what = "input must be [channels, height, width] or {channels: , height: , width: }"
        report.add(entry.value.mark, f"{what}, not {_given(entry.value)}")
        return ()
    sizes = [_read_size(axis, node, parameters, report) for axis, node in zip(AXES, nodes, strict=True)]
    known = tuple(size for size in sizes if size is not None)
    return known if len(known) == len(AXES) else ()


def input_shape(sizes: InputSizes, parameters: MappingOf[str, str], report: Report) -> Shape | None:
    """The sizes with the parameters' values put in; None where one is no size, which is reported."""
    values = [_value(axis, size, parameters, report) for axis, size in zip(AXES, sizes, strict=False)]
    known = tuple(value for value in values if value is not None)
    return known if len(known) == len(AXES) else None


def _axis_nodes(node: Node) -> list[Node] | None:
    if isinstance(node, Mapping) and set(node.entries) == set(AXES):
        return [node.entries[axis].value for axis in AXES]
    if isinstance(node, Sequence) and len(node.items) == len(AXES):
        return node.items
    return None


def _given(node: Node) -> str:
    if isinstance(node, Sequence):
        return f"a list of {len(node.items)}"
    if isinstance(node, Mapping):
        return f"a mapping with {listed(node.entries) or 'nothing in it'}"
    return describe(node)


def _read_size(axis: str, node: Node, parameters: Collection[str], report: Report) -> _Size | None:
    if not isinstance(node, Text):
        report.add(node.mark, f"{axis} must be {SIZE.expects}, not {describe(node)}")
        return None
    try:
        template = read_template(node.value)
    except TemplateError as error:
        report.add(node.mark, str(error))
        return None
    for name in template.names:
        if name not in parameters:
            known = f"known here: {listed(parameters)}" if parameters else "the file has no parameters"
            what = f'unknown name "${name}"{report.hint(name, parameters, known)}'
            report.add(node.mark, what)
            return None
    return _Size(template, node.value, node.mark)


def _value(axis: str, size: _Size, parameters: MappingOf[str, str], report: Report) -> int | None:
    try:
        text = size.template.fill(parameters.__getitem__)
    except TemplateError as error:
        report.add(size.mark, str(error))
        return None
    try:
        value: int = SIZE.read(text)
    except ValueError:
        written = f" ({size.text})" if text != size.text else ""
        what = f"{axis} must be {SIZE.expects}, not {quoted(text)}{written}"
        report.add(size.mark, what)
        return None
    return value
