"""Read one network's specification: everything but its shapes."""

from collections.abc import Collection
from typing import NamedTuple

from ..ops import OPS
from ..ops.shapes import OperationError
from ..reader.nodes import Entry, Mapping, Node, Text, dash_hint, describe
from ..text.numbers import VALUE_EXPECTED, is_value
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted, suggestion
from .bodies import Body, Broken
from .body_reader import BodyParser
from .budget import Rule, read_budget
from .builder import Builder, read_value
from .calls import Calls
from .define import read_blocks
from .document import Entries
from .expect import Expected, read_expect
from .input import InputSizes, read_input_sizes
from .naming_rules import parameter_objection
from .signature import SIGNATURES

MAX_PARAMETERS = 1000


class Specification(NamedTuple):
    """A specification that can be expanded with values for its parameters."""

    name: str | None
    description: str | None
    source: str | None
    input: InputSizes | None  # None where the key is missing
    parameters: dict[str, str]
    calls: Calls
    body: Body
    expect: dict[str, Expected]
    budget: tuple[Rule, ...]


def read_specification(entries: Entries, variants: Collection[str], report: Report) -> Specification:
    """Read a document's keys. `variants` are those of the file."""
    parameters = _read_parameters(entries.get("parameters"), report)
    builder = Builder(_read_defaults(entries.get("defaults"), report))
    calls = read_blocks(entries.get("define"), parameters, builder, report)
    parser = BodyParser(report, calls, parameters)
    expect, budget = entries.get("expect"), entries.get("budget")
    entering = entries.get("input")
    return Specification(
        name=_read_text(entries.get("name"), report),
        description=_read_text(entries.get("description"), report),
        source=_read_text(entries.get("source"), report),
        input=None if entering is None else read_input_sizes(entering, parameters, report),
        parameters=parameters,
        calls=calls,
        body=_read_body(entries, parser),
        expect=read_expect(expect, report) if expect else {},
        budget=read_budget(budget, variants, report) if budget else (),
    )


def _read_text(entry: Entry | None, report: Report) -> str | None:
    if entry is None:
        return None
    if isinstance(entry.value, Text):
        return entry.value.value
    what = f'"{entry.key.value}" must be text, not {describe(entry.value)}'
    report.add(entry.value.mark, what)
    return None


def _read_body(entries: Entries, parser: BodyParser) -> Body:
    layers, branches, merge = (entries.get(key) for key in ("layers", "branches", "merge"))
    if layers is not None:
        if merge is not None:
            parser.report.add(merge.key.mark, '"merge" without "branches", whose ends it joins')
        return parser.body(layers.value)
    if branches is not None:
        return parser.branches_of(branches.key.mark, branches, merge)
    missing = Mark(1, 1)
    parser.report.add(missing, 'no "layers" and no "branches"; one of them is the network')
    return Broken(missing)


def _read_parameters(entry: Entry | None, report: Report) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, key, value in _items(entry, report):
        if len(parameters) == MAX_PARAMETERS:
            report.add(key.mark, f"more than {MAX_PARAMETERS:,} parameters")
            break
        if objection := parameter_objection(name):
            report.add(key.mark, objection)
        text = value.value if isinstance(value, Text) else ""
        if not is_value(text):
            what = f"parameter {quoted(name)} must be {VALUE_EXPECTED}, not {describe(value)}"
            report.add(value.mark, what)
            first = text.partition(" ")[0]
            text = first if is_value(first) else "1"  # so that no other problem follows
        parameters[name] = text
    return parameters


def _items(entry: Entry | None, report: Report) -> list[tuple[str, Text, Node]]:
    """The entries of a mapping; none, and a problem, where it is something else."""
    if entry is None:
        return []
    if isinstance(entry.value, Mapping):
        return [(name, item.key, item.value) for name, item in entry.value.entries.items()]
    what = f'"{entry.key.value}" must be a mapping, not {describe(entry.value)}{dash_hint(entry.value)}'
    report.add(entry.value.mark, what)
    return []


def _read_defaults(entry: Entry | None, report: Report) -> dict[str, dict[str, str]]:
    defaults: dict[str, dict[str, str]] = {}
    for name, key, value in _items(entry, report):
        if name not in OPS:
            from .unknown_layers import defaults_hint  # only needed where something is wrong

            meant = defaults_hint(report, name)
            report.add(key.mark, f"unknown operation {quoted(name)}{meant}")
            continue
        defaults[name] = {}
        for option, option_key, text in _items(Entry(key, value), report):
            if objection := _default_objection(name, option, text):
                report.add((text if _is_optional(name, option) else option_key).mark, objection)
            elif isinstance(text, Text):
                defaults[name][option] = text.value
    return defaults


def _is_optional(name: str, option: str) -> bool:
    signature = SIGNATURES[name]
    return option in signature.kinds and option not in signature.required


def _default_objection(name: str, option: str, value: Node) -> str | None:
    """Why this cannot be the default of an option; None where it can."""
    signature = SIGNATURES[name]
    optional = [known for known in signature.kinds if known not in signature.required]
    if option in signature.required:
        return f"{option} of {name} has no default; each layer gives it"
    if option not in optional:
        known = f"it has {listed(optional)}" if optional else "it has none"
        return f"unknown option {quoted(option)} of {name}{suggestion(option, optional, known)}"
    if not isinstance(value, Text):
        return f"{option} must be one value, not {describe(value)}"
    try:
        read_value(name, option, value.value)
    except OperationError as error:
        return error.message
    return None
