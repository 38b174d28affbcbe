"""darknet's cfg files: sections of `key=value` lines."""

import re
from typing import NamedTuple

from ..reading.decimals import decimal_text
from ..reading.files import MAX_NODES, Faults

_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")


class Section(NamedTuple):
    """`[name]` and its values; of a key that stands twice darknet takes the first."""

    name: str
    line: int
    values: dict[str, str]
    lines: dict[str, int]
    faults: Faults

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
        self.faults.add(self.lines[key], f'{key} must be a whole number from {least}, not "{text[:60]}"')
        return max(default, least)

    def wholes(self, key: str) -> list[int]:
        """Whole numbers behind commas."""
        found = [one for one in self.values.get(key, "").split(",") if one]
        if found and all(_WHOLE.fullmatch(one) for one in found):
            return [int(one) for one in found]
        what = f"[{self.name}] needs {key}, whole numbers such as -1,8"
        self.faults.add(self.lines.get(key, self.line), what)
        return []

    def decimal(self, key: str, default: str) -> str:
        """The value as decimal text."""
        text = self.values.get(key, default)
        try:
            return decimal_text(text)
        except ValueError:
            self.faults.add(self.lines[key], f'{key} must be a number, not "{text[:60]}"')
            return default


def read_sections(text: str, faults: Faults) -> list[Section]:
    """The sections in order; raises where the text is no cfg."""
    sections: list[Section] = []
    for number, line in enumerate(faults.lines, start=1):
        line = "".join(line.split())  # as darknet does
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            name = line[1:].partition("]")[0].lower()
            sections.append(Section(name, number, {}, {}, faults))
            if len(sections) > MAX_NODES:
                faults.stop(number, f"more than {MAX_NODES:,} sections")
            continue
        key, equals, value = line.partition("=")
        if not equals or not sections:
            faults.stop(number, f'expected "key=value" or "[section]", not "{line[:60]}"')
        if key not in sections[-1].values:
            sections[-1].values[key] = value
            sections[-1].lines[key] = number
    return sections
