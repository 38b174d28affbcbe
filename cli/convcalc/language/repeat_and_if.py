"""How often a body is repeated, and which of two is taken."""

from __future__ import annotations

from ..ops.options import NATURAL
from ..text.wording import quoted


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


def condition_fault(text: str) -> str:
    """The message for a condition that is none."""
    number = {"true": "; write 1", "false": "; write 0"}.get(text.casefold(), "")
    return f"if must be 0 or 1, not {quoted(text)}{number}"


def count_fault(text: str) -> str:
    """The message for a number of repetitions that is none."""
    return f"repeat must be {NATURAL.expects}, not {quoted(text)}"
