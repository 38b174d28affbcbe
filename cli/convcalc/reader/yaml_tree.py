"""YAML events to a tree of nodes: strict, positioned, safe.

It is built on the event stream. PyYAML's composers recurse, guess types, and keep the last of two
equal keys; libyaml's composer crashes the process on deep nesting. Here nothing is guessed: every
scalar stays text.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import yaml

from ..text.problems import Mark, Report
from ..text.wording import quoted
from .decode import split_lines
from .nodes import Entry, Mapping, Node, Sequence, Text

MAX_NESTING = 64

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Fatal(Exception):
    """Reading cannot go on past this problem."""


class _LibyamlNestingError(Exception):
    """libyaml 0.2.6 has a limit of its own, which it may meet first because it reads ahead."""


def read(text: str, report: Report) -> Node | None:
    """The tree of a YAML text with one document; everything wrong with its notation is reported.

    None where the tree is not whole, so that nothing further is read from it.
    """
    try:
        return _read(text, Loader, report)
    except _LibyamlNestingError:
        return _read(text, yaml.SafeLoader, report)


def outline(text: str) -> tuple[set[str], set[str]]:
    """The keys of a text's top level, and those of its variants, as far as it can be read."""
    reader = _TreeReader(Report("", split_lines(text)))
    # The keys before the place where reading ends are known all the same.
    with suppress(_LibyamlNestingError, yaml.reader.ReaderError):
        _take(reader, text, Loader)
    top = reader.first.entries if isinstance(reader.first, Mapping) else {}
    variants = top["variants"].value if "variants" in top else None
    over = [one.value for one in variants.entries.values()] if isinstance(variants, Mapping) else []
    return set(top), {key for one in over if isinstance(one, Mapping) for key in one.entries}


def _read(text: str, parser: Any, report: Report) -> Node | None:
    reader = _TreeReader(report)
    _take(reader, text, parser)
    if reader.root is None and not report:
        what = 'the text is empty; a specification starts with "name:" and "input:"'
        reader.problem(Mark(1, 1), what)
    report.holes = frozenset(reader.holes)
    return reader.root


def _take(reader: "_TreeReader", text: str, parser: Any) -> None:
    loader = parser(text)
    try:
        while (event := loader.get_event()) is not None:
            if take := reader.takes.get(type(event)):
                take(event)
    except _Fatal:
        reader.root = None
    except yaml.MarkedYAMLError as error:
        if "maximum nesting depth" in (error.problem or ""):
            raise _LibyamlNestingError from None
        reader.root = None
        from .yaml_faults import notation_fault  # only needed where something is wrong

        reader.problem(*notation_fault(error, reader.report.lines))
    finally:
        loader.dispose()


