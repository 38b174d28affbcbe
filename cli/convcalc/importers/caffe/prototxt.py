"""Protobuf's text format, as Caffe's networks are written in it."""

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from ...text.wording import quoted
from ..reading.files import Faults

MAX_BRACES = 64
MAX_PROTOTXT_FIELDS = 2_000_000

_TOKEN = re.compile(
    r"""[ \t\r\n\f\v,;]+ | \#[^\n]*
    | (?P<name>[A-Za-z_][\w.]*) | (?P<number>[+-]?[0-9.][\w.+-]*)
    | (?P<text>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*') | (?P<mark>[{}<>:\[\]])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")


class PrototxtField(NamedTuple):
    """A name's value: its text, or the fields in its braces."""

    line: int
    value: "str | Message"


class Message:
    """What stands in braces; a name may stand several times."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.fields: dict[str, list[PrototxtField]] = {}

    def texts(self, name: str) -> list[str]:
        return [one.value for one in self.fields.get(name, ()) if isinstance(one.value, str)]

    def text(self, name: str, default: str = "") -> str:
        """The last, as protobuf has it where a field is given twice."""
        return (self.texts(name) or [default])[-1]

    def messages(self, name: str) -> "list[Message]":
        return [one.value for one in self.fields.get(name, ()) if isinstance(one.value, Message)]

    def message(self, name: str) -> "Message":
        """The message of that name, an empty one where there is none."""
        return (self.messages(name) or [Message(self.line)])[-1]


def read_prototxt(text: str, faults: Faults) -> Message:
    """The fields of a file; raises where it is not in the text format."""
    return _Parser(text, faults).root()


class _Parser:
    def __init__(self, text: str, faults: Faults) -> None:
        self.faults = faults
        self.tokens = self._tokens(text)
        self.line = 1
        self.count = 0

    def root(self) -> Message:
        top = Message(1)
        message, name, in_list = top, "", False  # the name waits for its value
        around: list[tuple[Message, str, bool]] = []
        has_colon, at = False, 1  # behind the name that waits, which is on line `at`
        for kind, word in self.tokens:
            if kind == "name" and not name:
                name, has_colon, at = word, False, self.line
            elif kind != "mark" and name and (has_colon or in_list):
                self._put(message, name, _unquoted(word))
                name = name if in_list else ""
            elif word in "{<" and name:
                inner = Message(self.line)
                self._put(message, name, inner)
                around.append((message, name if in_list else "", in_list))
                message, name, in_list = inner, "", False
                if len(around) > MAX_BRACES:
                    self._stop(f"braces within braces more than {MAX_BRACES} deep")
            elif word in "}>" and around and not name:
                message, name, in_list = around.pop()
            elif word == "[" and name and not in_list:
                in_list = True
            elif word == "]" and in_list:
                name, in_list = "", False
            elif word == ":" and name and not has_colon:
                has_colon = True
            else:
                self._refuse(word, name, at)
        if name:
            self._refuse("", name, at)
        if around:
            self._stop(f"the file ends within the braces of line {message.line}")
        return top

    def _refuse(self, word: str, name: str, line: int) -> NoReturn:
        """Stop at a word that cannot stand here, or at the name in front, which has no value."""
        if name:
            what = f"{quoted(name)} has no value; a name, a colon and a value belong together"
            self.faults.stop(line, what, name)
        self.faults.stop(self.line, f"{quoted(_unquoted(word))} is out of its place", word)

    def _put(self, message: Message, name: str, value: str | Message) -> None:
        self.count += 1
        if self.count > MAX_PROTOTXT_FIELDS:
            self._stop(f"more than {MAX_PROTOTXT_FIELDS:,} fields")
        message.fields.setdefault(name, []).append(PrototxtField(self.line, value))

    def _tokens(self, text: str) -> Iterator[tuple[str, str]]:
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if not found:
                self._stop(f"{text[position : position + 20]!r} is no word of the text format")
            if found.lastgroup:
                yield found.lastgroup, found.group()
            self.line += text.count("\n", position, found.end())
            position = found.end()

    def _stop(self, message: str) -> NoReturn:
        self.faults.stop(self.line, message)


def _unquoted(word: str) -> str:
    if word[0] not in "\"'":
        return word
    return _ESCAPE.sub(r"\1", word[1:-1]) if "\\" in word else word[1:-1]
