"""From bytes to text: decoding, lines, and the characters that no specification may have."""

from __future__ import annotations

import codecs
import re

from ..text.problems import Mark, Problem, Report

MAX_BYTES = 4 * 1024 * 1024

# What YAML 1.1 does not allow (5.1, "Character Set"), and the byte order mark.
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
# White space that only seems to separate words. libyaml accepts some tabs that PyYAML's own parser
# refuses. A no-break space in front of a word or behind a colon is part of the word for both.
_ODD_SPACE = "[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_DIRECTIVE = r"(?:[ ]*(?:#[^\n\r]*)?(?:\r\n|\n|\r(?!\n)))*%"
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def split_lines(text: str) -> list[str]:
    """The lines as YAML counts them."""
    return _BREAK.split(text)


def line_starts(text: str) -> list[int]:
    """Where each line begins."""
    return [0, *(found.end() for found in _BREAK.finditer(text))]


def mark_at(text: str, position: int) -> Mark:
    """The line and column of a position in the text."""
    lines = split_lines(text[:position])
    return Mark(len(lines), len(lines[-1]) + 1)


def decode(data: bytes, file: str) -> tuple[str, Report]:
    """The text of a specification, and a report of what is wrong with its characters.

    The text can be read even where there are problems, because messages show excerpts of it.
    """
    text, report = to_text(data, file)
    if not report:
        _tell_of_characters(text, report)
    return text, report


def to_text(data: bytes, file: str) -> tuple[str, Report]:
    """The text of a file in UTF-8, or in UTF-16 with a byte order mark, and what is wrong with it."""
    text, problem = _decoded(data)
    report = Report(file, split_lines(text))
    if problem:
        report.add(*problem)
    return text, report


def _decoded(data: bytes) -> tuple[str, Problem | None]:
    if len(data) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1024**2} MiB"
        return "", Problem(Mark(1, 1), f"the file is larger than {limit}, the most that is read")
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        readable = data.decode(encoding, errors="replace")
        before = data[: error.start].decode(encoding, errors="ignore")
        found = f"byte 0x{data[error.start]:02x} is not {'UTF-16' if is_utf16 else 'UTF-8'}"
        return readable, Problem(mark_at(before, len(before)), f"{found}; save the file as UTF-8")
    return text, None


def _tell_of_characters(text: str, report: Report) -> None:
    if not all(map(str.isprintable, report.lines)):
        _tell_of_unprintable(text, report)
    if "%" in text and (found := re.match(_DIRECTIVE, text)):
        what = 'a directive ("%..."); leave the line out'
        report.add(mark_at(text, found.end() - 1), what)


def _tell_of_unprintable(text: str, report: Report) -> None:
    if found := re.search(_FORBIDDEN, text):
        remedy = "save the file as UTF-8" if found.group() == "\0" else "remove it"
        what = f"character U+{ord(found.group()):04X} is not allowed in YAML; {remedy}"
        report.add(mark_at(text, found.start()), what)
    _tell_of_spaces(report)


def _tell_of_spaces(report: Report) -> None:
    """Report, in each line, the first white space that is no space and seems to separate."""
    for number, line in enumerate(report.lines, start=1):
        if not (found := odd_space(line)):
            continue
        before = line[: found.start()]
        is_tab = found.group() == "\t"
        seems = not set("#\"'") & set(before) if is_tab else before.rstrip(" ")[-1:] in ("", ":", "-")
        if seems:
            report.add(Mark(number, found.start() + 1), odd_space_fault(found.group()))


def odd_space(text: str) -> re.Match[str] | None:
    """The first white space that is no space; there is none in what is printable."""
    return None if text.isprintable() else re.search(_ODD_SPACE, text)


def odd_space_fault(character: str) -> str:
    """The message for a tab or no-break space that seems to separate."""
    space = "tab" if character == "\t" else f"space U+{ord(character):04X}"
    return f"a {space} between words or as indentation; write ordinary spaces"
