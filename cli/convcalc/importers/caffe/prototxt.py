"""Protobuf's text format, as Caffe's networks are written in it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from ...reader.decode import line_starts
from ...text.problems import Mark, Report
from ..reading.files import shown, stop

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

    mark: Mark
    value: "str | Message"


class Message:
    """What stands in braces; a name may stand several times, as the items of a list."""

    def __init__(self, mark: Mark, report: Report) -> None:
        self.mark = mark
        self.report = report
        self.fields: dict[str, list[PrototxtField]] = {}

    @property
    def place(self) -> str:
        return f"line {self.mark.line}"

    def texts(self, name: str) -> list[str]:
        return [one.value for one in self.fields.get(name, ()) if isinstance(one.value, str)]

    def text(self, name: str, default: str = "") -> str:
        """The text of a field that is no list."""
        value = self._single(name)
        return value if isinstance(value, str) else default

    def messages(self, name: str) -> "list[Message]":
        return [one.value for one in self.fields.get(name, ()) if isinstance(one.value, Message)]

    def message(self, name: str) -> "Message":
        """The message of that name, an empty one where there is none."""
        value = self._single(name)
        return value if isinstance(value, Message) else Message(self.mark, self.report)

    def mark_of(self, name: str, at: int = -1) -> Mark:
        """Where a value stands, or else the braces that it should be in."""
        found = self.fields.get(name)
        return found[at].mark if found else self.mark

    def _single(self, name: str) -> "str | Message | None":
        """The value of a field that is no list: protobuf refuses one that stands twice."""
        found = self.fields.get(name)
        if not found:
            return None
        first, *others = found
        for mark, value in others:
            which = f"{name}, {shown(value)}" if isinstance(value, str) else name
            what = f"a second {which}; leave one out, here or on line {first.mark.line}"
            self.report.add(mark, what)
        return first.value


def read_prototxt(text: str, report: Report) -> Message:
    """The fields of a file; raises SpecError where it is not in the text format."""
    return _Parser(text, report).root()


class _Parser:
    def __init__(self, text: str, report: Report) -> None:
        self.report = report
        self.starts = line_starts(text)
        self.tokens = self._tokens(text)
        self.mark = Mark(1, 1)  # of the present word
        self.count = 0

    def root(self) -> Message:
        top = Message(self.mark, self.report)
        message, name, in_list = top, "", False  # the name waits for its value
        around: list[tuple[Message, str, bool]] = []
        has_colon, at = False, self.mark  # behind the name that waits, which stands there
        for kind, word in self.tokens:
            if kind == "name" and not name:
                name, has_colon, at = word, False, self.mark
            elif kind != "mark" and name and (has_colon or in_list):
                self._put(message, name, _unquoted(word))
                name = name if in_list else ""
            elif word in "{<" and name:
                inner = Message(at, self.report)
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
            stop(self.report, message.mark, f"the file ends within the braces of {message.place}")
        return top

    def _refuse(self, word: str, name: str, at: Mark) -> NoReturn:
        """Stop at a word that cannot stand here, or at the name in front, which has no value."""
        if name:
            what = f"{shown(name)} has no value; a name, a colon and a value belong together"
            stop(self.report, at, what)
        self._stop(f"{shown(_unquoted(word))} is out of its place")

    def _put(self, message: Message, name: str, value: str | Message) -> None:
        self.count += 1
        if self.count > MAX_PROTOTXT_FIELDS:
            self._stop(f"more than {MAX_PROTOTXT_FIELDS:,} fields")
        mark = self.mark if isinstance(value, str) else value.mark
        message.fields.setdefault(name, []).append(PrototxtField(mark, value))

    def _tokens(self, text: str) -> Iterator[tuple[str, str]]:
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            line = bisect_right(self.starts, position)
            self.mark = Mark(
                line, position - self.starts[line - 1] + 1, found.end() - position if found else 1
            )
            if not found:
                self._stop(f"{text[position : position + 20]!r} is no word of the text format")
            if found.lastgroup:
                yield found.lastgroup, found.group()
            position = found.end()

    def _stop(self, message: str) -> NoReturn:
        stop(self.report, self.mark, message)


def _unquoted(word: str) -> str:
    if word[0] not in "\"'":
        return word
    return _ESCAPE.sub(r"\1", word[1:-1]) if "\\" in word else word[1:-1]
