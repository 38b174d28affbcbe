"""The values of a call at its place: names filled in, operations built, blocks' arguments bound."""

from __future__ import annotations

from collections.abc import Mapping

from ..language.bodies import Block, Call
from ..language.builder import Made
from ..language.hints import unknown_operation
from ..language.signature import SIGNATURES, Given, Signature, arrange, option_mark, with_source
from ..language.specification import Specification
from ..language.template import MAX_TOKEN, Template, TemplateError
from ..ops.base import Operation
from ..ops.shapes import OperationError
from ..text.problems import Mark, Problem
from .context import Scope, Trail, UnknownWord

MOST_KEPT = 10_000  # operations, so that a long sweep's memory is flat

Arranged = dict[str, Given]
Driven = tuple[tuple[str, int], ...]


class Evaluator:
    """Answers None where it has reported a problem, or where `$in` is unknown because of one."""

    def __init__(
        self, specification: Specification, parameters: Mapping[str, str], problems: list[Problem]
    ) -> None:
        self.specification = specification
        self.parameters = parameters
        self.problems = problems
        self.reported: set[tuple[Mark, str]] = set()

    def report(self, mark: Mark, message: str, scope: Scope) -> None:
        if (mark, message) in self.reported:
            return  # the same in another call
        self.reported.add((mark, message))
        notes = tuple(scope.trail.notes()) if scope.trail else ()
        self.problems.append(Problem(mark, message, notes))

    def fill(self, template: Template, mark: Mark, scope: Scope) -> str | None:
        """The text of a template at a place."""
        if template.constant is not None and len(template.constant) <= MAX_TOKEN:
            return template.constant
        try:
            return template.fill(scope.lookup)
        except TemplateError as error:
            self.report(mark, str(error), scope)
        except UnknownWord:
            pass
        return None

    def target(self, call: Call, scope: Scope) -> tuple[Signature | Block, Arranged] | None:
        """What a call names, and what it gives for which option."""
        words = call.words
        if words.target is not None:
            return words.target, words.arranged
        name = self.fill(words.head, call.mark, scope)
        if name is None:
            return None
        target = self.specification.blocks.get(name) or SIGNATURES.get(name)
        if isinstance(target, Block) and target.is_broken:
            return None
        if target is None:
            what = unknown_operation(name, self.specification.blocks, self.problems)
            self.report(call.mark, what, scope)
            return None
        signature = target.signature if isinstance(target, Block) else target
        arranged, problems = arrange(signature, words.given, call.mark)
        for problem in problems:
            self.report(problem.mark, problem.message, scope)
        return None if problems else (target, arranged)

    def made(self, call: Call, signature: Signature, arranged: Arranged, scope: Scope) -> Made | None:
        """The operation of a call and the call as it is written, with its values put in.

        What a call has made is kept by the values that it uses, for other rows of a sweep too.
        """
        words = call.words
        if words.ready is not None:
            return words.ready
        known = self.specification.builder.made
        key = words, *map(scope.value, words.uses)
        if key not in known:
            operation = self.operation(call, signature, arranged, scope)
            if operation is None:
                return None
            if len(known) >= MOST_KEPT:
                known.clear()
            known[key] = Made(operation, words.written(scope.lookup, operation))
        return known[key]

    def operation(
        self, call: Call, signature: Signature, arranged: Arranged, scope: Scope
    ) -> Operation | None:
        """The operation of a call with its values put in."""
        texts = {option: self.fill(one.value, one.mark, scope) for option, one in arranged.items()}
        values = [(option, text, arranged[option].option is None) for option, text in texts.items()]
        whole = tuple((option, text, by_place) for option, text, by_place in values if text is not None)
        if len(whole) < len(values):
            return None
        try:
            return self.specification.builder.build(signature.name, whole)
        except OperationError as error:
            option = error.option or ""
            message = error.message
            if option in arranged:
                message = with_source(message, arranged[option], texts[option] or "")
            self.report(option_mark(arranged, call.mark, option), message, scope)
            return None

    def bind(
        self, block: Block, arranged: Arranged, scope: Scope, channels: int | None, inner: Trail
    ) -> Scope | None:
        """The scope inside a block: arguments from the call's place, defaults from the block's."""
        words = dict(self.parameters)
        driven: dict[str, int] = {}
        for argument in block.signature.arguments:
            given, at = arranged.get(argument), scope
            if given is None:
                given, at = block.defaults[argument], Scope(words, channels, inner, driven)
            text = self.fill(given.value, given.mark, at)
            if text is None:
                return None
            words[argument] = text
            if (fingerprint := at.fingerprint(given.value)) is not None:
                driven[argument] = fingerprint
        return Scope(words, channels, inner, driven)

    def driven(self, call: Call, arranged: Arranged, scope: Scope) -> Driven:
        """The options of a call that follow from `$in`, each with a fingerprint of how."""
        if not scope.driven and "in" not in call.words.uses:
            return ()
        found = ((option, scope.fingerprint(one.value)) for option, one in arranged.items())
        return tuple((option, how) for option, how in found if how is not None)
