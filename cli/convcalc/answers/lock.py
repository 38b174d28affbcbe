"""A lock file: what networks cost when that was last accepted, as sorted JSON."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..reader.decode import to_text
from ..reader.json_tree import read_json
from ..reader.nodes import Entry, Node, Text, describe
from ..reader.nodes import Mapping as MappingNode
from ..reader.source import read_file
from ..text.problems import Problem, Report, SpecError
from ..text.wording import quoted
from .lock_keys import NetworkIdentity, key_of, older_key, pairs_of, parts_of, values_in

FIGURES = ("params", "macs")  # what it has of a network

_VERSION = 1
_MOST_DIGITS = 100
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


@dataclass(frozen=True)
class Lock:
    """The figures by a network's key, then by count."""

    path: str
    networks: Mapping[str, Mapping[str, int]]

    @property
    def folder(self) -> str:
        """The folder from which its keys are paths."""
        return os.path.dirname(os.path.realpath(self.path))

    def own_key(self, one: NetworkIdentity) -> str:
        """The key of a network at its file's own values."""
        return key_of(one.file, one.variant, {}, self.path)

    def key(self, one: NetworkIdentity) -> str:
        """The key under which a network is written, whether it is in the file or not."""
        return self._given_key(one) or key_of(one.file, one.variant, one.changes, self.path)

    def values(self, one: NetworkIdentity) -> Mapping[str, str]:
        """The values by which the file knows a network; if it does not, those that are changes."""
        key = self._given_key(one)
        return values_in(key) if key else one.changes

    def known_key(self, one: NetworkIdentity) -> str | None:
        """The key that the file has for a network, which may be an older one."""
        older = None if one.changes else older_key(one.file, one.variant, self.path)
        return self._given_key(one) or (older if older in self.networks else None)

    def _given_key(self, one: NetworkIdentity) -> str | None:
        """The key that has the most of the values that were written out, and all that are changes.

        A value that was another than the file's own may be the file's own now. It still means the
        network that has it in its key, and not the one at the file's earlier values.
        """
        changes, given = (pairs_of(values) for values in (one.changes, one.given))
        known = self._at_values.get(self.own_key(one), {})
        fitting = [values for values in known if changes <= values <= changes | given]
        return known[max(fitting, key=len)] if fitting else None

    @cached_property
    def _at_values(self) -> Mapping[str, Mapping[frozenset[str], str]]:
        """The keys by the key at the file's own values, then by the values that they have."""
        found: dict[str, dict[frozenset[str], str]] = {}
        for key in sorted(self.networks):
            own, values = parts_of(key)
            found.setdefault(own, {})[values] = key
        return found


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


def _networks(root: Node, report: Report) -> Iterator[tuple[str, dict[str, int]]]:
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


def _figures(key: str, entry: Entry, report: Report) -> Iterator[tuple[str, int]]:
    if not isinstance(entry.value, MappingNode):
        what = f"{quoted(key)} must be a mapping, not {describe(entry.value)}"
        report.add(entry.value.mark, what)
        return
    for count, figure in entry.value.entries.items():
        text = figure.value.value if isinstance(figure.value, Text) else ""
        if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
            yield count, int(text)
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
