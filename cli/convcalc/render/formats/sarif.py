"""A check in the Static Analysis Results Interchange Format (SARIF 2.1.0, OASIS).

It has what GitHub's code scanning needs to show a result, which is more than the standard asks for.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote

from ... import __version__
from ...text.escape import sound
from ...text.problems import Mark
from ..findings import INVALID, Finding
from .json import Document, to_json

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class _Description(NamedTuple):
    """What a kind of rule demands, why, and what to do if it is broken."""

    short: str
    full: str
    help: str


# By the first word of a rule's name.
_RULES = {
    "expect": _Description(
        "A network is what its file expects",
        "A figure or the output shape is exactly what the specification states under expect.",
        "Mend the layers, or state the new figure under expect if the change is meant.",
    ),
    "budget": _Description(
        "A network keeps its budget",
        "A figure of the network, of a layer or of a group is within what the specification states "
        "under budget.",
        "Make the network cheaper, or change its budget if the cost is accepted. "
        "convcalc summary shows which layers cost most.",
    ),
    "max": _Description(
        "A network keeps the limit of the command line",
        "A figure of the network is at most what --max allows for every network.",
        "Make the network cheaper, or raise --max. convcalc summary shows which layers cost most.",
    ),
    "baseline": _Description(
        "A network has not grown",
        "A figure of the network is at most what the lock file has, and what --max-growth adds.",
        "convcalc diff shows what grew. If that is meant, convcalc check --update accepts it.",
    ),
    INVALID: _Description(
        "A specification can be read",
        "The file is a valid specification of a network, so that it can be checked at all.",
        "The message says what would be right. convcalc ops lists the operations and their options.",
    ),
}


def log(findings: Iterable[Finding], notes: Iterable[str] = ()) -> Iterator[str]:
    """One run with all findings, the descriptions of their rules, and what the run itself tells."""
    results = [_result(one) for one in findings]
    rules = [_described(rule) for rule in sorted({result["ruleId"] for result in results})]
    driver = {"name": "convcalc", "version": __version__, "rules": rules}
    told = [{"level": "note", "message": {"text": _plain_text(note)}} for note in notes]
    run: Document = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    if told:
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": told}]
    yield from to_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _described(rule: str) -> Document:
    known = _RULES[rule.partition(".")[0]]
    return {
        "id": rule,
        "shortDescription": {"text": known.short},
        "fullDescription": {"text": known.full},
        "help": {"text": known.help},
    }


def _result(finding: Finding) -> Document:
    return {
        "ruleId": sound(finding.rule),
        "level": finding.level,
        "message": {"text": _plain_text(finding.message)},
        "locations": [] if finding.path is None else [_location(finding.path, finding.mark)],
        "partialFingerprints": {"convcalc/v1": _fingerprint(finding)},
    }


def _plain_text(text: str) -> str:
    """The text as a message without placeholders (3.11.5 of the standard) and links (3.11.6)."""
    text = re.sub(r"[{}]", r"\g<0>\g<0>", sound(text))
    return re.sub(r"(\\*)\](?=\()", r"\1\1\\]", text)


def _location(path: str, mark: Mark | None) -> Document:
    physical: Document = {"artifactLocation": {"uri": _uri(path)}}
    if mark is not None:
        physical["region"] = _region(mark)
    return {"physicalLocation": physical}


def _region(mark: Mark) -> Document:
    return {
        "startLine": mark.line,
        "startColumn": mark.column,
        "endLine": mark.line,
        "endColumn": mark.column + mark.length,
    }


def _fingerprint(finding: Finding) -> str:
    """A text that is the same in each run for the same finding, whatever its figures and line."""
    text = f"{finding.rule}\0{finding.about}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _uri(path: str) -> str:
    """The path as a URI, relative if the path is; what is not ASCII is written byte by byte."""
    quoted = quote(os.fsencode(path))
    return f"file:///{quoted.removeprefix('/')}" if os.path.isabs(path) else quoted
