"""Resolve calls: what a call names, what it gives for which option, and its operation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from ..ops.shapes import OperationError
from ..text.problems import Mark, Related, Report
from ..text.wording import quoted
from .bodies import Block, Resolved, Words
from .builder import Builder, read_value
from .misplaced_words import stride_hint
from .signature import SIGNATURES, Fault, Given, Signature, option_mark, with_source
from .template import Template
from .words_to_options import arrange

Fill = Callable[[Template, Mark], str | None]  # None where a name has no value


class Calls:
    """Resolves the calls of one specification, before its names have values and again with them."""

    def __init__(self, blocks: Mapping[str, Block], builder: Builder) -> None:
        self.blocks = blocks
        self.builder = builder
        self.unread: set[str] = set()  # words that may be the names of blocks that could not be read
        # What is the same in every row of a sweep: calls by the values that they use, and the least
        # steps of each body.
        self.kept: dict[tuple[object, ...], Resolved] = {}
        self.least_steps: dict[int, int] = {}

    def target(self, name: str) -> Signature | Block | None:
        return self.blocks.get(name) or SIGNATURES.get(name)

    def resolve(
        self, words: Words, fill: Fill, report: Report, related: Iterable[Related] = ()
    ) -> Resolved | None:
        """What `words` call; None where their head has no value, or where something is wrong."""
        found: Resolved | None
        if words.resolved is not None:  # all but the values is known, and right
            found, faults = self._with_operation(words.resolved, words, fill)
        else:
            found, faults = self._resolved(words, fill, report, related)
        for mark, message in faults:
            report.add(mark, message, related)
        return None if faults else found

    def _resolved(
        self, words: Words, fill: Fill, report: Report, related: Iterable[Related]
    ) -> tuple[Resolved | None, list[Fault]]:
        target = self.target_of(words, fill, report, related)
        if target is None or (isinstance(target, Block) and target.is_broken):
            return None, []
        signature = target if isinstance(target, Signature) else target.signature
        arranged, faults, missing = arrange(signature, words.given, words.mark, self.blocks)
        found = Resolved(target, arranged)
        if isinstance(target, Signature):
            found, more = self._with_operation(found, words, fill, bool(faults or missing))
            faults += more
        return found, faults or missing  # a slip may hide an option, which is not called missing as well

    def target_of(
        self, words: Words, fill: Fill, report: Report, related: Iterable[Related] = ()
    ) -> Signature | Block | None:
        """What the head names; a name that stands for nothing is reported."""
        name = fill(words.head, words.at)
        target = None if name is None else self.target(name)
        if name is not None and target is None and name not in self.unread:
            from .unknown_layers import unknown_operation  # only needed where something is wrong

            following = [one.text for one in words.given if one.option is None]
            report.add(words.at, unknown_operation(name, following, self.blocks, report), related)
        return target

    def _with_operation(
        self, found: Resolved, words: Words, fill: Fill, has_faults: bool = False
    ) -> tuple[Resolved, list[Fault]]:
        """The call with its operation, and what is wrong with the values that are known."""
        assert isinstance(found.target, Signature)
        name, arranged = found.target.name, found.arranged
        texts = {option: fill(one.value, one.mark) for option, one in arranged.items()}
        known = {option: text for option, text in texts.items() if text is not None}
        is_known = len(known) == len(texts)
        if found.target.takes_names:  # which are for no option
            is_known = is_known and all(fill(one.value, one.mark) is not None for one in words.given)
        if has_faults or not is_known:
            return found, list(_value_faults(name, arranged, known, words.names))
        values = {option: (text, arranged[option].option is None) for option, text in known.items()}
        try:
            operation = self.builder.build(name, values)
        except OperationError as error:
            faults = list(_value_faults(name, arranged, known, words.names))
            mark = option_mark(arranged, words.mark, error.option)
            return found, faults or [(mark, _with_its_source(error, arranged, known))]
        written = words.written(lambda template: fill(template, words.mark) or "", operation)
        return Resolved(found.target, arranged, operation, written), []


def _value_faults(
    name: str, arranged: Mapping[str, Given], texts: Mapping[str, str], names: Collection[str]
) -> Iterable[Fault]:
    """What is wrong with the values of an operation's options, each looked at by itself."""
    for option, text in texts.items():
        one = arranged[option]
        try:
            if not (option == "kernel_size" and "/" in text):
                read_value(name, option, text, by_place=one.option is None)
        except OperationError as error:
            hint = _arithmetic_hint(one, text, names) if error.message.endswith(quoted(text)) else ""
            yield one.mark, with_source(error.message, one, text) + hint


def _arithmetic_hint(given: Given, text: str, names: Collection[str]) -> str:
    from .arithmetic_slips import arithmetic_hint  # only needed where something is wrong

    is_name = len(given.value.pieces) == 1 and given.value.constant is None
    return arithmetic_hint(text if is_name else given.text, names)


def _with_its_source(
    error: OperationError, arranged: Mapping[str, Given], texts: Mapping[str, str]
) -> str:
    option = error.option or ""
    if option not in arranged:
        return error.message
    message = with_source(error.message, arranged[option], texts[option])
    return message + stride_hint(option, arranged)
