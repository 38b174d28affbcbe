"""What a SPEC names, opened and loaded: what commands and the library call."""

from __future__ import annotations

import os

from ..network import loading
from ..network.loading import Plan
from ..network.model import Network
from ..network.overrides import Overrides, refuse_unknown
from ..ops.shapes import Shape
from ..reader import source as reading
from ..reader.source import INPUT, Source, Spec
from ..text.problems import UsageError

_SPECIFICATIONS = (".yaml", ".yml")


def open_spec(word: str) -> Spec:
    """What a SPEC names; raises UsageError where it names nothing."""
    name, variant, values = reading.split_spec(word)
    return Spec(open_source(name), variant, values)


def open_source(word: str) -> Source:
    """What the name in a SPEC is for; a model file is not read yet."""
    if os.path.isfile(word) and not word.lower().endswith(_SPECIFICATIONS) and _is_model(word):
        stem = os.path.splitext(os.path.basename(word))[0]
        return Source(word, word, stem, b"", word)
    return reading.open_source(word)


def load_spec(word: str, overrides: Overrides) -> list[Network]:
    """The networks that a SPEC names, all its variants in order where it names none.

    Raises SpecError with every problem of a file, FileError for a model that cannot be read or
    written, UsageError where the SPEC names nothing.
    """
    return loading.networks_of(*plans_of(open_spec(word), overrides))


def load_source(source: Source, variant: str | None, overrides: Overrides) -> list[Network]:
    """The networks of a source; raises as `load_spec` does."""
    return loading.networks_of(read_plans(source, variant, overrides.input_shape), overrides)


def plans_of(spec: Spec, overrides: Overrides) -> tuple[list[Plan], Overrides]:
    """A SPEC's networks before they have values, and their values: its own beat those for all.

    Raises as `load_spec` does, UsageError also for a value that the SPEC's source does not know.
    """
    own = overrides.with_values(spec.values)
    plans = read_plans(spec.source, spec.variant, own.input_shape)
    known = [name for plan in plans for name in plan.specification.parameters]
    refuse_unknown((name for name in spec.values if name != INPUT), known, spec.source.given)
    return plans, own


def read_plans(source: Source, variant: str | None, shape: Shape | None = None) -> list[Plan]:
    """A source's networks before they have values, at least one.

    A model file is read for the input that it will have: what `same` says depends on that.
    """
    if source.model is None:
        return loading.read_plans(source, variant)
    if variant is not None:
        raise UsageError(f'{source.given} is a model file and has no variants, so no "{variant}"')
    from .importing import import_model

    text = import_model(source.model, shape).description.body
    return loading.read_plans(source._replace(data=text.encode()), None)


def _is_model(path: str) -> bool:
    """Whether a file is a model's, or one of those for which something else is to be given."""
    from ..importers.sniff import tell

    try:
        return tell(path, path) is not None
    except OSError:
        return False
