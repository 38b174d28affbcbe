"""Tables of rules, what each refuses, and with which error, as docs/language.md has them.

A row is `| rule | refused | error |`. The second cell has the lines of a specification, each in
backquotes: a body, such as `[add a, a: relu]`, or whole keys. The third is filled in.
"""

from __future__ import annotations

import re

from docs_shell import Stale

import convcalc

HEAD = "| rule | refused | error |\n|:--|:--|:--|\n"
TABLE = re.compile(rf"(?<=^{re.escape(HEAD)})(?:\|.*\n)+", re.M)
INPUT = "input: [4, 8, 8]"  # unless the row has one


def refusals(page: str) -> str:
    """The page with the error of every row as it is now."""
    return TABLE.sub(lambda found: "".join(map(row, found[0].splitlines(keepends=True))), page)


def row(line: str) -> str:
    rule, refused, _ = re.split(r"(?<!\\)\|", line)[1:4]
    said = error_of(specification(re.findall("`([^`]*)`", refused))).replace("|", "\\|")
    return f"|{rule}|{refused}| `{said}` |\n"


def specification(lines: list[str]) -> str:
    """The text of a row: what is not said is an input, and a layer."""
    lines = [line.replace("\\|", "|") for line in lines]
    if lines[0][0] in "[{":
        lines[0] = f"layers: {lines[0]}"
    keys = {line.partition(":")[0] for line in lines}
    first = [] if "input" in keys else [INPUT]
    last = [] if keys & {"layers", "branches"} else ["layers: relu"]
    return "\n".join([*first, *lines, *last])


def error_of(text: str) -> str:
    """The first error of a specification; raises Stale where it has none."""
    try:
        convcalc.loads(text)
    except convcalc.SpecError as error:
        return error.problems[0].message
    raise Stale(f"this is said to be refused, and is not:\n{text}")
