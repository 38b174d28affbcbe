"""Open and load what a SPEC names, for commands and the library."""

from __future__ import annotations

import os

from ..network.loading import Plan, networks_of, plans_in
from ..network.model import Network
from ..network.overrides import Overrides, refuse_unknown
from ..ops.shapes import Shape
from ..reader.source import STDIN, Source, read_source
from ..reader.spec import INPUT, SUFFIXES, Spec, split_spec
from ..text.problems import UsageError


def open_spec(word: str) -> Spec:
    """What a SPEC names; raises UsageError where it names nothing."""
    name, variant, values = split_spec(word)
    return Spec(open_source(name), variant, values)


def open_source(word: str) -> Source:
    """What the name in a SPEC stands for. A model file is not read yet."""
    return recognized(read_source(word))


def recognized(source: Source) -> Source:
    """The source, marked as a model file if it is one, at whatever revision."""
    if source.given.lower().endswith(SUFFIXES):
        return source
    if source.given == STDIN:
        _refuse_model(source.data)
    place = _place(source)
    if place is None or not _is_model(place, source.label):
        return source
    return source._replace(model=place)


def open_model(path: str) -> Source:
    """A source that is to be a model file, here or at a revision. Reading it tells if it is none.

    Raises UsageError for standard input.
    """
    if path == STDIN:
        raise UsageError("models are read from files: name it in place of -")
    if not os.path.lexists(path) and ":" in path:
        source = read_source(path)
        return source._replace(model=_place(source))
    stem = os.path.splitext(os.path.basename(path))[0]
    return Source(path, path, stem, b"", path)


def _refuse_model(data: bytes) -> None:
    """Raise UsageError where standard input is a model, which must be read more than once."""
    from ..importers.sniff import HEAD, tell_stream

    if what := tell_stream(data[:HEAD]):
        raise UsageError(f"standard input is {what}; models are read from files: name it in place of -")


def _place(source: Source) -> str | None:
    """The path at which the file can be opened; None where there is none."""
    if source.blob is None:
        return source.given if os.path.isfile(source.given) else None
    from ..reader.temporary_files import place_of  # needs another process

    return place_of(source.blob)


def load_spec(word: str, overrides: Overrides) -> list[Network]:
    """The networks that a SPEC names, all its variants in order where it names none.

    Raises SpecError with every problem of a file, FileError for a model that cannot be read or
    written, UsageError where the SPEC names nothing.
    """
    return networks_of(*plans_of(open_spec(word), overrides))


def load_source(source: Source, variant: str | None, overrides: Overrides) -> list[Network]:
    """The networks of a source; raises as `load_spec` does."""
    return networks_of(read_plans(source, variant, overrides.input_shape), overrides)


def plans_of(spec: Spec, overrides: Overrides) -> tuple[list[Plan], Overrides]:
    """A SPEC's networks before they have values, and the values: the SPEC's own beat those for all.

    Raises as `load_spec` does, UsageError also for a value that the SPEC's source does not know.
    """
    own = overrides.with_values(spec.values)
    plans = read_plans(spec.source, spec.variant, own.input_shape)
    known = [name for plan in plans for name in plan.specification.parameters]
    refuse_unknown((name for name in spec.values if name != INPUT), known, spec.source.given)
    return plans, own


def read_plans(source: Source, variant: str | None, shape: Shape | None = None) -> list[Plan]:
    """A source's networks before they have values, all variants where none is named.

    A model file is read for the input that it will have, because its paddings depend on that.
    """
    if source.model is None:
        return plans_in(source, variant)
    if variant is not None:
        raise UsageError(f'{source.given} is a model file and has no variants, so no "{variant}"')
    from .importing import import_model

    description = import_model(source, shape, is_kept=False).description
    plans = plans_in(source._replace(data=description.body.encode()), None)
    return [plan._replace(caveats=description.graph.caveats) for plan in plans]


def _is_model(path: str, label: str) -> bool:
    """Whether a file is a model's, also of a kind that is refused with what to give instead."""
    from ..importers.sniff import tell

    try:
        return tell(path, label) is not None
    except OSError:
        return False
