"""From a source to its networks: read, overlay, expand; every problem of a file at once."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ..language.budget import read_budget
from ..language.document import Entries, TopLevel, overlay, read_document
from ..language.input import input_mark, input_shape
from ..language.specification import Specification, read_specification
from ..ops.shapes import Shape, shape_text
from ..reader.decode import decode
from ..reader.nodes import Mapping as MappingNode
from ..reader.nodes import Node
from ..reader.source import Source
from ..reader.spec import INPUT, spec_text
from ..reader.yaml_tree import read
from ..text.problems import TOP, Mark, Report, UsageError, place_text
from ..text.wording import listed, suggestion
from .expand import expand
from .input_fault import InputFault
from .layer import without_line
from .limits import Steps
from .model import Network
from .overrides import Overrides, plain_value


class Plan(NamedTuple):
    """A specification that has been read once and can be expanded with any values."""

    source: Source
    variant: str | None
    specification: Specification
    report: Report  # of the whole source
    mark: Mark  # where it begins
    caveats: tuple[str, ...] = ()  # where a model file's own counts are others

    @property
    def name(self) -> str:
        return self.specification.name or self.source.stem

    @property
    def title(self) -> str:
        """`name#variant`"""
        return spec_text(self.name, self.variant, {})

    def network(self, overrides: Overrides) -> Network:
        """The network with these values; raises SpecError with every problem."""
        report = self.report.extended()
        network = self.try_network(overrides, report, Steps())
        report.raise_any()
        assert network is not None  # or something is wrong
        return network

    def try_network(self, overrides: Overrides, report: Report, steps: Steps) -> Network | None:
        """The network; None where it has problems, which are reported."""
        specification, source = self.specification, self.source
        parameters = self.parameters(overrides)
        shape = overrides.input_shape or self._own_shape(parameters, report)
        layout, end, top_names, input_fault = expand(specification, parameters, shape, report, steps)
        if input_fault:
            self._tell_of_input(input_fault, overrides, report)
        if end is None or shape is None:
            return None
        return Network(
            name=self.name,
            variant=self.variant,
            file=source.given,
            label=source.label,
            mark=self.mark if source.model is None else None,
            source=specification.source,
            description=specification.description,
            parameters=MappingProxyType(parameters),
            changes=MappingProxyType(self.changes(overrides)),
            input_shape=shape,
            output_shape=None if layout.outputs else end.shape,
            outputs=tuple(layout.outputs),
            ends=tuple(output.layer for output in layout.outputs) or (end.layer,),
            items=tuple(layout.items if source.model is None else map(without_line, layout.items)),
            top_names=top_names,
            expect=MappingProxyType(specification.expect),
            budget=specification.budget,
            model=source.model,
            caveats=self.caveats,
        )

    def _tell_of_input(self, fault: InputFault, overrides: Overrides, report: Report) -> None:
        """Say what is wrong with the input, in the file, or of the option that gave it."""
        place, own = place_text(self.source.label, fault.mark), self.specification.input
        if overrides.input_shape is None and own:
            what = f"the input {shape_text(fault.entering)}"
            report.add(input_mark(own), fault.message(what, place, as_list=True))
        elif not report:
            what = f"{overrides.input_name} {'x'.join(map(str, fault.entering))}"
            raise UsageError(fault.message(what, place, as_list=False))

    def parameters(self, overrides: Overrides) -> dict[str, str]:
        """Every parameter with its value."""
        own = self.specification.parameters
        return own | {name: text for name, text in overrides.parameters.items() if name in own}

    def input_text(self, overrides: Overrides) -> str:
        """What enters, as `3x224x224`; "" where that is not said."""
        own = self._own_shape(self.parameters(overrides), Report("", ()))
        return "x".join(map(str, overrides.input_shape or own or ()))

    def changes(self, overrides: Overrides) -> dict[str, str]:
        """The values that are not the specification's own, each number in its shortest notation."""
        own, parameters = self.specification.parameters, self.parameters(overrides)
        plain = {
            name: (plain_value(text), plain_value(own[name]))
            for name, text in parameters.items()
            if text != own[name]
        }
        changes = {name: text for name, (text, before) in plain.items() if text != before}
        if overrides.input_shape and overrides.input_shape != self._shape_to_change(parameters):
            changes[INPUT] = overrides.texts[INPUT]
        return changes

    def _shape_to_change(self, parameters: Mapping[str, str]) -> Shape | None:
        """The file's own input; a model file has none, because it is read for another one."""
        return None if self.source.model else self._own_shape(parameters, Report("", ()))

    def _own_shape(self, parameters: Mapping[str, str], report: Report) -> Shape | None:
        if self.specification.input is None:
            what = 'no "input"; write input: [channels, height, width]'
            report.add(TOP, what)
            return None
        return input_shape(self.specification.input, parameters, report)


