"""The networks that a command line names."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ..language.doubtful_calls import doubtful_calls
from ..language.unused import unused
from ..network.distinct_titles import told_apart
from ..network.inline import load_body, read_body
from ..network.input_fault import channels_first
from ..network.loading import Plan, Siblings, networks_of
from ..network.model import Network
from ..network.overrides import Overrides, check_parameters, read_input, refuse_unknown
from ..ops.shapes import shape_text
from ..reader.source import NoSourceError, Source, StrayWordError
from ..reader.spec import INPUT, Spec, split_spec
from ..specs.opening import open_source, plans_of
from ..text.problems import ConvcalcError, UsageError, place_text
from ..text.wording import listed, shell_word
from .output import tell

if TYPE_CHECKING:
    from ..counters.reconcile import Like


# Put before -#small and -@alpha=1, because an option parser would take these for options. No argument
# can have a NUL itself.
STDIN_VARIANT = "\0"


class SeveralErrors(ConvcalcError):
    """What is wrong with several SPECs."""

    def __init__(self, errors: Sequence[ConvcalcError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


class Request(NamedTuple):
    """The networks that a command line asks for."""

    specs: tuple[str, ...]
    bodies: tuple[str, ...]
    input_text: str | None
    settings: tuple[str, ...]
    opened: dict[str, Source]

    def open(self, word: str) -> Spec:
        """What a SPEC names. It is read only once, because a pipe gives nothing the second time."""
        name, variant, values = split_spec(word)
        if name not in self.opened:
            self.opened[name] = open_source(name)
        return Spec(self.opened[name], variant, values)


def like_of(word: str | None, functional: str | None, networks: Sequence[Network]) -> "Like | None":
    """The counter that --like names; raises UsageError."""
    words = functional_of(functional, networks)
    if word is not None:
        from ..counters.reconcile import Like, convention_of

        return Like(convention_of(word), words)
    if functional is not None:
        raise UsageError("--functional changes nothing here without --like")
    return None


def functional_of(text: str | None, networks: Sequence[Network]) -> tuple[str, ...]:
    """The operations that --functional names; raises UsageError."""
    if text is None:
        return ()
    from ..counters.reconcile import read_functional

    return read_functional(text, networks)


def load_networks(command: str, request: Request) -> list[Network]:
    """Every network that is asked for; raises with the errors of all SPECs at once."""
    if not request.specs and not request.bodies:
        raise UsageError(f"{command} needs a SPEC; try: convcalc {command} inception3a")
    overrides = overrides_of(request.settings, request.input_text)
    attempts = list(load_each(request, overrides))
    raise_all(_error_of(attempt, attempts) for attempt in attempts if attempt.error)
    networks = told_apart(network for attempt in attempts for network in attempt.networks)
    known = (name for network in networks for name in network.parameters)
    refuse_unknown(overrides.parameters, known)
    return networks


class Attempt(NamedTuple):
    """A SPEC or a body, with its networks or its error."""

    word: str
    networks: list[Network]
    spec: Spec | None = None  # None for a body, and where a SPEC names nothing
    overrides: Overrides = Overrides()  # those for all, and the SPEC's own
    error: ConvcalcError | None = None

    def sibling(self, aux: bool) -> Callable[[str], Network]:
        """What gives another variant of the same file, asked for or not; `aux` counts side heads."""
        variants = {network.variant: network for network in self.networks}

        @cache
        def others() -> Siblings:
            assert self.spec  # a body has no budget
            return Siblings(self.spec.source, self.overrides)

        @cache
        def sibling(variant: str) -> Network:
            other = variants[variant] if variant in variants else others().network(variant)
            return other.with_side_heads() if aux else other

        return sibling


def load_each(request: Request, overrides: Overrides) -> Iterator[Attempt]:
    """Load the SPECs, then the bodies, one after the other."""
    told: list[Source] = []
    judged: list[Source] = []
    hidden = Hidden(overrides)
    for spec in request.specs:
        word = spec.removeprefix(STDIN_VARIANT)
        try:
            opened = request.open(word)
            plans, own = plans_of(opened, overrides)
            networks = networks_of(plans, own)
            hidden.note(opened, plans)
            attempt = Attempt(word, networks, opened, own)
            if opened.variant is None and opened.source not in told:
                told.append(opened.source)
                _tell_of_unused(plans)
                tell_of_caveats(plans)
            if opened.source.model is None and opened.source not in judged:
                judged.append(opened.source)
                _tell_of_slips(plans)
                _tell_of_order(plans[0], networks[0], own)
            yield attempt
        except ConvcalcError as error:
            yield Attempt(word, [], error=error)
    for body in request.bodies:
        try:
            yield Attempt("-e", [load_body(body, _required_input(overrides))])
        except ConvcalcError as error:
            yield Attempt("-e", [], error=error)
    if not request.bodies:  # which --input is needed for
        hidden.tell()


def _error_of(attempt: Attempt, all_: Sequence[Attempt]) -> ConvcalcError:
    """What is wrong with a SPEC, which may be a part of a network that another one names."""
    assert attempt.error
    path = attempt.word.rstrip("/")
    if isinstance(attempt.error, NoSourceError):
        for one in all_:
            if any(item.path == path for network in one.networks for item in network.items):
                what = f'"{path}" is no SPEC but a part of {one.word}'
                line = f"convcalc explain {shell_word(one.word)} {shell_word(path)}"
                return UsageError(f"{what}; try: {line}, or draw with --path {shell_word(path)}")
    return attempt.error


class Hidden:
    """Finds values for all SPECs that change no network, because each SPEC has its own behind `@`."""

    def __init__(self, overrides: Overrides) -> None:
        self.given = {name: f"--set {name}={value}" for name, value in overrides.parameters.items()}
        if overrides.input_shape is not None:
            self.given[INPUT] = "--input"
        self.own: set[str] = set()
        self.taken: set[str] = set()

    def note(self, spec: Spec, plans: Iterable[Plan]) -> None:
        known = {INPUT}.union(*(plan.specification.parameters for plan in plans))
        self.own.update(spec.values)
        self.taken.update(known - spec.values.keys())

    def tell(self) -> None:
        for name, option in self.given.items():
            if name in self.own - self.taken:
                tell(f"{option} changes nothing: every SPEC has its own @{name}=")


def _tell_of_unused(plans: Sequence[Plan]) -> None:
    """Tell what nothing uses, which is most likely a slip in a name."""
    if what := unused([plan.specification for plan in plans]):
        tell(f"{plans[0].source.label}: nothing uses {listed(what)}")


def tell_of_caveats(plans: Sequence[Plan]) -> None:
    """Tell where the counts are not those of a model file's own tensors."""
    for caveat in plans[0].caveats:
        tell(f"{plans[0].source.label}: {caveat}")


