"""Words for messages: suggestions and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

# A # begins a comment only at the start of a word.
_SAFE = r"[\w@%+=:,./-][\w@%+=:,./#-]*"

_LONGEST = 60  # characters of a word that are shown
_MOST_LISTED = 20

# A file may have a hundred thousand slips, each of which is looked for among so many words, those
# of like length with the same first or last letter, and then among so few by so many letters.
_MOST = 1000
_MOST_OFF = 6
_MOST_NEAR = 12
_LETTERS = 16


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is probably a slip of."""
    from difflib import get_close_matches  # only needed where something is wrong

    like = (one for one in islice(known, _MOST) if abs(len(one) - len(word)) <= _MOST_OFF)
    near = (one for one in like if one[:1] == word[:1] or one[-1:] == word[-1:] if one != word)
    letters = {one[:_LETTERS]: one for one in islice(near, _MOST_NEAR)}
    matches = get_close_matches(word[:_LETTERS], letters, n=1, cutoff=0.6)
    return letters[matches[0]] if matches else None


def suggestion(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`; did you mean "conv"?`, or `otherwise` behind a semicolon."""
    if match := closest(word, known):
        return f'; did you mean "{match}"?'
    return f"; {otherwise}" if otherwise else ""


def listed(words: Iterable[str], separator: str = ", ") -> str:
    """`a, b, c`, not all of very many."""
    words = list(words)
    shown = [word if len(word) <= _LONGEST else f"{word[:_LONGEST]}..." for word in words[:_MOST_LISTED]]
    more = len(words) - len(shown)
    return separator.join(shown) + (f" and {more:,} more" if more else "")


def shell_word(text: str) -> str:
    """The text as a shell takes it for one word."""
    if re.fullmatch(_SAFE, text):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"


def counted(count: int, noun: str) -> str:
    """`1 layer`, `7 layers`"""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
