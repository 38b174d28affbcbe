"""The words of the language that are no operations: what each is, an example, and where to read on."""

from __future__ import annotations

from typing import NamedTuple

PAGE = "docs/language.md"


class StructureWord(NamedTuple):
    """A word, what it is, an example, and the heading in docs/language.md."""

    is_: str
    example: str
    heading: str


_BODIES, _EDGES = "Layers and bodies", "Names as edges"
_HEADS, _FILE, _PARAMETERS = "Heads: side heads and outputs", "A file", "Parameters and blocks"

STRUCTURE_WORDS = {
    "again": StructureWord(
        "a named layer or group once more, with the same weights", "again head", "Weights used again"
    ),
    "aux": StructureWord("a side head, which is not counted", "{aux: [conv 1x1 9]}", _HEADS),
    "branches": StructureWord(
        "bodies side by side, each with a name", "{branches: {a: conv 1x1 8, b: conv 3x3 8}}", _BODIES
    ),
    "budget": StructureWord(
        "the limits that check holds a network to", "budget: {params: 5M}", "Expectations and budgets"
    ),
    "defaults": StructureWord(
        "options that an operation has in the whole file", "defaults: {conv: {bias: true}}", _FILE
    ),
    "define": StructureWord(
        "the blocks of a file", "define: {block(c): [conv 3x3 $c, relu]}", _PARAMETERS
    ),
    "else": StructureWord(
        "the body of an if whose condition is 0", "{if: $deep, layers: relu, else: tanh}", _BODIES
    ),
    "expect": StructureWord(
        "exact figures that check compares", "expect: {params: 163328}", "Expectations and budgets"
    ),
    "from": StructureWord("the flow goes on from the layer of that name", "from e1", _EDGES),
    "if": StructureWord("one of two bodies", "{if: $deep, layers: relu, else: tanh}", _BODIES),
    "in": StructureWord("what enters the block or the branches, as a name", "add in", _EDGES),
    "input": StructureWord("the shape that enters the network", "input: [3, 224, 224]", _FILE),
    "inputs": StructureWord(
        "the names that a merge takes, where it is spelled out", "{op: add, inputs: [e1, e2]}", _EDGES
    ),
    "layers": StructureWord(
        "the body of a file, a repeat or an if", "layers: [conv 3x3 64, relu]", _BODIES
    ),
    "like": StructureWord(
        "the layer whose height and width crop and resize take", "resize like=e1", _EDGES
    ),
    "merge": StructureWord(
        "how branches end: concat, add or mul", "{branches: {a: relu, b: tanh}, merge: add}", _BODIES
    ),
    "op": StructureWord(
        "the operation of a layer that is spelled out",
        "{op: conv, kernel_size: 3, out_channels: 8}",
        _BODIES,
    ),
    "out": StructureWord(
        "one more output of the network, which is counted", "{out: [conv 1x1 9]}", _HEADS
    ),
    "parameters": StructureWord(
        "numbers and words that $ stands for", "parameters: {alpha: 0.5}", _PARAMETERS
    ),
    "repeat": StructureWord("a body several times", "{repeat: 3, layers: [conv 3x3 64, relu]}", _BODIES),
    "variants": StructureWord(
        "other networks in the same file", "variants: {small: {parameters: {alpha: 0.5}}}", "Variants"
    ),
}
# Words by which users look for these.
_ELSEWHERE = {
    "block": "define",
    "blocks": "define",
    "for": "repeat",
    "reuse": "again",
    "share": "again",
    "shared": "again",
    "shares": "again",
    "sharing": "again",
    "tie": "again",
}


def structure_hint(word: str) -> str | None:
    """What a word of the language is, or one by which users look for it; None for any other."""
    if (meant := _meant(word)) is None:
        return None
    one = STRUCTURE_WORDS[meant]
    start = f'"{word}" is a word of the language' if meant == word else f'"{meant}" is probably meant'
    return f"{start}: {one.is_}, as in {one.example}"


def structure_page(word: str) -> str | None:
    """The same, with where to read on."""
    meant = _meant(word)
    return f'{structure_hint(word)}; see "{STRUCTURE_WORDS[meant].heading}" in {PAGE}' if meant else None


def _meant(word: str) -> str | None:
    return word if word in STRUCTURE_WORDS else _ELSEWHERE.get(word.casefold())