class _TreeReader:
    """Makes the tree from events, with a method for each kind; `open` are the collections not closed."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.root: Node | None = None
        self.first: Node | None = None  # the root, though it may not be whole
        self.open: list[Sequence | Mapping] = []
        self.keys: list[Text | None] = []  # for each open collection, the key that waits for a value
        self.containers: list[str | None] = []  # for each, the key that it stands under
        self.flow: list[bool] = []
        self.anchors: dict[str, Text | None] = {}
        self.documents = 0
        self.holes: set[Mark] = set()
        self.takes: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self.scalar,
            yaml.AliasEvent: self.alias,
            yaml.SequenceStartEvent: self.collection,
            yaml.MappingStartEvent: self.collection,
            yaml.SequenceEndEvent: self.close,
            yaml.MappingEndEvent: self.close,
            yaml.DocumentStartEvent: self.document,
        }

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.fail(_mark(event), "a second document; a file holds one (write variants instead)")

    def scalar(self, event: Any) -> None:
        start, end, value = event.start_mark, event.end_mark, event.value
        one_line = start.line == end.line
        length = end.column - start.column if one_line else 1
        exact = one_line and not event.style and length == len(value)
        node = Text(value, start.line + 1, start.column + 1, max(length, 1), exact, one_line)
        if event.anchor is not None:
            self.anchor(event, node)
        if event.tag is not None:
            self.refuse_tag(event)
            self.hole(node.mark)
            return
        if event.style == '"' and not value.isprintable() and re.search("[\ud800-\udfff]", value):
            self.problem(node.mark, "half of a surrogate pair (\\ud800 to \\udfff) is no character")
        if value == "" and not event.style:
            self.empty(node)
        else:
            self.put(node, plain=not event.style)

    def alias(self, event: Any) -> None:
        mark = _mark(event)
        if event.anchor not in self.anchors:
            self.fail(mark, f'no anchor "&{event.anchor}" before this alias')
        target = self.anchors[event.anchor]
        if target is None:
            self.problem(mark, 'an alias to a list or mapping; write a block under "define" and call it')
            self.hole(mark)
            return
        self.put(Text(target.value, mark.line, mark.column, mark.length, exact=False), plain=False)

    def collection(self, event: Any) -> None:
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if event.tag is not None:
            self.refuse_tag(event)
        if event.anchor is not None:
            self.anchor(event, None)
        if len(self.open) >= MAX_NESTING:
            self.fail(mark, f"nested more than {MAX_NESTING} deep; blocks (define) keep a file flat")
        is_mapping = type(event) is yaml.MappingStartEvent
        node: Sequence | Mapping = Mapping(mark) if is_mapping else Sequence(mark)
        waiting = self.keys[-1] if self.keys else None
        self.containers.append(waiting.value if waiting else None)
        self.put(node, plain=False)
        self.open.append(node)
        self.keys.append(None)
        self.flow.append(bool(event.flow_style))

    def close(self, event: Any) -> None:
        for stack in (self.open, self.keys, self.containers, self.flow):
            stack.pop()

    def put(self, node: Node, plain: bool) -> None:
        """Add a node to the innermost open collection."""
        if not self.open:
            self.root = node
            self.first = self.first or node
            return
        parent, key = self.open[-1], self.keys[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key is None:
            self.key(node, plain)
        else:
            if not (key.exact and key.value == "<<"):
                parent.entries.setdefault(key.value, Entry(key, node))
            self.keys[-1] = None

    def hole(self, mark: Mark) -> None:
        """Put an empty text in the place of a value that has been reported."""
        self.holes.add(mark)
        self.put(Text("", *mark, exact=False), plain=False)

    def key(self, node: Node, plain: bool) -> None:
        if not isinstance(node, Text):
            self.fail(node.mark, "a key that is a list or mapping; a key is a word")
        if plain and node.value == "<<":
            self.problem(node.mark, 'a merge key ("<<"); write a block under "define" and call it')
            self.holes.add(self.open[-1].mark)
        parent = self.open[-1]
        assert isinstance(parent, Mapping)
        if (first := parent.entries.get(node.value)) is not None:
            what = "name" if self.containers[-1] in ("branches", "variants") else "key"
            at = f"first used on line {first.key.line}"
            self.problem(node.mark, f"duplicate {what} {quoted(node.value)}; {at}")
        self.keys[-1] = node

    def empty(self, node: Text) -> None:
        """Report a value that is missing, with the slip that is the likely cause."""
        parent = self.open[-1] if self.open else None
        if parent is None:
            return
        key = self.keys[-1]
        if isinstance(parent, Sequence):
            self.problem(node.mark, "an empty list item; write identity for a layer that does nothing")
        elif key is None:
            self.fail(node.mark, "an empty key")
        else:
            self.problem(key.mark, f"{quoted(key.value)} has no value; {self.empty_hint(key.value)}")
            self.holes.add(key.mark)
        self.hole(node.mark)

    def empty_hint(self, key: str) -> str:
        if "(" in key and ")" not in key:
            return "put a parameter list inside braces in quotes"
        if self.flow[-1] and key.isdigit():
            return "numbers have no thousands separators"
        if ":" in key:
            return "put a space after the colon"
        if self.containers[-1] == "variants":
            return "write {} for a variant that changes nothing"
        if self.containers[-1] == "branches":
            return "write identity for a branch that does nothing"
        if key == "branches":
            return "write its branches below it, further to the right than the word itself"
        if key == "merge":
            return "write concat, add or mul"
        if self.containers[-1] is None and key == "layers":
            return "write [] for a network that does nothing"
        if self.flow[-1]:
            what = "leave out the { } of a layer alone" if " " in key else "write it after the colon"
            return f"{what}; a list stands in [ and ]"
        return "write it after the colon"

    def anchor(self, event: Any, node: Text | None) -> None:
        if event.anchor in self.anchors:
            self.problem(_mark(event), f'a second anchor "&{event.anchor}"; give it another name')
        self.anchors[event.anchor] = node

    def refuse_tag(self, event: Any) -> None:
        written = event.tag.replace("tag:yaml.org,2002:", "!!")
        self.problem(_mark(event), f"a tag ({quoted(written)}); leave it out, nothing needs one")

    def problem(self, mark: Mark, message: str) -> None:
        lines = self.report.lines
        if mark.line > len(lines):  # where libyaml ends a text without a line break
            mark = Mark(len(lines), len(lines[-1]) + 1)
        self.report.add(mark, message)

    def fail(self, mark: Mark, message: str) -> NoReturn:
        self.problem(mark, message)
        raise _Fatal


def _mark(event: Any) -> Mark:
    start, end = event.start_mark, event.end_mark
    length = end.column - start.column if start.line == end.line else 1
    return Mark(start.line + 1, start.column + 1, max(length, 1))
