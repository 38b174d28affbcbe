"""Messages for texts that are no YAML: what PyYAML's parsers say, and what would be right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..text.problems import Mark

_NO_KEY = 'neither "key: value" nor a list item; a colon needs a space'
_STRAY_ITEM = 'the dashes of a list stand in one column, below a key such as "layers:"'

# Words of PyYAML's two parsers, which differ, and what would be right.
_HINTS = {
    "mapping values are not allowed": "put a text with a colon in quotes, and a space behind the colon "
    "of a key, and start keys that belong together in one column",
    "cannot start any token": "put a text that starts with this character in quotes",
    "',' or ']'": 'a comma stands between items, and "]" ends a list that "[" starts',
    "',' or '}'": 'a comma stands between entries, and "}" ends a mapping that "{" starts',
    "node content": "a value is missing here; between two commas stands a layer",
    "'-' indicator": 'every item of a list starts with "- " in the same column',
    "expected key": "keys that belong together start in the same column; a bracket or quote closes only "
    "what it opened",
    "<block end>": "keys or items that belong together start in the same column; a bracket or quote "
    "closes only what it opened",
    "escape character": "write two backslashes for one, or single quotes around the text",
    "character escape code": "write the character itself",
    "document start": "a file holds one document; leave out what ends it",
    "alphabetic or numeric character": 'an item of a list starts with "- "',
}
# How lines of other notations begin, and what would be right.
_LINE_HINTS = {
    "```": "leave out the lines that start with ```",
    "//": "a comment starts with #",
}


def notation_fault(error: Any, lines: Sequence[str]) -> tuple[Mark, str]:
    """The place and the message for a MarkedYAMLError of either parser."""
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    assert mark is not None  # the scanner and the parser mark every error
    problem = error.problem or ""
    message = f"not valid YAML: {problem or error.context}"
    if context and "could not find expected ':'" in problem:
        return _place(context), _NO_KEY
    if context and "unexpected end of stream" in problem:
        return _place(context), f"{message}, {error.context}; close what starts here"
    if "mapping values" in problem:
        if above := _line_without_key(lines, mark.line):
            return above, _NO_KEY + _line_hint(lines[above.line - 1])
    elif problem and error.context:
        message += f", {error.context}"
        if context and context.line != mark.line:
            message += f" that starts on line {context.line + 1}"
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "expected key" in problem and line.lstrip().startswith("- "):
        return _place(mark), f"{message}; {_STRAY_ITEM}"
    return _place(mark), message + (_line_hint(line) or _hint(problem))


def _line_without_key(lines: Sequence[str], below: int) -> Mark | None:
    """Lines without a colon are read as one text with the next; the first of those right above."""
    first = below
    while first and _is_text(lines[first - 1]):
        first -= 1
    if first == below:
        return None
    return Mark(first + 1, len(lines[first]) - len(lines[first].lstrip()) + 1)


def _is_text(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and ": " not in bare and not bare.endswith(":") and bare[0] not in "#-[{\"'"


def _line_hint(line: str) -> str:
    found = (hint for start, hint in _LINE_HINTS.items() if line.lstrip().startswith(start))
    return next((f"; {hint}" for hint in found), "")


def _hint(problem: str) -> str:
    return next((f"; {hint}" for words, hint in _HINTS.items() if words in problem), "")


def _place(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)
