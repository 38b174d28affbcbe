"""darknet's cfg files: sections of `key=value` lines."""

import re
from typing import NamedTuple

from ...text.problems import Mark, Report
from ..reading.decimals import decimal_text
from ..reading.files import MAX_NODES, shown, stop

_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")


class Section(NamedTuple):
    """`[name]` and its values; of a key that stands twice darknet takes the first."""

    name: str
    line: int
    values: dict[str, str]
    marks: dict[str, Mark]  # of the values
    report: Report

    @property
    def place(self) -> str:
        return f"line {self.line}"

    def text(self, key: str, default: str = "") -> str:
        return self.values.get(key, default)

    def whole(self, key: str, default: int, least: int = 0) -> int:
        """The value as a whole number; anything else is a problem of the file."""
        text = self.values.get(key)
        if text is None:
            return default
        if _WHOLE.fullmatch(text) and int(text) >= least:
            return int(text)
        what = f"{key} must be a whole number from {least}, not {shown(text)}"
        self.report.add(self.marks[key], what)
        return max(default, least)

    def wholes(self, key: str) -> list[int]:
        """Whole numbers behind commas."""
        found = [one for one in self.values.get(key, "").split(",") if one]
        if found and all(_WHOLE.fullmatch(one) for one in found):
            return [int(one) for one in found]
        what = f"[{self.name}] needs {key}, whole numbers such as -1,8"
        self.report.add(self.marks.get(key, Mark(self.line, 1)), what)
        return []

    def decimal(self, key: str, default: str) -> str:
        """The value as decimal text."""
        text = self.values.get(key, default)
        try:
            return decimal_text(text)
        except ValueError:
            self.report.add(self.marks[key], f"{key} must be a number, not {shown(text)}")
            return default


def read_sections(report: Report) -> list[Section]:
    """The sections in order; raises SpecError where the text is no cfg."""
    sections: list[Section] = []
    for number, written in enumerate(report.lines, start=1):
        line = "".join(written.split())  # as darknet does
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            name = line[1:].partition("]")[0].lower()
            sections.append(Section(name, number, {}, {}, report))
            if len(sections) > MAX_NODES:
                stop(report, Mark(number, 1), f"more than {MAX_NODES:,} sections")
            continue
        key, equals, value = line.partition("=")
        if not equals or not sections:
            what = f'expected "key=value" or "[section]", not {shown(line)}'
            stop(report, Mark(number, 1, len(written)), what)
        if key not in sections[-1].values:
            sections[-1].values[key] = value
            sections[-1].marks[key] = _value_mark(number, written)
    return sections


def _value_mark(number: int, written: str) -> Mark:
    """The place of what stands behind the sign; of nothing there, the line's end."""
    before, _, value = written.partition("=")
    column = len(before) + 1 + len(value) - len(value.lstrip()) + 1
    return Mark(number, column, max(len(value.strip()), 1))
