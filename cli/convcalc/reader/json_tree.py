"""From a JSON text to the same tree of nodes as of a YAML text. Python's own reader has no places."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator

from ..text.problems import Mark, Report
from ..text.wording import quoted
from .decode import line_starts
from .nodes import Entry, Mapping, Node, Sequence, Text
from .yaml_tree import MAX_NESTING

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def read_json(text: str, report: Report) -> Node | None:
    """The tree, None where the text is no JSON; what is wrong with it is reported."""
    try:
        json.loads(text, parse_int=str)  # a number of any length; what it may be is judged later
    except json.JSONDecodeError as error:
        what = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        report.add(Mark(error.lineno, error.colno), what)
        return None
    except RecursionError:
        pass  # the builder refuses to go so deep, with the place
    builder = _TreeBuilder(report)
    for token, mark in _tokens(text):
        builder.take(token, mark)
        if builder.is_too_deep:
            report.add(mark, f"nested more than {MAX_NESTING} deep")
            return None
    return builder.root


def _tokens(text: str) -> Iterator[tuple[str, Mark]]:
    starts = line_starts(text)
    for found in _TOKEN.finditer(text):
        line = bisect_right(starts, found.start())
        column = found.start() - starts[line - 1] + 1
        yield found.group(), Mark(line, column, len(found.group()))


class _TreeBuilder:
    """Makes the tree from the tokens of a valid text; `open` are the collections not closed yet."""

    def __init__(self, report: Report) -> None:
        self.root: Node | None = None
        self.report = report
        self.open: list[Sequence | Mapping] = []
        self.keys: list[Text | None] = []  # for each, the key that waits for its value

    @property
    def is_too_deep(self) -> bool:
        return len(self.open) > MAX_NESTING

    def take(self, token: str, mark: Mark) -> None:
        if token in ("}", "]"):
            self.open.pop()
            self.keys.pop()
        elif token in ("{", "["):
            node = Mapping(mark) if token == "{" else Sequence(mark)
            self.put(node)
            self.open.append(node)
            self.keys.append(None)
        elif token not in (":", ","):
            value = json.loads(token) if token.startswith('"') else token
            self.put(Text(value, *mark, exact=False))

    def put(self, node: Node) -> None:
        parent = self.open[-1] if self.open else None
        if parent is None:
            self.root = node
        elif isinstance(parent, Sequence):
            parent.items.append(node)
        elif (key := self.keys[-1]) is not None:
            parent.entries.setdefault(key.value, Entry(key, node))
            self.keys[-1] = None
        elif isinstance(node, Text):
            self.keys[-1] = node
            if (first := parent.entries.get(node.value)) is not None:
                what = f"duplicate key {quoted(node.value)}; first used on line {first.key.line}"
                self.report.add(node.mark, what)
