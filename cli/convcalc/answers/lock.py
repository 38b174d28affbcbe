"""A lock file: what networks cost when that was last accepted, as sorted JSON."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..reader.decode import to_text
from ..reader.json_tree import read_json
from ..reader.nodes import Entry, Node, Text, describe
from ..reader.nodes import Mapping as MappingNode
from ..reader.source import read_file
from ..text.problems import Mark, Problem, Report, SpecError
from ..text.wording import quoted
from .lock_keys import key_of, older_key

FIGURES = ("params", "macs")  # what it has of a network

_VERSION = 1
_MOST_DIGITS = 100
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


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
        """The folder from which its keys are paths."""
        return os.path.dirname(os.path.realpath(self.path))

    def key(self, file: str, variant: str | None, changes: Mapping[str, str]) -> str:
        """The key of a network, whether it is in the file or not."""
        return key_of(file, variant, changes, self.path)

    def known_key(self, file: str, variant: str | None, changes: Mapping[str, str]) -> str | None:
        """The key that the file has for a network, which may be an older one."""
        keys = [
            self.key(file, variant, changes),
            None if changes else older_key(file, variant, self.path),
        ]
        return next((key for key in keys if key in self.networks), None)


def read_lock(path: str) -> Lock:
    """Read a lock file. Raises UsageError where it cannot be read, SpecError with every problem."""
    text, report = to_text(read_file(path), path)
    root = None if report else read_json(text, report)
    networks = dict(_networks(root, report)) if root is not None and not report else {}
    if report:
        problems = [_or_conflict(problem, report.lines) for problem in report.problems.values()]
        raise SpecError(path, problems, report.lines)
    return Lock(path, networks)


def _or_conflict(problem: Problem, lines: Sequence[str]) -> Problem:
    if not lines[problem.mark.line - 1].startswith(_CONFLICT):
        return problem
    remedy = "keep one side, or delete the file and write it again with --update"
    return Problem(problem.mark, f"a merge conflict; {remedy}")


def _networks(root: Node, report: Report) -> Iterator[tuple[str, dict[str, Locked]]]:
    entries = root.entries if isinstance(root, MappingNode) else {}
    version, networks = entries.get("schema_version"), entries.get("networks")
    if version is None or networks is None:
        what = 'not a lock file, which has "schema_version" and "networks"'
        report.add(root.mark, what)
    elif describe(version.value) != quoted(str(_VERSION)):
        what = f'"schema_version" is {describe(version.value)}; this convcalc reads {_VERSION}'
        report.add(version.value.mark, what)
    elif not isinstance(networks.value, MappingNode):
        what = f'"networks" must be a mapping, not {describe(networks.value)}'
        report.add(networks.value.mark, what)
    else:
        for key, entry in networks.value.entries.items():
            yield key, dict(_figures(key, entry, report))


def _figures(key: str, entry: Entry, report: Report) -> Iterator[tuple[str, Locked]]:
    if not isinstance(entry.value, MappingNode):
        what = f"{quoted(key)} must be a mapping, not {describe(entry.value)}"
        report.add(entry.value.mark, what)
        return
    for count, figure in entry.value.entries.items():
        text = figure.value.value if isinstance(figure.value, Text) else ""
        if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
            yield count, Locked(int(text), figure.key.mark)
        else:
            what = f"{count} must be a whole number, not {describe(figure.value)}"
            report.add(figure.value.mark, what)


def lock_text(networks: Mapping[str, Mapping[str, int]]) -> str:
    """The text of a lock file: sorted, with a line for each figure, so that changes are easy to read."""
    ordered = {
        key: {one: counts[one] for one in FIGURES if one in counts}
        for key, counts in sorted(networks.items())
    }
    document = {"schema_version": _VERSION, "networks": ordered}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
