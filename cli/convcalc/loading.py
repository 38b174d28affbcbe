"""From a source to its networks: read, overlay, expand; every problem of a file at once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .errors import Problem, SpecError, UsageError
from .exact import read_number
from .language.architecture import Architecture, read_architecture
from .language.bodies import Body
from .language.calls import Builder
from .language.document import Document, Entries, overlay, read_document
from .language.parse import BodyParser
from .network.expand import expand
from .network.model import Network
from .nodes import Node, quoted
from .ops.base import Shape
from .ops.kinds import SIZE
from .reader import read
from .sources import Source, open_spec
from .text import decode, split_lines
from .words import listed, suggestion


class Overrides(NamedTuple):
    """What replaces a specification's own values."""

    parameters: Mapping[str, str] = MappingProxyType({})
    input_shape: Shape | None = None


def read_input(text: str) -> Shape:
    """`192x28x28` as channels, height, width; raises UsageError."""
    try:
        channels, height, width = (SIZE.read(size) for size in text.split("x"))
    except ValueError:
        raise UsageError(f"--input must be CxHxW such as 3x224x224, not {quoted(text)}") from None
    return channels, height, width


def check_parameters(parameters: Mapping[str, str]) -> None:
    """Raise UsageError for a parameter's value that is no number."""
    for name, value in parameters.items():
        try:
            read_number(value)
        except ValueError:
            what = f"parameter {name} must be a number such as 1 or 0.75, not {quoted(value)}"
            raise UsageError(what) from None


class _Reading:
    """A source's tree and the problems found so far."""

    def __init__(self, source: Source) -> None:
        text, self.problems = decode(source.data)
        self.source = source
        self.lines = split_lines(text)
        self.root: Node | None = None
        if not self.problems:
            self.root, problems = read(text)
            self.problems += problems

    def raise_problems(self) -> None:
        if self.problems:
            raise SpecError(self.source.label, self.problems, self.lines)


def load_spec(word: str, overrides: Overrides) -> list[Network]:
    """The networks that a SPEC names, all its variants in order where it names none.

    Raises SpecError with every problem of the file, UsageError where the SPEC names nothing.
    """
    spec = open_spec(word)
    return load_source(spec.source, spec.variant, overrides)


def load_source(source: Source, variant: str | None, overrides: Overrides) -> list[Network]:
    reading = _Reading(source)
    if reading.root is None:
        reading.raise_problems()
    assert reading.root is not None
    document = read_document(reading.root, reading.problems)
    if variant is not None and variant not in document.variants and not reading.problems:
        raise UsageError(_no_variant(source.given, variant, document))
    networks = []
    for name, entries in _chosen(document, variant).items():
        architecture = read_architecture(
            entries, overrides.parameters, overrides.input_shape, reading.problems
        )
        networks.append(_network(source, name, architecture, reading.problems))
    reading.raise_problems()
    return [network for network in networks if network is not None]


def _no_variant(given: str, variant: str, document: Document) -> str:
    if not document.variants:
        return f'{given} has no variants, so no "{variant}"'
    hint = suggestion(variant, document.variants)
    mark = f"{hint} It" if hint else "; it"
    return f'{given} has no variant "{variant}"{mark} has {listed(document.variants)}'


def _chosen(document: Document, variant: str | None) -> dict[str | None, Entries]:
    if variant is not None:
        found = document.variants.get(variant)
        return {} if found is None else {variant: overlay(document.entries, found)}
    if document.variants:
        return {name: overlay(document.entries, over) for name, over in document.variants.items()}
    return {None: document.entries}


def _network(
    source: Source, variant: str | None, architecture: Architecture, problems: list[Problem]
) -> Network | None:
    before = len(problems)
    output_shape, items, top_names = expand(architecture, problems)
    if output_shape is None or architecture.input_shape is None or len(problems) > before:
        return None
    return Network(
        name=architecture.name or source.stem,
        variant=variant,
        file=source.given,
        label=source.label,
        source=architecture.source,
        description=architecture.description,
        parameters=MappingProxyType(architecture.parameters),
        input_shape=architecture.input_shape,
        output_shape=output_shape,
        items=tuple(items),
        top_names=top_names,
        expect=MappingProxyType(architecture.expect),
        budget=MappingProxyType(architecture.budget),
    )


def load_body(text: str, input_shape: Shape) -> Network:
    """The network of a body that is written in place (`-e`), named as it is written."""
    source = Source("-e", "-e", text.strip(), text.encode("utf-8", "surrogateescape"))
    reading = _Reading(source)
    if reading.root is None:
        reading.raise_problems()
    assert reading.root is not None
    builder = Builder({})
    body: Body = BodyParser(reading.problems, builder, {}, ()).body(reading.root)
    architecture = Architecture(
        name=_body_name(text),
        description=None,
        source=None,
        input_shape=input_shape,
        parameters={},
        blocks={},
        builder=builder,
        body=body,
        expect={},
        budget={},
    )
    network = _network(source, None, architecture, reading.problems)
    reading.raise_problems()
    assert network is not None
    return network


def _body_name(text: str) -> str:
    """The text on one line, a list without its brackets."""
    line = " ".join(text.split())
    inside = line[1:-1]
    is_flat_list = line.startswith("[") and line.endswith("]") and not set("[]{}") & set(inside)
    return inside.strip() if is_flat_list else line
