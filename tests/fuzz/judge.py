"""Runs a command line in this process and judges what it printed, whatever the command line was."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import NamedTuple
from unittest.mock import patch
from xml.etree import ElementTree as ET

from convcalc.commands.program import main

SAYS_NO = {"check", "diff", "verify", "reconcile"}  # may end with exit code 1
NO_FORMAT = {"--field", "--help", "-h", "--version"}
LONGEST_LINE = 10_000  # characters of a message
MOST_MEMORY = 1024**3  # bytes that this process may come to need in addition

PLACE = re.compile(r"(?P<file>.*):(?P<line>\d+):(?P<column>\d+): (?:error|note): ")
BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML 1.1 counts lines
PIPE = re.compile(r"(?<!\\)\|")
RULE = re.compile(r":?-+:?")
ANNOTATION = re.compile(r"::(error|warning) file=[^:,]*,line=\d+,col=\d+,title=[^:,]*::.*")
FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
# What moves the cursor, ends a line or turns the text around; "\n" alone may stand in an output.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a\u202b\u202d\u202e]")


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def run(arguments: Sequence[str], stdin: bytes = b"") -> Ran:
    """What the command line does; a fault in convcalc is raised as it is."""
    streams = [io.TextIOWrapper(io.BytesIO(given), "utf-8", newline="") for given in (stdin, b"", b"")]
    names = ("stdin", "stdout", "stderr")
    before = peak_memory()
    with patched(**dict(zip(names, streams, strict=True))):
        code = main(list(arguments))
    out, err = (stream.buffer.getvalue() for stream in streams[1:])  # type: ignore[attr-defined]
    assert peak_memory() - before < MOST_MEMORY
    return Ran(code, *(printed.decode("utf-8", "surrogateescape") for printed in (out, err)))


@contextmanager
def patched(**streams: io.TextIOWrapper) -> Iterator[None]:
    with (
        patch.multiple(sys, **streams),
        patch.dict(os.environ, {"CONVCALC_TRACEBACK": "1", "GIT_CEILING_DIRECTORIES": os.getcwd()}),
    ):
        yield


def peak_memory() -> int:
    """Bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def judge(arguments: Sequence[str], ran: Ran, texts: Mapping[str, str]) -> None:
    """Assert what holds for every command line; `texts` are the files that it may name."""
    command = arguments[0] if arguments else ""
    assert ran.code in ((0, 1, 2) if command in SAYS_NO else (0, 2))
    format_name = format_of(arguments)
    for text in (ran.out, ran.err):
        assert not CONTROL.search(text.replace("\t", " ") if format_name == "tsv" else text)
    assert max(map(len, ran.err.split("\n"))) < LONGEST_LINE
    if ran.code == 2:
        assert ran.err.strip()
        assert command in SAYS_NO or not ran.out
    for found in map(PLACE.match, ran.err.split("\n")):
        if found and found["file"] in texts:
            require_place(texts[found["file"]], int(found["line"]), int(found["column"]))
    if ran.out and not NO_FORMAT & set(arguments):
        JUDGES.get(format_name, lambda out: None)(ran.out)


def format_of(arguments: Sequence[str]) -> str:
    """The format that is asked for; the last one holds."""
    found = ""
    for word, after in zip(arguments, [*arguments[1:], ""], strict=True):
        if word == "--format":
            found = after
        elif word.startswith("--format="):
            found = word.partition("=")[2]
    return found


def require_place(text: str, line: int, column: int) -> None:
    lines = BREAK.split(text)
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1


def judge_csv(out: str, delimiter: str = ",") -> None:
    rows = list(csv.reader(io.StringIO(out, newline=""), delimiter=delimiter, strict=True))
    assert len({len(row) for row in rows}) == 1
    for row in rows:
        for cell in row:
            assert not FORMULA.match(cell) or re.fullmatch(r"-\d+", cell), cell


def judge_json(out: str) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(out, parse_constant=refuse)


def judge_markdown(out: str) -> None:
    """Rows of a table have as many cells as its header, above which there is no text."""
    above, table = "", []
    for line in [*out.split("\n"), ""]:
        if line.startswith("| "):
            assert not above or table
            table.append([cell.strip() for cell in PIPE.split(line)[1:-1]])
        elif line.startswith("|"):
            assert len(table) == 1
            rule = PIPE.split(line)[1:-1]
            assert all(map(RULE.fullmatch, rule))
            table.append(rule)
        else:
            assert not table or line == ""
            assert len({len(row) for row in table}) <= 1
            assert len(table) != 1
            table, above = [], line


def judge_github(out: str) -> None:
    assert all(map(ANNOTATION.fullmatch, out.splitlines()))


def judge_junit(out: str) -> None:
    assert ET.fromstring(out).tag == "testsuites"


def judge_sarif(out: str) -> None:
    for result in json.loads(out)["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*", place["artifactLocation"]["uri"])
        assert place["region"]["startLine"] >= 1


def judge_svg(out: str) -> None:
    """Nothing but what a picture consists of; names are text in it."""
    elements = {element.tag.partition("}")[2] for element in ET.fromstring(out).iter()}
    assert elements <= {"svg", "title", "style", "rect", "g", "path", "text"}


def judge_html(out: str) -> None:
    """One script, the page's own, and nothing that is fetched or reacts by itself."""
    tags: list[tuple[str, list[tuple[str, str | None]]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, attributes))  # type: ignore[method-assign]
    parser.feed(out)
    assert [tag for tag, _ in tags].count("script") == 1
    assert not {"a", "b", "img", "link", "iframe"} & {tag for tag, _ in tags}
    names = {name for _, attributes in tags for name, _ in attributes}
    assert not {name for name in names if name in ("src", "href") or name.startswith("on")}


def judge_dot(out: str) -> None:
    """Outside of quotes there are only our own words."""
    rest = re.sub(r'"(?:[^"\\]|\\.)*"', "", out)
    assert re.fullmatch(r"[a-zA-Z0-9_\s\[\]{}=,;>.-]*", rest)


JUDGES = {
    "csv": judge_csv,
    "tsv": lambda out: judge_csv(out, "\t"),
    "json": judge_json,
    "markdown": judge_markdown,
    "github": judge_github,
    "junit": judge_junit,
    "sarif": judge_sarif,
    "svg": judge_svg,
    "html": judge_html,
    "dot": judge_dot,
}
