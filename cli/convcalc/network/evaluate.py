"""Find the values of calls: fill in names, build operations, bind blocks' arguments."""

from __future__ import annotations

from collections.abc import Mapping

from ..language.bodies import Block, Call, Resolved
from ..language.calls import Calls
from ..language.signature import Given
from ..language.template import MAX_TOKEN, Template, TemplateError
from ..text.problems import Mark, Report
from .context import Home, Place, Scope, Trail, UnknownWord, home_of
from .limits import Steps
from .names import Flow

MOST_KEPT = 10_000  # operations, so that a long sweep's memory is flat

Arranged = dict[str, Given]
Driven = tuple[tuple[str, int], ...]


class Evaluator:
    """Evaluates texts and calls. None means that a problem has been reported, here or before."""

    def __init__(
        self, calls: Calls, parameters: Mapping[str, str], report: Report, steps: Steps
    ) -> None:
        self.calls = calls
        self.parameters = parameters
        self.report = report
        self.steps = steps

    def tell(self, mark: Mark, message: str, scope: Scope) -> None:
        self.report.add(mark, message, scope.trail.related() if scope.trail else ())

    def fill(self, template: Template, mark: Mark, scope: Scope) -> str | None:
        """The text of a template at a place."""
        if template.constant is not None and len(template.constant) <= MAX_TOKEN:
            return template.constant
        try:
            return template.fill(scope.lookup)
        except TemplateError as error:
            self.tell(mark, str(error), scope)
        except UnknownWord:
            pass
        return None

    def peek(self, template: Template, scope: Scope) -> str | None:
        """The text of a template; None where it has no value, which is not reported."""
        try:
            return template.fill(scope.lookup)
        except (TemplateError, UnknownWord):
            return None

    def resolve(self, call: Call, scope: Scope) -> Resolved | None:
        """What a call names and gives, with its values put in.

        The answer is kept by the values that the call uses, also for other rows of a sweep.
        """
        words = call.words
        if words.resolved is not None and words.resolved.is_whole:
            return words.resolved
        kept = self.calls.kept
        key = words, *map(scope.value, words.uses)
        if key not in kept:
            related = tuple(scope.trail.related()) if scope.trail else ()
            found = self.calls.resolve(
                words, lambda template, mark: self.fill(template, mark, scope), self.report, related
            )
            if found is None or not found.is_whole:
                return None
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[key] = found
        return kept[key]

    def bind(
        self, block: Block, arranged: Arranged, place: Place, entering: Flow | None, inner: Trail
    ) -> Scope | None:
        """The scope inside a block: arguments from the call's place, defaults from the block's."""
        scope, begun = place.scope, self.steps.taken
        words = dict(self.parameters)
        driven: dict[str, int] = {}
        homes: dict[str, Home | None] = {}
        for argument in block.signature.arguments:
            given, at = arranged.get(argument), scope
            if given is None:
                given, at = block.defaults[argument], Scope(words, entering, begun, inner, driven)
                homes[argument] = None
            else:
                homes[argument] = home_of(given, place)
            text = self.fill(given.value, given.mark, at)
            if text is None:
                return None
            words[argument] = text
            if (fingerprint := at.fingerprint(given.value)) is not None:
                driven[argument] = fingerprint
        return Scope(words, entering, begun, inner, driven, homes)

    def driven(self, call: Call, arranged: Arranged, scope: Scope) -> Driven:
        """The options of a call that follow from `$in`, each with a fingerprint of how."""
        if not scope.driven and "in" not in call.words.uses:
            return ()
        found = ((option, scope.fingerprint(one.value)) for option, one in arranged.items())
        return tuple((option, how) for option, how in found if how is not None)
