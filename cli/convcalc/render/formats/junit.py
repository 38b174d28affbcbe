"""A check as a JUnit report: a suite for each file, a case for each rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.etree import ElementTree as ET

from ...answers.check import FileProblem, Outcome, Result
from ...text.escape import sound
from ...text.problems import place_text
from ..verdict import verdict


def report(outcome: Outcome) -> Iterator[str]:
    """One XML document, which Jenkins and GitLab read."""
    root = ET.Element("testsuites", name="convcalc check")
    of_files: dict[str, list[Result]] = {}
    for result in outcome.results:
        of_files.setdefault(result.file, []).append(result)
    for file, results in of_files.items():
        _rules_suite(root, file, results)
    for file, problems in groupby(outcome.unreadable, lambda one: one.file):
        _problems_suite(root, file, list(problems))
    if outcome.notes:
        _notes_suite(root, outcome.notes)
    ET.indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    # Other characters are written as references, because the stream may have another encoding.
    yield ET.tostring(root, encoding="us-ascii", xml_declaration=False).decode() + "\n"


def _rules_suite(root: ET.Element, file: str, results: list[Result]) -> None:
    failed = sum(result.failed for result in results)
    suite = _suite(root, file, tests=len(results), failures=failed, errors=0)
    for result in results:
        case = _case(suite, file, f"{result.title} {result.rule}")
        if not result.passed:
            place = f"{place_text(file, result.mark)}: {verdict(result)}"
            if result.failed:
                ET.SubElement(
                    case, "failure", message=sound(verdict(result)), type="budget"
                ).text = sound(place)
            else:
                ET.SubElement(case, "system-out").text = sound(f"warning: {place}")


def _problems_suite(root: ET.Element, file: str, problems: list[FileProblem]) -> None:
    suite = _suite(root, file, tests=len(problems), failures=0, errors=len(problems))
    for one in problems:
        mark = one.mark
        case = _case(suite, file, f"line {mark.line}, column {mark.column}" if mark else "the file")
        place = f"{place_text(file, mark)}: {one.message}"
        ET.SubElement(case, "error", message=sound(one.message), type="invalid").text = sound(place)


def _notes_suite(root: ET.Element, notes: Iterable[str]) -> None:
    """A suite without a case, because only a suite can have properties."""
    suite = _suite(root, "notes", tests=0, failures=0, errors=0)
    properties = ET.SubElement(suite, "properties")
    for note in notes:
        ET.SubElement(properties, "property", name="note", value=sound(note))


def _suite(root: ET.Element, file: str, **counts: int) -> ET.Element:
    attributes = {"name": sound(file), **{name: str(count) for name, count in counts.items()}}
    return ET.SubElement(root, "testsuite", attributes)


def _case(suite: ET.Element, file: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=sound(file), name=sound(name), time="0")
