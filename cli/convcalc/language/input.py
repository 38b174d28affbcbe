"""`input`: the shape that enters, which may depend on the file's parameters."""

from collections.abc import Collection
from collections.abc import Mapping as MappingOf
from typing import NamedTuple

from ..ops.options import SIZE
from ..ops.shapes import MOST_AXES, Shape, axis_names
from ..reader.nodes import Entry, Mapping, Node, Sequence, Text, describe
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .template import Template, TemplateError, read_template
from .written_shapes import size_nodes

# The forms of a shape: the names of its sizes, which may be left out in a list.
FORMS = (("features",), *(("channels", *axis_names(count)) for count in range(1, MOST_AXES + 1)))
INPUT_FORMS = "[channels, height, width], 3x224x224 or {channels: , height: , width: }"
_NO_BATCH = "; a batch is no part of the input"  # of one that has a size more than an image


class _Size(NamedTuple):
    name: str
    is_named: bool  # whether the name is written
    template: Template
    text: str
    mark: Mark


InputSizes = tuple[_Size, ...]  # empty where a problem with them has been reported


def read_input_sizes(entry: Entry, parameters: Collection[str], report: Report) -> InputSizes:
    """The sizes as they are written; empty where something is wrong, which is reported."""
    nodes = _nodes(entry.value)
    if nodes is None:
        what = f"input must be {INPUT_FORMS}, of one to {MOST_AXES + 1} sizes"
        report.add(entry.value.mark, f"{what}, not {_given(entry.value)}")
        return ()
    is_named = isinstance(entry.value, Mapping)
    sizes = [_read_size(name, is_named, node, parameters, report) for name, node in nodes.items()]
    known = tuple(size for size in sizes if size is not None)
    return known if len(known) == len(nodes) else ()


def input_shape(sizes: InputSizes, parameters: MappingOf[str, str], report: Report) -> Shape | None:
    """The shape, with the parameters' values; None where a size is none, which is reported."""
    batch = sizes[:1] if len(sizes) > MOST_AXES else ()
    values = [_value(size, parameters, report, _NO_BATCH if size in batch else "") for size in sizes]
    known = tuple(value for value in values if value is not None)
    return known if known and len(known) == len(sizes) else None


def input_mark(sizes: InputSizes) -> Mark:
    """The place of all the sizes, or of the first where they stand on several lines."""
    first, last = sizes[0].mark, sizes[-1].mark
    if first.line != last.line:
        return first
    return Mark(first.line, first.column, last.column + last.length - first.column)


def _nodes(node: Node) -> dict[str, Node] | None:
    """Each size by its name; None where the names are not those of a shape."""
    sizes = size_nodes(node) or []
    for names in FORMS:
        if isinstance(node, Mapping) and set(node.entries) == set(names):
            return {name: node.entries[name].value for name in names}
        if len(sizes) == len(names):
            return dict(zip(names, sizes, strict=True))
    return None


def _given(node: Node) -> str:
    if isinstance(node, Sequence):
        return f"a list of {len(node.items)}"
    if isinstance(node, Mapping):
        return f"a mapping with {listed(node.entries) or 'nothing in it'}"
    return describe(node)


def _read_size(
    name: str, is_named: bool, node: Node, parameters: Collection[str], report: Report
) -> _Size | None:
    if not isinstance(node, Text):
        report.add(node.mark, f"{name} must be {SIZE.expects}, not {describe(node)}")
        return None
    try:
        template = read_template(node.value)
    except TemplateError as error:
        report.add(node.mark, str(error))
        return None
    for word in template.names:
        if word not in parameters:
            known = f"known here: {listed(parameters)}" if parameters else "the file has no parameters"
            what = f'unknown name "${word}"{report.hint(word, parameters, known)}'
            report.add(node.mark, what)
            return None
    return _Size(name, is_named, template, node.value, node.mark)


def _value(size: _Size, parameters: MappingOf[str, str], report: Report, hint: str) -> int | None:
    """The number of a size; None where it is none, which is reported, with the hint."""
    try:
        text = size.template.fill(parameters.__getitem__)
    except TemplateError as error:
        report.add(size.mark, str(error))
        return None
    try:
        value: int = SIZE.read(text)
    except ValueError:
        from .arithmetic_slips import arithmetic_hint  # only needed where something is wrong

        written = f" ({size.text})" if text != size.text else ""
        what = f"{size.name} must be {SIZE.expects}, not {quoted(text)}{written}{hint}"
        what += arithmetic_hint(size.text, parameters)
        report.add(size.mark, what)
        return None
    return value
