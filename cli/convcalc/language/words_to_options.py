"""Which option each word of a call is for, and what is wrong whatever the values are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..ops import OPS
from ..ops.options import FLAG, PADDING, Kind
from ..ops.shapes import MOST_AXES
from ..text.problems import Mark
from ..text.wording import listed, quoted, suggestion
from .misplaced_words import Word, is_spaced_arithmetic, misplaced, surplus_hint
from .signature import INPUTS, Fault, Given, Signature
from .template import read_template


def arrange(
    signature: Signature, given: Sequence[Given], head: Mark, blocks: Collection[str] = ()
) -> tuple[dict[str, Given], list[Fault], list[Fault]]:
    """What is given for each option, what is wrong whatever the values are, and what is missing.

    `blocks` are those that could be called.
    """
    if signature.takes_names:
        return {}, list(_name_faults(signature, given, head)), []
    given, faults = _own_words(signature, given, blocks)
    found: dict[str, Given] = {}
    positions = iter(signature.arguments)
    after_option = False
    for place, written in enumerate(given):
        one = _flag_as_option(signature, written)
        following = given[place + 1].text if place + 1 < len(given) else ""
        word = Word(one, one.option or next(positions, None), found, after_option, following)
        if objection := _objection(signature, word):
            faults.append((one.at, objection))
            if one.option is None:
                if is_spaced_arithmetic(word):
                    found.popitem()  # what stands in front of the sign is not called wrong as well
                break  # the words behind it are out of place too
        elif word.option:
            found[word.option] = one
        after_option = after_option or one.option is not None
    missing = [name for name in signature.kinds if name in signature.required and name not in found]
    lacks = [(head, _missing_text(signature, missing, found))] if missing else []
    return found, faults, lacks


def _missing_text(signature: Signature, missing: Sequence[str], found: dict[str, Given]) -> str:
    what = f"{signature.name} needs {listed(missing)}; write {signature.usage}"
    kernel = found.get("kernel_size")
    if kernel and kernel.option is None and kernel.text.isdigit():
        return f"{what}, such as {signature.name} 3x3 {kernel.text}"
    return what


def _name_faults(signature: Signature, given: Sequence[Given], head: Mark) -> Iterator[Fault]:
    """What is wrong with the names of a merge, as far as their notation shows it."""
    if not given:
        what = f"{signature.name} needs a name of what to {signature.name}; write {signature.usage}"
        yield head, what
    elif given[0].text.startswith(("[", "(")):
        names = [name for one in given if (name := one.text.strip("[](),"))]
        what = f"names stand without brackets; write {listed([signature.name, *names], ' ')}"
        yield given[0].at, what
    for one in given:
        if one.option not in (None, INPUTS):
            yield one.at, f"unknown option {quoted(one.option or '')} of {signature.name}; it has none"


def _own_words(
    signature: Signature, given: Sequence[Given], blocks: Collection[str]
) -> tuple[Sequence[Given], list[Fault]]:
    """The words of the call itself, and a fault where another layer stands behind them."""
    is_block = signature.name not in OPS
    own = len(signature.arguments) if is_block else 0  # a block's arguments may be operations' names
    for place, one in enumerate(given):
        if place < own or one.option is not None or not one.text[:1].isalpha():
            continue  # as most do: neither an option nor a layer begins like a number
        if _option_of(signature, one):
            continue
        if layer := one.text if one.text in blocks else _layer_word(one.text):
            said = quoted(one.text) if layer == one.text else f"{quoted(one.text)} ({layer})"
            following = given[place + 1].text if place + 1 < len(given) else ""
            more = " ..." if following and not (following in blocks or _layer_word(following)) else ""
            before = f"{signature.name} ..." if place else signature.name
            what = f"{said} is a layer of its own; write [{before}, {layer}{more}]"
            return _without_separator(given[:place]), [(one.at, what)]
    return given, []


def _option_of(signature: Signature, one: Given) -> str | None:
    """The option that a word is, or that it is another framework's word for."""
    if signature.kinds.get(one.text):  # an argument of a block has none
        return one.text
    if signature.name not in OPS or not one.text.isalpha() or one.text in PADDING.words:
        return None
    from .foreign_options import our_option  # only needed where something may be wrong

    return our_option(one.text, signature.kinds)


def _layer_word(text: str) -> str | None:
    """The operation that a word names, in our language or in another framework's."""
    if text in OPS:
        return text
    if not text.isalpha() or text in PADDING.words:
        return None
    from .foreign_operations import our_word  # only needed where something may be wrong

    return our_word(text)


def _without_separator(given: Sequence[Given]) -> Sequence[Given]:
    """The words without the separator behind them, such as the comma in `64,`, a `+` or `->`."""
    if not given:
        return given
    *before, last = given
    bare = last.text.rstrip(",;+&|->")
    if bare == last.text:
        return given
    return [*before, last._replace(text=bare, value=read_template(bare))] if bare else before


def _flag_as_option(signature: Signature, one: Given) -> Given:
    """`bias` as `bias=true`."""
    if one.option is None and signature.kinds.get(one.text) is FLAG:
        return one._replace(option=one.text, value=read_template("true"))
    return one


def _objection(signature: Signature, word: Word) -> str | None:
    """Why a word cannot be given here; None where it can."""
    one, option = word.given, word.option
    if one.option is None:
        return _place_objection(signature, word)
    if option not in signature.kinds:
        return _unknown_option(signature, one)
    if option in word.found:
        first = word.found[option]
        place = f"; {quoted(first.text)} stands in its place" if first.option is None else ""
        return f"{option} is given twice{place}"
    return _list_objection(signature.kinds[option], option, one.sides) if one.sides is not None else None


def _place_objection(signature: Signature, word: Word) -> str | None:
    """Why a word without `option=` cannot stand here; None where it can."""
    text, kinds = word.given.text, signature.kinds
    if kinds.get(text) or (len(text) > 1 and _option_of(signature, word.given)):
        option = _option_of(signature, word.given) or text
        if kinds[option] is FLAG:
            return f"{quoted(text)} is written {option}"
        return f"{quoted(text)} needs a value; write {option}={word.following.strip('=') or '...'}"
    if hint := misplaced(signature, word):
        return hint
    if word.after_option:
        return f"{quoted(text)} stands after an option; what has no name comes first"
    if word.option is None:
        return f"{quoted(text)} is one too many; write {signature.usage}{surplus_hint(signature, word)}"
    return f"{word.option} is given twice" if word.option in word.found else None


def _unknown_option(signature: Signature, one: Given) -> str:
    """The message for an unknown option, with what was probably meant."""
    from .foreign_options import option_hint  # only needed where something is wrong

    name, kinds = one.option or "", signature.kinds
    hint = option_hint(signature.name, name, one.text, kinds) if signature.name in OPS else None
    known = f"it has {listed(kinds)}" if kinds else "it has none"
    meant = f"; {hint}" if hint else suggestion(name, kinds, known)
    return f"unknown option {quoted(name)} of {signature.name}{meant}"


def _list_objection(kind: Kind | None, option: str, sides: tuple[str, ...]) -> str | None:
    """Why a list cannot be the value of an option; None where it can."""
    if not (kind and kind.per_axis):
        return f"{option} must be one value, not a list"
    is_whole = all(side.isdigit() or "$" in side for side in sides)
    if not (is_whole and 1 <= len(sides) <= MOST_AXES):
        return f"{option} must be a list such as [height, width], whole numbers, not [{listed(sides)}]"
    return None
