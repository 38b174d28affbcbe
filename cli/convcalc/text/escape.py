"""Write out the characters that a terminal, XML or JSON would not take as text."""

import re

# What would move the cursor, end a line, or turn the direction of the text around.
_CONTROL = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)

_NO_CHARACTER = "[\ud800-\udfff\ufffe\uffff]"


def visible(text: str) -> str:
    """The text with its control characters written out."""
    if text.isprintable():
        return text
    return re.sub(_CONTROL, lambda found: found.group().encode("unicode_escape").decode(), text)


def sound(text: str) -> str:
    """The text without what XML and JSON cannot pass on, such as halves of characters."""
    return re.sub(_NO_CHARACTER, "\N{REPLACEMENT CHARACTER}", visible(text))