def _tell_of_slips(plans: Sequence[Plan]) -> None:
    """Tell of what may be a slip. It may also be meant, so it is not refused."""
    label = plans[0].source.label
    for mark, what in doubtful_calls(plan.specification for plan in plans):
        tell(f"{place_text(label, mark)}: {what}")


def _tell_of_order(plan: Plan, network: Network, overrides: Overrides) -> None:
    """Tell of an input whose channels seem to stand last, unless the file names each size."""
    entering = network.input_shape
    own = plan.specification.input if overrides.input_shape is None else None
    if (meant := channels_first(entering)) and not (own and own[0].is_named):
        channels, height, width = entering
        tell(
            f"{plan.source.label}: the input {shape_text(entering)} has {channels} channels, "
            f"height {height} and width {width}; is {shape_text(meant)} meant?"
        )


def raise_all(errors: Iterable[ConvcalcError]) -> None:
    """Raise what is wrong with several SPECs as one error, if anything is."""
    told: dict[object, ConvcalcError] = {}  # a file named twice, once
    for error in errors:
        told.setdefault(StrayWordError if isinstance(error, StrayWordError) else str(error), error)
    distinct = list(told.values())
    if distinct:
        raise distinct[0] if len(distinct) == 1 else SeveralErrors(distinct)


def overrides_of(settings: Iterable[str], input_text: str | None) -> Overrides:
    """The values that --set and --input give; raises UsageError."""
    parameters = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            name, colon, value = setting.partition(":")
            hint = f"; write {name}={value.strip()}" if colon else ""
            raise UsageError(f'--set needs NAME=VALUE such as alpha=0.5, not "{setting}"{hint}')
        parameters[name] = value
    check_parameters(parameters)
    return Overrides(parameters, read_input(input_text) if input_text is not None else None)


def load_plans(request: Request) -> list[tuple[Plan, Overrides]]:
    """The plans of the networks that `load_networks` gives, in the same order."""
    overrides = overrides_of(request.settings, request.input_text)
    found = []
    for word in request.specs:
        plans, own = plans_of(request.open(word.removeprefix(STDIN_VARIANT)), overrides)
        found += [(plan, own) for plan in plans]
    return [*found, *((read_body(body), overrides) for body in request.bodies)]


def refuse_own_input(words: Iterable[str], output: str | None) -> None:
    """Raise UsageError where the output would take the place of a SPEC."""
    if output is None or not os.path.isfile(output):
        return
    for word in words:
        name = split_spec(word.removeprefix(STDIN_VARIANT)).name
        if os.path.exists(name) and os.path.samefile(name, output):
            raise UsageError(f'"{output}" is read as a SPEC; write to another file')


def _required_input(overrides: Overrides) -> tuple[int, ...]:
    if overrides.input_shape is None:
        raise UsageError("-e needs the shape that enters it, such as --input 192x28x28")
    return overrides.input_shape
