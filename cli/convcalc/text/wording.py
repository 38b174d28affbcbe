"""Words for messages: suggestions and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate, islice

from .escape import sound

# A # begins a comment only at the start of a word; a ~ is a home folder only there or behind a sign.
_SAFE = r"[\w@%+=:,./-](?:[\w@%+=:,./#-]|(?<=\w)~)*"
_SHELL_ESCAPES = {"\n": r"\n", "\t": r"\t"}

_LONGEST = 60  # characters of a word that are looked at or shown
_MOST = 1000  # words among which a slip is looked for, by their length and then by their letters
_MOST_OFF = 6
_MOST_NEAR = 50
MOST_LISTED = 20
_MOST_WRITTEN = 80  # characters of an operation as written in a cell
_ALIKE = str.maketrans("lio", "110", "-_")  # letters and digits that look alike


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is probably a slip of."""
    from difflib import get_close_matches  # only needed where something is wrong

    near = [
        one for one in islice(known, _MOST) if abs(len(one) - len(word)) <= _MOST_OFF and one != word
    ]
    looks = _looks(word)
    if alike := next((one for one in near if _looks(one) == looks), None):
        return alike
    matches = get_close_matches(word[:_LONGEST], near[:_MOST_NEAR], n=1, cutoff=0.6)
    return matches[0] if matches else None


def _looks(word: str) -> str:
    """The same text for words that look alike: `e1`, `el`, `E1` and `e_1`."""
    return word.casefold().translate(_ALIKE)


def suggestion(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`; did you mean "conv"?`, or `otherwise` behind a semicolon."""
    if match := closest(word, known):
        return f'; did you mean "{match}"?'
    return f"; {otherwise}" if otherwise else ""


def listed(words: Iterable[str], separator: str = ", ") -> str:
    """`a, b, c`; of very many only the first."""
    words = list(words)
    shown = [word if len(word) <= _LONGEST else f"{word[:_LONGEST]}..." for word in words[:MOST_LISTED]]
    more = len(words) - len(shown)
    return separator.join(shown) + (f" and {more:,} more" if more else "")


def abridged(written: str) -> str:
    """An operation as written; of a very long one the first words, and how many more there are."""
    if len(written) <= _MOST_WRITTEN:
        return written
    words = written.split()
    ends = accumulate(len(word) + 1 for word in words)
    shown = max(1, sum(end <= _MOST_WRITTEN for end in ends))
    return f"{' '.join(words[:shown])} and {len(words) - shown:,} more"


def shell_word(text: str) -> str:
    """The text as it is written for a shell, as one word that stays as it is where it is shown."""
    if re.fullmatch(_SAFE, text):
        return text
    if sound(text) != text:
        return "$'" + "".join(map(_shell_character, text)) + "'"
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _shell_character(character: str) -> str:
    """A character between `$'` and `'`; a control character and a stray byte in octal digits."""
    if character in "\\'":
        return f"\\{character}"
    if sound(character) == character:
        return character
    # A file's name may have bytes that are no text, and a model file halves of characters.
    is_byte = "\udc80" <= character <= "\udcff"
    coded = character.encode("utf-8", "surrogateescape" if is_byte else "surrogatepass")
    return _SHELL_ESCAPES.get(character) or "".join(f"\\{byte:03o}" for byte in coded)


def counted(count: int, noun: str) -> str:
    """`1 layer`, `7 layers`"""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def quoted(text: str) -> str:
    """The text in quotes, shortened where it is long."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'
