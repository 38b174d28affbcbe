"""How often a body is repeated, and which of two is taken."""

from __future__ import annotations

from collections.abc import Collection

from ..ops.options import NATURAL
from ..text.wording import quoted
from .arithmetic_slips import arithmetic_hint
from .signature import Given, with_source


def read_count(text: str) -> int | None:
    """A number of repetitions; None where the text is none."""
    try:
        count: int = NATURAL.read(text)
        return count
    except ValueError:
        return None


def read_condition(text: str) -> bool | None:
    """A condition, 0 or 1; None where the text is none."""
    return {0: False, 1: True}.get(count) if (count := read_count(text)) is not None else None


def condition_fault(text: str, given: Given, names: Collection[str] = ()) -> str:
    """The message for a condition that is none, as it is given; `names` are those that `$` may use."""
    number = {"true": "; write 1", "false": "; write 0"}.get(text.casefold(), "")
    message = with_source(f"if must be 0 or 1, not {quoted(text)}", given, text)
    return message + (number or arithmetic_hint(given.text, names))


def count_fault(text: str, given: Given, names: Collection[str] = ()) -> str:
    """The message for a number of repetitions that is none, as it is given."""
    message = with_source(f"repeat must be {NATURAL.expects}, not {quoted(text)}", given, text)
    return message + arithmetic_hint(given.text, names)
