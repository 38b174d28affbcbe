"""Words for messages: suggestions and lists."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is probably a slip of."""
    from difflib import get_close_matches  # only needed where something is wrong

    matches = get_close_matches(word[:60], list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def suggestion(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`; did you mean "conv"?`, or `otherwise` behind a semicolon."""
    if match := closest(word, known):
        return f'; did you mean "{match}"?'
    return f"; {otherwise}" if otherwise else ""


def listed(words: Iterable[str]) -> str:
    """`a, b, c`"""
    return ", ".join(words)


def counted(count: int, noun: str) -> str:
    """`1 layer`, `7 layers`"""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