def networks_of(plans: Sequence[Plan], overrides: Overrides) -> list[Network]:
    """The networks of a source's plans; raises SpecError with all problems of all of them."""
    report, steps = plans[0].report, Steps()
    networks = [plan.try_network(overrides, report, steps) for plan in plans]
    report.raise_any()
    return [network for network in networks if network is not None]


def plans_in(source: Source, variant: str | None) -> list[Plan]:
    """The networks of a source's text before they have values, all variants where none is named.

    Raises SpecError where the text cannot be read at all, UsageError for an unknown variant.
    """
    return _plans(source, *_open(source), variant)


def with_defaults(plan: Plan, line: str) -> Plan:
    """The plan as if its file had one more `defaults:` line, which the file's own defaults beat."""
    document, report = _open(plan.source)
    added = read(line, Report(plan.source.label, ()))
    assert isinstance(added, MappingNode)  # a line that convcalc wrote
    entries = overlay(added.entries, _chosen(document, plan.variant)[plan.variant])
    return plan._replace(specification=read_specification(entries, document.variants, report))


class Siblings:
    """The variants of a source. The source is read once, and each variant made when asked for."""

    def __init__(self, source: Source, overrides: Overrides) -> None:
        self.source = source
        self.document, self.report = _open(source)
        self.overrides = overrides
        self.steps = Steps()

    def network(self, variant: str) -> Network:
        """Raises SpecError with every problem, UsageError where there is no such variant."""
        (plan,) = _plans(self.source, self.document, self.report, variant)
        network = plan.try_network(self.overrides, self.report, self.steps)
        self.report.raise_any()
        assert network is not None  # or something is wrong
        return network


def _open(source: Source) -> tuple[TopLevel, Report]:
    root, report = read_tree(source)
    document = read_document(root, report)
    if document is None:
        raise report.error()
    return document, report


def _plans(source: Source, document: TopLevel, report: Report, variant: str | None) -> list[Plan]:
    chosen = _chosen(document, variant)
    if not chosen:
        report.raise_any()
        raise UsageError(_no_variant(source.given, str(variant), document))
    for name in chosen:
        _refuse_itself(name, document, report)
    return [
        Plan(
            source,
            name,
            read_specification(entries, document.variants, report),
            report,
            TOP if name is None else document.marks[name],
        )
        for name, entries in chosen.items()
    ]


def read_tree(source: Source) -> tuple[Node, Report]:
    """A source's tree, and the report of the source; raises SpecError where it has no tree."""
    text, report = decode(source.data, source.label)
    report.raise_any()
    root = read(text, report)
    if root is None:
        raise report.error()
    return root, report


def _refuse_itself(name: str | None, document: TopLevel, report: Report) -> None:
    """Report a variant's own rule that is a share of that very variant."""
    budget = document.variants[name].get("budget") if name is not None else None
    for rule in read_budget(budget, [], Report("", ())) if budget else ():
        if rule.of is not None and rule.of == name:
            what = f"{rule.quantity} of {name} cannot be a share of itself; name another variant"
            report.add(rule.mark, what)


def _no_variant(given: str, variant: str, document: TopLevel) -> str:
    if not document.variants:
        return f'{given} has no variants, so no "{variant}"'
    hint = suggestion(variant, document.variants)
    mark = f"{hint} It" if hint else "; it"
    return f'{given} has no variant "{variant}"{mark} has {listed(document.variants)}'


def _chosen(document: TopLevel, variant: str | None) -> dict[str | None, Entries]:
    if variant is not None:
        found = document.variants.get(variant)
        return {} if found is None else {variant: overlay(document.entries, found)}
    if document.variants:
        return {name: overlay(document.entries, over) for name, over in document.variants.items()}
    return {None: document.entries}
