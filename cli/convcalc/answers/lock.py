"""A lock file: what networks cost when that was last accepted, as sorted JSON."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from ..reader.decode import decode, split_lines
from ..reader.nodes import Entry, Node, Text, describe
from ..reader.nodes import Mapping as MappingNode
from ..reader.source import read_file
from ..reader.yaml_tree import read
from ..text.problems import Mark, Problem, SpecError
from ..text.wording import quoted

FIGURES = ("params", "macs")  # what it has of a network

_VERSION = 1
_MOST_DIGITS = 100
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
# What a line of text, or a strict reader of it, cannot hold; and the mark of what is written out.
_UNSAFE = re.compile("[^ -$&-~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class Locked(NamedTuple):
    """A figure of a lock file, and where it stands."""

    number: int
    mark: Mark


class Lock(NamedTuple):
    """The figures by a network's key, then by count."""

    path: str
    networks: Mapping[str, Mapping[str, Locked]]

    @property
    def folder(self) -> str:
        return os.path.dirname(os.path.abspath(self.path))

    def key(self, file: str, variant: str | None) -> str:
        """A network's key: its file as seen from the lock file, and its variant."""
        if os.path.exists(file):
            file = os.path.relpath(file, self.folder).replace(os.sep, "/")
        return file if variant is None else f"{file}#{variant}"


def read_lock(path: str) -> Lock:
    """Raises UsageError where it cannot be read, SpecError with every problem where it is none."""
    text, problems = decode(read_file(path))
    lines = split_lines(text)
    problems = problems or _notation_problems(text, lines)
    networks: dict[str, dict[str, Locked]] = {}
    if not problems:
        # JSON is YAML, and the strict reader knows the place of each figure.
        root, problems, _ = read(text)
        if root is not None and not problems:
            networks = dict(_networks(root, problems))
    if problems:
        raise SpecError(path, problems, lines)
    return Lock(path, networks)


def _notation_problems(text: str, lines: Sequence[str]) -> list[Problem]:
    """What is wrong with it as JSON."""
    try:
        json.loads(text, parse_int=str)  # a number of any length; what it may be is judged later
    except json.JSONDecodeError as error:
        mark = Mark(error.lineno, error.colno)
        if lines[mark.line - 1].startswith(_CONFLICT):
            remedy = "keep one side, or delete the file and write it again with --update"
            return [Problem(mark, f"a merge conflict; {remedy}")]
        return [Problem(mark, f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}")]
    except RecursionError:
        return []  # the strict reader refuses to go so deep, with the place
    return []


def _networks(root: Node, problems: list[Problem]) -> Iterator[tuple[str, dict[str, Locked]]]:
    entries = root.entries if isinstance(root, MappingNode) else {}
    version, networks = entries.get("schema_version"), entries.get("networks")
    if version is None or networks is None:
        what = 'not a lock file, which has "schema_version" and "networks"'
        problems.append(Problem(root.mark, what))
    elif describe(version.value) != quoted(str(_VERSION)):
        what = f'"schema_version" is {describe(version.value)}; this convcalc reads {_VERSION}'
        problems.append(Problem(version.value.mark, what))
    elif not isinstance(networks.value, MappingNode):
        what = f'"networks" must be a mapping, not {describe(networks.value)}'
        problems.append(Problem(networks.value.mark, what))
    else:
        for key, entry in networks.value.entries.items():
            yield unquote(key, errors="surrogateescape"), dict(_figures(key, entry, problems))


def _figures(key: str, entry: Entry, problems: list[Problem]) -> Iterator[tuple[str, Locked]]:
    if not isinstance(entry.value, MappingNode):
        what = f"{quoted(key)} must be a mapping, not {describe(entry.value)}"
        problems.append(Problem(entry.value.mark, what))
        return
    for count, figure in entry.value.entries.items():
        text = figure.value.value if isinstance(figure.value, Text) else ""
        if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
            yield count, Locked(int(text), figure.key.mark)
        else:
            what = f"{count} must be a whole number, not {describe(figure.value)}"
            problems.append(Problem(figure.value.mark, what))


def lock_text(networks: Mapping[str, Mapping[str, int]]) -> str:
    """Sorted, and a line for each figure, so that a change reads as one."""
    ordered = {
        _written(key): {one: counts[one] for one in FIGURES if one in counts}
        for key, counts in sorted(networks.items())
    }
    document = {"schema_version": _VERSION, "networks": ordered}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _written(key: str) -> str:
    """The key with what a text cannot hold, such as the bytes of an undecodable name, as %XX."""
    return _UNSAFE.sub(lambda found: _escape(found.group()), key)


def _escape(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))
